"""Decisions about titles: four eyes, the register follows, and settling again keeps them. Validity, plaques,
re-inspection.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.services.organizations import move
from campaigns.enums import ActState, RoundKind, RoundState, TitleActKind
from campaigns.models import BonusEntry, Nomination, Phase, Round, Title, TitleAct, TitleEvent
from campaigns.services.campaigns import RoundRefused
from campaigns.services.plaques import PlaquesRefused, assign_plaques
from campaigns.services.reinspection import plan_reinspection
from campaigns.services.title_acts import (
    ActFacts,
    TitleActRefused,
    confirm_act,
    decline_act,
    propose_act,
    took_effect,
)
from scoring.services.publication import return_to_scoring
from scoring.services.register import settle_campaign
from scoring.tasks import expire_titles
from tests.campaigns.test_register_writer import AUTUMN, SPRING, events, review, titles, win
from tests.scoring import cast
from tests.scoring.cast import HIGH, LOW, fill, open_round, publish

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MAY, JUNE = date(2026, 5, 8), date(2026, 6, 8)
REASON, NUMBER = "创建成果严重滑坡", "建组〔2026〕12号"


@pytest.fixture(autouse=True)
def late_in_the_year(monkeypatch):
    """Decisions are not dated ahead: the days of these rounds have passed."""
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2026, 12, 31))


def propose(stage, round, kind, organization=None, on=MAY, **facts):
    words = {"reason": REASON, "document_no": NUMBER} | facts
    return propose_act(
        organization=organization or stage.villages[0],
        round=round,
        facts=ActFacts(kind, on, **words),
        actor=stage.first,
    )


def decide(stage, round, kind, organization=None, on=MAY, **facts):
    act = propose(stage, round, kind, organization, on, **facts)
    return confirm_act(act=act, actor=stage.second)


def refused(call, *args, **kwargs):
    with pytest.raises(TitleActRefused) as found:
        call(*args, **kwargs)
    return str(found.value)


# --- four eyes -----------------------------------------------------------------------------------


def test_a_proposal_changes_nothing_until_another_person_confirms(stage):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    act = propose(stage, round, TitleActKind.REVOKE)
    settle_campaign(campaign=stage.campaign, actor=None)
    assert titles() == [("杨村", HIGH, "held", None)]
    assert refused(confirm_act, act=act, actor=stage.first) == "提出人不能复核自己提出的决定。请由另一位管理员复核。"
    act = confirm_act(act=act, actor=stage.second)
    assert (act.state, act.proposed_by, act.decided_by) == (ActState.CONFIRMED, stage.first, stage.second)
    assert titles() == [("杨村", HIGH, "revoked", MAY)]
    assert events()[-1] == ("杨村", "revoked", HIGH, REASON)
    assert TitleEvent.objects.get(kind="revoked").document_no == NUMBER
    assert AuditEntry.objects.filter(verb="称号决定已生效").get().actor == stage.second


def test_declining_leaves_everything_and_is_final(stage):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    act = decline_act(act=propose(stage, round, TitleActKind.WARN), actor=stage.second)
    assert act.state == ActState.DECLINED
    assert refused(confirm_act, act=act, actor=stage.second) == "这项决定“未采纳”，不能转为“已生效”。"
    assert titles() == [("杨村", HIGH, "held", None)]


def test_who_proposed_may_take_it_back(stage):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    act = decline_act(act=propose(stage, round, TitleActKind.WARN), actor=stage.first)
    assert (act.state, act.decided_by) == (ActState.DECLINED, None)
    assert AuditEntry.objects.filter(verb="撤回称号决定").exists()


# --- consequences that stay ----------------------------------------------------------------------


def test_settling_again_keeps_every_decision_and_writes_nothing(stage):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    decide(stage, round, TitleActKind.WARN)
    decide(stage, round, TitleActKind.RESTORE, on=JUNE)
    models = (Title, TitleEvent, BonusEntry)
    before = [sorted(model.objects.values_list("pk", flat=True)) for model in models]
    settle_campaign(campaign=stage.campaign, actor=None)
    assert [sorted(model.objects.values_list("pk", flat=True)) for model in models] == before
    assert [kind for _, kind, _, _ in events()] == ["awarded", "warned", "restored"]
    assert Title.objects.get().warned_on is None


def test_a_later_round_does_not_undo_a_revocation(stage):
    round = win(stage, "1", stage.villages[0], LOW, SPRING)
    decide(stage, round, TitleActKind.REVOKE)
    win(stage, "2", stage.villages[0], HIGH, AUTUMN)
    assert titles() == [("杨村", LOW, "revoked", MAY), ("杨村", HIGH, "held", None)]
    assert [kind for _, kind, _, _ in events()] == ["awarded", "revoked", "awarded"]


def test_a_correction_that_takes_the_award_away_leaves_the_decision_without_effect(stage):
    village = stage.villages[0]
    round = win(stage, "1", village, HIGH, SPRING)
    act = decide(stage, round, TitleActKind.WARN)
    assert took_effect(act)
    return_to_scoring(round=round, reason="分数有误", actor=stage.second)
    fill(stage, round, {village: (4, 4)}, based_on=1)
    publish(stage, round)
    assert (titles(), events(), took_effect(act)) == ([], [], False)
    assert TitleAct.objects.get().state == ActState.CONFIRMED


def test_revoking_takes_points_back_where_the_rules_say_so(db):
    from accounts.models import tenant_scope

    stage = cast.set_stage("330183", name="邻县市", bonus={"points": {HIGH: "1"}, "if_revoked": "take_back"})
    with tenant_scope(stage.tenant):
        round = win(stage, "1", stage.villages[0], HIGH, SPRING)
        decide(stage, round, TitleActKind.REVOKE)
        lines = [(row.points, row.taken_back_in, row.reason) for row in BonusEntry.objects.order_by("-points")]
        assert lines == [(Decimal(1), None, ""), (Decimal(-1), round, f"{REASON}，收回加分")]


def test_an_exceptional_award_has_township_points_and_a_place_in_the_history(stage):
    village = stage.villages[2]
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    decide(stage, round, TitleActKind.EXCEPTIONAL, village, tier=LOW, reason="承办全国现场会")
    assert titles() == [("杨村", HIGH, "held", None), ("岭后村", LOW, "held", None)]
    assert Title.objects.get(organization=village).township == stage.county.west
    assert BonusEntry.objects.get(organization=village).points == Decimal("0.3")
    move(organization=village, parent=stage.county.east, actor=stage.first)
    settle_campaign(campaign=stage.campaign, actor=None)
    assert Title.objects.get(organization=village).township == stage.county.west


def test_a_decision_whose_title_went_meanwhile_is_refused_when_it_is_confirmed(stage):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    act = propose(stage, round, TitleActKind.WARN, on=date(2026, 10, 1))
    review(stage, "2026-09", {stage.villages[0]: (4, 4)}, AUTUMN)
    assert refused(confirm_act, act=act, actor=stage.second) == (
        "杨村的称号在提出以后有了变化，“警示”不再适用。请核对后重新提出。"
    )
    assert TitleAct.objects.get().state == ActState.PROPOSED


# --- what is refused -----------------------------------------------------------------------------


def test_proposals_that_make_no_sense_are_refused_in_words(stage):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    late = date(2027, 1, 1)
    says = [
        refused(propose, stage, round, TitleActKind.WARN, stage.villages[1]),
        refused(propose, stage, round, TitleActKind.WARN, on=SPRING - timedelta(days=1)),
        refused(propose, stage, round, TitleActKind.WARN, on=late),
        refused(propose, stage, round, TitleActKind.RESTORE),
        refused(propose, stage, round, TitleActKind.WARN, reason="  "),
        refused(propose, stage, round, TitleActKind.WARN, document_no=""),
        refused(propose, stage, round, TitleActKind.EXCEPTIONAL, tier=HIGH),
        refused(propose, stage, round, TitleActKind.EXCEPTIONAL, stage.villages[1], tier="金牌"),
        refused(propose, stage, round, TitleActKind.EXCEPTIONAL, stage.county.east, tier=HIGH),
    ]
    assert says == [
        "赵村现在没有第 1 轮的称号，不能作这项决定。请核对轮次。",
        "日期不能早于授予日期（2026-03-15）。",
        "日期 2027-01-01 还没有到。请填写文件印发的日期。",
        "杨村的称号没有警示，不用解除。",
        "请写明事由，不超过 120 字。",
        "请填写作出决定的文号，如 建组〔2026〕12号。",
        "杨村在第 1 轮已有称号“标杆”，一轮只有一个称号。",
        "请从办法的等次中选择。",
        "破格授予的对象应是在用的村、社区等基层党组织。",
    ]
    assert not TitleAct.objects.exists()


def test_the_same_decision_waits_once_and_an_unpublished_round_gives_no_exception(stage):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    propose(stage, round, TitleActKind.WARN)
    assert refused(propose, stage, round, TitleActKind.WARN) == "杨村已有一项“警示”待复核，不用重复提出。"
    planned = open_round(stage, {stage.villages[1]: HIGH}, label="2", on=AUTUMN)
    assert refused(propose, stage, planned, TitleActKind.EXCEPTIONAL, stage.villages[1], AUTUMN, tier=HIGH) == (
        "第 2 轮还没有公布，不能随它破格授予。请在公布以后提出。"
    )


# --- validity ------------------------------------------------------------------------------------


def test_titles_end_by_themselves_on_the_day_after_their_last(db, monkeypatch):
    from accounts.models import tenant_scope

    rules = cast.RULES["titles"] | {"valid_years": 2}
    stage = cast.set_stage("330183", name="邻县市", titles=rules)
    with tenant_scope(stage.tenant):
        win(stage, "1", stage.villages[0], HIGH, SPRING)
        assert Title.objects.get().valid_until == date(2028, 3, 15)
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2028, 3, 15))
    assert expire_titles() == 0
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2028, 3, 16))
    assert expire_titles() == 1
    assert expire_titles() == 0
    with tenant_scope(stage.tenant):
        assert titles() == [("杨村", HIGH, "expired", date(2028, 3, 15))]
        assert events()[-1] == ("杨村", "expired", HIGH, "有效期 2 年届满，没有复评或再次创成")


# --- plaques -------------------------------------------------------------------------------------


def test_numbers_are_given_once_and_go_on_from_the_highest(stage):
    first = win(stage, "1", stage.villages[0], HIGH, SPRING)
    second = win(stage, "2", stage.villages[1], HIGH, AUTUMN)
    pattern = "建标杆〔{年}〕{序号:03}"
    assert [row.plaque_no for row in assign_plaques(round=first, pattern=pattern, actor=stage.first)] == [
        "建标杆〔2026〕001"
    ]
    with pytest.raises(PlaquesRefused, match="没有待编号的称号"):
        assign_plaques(round=first, pattern=pattern, actor=stage.first)
    assert assign_plaques(round=second, pattern=pattern, actor=stage.first)[0].plaque_no == "建标杆〔2026〕002"


def test_a_number_stays_with_its_title_and_is_never_given_again(stage):
    """A correction takes the award away: its plaque was handed out, so the title ends and keeps its number."""
    village = stage.villages[0]
    round = win(stage, "1", village, HIGH, SPRING)
    title = assign_plaques(round=round, pattern="{等次}{序号}", actor=stage.first)[0]
    return_to_scoring(round=round, reason="分数有误", actor=stage.second)
    fill(stage, round, {village: (4, 4), stage.villages[3]: (8, 8)}, based_on=1)
    publish(stage, round)
    gone, won = Title.objects.order_by("awarded_on", "state").reverse()
    assert (gone.pk, gone.state, gone.ended_on, gone.plaque_no) == (title.pk, "revoked", date(2026, 12, 31), "标杆1")
    assert assign_plaques(round=round, pattern="{等次}{序号}", actor=stage.first)[0].plaque_no == "标杆2"
    settle_campaign(campaign=stage.campaign, actor=None)
    assert set(Title.objects.values_list("pk", "plaque_no")) == {(title.pk, "标杆1"), (won.pk, "标杆2")}


@pytest.mark.parametrize(
    "pattern", ["建标杆", "{序号}{序号}", "{序号}{名称}", "{序号", "{序号}}", "长" * 40 + "{序号}"]
)
def test_patterns_without_one_running_number_are_refused(stage, pattern):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    with pytest.raises(PlaquesRefused):
        assign_plaques(round=round, pattern=pattern, actor=stage.first)
    assert Title.objects.get().plaque_no == ""


# --- re-inspection -------------------------------------------------------------------------------


def test_holders_are_re_inspected_in_a_round_of_their_own(stage):
    win(stage, "1", stage.villages[0], HIGH, SPRING)
    win(stage, "2", stage.villages[0], LOW, AUTUMN)
    planned = plan_reinspection(
        campaign=stage.campaign, holders=Title.objects.all(), onsite_date=date(2026, 11, 20), actor=stage.first
    )
    assert (planned.kind, planned.label, planned.state) == (RoundKind.REINSPECTION, "2026-11", RoundState.NOMINATING)
    assert [(row.organization.name, row.tier) for row in Nomination.objects.filter(round=planned)] == [("杨村", HIGH)]
    assert Phase.objects.filter(round=planned).count() == 4
    with pytest.raises(RoundRefused, match="已有2026-11 复评"):
        plan_reinspection(
            campaign=stage.campaign, holders=Title.objects.all(), onsite_date=date(2026, 11, 21), actor=stage.first
        )


def test_only_who_holds_a_title_is_re_inspected(stage):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    decide(stage, round, TitleActKind.REVOKE)
    for holders in (Title.objects.all(), Title.objects.none()):
        with pytest.raises(RoundRefused):
            plan_reinspection(campaign=stage.campaign, holders=holders, onsite_date=AUTUMN, actor=stage.first)
    assert not Round.objects.filter(kind=RoundKind.REINSPECTION).exists()
