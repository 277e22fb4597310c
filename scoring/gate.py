"""Why a computation may not be confirmed or published yet: one Chinese sentence, or nothing. Reads only.

The services refuse with these sentences, and the pages show them beside a button that is not ready.
"""

from datetime import date

from django.utils import timezone

from campaigns.enums import PhaseKind
from campaigns.models import Phase

from .enums import DecisionState, NoticeState, ObjectionState
from .models import Computation, Objection, PublicNotice, ResultDecision


def why_not_confirm(computation: Computation, *, staged: int | None = None) -> str:
    """``staged`` for who has counted them already."""
    if staged is None:
        staged = ResultDecision.objects.filter(computation=computation, state=DecisionState.STAGED).count()
    return f"还有 {staged} 条拟定的授予决定没有执行或撤销，办完才能确认。" if staged else ""


def why_not_publish(computation: Computation, *, today: date | None = None) -> str:
    """Objections first, then the notice: nothing is published while either is open.

    What was shown or answered before this outcome was confirmed (anew) does not count for it.
    """
    of_round = Objection.objects.filter(notice__computation__round=computation.round_id)
    waiting = of_round.filter(state=ObjectionState.OPEN).count()
    if waiting:
        return f"还有 {waiting} 件异议没有办结，办结以后才能公布。"
    since = {} if computation.confirmed_at is None else {"replied_at__gt": computation.confirmed_at}
    if of_round.filter(computation=computation, state=ObjectionState.UPHELD, **since).exists():
        return "有异议成立，请先退回，更正后重新计算、确认和公示。"
    return _of_notice(computation, today or timezone.localdate())


def _of_notice(computation: Computation, today: date) -> str:
    notices = PublicNotice.objects.filter(computation=computation)
    if running := notices.filter(state=NoticeState.OPEN).first():
        if running.closes_on >= today:
            return f"公示到 {running.closes_on} 为止，期满以后才能公布。"
        return "公示已经期满，请先结束公示，再公布。"
    since = {} if computation.confirmed_at is None else {"opened_at__gte": computation.confirmed_at}
    if notices.filter(state=NoticeState.ENDED, **since).exists():
        return ""
    planned = Phase.objects.filter(round=computation.round_id, kind=PhaseKind.NOTICE, finished_on__isnull=True)
    if planned.exists():
        return "这一轮安排了公示，还没有公示期满。请先发布公示；已在别处公示完毕的，请在阶段安排中登记完成日期。"
    return ""
