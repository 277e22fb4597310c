"""Every address, for every role, about things of one's own, of the neighbour township, of another county, and of nobody.

The application's role, so both walls stand as in production. Another county's id must answer exactly like a missing one;
a refusal changes nothing; no answer holds a word, a number or an id of the other county, nor of an unpublished round.
"""

from collections import defaultdict
from contextlib import contextmanager
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.access import GRANTS, Permission
from accounts.enums import JobState, Role
from accounts.models import Job, Upload, tenant_scope
from accounts.services.jobs import start_job
from accounts.tasks import run_job

from . import asking
from .routes import API_USER, PUBLIC, ROUTES, SIGNED_IN, permission_of, routes, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

WORKING = (Role.COUNTY_ADMIN, Role.TOWNSHIP_SECRETARY, Role.INSPECTOR, Role.LEADER, Role.OBSERVER)
VISITORS = [*map(str, WORKING), "system_admin", "security_admin", "audit_admin", "watcher", "stranger", "anonymous"]
IDS = ("round_id", "result_id", "computation_id", "organization_id", "township_id", "membership_id", "user_id", "sheet_id",
       "upload_id", "job_id", "version_id", "pk")  # fmt: skip
#: What a role of the same county may not see although the address is open to it: the neighbour's or the unpublished.
HIDDEN = {
    ("results/<uuid:result_id>/", Role.TOWNSHIP_SECRETARY, "result_id"): 404,
    ("results/<uuid:result_id>/", Role.TOWNSHIP_SECRETARY, "hidden_result_id"): 404,
    ("results/<uuid:result_id>/", Role.LEADER, "hidden_result_id"): 404,
    ("rounds/<uuid:round_id>/", Role.TOWNSHIP_SECRETARY, "round_id"): 404,
    ("rounds/<uuid:round_id>/", Role.LEADER, "round_id"): 404,
    ("rounds/<uuid:round_id>/", Role.OBSERVER, "round_id"): 404,
    ("rounds/<uuid:round_id>/workbook.xlsx", Role.TOWNSHIP_SECRETARY, "round_id"): 404,
    ("rounds/<uuid:round_id>/workbook.xlsx", Role.LEADER, "round_id"): 404,
    ("rounds/<uuid:round_id>/workbook.xlsx", Role.OBSERVER, "round_id"): 404,
    ("rounds/<uuid:round_id>/nominations.<str:extension>", Role.TOWNSHIP_SECRETARY, "round_id"): 404,
    ("townships/<uuid:township_id>/", Role.TOWNSHIP_SECRETARY, "township_id"): 404,
    ("api/v1/sheets/<int:sheet_id>/", Role.INSPECTOR, "sheet_id"): 404,
}
#: Looking at these is itself written to the log.
EXPORTS = {"rounds/<uuid:round_id>/workbook.xlsx", "rounds/<uuid:round_id>/sheets.<str:extension>", "titles.xlsx",
           "years/<int:year>/workbook.xlsx"}  # fmt: skip
ROLES_THAT_MEET_NO_OWN = {"system_admin", "security_admin", "audit_admin", "watcher"}


@pytest.fixture
def _django_db_helper(world):
    """In place of pytest-django's: the module's own transactions on the application's role."""


@pytest.fixture(scope="module")
def visitors(world):
    """Everybody by name; ``forbidden`` is what must not appear in their answers."""
    home = {str(role): (world.home.people[role], GRANTS[role]) for role in WORKING}
    platform = {str(role): (user, GRANTS[role]) for role, user in world.admins.items()}
    people = home | platform | {"watcher": (world.watcher, GRANTS[Role.OBSERVER])}
    made = {name: asking.visitor(name, user, rights) for name, (user, rights) in people.items()}
    made |= {"stranger": asking.visitor("stranger", world.stranger), "anonymous": asking.visitor("anonymous")}
    other = asking.marks_of(world.other)
    for each in made.values():
        each.forbidden = other
    for role in set(WORKING) - {Role.COUNTY_ADMIN}:
        made[str(role)].forbidden = other | hidden_marks(world.home, inspector=role == Role.INSPECTOR)
    for name in ("system_admin", "audit_admin"):  # lists tenants by name; keeps the log of who signs in: nothing within
        made[name].forbidden = frozenset(mark for mark in other if mark not in named_tenant(world.other))
    return made


def hidden_marks(county, *, inspector):
    """Numbers and ids of the round that is computed and not published. An inspector knows the marks they gave."""
    with tenant_scope(county.tenant):
        hidden = county.computations[1]
        ids = {str(hidden.pk), hidden.inputs_digest, hidden.outcome_digest, *map(str, hidden.results.values_list("pk", flat=True))}
    return frozenset(mark.encode() for mark in ids | (set() if inspector else county.secrets))


