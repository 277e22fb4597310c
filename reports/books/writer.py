"""Draws the sheets of a book: one row after the other, so a book of any size takes little memory.

Printed on A4 landscape one page wide, heads repeated, pages counted, a line for who filled in and who checked.
Numbers go in as exact decimals, texts as texts: nothing a person wrote is ever run as a formula.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from math import ceil
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from accounts.exports import neutral

from .layout import MISSING, Cell, Column, Formula, Sheet, display_width

TITLE_FONT, HEAD_FONT, BODY_FONT = "宋体", "宋体", "仿宋"
#: GB2312: a machine without the named font takes another Chinese one.
CHARSET, ROMAN = 134, 1
A4 = 9
STREAMED_ROWS = 5_000
#: About what fills the width of the paper; narrower tables are spread to it.
PAPER_WIDTH, MOST_SPREAD = 118, 1.9
FOOTER = "&L填报人：&C第 &P 页  共 &N 页&R审核人：　　　　　　"
MARKED, HEAD = "#F6EFE4", "#EFEFEF"


def write_book(out: IO[bytes], sheets: Iterable[Sheet], *, size: int, demo_note: str = "") -> None:
    """Write ``sheets`` to ``out``. ``size`` is how many rows to expect: beyond some thousand they are streamed."""
    options = {"constant_memory": size > STREAMED_ROWS, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(out, options) as book:
        styles = Styles(book)
        for sheet in sheets:
            _Drawer(book.add_worksheet(sheet.name[:31]), sheet, styles, demo_note).draw()


def write_table(out: IO[bytes], name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, size: int) -> None:
    """A plain table for machines and people: bold frozen header, codes as text, numbers exact."""
    with Workbook(out, {"constant_memory": size > STREAMED_ROWS, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(name[:31])
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        for place, title in enumerate(header):
            sheet.set_column(place, place, max(12, display_width(title) + 2))
            sheet.write_string(0, place, title, bold)
        for line, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, place, str(neutral(value)), text)
                elif value is not None:
                    sheet.write_number(line, place, value)


class Styles:
    """Cell formats of one book, each made once."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **facts: Any) -> Any:
        key = tuple(sorted(facts.items()))
        if key not in self._made:
            base = {"font_charset": CHARSET, "font_family": ROMAN, "valign": "vcenter"}
            self._made[key] = self.book.add_format(base | facts)
        return self._made[key]

    def title(self) -> Any:
        return self.of(font_name=TITLE_FONT, font_size=18, bold=True, align="center")

    def line(self) -> Any:
        return self.of(font_name=BODY_FONT, font_size=11, align="left")

    def head(self, small: bool) -> Any:
        facts = {"font_name": HEAD_FONT, "font_size": 9 if small else 11, "bold": True, "border": 1, "bg_color": HEAD}
        return self.of(**facts, align="center", text_wrap=True)

    def body(self, column: Column, sheet: Sheet, *, marked: bool, bold: bool, text: bool) -> Any:
        size = 9 if sheet.small else 11
        facts: dict[str, Any] = {"font_name": BODY_FONT, "font_size": size, "border": 1, "bold": bold}
        if column.places is not None:
            decimals = f"0.{'0' * column.places}" if column.places else "0"
            facts |= {"align": "center" if column.centred else "right", "num_format": decimals}
        else:
            facts |= {"align": "center" if column.centred else "left", "text_wrap": True, "num_format": "@"}
        if text and column.places is not None:
            facts |= {"align": "center", "num_format": "@"}
        return self.of(**facts, **({"bg_color": MARKED} if marked else {}))

    def note(self) -> Any:
        return self.of(font_name=BODY_FONT, font_size=10, align="left", text_wrap=True)


