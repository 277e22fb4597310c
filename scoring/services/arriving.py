"""Sheets as they arrive from phones and from phones' files: one verdict each, whatever becomes of the others.

Stored and duplicate: counted. Quarantined: kept exactly as sent until a person decides. Refused: unreadable or wrongly
marked, nothing kept. The server's time of receipt alone decides what is late.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DataError, IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from campaigns.enums import RoundState, Switch
from campaigns.models import Nomination, Round, SchemeVersion
from campaigns.phases import closes_at, is_open, why_shut
from schemes import Problem, ProblemsFound
from sites.models import Inspector

from ..arrivals import AGAIN, Arrival, Judged, Unreadable, judge, read_arrival
from ..enums import QuarantineState, ReopeningState, SheetSource
from ..models import QuarantinedSheet, ScoreSheet, SheetReopening
from .sheets import (
    Receipt,
    SheetFacts,
    SheetRefused,
    keep_sheet,
    new_sheet,
    pack_marks,
    require_fit,
    require_open,
    revisions_of,
    submit_sheet,
)

#: How often a sheet is judged anew when somebody else wrote at the same moment.
TRIES = 3


@dataclass(frozen=True)
class Verdict:
    """``verdict``: stored, duplicate, quarantined or refused; ``code`` why, ``message`` a sentence for the
    inspector.
    """

    uuid: str
    verdict: str
    code: str = ""
    message: str = ""
    problems: tuple[Problem, ...] = ()
    sequence: int | None = None
    revision: int | None = None
    content_hash: str = ""
    received_at: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        problems = [{field: getattr(each, field) for field in ("column", "reason", "remedy")} for each in self.problems]
        received = timezone.localtime(self.received_at).isoformat() if self.received_at else None
        return {**asdict(self), "problems": problems, "received_at": received}


@dataclass(frozen=True)
class Sender:
    """Whose sheets these are, and how they came."""

    inspector: Inspector
    device: str
    source: str
    actor: User | None
    now: datetime = field(default_factory=lambda: timezone.now())


def receive_sheets(
    *, inspector: Inspector, device: str, sheets: Iterable[Any], source: str = SheetSource.PHONE, actor: User | None
) -> list[Verdict]:
    """One verdict per sheet, in order. Each sheet is written by itself: one bad sheet never holds back the others."""
    sender = Sender(inspector, device[:64], source, actor)
    return [_receive(sender, raw) for raw in sheets]


@transaction.atomic
def hand_in(*, nomination: Nomination, inspector: Inspector, facts: SheetFacts, actor: User | None) -> Receipt:
    """One sheet of the plain API by the same rules of time and locking; what may not count is refused, not kept."""
    reopening = None
    try:
        if not ScoreSheet.objects.filter(uuid=facts.uuid).exists() and nomination.round.state == RoundState.SCORING:
            newest = revisions_of(nomination, inspector).order_by("-revision").first()
            reopening = _reopening(newest) if newest and newest.revision == facts.based_on else None
            require_in_time(nomination.round, timezone.now(), reopening)
    except SheetRefused as refused:
        raise SheetRefused(refused.code, f"{refused}没有收下，请联系组织部。", refused.rival) from None
    receipt = submit_sheet(
        nomination=nomination, inspector=inspector, facts=facts, source=SheetSource.PHONE, actor=actor
    )
    use_up(reopening)
    return receipt


def _receive(sender: Sender, raw: Any) -> Verdict:
    try:
        arrival = read_arrival(raw)
    except Unreadable as unreadable:
        return Verdict(unreadable.uuid, "refused", "marks", str(unreadable))
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _decide(sender, arrival)
        except (IntegrityError, ProgrammingError):
            # The same sheet, another revision on its base, or the seal of the round was faster: look again.
            if attempt == TRIES - 1:
                raise
        except DataError:
            break
    return Verdict(str(arrival.uuid), "refused", "marks", f"评分单里有无法保存的内容，没有收下。{AGAIN}")


def _decide(sender: Sender, arrival: Arrival) -> Verdict:
    versions = SchemeVersion.objects.filter(pk=arrival.version)
    version = versions.first()
    digest = arrival.digest(version.document.column_keys if version else ())
    if known := _known(sender, arrival, digest):
        return known
    nominations = Nomination.objects.select_related("round__scheme_version", "organization")
    nomination = nominations.filter(pk=arrival.nomination).first()
    if nomination is None:
        message = "服务器上没有这家参评单位，没有收下。请刷新行程后核对，或联系组织部。"
        return Verdict(str(arrival.uuid), "refused", "not_assigned", message, content_hash=digest)
    if nomination.round.scheme_version_id != arrival.version:
        refused = SheetRefused("version", "这份评分单是按另一版办法填的。")
        return _set_apart(sender, arrival, digest, nomination, refused)
    judged, packed = judge_marks(nomination.round.scheme_version, arrival)
    if judged.problems:
        reasons = [f"“{each.column}”{each.reason}" if each.column else each.reason for each in judged.problems[:3]]
        message = f"打分有误，没有收下：{'；'.join(reasons)}。请改正后再提交。"
        return Verdict(str(arrival.uuid), "refused", "marks", message, judged.problems, content_hash=digest)
    try:
        require_fit(nomination, sender.inspector)
        require_open(nomination.round)
        _require_own_id(sender, arrival)
        reopening = require_base(nomination, sender.inspector, arrival.based_on)
        require_in_time(nomination.round, sender.now, reopening)
    except SheetRefused as refused:
        # Looked at again: what stands in its way may be this very sheet, which came twice at the same moment.
        return _known(sender, arrival, digest) or _set_apart(sender, arrival, digest, nomination, refused)
    facts = facts_of(arrival, judged, digest, sender.device)
    sheet = new_sheet(nomination, sender.inspector, packed, facts, sender.source, sender.actor)
    keep_sheet(sheet, sender.actor)
    use_up(reopening)
    return _of_sheet(sheet, "stored", digest)


# -- what is known already


def _known(sender: Sender, arrival: Arrival, digest: str) -> Verdict | None:
    """The same id with the same content arrived before: the same answer again, as things stand now."""
    held = QuarantinedSheet.objects.filter(uuid=arrival.uuid, client_hash=digest).select_related("sheet").first()
    if held is not None and held.inspector_id != sender.inspector.pk:
        message = f"这个编号的评分单是另一位评委的，没有收下。{AGAIN}"
        return Verdict(str(arrival.uuid), "refused", "conflict", message, content_hash=digest)
    if held is not None:
        return _of_sheet(held.sheet, "duplicate", digest, arrival) if held.sheet else _of_held(held)
    sheet = ScoreSheet.objects.filter(uuid=arrival.uuid, inspector=sender.inspector, client_hash=digest).first()
    return _of_sheet(sheet, "duplicate", digest) if sheet else None


def _of_sheet(sheet: ScoreSheet, verdict: str, digest: str, arrival: Arrival | None = None) -> Verdict:
    name = arrival.uuid if arrival else sheet.uuid
    return Verdict(str(name), verdict, sequence=sheet.pk, revision=sheet.revision, content_hash=digest,
                   received_at=sheet.received_at)  # fmt: skip


def _of_held(held: QuarantinedSheet) -> Verdict:
    message = held.message
    if held.state == QuarantineState.SET_ASIDE:
        message = f"组织部核对后没有采用这一份：{held.decision_reason}"
    return Verdict(str(held.uuid), "quarantined", held.code, message, content_hash=held.client_hash,
                   received_at=held.received_at)  # fmt: skip


# -- what keeps a sheet from counting at once


def _require_own_id(sender: Sender, arrival: Arrival) -> None:
    other = ScoreSheet.objects.filter(uuid=arrival.uuid).first()
    if other is not None:
        rival = other if other.inspector_id == sender.inspector.pk else None
        raise SheetRefused("conflict", "同一编号的评分单已有另一份内容。", rival)


def require_base(nomination: Nomination, inspector: Inspector, based_on: int | None) -> SheetReopening | None:
    """A first sheet where there is none, or a revision of the newest that was reopened: that reopening, locked.

    Raises SheetRefused (conflict, locked).
    """
    newest = revisions_of(nomination, inspector).order_by("-revision").first()
    standing = newest.revision if newest else None
    if standing == based_on:
        return _reopening(newest) if newest else None
    if standing is None or (based_on or 0) > standing:
        raise SheetRefused("conflict", f"服务器上没有这家的第 {based_on} 次修订。", newest)
    raise SheetRefused("conflict", f"服务器上已有您给这家的另一份评分单（第 {standing} 次修订）。", newest)


def _reopening(newest: ScoreSheet) -> SheetReopening:
    rows = SheetReopening.objects.select_for_update().filter(
        nomination_id=newest.nomination_id, inspector_id=newest.inspector_id, revision=newest.revision
    )
    found = rows.filter(state=ReopeningState.OPEN).first()
    if found is None:
        raise SheetRefused("locked", "这家的评分单已经提交，没有重开。", newest)
    return found


def require_in_time(round: Round, now: datetime, reopening: SheetReopening | None = None) -> None:
    """By the server's clock. A sheet that the office reopened after the end is in time. Raises SheetRefused."""
    end = closes_at(round, Switch.SCORE)
    if end is None:
        return
    end += timedelta(minutes=round.grace_minutes)
    if now >= end:
        if reopening is None or reopening.decided_at is None or reopening.decided_at < end:
            said = f"{timezone.localtime(end):%Y-%m-%d %H:%M}"
            raise SheetRefused("late", f"{round.title}评分已于 {said} 截止，这一份迟到了。")
        return
    today = timezone.localdate(now - timedelta(minutes=round.grace_minutes)), timezone.localdate(now)
    if not any(is_open(round, Switch.SCORE, today=day) for day in today):
        raise SheetRefused("closed", why_shut(round, Switch.SCORE, today=today[1]))


