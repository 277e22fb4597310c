"""Writes of score sheets: append-only revisions, taken once however often they arrive.

The same id with the same content is a success again; the same id with other content, or a second revision on one
base, is a conflict that a person must settle and is refused here with both named. Zero is a mark; missing is not.
"""

import hashlib
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.services.audit import record
from campaigns.enums import NominationState, RoundState
from campaigns.models import Nomination, Round, SchemeVersion
from schemes import MarkCodec, Problem, ProblemsFound, Scheme
from sites.models import Inspector, PanelMember
from sites.queries import predecessors, recusal_reason

from ..enums import SheetSource
from ..models import ScoreSheet


class SheetRefused(Exception):
    """A sheet cannot be taken; ``code`` for machines, the message a Chinese sentence for the inspector.

    ``rival`` is the stored sheet that it disagrees with.
    """

    def __init__(self, code: str, message: str, rival: ScoreSheet | None = None) -> None:
        self.code, self.rival = code, rival
        super().__init__(message)


@dataclass(frozen=True)
class Receipt:
    """``status``: ``stored`` or ``duplicate``. The sheet is on the server either way."""

    status: str
    sheet: ScoreSheet


@dataclass(frozen=True)
class SheetFacts:
    """What an inspector hands in: marks in column order, and in ``based_on`` the revision it replaces, if any.

    ``details`` is what stands beside the marks, ``client_hash`` the phone's digest of all of it.
    """

    uuid: UUID
    marks: Sequence[Fraction | None]
    based_on: int | None = None
    device: str = ""
    device_sequence: int | None = None
    client_time: datetime | None = None
    started_at: datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)
    client_hash: str = ""
    abstained: bool = False


def submit_sheet(
    *, nomination: Nomination, inspector: Inspector, facts: SheetFacts, source: str, actor: User | None
) -> Receipt:
    """Take one sheet.

    Raises SheetRefused (sealed, not taking part, recused, not on the panel, conflict) or ProblemsFound (marks).
    """
    version = nomination.round.scheme_version
    packed = pack_marks(version, facts.marks)
    content_hash = digest_content(nomination.pk, inspector.pk, packed)
    if known := ScoreSheet.objects.filter(uuid=facts.uuid).first():
        return _repeat(known, content_hash)
    require_open(nomination.round)
    require_fit(nomination, inspector)
    _require_base(nomination, inspector, facts.based_on)
    sheet = new_sheet(nomination, inspector, packed, facts, source, actor)
    try:
        with transaction.atomic():
            keep_sheet(sheet, actor)
    except (IntegrityError, ProgrammingError) as error:
        return _lost_race(sheet, error)
    return Receipt("stored", sheet)


def keep_sheet(sheet: ScoreSheet, actor: User | None) -> None:
    """Insert a revision and say so in the log, in the open transaction. Raises what the database raises."""
    sheet.save(force_insert=True)
    facts = {"revision": sheet.revision, "hash": sheet.content_hash}
    record(actor=actor, verb="提交评分单", target=sheet, new=facts)


def pack_marks(
    version: SchemeVersion, marks: Sequence[Fraction | None], blank: Container[str] = frozenset()
) -> bytes:
    """Marks as stored. Raises ProblemsFound naming every criterion that is blank, out of range or off its step.

    Criteria of which ``blank`` holds the key may be left blank.
    """
    document = version.document
    if len(marks) != len(document.leaves):
        reason = f"应有 {len(document.leaves)} 条打分，收到 {len(marks)} 条"
        raise ProblemsFound([Problem(reason=reason, remedy="请刷新评分页后重试。")])
    problems = []
    for leaf, method, mark in zip(document.leaves, document.methods, marks, strict=True):
        try:
            if mark is not None:
                method.to_units(mark)
            elif leaf.key not in blank:
                raise ValueError("没有打分，没有打分不等于零分")
        except ValueError as error:
            problems.append(
                Problem(column=leaf.name, value=str(mark or ""), reason=str(error), remedy="请改正后再提交。")
            )
    if problems:
        raise ProblemsFound(problems)
    return MarkCodec(document).pack(marks)


def digest_content(nomination_id: UUID, inspector_id: UUID, packed: bytes) -> str:
    """What makes two sheets the same: whose, for whom, and every mark."""
    return hashlib.sha256(nomination_id.bytes + inspector_id.bytes + packed).hexdigest()


def _repeat(known: ScoreSheet, content_hash: str) -> Receipt:
    if known.content_hash == content_hash:
        return Receipt("duplicate", known)
    raise SheetRefused("conflict", "同一编号的评分单已有另一份内容，两份都请保留，由组织部核对后处理。")


def _lost_race(sheet: ScoreSheet, error: Exception) -> Receipt:
    """The database refused: the same sheet, a revision on the same base, or the seal of the round was faster."""
    if known := ScoreSheet.objects.filter(uuid=sheet.uuid).first():
        return _repeat(known, sheet.content_hash)
    require_open(Round.objects.get(pk=sheet.round_id))
    if revisions_of(sheet.nomination, sheet.inspector).filter(revision=sheet.revision).exists():
        raise SheetRefused("conflict", "这份评分单在别处已有更新的修订，请刷新后核对，本机内容不会丢失。")
    raise error


def revisions_of(nomination: Nomination, inspector: Inspector) -> QuerySet[ScoreSheet]:
    return ScoreSheet.objects.filter(nomination=nomination, inspector=inspector)


