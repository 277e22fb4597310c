"""Share of a target (完成率折算得分): points in proportion to how much of the target is reached, capped."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from ...exact import decimal_text
from ...problems import Problem
from ...working import Working, given, minus, quotient, times
from ..base import Exact, Key
from .base import Measure
from .operands import bounded, bounds_problems, bounds_words, figure_word, figures, naming_missing, ungrouped_problems


class Linear(Measure):
    """``points`` × (figure − ``zero_at``) ÷ (target − ``zero_at``), between ``least`` and ``most``; exact.

    The target is a number or the figure ``target_of``. A ``zero_at`` beyond the target makes the lower figure the
    better.
    Unknown where target and ``zero_at`` are the same.
    """

    kind: Literal["linear"] = "linear"
    points: Exact = Field(gt=0)
    target: Exact | None = None
    target_of: Key | None = None
    zero_at: Exact = Fraction(0)
    most: Exact | None = None
    least: Exact = Fraction(0)

    @property
    def cap(self) -> Fraction:
        return self.points if self.most is None else self.most

    @property
    def full(self) -> Fraction:
        """What reaching the target gives; what ``most`` allows beyond is not asked of anybody."""
        return min(self.points, self.cap)

    def keys(self, own: str) -> tuple[str, ...]:
        return (self.of or own, *([self.target_of] if self.target_of else []))

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if (self.target is None) == (self.target_of is None):
            reason = "没有写目标" if self.target is None else "目标写了两处"
            yield Problem(place=f"{place}.target", reason=reason, remedy="请写 target 或 target_of 中的一个。")
        if self.target == self.zero_at:
            same = decimal_text(self.zero_at)
            reason = f"目标与得 0 分的数值都是 {same}，没有可折算的"
            yield Problem(place=f"{place}.target", reason=reason, remedy="请改目标或 zero_at。")
        yield from bounds_problems(place, self.least, self.cap)
        yield from ungrouped_problems(self, place)

    def sentence(self, scheme: Any) -> str:
        figure = figure_word(self, scheme)
        target = f"“{scheme.name_of(self.target_of)}”" if self.target_of else decimal_text(self.target or Fraction(0))
        points, zero = decimal_text(self.points), decimal_text(self.zero_at)
        bounds = bounds_words(self.least, self.cap)
        if not self.zero_at:
            return f"{points} 分 × {figure} ÷ {target}{bounds}"
        return f"{points} 分 ×（{figure} − {zero}）÷（{target} − {zero}）{bounds}"

    def mark(self, cells: tuple[Any, ...], reference: Any, names: Sequence[str]) -> Working:
        read = figures(cells, names)
        target = read[1] if self.target_of else given(self.target, "目标")
        share = quotient(self._from_zero(read[0]), self._from_zero(target))
        points = times(given(self.points, "分值"), share)
        if target.value == self.zero_at:
            return points.named("", f"“{target.label}”为 {target.shown}，折算的除数是 0")
        return naming_missing(bounded(points, self.least, self.cap), read)

    def _from_zero(self, figure: Working) -> Working:
        return minus(figure, given(self.zero_at, "得 0 分的数值")) if self.zero_at else figure