def use_up(reopening: SheetReopening | None) -> None:
    if reopening is not None:
        reopening.state = ReopeningState.USED
        reopening.save(update_fields=["state"])


def _set_apart(sender: Sender, arrival: Arrival, digest: str, nomination: Nomination, refused: SheetRefused) -> Verdict:
    held = QuarantinedSheet(
        tenant_id=nomination.tenant_id,
        uuid=arrival.uuid,
        client_hash=digest,
        payload=arrival.payload,
        inspector=sender.inspector,
        round_id=nomination.round_id,
        nomination=nomination,
        code=refused.code,
        message=f"{str(refused)[:260]}这一份已原样保留，由组织部核对后处理。",
        source=sender.source,
        device=sender.device,
        rival=refused.rival,
    )
    held.save(force_insert=True)
    record(actor=sender.actor, verb="评分单待核", target=held, new={"code": refused.code, "hash": digest})
    return _of_held(held)


# -- from a readable sheet to one that can be stored


def judge_marks(version: SchemeVersion, arrival: Arrival) -> tuple[Judged, bytes]:
    """Everything wrong with the marks, at most one reason a criterion; packed when nothing is."""
    judged = judge(version.document, arrival)
    if not judged.marks and judged.problems:
        return judged, b""
    try:
        return judged, pack_marks(version, judged.marks, judged.blank)
    except ProblemsFound as found:
        named = {each.column for each in judged.problems}
        more = [each for each in found.problems if each.column not in named]
    return Judged(judged.marks, judged.blank, judged.abstained, (*judged.problems, *more)), b""


def facts_of(arrival: Arrival, judged: Judged, digest: str, device: str) -> SheetFacts:
    return SheetFacts(
        uuid=arrival.uuid,
        marks=judged.marks,
        based_on=arrival.based_on,
        device=device,
        device_sequence=arrival.device_sequence,
        client_time=arrival.client_time,
        started_at=arrival.started_at,
        details=arrival.details,
        client_hash=digest,
        abstained=judged.abstained,
    )