def named_tenant(county):
    return {mark.encode() for mark in (county.sign, county.key, county.code, str(county.tenant.pk))}


@contextmanager
def taken_back():
    """What an allowed request wrote is undone, so that the next one meets the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def asked(visitor, method, path, data=None):
    with taken_back():
        response = visitor.ask(method, path, data)
        text = asking.body(response)
    return response, text


def listed(wrong):
    return "\n" + "\n".join(map(str, wrong))


# --- the table ------------------------------------------------------------------------------------


def test_every_address_is_classified():
    assert {pattern for pattern, _ in walk()} == set(ROUTES)


def test_every_view_says_what_the_table_says():
    wrong = []
    for pattern, view in walk():
        said, known = permission_of(view), ROUTES[pattern][1].split()
        if known == [API_USER] or pattern == "i18n/setlang/":  # views of libraries: the API's own guard, and the language
            continue
        if said not in known:
            wrong.append((pattern, said, known))
    assert wrong == [], listed(wrong)


def test_every_permission_of_the_table_exists():
    said = {permission for route in routes() for permission in route.permissions}
    assert said - {PUBLIC, SIGNED_IN, API_USER} <= set(map(str, Permission))


def test_an_address_nobody_classified_fails(monkeypatch):
    monkeypatch.delitem(ROUTES, "board/")
    with pytest.raises(AssertionError):
        test_every_address_is_classified()


# --- who gets in ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VISITORS)
def test_who_may_gets_an_answer_and_who_may_not_a_refusal(name, visitors, world):
    """With ids of one's own county; of the wrong answers all are shown at once."""
    who, wrong = visitors[name], []
    for route in routes():
        for method in route.methods:
            path = route.path(asking.values(world.home))
            response, text = asked(who, method, path)
            if response.status_code not in expected(who, route, method) or asking.leaks(text, who.forbidden):
                wrong.append((method, path, response.status_code, asking.leaks(text, who.forbidden)))
    assert wrong == [], listed(wrong)


def expected(who, route, method):
    """Statuses that are right. A form without its fields answers 200 (again, with errors), 302 or, in the API, 400."""
    if PUBLIC in route.permissions or (SIGNED_IN in route.permissions and who.signed_in):
        return {200, 302, 429}
    if route.is_api:
        return api_statuses(who, route, method)
    if not who.signed_in:
        return {302}
    if not who.may(route):
        return {403}
    if who.name in ROLES_THAT_MEET_NO_OWN:
        return {200, 302, 404}
    return {200, 302} if who.name == Role.COUNTY_ADMIN or not route.names else {200, 302, 404}


def api_statuses(who, route, method):
    if not who.signed_in:
        return {401, 403}
    if route.pattern == "api/v1/sheets/":
        needed = "submit_sheet" if method == "POST" else "view_sheets"
        return {200, 400} if needed in who.rights else {403}
    if not who.may(route):
        return {403}
    return {200} if who.name in (Role.COUNTY_ADMIN, Role.INSPECTOR) or not route.names else {200, 404}


@pytest.mark.parametrize("name", VISITORS)
def test_refusals_change_nothing(name, visitors, world):
    """Nothing is taken back here: a refusal that wrote would be seen in the digest of some table."""
    who, before = visitors[name], asking.digest()
    for county in (world.home, world.other):
        for route in routes():
            for method in route.methods:
                if not who.may(route):
                    who.ask(method, route.path(asking.values(county)))
    assert asking.digest() == before


def test_methods_that_are_not_listed_change_nothing(visitors, world):
    """Refused, or at a page that only looks answered like GET."""
    who, wrong, before = visitors["county_admin"], [], asking.digest()
    for route in routes():
        if route.pattern == "i18n/setlang/":  # Django's own: any method but POST only leads back
            continue
        path = route.path(asking.values(world.home))
        for method in {"POST", "PUT", "PATCH", "DELETE"} - set(route.methods):
            if "GET" in route.methods and route.pattern not in EXPORTS:
                status = who.ask(method, path).status_code
                if status not in (405, 403) and status != who.ask("GET", path).status_code:
                    wrong.append((method, path, status))
            elif "GET" not in route.methods and who.ask(method, path).status_code not in (405, 403):
                wrong.append((method, path))
    assert wrong == [], listed(wrong)
    assert asking.digest() == before


