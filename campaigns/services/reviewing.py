"""What the county decides on nominations: approve, return with a reason, reject with a reason; one or many at once.

Many are decided all or none. Each decision is a row of the nomination's history and an entry of the log.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User

from ..enums import NominationState, RoundState
from ..models import Nomination, Round
from ..nominating import why_not_review
from .applying import LONGEST_NOTE, NominationRefused, locked, step

APPROVE, RETURN, REJECT = NominationState.APPROVED, NominationState.RETURNED, NominationState.REJECTED
DECISIONS = {APPROVE: "通过", RETURN: "退回修改", REJECT: "不予通过"}
NEED_A_REASON = (RETURN, REJECT)


def approve_nomination(*, nomination: Nomination, actor: User | None, reason: str = "") -> Nomination:
    """It takes part in the round from now on."""
    return decide_many(nominations=[nomination], decision=APPROVE, reason=reason, actor=actor)[0]


def return_nomination(*, nomination: Nomination, reason: str, actor: User | None) -> Nomination:
    """Back to the township to be mended; the reason says what."""
    return decide_many(nominations=[nomination], decision=RETURN, reason=reason, actor=actor)[0]


def reject_nomination(*, nomination: Nomination, reason: str, actor: User | None) -> Nomination:
    return decide_many(nominations=[nomination], decision=REJECT, reason=reason, actor=actor)[0]


@transaction.atomic
def decide_many(
    *, nominations: Sequence[Nomination], decision: str, reason: str, actor: User | None
) -> list[Nomination]:
    """Decide on all of these, or on none. Raises NominationRefused with a sentence for each that cannot be."""
    reason = reason.strip()
    if decision not in DECISIONS:
        raise NominationRefused("请选择通过、退回修改或不予通过。")
    if not nominations:
        raise NominationRefused("请先勾选要办理的申报。")
    if decision in NEED_A_REASON and not reason:
        raise NominationRefused(f"请写明{DECISIONS[NominationState(decision)]}的原因，乡镇（街道）会看到。")
    if len(reason) > LONGEST_NOTE:
        raise NominationRefused(f"审核意见 {len(reason)} 字，超过 {LONGEST_NOTE} 字，请精简。")
    list(Round.objects.select_for_update().filter(pk__in={row.round_id for row in nominations}).order_by("pk"))
    reasons, decided = [], []
    for nomination in sorted(nominations, key=lambda row: row.pk):
        try:
            decided.append(_decide(nomination, decision, reason, actor))
        except NominationRefused as refused:
            reasons += refused.reasons
    if reasons:
        raise NominationRefused(*dict.fromkeys(reasons))
    return decided


def _decide(nomination: Nomination, decision: str, reason: str, actor: User | None) -> Nomination:
    nomination = locked(nomination)
    round = nomination.round
    if shut := why_not_review(round):
        raise NominationRefused(shut)
    if nomination.state == NominationState.APPROVED and round.state == RoundState.SCORING:
        name = nomination.organization.name
        raise NominationRefused(
            f"{round.title}已经开始评分，{name}已通过的申报不能再退回。确需取消的，请登记一票否决。"
        )
    nomination.decision_reason = reason
    nomination.decided_at, nomination.decided_by = timezone.now(), actor
    step(nomination=nomination, to=decision, actor=actor, note=reason)
    return nomination
