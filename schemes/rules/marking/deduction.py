"""Deduction from full marks (扣分制): what is written is what remains; the items say what costs how much."""

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from ...exact import decimal_text
from ...problems import Problem
from ..base import Exact, Key, Part
from .base import MOST_UNITS, SheetMark, parse_mark
from .choices import common_step

_TAKEN = re.compile(r"扣除?\s*(.+)")


class DeductionItem(Part):
    """Each time costs ``points``, altogether at most ``most``; ``key`` is its number in the 办法, shown before the
    name.
    """

    key: Key | None = None
    name: Annotated[str, Field(min_length=1, max_length=80)]
    points: Exact = Field(gt=0)
    most: Annotated[Exact, Field(gt=0)] | None = None

    def sentence(self) -> str:
        most = f"、最多扣 {decimal_text(self.most)} 分" if self.most is not None else ""
        number = f"{self.key} " if self.key else ""
        return f"{number}{self.name}每次扣 {decimal_text(self.points)} 分{most}"


class Deduction(SheetMark):
    """From ``max`` down to ``floor`` (扣完为止); without ``step`` the common step of everything that can be taken off."""

    kind: Literal["deduction"] = "deduction"
    max: Exact = Field(gt=0)
    floor: Exact = Field(default=Fraction(0), ge=0)
    step: Annotated[Exact, Field(gt=0)] | None = None
    items: tuple[DeductionItem, ...] = Field(default=(), max_length=100)

    @property
    def full(self) -> Fraction:
        return self.max

    @property
    def lowest(self) -> Fraction:
        return self.floor

    @property
    def finest(self) -> Fraction:
        return self.step or common_step([self.max - self.floor, *self._costs()] if self.items else [Fraction(1)])

    def _costs(self) -> Iterator[Fraction]:
        for item in self.items:
            yield item.points
            yield from () if item.most is None else (item.most,)

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if self.floor >= self.max:
            yield Problem(
                place=f"{place}.floor", reason="保底分不低于满分", remedy=f"应低于 {decimal_text(self.max)}。"
            )
        elif ((self.max - self.floor) / self.finest).denominator != 1:
            limits = f"{decimal_text(self.floor)} 到 {decimal_text(self.max)}"
            reason = f"分档 {decimal_text(self.finest)} 除不尽 {limits}"
            yield Problem(place=f"{place}.step", reason=reason, remedy="请改分档或满分。")
        elif self.units_at_most > MOST_UNITS:
            yield Problem(place=f"{place}.step", reason="分档过细", remedy=f"一项最多 {MOST_UNITS} 档。")
        yield from self._item_problems(place)

    def _item_problems(self, place: str) -> Iterator[Problem]:
        step = self.finest
        for i, item in enumerate(self.items):
            here = f"{place}.items[{i}]"
            if item.name in [before.name for before in self.items[:i]]:
                yield Problem(place=f"{here}.name", value=item.name, reason="扣分情形写了两次", remedy="请只留一条。")
            for field, cost in (("points", item.points), ("most", item.most)):
                if cost is not None and (cost / step).denominator != 1:
                    reason = f"不是分档 {decimal_text(step)} 的倍数，扣了打不进去"
                    yield Problem(place=f"{here}.{field}", value=decimal_text(cost), reason=reason, remedy="请改分档。")
            if item.most is not None and item.most < item.points:
                remedy = f"应不低于每次扣的 {decimal_text(item.points)} 分。"
                yield Problem(place=f"{here}.most", reason="最多扣的分少于一次扣的分", remedy=remedy)
            if self.floor < self.max < item.points + self.floor:
                reason = f"一次扣 {decimal_text(item.points)} 分，可扣的只有 {decimal_text(self.max - self.floor)} 分"
                remedy = f"只会扣到 {decimal_text(self.floor)} 分；若非本意请改。"
                yield Problem(place=f"{here}.points", reason=reason, remedy=remedy, severity="warning")

    def read(self, text: str) -> Fraction:
        """What remains; ``扣 3`` means three points less than full marks, never less than the floor."""
        taken = _TAKEN.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if taken is None or len(text) > 24:
            return parse_mark(text)
        return max(self.max - parse_mark(taken[1]), self.floor)

    def allowed(self) -> str:
        return f"{super().allowed()}，也可以写“扣 {decimal_text(self.finest)}”"

    def sentence(self, scheme: Any) -> str:
        floor = f"最低 {decimal_text(self.floor)} 分" if self.floor else "扣完为止"
        items = "；".join(item.sentence() for item in self.items)
        return f"从 {decimal_text(self.max)} 分扣起，{floor}{f'：{items}' if items else ''}"
