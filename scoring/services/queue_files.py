"""A phone's unsent sheets as a file, handed in at the office: read, checked whose it is, and received like any
others.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from accounts.models import User
from accounts.services.audit import record
from campaigns.models import Nomination
from sites.models import Inspector

from ..enums import SheetSource
from .arriving import Verdict, receive_sheets
from .photos import PhotoFacts, PhotoRefused, keep_photo

FORMAT = "biaogan-queue/1"
MOST_BYTES = 60 * 1024 * 1024
MOST_SHEETS = 500
#: So many new photos at once; the same file handed in again goes on where it stopped.
MOST_PHOTOS = 30
WORDS = {"stored": "已收下", "duplicate": "早已收到", "quarantined": "待核", "refused": "没有收下"}
LIGHTS = {"stored": "ok", "duplicate": "ok", "quarantined": "warn", "refused": "bad"}


class QueueFileRefused(Exception):
    """A file that is none of ours, or another inspector's; the message is a Chinese sentence. Nothing was kept."""


@dataclass(frozen=True)
class QueueLine:
    """What became of one sheet of the file."""

    organization: str
    verdict: Verdict

    @property
    def words(self) -> str:
        return WORDS[self.verdict.verdict]

    @property
    def light(self) -> str:
        return LIGHTS[self.verdict.verdict]


@dataclass(frozen=True)
class QueueReport:
    """``photos``: taken and already there; ``photo_problems``: sentences; ``photos_left``: not looked at this time."""

    lines: tuple[QueueLine, ...]
    photos: int
    photo_problems: tuple[str, ...]
    photos_left: int

    def count(self, verdict: str) -> int:
        return sum(line.verdict.verdict == verdict for line in self.lines)


def import_queue(*, inspector: Inspector, data: bytes, actor: User) -> QueueReport:
    """Every sheet goes through the same service as from the phone, with where it came from. Twice changes nothing."""
    content = _read(data)
    _require_whose(content, inspector)
    sheets = content["sheets"]
    device = str(content.get("device") or "")
    verdicts = receive_sheets(inspector=inspector, device=device, sheets=sheets, source=SheetSource.FILE, actor=actor)
    names = _names(sheets)
    lines = tuple(
        QueueLine(names.get(_nomination(sheet) or UUID(int=0), "未知单位"), verdict)
        for sheet, verdict in zip(sheets, verdicts, strict=True)
    )
    photos, problems, left = _photos(content.get("photos"), inspector, actor)
    report = QueueReport(lines, photos, problems, left)
    counts = {verdict: report.count(verdict) for verdict in WORDS}
    record(actor=actor, verb="导入手机评分单文件", target=inspector, new={**counts, "photos": photos, "device": device})
    return report


def _read(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise QueueFileRefused(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，没有导入。请让评委在手机上分次导出。")
    try:
        content = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise QueueFileRefused("这不是手机导出的评分单文件，或没有传完整，没有导入。请让评委重新导出。") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("sheets"), list):
        raise QueueFileRefused("这不是手机导出的评分单文件，没有导入。请选择“标杆未传评分单”开头的文件。")
    if len(content["sheets"]) > MOST_SHEETS:
        raise QueueFileRefused(f"文件里超过 {MOST_SHEETS} 份评分单，没有导入。请让评委在手机上分次导出。")
    return content


def _require_whose(content: dict[str, Any], inspector: Inspector) -> None:
    whose = content.get("inspector")
    named = whose if isinstance(whose, dict) else {"id": whose}
    if str(named.get("id")) != str(inspector.pk):
        name = str(named.get("name") or named.get("number") or "另一位评委")[:20]
        raise QueueFileRefused(f"这个文件是{name}的，与所选的评委{inspector.name}不符，没有导入。请核对后重选。")


def _nomination(sheet: Any) -> UUID | None:
    try:
        return UUID(str(sheet.get("nomination")))
    except (AttributeError, ValueError):
        return None


def _names(sheets: list[Any]) -> dict[UUID, str]:
    wanted = {pk for sheet in sheets if (pk := _nomination(sheet)) is not None}
    return dict(Nomination.objects.filter(pk__in=wanted).values_list("pk", "organization__name"))


def _photos(rows: Any, inspector: Inspector, actor: User) -> tuple[int, tuple[str, ...], int]:
    """How many are here now, what was wrong with others, and how many were not looked at this time."""
    found = rows if isinstance(rows, list) else []
    here, new, problems, left = 0, 0, [], 0
    for row in found:
        if new >= MOST_PHOTOS:
            left += 1
            continue
        try:
            verdict, _ = keep_photo(inspector=inspector, facts=_photo(row), actor=actor)
            here, new = here + 1, new + (verdict == "stored")
        except PhotoRefused as refused:
            problems.append(str(refused))
    return here, tuple(dict.fromkeys(problems)), left


def _photo(row: Any) -> PhotoFacts:
    try:
        data = base64.b64decode(row["data"], validate=True)
        kind, criterion = str(row["type"]), str(row.get("criterion") or "")[:60]
        return PhotoFacts(UUID(str(row["uuid"])), UUID(str(row["sheet"])), criterion, kind, data)
    except (AttributeError, KeyError, TypeError, ValueError, binascii.Error):
        raise PhotoRefused("文件里有一张照片看不懂，没有收下。") from None
