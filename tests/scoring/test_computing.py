"""From sealed sheets to stored results: states, idempotence, four eyes, publication, and what is refused on the way."""

import itertools

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import AuditEntry
from campaigns.enums import ROUND_TRANSITIONS, RoundState
from campaigns.models import Nomination, Round
from campaigns.services.campaigns import RoundRefused, move_round
from schemes import ENGINE_VERSION, ProblemsFound
from scoring.enums import COMPUTATION_TRANSITIONS, ComputationState
from scoring.models import Computation, Result, ScoreSheet
from scoring.services import computing
from scoring.services.computing import ComputeRefused, compute_round, seal_round
from scoring.services.publication import (
    PublicationRefused,
    confirm_computation,
    move_computation,
    publish_computation,
    return_to_scoring,
)

from .cast import HIGH, LOW, entry, fill, open_round, publish, results, standing_round, submit

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

WANTED = {
    "杨村": ("18.00", 1, "awarded"),
    "赵村": ("16.00", 2, "awarded"),
    "岭后村": ("14.00", 3, "over_quota"),
    "石塘村": ("11.00", 4, "below_threshold"),
}


@pytest.fixture
def round(stage):
    return standing_round(stage)


@pytest.fixture
def computation(stage, round):
    return compute_round(round=round, actor=stage.first)


def state_of(round):
    return Round.objects.get(pk=round.pk).state


# --- compute -------------------------------------------------------------------------------------


def test_a_round_is_sealed_computed_and_stored(stage, round, computation):
    assert results(computation) == WANTED
    assert state_of(round) == RoundState.COMPUTED
    facts = (computation.computed_by, computation.sheet_count, computation.engine_version)
    assert facts == (stage.first, 8, ENGINE_VERSION)
    assert computation.sheet_cut == ScoreSheet.objects.latest("id").pk
    assert computation.groups == [
        {
            "tier": HIGH,
            "label": "",
            "participants": 4,
            "ranked": 4,
            "limit": 2,
            "working": "参评数 4 × 60%，取整数部分，至多 2",
            "awarded": 2,
            "rate": "0.5000",
            "rate_text": "50.00",
        }
    ]
    verbs = AuditEntry.objects.filter(verb__in=["轮次已封存", "计算结果", "轮次已计算"]).order_by("id")
    assert list(verbs.values_list("verb", "actor")) == [
        (verb, stage.first.pk) for verb in ("轮次已封存", "计算结果", "轮次已计算")
    ]


def test_computing_again_gives_the_same_row_and_writes_nothing(stage, round, computation):
    rows = sorted(Result.objects.values_list("pk", flat=True))
    again = compute_round(round=round, actor=stage.second)
    assert (again.pk, again.outcome_digest, again.computed_by) == (
        computation.pk, computation.outcome_digest, stage.first,
    )  # fmt: skip
    assert sorted(Result.objects.values_list("pk", flat=True)) == rows
    assert AuditEntry.objects.filter(verb="计算结果").count() == 1


def test_the_newest_revision_of_each_inspector_counts(stage, round):
    fill(stage, round, {stage.villages[3]: (9.5, 9.5)}, "J1", based_on=1)
    found = results(compute_round(round=round, actor=stage.first))
    assert found["石塘村"] == ("15.00", 3, "over_quota")


def test_a_tie_across_the_cut_is_broken_or_eliminated(stage):
    """16 points each: the better first criterion goes first; where it is equal too, neither wins."""
    round = open_round(stage, dict.fromkeys(stage.villages, HIGH))
    fill(stage, round, dict(zip(stage.villages, ((9, 9), (9, 7), (8, 8), (8, 8)), strict=True)))
    assert results(compute_round(round=round, actor=stage.first)) == {
        "杨村": ("18.00", 1, "awarded"),
        "赵村": ("16.00", 2, "awarded"),
        "岭后村": ("16.00", 3, "over_quota"),
        "石塘村": ("16.00", 3, "over_quota"),
    }
    other = open_round(stage, dict.fromkeys(stage.villages, HIGH), label="2")
    fill(stage, other, dict(zip(stage.villages, ((9, 9), (8, 8), (8, 8), (5, 5)), strict=True)))
    assert {name: row[1:] for name, row in results(compute_round(round=other, actor=stage.first)).items()} == {
        "杨村": (1, "awarded"),
        "赵村": (2, "tied_at_cut"),
        "岭后村": (2, "tied_at_cut"),
        "石塘村": (4, "below_threshold"),
    }


