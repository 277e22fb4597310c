"""A correction never edits: the old computation is kept and explainable, the new one published, and only the difference
of titles, points and money is written. Taking the correction back gives the old computation its place again."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from accounts.models import AuditEntry
from campaigns.enums import RoundState
from campaigns.models import BonusEntry, Round, Subsidy, Title, TitleEvent
from scoring.enums import ComputationState
from scoring.explaining import explain_result
from scoring.models import Computation, Result, ScoreSheet
from scoring.services.computing import ComputeRefused, compute_round
from scoring.services.publication import PublicationRefused, confirm_computation, return_to_scoring

from .cast import HIGH, fill, open_round, publish, results, standing_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def round(stage):
    return standing_round(stage)


@pytest.fixture
def first(stage, round):
    """The first computation of the round, published: 杨村 and 赵村 won."""
    return publish(stage, round)


def correct(stage, round, marks, based_on):
    """Return to scoring and revise 岭后村's sheets."""
    return_to_scoring(round=round, reason="誊抄有误", actor=stage.second)
    fill(stage, round, {stage.villages[2]: marks}, based_on=based_on)


def reload(computation):
    return Computation.objects.get(pk=computation.pk)


def holders(model):
    return sorted(model.objects.values_list("organization__name", flat=True))


def test_returning_needs_a_reason_that_is_kept(stage, round, first):
    with pytest.raises(PublicationRefused, match="请写明退回评分的原因。"):
        return_to_scoring(round=round, reason="  ", actor=stage.second)
    assert return_to_scoring(round=round, reason="誊抄有误", actor=stage.second).state == RoundState.SCORING
    assert AuditEntry.objects.get(verb="轮次评分中", new__reason="誊抄有误").actor == stage.second
    assert reload(first).state == ComputationState.PUBLISHED


def test_while_corrections_are_made_what_was_published_stands(stage, round, first):
    correct(stage, round, (9, 8), 1)
    assert reload(first).state == ComputationState.PUBLISHED
    assert holders(Title) == ["杨村", "赵村"]
    second = compute_round(round=round, actor=stage.first)
    assert second.pk != first.pk
    assert reload(first).state == ComputationState.PUBLISHED
    assert holders(Title) == ["杨村", "赵村"]


def test_a_correction_supersedes_and_keeps_the_old_rows(stage, round, first):
    before = list(Result.objects.filter(computation=first).order_by("position").values())
    correct(stage, round, (9, 8), 1)
    second = publish(stage, round)
    assert (reload(first).state, second.state) == (ComputationState.SUPERSEDED, ComputationState.PUBLISHED)
    assert list(Result.objects.filter(computation=first).order_by("position").values()) == before
    assert results(second)["岭后村"] == ("17.00", 2, "awarded")
    assert results(second)["赵村"] == ("16.00", 3, "over_quota")
    assert ScoreSheet.objects.count() == 10


def test_exactly_the_difference_of_titles_points_and_money_is_written(stage, round, first):
    kept = {
        model: model.objects.get(organization__name="杨村").pk for model in (Title, BonusEntry, Subsidy, TitleEvent)
    }
    correct(stage, round, (9, 8), 1)
    publish(stage, round)
    for model, pk in kept.items():
        assert holders(model) == ["岭后村", "杨村"]
        assert model.objects.get(organization__name="杨村").pk == pk
    points = BonusEntry.objects.order_by("township__name").values_list("township__name", "points")
    assert sorted(points) == [("东溪镇", Decimal(1)), ("西山乡", Decimal(1))]
    assert Subsidy.objects.aggregate(total=Sum("amount_wan"))["total"] == Decimal("1.8")
    assert AuditEntry.objects.filter(verb="更新称号与加分").latest("id").new == {"added": 1, "removed": 1}


def test_both_generations_are_explained_as_they_were(stage, round, first):
    correct(stage, round, (9, 8), 1)
    second = publish(stage, round)
    for computation, score, sheets in ((first, "14.00", ("14.0", "14.0")), (second, "17.00", ("17.0", "17.0"))):
        row = Result.objects.get(computation=computation, organization__name="岭后村")
        explanation = explain_result(row).explanation
        assert explanation.row.score == score
        assert tuple(sheet.total for sheet in explanation.sheets) == sheets


def test_taking_the_correction_back_reinstates_the_first_computation(stage, round, first):
    correct(stage, round, (9, 8), 1)
    second = publish(stage, round)
    correct(stage, round, (7, 7), 2)
    again = compute_round(round=round, actor=stage.second)
    assert again.pk == first.pk
    assert (again.state, again.computed_by, again.confirmed_by) == (ComputationState.COMPUTED, stage.second, None)
    assert reload(second).state == ComputationState.PUBLISHED
    assert Computation.objects.latest("computed_at").pk == first.pk
    with pytest.raises(PublicationRefused, match="计算人不能确认自己的计算"):
        confirm_computation(computation=again, actor=stage.second)
    stage.first, stage.second = stage.second, stage.first
    assert publish(stage, round).pk == first.pk
    assert reload(second).state == ComputationState.SUPERSEDED
    assert holders(Title) == ["杨村", "赵村"]
    row = Result.objects.get(computation=first, organization__name="岭后村")
    assert explain_result(row).explanation.row.score == "14.00"


def test_a_return_without_any_correction_leaves_what_is_published(stage, round, first):
    return_to_scoring(round=round, reason="核对一遍", actor=stage.second)
    again = compute_round(round=round, actor=stage.first)
    assert (again.pk, again.state) == (first.pk, ComputationState.PUBLISHED)
    assert Round.objects.get(pk=round.pk).state == RoundState.PUBLISHED
    assert (again.confirmed_by, holders(Title)) == (stage.second, ["杨村", "赵村"])


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_computation_that_was_waiting_is_superseded_by_the_return_and_comes_back(stage, round, confirmed):
    waiting = compute_round(round=round, actor=stage.first)
    if confirmed:
        confirm_computation(computation=waiting, actor=stage.second)
    return_to_scoring(round=round, reason="再核对", actor=stage.second)
    assert reload(waiting).state == ComputationState.SUPERSEDED
    again = compute_round(round=round, actor=stage.first)
    assert (again.pk, again.state, again.confirmed_by) == (waiting.pk, ComputationState.COMPUTED, None)


def test_a_confirmed_round_is_not_computed_over(stage, round):
    confirm_computation(computation=compute_round(round=round, actor=stage.first), actor=stage.second)
    with pytest.raises(ComputeRefused, match="已确认”，不能计算"):
        compute_round(round=round, actor=stage.first)


def test_a_correction_of_one_round_leaves_the_others_titles(stage, round, first):
    other = open_round(stage, {stage.villages[3]: HIGH, stage.county.two_new: HIGH}, label="2", on=date(2026, 9, 1))
    fill(stage, other, {stage.villages[3]: (9, 9), stage.county.two_new: (8, 8)})
    publish(stage, other)
    assert holders(Title) == ["杨村", "石塘村", "赵村"]
    correct(stage, round, (9, 8), 1)
    publish(stage, round)
    assert holders(Title) == ["岭后村", "杨村", "石塘村"]
