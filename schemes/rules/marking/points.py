"""Points on a step: a mark from 0 (or ``min``) to ``max`` that is a whole number of steps."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from ...exact import decimal_text
from ...problems import Problem
from ..base import Exact, Rule

#: Marks are stored in at most two bytes, the highest value meaning "not scored".
MOST_UNITS = 65_534


class Points(Rule):
    kind: Literal["points"] = "points"
    max: Exact = Field(gt=0)
    step: Exact = Field(default=Fraction(1), gt=0)
    min: Exact = Field(default=Fraction(0), ge=0)

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

    @property
    def units_at_most(self) -> int:
        """Steps from ``min`` to ``max``: the largest number stored for this criterion."""
        return int((self.max - self.min) / self.step)

    def to_units(self, mark: Fraction) -> int:
        """A mark as its number of steps above ``min``. Raises ValueError saying what is allowed."""
        if mark < self.min:
            raise ValueError(f"低于最低分 {decimal_text(self.min)}")
        if mark > self.max:
            raise ValueError(f"高于满分 {decimal_text(self.max)}")
        units = (mark - self.min) / self.step
        if units.denominator != 1:
            step, low = decimal_text(self.step), decimal_text(self.min)
            allowed = f"应从 {low} 分起每 {step} 分一档" if self.min else f"应为 {step} 的倍数"
            raise ValueError(f"不合分档，{allowed}")
        return int(units)

    def allowed(self) -> str:
        """What may be written, for a person: ``0 至 5，每档 0.5``."""
        return f"{decimal_text(self.min)} 至 {decimal_text(self.max)}，每档 {decimal_text(self.step)}"

    def to_mark(self, units: int) -> Fraction:
        return self.min + units * self.step
