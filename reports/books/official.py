"""Official papers as Word documents in the layout of GB/T 9704-2012, ready to be edited, numbered and sealed.

Responsible for paper, margins, grid, fonts by name, page numbers and the parts that papers have in common: red head,
title, addressee, text, signature, attachments with tables. What a paper says is the business of who writes it.
The fonts cannot be shipped: where 方正小标宋简体 or 仿宋_GB2312 is not installed, Word shows 宋体 (``FONTS_NOTE``).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TITLE, BODY, HEAD, SUBHEAD, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
#: What stands beside the Chinese fonts: digits and letters.
LATIN = "Times New Roman"
#: Sizes in points: 2号, 3号, 4号 and 小四.
NO2, NO3, NO4, SMALL4 = 22, 16, 14, 12
#: 22 lines of the 225 mm between the margins.
LINE = 28.95
WIDTH = 156
RED = RGBColor(0xC0, 0x00, 0x00)
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONTS_NOTE = "用到方正小标宋简体、仿宋_GB2312、黑体、楷体_GB2312；电脑上没有的，Word 或 WPS 会换成宋体，内容不变。"


def chinese_day(day: date) -> str:
    """2026年4月5日: Arabic digits, no zeros before them."""
    return f"{day.year}年{day.month}月{day.day}日"


def party_office(office: str) -> str:
    """A party office by its full name: 建德市委组织部 is 中共建德市委组织部."""
    return office if office.startswith("中共") or "委" not in office else f"中共{office}"


class OfficialPaper:
    """One paper, built from the top. Every method adds a part below the last one."""

    def __init__(self, title: str, *, author: str) -> None:
        self.document: Any = Document()
        self.document.core_properties.title, self.document.core_properties.author = title, author
        self.document.core_properties.language = "zh-CN"
        self._page()
        self._numbers()
        _font(self.document.styles["Normal"], BODY, NO3)

    # -- parts

    def red_head(self, organ: str, number: str) -> None:
        """发文机关标志 with 发文字号 and the red line below it."""
        mark = self._line(f"{organ}文件", TITLE, 40, align=WD_ALIGN_PARAGRAPH.CENTER, exact=False)
        mark.paragraph_format.space_before, mark.paragraph_format.space_after = Mm(8), Pt(LINE)
        mark.runs[0].font.color.rgb = RED
        under = self._line(number, BODY, NO3, align=WD_ALIGN_PARAGRAPH.CENTER)
        _border(under, "bottom", colour="C00000", eighths=10, gap=11)

    def title(self, text: str) -> None:
        """Two lines below what is above it."""
        for _ in range(2):
            self._line("", BODY, NO3)
        self._line(text, TITLE, NO2, align=WD_ALIGN_PARAGRAPH.CENTER).paragraph_format.space_after = Pt(LINE)

    def addressee(self, text: str) -> None:
        self._line(f"{text}：", BODY, NO3)

    def heading(self, text: str) -> None:
        """一、 in 黑体."""
        self._line(text, HEAD, NO3, indent=True)

    def subheading(self, text: str) -> None:
        """（一） in 楷体."""
        self._line(text, SUBHEAD, NO3, indent=True)

    def text(self, *paragraphs: str) -> None:
        for paragraph in paragraphs:
            self._line(paragraph, BODY, NO3, indent=True)

    def names_attachments(self, titles: Sequence[str]) -> None:
        """附件：…, one line below the text."""
        self._line("", BODY, NO3)
        for number, title in enumerate(titles, start=1):
            head = "附件：" if number == 1 else "　　　"
            count = f"{number}. " if len(titles) > 1 else ""
            self._line(f"{head}{count}{title}", BODY, NO3, indent=True)

    def signature(self, organ: str, day: date) -> None:
        """Organ and date, room above for the seal."""
        for _ in range(2):
            self._line("", BODY, NO3)
        for text, back in ((organ, 200), (chinese_day(day), 400)):
            line = self._line(text, BODY, NO3, align=WD_ALIGN_PARAGRAPH.RIGHT)
            _indent(line, right=back)

    def attachment(self, title: str, number: int | None = None) -> None:
        """A new page: 附件1 in 黑体, the title two lines below."""
        head = self._line(f"附件{number or ''}", HEAD, NO3)
        head.runs[0]._r.addprevious(_page_break())
        self._line("", BODY, NO3)
        self._line(title, TITLE, NO2, align=WD_ALIGN_PARAGRAPH.CENTER).paragraph_format.space_after = Pt(8)

    def table(
        self,
        header: Sequence[str],
        rows: Iterable[Sequence[str]],
        widths: Sequence[float],
        *,
        right: Iterable[int] = (),
        centred: Iterable[int] = (0,),
        total: Sequence[str] = (),
    ) -> None:
        """A bordered table over the width of the text; ``widths`` are shares, the head repeats on every page."""
        table = self.document.add_table(rows=0, cols=len(widths), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        millimetres = [WIDTH * each / sum(widths) for each in widths]
        aligned = dict.fromkeys(centred, WD_ALIGN_PARAGRAPH.CENTER) | dict.fromkeys(right, WD_ALIGN_PARAGRAPH.RIGHT)
        everywhere = dict.fromkeys(range(len(widths)), WD_ALIGN_PARAGRAPH.CENTER)
        _row(table, header, millimetres, everywhere, HEAD)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for texts in rows:
            _row(table, texts, millimetres, aligned, BODY)
        if total:
            _row(table, total, millimetres, aligned, HEAD)

    def note(self, text: str) -> None:
        """A small line under a table."""
        self._line(text, BODY, SMALL4, exact=False).paragraph_format.space_before = Pt(6)

    def save(self, out: IO[bytes]) -> None:
        self.document.save(out)

    # -- paper

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(24)
        grid = OxmlElement("w:docGrid")
        for name, value in (("type", "linesAndChars"), ("linePitch", "579"), ("charSpace", "-849")):
            grid.set(qn(f"w:{name}"), value)
        for known in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(known)
        section._sectPr.append(grid)

    def _numbers(self) -> None:
        """— 1 — in 4号 below the text: to the right on odd pages, to the left on even ones, one character in."""
        self.document.settings.odd_and_even_pages_header_footer = True
        section = self.document.sections[0]
        pages = (section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
        for footer, side in pages:
            footer.is_linked_to_previous = False
            paragraph = footer.paragraphs[0]
            paragraph.alignment = side
            _indent(paragraph, left=100 if side == WD_ALIGN_PARAGRAPH.LEFT else 0,
                    right=100 if side == WD_ALIGN_PARAGRAPH.RIGHT else 0)  # fmt: skip
            for part in ("— ", None, " —"):
                run = paragraph.add_run(part or "")
                _font(run, SONG, NO4)
                if part is None:
                    _page_field(run)

    def _line(
        self, text: str, font: str, size: float, *, align: Any = None, indent: bool = False, exact: bool = True
    ) -> Any:
        paragraph = self.document.add_paragraph()
        _font(paragraph.add_run(text), font, size)
        layout = paragraph.paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        if exact:
            layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        layout.line_spacing = Pt(LINE if size <= NO3 else LINE + 4)
        if align is not None:
            paragraph.alignment = align
        if indent:
            _indent(paragraph, first=200)
        return paragraph


def _font(holder: Any, name: str, size: float) -> None:
    """``holder`` is a style or a run. Word picks the Chinese font by its own attribute."""
    holder.font.name, holder.font.size = LATIN, Pt(size)
    holder.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _indent(paragraph: Any, **hundredths: int) -> None:
    """Indents counted in characters (a hundredth each), so that they fit whatever the size."""
    names = {"first": "firstLineChars", "left": "leftChars", "right": "rightChars"}
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for side, value in hundredths.items():
        if value:
            indent.set(qn(f"w:{names[side]}"), str(value))


def _border(paragraph: Any, side: str, *, colour: str, eighths: int, gap: int) -> None:
    borders, line = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", eighths), ("space", gap), ("color", colour)):
        line.set(qn(f"w:{name}"), str(value))
    borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _page_break() -> Any:
    run, mark = OxmlElement("w:r"), OxmlElement("w:br")
    mark.set(qn("w:type"), WD_BREAK.PAGE.name.lower())
    run.append(mark)
    return run


def _page_field(run: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text or None
        run._r.append(part)


def _row(table: Any, texts: Sequence[str], widths: Sequence[float], aligned: dict[int, Any], font: str) -> None:
    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = Mm(widths[place])
        paragraph = cell.paragraphs[0]
        _font(paragraph.add_run(text), font, SMALL4)
        if place in aligned:
            paragraph.alignment = aligned[place]
