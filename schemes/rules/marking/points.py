"""Points on a step: a mark from 0 (or ``min``) to ``max`` that is a whole number of steps."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from ...exact import decimal_text
from ...problems import Problem
from ..base import Exact
from .base import MOST_UNITS, SheetMark


class Points(SheetMark):
    kind: Literal["points"] = "points"
    max: Exact = Field(gt=0)
    step: Exact = Field(default=Fraction(1), gt=0)
    min: Exact = Field(default=Fraction(0), ge=0)

    @property
    def full(self) -> Fraction:
        return self.max

    @property
    def lowest(self) -> Fraction:
        return self.min

    @property
    def finest(self) -> Fraction:
        return self.step

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if self.min >= self.max:
            yield Problem(place=f"{place}.min", reason="最低分不低于满分", remedy=f"应低于 {decimal_text(self.max)}。")
        elif ((self.max - self.min) / self.step).denominator != 1:
            limits = f"{decimal_text(self.min)} 到 {decimal_text(self.max)}"
            reason = f"分档 {decimal_text(self.step)} 除不尽 {limits}"
            yield Problem(place=f"{place}.step", reason=reason, remedy="请改分档或满分。")
        elif self.units_at_most > MOST_UNITS:
            yield Problem(place=f"{place}.step", reason="分档过细", remedy=f"一项最多 {MOST_UNITS} 档。")

    def sentence(self, scheme: Any) -> str:
        low = "" if self.min == 0 else f"{decimal_text(self.min)} 至 "
        return f"{low}{decimal_text(self.max)} 分，每档 {decimal_text(self.step)} 分"