def test_who_stands_exactly_on_the_threshold_is_awarded(stage):
    round = open_round(stage, {stage.villages[0]: HIGH, stage.villages[1]: HIGH})
    fill(stage, round, {stage.villages[0]: (6, 6), stage.villages[1]: (6, 5.5)})
    found = results(compute_round(round=round, actor=stage.first))
    assert found == {"杨村": ("12.00", 1, "awarded"), "赵村": ("11.50", 2, "below_threshold")}


def test_vetoed_and_unscored_entries_keep_their_place_without_a_rank(stage):
    entries = dict.fromkeys(stage.villages, HIGH)
    round = open_round(stage, entries, vetoed=(stage.villages[0],))
    fill(stage, round, {stage.villages[0]: (9, 9), stage.villages[1]: (8, 8), stage.villages[2]: (7, 7)})
    found = results(compute_round(round=round, actor=stage.first))
    assert found["杨村"] == ("18.00", None, "vetoed")
    assert found["石塘村"] == ("", None, "unscored")
    assert found["赵村"] == ("16.00", 1, "awarded")


def test_entries_that_were_not_approved_take_no_part(stage, round):
    Nomination.objects.filter(round=round, organization=stage.villages[0]).update(state="returned")
    found = results(compute_round(round=round, actor=stage.first))
    assert "杨村" not in found
    assert found["赵村"] == ("16.00", 1, "awarded")


def test_tiers_are_ranked_apart(stage):
    tiers = dict(zip(stage.villages, (HIGH, LOW, HIGH, LOW), strict=True))
    round = open_round(stage, tiers)
    fill(stage, round, dict(zip(stage.villages, ((9, 9), (8, 8), (7, 7), (6, 6)), strict=True)))
    computation = compute_round(round=round, actor=stage.first)
    assert {name: row[1] for name, row in results(computation).items()} == {
        "杨村": 1,
        "赵村": 1,
        "岭后村": 2,
        "石塘村": 2,
    }
    positions = Result.objects.filter(computation=computation).values_list("tier", "position", "rank")
    assert sorted(positions, key=lambda row: row[1]) == [(HIGH, 0, 1), (HIGH, 1, 2), (LOW, 2, 1), (LOW, 3, 2)]


# --- refused -------------------------------------------------------------------------------------


COMPUTABLE = (RoundState.SCORING, RoundState.SEALED, RoundState.COMPUTED)


@pytest.mark.parametrize("state", COMPUTABLE)
def test_a_round_is_computed_while_scoring_sealed_or_computed(stage, round, state):
    Round.objects.filter(pk=round.pk).update(state=state)
    assert results(compute_round(round=round, actor=stage.first)) == WANTED
    assert state_of(round) == RoundState.COMPUTED


@pytest.mark.parametrize("state", [state for state in RoundState if state not in COMPUTABLE])
def test_in_no_other_state_is_a_round_computed(stage, round, state):
    Round.objects.filter(pk=round.pk).update(state=state)
    with pytest.raises(ComputeRefused) as refused:
        compute_round(round=round, actor=stage.first)
    assert str(refused.value) == f"第 1 轮“{state.label}”，不能计算。已确认或公布的要先退回评分。"
    assert (state_of(round), Computation.objects.count()) == (state, 0)


def test_a_round_without_nominations_is_not_computed(stage):
    round = open_round(stage, {})
    Round.objects.filter(pk=round.pk).update(state=RoundState.SCORING)
    with pytest.raises(ComputeRefused, match="还没有申报，无从计算。请先导入申报。"):
        compute_round(round=round, actor=stage.first)
    assert state_of(round) == RoundState.SCORING


def test_a_sheet_with_a_blank_is_named_and_nothing_is_stored(stage, round):
    """Entry refuses blanks; one that got into the table all the same is missing, not zero."""
    sheet = submit(stage, entry(round, stage.villages[0]), "J1", (9, 9), based_on=1).sheet
    blank = ScoreSheet.objects.get(pk=sheet.pk)
    blank.pk, blank.uuid, blank.revision, blank.marks = None, "0" * 32, 3, bytes([255, 18])
    blank.save(force_insert=True)
    with pytest.raises(ProblemsFound, match="“党建”没有打分。请补齐，没有打分不等于零分。"):
        compute_round(round=round, actor=stage.first)
    assert (Computation.objects.count(), state_of(round)) == (0, RoundState.SEALED)


def test_a_round_returned_while_it_was_computed_keeps_no_result(stage, round, monkeypatch):
    def meanwhile(*args):
        return_to_scoring(round=round, reason="漏了一份", actor=stage.second)
        return outcome_of(*args)

    outcome_of = computing.compute
    monkeypatch.setattr(computing, "compute", meanwhile)
    with pytest.raises(ComputeRefused, match="计算期间第 1 轮转为“评分中”，没有写入结果。请重新计算。"):
        compute_round(round=round, actor=stage.first)
    assert (Computation.objects.count(), state_of(round)) == (0, RoundState.SCORING)