def _require_base(nomination: Nomination, inspector: Inspector, based_on: int | None) -> None:
    """A revision replaces one that is there; the newest of them, as the database holds one revision per number."""
    if based_on is not None and not revisions_of(nomination, inspector).filter(revision=based_on).exists():
        raise SheetRefused("conflict", f"服务器上没有第 {based_on} 次修订，请刷新后核对，本机内容不会丢失。")


def require_open(round: Round) -> None:
    if round.state != RoundState.SCORING:
        raise SheetRefused("closed", f"{round.title}“{round.get_state_display()}”，不收评分单。请联系组织部。")


def require_fit(nomination: Nomination, inspector: Inspector) -> None:
    """Taking part, on the round's panel and still there, and not recused."""
    if nomination.state != NominationState.APPROVED:
        raise SheetRefused("not_approved", "这家单位的申报没有通过审核，不参加评分。请联系组织部。")
    member = PanelMember.objects.filter(round_id=nomination.round_id, inspector=inspector).first()
    if member is None:
        raise SheetRefused("not_assigned", "您不在这一轮的评委组。请联系组织部。")
    if member.left_at is not None:
        raise SheetRefused("not_assigned", "您已不在这一轮的评委组，已交的评分单照常保留。请联系组织部。")
    if reason := recusal_reason(nomination, inspector):
        raise SheetRefused("recused", reason)
    if _scored_before(nomination, member):
        raise SheetRefused("not_assigned", "您接替的评委已评过这家单位，评分单照常保留，不用再评。")


def is_recused(nomination: Nomination, inspector: Inspector) -> bool:
    """Whether the scheme's rule or a confirmed conflict keeps this inspector from this entry."""
    return bool(recusal_reason(nomination, inspector))


def _scored_before(nomination: Nomination, member: PanelMember) -> bool:
    """Whether there is a sheet of somebody whose place this member took."""
    before = predecessors(member)
    return bool(before) and ScoreSheet.objects.filter(nomination=nomination, inspector__in=before).exists()


def new_sheet(
    nomination: Nomination, inspector: Inspector, packed: bytes, facts: SheetFacts, source: str, actor: User | None
) -> ScoreSheet:
    """The revision after ``facts.based_on`` under the round's scheme, not saved."""
    version = nomination.round.scheme_version
    return ScoreSheet(
        tenant_id=nomination.tenant_id,
        uuid=facts.uuid,
        round_id=nomination.round_id,
        nomination=nomination,
        inspector=inspector,
        scheme_version=version,
        revision=(facts.based_on or 0) + 1,
        marks=packed,
        total_scaled=scaled_total(version.document, packed),
        content_hash=digest_content(nomination.pk, inspector.pk, packed),
        source=source,
        device=facts.device,
        device_sequence=facts.device_sequence,
        client_time=facts.client_time,
        started_at=facts.started_at,
        details=facts.details,
        client_hash=facts.client_hash,
        abstained=facts.abstained,
        submitted_by=actor,
    )


def scaled_total(document: Scheme, packed: bytes) -> int:
    """The sum of the marks that were given, in units of ``1 / document.scale`` points; a blank adds nothing."""
    given = (mark for mark in MarkCodec(document).unpack(packed) if mark is not None)
    return int(sum(given, Fraction(0)) * document.scale)


@dataclass(frozen=True)
class PackedSheet:
    """One checked row of a file, ready to store."""

    nomination: Nomination
    inspector: Inspector
    packed: bytes
    total_scaled: int


@transaction.atomic
def store_sheets(*, round: Round, rows: Iterable[PackedSheet], actor: User | None) -> dict[str, int]:
    """Store the checked sheets of a file: new ones, and a new revision where the file differs from what stands.

    Returns counts of ``stored``, ``revised`` and ``unchanged``. Importing the same file twice changes nothing.
    """
    round = Round.objects.select_for_update().get(pk=round.pk)
    require_open(round)
    standing = _standing(round)
    counts = {"stored": 0, "revised": 0, "unchanged": 0}
    new = []
    for row in rows:
        content_hash = digest_content(row.nomination.pk, row.inspector.pk, row.packed)
        revision, known = standing.get((row.nomination.pk, row.inspector.pk), (0, ""))
        if known == content_hash:
            counts["unchanged"] += 1
            continue
        counts["revised" if revision else "stored"] += 1
        new.append(_imported(round, row, revision + 1, content_hash, actor))
    ScoreSheet.objects.bulk_create(new, batch_size=1000)
    record(actor=actor, verb="导入评分单", target=round, new=counts)
    return counts


def _standing(round: Round) -> dict[tuple[UUID, UUID], tuple[int, str]]:
    """Highest revision and its content of every sheet of the round."""
    rows = ScoreSheet.objects.filter(round=round).order_by("revision")
    fields = rows.values_list("nomination_id", "inspector_id", "revision", "content_hash")
    return {(nomination, inspector): (revision, digest) for nomination, inspector, revision, digest in fields}


def _imported(round: Round, row: PackedSheet, revision: int, content_hash: str, actor: User | None) -> ScoreSheet:
    return ScoreSheet(
        tenant_id=round.tenant_id,
        uuid=uuid4(),
        round=round,
        nomination=row.nomination,
        inspector=row.inspector,
        scheme_version_id=round.scheme_version_id,
        revision=revision,
        marks=row.packed,
        total_scaled=row.total_scaled,
        content_hash=content_hash,
        source=SheetSource.IMPORT,
        submitted_by=actor,
    )
