"""Objections (异议): raised by a township or noted by the office, bound to one version of the results, and answered.

The only writer of an objection's state. One that is upheld changes nothing by itself: the office returns the round to
scoring with the reason, and a new computation is made, confirmed and shown again; both versions stay.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from accounts.services.audit import record
from campaigns.enums import Switch
from campaigns.models import Round
from campaigns.phases import why_shut
from campaigns.workdays import add_working_days

from ..enums import OBJECTION_TRANSITIONS, ComputationState, NoticeState, ObjectionState, RaisedAs
from ..models import Objection, PublicNotice, Result

#: Working days in which an objection is answered, counted from the day after it came in; the office may change the day.
HANDLING_DAYS = 10


class ObjectionRefused(Exception):
    """An objection cannot be raised or answered like that; the message is a Chinese sentence."""


@transaction.atomic
def raise_objection(
    *,
    notice: PublicNotice,
    text: str,
    raised_as: str,
    actor: User,
    organization: Organization | None = None,
    township: Organization | None = None,
    received_on: date | None = None,
    due_on: date | None = None,
    today: date | None = None,
) -> Objection:
    """Take an objection to a notice, about one organization's result or the whole.

    A township's own (网上提交) is taken while the notice runs and its phase is open; what came to the office in writing,
    by telephone or in person may be noted until the results are published.
    """
    day = today or timezone.localdate()
    round = Round.objects.select_for_update().get(pk=notice.computation.round_id)
    notice = PublicNotice.objects.select_related("computation").get(pk=notice.pk)
    received = received_on or day
    _require_text(text, "异议内容")
    if raised_as == RaisedAs.PAGE:
        _require_running(round, notice, day)
    else:
        _require_noted(notice, received, day)
    due = due_on or add_working_days(received, HANDLING_DAYS)
    if due < received:
        raise ObjectionRefused("办理期限不能早于收到日期。")
    objection = Objection(
        tenant_id=notice.tenant_id,
        notice=notice,
        computation=notice.computation,
        result=_result(notice, organization),
        township=township,
        raised_as=raised_as,
        text=text.strip(),
        received_on=received,
        due_on=due,
        raised_by=actor,
    )
    objection.save(force_insert=True)
    facts = {"raised_as": raised_as, "organization": organization, "due_on": due, "computation": notice.computation}
    record(actor=actor, verb="提出异议", target=objection, new=facts)
    return objection


def _require_running(round: Round, notice: PublicNotice, day: date) -> None:
    if notice.state != NoticeState.OPEN or not notice.opens_on <= day <= notice.closes_on:
        raise ObjectionRefused(
            f"公示期为 {notice.opens_on} 至 {notice.closes_on}，现在不受理网上提交的异议。请联系县委组织部。"
        )
    if shut := why_shut(round, Switch.OBJECT, today=day):
        raise ObjectionRefused(shut)


def _require_noted(notice: PublicNotice, received: date, day: date) -> None:
    if notice.computation.state != ComputationState.CONFIRMED:
        now = notice.computation.get_state_display()
        raise ObjectionRefused(f"公示的这次计算“{now}”，不能再登记异议。")
    if not notice.opens_on <= received <= day:
        raise ObjectionRefused(f"收到日期应在公示开始（{notice.opens_on}）至今天（{day}）之间。")


def _result(notice: PublicNotice, organization: Organization | None) -> Result | None:
    if organization is None:
        return None
    found = Result.objects.filter(computation=notice.computation_id, organization=organization).first()
    if found is None:
        raise ObjectionRefused(f"{organization.name}没有参加这一轮，不能对它提出异议。")
    return found


def _require_text(text: str, what: str) -> None:
    if not text.strip():
        raise ObjectionRefused(f"请填写{what}。")
    if len(text.strip()) > 1000:
        raise ObjectionRefused(f"{what}最多 1000 字，现有 {len(text.strip())} 字，请写短一些。")


@transaction.atomic
def reply_objection(*, objection: Objection, outcome: str, reply: str, actor: User) -> Objection:
    """Answer an objection: upheld, dismissed or not taken, always with a reason."""
    _require_text(reply, "答复")
    objection = _locked(objection)
    if outcome not in OBJECTION_TRANSITIONS[objection.state]:
        now, then = objection.get_state_display(), ObjectionState(outcome).label
        raise ObjectionRefused(f"这件异议“{now}”，不能转为“{then}”。请刷新页面。")
    old, objection.state = objection.state, outcome
    objection.reply, objection.replied_by, objection.replied_at = reply.strip(), actor, timezone.now()
    objection.save(update_fields=["state", "reply", "replied_by", "replied_at"])
    facts = {"state": outcome, "reply": objection.reply}
    record(
        actor=actor, verb=f"答复异议：{ObjectionState(outcome).label}", target=objection, old={"state": old}, new=facts
    )
    return objection


@transaction.atomic
def move_deadline(*, objection: Objection, due_on: date, reason: str, actor: User) -> Objection:
    """Change the day by which an open objection is answered."""
    if not reason.strip():
        raise ObjectionRefused("请写明调整期限的原因。")
    objection = _locked(objection)
    if objection.state != ObjectionState.OPEN:
        raise ObjectionRefused("这件异议已经办结，期限不再调整。")
    if due_on < objection.received_on:
        raise ObjectionRefused(f"办理期限不能早于收到日期 {objection.received_on}。")
    old, objection.due_on = objection.due_on, due_on
    objection.save(update_fields=["due_on"])
    new = {"due_on": due_on, "reason": reason.strip()}
    record(actor=actor, verb="调整异议期限", target=objection, old={"due_on": old}, new=new)
    return objection


def _locked(objection: Objection) -> Objection:
    """The round first, as publishing does, so that nothing is published past an open objection."""
    Round.objects.select_for_update().get(pk=objection.notice.computation.round_id)
    return Objection.objects.select_for_update().get(pk=objection.pk)
