"""Several at once, with real transactions: one sheet stays one, and a seal never misses a sheet that was accepted."""

import threading
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import AuditEntry, tenant_scope
from campaigns.enums import RoundState
from campaigns.models import Round
from campaigns.services.campaigns import RoundRefused
from scoring.enums import ComputationState
from scoring.models import Computation, Result, ScoreSheet
from scoring.services.computing import compute_round
from scoring.services.publication import PublicationRefused, confirm_computation, return_to_scoring
from scoring.services.sheets import SheetRefused

from . import cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(transactional_db):
    return cast.set_stage()


def at_once(stage, *acts):
    """Every act in its own thread and connection, all let go together; what each returned or raised."""
    start, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            with tenant_scope(stage.tenant):
                start.wait(10)
                outcomes[place] = act()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def told(outcome):
    return outcome.code if isinstance(outcome, SheetRefused) else getattr(outcome, "status", outcome)


@pytest.fixture
def west(stage):
    with tenant_scope(stage.tenant):
        round = cast.open_round(stage, dict.fromkeys(stage.villages, cast.HIGH))
        return cast.entry(round, stage.county.west_villages[0])


def test_one_sheet_sent_by_eight_requests_at_once_is_one_row(stage, west):
    number = uuid4()
    outcomes = at_once(stage, *[lambda: cast.submit(stage, west, "J1", (8, 8), uuid=number)] * 8)
    assert sorted(map(told, outcomes)) == ["duplicate"] * 7 + ["stored"]
    with tenant_scope(stage.tenant):
        assert ScoreSheet.objects.count() == 1
        assert len({outcome.sheet.pk for outcome in outcomes}) == 1
        assert AuditEntry.objects.filter(verb="提交评分单").count() == 1


def test_of_two_contents_under_one_id_one_is_kept_and_the_other_told(stage, west):
    number = uuid4()
    acts = [lambda marks=marks: cast.submit(stage, west, "J1", marks, uuid=number) for marks in ((8, 8), (9, 9))]
    assert sorted(map(told, at_once(stage, *acts))) == ["conflict", "stored"]


def test_of_several_revisions_on_one_base_one_wins(stage, west):
    with tenant_scope(stage.tenant):
        cast.submit(stage, west, "J1", (8, 8))
    acts = [lambda m=mark: cast.submit(stage, west, "J1", (m, m), based_on=1) for mark in (1, 2, 3, 4, 5)]
    assert sorted(map(told, at_once(stage, *acts))) == ["conflict"] * 4 + ["stored"]
    with tenant_scope(stage.tenant):
        assert list(ScoreSheet.objects.values_list("revision", flat=True)) == [1, 2]


@pytest.mark.parametrize("attempt", range(4))
def test_a_seal_among_submits_sees_every_sheet_that_was_accepted(stage, attempt):
    with tenant_scope(stage.tenant):
        round = cast.open_round(stage, dict.fromkeys(stage.villages, cast.HIGH))
        entries = [cast.entry(round, village) for village in stage.villages]
    submits = [
        lambda entry=entry, number=number: cast.submit(stage, entry, number, (8, 7))
        for entry in entries
        for number in ("J1", "J3")
    ]
    acts = [*submits[:4], lambda: compute_round(round=round, actor=stage.first), *submits[4:]]
    outcomes = at_once(stage, *acts)
    computation = outcomes.pop(4)
    assert {told(outcome) for outcome in outcomes} <= {"stored", "closed"}
    with tenant_scope(stage.tenant):
        stored = [told(outcome) for outcome in outcomes].count("stored")
        assert ScoreSheet.objects.count() == computation.sheet_count == stored
        assert not ScoreSheet.objects.filter(pk__gt=computation.sheet_cut).exists()
        seen = sum(Result.objects.filter(computation=computation).values_list("sheet_count", flat=True))
        assert seen == stored


def test_two_computations_of_one_round_at_once_give_one_row(stage):
    with tenant_scope(stage.tenant):
        round = cast.standing_round(stage)
    outcomes = at_once(stage, *[lambda: compute_round(round=round, actor=stage.first)] * 3)
    with tenant_scope(stage.tenant):
        assert {outcome.pk for outcome in outcomes} == {Computation.objects.get().pk}
        assert Result.objects.count() == 4


@pytest.mark.parametrize("attempt", range(3))
def test_confirming_and_returning_at_once_end_in_one_of_both(stage, attempt):
    """Neither waits for the other forever, and the round and its computation agree."""
    with tenant_scope(stage.tenant):
        round = cast.standing_round(stage)
        computation = compute_round(round=round, actor=stage.first)
    outcomes = at_once(
        stage,
        lambda: confirm_computation(computation=computation, actor=stage.second),
        lambda: return_to_scoring(round=round, reason="漏了一份", actor=stage.first),
    )
    assert all(isinstance(o, (Computation, Round, PublicationRefused, RoundRefused)) for o in outcomes), outcomes
    with tenant_scope(stage.tenant):
        assert Computation.objects.get().state == ComputationState.SUPERSEDED
        assert Round.objects.get(pk=round.pk).state == RoundState.SCORING
