"""Writes of score sheets: append-only revisions, taken once however often they arrive.

The same id with the same content is a success again; the same id with other content, or a second revision on one
base, is a conflict that a person must settle and is refused here with both named. Zero is a mark; missing is not.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID, uuid4

from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import QuerySet

from accounts.enums import OrganizationKind
from accounts.models import User
from accounts.services.audit import record
from campaigns.enums import NominationState, RoundState
from campaigns.models import Nomination, Round, SchemeVersion
from schemes import MarkCodec, Problem, ProblemsFound
from schemes.engine import scaled_totals
from sites.models import Inspector, PanelMember

from ..enums import SheetSource
from ..models import ScoreSheet


class SheetRefused(Exception):
    """A sheet cannot be taken; ``code`` for machines, the message a Chinese sentence for the inspector."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Receipt:
    """``status``: ``stored`` or ``duplicate``. The sheet is on the server either way."""

    status: str
    sheet: ScoreSheet


@dataclass(frozen=True)
class SheetFacts:
    """What an inspector hands in: marks in column order, and in ``based_on`` the revision it replaces, if any."""

    uuid: UUID
    marks: Sequence[Fraction | None]
    based_on: int | None = None
    device: str = ""
    device_sequence: int | None = None
    client_time: datetime | None = None


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
    _require_open(nomination.round)
    _require_fit(nomination, inspector)
    _require_base(nomination, inspector, facts.based_on)
    sheet = _sheet(nomination, inspector, version, packed, facts, source, actor, content_hash)
    try:
        with transaction.atomic():
            sheet.save(force_insert=True)
            record(actor=actor, verb="提交评分单", target=sheet, new={"revision": sheet.revision, "hash": content_hash})
    except (IntegrityError, ProgrammingError) as error:
        return _lost_race(sheet, error)
    return Receipt("stored", sheet)


def pack_marks(version: SchemeVersion, marks: Sequence[Fraction | None]) -> bytes:
    """Marks as stored. Raises ProblemsFound naming every criterion that is blank, out of range or off its step."""
    document = version.document
    if len(marks) != len(document.leaves):
        reason = f"应有 {len(document.leaves)} 条打分，收到 {len(marks)} 条"
        raise ProblemsFound([Problem(reason=reason, remedy="请刷新评分页后重试。")])
    problems = []
    for leaf, method, mark in zip(document.leaves, document.methods, marks, strict=True):
        try:
            if mark is None:
                raise ValueError("没有打分，没有打分不等于零分")
            method.to_units(mark)
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
    _require_open(Round.objects.get(pk=sheet.round_id))
    if _revisions(sheet.nomination, sheet.inspector).filter(revision=sheet.revision).exists():
        raise SheetRefused("conflict", "这份评分单在别处已有更新的修订，请刷新后核对，本机内容不会丢失。")
    raise error


def _revisions(nomination: Nomination, inspector: Inspector) -> QuerySet[ScoreSheet]:
    return ScoreSheet.objects.filter(nomination=nomination, inspector=inspector)


def _require_base(nomination: Nomination, inspector: Inspector, based_on: int | None) -> None:
    """A revision replaces one that is there; the newest of them, as the database holds one revision per number."""
    if based_on is not None and not _revisions(nomination, inspector).filter(revision=based_on).exists():
        raise SheetRefused("conflict", f"服务器上没有第 {based_on} 次修订，请刷新后核对，本机内容不会丢失。")


def _require_open(round: Round) -> None:
    if round.state != RoundState.SCORING:
        raise SheetRefused("closed", f"{round.title}“{round.get_state_display()}”，不收评分单。请联系组织部。")


def _require_fit(nomination: Nomination, inspector: Inspector) -> None:
    """Taking part, on the round's panel, and not recused: inspectors do not score their own township."""
    if nomination.state != NominationState.APPROVED:
        raise SheetRefused("not_approved", "这家单位的申报没有通过审核，不参加评分。请联系组织部。")
    if not PanelMember.objects.filter(round_id=nomination.round_id, inspector=inspector).exists():
        raise SheetRefused("not_assigned", "您不在这一轮的评委组。请联系组织部。")
    if is_recused(nomination, inspector):
        raise SheetRefused("recused", "这是您所在乡镇（街道）的组织，应当回避。")


def is_recused(nomination: Nomination, inspector: Inspector) -> bool:
    """Whether the scheme's recusal rule keeps this inspector from this entry."""
    if nomination.round.scheme_version.document.panel.recusal == "none":
        return False
    home = inspector.home
    return home.kind == OrganizationKind.TOWNSHIP and home.pk == nomination.township_id


def _sheet(
    nomination: Nomination,
    inspector: Inspector,
    version: SchemeVersion,
    packed: bytes,
    facts: SheetFacts,
    source: str,
    actor: User | None,
    content_hash: str,
) -> ScoreSheet:
    document = version.document
    return ScoreSheet(
        tenant_id=nomination.tenant_id,
        uuid=facts.uuid,
        round_id=nomination.round_id,
        nomination=nomination,
        inspector=inspector,
        scheme_version=version,
        revision=(facts.based_on or 0) + 1,
        marks=packed,
        total_scaled=int(scaled_totals(document, MarkCodec(document).matrix(packed))[0]),
        content_hash=content_hash,
        source=source,
        device=facts.device,
        device_sequence=facts.device_sequence,
        client_time=facts.client_time,
        submitted_by=actor,
    )


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
    _require_open(round)
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
