"""Titles, their history, points and money follow from what is published, and from nothing else."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from accounts.models import AuditEntry, tenant_scope
from accounts.services.organizations import move
from campaigns.enums import RoundKind, SubsidyKind
from campaigns.models import BonusEntry, Subsidy, Title, TitleEvent
from campaigns.services.subsidies import put_special_subsidies
from schemes import ProblemsFound
from scoring.models import Computation
from scoring.services.computing import compute_round
from scoring.services.publication import confirm_computation, publish_computation, return_to_scoring
from scoring.services.register import settle_campaign
from tests.scoring import cast
from tests.scoring.cast import HIGH, LOW, fill, open_round, publish

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
RIVALS = (5, 5)


def win(stage, label, organization, tier, on, **facts):
    """A published round that this organization won, before a neighbour that did not."""
    rival = stage.villages[3] if organization != stage.villages[3] else stage.villages[2]
    round = open_round(stage, {organization: tier, rival: tier}, label=label, on=on, **facts)
    fill(stage, round, {organization: (8, 8), rival: (4, 4)})
    publish(stage, round)
    return round


def review(stage, label, marks, on):
    """A published re-inspection."""
    round = open_round(stage, dict.fromkeys(marks, HIGH), label=label, on=on, kind=RoundKind.REINSPECTION)
    fill(stage, round, marks)
    publish(stage, round)
    return round


def titles():
    rows = Title.objects.order_by("awarded_on", "organization__code")
    return [(row.organization.name, row.tier, row.state, row.ended_on) for row in rows.select_related("organization")]


def events():
    rows = TitleEvent.objects.order_by("on", "organization__code")
    return [(row.organization.name, row.kind, row.tier, row.reason) for row in rows.select_related("organization")]


SPRING, AUTUMN, WINTER = date(2026, 3, 15), date(2026, 9, 15), date(2026, 12, 15)


def test_an_award_is_a_title_an_event_points_and_money(stage):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    assert titles() == [("杨村", HIGH, "held", None)]
    assert events() == [("杨村", "awarded", HIGH, "创成“标杆”")]
    title, bonus, subsidy = Title.objects.get(), BonusEntry.objects.get(), Subsidy.objects.get()
    assert (title.round, title.township, title.awarded_on) == (round, stage.county.east, SPRING)
    assert (bonus.township, bonus.points, bonus.year, bonus.tier) == (stage.county.east, Decimal(1), 2026, HIGH)
    assert (subsidy.kind, subsidy.amount_wan, subsidy.tier) == (SubsidyKind.AWARD, Decimal("0.9"), HIGH)


def test_points_count_for_the_rounds_assessment_year_not_the_day(stage):
    win(stage, "1", stage.villages[0], HIGH, date(2026, 1, 5), year=2025)
    assert BonusEntry.objects.get().year == 2025


def test_a_promotion_ends_the_lower_title(stage):
    win(stage, "1", stage.villages[0], LOW, SPRING)
    win(stage, "2", stage.villages[0], HIGH, AUTUMN)
    assert titles() == [("杨村", LOW, "promoted", AUTUMN), ("杨村", HIGH, "held", None)]
    assert events()[1] == ("杨村", "promoted", HIGH, "由“进位”进阶为“标杆”")
    assert [entry.points for entry in BonusEntry.objects.order_by("round__sequence")] == [Decimal("0.3"), Decimal(1)]
    assert Subsidy.objects.aggregate(total=Sum("amount_wan"))["total"] == Decimal("1.4")


def test_a_delisting_ends_what_is_held_and_a_review_on_the_line_does_not(stage):
    win(stage, "1", stage.villages[0], HIGH, SPRING)
    win(stage, "2", stage.villages[1], HIGH, SPRING)
    month = review(stage, "2026-09", {stage.villages[0]: (4, 4.5), stage.villages[1]: (4.5, 4.5)}, AUTUMN)
    assert titles() == [("杨村", HIGH, "revoked", AUTUMN), ("赵村", HIGH, "held", None)]
    assert events()[-1] == ("杨村", "delisted", HIGH, "复评 8.50 分，低于 9 分，摘牌警示")
    assert TitleEvent.objects.get(kind="delisted").round == month
    assert BonusEntry.objects.count() == 2


def test_after_a_delisting_a_win_is_a_new_award(stage):
    win(stage, "1", stage.villages[0], LOW, SPRING)
    review(stage, "2026-09", {stage.villages[0]: (4, 4)}, AUTUMN)
    win(stage, "2", stage.villages[0], HIGH, WINTER)
    assert titles() == [("杨村", LOW, "revoked", AUTUMN), ("杨村", HIGH, "held", None)]
    assert [kind for _, kind, _, _ in events()] == ["awarded", "delisted", "awarded"]


def test_winning_the_same_tier_again_holds_both_awards(stage):
    win(stage, "1", stage.villages[0], LOW, SPRING)
    win(stage, "2", stage.villages[0], LOW, AUTUMN)
    assert titles() == [("杨村", LOW, "held", None)] * 2
    win(stage, "3", stage.villages[0], HIGH, WINTER)
    assert titles() == [*[("杨村", LOW, "promoted", WINTER)] * 2, ("杨村", HIGH, "held", None)]


def test_a_lower_tier_after_the_higher_leaves_the_higher_held_and_a_delisting_ends_both(stage):
    win(stage, "1", stage.villages[0], HIGH, SPRING)
    win(stage, "2", stage.villages[0], LOW, AUTUMN)
    assert titles() == [("杨村", HIGH, "held", None), ("杨村", LOW, "held", None)]
    review(stage, "2026-12", {stage.villages[0]: (4, 4)}, WINTER)
    assert titles() == [("杨村", HIGH, "revoked", WINTER), ("杨村", LOW, "revoked", WINTER)]
    assert events()[-1][:3] == ("杨村", "delisted", HIGH)


def test_rounds_published_out_of_order_settle_in_the_order_of_time(stage):
    win(stage, "2", stage.villages[0], HIGH, AUTUMN)
    assert events() == [("杨村", "awarded", HIGH, "创成“标杆”")]
    win(stage, "1", stage.villages[0], LOW, SPRING)
    assert [kind for _, kind, _, _ in events()] == ["awarded", "promoted"]
    assert titles() == [("杨村", LOW, "promoted", AUTUMN), ("杨村", HIGH, "held", None)]


def test_a_review_may_carry_the_label_of_a_round(stage):
    first = win(stage, "1", stage.villages[0], HIGH, SPRING)
    month = review(stage, "1", {stage.villages[0]: (4, 4)}, AUTUMN)
    assert Title.objects.get().round == first
    assert {event.kind: event.round for event in TitleEvent.objects.all()} == {"awarded": first, "delisted": month}


def test_who_moved_to_another_township_keeps_the_history_of_the_old_one(stage):
    village = stage.villages[0]
    win(stage, "1", village, LOW, SPRING)
    move(organization=village, parent=stage.county.west, actor=stage.first)
    village.refresh_from_db()
    win(stage, "2", village, HIGH, AUTUMN)
    by_tier = dict(Title.objects.values_list("tier", "township__name"))
    assert by_tier == {LOW: "东溪镇", HIGH: "西山乡"}
    assert dict(BonusEntry.objects.values_list("points", "township__name")) == {
        Decimal("0.3"): "东溪镇",
        Decimal(1): "西山乡",
    }


def test_an_organization_without_a_township_wins_without_points(stage):
    from tests import factories

    bureau = factories.make_organization(stage.tenant, "330182501", "市供电公司", "enterprise", stage.county.county)
    win(stage, "1", bureau, HIGH, SPRING)
    assert (Title.objects.get().township, BonusEntry.objects.count()) == (None, 0)
    assert Subsidy.objects.get().amount_wan == Decimal("0.9")


def test_settling_again_writes_nothing(stage):
    win(stage, "1", stage.villages[0], LOW, SPRING)
    win(stage, "2", stage.villages[0], HIGH, AUTUMN)
    models = (Title, TitleEvent, BonusEntry, Subsidy)
    before = [sorted(model.objects.values_list("pk", flat=True)) for model in models]
    settle_campaign(campaign=stage.campaign, actor=None)
    assert [sorted(model.objects.values_list("pk", flat=True)) for model in models] == before
    assert AuditEntry.objects.filter(verb="更新称号与加分").latest("id").new == {"added": 0, "removed": 0}


def test_a_correction_of_the_first_round_undoes_a_promotion_of_the_second(stage):
    """The lower title falls away, so the higher one is an award and no longer a promotion."""
    village = stage.villages[0]
    first = win(stage, "1", village, LOW, SPRING)
    win(stage, "2", village, HIGH, AUTUMN)
    return_to_scoring(round=first, reason="分数有误", actor=stage.second)
    fill(stage, first, {village: (4, 4)}, based_on=1)
    publish(stage, first)
    assert titles() == [("杨村", HIGH, "held", None)]
    assert events() == [("杨村", "awarded", HIGH, "创成“标杆”")]
    assert Subsidy.objects.get().amount_wan == Decimal("0.9")


def test_a_campaign_without_rounds_settles_to_nothing(stage):
    assert settle_campaign(campaign=stage.campaign, actor=None) is None


def test_amounts_that_cannot_be_kept_exactly_are_refused_before_anything_is_published(db):
    stage = cast.set_stage("330183", name="邻县市", bonus={"points": {HIGH: "1/3"}})
    with tenant_scope(stage.tenant):
        round = open_round(stage, {stage.villages[0]: HIGH, stage.villages[1]: HIGH})
        fill(stage, round, {stage.villages[0]: (8, 8), stage.villages[1]: (5, 5)})
        computation = compute_round(round=round, actor=stage.first)
        confirm_computation(computation=computation, actor=stage.second)
        with pytest.raises(ProblemsFound, match="加分或补助 1/3 多于 4 位小数，无法精确记账"):
            publish_computation(computation=computation, actor=stage.second)
        assert Computation.objects.get().state == "confirmed"
        assert not Title.objects.exists()


# --- exact amounts -------------------------------------------------------------------------------


def test_special_subsidies_are_set_once_per_organization_and_untouched_by_settling(stage):
    amounts = {stage.villages[0]: Decimal("20"), stage.villages[1]: Decimal("12.5")}
    assert put_special_subsidies(campaign=stage.campaign, amounts=amounts, actor=None) == 2
    put_special_subsidies(campaign=stage.campaign, amounts={stage.villages[0]: Decimal("18.75")}, actor=None)
    win(stage, "1", stage.villages[0], HIGH, SPRING)
    special = Subsidy.objects.filter(kind=SubsidyKind.SPECIAL)
    assert dict(special.values_list("organization__name", "amount_wan")) == {
        "杨村": Decimal("18.75"),
        "赵村": Decimal("12.5"),
    }


def test_a_tenth_and_two_tenths_are_three_tenths(stage):
    amounts = dict(zip(stage.villages, map(Decimal, ("0.1", "0.2", "0.0001", "0.6999")), strict=True))
    put_special_subsidies(campaign=stage.campaign, amounts=amounts, actor=None)
    rows = Subsidy.objects.order_by()
    first = rows.filter(organization__in=stage.villages[:2])
    assert first.aggregate(total=Sum("amount_wan"))["total"] == Decimal("0.3")
    assert rows.aggregate(total=Sum("amount_wan"))["total"] == Decimal(1)
    assert rows.filter(amount_wan=Decimal("0.1")).count() == 1
    assert [row.amount_wan for row in rows.order_by("amount_wan")] == sorted(amounts.values())


@pytest.mark.parametrize("amount", [0.1, Decimal("0.00001"), "一"])
def test_floats_words_and_too_many_places_are_refused(stage, amount):
    with pytest.raises(ValidationError), transaction.atomic():
        Subsidy.objects.create(
            tenant=stage.tenant,
            campaign=stage.campaign,
            organization=stage.villages[0],
            kind=SubsidyKind.SPECIAL,
            amount_wan=amount,
        )
    assert not Subsidy.objects.exists()
