"""Paper forms as one Word document that an office may still edit: A4 upright, one sheet after the other."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from .official import BODY, HEAD, LATIN
from .paper_form import FormRow, PaperForm

WIDTHS = (11, 62, 14, 66, 27)
HEADS = ("序号", "评分标准", "满分", "打分", "扣分理由")
BOX = "□"


def write_forms(out: IO[bytes], forms: Iterable[PaperForm]) -> None:
    document = _blank()
    for place, form in enumerate(forms):
        if place:
            document.add_page_break()
        _form(document, form)
    document.save(out)


def _blank() -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(14)
    section.left_margin = section.right_margin = Mm(15)
    style = document.styles["Normal"]
    _font(style, BODY, 10)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    document.core_properties.title, document.core_properties.author = "评分表", "标杆"
    document.core_properties.language = "zh-CN"
    return document


def _font(holder: Any, name: str, size: float) -> None:
    holder.font.name, holder.font.size = LATIN, Pt(size)
    holder.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(document: Any, text: str, font: str, size: float, *, before: float = 0) -> Any:
    paragraph = document.add_paragraph()
    _font(paragraph.add_run(text), font, size)
    paragraph.paragraph_format.space_before = Pt(before)
    return paragraph


def _form(document: Any, form: PaperForm) -> None:
    title = _line(document, form.title, HEAD, 16)
    title.alignment, title.paragraph_format.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(6)
    pairs = list(zip(form.heads[::2], form.heads[1::2], strict=True))
    table = _table(document, (20, 70, 20, 70))
    for left, right in pairs:
        _cells(table, (*left, *right), (20, 70, 20, 70), bold=(0, 2))
    _line(document, "", BODY, 4)
    table = _table(document, WIDTHS)
    _cells(table, HEADS, WIDTHS, bold=range(5))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for item in form.items:
        if not item.alone:
            _cells(table, ("", item.name, item.full, "", ""), WIDTHS, bold=(1, 2))
        for row in item.rows:
            _cells(table, (row.order, _what(row), row.full, _how(row), ""), WIDTHS)
    _cells(table, ("", "合计", form.full, "得分：", ""), WIDTHS, bold=range(4))
    _line(document, "备注：" + "_" * 70, BODY, 10, before=8)
    _line(document, f"评委签名：{'_' * 20}　　日期：　　年　　月　　日", BODY, 12, before=14)
    _line(document, form.note, BODY, 8.5, before=8)


def _what(row: FormRow) -> str:
    return "\n".join(part for part in (row.name, row.guidance, *row.deductions) if part)


def _how(row: FormRow) -> str:
    return "　".join(f"{BOX}{key}" for key in row.keys) if row.keys else f"______ 分{row.blank}"


def _table(document: Any, widths: Sequence[float]) -> Any:
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _cells(table: Any, texts: Sequence[str], widths: Sequence[float], *, bold: Iterable[int] = ()) -> None:
    row, heads = table.add_row(), set(bold)
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = Mm(widths[place])
        _font(cell.paragraphs[0].add_run(text), HEAD if place in heads else BODY, 9.5)
