"""What a phone sends, read and checked: the shape of a sheet, the digest both sides compute, its marks under a scheme.

Nothing here touches the database. What becomes of a sheet that reads well is the business of ``services.arriving``.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import orjson
from django.utils.dateparse import parse_datetime

from schemes import Problem, Scheme
from schemes.document import Node
from schemes.exact import decimal_text, parse_number
from schemes.rules.marking import Deduction

MOST_MARKS = 500
MOST_DETAILS = 90_000
MOST_SIGNATURE = 41_000  # 30 KB as base64
MOST_LINES = 60
LONG, SHORT = 500, 80
#: What is kept of a sheet as it was sent.
FIELDS = ("uuid", "nomination", "scheme_version", "based_on", "device_sequence", "client_time", "started_at", "marks",
          "details_text", "details")  # fmt: skip
AGAIN = "请在手机上重新打开这一站再提交，或请组织部代录。"
_SIGNATURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+=*")


class Unreadable(Exception):
    """This is no sheet; ``uuid`` is what it calls itself, the message a sentence for the inspector."""

    def __init__(self, uuid: str, reason: str) -> None:
        self.uuid = uuid
        super().__init__(f"{reason}，没有收下。{AGAIN}")


@dataclass(frozen=True)
class Arrival:
    """One sheet as sent. ``marks`` are the texts by criterion, None for a blank; ``payload`` is all of it, to keep.

    Times are the phone's word: shown, never decisive.
    """

    uuid: UUID
    nomination: UUID
    version: UUID
    based_on: int | None
    marks: dict[str, str | None]
    details: dict[str, Any]
    details_text: str
    device_sequence: int | None
    client_time: datetime | None
    started_at: datetime | None
    payload: dict[str, Any]

    def digest(self, order: Iterable[str]) -> str:
        """The content hash that the phone computes too; ``order`` are the scheme's criteria."""
        keys = [key for key in order if key in self.marks]
        keys += [key for key in self.marks if key not in set(keys)]
        lines = "".join(f"{key}={self.marks[key] or ''}\n" for key in keys)
        head = f"{self.nomination}\n{self.version}\n{self.based_on or '0'}\n"
        return hashlib.sha256((head + lines + self.details_text).encode()).hexdigest()


def read_arrival(raw: Any) -> Arrival:
    """Raises Unreadable for what is no sheet at all; marks and details are judged by :func:`judge`."""
    name = str(raw.get("uuid", ""))[:64] if isinstance(raw, dict) else ""
    try:
        if not isinstance(raw, dict):
            raise ValueError("评分单不是一组内容")
        kept = {key: raw[key] for key in FIELDS if key in raw}
        _storable(kept)
        text, details = _details(raw)
        return Arrival(
            uuid=_uuid(raw, "uuid"),
            nomination=_uuid(raw, "nomination"),
            version=_uuid(raw, "scheme_version"),
            based_on=_whole(raw.get("based_on"), 1, 1000),
            marks=_marks(raw.get("marks")),
            details=details,
            details_text=text,
            device_sequence=_whole(raw.get("device_sequence"), 0, 2**31 - 1),
            client_time=_moment(raw.get("client_time")),
            started_at=_moment(raw.get("started_at")),
            payload=kept,
        )
    except ValueError as error:
        raise Unreadable(name, str(error)) from None


def _storable(kept: dict[str, Any]) -> None:
    """Signs that no database takes are refused here, in words."""
    try:
        written = json.dumps(kept, ensure_ascii=False, allow_nan=False)
        written.encode()
    except (ValueError, RecursionError):
        raise ValueError("评分单里有无法保存的内容") from None
    if "\\u0000" in written:
        raise ValueError("评分单里有无法保存的内容")


def _uuid(raw: Mapping[str, Any], field: str) -> UUID:
    try:
        return UUID(str(raw.get(field)))
    except ValueError:
        raise ValueError("评分单缺少编号、参评单位或办法版本") from None