def test_what_breaks_while_storing_leaves_nothing_and_can_be_run_again(stage, round, monkeypatch):
    store = computing.store_outcome

    def die(**facts):
        store(**facts)
        raise MemoryError

    monkeypatch.setattr(computing, "store_outcome", die)
    with pytest.raises(MemoryError):
        compute_round(round=round, actor=stage.first)
    assert (Computation.objects.count(), Result.objects.count()) == (0, 0)
    assert state_of(round) == RoundState.SEALED
    monkeypatch.setattr(computing, "store_outcome", store)
    assert results(compute_round(round=round, actor=stage.first)) == WANTED


# --- states, exhaustively ------------------------------------------------------------------------


ROUND_MOVES = {
    ("planned", "nominating"),
    ("nominating", "scoring"),
    ("scoring", "sealed"),
    ("sealed", "computed"),
    ("sealed", "scoring"),
    ("computed", "computed"),
    ("computed", "confirmed"),
    ("computed", "scoring"),
    ("confirmed", "published"),
    ("confirmed", "scoring"),
    ("published", "scoring"),
}


def test_every_move_of_a_round_is_allowed_or_refused_as_listed(stage, round):
    assert set(ROUND_TRANSITIONS) == set(RoundState)
    for old, new in itertools.product(RoundState, RoundState):
        Round.objects.filter(pk=round.pk).update(state=old)
        if (old, new) in ROUND_MOVES:
            assert move_round(round=round, to=new, actor=None).state == new
            continue
        with pytest.raises(RoundRefused) as refused:
            move_round(round=round, to=new, actor=None)
        assert str(refused.value) == f"第 1 轮现为“{old.label}”，不能转为“{new.label}”。"
        assert state_of(round) == old


COMPUTATION_MOVES = {
    ("computed", "confirmed"),
    ("computed", "superseded"),
    ("confirmed", "published"),
    ("confirmed", "superseded"),
    ("published", "superseded"),
    ("superseded", "computed"),
}


def test_every_move_of_a_computation_is_allowed_or_refused_as_listed(stage, computation):
    assert set(COMPUTATION_TRANSITIONS) == set(ComputationState)
    for old, new in itertools.product(ComputationState, ComputationState):
        Computation.objects.filter(pk=computation.pk).update(state=old)
        if (old, new) in COMPUTATION_MOVES:
            assert move_computation(computation=computation, to=new, actor=None).state == new
            continue
        with pytest.raises(PublicationRefused) as refused:
            move_computation(computation=computation, to=new, actor=None)
        assert str(refused.value) == f"这次计算“{old.label}”，不能转为“{new.label}”。"


# --- confirm and publish -------------------------------------------------------------------------


def test_who_computed_does_not_confirm(stage, round, computation):
    with pytest.raises(PublicationRefused, match="计算人不能确认自己的计算。请由另一位管理员确认。"):
        confirm_computation(computation=computation, actor=stage.first)
    assert state_of(round) == RoundState.COMPUTED
    confirmed = confirm_computation(computation=computation, actor=stage.second)
    assert (confirmed.confirmed_by, state_of(round)) == (stage.second, RoundState.CONFIRMED)


def test_the_database_holds_four_eyes_too(stage, computation):
    with pytest.raises(IntegrityError), transaction.atomic():
        Computation.objects.filter(pk=computation.pk).update(confirmed_by=stage.first)


def test_the_database_holds_one_published_computation_per_round(stage, round, computation):
    publish(stage, round)
    other = Computation.objects.get(pk=computation.pk)
    other.pk, other.inputs_digest = None, "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save(force_insert=True)


def test_the_database_refuses_to_change_a_result(computation):
    with pytest.raises(DatabaseError, match="append"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_result SET rank = 1")
    assert results(computation) == WANTED


def test_only_what_was_confirmed_is_published_and_once(stage, round, computation):
    with pytest.raises(PublicationRefused, match="这次计算“已计算”，不能转为“已公布”。"):
        publish_computation(computation=computation, actor=stage.second)
    published = publish(stage, round)
    assert (published.published_by, published.state) == (stage.second, ComputationState.PUBLISHED)
    with pytest.raises(PublicationRefused, match="这次计算“已公布”，不能转为“已公布”。"):
        publish_computation(computation=computation, actor=stage.second)
    assert Computation.objects.get().state == ComputationState.PUBLISHED


def test_sealing_twice_is_sealing_once(stage, round):
    for _ in range(2):
        assert seal_round(round=round, actor=stage.first).state == RoundState.SEALED
    assert AuditEntry.objects.filter(verb="轮次已封存").count() == 1
