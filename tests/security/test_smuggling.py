"""The other county's ids and words where nobody expects them: query parameters, form fields, sheets, background work.

Whatever of theirs is handed in must be answered like something nobody has, and change nothing.
"""

from urllib.parse import quote
from uuid import uuid4

import pytest

from accounts.enums import JobState
from accounts.models import Job, Upload, tenant_scope
from accounts.services.jobs import start_job
from accounts.tasks import run_job

from . import asking
from .asking import VISITORS, listed, taken_back
from .routes import routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


@pytest.fixture
def _django_db_helper(world):
    """In place of pytest-django's: the module's own transactions on the application's role."""


@pytest.mark.parametrize("name", [name for name in VISITORS if name not in ("anonymous", "stranger", "system_admin")])
def test_the_other_countys_values_in_a_query_find_nothing(name, visitors, world):
    """Every parameter is given what the other county has, and then what nobody has: both answers are the same."""
    who, wrong = visitors[name], []
    for route in routes():
        if "GET" in route.methods and who.may(route) and route.pattern not in ("signin/", "metrics"):
            answers = []
            who.client.get("/workbench/")  # takes up what earlier pages left to be said
            for query in (query_of(world.other), nobodys_query()):
                with taken_back():
                    response = who.client.get(route.path(asking.values(world.home)), query)
                    answers.append(without(asking.plain(response), query))
            if answers[0] != answers[1]:
                wrong.append((route.pattern, [status for status, _ in answers]))
    assert wrong == [], listed(wrong)


def query_of(county):
    ids = {
        "computation": "computation_id", "campaign": "campaign", "organization": "organization_id",
        "result": "result_id", "job": "job_id", "round": "round_id",
    }  # fmt: skip
    texts = {
        "township": county.towns[0].code,
        "tier": county.named("标杆"),
        "q": county.named("东溪"),
        "parent": county.code,
    }
    return (
        {name: str(county.ids[key]) for name, key in ids.items()} | texts | {"name": county.sign, "code": county.code}
    )


def nobodys_query():
    ids = dict.fromkeys(("computation", "campaign", "organization", "result", "job", "round"), "")
    texts = {
        "township": "999999901",
        "tier": "鹍标杆",
        "q": "鹍东溪",
        "parent": "998877",
        "name": "鹍",
        "code": "998877",
    }
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
        ("/organizations/new/", {"code": "330182109", "name": "新", "kind": "township",
                                 "parent": (other.code, "999999")}),
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
    colleague = {
        "inspector": f"{world.home.key}2",
        "inspector_id": f"{world.home.key}2",
        "submitted_by": str(world.home.ids["user_id"]),
    }
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


@pytest.mark.parametrize(
    ("kind", "name", "key"), [("compute_round", "round", "round_id"), ("apply_upload", "upload", "upload_id")]
)
def test_a_job_about_another_countys_thing_fails_and_changes_nothing(kind, name, key, world, undone):
    actor = world.home.people["county_admin"]
    with tenant_scope(world.home.tenant):
        job = start_job(
            tenant=world.home.tenant,
            kind=kind,
            title="越界",
            key="x",
            params={name: str(world.other.ids[key])},
            actor=actor,
        )
    theirs = (
        asking.digest()["campaigns_round"],
        asking.digest()["scoring_computation"],
        asking.digest()["accounts_upload"],
    )
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
