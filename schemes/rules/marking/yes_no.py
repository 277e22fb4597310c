"""Yes or no (是否打分): done is worth the full marks, not done ``no``."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from ...cells import NO, YES
from ...exact import decimal_text
from ...problems import Problem
from ..base import Exact
from .choices import ChoiceMark, plain_word


class YesNoMark(ChoiceMark):
    kind: Literal["yes_no"] = "yes_no"
    max: Exact = Field(gt=0)
    no: Exact = Field(default=Fraction(0), ge=0)

    @property
    def choices(self) -> tuple[tuple[str, Fraction], ...]:
        return (("是", self.max), ("否", self.no))

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if self.no >= self.max:
            remedy = f"应低于 {decimal_text(self.max)}；“否”得分高的，请改用 grades。"
            yield Problem(place=f"{place}.no", reason="“否”的分不低于“是”的分", remedy=remedy)

    def read(self, text: str) -> Fraction:
        """Besides 是 and 否 the signs people tick with; 1 and 0 are points, not ticks."""
        word = plain_word(text).casefold()
        if word in YES | NO and not word.isdecimal():
            return self.max if word in YES else self.no
        return super().read(text)

    def sentence(self, scheme: Any) -> str:
        return f"做到的 {decimal_text(self.max)} 分，没有做到的 {decimal_text(self.no)} 分"
