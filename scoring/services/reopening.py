"""Reopening a sent sheet: asked by its inspector or done by the office, always with a reason; one more revision
each time.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from campaigns.enums import RoundState
from campaigns.models import Nomination, Round
from sites.models import Inspector, PanelMember

from ..enums import REOPENING_TRANSITIONS, ReopeningState
from ..models import ScoreSheet, SheetReopening
from .sheets import revisions_of

ACTIVE = (ReopeningState.ASKED, ReopeningState.OPEN)


class ReopeningRefused(Exception):
    """A sheet cannot be reopened so; the message is a Chinese sentence."""


@transaction.atomic
def ask_reopening(*, nomination: Nomination, inspector: Inspector, reason: str, actor: User) -> SheetReopening:
    """An inspector asks to change what they sent. Asking again is the same wish."""
    _require_scoring(nomination.round_id)
    if not reason.strip():
        raise ReopeningRefused("请写明要修改的原因。")
    if known := _active(nomination, inspector):
        return known
    return _start(nomination, inspector, reason, ReopeningState.ASKED, actor)


@transaction.atomic
def reopen_sheet(*, nomination: Nomination, inspector: Inspector, reason: str, actor: User) -> SheetReopening:
    """The office reopens a sent sheet by itself; a wish that is there is granted with it."""
    _require_scoring(nomination.round_id)
    if not reason.strip():
        raise ReopeningRefused("请写明重开的原因。")
    known = _active(nomination, inspector)
    if known is not None and known.state == ReopeningState.OPEN:
        raise ReopeningRefused("这份评分单已经重开，等评委重新提交。")
    if known is not None:
        return _decide(known, ReopeningState.OPEN, reason, actor)
    return _start(nomination, inspector, reason, ReopeningState.OPEN, actor)


@transaction.atomic
def grant(*, reopening: SheetReopening, actor: User, reply: str = "") -> SheetReopening:
    found = _locked(reopening)
    _require_scoring(found.nomination.round_id)
    return _decide(found, ReopeningState.OPEN, reply, actor)


@transaction.atomic
def decline(*, reopening: SheetReopening, reply: str, actor: User) -> SheetReopening:
    if not reply.strip():
        raise ReopeningRefused("请写明不同意的理由，评委在手机上看得到。")
    return _decide(_locked(reopening), ReopeningState.DECLINED, reply, actor)


@transaction.atomic
def take_back(*, reopening: SheetReopening, actor: User, reply: str = "") -> SheetReopening:
    """A sheet that was reopened and not sent again is locked as it stands."""
    return _decide(_locked(reopening), ReopeningState.CLOSED, reply or "已收回", actor)


def _require_scoring(round_id: UUID) -> None:
    round = Round.objects.select_for_update(no_key=True).get(pk=round_id)
    if round.state != RoundState.SCORING:
        raise ReopeningRefused(
            f"{round.title}“{round.get_state_display()}”，评分单不能重开。如确需更正，请联系组织部退回评分。"
        )


def _active(nomination: Nomination, inspector: Inspector) -> SheetReopening | None:
    rows = SheetReopening.objects.select_for_update().filter(nomination=nomination, inspector=inspector)
    return rows.filter(state__in=ACTIVE).first()


def _locked(reopening: SheetReopening) -> SheetReopening:
    return SheetReopening.objects.select_for_update(of=("self",)).select_related("nomination").get(pk=reopening.pk)


def _start(nomination: Nomination, inspector: Inspector, reason: str, state: str, actor: User) -> SheetReopening:
    newest: ScoreSheet | None = revisions_of(nomination, inspector).order_by("-revision").first()
    if newest is None:
        raise ReopeningRefused("服务器上还没有这家的评分单，不用重开，直接提交即可。")
    member = PanelMember.objects.filter(round_id=nomination.round_id, inspector=inspector).first()
    if member is None or member.left_at is not None:
        raise ReopeningRefused("这位评委已不在这一轮的评委组，评分单不能重开。")
    started = SheetReopening(
        tenant_id=nomination.tenant_id,
        nomination=nomination,
        inspector=inspector,
        revision=newest.revision,
        reason=reason.strip()[:200],
        state=state,
        asked_by=actor,
    )
    if state == ReopeningState.OPEN:
        started.decided_by, started.decided_at = actor, timezone.now()
    started.save(force_insert=True)
    verb = "重开评分单" if state == ReopeningState.OPEN else "申请重开评分单"
    new = {"revision": newest.revision, "reason": started.reason}
    record(actor=actor, verb=verb, target=started, new=new)
    return started


def _decide(reopening: SheetReopening, to: str, reply: str, actor: User) -> SheetReopening:
    if to not in REOPENING_TRANSITIONS[reopening.state]:
        raise ReopeningRefused(f"这份申请{reopening.get_state_display()}，不用再处理。请刷新页面。")
    old, reopening.state = reopening.state, to
    reopening.reply = reply.strip()[:200]
    reopening.decided_by, reopening.decided_at = actor, timezone.now()
    reopening.save(update_fields=["state", "reply", "decided_by", "decided_at"])
    verbs = {
        ReopeningState.OPEN: "重开评分单",
        ReopeningState.DECLINED: "不同意重开评分单",
        ReopeningState.CLOSED: "收回重开",
    }
    new = {"state": to, "reply": reopening.reply, "revision": reopening.revision}
    record(actor=actor, verb=verbs[ReopeningState(to)], target=reopening, old={"state": old}, new=new)
    return reopening