def _whole(value: Any, least: int, most: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError("评分单的修订号或序号有误")
    return value


def _moment(value: Any) -> datetime | None:
    """A phone's clock may say anything; what is no time is left out."""
    try:
        moment = parse_datetime(value) if isinstance(value, str) and len(value) <= 40 else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _marks(value: Any) -> dict[str, str | None]:
    if not isinstance(value, dict) or len(value) > MOST_MARKS:
        raise ValueError("评分单里没有打分")
    marks: dict[str, str | None] = {}
    for key, mark in value.items():
        whole = isinstance(mark, int) and not isinstance(mark, bool)
        if not isinstance(key, str) or not (mark is None or whole or isinstance(mark, str)):
            raise ValueError("打分应当是十进制数的文字")
        marks[key] = None if mark is None or mark == "" else str(mark)
    return marks


def _details(raw: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The very text that was hashed, and what it says."""
    text = raw.get("details_text")
    if text is None:
        details = raw.get("details") or {}
        text = json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    else:
        try:
            if not isinstance(text, str) or len(text) > MOST_DETAILS:
                raise ValueError
            details = orjson.loads(text)
        except ValueError:
            raise ValueError("评分单的说明部分看不懂或过长") from None
    _storable({"details": details})
    if not isinstance(details, dict) or len(text) > MOST_DETAILS:
        raise ValueError("评分单的说明部分看不懂或过长")
    return text, details


# -- marks under a scheme


@dataclass(frozen=True)
class Judged:
    """``marks`` in column order, ``blank`` the criteria left out for a reason; ``problems``: why nothing was kept."""

    marks: tuple[Fraction | None, ...]
    blank: frozenset[str]
    abstained: bool
    problems: tuple[Problem, ...]


def may_not_apply(scheme: Scheme, key: str) -> bool:
    """Whether a criterion may be left out as 不涉及: the scheme says by a condition whom it concerns.

    The facts decide at the computation: a blank where the criterion does concern the entry is missing there, never
    zero. Where whole ballots are judged by their totals a blank would change them, so there every mark is asked for.
    """
    return scheme.panel.ballots is None and any(rule.when is not None for rule in scheme.whom[key])


def judge(scheme: Scheme, arrival: Arrival) -> Judged:
    """Marks and details against the scheme: every criterion is marked, or left out for a reason the scheme allows."""
    problems = list(_shape_problems(arrival.details))
    if problems:
        return Judged((), frozenset(), False, tuple(problems))
    if (arrival.details.get("abstained") or "").strip():
        return _abstained(scheme, arrival)
    left_out = arrival.details.get("not_applicable") or {}
    marks: list[Fraction | None] = []
    for leaf in scheme.leaves:
        mark, problem = _mark(scheme, leaf, arrival, left_out)
        marks.append(mark)
        problems += [problem] if problem else []
    unknown = [key for key in arrival.marks if key not in scheme.column_keys]
    if unknown:
        problems.append(Problem(value=unknown[0][:40], reason="评分表上没有这一条", remedy="请刷新评分页后重试。"))
    if not problems and all(leaf.key in left_out for leaf in scheme.leaves):
        problems.append(Problem(reason="一条也没有打分", remedy="没有打分不等于零分；不评的请选弃权。"))
    return Judged(tuple(marks), frozenset(left_out), False, tuple(problems))


def _abstained(scheme: Scheme, arrival: Arrival) -> Judged:
    problems = []
    if not scheme.panel.abstention:
        problems.append(Problem(reason="办法没有规定评委可以弃权", remedy="请逐条打分，或联系组织部。"))
    if any(mark is not None for mark in arrival.marks.values()):
        problems.append(Problem(reason="既弃权又打了分", remedy="请二者取一。"))
    return Judged((None,) * len(scheme.leaves), frozenset(scheme.column_keys), True, tuple(problems))


def _mark(
    scheme: Scheme, leaf: Node, arrival: Arrival, left_out: Mapping[str, str]
) -> tuple[Fraction | None, Problem | None]:
    text, reason = arrival.marks.get(leaf.key), ""
    if text is None:
        if leaf.key not in left_out:
            return None, None  # said with the other blanks when the marks are packed
        if not may_not_apply(scheme, leaf.key):
            reason = "办法没有规定这一条可以不涉及"
        elif not left_out[leaf.key].strip():
            reason = "没有写不涉及的理由"
        return None, _problem(leaf, "", reason)
    if leaf.key in left_out:
        return None, _problem(leaf, text, "既打了分又写了不涉及")
    try:
        if set(text) & set("%％/／"):
            raise ValueError("不是打分")
        mark = parse_number(text)
    except ValueError as error:
        return None, _problem(leaf, text, str(error))
    if isinstance(leaf.mark, Deduction):
        reason = _deduction_reason(leaf.mark, mark, (arrival.details.get("deductions") or {}).get(leaf.key) or [])
    return mark, _problem(leaf, text, reason)


def _problem(leaf: Node, value: str, reason: str) -> Problem | None:
    if not reason:
        return None
    return Problem(column=leaf.name, value=value[:24], reason=reason, remedy="请改正后再提交。")


def _deduction_reason(method: Deduction, mark: Fraction, lines: list[dict[str, Any]]) -> str:
    """Why the mark does not follow from what was taken off; empty when it does."""
    items = {item.name: item for item in method.items}
    left = method.full
    for line in lines:
        try:
            points = parse_number(line.get("points"))
        except ValueError:
            return f"“{str(line.get('name'))[:20]}”扣的分不是数"
        item, times = items.get(line["name"]), line.get("times", 1)
        if points <= 0:
            return f"“{line['name'][:20]}”扣的分应大于 0"
        if item is not None:
            cost = item.points * times
            cost = cost if item.most is None else min(cost, item.most)
            if cost != points:
                return f"“{item.name}”{times} 次应扣 {decimal_text(cost)} 分，写的是 {decimal_text(points)} 分"
        left -= points
    due = max(left, method.lowest)
    return "" if mark == due else f"按扣分明细应得 {decimal_text(due)} 分，写的是 {decimal_text(mark)} 分"


# -- the shape of details


def _shape_problems(details: Mapping[str, Any]) -> Iterable[Problem]:
    """What stands beside the marks has its form and its bounds, whoever wrote it."""
    texts = [(details.get("abstained"), LONG), (details.get("remark"), 4 * LONG), (details.get("signed_name"), SHORT)]
    fits = all(value is None or (isinstance(value, str) and len(value) <= most) for value, most in texts)
    for field in ("not_applicable", "remarks"):
        table = details.get(field) or {}
        fits = fits and isinstance(table, dict) and len(table) <= MOST_MARKS
        fits = fits and all(isinstance(text, str) and len(text) <= LONG for text in table.values())
    if not fits:
        yield Problem(reason="说明、备注过长或格式有误", remedy=f"每条不超过 {LONG} 字。")
    signature = details.get("signature") or ""
    if not isinstance(signature, str) or len(signature) > MOST_SIGNATURE or not _drawn(signature):
        yield Problem(reason="签名不是图片或过大", remedy="请清除后重新签名。")
    if not _lines_fit(details.get("deductions") or {}):
        yield Problem(reason="扣分明细格式有误", remedy="请重新填写扣分明细。")


def _drawn(signature: str) -> bool:
    return not signature or _SIGNATURE.fullmatch(signature) is not None


def _lines_fit(table: Any) -> bool:
    if not isinstance(table, dict) or not all(isinstance(lines, list) for lines in table.values()):
        return False
    every = [line for lines in table.values() for line in lines]
    return all(len(lines) <= MOST_LINES for lines in table.values()) and all(map(_line_fits, every))


def _line_fits(line: Any) -> bool:
    if not isinstance(line, dict):
        return False
    times, texts = line.get("times", 1), (line.get("name"), line.get("reason", ""))
    counted = isinstance(times, int) and not isinstance(times, bool) and 1 <= times <= 1000
    return counted and all(isinstance(text, str) and len(text) <= LONG for text in texts)
