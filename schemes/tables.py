"""Read a table that a person made: CSV, .xlsx or .xls as offices have them, into rows of text with their line numbers.

Responsible for finding the header among title rows, merged cells, encodings, totals rows and blank margins, and for
saying where something is wrong. Leaves alone what the values mean: callers parse them with ``schemes.cells``.
What may be opened at all is decided in ``schemes.archives``.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from .archives import SAVE_AGAIN, Limits, Refused, inspect_workbook
from .cells import clean, normal
from .problems import Problem, ProblemsFound

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER_WITHIN = 20
TOTALS = {"合计", "总计", "小计", "共计", "总分合计", "合计:", "合计："}
_FOOTER = re.compile(r"(填报人|填表人|制表人|审核人|负责人|监票人|联系电话|填报单位|填报时间|备注|说明|注)\s*[：:(（]")

Cells = list[str]


class ImportFailed(ProblemsFound):
    """A file that cannot be used, with everything found wrong with it; nothing was written."""


@dataclass(frozen=True)
class Column:
    """A column the caller knows: its key, every header it goes by, and whether the file must have it."""

    key: str
    names: tuple[str, ...] = ()
    required: bool = False

    @property
    def label(self) -> str:
        """What to call it when talking to a person: its first Chinese name."""
        return next((name for name in self.names if not name.isascii()), self.key)

    def answers_to(self, header: str) -> bool:
        return normal(header) in {normal(name) for name in (self.key, *self.names)}


@dataclass(frozen=True)
class Table:
    """``rows`` are (line number in the file, {column key or unknown header: text}); ``headers`` as in the file."""

    file: str
    sheet: str
    headers: dict[str, str]
    rows: list[tuple[int, dict[str, str]]]
    skipped: list[tuple[int, str]]

    def has(self, key: str) -> bool:
        return key in self.headers

    def problem(self, row: int | None, key: str, value: object, reason: str, remedy: str) -> Problem:
        """A problem in the file's own words: its header, not our key."""
        return Problem(self.file, row, self.headers.get(key, key), str(value), reason, remedy)


def read_table(filename: str, data: bytes, *, columns: Sequence[Column] = (), limits: Limits | None = None) -> Table:
    """Read the sheet that fits ``columns`` best. Raises ImportFailed with every problem of its shape."""
    limits = limits or Limits()
    try:
        sheets = [(name, list(rows)) for name, rows in read_sheets(data, limits)]
        if not any(any(row) for _, rows in sheets for row in rows):
            raise Refused("文件是空的。", "请填写后重新上传。")
    except Refused as refused:
        raise ImportFailed([Problem(file=filename, reason=refused.reason, remedy=refused.remedy)]) from refused
    name, rows, at = best_sheet(sheets, columns)
    return build_table(filename, name, rows, at, columns, limits)


def read_sheets(data: bytes, limits: Limits) -> Iterator[tuple[str, Iterable[Cells]]]:
    """Sheets by content, not by file name: (name, rows of cleaned text)."""
    if len(data) > limits.size:
        megabytes = f"{len(data) / 1024 / 1024:.1f}"
        raise Refused(f"文件有 {megabytes} MB，超过 {limits.size // 1024 // 1024} MB。", "请分成几个文件后重新上传。")
    if data.startswith(ZIP):
        inspect_workbook(data, limits=limits)
    if data.startswith((ZIP, OLE)):
        yield from workbook_sheets(data)
    else:
        yield "", csv_rows(decode(data))


def workbook_sheets(data: bytes) -> Iterator[tuple[str, list[Cells]]]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in workbook.sheet_names:
            yield name, sheet_rows(workbook.get_sheet_by_name(name))
    except PasswordError as error:
        raise Refused("文件加了密码。", "请去掉密码后重新上传。") from error
    except CalamineError as error:
        raise Refused("文件不是表格，或已损坏、加了密码，打不开。", SAVE_AGAIN) from error