@pytest.mark.parametrize("name", [name for name in VISITORS if name not in ("anonymous", "stranger")])
def test_another_countys_id_answers_like_a_missing_one(name, visitors, world):
    """Same status, same text, no trace of the other county, and nothing changed."""
    who, wrong, before = visitors[name], [], asking.digest()
    for route in routes():
        if known_of_platform(who, route):
            continue
        for missing in set(route.names) & set(IDS):
            for method in route.methods:
                theirs, nobodys = world.other.ids[missing], 10**9 if missing == "sheet_id" else uuid4()
                answers = []
                for pk in (theirs, nobodys):
                    response = who.ask(method, route.path(asking.values(world.home, **{missing: pk})))
                    answers.append(asking.plain(response, str(pk)))
                held = asking.leaks(answers[0][1], who.forbidden)
                fits = answers[0][0] in {404, 403} or route.pattern.startswith("switch/") or known_of_platform(who, route)
                if (answers[0] != answers[1] and not known_of_platform(who, route)) or held or not fits:
                    wrong.append((method, route.pattern, [status for status, _ in answers], held))
    assert wrong == [], listed(wrong)
    assert asking.digest() == before


def known_of_platform(who, route):
    """The platform's security administrator unlocks the accounts of everybody."""
    return who.name == "security_admin" and route.pattern == "security/<uuid:user_id>/unlock/"


@pytest.mark.parametrize(("pattern", "role", "name"), sorted(HIDDEN))
def test_the_neighbours_and_the_unpublished_are_hidden_in_ones_own_county(pattern, role, name, visitors, world):
    route = next(route for route in routes() if route.pattern == pattern)
    value = world.home.others[name]
    who = visitors[str(role)]
    answers = []
    for pk in (value, 10**9 if name == "sheet_id" else uuid4()):
        response = who.ask("GET", route.path(asking.values(world.home, **{name.removeprefix("hidden_"): pk})))
        answers.append(asking.plain(response, str(pk)))
    assert answers[0][0] == HIDDEN[pattern, role, name]
    assert answers[0] == answers[1]


# --- ids and words in other places ----------------------------------------------------------------

@pytest.mark.parametrize("name", [name for name in VISITORS if name not in ("anonymous", "stranger", "system_admin")])
def test_the_other_countys_values_in_a_query_find_nothing(name, visitors, world):
    """Every parameter is given what the other county has, and then what nobody has: both answers are the same."""
    who, wrong = visitors[name], []
    for route in routes():
        if "GET" in route.methods and who.may(route) and route.pattern not in ("signin/", "metrics"):
            answers = []
            for query in (query_of(world.other), nobodys_query()):
                with taken_back():
                    response = who.client.get(route.path(asking.values(world.home)), query)
                    answers.append(without(asking.plain(response), query))
            if answers[0] != answers[1]:
                wrong.append((route.pattern, [status for status, _ in answers]))
    assert wrong == [], listed(wrong)


def query_of(county):
    ids = {"computation": "computation_id", "campaign": "campaign", "organization": "organization_id", "result": "result_id",
           "job": "job_id", "round": "round_id"}  # fmt: skip
    texts = {"township": county.towns[0].code, "tier": county.named("标杆"), "q": county.named("东溪"), "parent": county.code}
    return {name: str(county.ids[key]) for name, key in ids.items()} | texts | {"name": county.sign, "code": county.code}


def nobodys_query():
    ids = dict.fromkeys(("computation", "campaign", "organization", "result", "job", "round"), "")
    texts = {"township": "999999901", "tier": "鹍标杆", "q": "鹍东溪", "parent": "999999", "name": "鹍", "code": "999999"}
    return {name: str(uuid4()) for name in ids} | texts


def without(answer, query):
    """The answer without what was asked: a page may repeat the question."""
    status, text = answer
    for value in sorted(query.values(), key=len, reverse=True):
        for said in (value, quote(value), quote(quote(value))):
            text = text.replace(said.encode(), b"?")
    return status, text


def test_the_other_countys_things_in_a_form_are_refused(visitors, world):
    """As if they did not exist: the same answer as for a value nobody has, and nothing written."""
    who, other, before = visitors["county_admin"], world.other, asking.digest()
    forms = [
        ("/organizations/new/", {"code": "330182109", "name": "新", "kind": "township", "parent": (other.code, "999999")}),
        (f"/organizations/{world.home.villages[0].pk}/move/", {"parent": (other.towns[0].code, "999999999")}),
        ("/people/new/", {"username": "neu", "display_name": "新", "role": "township_secretary",
                          "organization": (str(other.towns[0].pk), str(uuid4()))}),
        *((f"/imports/new/{kind}/", {name: (value, str(uuid4()))})
          for kind in asking.kinds_of_import()
          for name, value in (("round", str(other.rounds[1].pk)), ("campaign", str(other.ids["campaign"])))),
    ]  # fmt: skip
    for path, fields in forms:
        answers = []
        for place in (0, 1):
            data = {name: value[place] if isinstance(value, tuple) else value for name, value in fields.items()}
            given = [value[place] for value in fields.values() if isinstance(value, tuple)]
            answers.append(asking.plain(who.ask("POST", path, data), *given))
        assert answers[0] == answers[1], path
        assert answers[0][0] in (200, 404), path
    assert asking.digest() == before


