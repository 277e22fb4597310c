"""A person's buttons on a round: open, compute, confirm, publish, return. The office presses them, nobody else."""

from datetime import date

import pytest
from django.contrib.messages import get_messages

from accounts import tasks
from accounts.enums import Role
from accounts.models import Job, tenant_scope
from campaigns.enums import RoundState
from campaigns.models import Round
from campaigns.services.campaigns import plan_round
from campaigns.services.nominations import NominationFacts, put_nominations
from scoring.enums import ComputationState
from scoring.models import Computation
from scoring.services.computing import compute_round
from tests import factories

from . import cast
from .cast import HIGH, standing_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def messages(monkeypatch):
    """Nothing reaches a broker."""
    sent: list[dict] = []
    monkeypatch.setattr(tasks.run_job, "delay", lambda **message: sent.append(message))
    return sent


@pytest.fixture
def round(stage):
    return standing_round(stage)


@pytest.fixture
def computation(stage, round):
    return compute_round(round=round, actor=stage.first)


def press(client, address, **data):
    """(where it leads, the messages)."""
    answer = client.post(address, data)
    assert answer.status_code == 302
    return answer.url, [str(message) for message in get_messages(answer.wsgi_request)]


def state_of(round):
    return Round.objects.get(pk=round.pk).state


def test_scoring_is_opened(stage, browser):
    facts = {"campaign": stage.campaign, "scheme_version": stage.version, "actor": stage.first}
    round = plan_round(label="7", onsite_date=date(2026, 7, 1), **facts)
    put_nominations(round=round, rows=[NominationFacts(stage.villages[0], HIGH)], actor=stage.first)
    office, address = browser(stage.first), f"/rounds/{round.pk}/open/"
    assert press(office, address) == (f"/rounds/{round.pk}/", ["已开放评分。"])
    assert state_of(round) == RoundState.SCORING
    said = "第 7 轮现为“评分中”，不能转为“评分中”。"
    assert press(office, address)[1][-1] == said


def test_the_way_from_the_button_to_publication(stage, round, browser, django_capture_on_commit_callbacks, messages):
    first, second = browser(stage.first), browser(stage.second)
    with django_capture_on_commit_callbacks(execute=True):
        where, _ = press(first, f"/rounds/{round.pk}/compute/")
    job = Job.objects.get()
    assert where == f"/jobs/{job.pk}/"
    assert messages == [{"job_id": str(job.pk), "tenant_id": str(stage.tenant.pk)}]
    computation = compute_round(round=round, actor=stage.first)
    page = f"/rounds/{round.pk}/"
    assert press(first, f"/computations/{computation.pk}/confirm/") == (
        page, ["计算人不能确认自己的计算。请由另一位管理员确认。"],
    )  # fmt: skip
    assert press(second, f"/computations/{computation.pk}/confirm/") == (page, ["结果已确认。"])
    assert press(second, f"/computations/{computation.pk}/publish/")[1][-1] == "结果已公布，称号、加分和补助已更新。"
    assert (state_of(round), Computation.objects.get().state) == (RoundState.PUBLISHED, ComputationState.PUBLISHED)
    assert press(second, f"/computations/{computation.pk}/publish/")[1][-1] == "这次计算“已公布”，不能转为“已公布”。"


def test_what_cannot_be_computed_is_told_and_starts_nothing(stage, round, browser):
    Round.objects.filter(pk=round.pk).update(state=RoundState.CONFIRMED)
    where, said = press(browser(stage.first), f"/rounds/{round.pk}/compute/")
    assert (where, said) == (
        f"/rounds/{round.pk}/",
        ["第 1 轮“已确认”，不能计算。已确认或公布的要先退回评分。"],
    )
    assert not Job.objects.exists()


def test_returning_asks_for_a_reason(stage, round, computation, browser):
    office, address = browser(stage.second), f"/rounds/{round.pk}/return/"
    assert press(office, address) == (f"/rounds/{round.pk}/", ["请写明退回评分的原因。"])
    assert state_of(round) == RoundState.COMPUTED
    assert press(office, address, reason="漏了一份")[1][-1] == "已退回评分，可以更正评分单。"
    assert state_of(round) == RoundState.SCORING


def addresses(round, computation):
    acts = [f"/rounds/{round.pk}/{act}/" for act in ("open", "compute", "return")]
    return [*acts, *(f"/computations/{computation.pk}/{act}/" for act in ("confirm", "publish"))]


OTHERS = [role for role in Role if role not in (Role.COUNTY_ADMIN, Role.TOWNSHIP_SECRETARY)]


@pytest.mark.parametrize("role", [*OTHERS, Role.TOWNSHIP_SECRETARY])
def test_nobody_else_presses_a_button(stage, round, computation, browser, role):
    township = stage.county.east if role == Role.TOWNSHIP_SECRETARY else None
    person = browser(factories.make_person(stage.tenant, role, township))
    assert [person.post(address).status_code for address in addresses(round, computation)] == [403] * 5
    assert (state_of(round), Computation.objects.get().state) == (RoundState.COMPUTED, ComputationState.COMPUTED)


def test_looking_is_not_pressing(stage, round, computation, browser):
    office = browser(stage.second)
    assert [office.get(address).status_code for address in addresses(round, computation)] == [405] * 5
    assert state_of(round) == RoundState.COMPUTED


def test_who_is_not_signed_in_is_asked_to(client, round, computation):
    for address in addresses(round, computation):
        answer = client.post(address)
        assert (answer.status_code, answer.url) == (302, f"/signin/?next={address}")


def test_the_neighbours_office_meets_404(round, computation, browser):
    other = cast.set_stage("330183", name="邻县市")
    with tenant_scope(other.tenant):
        person = browser(other.first)
    assert [person.post(address).status_code for address in addresses(round, computation)] == [404] * 5
