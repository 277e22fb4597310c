"""The tally sheet as a Word document that people go on editing: A4 upright, 仿宋 for the text, 黑体 for the heads."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from .tally import Tally

BODY, HEAD = "仿宋_GB2312", "黑体"
#: What stands beside the Chinese fonts: digits and letters.
LATIN = "Times New Roman"
#: Width between the margins, in mm.
WIDTH = 166
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def write_tally(out: IO[bytes], tally: Tally) -> None:
    document = _blank(tally)
    _title(document, tally.title)
    _pairs(document, tally.facts, per_row=2)
    _steps(document, tally)
    _figures(document, tally)
    _sheets(document, tally)
    _following(document, tally)
    _head(document, "核验")
    _pairs(document, tally.proof[:6], per_row=2)
    _pairs(document, tally.proof[6:], per_row=1)
    _signs(document, tally)
    document.save(out)


def _blank(tally: Tally) -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(20), Mm(18)
    section.left_margin = section.right_margin = Mm(22)
    style = document.styles["Normal"]
    _font(style, BODY, 10.5)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    document.core_properties.title, document.core_properties.author = tally.title, "标杆"
    document.core_properties.language = "zh-CN"
    return document


def _font(holder: Any, name: str, size: float) -> None:
    """``holder`` is a style or a run. Word picks the Chinese font by its own attribute."""
    holder.font.name, holder.font.size = LATIN, Pt(size)
    holder.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(document: Any, text: str, font: str, size: float) -> Any:
    paragraph = document.add_paragraph()
    _font(paragraph.add_run(text), font, size)
    return paragraph


def _title(document: Any, text: str) -> None:
    paragraph = _line(document, text, HEAD, 18)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(10)


def _head(document: Any, text: str) -> None:
    paragraph = _line(document, text, HEAD, 12)
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(10), Pt(4)
    paragraph.paragraph_format.keep_with_next = True


def _pairs(document: Any, pairs: Sequence[tuple[str, str]], *, per_row: int) -> None:
    """Labels with their texts, ``per_row`` pairs side by side."""
    padded = [*pairs, *[("", "")] * (-len(pairs) % per_row)]
    rows = [[text for pair in padded[i : i + per_row] for text in pair] for i in range(0, len(padded), per_row)]
    rest = WIDTH / per_row - 22
    _table(document, (), rows, (22, rest) * per_row, heads=range(0, 2 * per_row, 2))


def _steps(document: Any, tally: Tally) -> None:
    _head(document, "裁定过程")
    rows = [(str(i), step.title, step.detail, step.label) for i, step in enumerate(tally.steps, start=1)]
    _table(document, ("序号", "环节", "依据与数字", "条文"), rows, (12, 38, 96, 20))


def _figures(document: Any, tally: Tally) -> None:
    if tally.figures:
        _head(document, "得分计算")
        rows = [
            (f"{'　' * row.depth}{row.name}{f'（{row.role}）' if row.role else ''}", row.full, row.how or "记录", row.value,
             row.label)
            for row in tally.figures
        ]  # fmt: skip
        _table(document, ("项目", "满分", "怎么来的", "得分", "条文"), rows, (46, 14, 66, 22, 18), right=(1, 3))


def _sheets(document: Any, tally: Tally) -> None:
    if not tally.sheets:
        return
    _head(document, "评分单")
    rows = [(sheet.inspector, sheet.total, sheet.use) for sheet in tally.sheets]
    _table(document, ("评委", "总分", "取舍"), rows, (56, 55, 55), right=(1,))
    if tally.mean:
        _line(document, f"算式：{tally.mean}", BODY, 10.5).paragraph_format.space_before = Pt(4)
    if tally.marks:
        _head(document, "单项打分")
        each = (WIDTH - 74) / len(tally.numbers)
        marks = [(row.name, row.full, *row.marks) for row in tally.marks]
        columns = range(1, 2 + len(tally.numbers))
        _table(
            document,
            ("项目与标准", "满分", *tally.numbers),
            marks,
            (60, 14, *[each] * len(tally.numbers)),
            right=columns,
        )


def _following(document: Any, tally: Tally) -> None:
    if tally.following:
        _head(document, "后果")
        rows = [(row.name, row.amount, row.reason, row.who, row.until, row.label) for row in tally.following]
        _table(document, ("事项", "数额", "原因", "对象", "期限", "条文"), rows, (32, 22, 54, 22, 18, 18))


def _signs(document: Any, tally: Tally) -> None:
    blank = "　" * 6
    paragraph = _line(document, "　　".join(f"{sign}：{blank}" for sign in tally.signs), BODY, 12)
    paragraph.paragraph_format.space_before = Pt(26)
    date = _line(document, "　　年　　月　　日", BODY, 12)
    date.alignment, date.paragraph_format.space_before = WD_ALIGN_PARAGRAPH.RIGHT, Pt(12)
    if tally.note:
        _line(document, tally.note, BODY, 9).paragraph_format.space_before = Pt(8)


def _table(
    document: Any, header: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float],
    *, right: Iterable[int] = (), heads: Iterable[int] = (),
) -> None:  # fmt: skip
    """A bordered table; ``widths`` in mm, ``right`` and ``heads`` are columns set to the right and in the head's
    font.
    """
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    aligned, bold = set(right), set(heads)
    if header:
        _row(table, header, widths, aligned, range(len(header)))
        _repeat(table.rows[0])
    for texts in rows:
        _row(table, texts, widths, aligned, bold)


def _row(table: Any, texts: Sequence[str], widths: Sequence[float], right: set[int], heads: Iterable[int]) -> None:
    row, bold = table.add_row(), set(heads)
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for i, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = Mm(widths[i])
        paragraph = cell.paragraphs[0]
        _font(paragraph.add_run(text), HEAD if i in bold else BODY, 9.5)
        if i in right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repeat(row: Any) -> None:
    """The head stands again on the next page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
