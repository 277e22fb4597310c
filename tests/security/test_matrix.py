"""Every address, for every role, about things of one's own, of the neighbour, of another county, and of nobody.

The application's role, so both walls stand as in production. Another county's id must answer exactly like a missing
one; a refusal changes nothing; no answer holds a word, number or id of the other county or of an unpublished round.
"""

from collections import defaultdict
from uuid import uuid4

import pytest

from accounts.access import Permission
from accounts.enums import Role

from . import asking
from .asking import VISITORS, listed, taken_back
from .routes import API_USER, NARROWER, PUBLIC, ROUTES, SIGNED_IN, permission_of, routes, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

#: What a role of the same county may not see although the address is open to it: the neighbour's or the unpublished.
HIDDEN = {
    ("results/<uuid:result_id>/", Role.TOWNSHIP_SECRETARY, "result_id"): 404,
    ("results/<uuid:result_id>/", Role.TOWNSHIP_SECRETARY, "hidden_result_id"): 404,
    ("results/<uuid:result_id>/", Role.LEADER, "hidden_result_id"): 404,
    ("results/<uuid:result_id>/tally/", Role.TOWNSHIP_SECRETARY, "result_id"): 404,
    ("results/<uuid:result_id>/tally/", Role.TOWNSHIP_SECRETARY, "hidden_result_id"): 404,
    ("results/<uuid:result_id>/tally/", Role.LEADER, "hidden_result_id"): 404,
    ("results/<uuid:result_id>/tally.docx", Role.TOWNSHIP_SECRETARY, "result_id"): 404,
    ("results/<uuid:result_id>/tally.docx", Role.TOWNSHIP_SECRETARY, "hidden_result_id"): 404,
    ("results/<uuid:result_id>/tally.docx", Role.LEADER, "hidden_result_id"): 404,
    ("rounds/<uuid:round_id>/", Role.TOWNSHIP_SECRETARY, "round_id"): 404,
    ("rounds/<uuid:round_id>/", Role.LEADER, "round_id"): 404,
    ("rounds/<uuid:round_id>/", Role.OBSERVER, "round_id"): 404,
    ("rounds/<uuid:round_id>/following/", Role.TOWNSHIP_SECRETARY, "round_id"): 404,
    ("rounds/<uuid:round_id>/following/", Role.LEADER, "round_id"): 404,
    ("rounds/<uuid:round_id>/following/", Role.OBSERVER, "round_id"): 404,
    ("rounds/<uuid:round_id>/versions/", Role.TOWNSHIP_SECRETARY, "round_id"): 404,
    ("rounds/<uuid:round_id>/versions/", Role.LEADER, "round_id"): 404,
    ("rounds/<uuid:round_id>/versions/", Role.OBSERVER, "round_id"): 404,
    ("rounds/<uuid:round_id>/workbook.xlsx", Role.TOWNSHIP_SECRETARY, "round_id"): 404,
    ("rounds/<uuid:round_id>/workbook.xlsx", Role.LEADER, "round_id"): 404,
    ("rounds/<uuid:round_id>/workbook.xlsx", Role.OBSERVER, "round_id"): 404,
    ("rounds/<uuid:round_id>/nominations.<str:extension>", Role.TOWNSHIP_SECRETARY, "round_id"): 404,
    ("townships/<uuid:township_id>/", Role.TOWNSHIP_SECRETARY, "township_id"): 404,
    ("api/v1/sheets/<int:sheet_id>/", Role.INSPECTOR, "sheet_id"): 404,
    ("nominations/<uuid:nomination_id>/", Role.TOWNSHIP_SECRETARY, "nomination_id"): 404,
    ("nominations/<uuid:nomination_id>/form.docx", Role.TOWNSHIP_SECRETARY, "nomination_id"): 404,
}
#: Addresses that are given a new id by who asks, and how they answer when nothing comes along.
NEW_ID = {"api/v1/phone/photos/<uuid:photo_id>/": {422}}
#: Looking at these is itself written to the log.
EXPORTS = {"rounds/<uuid:round_id>/workbook.xlsx", "rounds/<uuid:round_id>/sheets.<str:extension>", "titles.xlsx",
           "rounds/<uuid:round_id>/facts.<str:extension>",
           "years/<int:year>/workbook.xlsx", "computations/<uuid:computation_id>/bundle.zip",
           "notices/<uuid:notice_id>/notice.docx", "notices/<uuid:notice_id>/list.xlsx",
           "titles/delisted.docx", "subsidies/notice.docx", "subsidies.xlsx",
           "rounds/<uuid:round_id>/award/certificates.pdf", "rounds/<uuid:round_id>/award/naming.docx",
           "rounds/<uuid:round_id>/panel.xlsx", "results/<uuid:result_id>/tally.docx"}  # fmt: skip
ROLES_THAT_MEET_NO_OWN = {"system_admin", "security_admin", "audit_admin", "watcher"}


@pytest.fixture
def _django_db_helper(world):
    """In place of pytest-django's: the module's own transactions on the application's role."""


def asked(visitor, method, path, data=None):
    with taken_back():
        response = visitor.ask(method, path, data)
        text = asking.body(response)
    return response, text


# --- the table ------------------------------------------------------------------------------------


def test_every_address_is_classified():
    assert {pattern for pattern, _ in walk()} == set(ROUTES)


def test_every_view_says_what_the_table_says():
    wrong = []
    for pattern, view in walk():
        said, known = permission_of(view), ROUTES[pattern][1].split()
        if known == [API_USER] or pattern == "i18n/setlang/":  # views of libraries
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
    if (route.pattern, method) in NARROWER:
        return {NARROWER[route.pattern, method][0]}
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
    if route.pattern.startswith("api/v1/phone/") and method == "POST":  # empty, so it says what is missing
        return {400, 404, 415, 422}
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
        for missing in set(route.names) - set(asking.PLAIN):
            for method in route.methods:
                theirs, nobodys = world.other.ids[missing], 10**9 if missing in ("sheet_id", "event_id") else uuid4()
                answers = []
                for pk in (theirs, nobodys):
                    response = who.ask(method, route.path(asking.values(world.home, **{missing: pk})))
                    answers.append(asking.plain(response, str(pk)))
                held = asking.leaks(answers[0][1], who.forbidden)
                fits = (
                    answers[0][0] in {404, 403, *NEW_ID.get(route.pattern, ())}
                    or route.pattern.startswith("switch/")
                    or known_of_platform(who, route)
                )
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
    assert [
        mark for mark in asking.hidden_marks(world.home, inspector=False) if asking.found(mark, asking.body(inner))
    ] != []


def test_a_planted_leak_is_found(visitors, world, monkeypatch):
    """With the filter for unpublished results gone, the leader is answered, and the test above would fail."""
    from scoring import queries

    monkeypatch.setattr(queries, "allowed", lambda membership, permission: True)
    path = f"/results/{world.home.others['hidden_result_id']}/"
    response = visitors["leader"].ask("GET", path)
    assert response.status_code == 200
    assert asking.leaks(asking.body(response), visitors["leader"].forbidden) != []