def sheet_rows(sheet: CalamineSheet) -> list[Cells]:
    """Text of every cell; a merged area repeats its value in each of its cells."""
    rows = [[clean(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else ""
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [value] * len(row[left : right + 1])
    return rows


def decode(data: bytes) -> str:
    """UTF-8, UTF-16 or the national encodings; GB18030 reads what GBK and GB2312 wrote."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return decoded(data, encoding)
    if b"\x00" in data[:2000]:
        # Latin letters of unmarked UTF-16 have a zero beside them: on odd places when little-endian.
        odd, even = data[1:2000:2].count(0), data[0:2000:2].count(0)
        return decoded(data, "utf-16-le" if odd > even else "utf-16-be")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return decoded(data, "gb18030")


def decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("文件不是表格，或文字编码无法识别。", SAVE_AGAIN) from error
    if re.search(r"[\x00-\x08\x0e-\x1f]", text):
        raise Refused("文件不是表格。", SAVE_AGAIN)
    return text


def csv_rows(text: str) -> list[Cells]:
    """Rows with the separator that the first lines use most: comma, semicolon, tab or their full-width kin."""
    counts = Counter(sign for line in text.splitlines()[:HEADER_WITHIN] for sign in line if sign in ",;\t，；")
    separator = counts.most_common(1)[0][0] if counts else ","
    # Line numbers are the file's own: a quoted cell may hold line breaks, so each row stands on the line it begins on.
    rows: list[Cells] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        before = 0
        for row in reader:
            rows.extend([] for _ in range(before - len(rows)))
            rows.append([clean(cell) for cell in row])
            before = reader.line_num
    except csv.Error as error:
        raise Refused(
            f"第 {reader.line_num} 行的引号不成对，或一格超过 131072 字。", "请检查这一行后重新上传。"
        ) from error
    return rows


def best_sheet(sheets: list[tuple[str, list[Cells]]], columns: Sequence[Column]) -> tuple[str, list[Cells], int]:
    """The sheet and the place of its header row: where most known columns stand, the first of equals."""
    found = [(score, -order, at) for order, (_, rows) in enumerate(sheets) for score, at in [header_row(rows, columns)]]
    _, order, at = max(found)
    name, rows = sheets[-order]
    return name, rows, at


def header_row(rows: list[Cells], columns: Sequence[Column]) -> tuple[int, int]:
    """(how many known columns, index). Without known columns: the first row with two different texts."""
    scores = []
    for row in rows[:HEADER_WITHIN]:
        distinct = {cell for cell in row if cell}
        if columns:
            known = {normal(cell) for cell in distinct}
            scores.append(sum(any(normal(name) in known for name in (c.key, *c.names)) for c in columns))
        else:
            scores.append(1 if len(distinct) > 1 else 0)
    best = max(scores, default=0)
    return best, scores.index(best) if scores else 0


def build_table(
    filename: str, sheet: str, rows: list[Cells], at: int, columns: Sequence[Column], limits: Limits
) -> Table:
    file = f"{filename}（{sheet}）" if sheet and not sheet.lower().startswith("sheet") else filename
    header = rows[at] if at < len(rows) else []
    places, problems = place_columns(file, at + 1, header, columns)
    body = [(number, row) for number, row in enumerate(rows[at + 1 :], start=at + 2) if any(row)]
    if len(body) > limits.rows:
        problems.append(Problem(file, None, "", "", f"共 {len(body)} 行，超过 {limits.rows} 行。", "请分成几个文件。"))
    if problems:
        raise ImportFailed(problems)
    kept, skipped = [], []
    for number, row in body:
        if is_remark(row):
            skipped.append((number, next(cell for cell in row if cell)))
        else:
            kept.append((number, {key: row[place] if place < len(row) else "" for key, place in places.items()}))
    return Table(file, sheet, {key: header[place] for key, place in places.items()}, kept, skipped)


def place_columns(
    file: str, line: int, header: Cells, columns: Sequence[Column]
) -> tuple[dict[str, int], list[Problem]]:
    """Where each column stands, and what is missing or there twice. Unknown headers keep their own name."""
    places: dict[str, int] = {}
    problems = []
    for column in columns:
        hits = [place for place, cell in enumerate(header) if cell and column.answers_to(cell)]
        if len(hits) > 1:
            twice = "、".join(header[place] for place in hits)
            problems.append(Problem(file, line, column.label, twice, "这一列出现了不止一次。", "请只保留一列。"))
        elif hits:
            places[column.key] = hits[0]
        elif column.required:
            names = "、".join(dict.fromkeys([column.label, column.key]))
            problems.append(Problem(file, line, column.label, "", "缺少这一列。", f"请加上表头为“{names}”之一的列。"))
    for place, cell in enumerate(header):
        if cell and place not in places.values():
            places.setdefault(cell, place)
    return places, problems


def is_remark(row: Cells) -> bool:
    """A totals row, or a line under the table for names, signatures and notes: no data."""
    filled = [cell for cell in row if cell]
    first = re.sub(r"\s", "", filled[0])
    return first in TOTALS or (len(set(filled)) <= 3 and bool(_FOOTER.match(first)))
