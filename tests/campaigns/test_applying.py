"""A township starts, fills in, submits and withdraws; the county approves, returns and rejects. By services alone."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, tenant_scope
from campaigns.enums import MaterialState, NominationState, RoundKind, RoundState
from campaigns.models import Evidence, Nomination, Phase, Round
from campaigns.services.applying import (
    NominationRefused,
    revise_nomination,
    submit_nomination,
    withdraw_nomination,
)
from campaigns.services.campaigns import move_round, plan_round
from campaigns.services.evidence import attach_evidence, detach_evidence
from campaigns.services.nominations import NominationFacts, put_nominations
from campaigns.services.reviewing import approve_nomination, decide_many, reject_nomination, return_nomination

from .nominating_stage import HIGH, LOW, make_stage

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def stage(db):
    stage = make_stage()
    with tenant_scope(stage.tenant):
        yield stage


def steps(nomination):
    rows = nomination.steps.order_by("at")
    return [(row.from_state, row.to_state, row.note, row.actor_id) for row in rows]


def refused(call, **arguments):
    with pytest.raises(NominationRefused) as found:
        call(**arguments)
    return found.value.reasons


def close_window(stage):
    """The nomination window ended yesterday."""
    day = timezone.localdate() - timedelta(days=1)
    Phase.objects.filter(round=stage.round).update(closes_on=day)
    return day


# --- the whole way --------------------------------------------------------------------------------


def test_from_draft_to_approval_with_a_return_between(stage):
    secretary, office = stage.east_secretary, stage.maker
    nomination = stage.complete(stage.start())
    assert (nomination.state, nomination.township) == (NominationState.DRAFT, stage.county.east)
    assert Round.objects.get(pk=stage.round.pk).state == RoundState.PLANNED

    nomination = submit_nomination(nomination=nomination, actor=secretary)
    assert (nomination.state, nomination.submitted_by) == (NominationState.SUBMITTED, secretary)
    assert Round.objects.get(pk=stage.round.pk).state == RoundState.NOMINATING

    nomination = return_nomination(nomination=nomination, reason="会议记录缺签名", actor=office)
    assert (nomination.state, nomination.decision_reason) == (NominationState.RETURNED, "会议记录缺签名")
    nomination = revise_nomination(nomination=nomination, statement="补了签名。", actor=secretary)
    nomination = submit_nomination(nomination=nomination, actor=secretary)
    assert nomination.decided_at is None
    nomination = approve_nomination(nomination=nomination, actor=office)
    assert (nomination.state, nomination.decided_by) == (NominationState.APPROVED, office)
    assert steps(nomination) == [
        ("", "draft", "", secretary.pk),
        ("draft", "submitted", "", secretary.pk),
        ("submitted", "returned", "会议记录缺签名", office.pk),
        ("returned", "submitted", "", secretary.pk),
        ("submitted", "approved", "", office.pk),
    ]
    verbs = list(AuditEntry.objects.filter(target_id=str(nomination.pk)).order_by("id").values_list("verb", flat=True))
    assert verbs == [
        "申报草稿",
        "附上佐证材料",
        "修改申报",
        "申报已申报",
        "申报退回修改",
        "修改申报",
        "申报已申报",
        "申报已通过",
    ]


# --- starting -------------------------------------------------------------------------------------


def test_only_its_own_township_puts_an_organization_forward(stage):
    reasons = refused(stage.start, organization=stage.neighbour, township=stage.county.east)
    assert reasons == ["岭后村不是东溪镇的下级组织，不能由东溪镇申报。"]
    assert refused(stage.start, organization=stage.county.east, township=stage.county.east)


def test_what_is_not_allowed_is_not_even_started(stage):
    stage.members("2")
    assert refused(stage.start) == ["参评条件：党员数不低于 3：党员数 2。"]
    assert not Nomination.objects.exists()


def test_once_per_round(stage):
    stage.start()
    assert refused(stage.start, tier=HIGH) == ["本轮没有重复申报：本轮已经申报“进位”（草稿），一个组织一轮只申报一次。"]


def test_what_was_withdrawn_is_taken_up_again(stage):
    nomination = withdraw_nomination(nomination=stage.submitted(), actor=stage.east_secretary, note="再准备一轮")
    again = stage.start(tier=HIGH)
    assert (again.pk, again.state, again.tier) == (nomination.pk, NominationState.WITHDRAWN, HIGH)
    assert submit_nomination(nomination=again, actor=stage.east_secretary).state == NominationState.SUBMITTED


def test_nobody_applies_for_a_reinspection(stage):
    round = plan_round(
        campaign=stage.campaign, label="2026 年度", onsite_date=date(2026, 11, 1), scheme_version=stage.version,
        actor=None, kind=RoundKind.REINSPECTION,
    )  # fmt: skip
    assert refused(stage.start, round=round) == ["申报时间：2026 年度 复评是复评，由县里确定单位，不需要申报。"]


# --- filling in -----------------------------------------------------------------------------------


def test_everything_that_is_missing_is_said_at_once(stage):
    nomination = stage.start()
    assert refused(submit_nomination, nomination=nomination, actor=None) == [
        "还没有填写基本情况。",
        "自评还差 2 条：实绩、规范。",
        "缺材料：实绩“会议记录”。",
    ]
    assert Nomination.objects.get().state == NominationState.DRAFT


def test_marks_are_exact_and_on_their_steps(stage):
    nomination = stage.start()
    marks = {"a": "７.５０ 分", "b": "0", "x": "3"}
    nomination = revise_nomination(nomination=nomination, self_marks=marks, actor=None)
    assert nomination.self_marks == {"a": "7.5", "b": "0"}
    assert refused(revise_nomination, nomination=nomination, self_marks={"a": "7.3", "b": "三"}, actor=None) == [
        "自评“实绩”写的是“7.3”：不合分档，应为 0.5 的倍数。",
        "自评“规范”写的是“三”：不是数。",
    ]
    nomination = revise_nomination(nomination=nomination, self_marks={"b": " "}, actor=None)
    assert nomination.self_marks == {"a": "7.5"}


def test_texts_have_their_limits(stage):
    nomination = stage.start()
    found = refused(revise_nomination, nomination=nomination, statement="字" * 51, plan="字" * 501, actor=None)
    assert found == ["基本情况 51 字，超过 50 字，请精简。", "创建方案摘要 501 字，超过 500 字，请精简。"]
    assert revise_nomination(nomination=nomination, statement="字" * 50, actor=None).statement == "字" * 50


def test_what_was_submitted_is_not_changed_any_more(stage):
    nomination = stage.submitted()
    found = refused(revise_nomination, nomination=nomination, statement="新", actor=None)
    assert found == ["杨村的申报现为“已申报”，不能再修改。要改，请先撤回，或请县里退回。"]
    assert refused(submit_nomination, nomination=nomination, actor=None) == ["杨村的申报现为“已申报”，不用再提交。"]


# --- material -------------------------------------------------------------------------------------


def test_material_of_the_organization_is_attached_once_and_taken_off(stage):
    nomination, material = stage.start(), stage.material()
    for _ in range(2):
        attach_evidence(nomination=nomination, material=material, requirement="a:1", actor=None)
    evidence = Evidence.objects.get()
    detach_evidence(evidence=evidence, actor=None)
    assert not Evidence.objects.exists()
    material.refresh_from_db()
    assert material.state == MaterialState.READY


def test_other_peoples_material_and_unknown_wishes_are_refused(stage):
    nomination = stage.start()
    theirs, checking = stage.material(stage.neighbour), stage.material(state=MaterialState.CHECKING)
    attach = {"nomination": nomination, "actor": None}
    assert refused(attach_evidence, material=theirs, requirement="a:1", **attach) == [
        "“会议记录”不是杨村的材料，不能用在这份申报里。"
    ]
    assert refused(attach_evidence, material=checking, requirement="a:1", **attach) == [
        "“会议记录”检查中，现在不能使用。请换一份，或等检查完成。"
    ]
    assert refused(attach_evidence, material=stage.material(), requirement="b:1", **attach) == [
        "办法没有要求这一件材料。请从清单中选择。"
    ]


def test_material_that_was_withdrawn_is_missing_again(stage):
    nomination = stage.complete(stage.start())
    evidence = Evidence.objects.get()
    evidence.material.state = MaterialState.WITHDRAWN
    evidence.material.save()
    assert refused(submit_nomination, nomination=nomination, actor=None) == ["缺材料：实绩“会议记录”。"]


# --- time -----------------------------------------------------------------------------------------


def test_late_is_late_with_the_day(stage):
    nomination = stage.complete(stage.start())
    day = close_window(stage)
    late = f"第 1 轮的“乡镇（街道）申报、补正”已于 {day} 截止。如需延期，请县委组织部调整阶段日期。"
    assert refused(submit_nomination, nomination=nomination, actor=None) == [f"申报时间：{late}"]
    assert refused(withdraw_nomination, nomination=nomination, actor=None) == [late]
    assert refused(revise_nomination, nomination=nomination, statement="新", actor=None) == [late]


def test_without_dates_the_state_of_the_round_decides(stage):
    Phase.objects.filter(round=stage.round).delete()
    nomination = stage.submitted()
    move_round(round=stage.round, to=RoundState.SCORING, actor=None)
    found = refused(withdraw_nomination, nomination=nomination, actor=None)
    assert found == ["第 1 轮已经开始评分，不能再申报。如需补报，请联系县委组织部。"]
    assert approve_nomination(nomination=nomination, actor=stage.maker).state == NominationState.APPROVED


def test_nothing_is_decided_after_the_seal(stage):
    nomination = stage.submitted()
    for state in (RoundState.SCORING, RoundState.SEALED):
        move_round(round=stage.round, to=state, actor=None)
    sealed = "第 1 轮“已封存”，不能再审核申报。如确需更正，请先退回评分。"
    assert refused(approve_nomination, nomination=nomination, actor=stage.maker) == [sealed]
    assert refused(submit_nomination, nomination=Nomination.objects.get(), actor=None)


# --- deciding -------------------------------------------------------------------------------------


def test_a_return_and_a_rejection_need_a_reason(stage):
    nomination = stage.submitted()
    assert refused(return_nomination, nomination=nomination, reason=" ", actor=None) == [
        "请写明退回修改的原因，乡镇（街道）会看到。"
    ]
    assert refused(reject_nomination, nomination=nomination, reason="", actor=None)
    assert refused(reject_nomination, nomination=nomination, reason="字" * 301, actor=None) == [
        "审核意见 301 字，超过 300 字，请精简。"
    ]
    assert reject_nomination(nomination=nomination, reason="不合条件", actor=None).state == NominationState.REJECTED


def test_many_are_decided_all_or_none(stage):
    one, two = stage.submitted(), stage.submitted(stage.neighbour)
    draft = stage.start(stage.county.east_villages[1])
    found = refused(decide_many, nominations=[one, two, draft], decision="approved", reason="", actor=stage.maker)
    assert found == ["赵村的申报现为“草稿”，不能转为“已通过”。请刷新页面后再办理。"]
    assert set(Nomination.objects.values_list("state", flat=True)) == {"submitted", "draft"}
    decided = decide_many(nominations=[one, two], decision="approved", reason="", actor=stage.maker)
    assert {row.state for row in decided} == {NominationState.APPROVED}
    assert refused(decide_many, nominations=[], decision="approved", reason="", actor=None) == [
        "请先勾选要办理的申报。"
    ]
    assert refused(decide_many, nominations=[one], decision="draft", reason="", actor=None)


def test_what_is_being_scored_stays_approved(stage):
    nomination = approve_nomination(nomination=stage.submitted(), actor=stage.maker)
    move_round(round=stage.round, to=RoundState.SCORING, actor=None)
    found = refused(return_nomination, nomination=nomination, reason="再看", actor=stage.maker)
    assert found == ["第 1 轮已经开始评分，杨村已通过的申报不能再退回。确需取消的，请登记一票否决。"]


def test_a_file_of_the_county_approves_what_it_names(stage):
    nomination = stage.submitted()
    rows = [NominationFacts(stage.village, LOW), NominationFacts(stage.neighbour, HIGH)]
    assert put_nominations(round=stage.round, rows=rows, actor=stage.maker) == 2
    nomination.refresh_from_db()
    assert nomination.state == NominationState.APPROVED
    assert steps(nomination)[-1] == ("submitted", "approved", "由县里导入", stage.maker.pk)
    other = Nomination.objects.get(organization=stage.neighbour)
    assert steps(other) == [("", "approved", "由县里导入", stage.maker.pk)]
