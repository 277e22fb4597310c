"""Public notice (公示): open, end, withdraw. The only writer of a notice's state; its rows are frozen as they are shown.

A notice names organizations only: no scores, no places, no people. It lasts so many working days of the county.
"""

import re
from datetime import date, timedelta
from secrets import token_urlsafe
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from campaigns.models import Round
from campaigns.workdays import add_working_days

from ..enums import NOTICE_TRANSITIONS, ComputationState, DecisionState, NoticeState, Verdict
from ..models import Computation, PublicNotice, Result
from ..reading import scheme_of

#: Notices below this many working days are legal where the county says so, and worth a warning.
USUAL_DAYS = 5
MOST_DAYS = 60
#: What a notice must not hold: mobile and landline numbers, identity numbers. The office's own stand in ``channels``.
_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx]|0\d{2,3}[-－—]?\d{7,8})(?!\d)")


class NoticeRefused(Exception):
    """A notice cannot be opened, ended or withdrawn like that; the message is a Chinese sentence."""


@transaction.atomic
def open_notice(
    *,
    computation: Computation,
    opens_on: date,
    working_days: int,
    title: str,
    text: str,
    channels: str,
    actor: User | None,
    today: date | None = None,
) -> PublicNotice:
    """Show a confirmed outcome to the public. ``today`` is the county's day unless told."""
    round = Round.objects.select_for_update().get(pk=computation.round_id)
    computation = Computation.objects.select_related("scheme_version").get(pk=computation.pk)
    _require_openable(round, computation, opens_on, working_days, today or timezone.localdate())
    _require_impersonal(title, text)
    rows = notice_rows(computation)
    if not rows:
        raise NoticeRefused("这次计算没有拟授予的单位，无须公示。")
    notice = PublicNotice(
        tenant_id=computation.tenant_id,
        computation=computation,
        slug=token_urlsafe(16),
        title=title.strip(),
        text=text.strip(),
        channels=channels.strip(),
        rows=rows,
        opens_on=opens_on,
        closes_on=add_working_days(opens_on - timedelta(days=1), working_days),
        working_days=working_days,
        opened_by=actor,
    )
    notice.save(force_insert=True)
    facts = {"opens_on": opens_on, "closes_on": notice.closes_on, "working_days": working_days, "rows": len(rows)}
    record(actor=actor, verb="发布公示", target=notice, new={**facts, "computation": computation})
    return notice


def _require_openable(round: Round, computation: Computation, opens_on: date, working_days: int, today: date) -> None:
    if computation.state != ComputationState.CONFIRMED:
        now = computation.get_state_display()
        raise NoticeRefused(f"{round.title}这次计算“{now}”，只有已确认、未公布的结果才能公示。")
    if PublicNotice.objects.filter(computation__round=round, state=NoticeState.OPEN).exists():
        raise NoticeRefused(f"{round.title}已有一份公示正在进行。要重新公示，请先撤下原来的。")
    if opens_on < today:
        raise NoticeRefused(f"公示不能从过去的日期开始，今天是 {today}。")
    if working_days < round.notice_days:
        raise NoticeRefused(f"{round.title}要求公示不少于 {round.notice_days} 个工作日，现填 {working_days} 个。")
    if working_days > MOST_DAYS:
        raise NoticeRefused(f"公示最多 {MOST_DAYS} 个工作日，现填 {working_days} 个。")


def _require_impersonal(title: str, text: str) -> None:
    if not title.strip():
        raise NoticeRefused("请填写公示标题。")
    for what, said in (("标题", title), ("正文", text)):
        if found := _PERSONAL.search(said):
            hidden = f"{found[0][:3]}…"
            raise NoticeRefused(
                f"公示{what}里有像是电话或证件号码的“{hidden}”，请删去。主管单位的电话写在“反映渠道”里。"
            )


def notice_rows(computation: Computation) -> list[dict[str, str]]:
    """Who is to be awarded, or rated, less what the county keeps back; by tier, then in the order of codes."""
    order = {name: place for place, name in enumerate(scheme_of(computation.round).tier_names)}
    rows = Result.objects.filter(computation=computation, verdict__in=[Verdict.AWARDED, Verdict.RATED])
    rows = rows.exclude(decisions__state=DecisionState.APPLIED).select_related("organization", "township")
    named = [(row, row.grade if row.verdict == Verdict.RATED else row.tier) for row in rows]
    named = [(row, name) for row, name in named if name]
    named.sort(key=lambda each: (order.get(each[0].tier, len(order)), each[0].organization.path))
    return [
        {
            "tier": name,
            "organization": row.organization.name,
            "township": row.township.name if row.township else "",
            "id": str(row.organization_id),
        }
        for row, name in named
    ]


@transaction.atomic
def end_notice(*, notice: PublicNotice, actor: User | None, today: date | None = None) -> PublicNotice:
    """Close a notice whose last day is over."""
    notice = _locked(notice)
    if (today or timezone.localdate()) <= notice.closes_on:
        raise NoticeRefused(f"公示到 {notice.closes_on} 为止，没有期满不能结束。要停止公示，请撤下并写明原因。")
    return _move(notice, NoticeState.ENDED, actor, reason="期满")


@transaction.atomic
def withdraw_notice(*, notice: PublicNotice, reason: str, actor: User | None) -> PublicNotice:
    """Take a notice down before its time; what was shown stays on record."""
    if not reason.strip():
        raise NoticeRefused("请写明撤下公示的原因。")
    return _move(_locked(notice), NoticeState.WITHDRAWN, actor, reason=reason.strip()[:200])


def withdraw_of_round(*, round: Round, reason: str, actor: User | None) -> int:
    """Take down whatever notice of a round is open; the caller holds the round's lock."""
    found = list(PublicNotice.objects.filter(computation__round=round, state=NoticeState.OPEN))
    for notice in found:
        withdraw_notice(notice=notice, reason=reason, actor=actor)
    return len(found)


def end_due_notices(*, today: date | None = None) -> int:
    """End every notice of the open tenant whose last day is over; how many."""
    day = today or timezone.localdate()
    due = list(PublicNotice.objects.filter(state=NoticeState.OPEN, closes_on__lt=day))
    for notice in due:
        end_notice(notice=notice, actor=None, today=day)
    return len(due)


def _locked(notice: PublicNotice) -> PublicNotice:
    """The round first, as confirming, publishing and returning do."""
    Round.objects.select_for_update().get(pk=notice.computation.round_id)
    return PublicNotice.objects.select_for_update().get(pk=notice.pk)


def _move(notice: PublicNotice, to: str, actor: User | None, *, reason: str) -> PublicNotice:
    """Check the table, write, audit. The caller holds the row's lock."""
    if to not in NOTICE_TRANSITIONS[notice.state]:
        now, then = notice.get_state_display(), NoticeState(to).label
        raise NoticeRefused(f"这份公示“{now}”，不能转为“{then}”。请刷新页面。")
    old, values = notice.state, {"state": to, "ended_at": timezone.now(), "end_reason": reason}
    for name, value in values.items():
        setattr(notice, name, value)
    notice.save(update_fields=list(values))
    facts: dict[str, Any] = {"state": to, "reason": reason}
    record(actor=actor, verb=f"公示{NoticeState(to).label}", target=notice, old={"state": old}, new=facts)
    return notice
