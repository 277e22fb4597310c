"""The public notice as a Word document to stamp and post: the page of GB/T 9704-2012, the list as its attachment.

Margins, text area, lines and characters a page, type sizes and the places of signature and page number are the
standard's. Its fonts cannot be shipped: they are named, and a machine without them shows another Chinese one.
"""

from collections.abc import Sequence
from datetime import date
from typing import IO, Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips

from accounts.models import Tenant
from scoring.models import PublicNotice

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLE, BODY, HEAD, LATIN = "方正小标宋简体", "仿宋_GB2312", "黑体", "Times New Roman"
#: 3 号, 2 号, 4 号 in points; the grid gives 22 lines of 28 characters.
SIZE, LARGE, SMALL = 16, 22, 14
LINE = Twips(579)
TOP, BOTTOM, LEFT, RIGHT = Twips(2098), Twips(1984), Twips(1588), Twips(1474)
WIDTH = 156
CHARACTER = Pt(SIZE)


def write_notice(out: IO[bytes], notice: PublicNotice, tenant: Tenant, *, note: str = "") -> None:
    """``note`` stands last, small: that the figures are made up, for instance."""
    document = _blank(notice.title)
    _centred(document, notice.title, TITLE, LARGE, after=LINE)
    for text in notice.text.splitlines():
        if text.strip():
            _paragraph(document, text.strip())
    _paragraph(
        document, f"公示时间：{_day(notice.opens_on)}至{_day(notice.closes_on)}（{notice.working_days} 个工作日）。"
    )
    if notice.channels:
        _paragraph(document, "反映渠道：", HEAD)
        for text in notice.channels.splitlines():
            if text.strip():
                _paragraph(document, text.strip())
    _paragraph(document, f"附件：公示名单（{len(notice.rows)} 家）", before=LINE)
    _signature(document, tenant.office, notice.opens_on)
    _attachment(document, notice)
    if note:
        _centred(document, note, BODY, 10)
    document.save(out)


def _blank(title: str) -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = TOP, BOTTOM, LEFT, RIGHT
    _grid(section)
    _page_number(section)
    style = document.styles["Normal"]
    _font(style, BODY, SIZE)
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    document.core_properties.title, document.core_properties.author = title, "标杆"
    document.core_properties.language = "zh-CN"
    return document


def _grid(section: Any) -> None:
    """22 lines of 28 characters."""
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    for name, value in (("type", "linesAndChars"), ("linePitch", "579"), ("charSpace", "-849")):
        grid.set(qn(f"w:{name}"), value)


def _page_number(section: Any) -> None:
    """— 1 — in 4 号, centred below the text."""
    section.footer_distance = Mm(28)
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("— ", ""), ("", "PAGE"), (" —", "")):
        run = paragraph.add_run(text)
        _font(run, "宋体", SMALL)
        if field:
            for kind in ("begin", "", "end"):
                run._r.append(_instruction(field) if not kind else _field_end(kind))


def _field_end(kind: str) -> Any:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    return mark


def _instruction(text: str) -> Any:
    element = OxmlElement("w:instrText")
    element.set(qn("xml:space"), "preserve")
    element.text = f" {text} "
    return element


def _font(holder: Any, name: str, size: float) -> None:
    """``holder`` is a style or a run. Word picks the Chinese font by its own attribute."""
    holder.font.name, holder.font.size = LATIN, Pt(size)
    holder.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _paragraph(document: Any, text: str, font: str = BODY, *, before: Any = None) -> Any:
    """A paragraph of text, its first line two characters in."""
    paragraph = document.add_paragraph()
    _font(paragraph.add_run(text), font, SIZE)
    paragraph.paragraph_format.first_line_indent = CHARACTER * 2
    if before is not None:
        paragraph.paragraph_format.space_before = before
    return paragraph


def _centred(document: Any, text: str, font: str, size: float, *, after: Any = None) -> None:
    paragraph = document.add_paragraph()
    _font(paragraph.add_run(text), font, size)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing = max(LINE, Pt(size * 1.6))
    if after is not None:
        paragraph.paragraph_format.space_after = after


def _signature(document: Any, office: str, day: date) -> None:
    """Under a seal: the date four characters from the right, the organ centred over it."""
    for text, from_right, before in ((office, _over(office, day), LINE * 2), (_day(day), 4, None)):
        paragraph = document.add_paragraph()
        _font(paragraph.add_run(text), BODY, SIZE)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = int(CHARACTER * from_right)
        if before is not None:
            paragraph.paragraph_format.space_before = before
            paragraph.paragraph_format.keep_with_next = True


def _over(office: str, day: date) -> float:
    """Characters from the right at which the organ's name stands centred over the date."""
    width = sum(0.5 if sign.isascii() else 1 for sign in _day(day))
    return max(2.0, 4 + (width - len(office)) / 2)


def _day(day: date) -> str:
    """2026 年 4 月 1 日, without zeros in front."""
    return f"{day.year}年{day.month}月{day.day}日"


def _attachment(document: Any, notice: PublicNotice) -> None:
    """On a page of its own: 附件 at the top left, its title centred on the third line, the list."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    _grid(section)
    head = document.add_paragraph()
    _font(head.add_run("附件"), HEAD, SIZE)
    document.add_paragraph()
    _centred(document, "公示名单", TITLE, LARGE, after=LINE // 2)
    rows = [
        (str(number), row["organization"], row["tier"], row["township"] or "—")
        for number, row in enumerate(notice.rows, start=1)
    ]
    _table(document, ("序号", "单位全称", "类别", "所属乡镇（街道）"), rows, (16, 68, 26, 46))


def _table(document: Any, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for texts, font in ((header, HEAD), *((row, BODY) for row in rows)):
        line = table.add_row()
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for place, (cell, text) in enumerate(zip(line.cells, texts, strict=True)):
            cell.width = Mm(widths[place])
            paragraph = cell.paragraphs[0]
            _font(paragraph.add_run(text), font, SMALL)
            paragraph.paragraph_format.line_spacing = Pt(22)
            if font is HEAD or place in (0, 2):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
