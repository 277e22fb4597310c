"""暂缓 and 不予: staged by one, applied by another, left out of the register, taken in when lifted."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.models import BonusEntry, Round, Subsidy, Title
from scoring.enums import DecisionKind, DecisionState
from scoring.models import Computation, Result, ResultDecision
from scoring.services.computing import compute_round
from scoring.services.deciding import (
    DecisionRefused,
    apply_decisions,
    drop_decision,
    release_decision,
    stage_decision,
    stage_decisions,
)
from scoring.services.publication import (
    PublicationRefused,
    confirm_computation,
    publish_computation,
    return_to_scoring,
)

from . import cast

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def computed(stage):
    """杨村 and 赵村 are awarded (18 and 16 of 20), 岭后村 and 石塘村 are not; computed by the first."""
    return compute_round(round=cast.standing_round(stage), actor=stage.first)


def result(computation, village):
    return Result.objects.select_related("computation").get(computation=computation, organization=village)


def defer(computation, village, actor, kind=DecisionKind.DEFER):
    return stage_decision(result=result(computation, village), kind=kind, reason="信访事项正在核查", actor=actor)


def decided(stage, computation, village):
    """Staged by the first, applied by the second."""
    decision = defer(computation, village, stage.first)
    apply_decisions(computation=computation, actor=stage.second)
    return ResultDecision.objects.get(pk=decision.pk)


def held():
    return set(Title.objects.values_list("organization__name", flat=True))


def test_what_is_staged_bars_confirming_until_another_person_applies_it(stage, computed):
    defer(computed, stage.villages[0], stage.first)
    with pytest.raises(PublicationRefused, match="还有 1 条拟定的授予决定没有执行或撤销"):
        confirm_computation(computation=computed, actor=stage.second)
    with pytest.raises(DecisionRefused, match="其中 1 条由您拟定"):
        apply_decisions(computation=computed, actor=stage.first)
    assert apply_decisions(computation=computed, actor=stage.second) == 1
    assert confirm_computation(computation=computed, actor=stage.second).state == "confirmed"


def test_nobody_applies_a_batch_in_which_one_is_their_own(stage, computed):
    defer(computed, stage.villages[0], stage.first)
    defer(computed, stage.villages[1], stage.second)
    for actor in (stage.first, stage.second):
        with pytest.raises(DecisionRefused, match="其中 1 条由您拟定"):
            apply_decisions(computation=computed, actor=actor)
    assert set(ResultDecision.objects.values_list("state", flat=True)) == {DecisionState.STAGED}


def test_the_database_itself_wants_two_people(stage, computed):
    decision = defer(computed, stage.villages[0], stage.first)
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultDecision.objects.filter(pk=decision.pk).update(applied_by=stage.first, applied_at=timezone.now())


def test_a_dropped_decision_no_longer_bars_and_stays_on_record(stage, computed):
    decision = defer(computed, stage.villages[0], stage.first)
    drop_decision(decision=decision, actor=stage.first)
    assert ResultDecision.objects.get().state == DecisionState.DROPPED
    assert confirm_computation(computation=computed, actor=stage.second).state == "confirmed"


def test_only_what_the_rules_award_can_be_kept_back_and_once(stage, computed):
    with pytest.raises(DecisionRefused, match="岭后村按办法没有授予"):
        defer(computed, stage.villages[2], stage.first)
    defer(computed, stage.villages[0], stage.first)
    with pytest.raises(DecisionRefused, match="杨村已有决定"):
        both = [result(computed, village) for village in stage.villages[:2]]
        stage_decisions(results=both, kind=DecisionKind.WITHHOLD, reason="已核实", actor=stage.second)
    assert ResultDecision.objects.count() == 1
    with pytest.raises(DecisionRefused, match="请写明暂缓授予的事由"):
        stage_decision(result=result(computed, stage.villages[1]), kind="defer", reason=" ", actor=stage.first)


def test_after_confirming_nothing_is_staged_or_applied(stage, computed):
    confirm_computation(computation=computed, actor=stage.second)
    with pytest.raises(DecisionRefused, match="这次计算“已确认”，不能再拟定"):
        defer(computed, stage.villages[0], stage.first)


def test_titles_bonus_and_money_leave_out_what_is_kept_back_and_take_it_in_when_lifted(stage, computed):
    """Both win by the rules, 1 point and 0.9 万元 each; 杨村 is deferred, then lifted after publication."""
    decision = decided(stage, computed, stage.villages[0])
    confirm_computation(computation=computed, actor=stage.second)
    publish_computation(computation=computed, actor=stage.second)
    assert held() == {"赵村"}
    assert (BonusEntry.objects.count(), Subsidy.objects.count()) == (1, 1)
    assert Computation.objects.get(pk=computed.pk).groups[0]["awarded"] == 2
    release_decision(decision=decision, reason="查无问题", actor=stage.first)
    assert held() == {"杨村", "赵村"}
    assert (BonusEntry.objects.count(), Subsidy.objects.count()) == (2, 2)
    decision.refresh_from_db()
    assert (decision.state, decision.end_reason) == (DecisionState.RELEASED, "查无问题")


def test_lifting_needs_a_reason_and_waits_between_confirming_and_publishing(stage, computed):
    decision = decided(stage, computed, stage.villages[0])
    with pytest.raises(DecisionRefused, match="请写明解除的原因"):
        release_decision(decision=decision, reason="  ", actor=stage.first)
    confirm_computation(computation=computed, actor=stage.second)
    with pytest.raises(DecisionRefused, match="名单不能变动"):
        release_decision(decision=decision, reason="查无问题", actor=stage.first)


def test_what_was_withheld_and_published_is_not_lifted(stage, computed):
    decision = defer(computed, stage.villages[0], stage.first, kind=DecisionKind.WITHHOLD)
    apply_decisions(computation=computed, actor=stage.second)
    confirm_computation(computation=computed, actor=stage.second)
    publish_computation(computation=computed, actor=stage.second)
    with pytest.raises(DecisionRefused, match="不予授予已公布，不能解除"):
        release_decision(decision=decision, reason="复议", actor=stage.first)
    assert held() == {"赵村"}


def test_a_correction_carries_standing_decisions_over_as_staged(stage, computed):
    """杨村's deferral of the first computation is there again on the second, for another person to apply anew."""
    decided(stage, computed, stage.villages[0])
    round = Round.objects.get(pk=computed.round_id)
    return_to_scoring(round=round, reason="漏改一份", actor=stage.second)
    cast.fill(stage, round, {stage.villages[3]: (6, 6)}, based_on=1)
    again = compute_round(round=Round.objects.get(pk=round.pk), actor=stage.second)
    carried = ResultDecision.objects.get(computation=again)
    assert (carried.state, carried.kind, carried.reason) == ("staged", "defer", "信访事项正在核查")
    assert (carried.result.organization, carried.staged_by) == (stage.villages[0], stage.second)
    with pytest.raises(PublicationRefused, match="还有 1 条拟定"):
        confirm_computation(computation=again, actor=stage.first)


