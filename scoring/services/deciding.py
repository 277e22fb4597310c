"""What the county decides about entries that its rules award: 暂缓授予, 不予授予. Staged, checked, applied by another person.

The only writer of a decision's state. Results never change: a decision stands beside one, and the register leaves out
what it keeps back. Figures of the rules, such as the elimination rate, stay as they were worked out.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from campaigns.enums import RoundKind
from campaigns.models import Round

from ..enums import DECISION_TRANSITIONS, ComputationState, DecisionKind, DecisionState, Verdict
from ..models import Computation, Result, ResultDecision
from .register import settle_campaign

STANDING = (DecisionState.STAGED, DecisionState.APPLIED)


class DecisionRefused(Exception):
    """A decision cannot be taken like that; the message is a Chinese sentence."""


@transaction.atomic
def stage_decision(*, result: Result, kind: str, reason: str, document_no: str = "", actor: User) -> ResultDecision:
    """Propose to keep back an award. It says nothing until another person applies it."""
    return stage_decisions(results=[result], kind=kind, reason=reason, document_no=document_no, actor=actor)[0]


@transaction.atomic
def stage_decisions(
    *, results: Iterable[Result], kind: str, reason: str, document_no: str = "", actor: User
) -> list[ResultDecision]:
    """The same decision about several results of one computation: all of them or none."""
    wanted = list(results)
    if not wanted:
        raise DecisionRefused("请先勾选单位。")
    reason, document_no = reason.strip(), document_no.strip()
    if not reason:
        raise DecisionRefused(f"请写明{DecisionKind(kind).label}的事由。")
    computation = _locked(wanted[0].computation)
    _require_computed(computation)
    names = dict(Result.objects.filter(pk__in=[r.pk for r in wanted]).values_list("pk", "organization__name"))
    standing = set(
        ResultDecision.objects.filter(result__in=wanted, state__in=STANDING).values_list("result", flat=True)
    )
    for result in wanted:
        if result.computation_id != computation.pk or result.verdict != Verdict.AWARDED:
            raise DecisionRefused(f"{names[result.pk]}按办法没有授予，无须作授予决定。请只勾选授予的单位。")
        if result.pk in standing:
            raise DecisionRefused(f"{names[result.pk]}已有决定，请先撤销或解除原来的决定。")
    made = [_staged(result, kind, reason, document_no, actor) for result in wanted]
    new = {"kind": kind, "reason": reason, "document_no": document_no, "results": [r.pk for r in wanted]}
    record(actor=actor, verb=f"拟定{DecisionKind(kind).label}", target=computation.round, new=new)
    return made


@transaction.atomic
def drop_decision(*, decision: ResultDecision, actor: User) -> ResultDecision:
    """Take back what was only staged."""
    computation = _locked(decision.computation)
    _require_computed(computation)
    return _move(decision, DecisionState.DROPPED, actor, verb="撤销拟定的决定", ended_at=timezone.now())


@transaction.atomic
def apply_decisions(*, computation: Computation, actor: User) -> int:
    """Apply everything staged of a computation at once; how many. Refused for whoever staged any of it."""
    computation = _locked(computation)
    _require_computed(computation)
    staged = list(
        ResultDecision.objects.select_for_update().filter(computation=computation, state=DecisionState.STAGED)
    )
    if not staged:
        raise DecisionRefused("没有拟定的决定。请先勾选单位、拟定决定。")
    mine = sum(decision.staged_by_id == actor.pk for decision in staged)
    if mine:
        raise DecisionRefused(f"其中 {mine} 条由您拟定，请由另一位管理员核对后执行（两人经手）。")
    for decision in staged:
        values = {"applied_by": actor, "applied_at": timezone.now()}
        _move(decision, DecisionState.APPLIED, actor, verb=f"执行{decision.get_kind_display()}", **values)
    return len(staged)


@transaction.atomic
def release_decision(*, decision: ResultDecision, reason: str, actor: User) -> ResultDecision:
    """Lift a deferral with a reason: from then on the award stands, and the register takes it in.

    Not between confirming and publishing: what the public was shown, or is being shown, would not be what is published.
    """
    if not reason.strip():
        raise DecisionRefused("请写明解除的原因。")
    computation = _locked(decision.computation)
    if computation.state not in (ComputationState.COMPUTED, ComputationState.PUBLISHED):
        now = computation.get_state_display()
        raise DecisionRefused(f"这次计算“{now}”，名单不能变动。请在公布以后解除，或退回重新确认。")
    if decision.kind != DecisionKind.DEFER and computation.state == ComputationState.PUBLISHED:
        raise DecisionRefused("不予授予已公布，不能解除。确需授予的，请按破格授予办理。")
    values = {"end_reason": reason.strip()[:200], "ended_at": timezone.now()}
    decision = _move(decision, DecisionState.RELEASED, actor, verb="解除授予决定", **values)
    if computation.state == ComputationState.PUBLISHED:
        settle_campaign(campaign=computation.round.campaign, actor=actor)
    return decision


def carry_decisions(*, computation: Computation, actor: User | None) -> int:
    """A new computation of a round takes over what stood on the one before, as staged: no deferral is lost on the way.

    How many. Where nobody asked for the computation they stay with whoever staged them.
    """
    before = Computation.objects.filter(round=computation.round_id, computed_at__lt=computation.computed_at)
    last = before.order_by("-computed_at").first()
    if last is None:
        return 0
    standing = {d.result.nomination_id: d for d in last.decisions.filter(state__in=STANDING).select_related("result")}
    won = Result.objects.filter(computation=computation, nomination__in=standing, verdict=Verdict.AWARDED)
    made = []
    for result in won:
        old = standing[result.nomination_id]
        made.append(_staged(result, old.kind, old.reason, old.document_no, actor or old.staged_by))
    if made:
        new = {"from": last, "results": [decision.result_id for decision in made]}
        record(actor=actor, verb="带入上次的授予决定", target=computation.round, new=new)
    return len(made)


def _staged(result: Result, kind: str, reason: str, document_no: str, actor: User) -> ResultDecision:
    decision = ResultDecision(
        tenant_id=result.tenant_id,
        computation_id=result.computation_id,
        result=result,
        kind=kind,
        reason=reason,
        document_no=document_no,
        staged_by=actor,
    )
    decision.save(force_insert=True)
    return decision


def _move(decision: ResultDecision, to: str, actor: User, *, verb: str, **values: object) -> ResultDecision:
    """Lock, check the table, write, audit. Call inside a transaction."""
    decision = ResultDecision.objects.select_for_update().get(pk=decision.pk)
    if to not in DECISION_TRANSITIONS[decision.state]:
        now, then = decision.get_state_display(), DecisionState(to).label
        raise DecisionRefused(f"这条决定“{now}”，不能转为“{then}”。请刷新页面。")
    old, decision.state = decision.state, to
    for name, value in values.items():
        setattr(decision, name, value)
    decision.save(update_fields=["state", *values])
    facts = {"state": to, "reason": decision.end_reason or decision.reason}
    record(actor=actor, verb=verb, target=decision, old={"state": old}, new=facts)
    return decision


def _locked(computation: Computation) -> Computation:
    """The round first, as confirming and publishing do; then what stands of the computation now."""
    Round.objects.select_for_update().get(pk=computation.round_id)
    found = Computation.objects.select_for_update(of=("self",)).select_related("round__campaign")
    return found.get(pk=computation.pk)


def _require_computed(computation: Computation) -> None:
    if computation.round.kind != RoundKind.CREATION:
        raise DecisionRefused("复评不作授予决定。要摘牌或解除警示，请在称号台账办理。")
    if computation.state != ComputationState.COMPUTED:
        now = computation.get_state_display()
        raise DecisionRefused(f"这次计算“{now}”，不能再拟定或执行决定。确认之前才可以；要改请先退回。")