def test_a_sheet_for_another_countys_entry_is_refused_like_one_for_nobodys(visitors, world):
    who, before = visitors["inspector"], asking.digest()
    answers = []
    for nomination in (world.other.ids["nomination"], uuid4()):
        sheet = {"uuid": str(uuid4()), "nomination": str(nomination), "marks": ["8", "8"]}
        answers.append(asking.plain(who.ask("POST", "/api/v1/sheets/", sheet)))
    assert answers[0][0] == 404
    assert answers[0] == answers[1]
    assert asking.digest() == before


def test_the_inspector_of_a_sheet_is_the_person_signed_in(visitors, world):
    """Whatever the request says about who is scoring, the sheet is kept, or refused, as one's own."""
    colleague = {"inspector": f"{world.home.key}2", "inspector_id": f"{world.home.key}2", "submitted_by": str(world.home.ids["user_id"])}
    sheet = {"uuid": str(uuid4()), "nomination": str(world.home.ids["nomination"]), "marks": ["8", "8"]}
    for who in ("county_admin", "leader", "township_secretary"):
        assert visitors[who].ask("POST", "/api/v1/sheets/", sheet | colleague).status_code == 403
    listed = visitors["inspector"].ask("GET", "/api/v1/sheets/?inspector=" + colleague["inspector"]).json()
    assert {row["inspector"] for row in listed} == {f"{world.home.key}1"}


# --- background work ------------------------------------------------------------------------------


def test_another_countys_job_is_not_run_under_ones_own_tenant(world):
    before = asking.digest()
    run_job(job_id=str(world.other.ids["job_id"]), tenant_id=str(world.home.tenant.pk))
    assert asking.digest() == before


@pytest.mark.parametrize(("kind", "name", "key"), [("compute_round", "round", "round_id"), ("apply_upload", "upload", "upload_id")])
def test_a_job_about_another_countys_thing_fails_and_changes_nothing(kind, name, key, world, undone):
    actor = world.home.people["county_admin"]
    with tenant_scope(world.home.tenant):
        job = start_job(tenant=world.home.tenant, kind=kind, title="越界", key="x", params={name: str(world.other.ids[key])}, actor=actor)
    theirs = asking.digest()["campaigns_round"], asking.digest()["scoring_computation"], asking.digest()["accounts_upload"]
    run_job(job_id=str(job.pk), tenant_id=str(world.home.tenant.pk))
    with tenant_scope(world.home.tenant):
        job = Job.objects.get(pk=job.pk)
    assert job.state == JobState.FAILED
    assert "鹊" not in job.error
    now = asking.digest()
    assert (now["campaigns_round"], now["scoring_computation"], now["accounts_upload"]) == theirs


def test_files_lie_under_their_tenant(world):
    from accounts.services.uploads import stored_path

    with tenant_scope(world.other.tenant):
        upload = Upload.objects.get()
    assert str(world.other.tenant.pk) in stored_path(upload.tenant_id, upload.sha256).parts


# --- the suite is not blind ---------------------------------------------------------------------


def test_the_signs_are_there_for_their_own_county(visitors, world):
    """Every mark that is searched for does appear for those who may see it, or searching would prove nothing."""
    seen = defaultdict(set)
    for route in routes():
        if "GET" in route.methods and visitors["county_admin"].may(route):
            response = visitors["county_admin"].ask("GET", route.path(asking.values(world.home)))
            for mark in asking.leaks(asking.body(response), asking.marks_of(world.home)):
                seen[mark].add(route.pattern)
    assert world.home.sign.encode() in seen
    assert {"17", "16", "14", "12"} & {mark.decode() for mark in seen}
    inner = visitors["county_admin"].ask("GET", f"/rounds/{world.home.others['round_id']}/")
    assert [mark for mark in hidden_marks(world.home, inspector=False) if asking.found(mark, asking.body(inner))] != []


def test_a_planted_leak_is_found(visitors, world, monkeypatch):
    """With the filter for unpublished results gone, the leader is answered, and the test above would fail."""
    from scoring import queries

    monkeypatch.setattr(queries, "allowed", lambda membership, permission: True)
    path = f"/results/{world.home.others['hidden_result_id']}/"
    response = visitors["leader"].ask("GET", path)
    assert response.status_code == 200
    assert asking.leaks(asking.body(response), visitors["leader"].forbidden) != []
