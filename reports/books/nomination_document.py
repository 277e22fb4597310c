"""The nomination form (申报表) as a Word document that people stamp and go on editing: A4 upright, one table, one unit.

What the platform does not keep (the secretary's name and telephone) is left blank to be written by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from campaigns.models import Nomination
from campaigns.nominating import Checklist, self_total
from schemes.exact import decimal_text

from .tally_document import BODY, HEAD, LATIN, TYPE

__all__ = ["TYPE", "NominationPaper", "paper_of", "write_nomination"]

#: Widths of the four columns of the form, in mm.
COLUMNS = (30, 53, 30, 53)


@dataclass(frozen=True)
class NominationPaper:
    """What stands on the form: ``pairs`` two by two, then ``blocks`` over the whole width with their least height."""

    title: str
    head: str
    pairs: list[tuple[str, str]]
    blocks: list[tuple[str, list[str], int]]


def paper_of(nomination: Nomination, asked: Checklist, *, office: str) -> NominationPaper:
    organization, township = nomination.organization, nomination.township
    scheme = nomination.round.scheme_version.document
    pairs = [
        ("组织全称", organization.name), ("申报类别", nomination.tier),
        ("所属乡镇", township.name if township else ""), ("组织类别", organization.get_kind_display()),
        ("党员数", "" if organization.member_count is None else str(organization.member_count)),
        ("申报轮次", nomination.round.title), ("书记姓名", ""), ("联系电话", ""),
    ]  # fmt: skip
    above = f"{township.name if township else '上级'}党（工）委意见"
    blocks = [
        ("基本情况", nomination.statement.splitlines(), 40),
        ("创建方案摘要", nomination.plan.splitlines(), 36),
        ("对照标准自评情况", _marks(nomination), 16),
        ("附件清单", _attachments(asked), 16),
        (above, ["", "", _SIGNED], 30),
        (f"{office}意见", [nomination.decision_reason, "", _SIGNED], 30),
    ]
    head = "申报单位（盖章）：　　　　　　　　　　填报时间：　　　　年　　月　　日"
    return NominationPaper(f"{scheme.identity.name}申报表", head, pairs, blocks)


_SIGNED = "（盖章）　　　　年　　月　　日"


def _marks(nomination: Nomination) -> list[str]:
    """Every mark with its full mark; what is not marked has a blank, zero is a mark."""
    scheme = nomination.round.scheme_version.document
    if not scheme.nomination.self_assessment:
        return ["办法没有要求自评。"]
    lines = []
    for leaf in scheme.leaves:
        mark = nomination.self_marks.get(leaf.key, "　　")
        lines.append(f"{leaf.name}：{mark} 分（满分 {decimal_text(scheme.points_of(leaf.key))} 分）")
    total = self_total(scheme, nomination)
    return [*lines, f"合计：{total} 分（满分 {decimal_text(scheme.full_marks)} 分）"] if total else lines


def _attachments(asked: Checklist) -> list[str]:
    lines = []
    for ask in asked.asks:
        names = "、".join(each.material.title for each in ask.given)
        if names or ask.piece.required:
            lines.append(f"{ask.piece.criterion}·{ask.piece.text}：{names or '缺'}")
    lines += [each.material.title for each in asked.others]
    return [f"{number}．{line}" for number, line in enumerate(lines, start=1)] or ["没有附件。"]


# -- the document


def write_nomination(out: IO[bytes], paper: NominationPaper) -> None:
    document = _blank(paper.title)
    title = _line(document.add_paragraph(), paper.title, HEAD, 18)
    title.alignment, title.paragraph_format.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(10)
    _line(document.add_paragraph(), paper.head, BODY, 10.5).paragraph_format.space_after = Pt(4)
    table = document.add_table(rows=0, cols=len(COLUMNS), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for at in range(0, len(paper.pairs), 2):
        _pair(table, [text for pair in paper.pairs[at : at + 2] for text in pair])
    for label, lines, height in paper.blocks:
        _block(table, label, lines, height)
    document.save(out)


def _blank(title: str) -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(20), Mm(18)
    section.left_margin = section.right_margin = Mm(22)
    style = document.styles["Normal"]
    _font(style, BODY, 10.5)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    document.core_properties.title, document.core_properties.author = title, "标杆"
    document.core_properties.language = "zh-CN"
    return document


def _font(holder: Any, name: str, size: float) -> None:
    """``holder`` is a style or a run. Word picks the Chinese font by its own attribute."""
    holder.font.name, holder.font.size = LATIN, Pt(size)
    holder.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(paragraph: Any, text: str, font: str, size: float) -> Any:
    _font(paragraph.add_run(text), font, size)
    return paragraph


def _row(table: Any, height: int) -> Any:
    row = table.add_row()
    row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
    for cell, width in zip(row.cells, COLUMNS, strict=True):
        cell.width = Mm(width)
    return row


def _pair(table: Any, texts: Sequence[str]) -> None:
    for place, (cell, text) in enumerate(zip(_row(table, 9).cells, texts, strict=True)):
        _line(cell.paragraphs[0], text, BODY if place % 2 else HEAD, 10.5)


def _block(table: Any, label: str, lines: Sequence[str], height: int) -> None:
    """A label, and beside it the text over the other three columns; a line for signing stands to the right."""
    row = _row(table, height)
    _line(row.cells[0].paragraphs[0], label, HEAD, 10.5)
    cell = row.cells[1].merge(row.cells[3])
    for number, text in enumerate(lines or [""]):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        _line(paragraph, text, BODY, 10.5)
        if text == _SIGNED:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
