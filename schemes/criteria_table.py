"""The criteria sheet that an office already has (考评项目｜分值｜评分细则｜考评方式…) as items and criteria.

Responsible for what such sheets look like: merged cells, item titles across the row, several lines of rules under one
figure, numbered names, points in brackets. Leaves alone opening files (``tables``) and what a scheme allows.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from python_calamine import CalamineWorkbook

from .archives import Limits, Refused
from .cells import parse_decimal
from .exact import decimal_text
from .problems import Problem
from .tables import (
    OLE,
    TOTALS,
    ZIP,
    Cells,
    Column,
    ImportFailed,
    Table,
    best_sheet,
    build_table,
    place_columns,
    read_sheets,
)

COLUMNS = (
    Column("item", ("考评项目", "考核项目", "项目", "考评指标", "一级指标", "指标类别", "考核类别", "分类")),
    Column(
        "content", ("考核内容", "考评内容", "内容", "评定标准", "创建标准", "考核指标", "二级指标", "考核要点", "指标")
    ),
    Column("points", ("分值", "标准分", "满分", "分数", "考核分值"), required=True),
    Column("rules", ("评分细则", "考核办法", "评分标准", "评分办法", "计分办法", "考核标准", "扣分标准", "考核细则")),
    Column("method", ("考评方式", "考核方式", "考评方法", "考核方法", "检查方式")),
    Column("lead", ("牵头部门", "责任部门", "牵头单位", "责任单位", "考核部门")),
    Column("evidence", ("佐证材料", "印证材料", "台账资料")),
    Column("step", ("每档", "分档")),
)
_ORDINAL = re.compile(
    r"^\s*(?:[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十百\d]+[）)]、?|\d+(?:[、．]|\.(?!\d))|[①-⑳])\s*"
)
_STATED = re.compile(r"\s*[（(]\s*(?:共|计|满分)?\s*(\d+(?:\.\d+)?)\s*分\s*[）)]\s*$")
_LONGEST_NAME = 40
LIMITS = Limits(rows=2_000)


@dataclass(frozen=True)
class Criterion:
    """One row that carries points; ``line`` is its line in the file."""

    name: str
    points: Fraction
    step: Fraction
    guidance: str
    evidence: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Item:
    """A group of criteria; without a name they stand by themselves, and a single one of the item's name is the item."""

    name: str
    criteria: tuple[Criterion, ...]
    line: int


@dataclass(frozen=True)
class CriteriaTable:
    """``notes`` are warnings: what was read, and may not be what was meant."""

    items: tuple[Item, ...]
    notes: tuple[Problem, ...]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for item in self.items for criterion in item.criteria)

    @property
    def total(self) -> Fraction:
        return sum((criterion.points for criterion in self.criteria), Fraction(0))


def read_criteria_table(filename: str, data: bytes, *, step: Fraction = Fraction(1, 2)) -> CriteriaTable:
    """Read the sheet that looks most like a criteria table; ``step`` is for rows that name none.

    Raises ImportFailed with every problem, each with its row and column.
    """
    try:
        sheets = [(name, list(rows)) for name, rows in read_sheets(data, LIMITS)]
        if not any(any(row) for _, rows in sheets for row in rows):
            raise Refused("文件是空的。", "请填写后重新上传。")
    except Refused as refused:
        raise ImportFailed([Problem(file=filename, reason=refused.reason, remedy=refused.remedy)]) from refused
    name, rows, at = best_sheet(sheets, COLUMNS)
    table = build_table(filename, name, rows, at, COLUMNS, LIMITS)
    places, _ = place_columns(table.file, at + 1, rows[at], COLUMNS)
    reader = _Reader(table, _continued(data, name, places), step)
    reader.read_rows()
    reader.check_totals(rows[at + 1 :], at + 2, places)
    if not reader.items and not reader.problems:
        reader.problems.append(Problem(file=table.file, reason="没有读到标准", remedy="请核对表头和分值。"))
    if reader.problems:
        raise ImportFailed(reader.problems)
    return CriteriaTable(tuple(item.done() for item in reader.items), tuple(reader.notes))