# -- the page


def test_the_page_stages_applies_and_lifts(stage, computed, browser):
    url = reverse("scoring:decisions", args=[computed.pk])
    first, second = browser(stage.first), browser(stage.second)
    target = result(computed, stage.villages[0])
    blank = first.post(url, {"result": target.pk, "kind": "defer", "reason": "", "document_no": "〔2026〕3 号"})
    assert "请写明事由" in blank.content.decode() and "〔2026〕3 号" in blank.content.decode()
    assert f'value="{target.pk}" checked' in blank.content.decode()
    first.post(url, {"result": target.pk, "kind": "defer", "reason": "正在核查", "document_no": ""})
    assert "请由另一位管理员核对后执行" in first.get(url).content.decode()
    second.post(reverse("scoring:decisions_apply", args=[computed.pk]))
    decision = ResultDecision.objects.get()
    assert decision.state == DecisionState.APPLIED
    assert "授予（暂缓）" in second.get(url).content.decode()
    second.post(reverse("scoring:decision_release", args=[decision.pk]), {"reason": "查清"})
    assert ResultDecision.objects.get().state == DecisionState.RELEASED


def test_ranking_and_explanation_say_what_is_kept_back(stage, computed, browser):
    decided(stage, computed, stage.villages[0])
    office = browser(stage.second)
    ranking = office.get(reverse("reports:round", args=[computed.round_id])).content.decode()
    assert "授予（暂缓）" in ranking and "暂缓授予：信访事项正在核查" in ranking
    assert "暂缓授予 1 家，不计入称号、加分和补助" in ranking
    page = office.get(reverse("reports:result", args=[result(computed, stage.villages[0]).pk])).content.decode()
    assert "按办法授予，县里暂缓授予：信访事项正在核查" in page


def test_the_round_book_marks_it_and_leaves_it_out_of_the_lists(stage, computed):
    from accounts.models import Membership
    from reports.books.round_book import RoundBook
    from reports.queries.books import round_facts

    decided(stage, computed, stage.villages[0])
    membership = Membership.objects.get(user=stage.first)
    book = RoundBook(stage.tenant, round_facts(membership, computed.round))
    assert [row.organization.name for row in book.awarded()] == ["赵村"]
    assert book.word(result(computed, stage.villages[0])) == "授予（暂缓）"
    assert [row[1] for row in book.money().rows] == ["赵村"]
