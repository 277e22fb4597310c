"""A person's word on sheets that may not simply count: admitted as a new revision, or set aside, always with a reason.

That lifts lateness, a lock, a disagreement between two contents. It never lifts recusal, and no sheet joins a
sealed round.
"""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from campaigns.enums import NominationState, RoundState
from campaigns.models import Nomination, Round
from sites.models import PanelMember

from ..arrivals import Unreadable, read_arrival
from ..enums import QUARANTINE_TRANSITIONS, QuarantineState, ReopeningState
from ..models import QuarantinedSheet, ScoreSheet, SheetReopening
from .arriving import facts_of, judge_marks
from .sheets import is_recused, keep_sheet, new_sheet, revisions_of


class QuarantineRefused(Exception):
    """A quarantined sheet cannot be decided so; the message is a Chinese sentence."""


@transaction.atomic
def admit(*, quarantined: QuarantinedSheet, reason: str, actor: User) -> ScoreSheet:
    """Make it the newest revision of its inspector's sheet; where it came from stays written on it."""
    round = Round.objects.select_for_update(no_key=True).get(pk=quarantined.round_id)
    held = _decidable(quarantined, QuarantineState.ADMITTED, reason)
    if round.state != RoundState.SCORING:
        raise QuarantineRefused(
            f"{round.title}“{round.get_state_display()}”，不能再采用评分单。如确需采用，请先退回评分。"
        )
    nomination = Nomination.objects.select_related("round__scheme_version", "organization").get(pk=held.nomination_id)
    _require_admissible(held, nomination)
    sheet = _revision(held, nomination)
    keep_sheet(sheet, actor)
    SheetReopening.objects.filter(
        nomination=nomination, inspector=held.inspector, state__in=(ReopeningState.ASKED, ReopeningState.OPEN)
    ).update(state=ReopeningState.CLOSED, decided_by=actor, decided_at=timezone.now(), reply="已采用另一份评分单")
    _decide(held, QuarantineState.ADMITTED, reason, actor, sheet)
    return sheet


@transaction.atomic
def set_aside(*, quarantined: QuarantinedSheet, reason: str, actor: User) -> QuarantinedSheet:
    """It stays kept and does not count; the inspector is told why."""
    held = _decidable(quarantined, QuarantineState.SET_ASIDE, reason)
    _decide(held, QuarantineState.SET_ASIDE, reason, actor, None)
    return held


def waiting_in(round: Round) -> int:
    """How many sheets of a round wait for a person's word."""
    return QuarantinedSheet.objects.filter(round=round, state=QuarantineState.WAITING).count()


def _decidable(quarantined: QuarantinedSheet, to: str, reason: str) -> QuarantinedSheet:
    rows = QuarantinedSheet.objects.select_for_update(of=("self",)).select_related("inspector__home", "inspector__user")
    held = rows.get(pk=quarantined.pk)
    if to not in QUARANTINE_TRANSITIONS[held.state]:
        raise QuarantineRefused(f"这份评分单{held.get_state_display()}，不用再处理。请刷新页面。")
    if not reason.strip():
        raise QuarantineRefused("请写明处理意见，评委和以后查账的人都要看。")
    return held


def _require_admissible(held: QuarantinedSheet, nomination: Nomination) -> None:
    if nomination.state != NominationState.APPROVED:
        raise QuarantineRefused("这家单位的申报没有通过审核，它的评分单不能采用。")
    if not PanelMember.objects.filter(round_id=held.round_id, inspector=held.inspector).exists():
        raise QuarantineRefused("这位评委不在这一轮的评委组，不能采用。如应在组，请先加入评委组。")
    if is_recused(nomination, held.inspector):
        raise QuarantineRefused("这位评委对这家单位应当回避，不能采用。")


def _revision(held: QuarantinedSheet, nomination: Nomination) -> ScoreSheet:
    """The sheet under the round's scheme, after the newest revision there is."""
    version = nomination.round.scheme_version
    try:
        arrival = read_arrival(held.payload)
    except Unreadable as unreadable:
        raise QuarantineRefused(str(unreadable)) from None
    judged, packed = judge_marks(version, arrival)
    if judged.problems:
        reasons = "；".join(f"{each.column}{each.reason}" for each in judged.problems[:3])
        raise QuarantineRefused(f"按这一轮的办法，这份评分单不能采用：{reasons}。")
    facts = facts_of(arrival, judged, held.client_hash, held.device)
    sheet = new_sheet(nomination, held.inspector, packed, facts, held.source, held.inspector.user)
    newest = revisions_of(nomination, held.inspector).order_by("-revision").first()
    sheet.revision = newest.revision + 1 if newest else 1
    if ScoreSheet.objects.filter(uuid=sheet.uuid).exists():
        sheet.uuid = uuid4()
    return sheet


def _decide(held: QuarantinedSheet, to: str, reason: str, actor: User, sheet: ScoreSheet | None) -> None:
    old, held.state = held.state, to
    held.decision_reason = reason.strip()[:200]
    held.decided_by, held.decided_at, held.sheet = actor, timezone.now(), sheet
    held.save(update_fields=["state", "decision_reason", "decided_by", "decided_at", "sheet"])
    verb = "采用待核评分单" if sheet else "不采用待核评分单"
    new = {"state": to, "reason": held.decision_reason, "revision": sheet.revision if sheet else None}
    record(actor=actor, verb=verb, target=held, old={"state": old, "code": held.code}, new=new)