def _continued(data: bytes, sheet: str, places: dict[str, int]) -> set[tuple[int, str]]:
    """(line, column) of cells that continue the merged cell above them."""
    if not data.startswith((ZIP, OLE)):
        return set()
    ranges = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).merged_cell_ranges or ()
    keys = {place: key for key, place in places.items()}
    return {
        (row + 1, keys[column])
        for (top, left), (bottom, right) in ranges
        for column in range(left, right + 1)
        if column in keys
        for row in range(top + 1, bottom + 1)
    }


@dataclass
class _Growing:
    """A criterion or an item while its lines are being read."""

    name: str
    line: int
    points: Fraction = Fraction(0)
    step: Fraction = Fraction(1)
    content: str = ""
    texts: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    criteria: list["_Growing"] = field(default_factory=list)
    raw: str = ""
    stated: Fraction | None = None

    def done(self) -> Item:
        return Item(self.name, tuple(each.criterion() for each in self.criteria), self.line)

    def criterion(self) -> Criterion:
        guidance = "\n".join(dict.fromkeys(text for text in self.texts if text and text != self.name))
        return Criterion(self.name, self.points, self.step, guidance, tuple(dict.fromkeys(self.evidence)), self.line)


class _Reader:
    """Walks the rows of one table from above to below."""

    def __init__(self, table: Table, continued: set[tuple[int, str]], step: Fraction) -> None:
        self.table, self.continued, self.step = table, continued, step
        self.items: list[_Growing] = []
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.figures = self._figures()

    def _figures(self) -> dict[int, int]:
        """Of every line how many figures its item has."""
        runs: list[list[int]] = []
        counts: list[int] = []
        before = None
        for line, row in self.table.rows:
            item = row.get("item", "")
            if not runs or (item and item != before):
                runs.append([])
                counts.append(0)
            before = item or before
            runs[-1].append(line)
            counts[-1] += bool(row.get("points")) and (line, "points") not in self.continued
        return {line: count for run, count in zip(runs, counts, strict=True) for line in run}

    def read_rows(self) -> None:
        for line, row in self.table.rows:
            values = {column.key: row.get(column.key, "") for column in COLUMNS}
            filled = {text for text in values.values() if text}
            if not filled:
                continue
            if self._is_title(values, filled):
                self._open_item(next(iter(filled)), line)
            else:
                self._read_row(line, values)
        for item in self.items:
            self._check_item(item)

    def _is_title(self, values: dict[str, str], filled: set[str]) -> bool:
        """One text across the row, or alone in it, in place of a figure: the title of what follows."""
        (text, *others) = filled
        first = "item" if self.table.has("item") else "content"
        return not others and values[first] == text and values["points"] in ("", text)

    def _open_item(self, raw: str, line: int) -> None:
        stated = _STATED.search(raw)
        name = _ORDINAL.sub("", _STATED.sub("", raw)).strip()[:80]
        self.items.append(_Growing(name or raw[:80], line, raw=raw, stated=Fraction(stated[1]) if stated else None))

    def _read_row(self, line: int, values: dict[str, str]) -> None:
        if values["item"] and (not self.items or self.items[-1].raw != values["item"]):
            self._open_item(values["item"], line)
        if not self.items:
            self.items.append(_Growing("", line))
        present = self.items[-1].criteria[-1] if self.items[-1].criteria else None
        if present is not None and self._goes_on(line, values, present):
            self._add_texts(present, values)
            return
        points = self._number(line, "points", values["points"], "请填写这一条的分值。")
        step = self._number(line, "step", values["step"], "") if values["step"] else self.step
        if points is None or step is None:
            return
        if (points / step).denominator != 1:
            reason = f"不是每档 {decimal_text(step)} 分的整数倍"
            remedy = "请改分值，或改每档分数。"
            self.problems.append(self.table.problem(line, "points", values["points"], reason, remedy))
        fresh = _Growing(self._name(line, values), line, points, step, values["content"])
        self._add_texts(fresh, values)
        self.items[-1].criteria.append(fresh)

    def _goes_on(self, line: int, values: dict[str, str], present: _Growing) -> bool:
        """Whether the row only says more about the criterion above it."""
        shared = (line, "points") in self.continued
        if values["points"] and not shared:
            return False
        other = bool(values["content"]) and values["content"] != present.content
        if shared and other:
            reason = f"与第 {present.line} 行合用一个分值"
            remedy = "请拆开合并的分值单元格，给每条各写分值。"
            self.problems.append(self.table.problem(line, "points", values["points"], reason, remedy))
        return shared or not other

    def _add_texts(self, criterion: _Growing, values: dict[str, str]) -> None:
        criterion.texts += [values["content"], values["rules"]]
        criterion.texts += [f"{label}：{values[key]}" for key, label in _SAID.items() if values[key]]
        criterion.evidence += [part.strip() for part in re.split(r"[\n；;]", values["evidence"]) if part.strip()]

    def _name(self, line: int, values: dict[str, str]) -> str:
        source = values["content"] or ("" if self._alone(line, values) else values["rules"])
        text = _ORDINAL.sub("", _STATED.sub("", source or self.items[-1].name)).strip()
        if len(text) <= _LONGEST_NAME and (values["content"] or not source) and "\n" not in text:
            return text or f"第 {line} 行"
        name = re.split(r"[，。；：:;,\n]", text)[0][:_LONGEST_NAME]
        self.notes.append(self._note(line, "content" if values["content"] else "rules", name, "名称取自开头几个字"))
        return name

    def _alone(self, line: int, values: dict[str, str]) -> bool:
        """Whether the item has one figure only and no content of its own: then the item itself is what is marked."""
        return not values["content"] and self.figures[line] == 1

    def _number(self, line: int, key: str, text: str, remedy: str) -> Fraction | None:
        try:
            found = parse_decimal(text.removesuffix("%").removesuffix("％"))
        except ValueError as error:
            self.problems.append(self.table.problem(line, key, text, str(error), "请写成 5 或 2.5 这样的数。"))
            return None
        if found is None or found <= 0:
            reason = "缺少分值" if found is None else "应大于 0"
            self.problems.append(self.table.problem(line, key, text, reason, remedy or "请写大于 0 的数，或留空。"))
            return None
        return Fraction(found)

    # -- whether it adds up

    def _check_item(self, item: _Growing) -> None:
        if not item.criteria:
            if not self.problems:
                remedy = "请在下面各行写上标准和分值，或删去这一行。"
                self.problems.append(self.table.problem(item.line, "item", item.raw, "下面没有标准", remedy))
            return
        total = sum((each.points for each in item.criteria), Fraction(0))
        if item.stated is not None and item.stated != total:
            reason = f"写明 {decimal_text(item.stated)} 分，下面各条合计 {decimal_text(total)} 分"
            self.notes.append(self._note(item.line, "item", item.raw, reason))
        names = [each.name for each in item.criteria]
        for i, each in enumerate(item.criteria):
            if each.name in names[:i]:
                self.notes.append(self._note(each.line, "content", each.name, "同一项目里已有这个名称"))

    def check_totals(self, rows: list[Cells], first: int, places: dict[str, int]) -> None:
        """A totals row of the sheet that says something else than the rows add up to."""
        total = sum((each.points for item in self.items for each in item.criteria), Fraction(0))
        for line, text in _totals(rows, first, places["points"]):
            try:
                stated = parse_decimal(text)
            except ValueError:
                continue
            if stated is not None and Fraction(stated) != total and not self.problems:
                reason = f"合计写 {decimal_text(Fraction(stated))} 分，各条相加为 {decimal_text(total)} 分"
                self.notes.append(self._note(line, "points", text, reason))

    def _note(self, line: int, key: str, value: str, reason: str) -> Problem:
        header = self.table.headers.get(key, "")
        return Problem(self.table.file, line, header, value[:40], reason, "请核对。", severity="warning")


_SAID = {"method": "考评方式", "lead": "牵头部门"}


def _totals(rows: list[Cells], first: int, column: int) -> Iterator[tuple[int, str]]:
    for line, row in enumerate(rows, first):
        filled = [cell for cell in row if cell]
        if filled and re.sub(r"\s", "", filled[0]) in TOTALS - {"小计"} and column < len(row):
            yield line, row[column]