class _Drawer:
    """One sheet, drawn from the top: rows are written once and never looked at again."""

    def __init__(self, sheet: Worksheet, content: Sheet, styles: Styles, demo_note: str) -> None:
        self.sheet, self.content, self.styles, self.demo_note = sheet, content, styles, demo_note
        self.last = len(content.columns) - 1
        self.row = 0
        width = sum(column.width for column in content.columns)
        spread = min(max(PAPER_WIDTH / width, 1), MOST_SPREAD)
        self.widths = [column.width * spread for column in content.columns]
        self._styles: dict[tuple[int, bool, bool, bool], Any] = {}

    def draw(self) -> None:
        self._page()
        self._title()
        self._heads()
        self._body()
        self._notes()

    def _page(self) -> None:
        sheet, content = self.sheet, self.content
        for place, width in enumerate(self.widths):
            sheet.set_column(place, place, width)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.repeat_rows(2, content.head_rows - 1)
        sheet.freeze_panes(content.head_rows, min(content.frozen, self.last))
        sheet.set_footer(FOOTER)
        if self.demo_note:
            sheet.set_header(f"&R{self.demo_note}")

    def _title(self) -> None:
        self._across(self.content.title, self.styles.title(), 32)
        line = "　　".join(part for part in (self.content.line, self.demo_note) if part)
        self._across(line, self.styles.line(), 20)

    def _across(self, text: str, style: Any, height: float) -> None:
        self.sheet.set_row(self.row, height)
        if self.last:
            self.sheet.merge_range(self.row, 0, self.row, self.last, "", style)
        self.sheet.write_string(self.row, 0, str(neutral(text)), style)
        self.row += 1

    def _heads(self) -> None:
        style, columns = self.styles.head(self.content.small), self.content.columns
        if self.content.grouped:
            self._group_heads(style)
        pairs = zip(columns, self.widths, strict=True)
        lines = max(ceil((display_width(column.title) + 1) / max(width - 1, 2)) for column, width in pairs)
        self.sheet.set_row(self.row, max(24, lines * (12 if self.content.small else 15) + 6))
        for place, column in enumerate(columns):
            if not (self.content.grouped and self._tall(column)):
                self.sheet.write_string(self.row, place, column.title, style)
        self.row += 1

    def _tall(self, column: Column) -> bool:
        """Whether the head stands in both rows of heads; a streamed sheet cannot merge downwards."""
        return not column.group and not self.sheet.constant_memory

    def _group_heads(self, style: Any) -> None:
        self.sheet.set_row(self.row, 20)
        place = 0
        for group, members in groupby(self.content.columns, key=lambda column: column.group):
            columns = list(members)
            last = place + len(columns) - 1
            if group and last > place:
                self.sheet.merge_range(self.row, place, self.row, last, group, style)
            else:
                for here, column in enumerate(columns, start=place):
                    self._single_head(here, column, style)
            place = last + 1
        self.row += 1

    def _single_head(self, place: int, column: Column, style: Any) -> None:
        if self._tall(column):
            self.sheet.merge_range(self.row, place, self.row + 1, place, column.title, style)
        else:
            self.sheet.write_string(self.row, place, column.group, style)

    def _body(self) -> None:
        first = self.row + 1
        count = 0
        for count, values in enumerate(self.content.rows, start=1):
            self._values(values, first, marked=count - 1 in self.content.marked)
        if not count:
            self._across("（无）", self.styles.of(font_name=BODY_FONT, font_size=11, align="center", border=1), 22)
        elif self.content.totals:
            self._values(self.content.totals, first, bold=True)

    def _values(self, values: Sequence[Cell], first: int, *, marked: bool = False, bold: bool = False) -> None:
        self.sheet.set_row(self.row, self._height(values))
        for place, (column, value) in enumerate(zip(self.content.columns, values, strict=True)):
            text = value is None or isinstance(value, str)
            key = (place, marked, bold, text)
            style = self._styles.get(key)
            if style is None:
                style = self._styles[key] = self.styles.body(column, self.content, marked=marked, bold=bold, text=text)
            self._cell(place, value, style, first)
        self.row += 1

    def _cell(self, place: int, value: Cell, style: Any, first: int) -> None:
        if isinstance(value, Formula):
            text = value.text.format(row=self.row + 1, first=first, last=self.row)
            self.sheet.write_formula(self.row, place, text, style, value.value)
        elif isinstance(value, (int, Decimal)):
            self.sheet.write_number(self.row, place, value, style)
        elif value == "":
            self.sheet.write_blank(self.row, place, None, style)
        else:
            self.sheet.write_string(self.row, place, str(neutral(MISSING if value is None else value)), style)

    def _height(self, values: Sequence[Cell]) -> float:
        """High enough for the longest wrapped text: not every program fits rows when it opens a file."""
        lines = 1
        for column, width, value in zip(self.content.columns, self.widths, values, strict=True):
            if isinstance(value, str) and column.places is None:
                room = (width - 1) * (1.2 if self.content.small else 1)
                lines = max(lines, ceil(display_width(value) / room))
        return max(16 if self.content.small else 21, lines * (12 if self.content.small else 15) + 5)

    def _notes(self) -> None:
        width = sum(self.widths)
        for note in self.content.notes:
            self._across(note, self.styles.note(), 15 * ceil(display_width(note) / width) + 5)
