"""The score sheet on paper (纸质评分表): what the phone asks, in the same order and words, for a pen.

Texts only; the printed page and the Word document are laid out from them.
"""

from dataclasses import dataclass
from fractions import Fraction

from campaigns.models import Nomination, Round
from schemes import Scheme
from schemes.blocks.criteria import Node
from schemes.exact import decimal_text
from schemes.rules.marking import Deduction, SheetMark
from schemes.rules.marking.choices import ChoiceMark
from sites.models import PanelMember

#: More marks than this do not fit on a line: the mark is written.
MOST_KEYS = 13
NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
NOTE = "每条只勾一个分；没有勾、没有写的不等于零分，零分请勾“0”或写“0”。涂改处请签名。"


@dataclass(frozen=True)
class FormRow:
    """One criterion. ``keys`` are boxes to tick; empty: the mark is written into ``blank``."""

    order: str
    name: str
    guidance: str
    full: str
    keys: tuple[str, ...]
    blank: str
    deductions: tuple[str, ...]


@dataclass(frozen=True)
class FormItem:
    """``alone``: the item is itself the one criterion, so it has no head of its own."""

    name: str
    full: str
    rows: tuple[FormRow, ...]
    alone: bool = False


@dataclass(frozen=True)
class PaperForm:
    """One sheet: of one inspector for one entry."""

    title: str
    heads: tuple[tuple[str, str], ...]
    items: tuple[FormItem, ...]
    full: str
    note: str


def form_items(scheme: Scheme) -> tuple[FormItem, ...]:
    """The criteria that inspectors mark, under the items of the scheme; the same for every entry."""
    items, number = [], 0
    for node in scheme.criteria.tree:
        leaves = [leaf for leaf in node.leaves if leaf.on_sheets]
        if not leaves:
            continue
        rows = []
        for leaf in leaves:
            number += 1
            rows.append(_row(number, leaf))
        ordinal = NUMERALS[len(items)] if len(items) < len(NUMERALS) else str(len(items) + 1)
        items.append(
            FormItem(
                f"{ordinal}、{node.name}", _points(sum(map(_full, leaves), Fraction(0))), tuple(rows), not node.children
            )
        )
    return tuple(items)


def form_of(
    round: Round, items: tuple[FormItem, ...], nomination: Nomination, member: PanelMember, *, demo: bool
) -> PaperForm:
    role = "" if member.role == "member" else f"（{member.get_role_display()}，不计入结果）"
    township = nomination.township.name if nomination.township else "—"
    heads = (
        ("参评单位", nomination.organization.name),
        ("所属乡镇", township),
        ("申报等次", nomination.tier or "—"),
        ("轮次", f"{round.title}　{round.onsite_date:%Y-%m-%d}"),
        ("评委", f"{member.inspector.number} {member.inspector.name}{role}"),
        ("组别", member.group or "—"),
    )
    whole = sum((Fraction(item.full) for item in items), Fraction(0))
    note = f"{NOTE}演示数据，分值为合成。" if demo else NOTE
    return PaperForm(f"{round.campaign.name}评分表", heads, items, _points(whole), note)


def _row(number: int, leaf: Node) -> FormRow:
    method = leaf.mark
    assert isinstance(method, SheetMark)
    keys = _keys(method)
    return FormRow(
        order=str(number),
        name=leaf.name,
        guidance=leaf.guidance,
        full=_points(method.full),
        keys=keys,
        blank="" if keys else f"（{method.allowed()}）",
        deductions=tuple(f"{item.sentence()}：____ 次" for item in method.items)
        if isinstance(method, Deduction)
        else (),
    )


def _keys(method: SheetMark) -> tuple[str, ...]:
    """The marks a pen can tick, the highest first, as on the phone."""
    if isinstance(method, ChoiceMark):
        return tuple(f"{name} {_points(points)}" for name, points in method.choices)
    if isinstance(method, Deduction) or method.units_at_most >= MOST_KEYS:
        return ()
    return tuple(_points(method.to_mark(units)) for units in range(method.units_at_most, -1, -1))


def _full(leaf: Node) -> Fraction:
    return leaf.mark.full if isinstance(leaf.mark, SheetMark) else Fraction(0)


def _points(value: Fraction) -> str:
    return decimal_text(value)
