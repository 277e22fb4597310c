"""A figure taken as it is (直接计入): recorded by a department or imported from another assessment, perhaps converted."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

from ...blocks.facts import Fact
from ...exact import decimal_text
from ...problems import Problem
from ...working import Working, given, times
from ..base import Exact
from .base import Measure
from .operands import bounded, bounds_problems, bounds_words, figure_word, figures, naming_missing, ungrouped_problems


class RecordedFigure(Measure):
    """The figure × ``factor``, between ``least`` and ``most``; exact.

    ``min`` and ``max`` say what may be recorded, before the factor: anything else is refused at entry, and unknown
    here.
    """

    kind: Literal["figure"] = "figure"
    factor: Exact = Fraction(1)
    min: Exact | None = None
    max: Exact | None = None
    most: Exact | None = None
    least: Exact | None = None

    @property
    def full(self) -> Fraction | None:
        highest = self.max if self.factor > 0 else self.min
        limits = [] if highest is None else [highest * self.factor]
        limits += [] if self.most is None else [self.most]
        return min(limits, default=None)

    def implied(self, own: str, name: str) -> tuple[Fact, ...]:
        return () if self.of else (Fact(key=own, name=name, min=self.min, max=self.max),)

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if self.factor == 0:
            yield Problem(place=f"{place}.factor", reason="乘以 0，都不得分", remedy="请写折算系数，或删去这一行。")
        if self.min is not None and self.max is not None and self.min >= self.max:
            remedy = f"应低于 {decimal_text(self.max)}。"
            yield Problem(place=f"{place}.min", value=decimal_text(self.min), reason="下限不低于上限", remedy=remedy)
        yield from bounds_problems(place, self.least, self.most)
        yield from ungrouped_problems(self, place)

    def sentence(self, scheme: Any) -> str:
        allowed = f"（应{self._allowed()}）" if self._allowed() else ""
        factor = f" × {decimal_text(self.factor)} " if self.factor != 1 else ""
        taken = f"{figure_word(self, scheme)}{allowed}{factor}".replace("） ×", "）×")
        return f"{taken}计入{bounds_words(self.least, self.most)}"

    def mark(self, cells: tuple[Any, ...], reference: Any, names: Sequence[str]) -> Working:
        (figure,) = figures(cells, names)
        if not self._within(figure.value):
            wrong = f"“{names[0]}”为 {figure.shown}，应{self._allowed()}"
            return self._converted(given(None, names[0], wrong)).named("", wrong)
        return naming_missing(bounded(self._converted(figure), self.least, self.most), [figure])

    def _converted(self, figure: Working) -> Working:
        return figure if self.factor == 1 else times(figure, given(self.factor, "折算系数"))

    def _within(self, value: Fraction | None) -> bool:
        above = value is None or self.min is None or value >= self.min
        return above and (value is None or self.max is None or value <= self.max)

    def _allowed(self) -> str:
        if self.min is not None and self.max is not None:
            return f"在 {decimal_text(self.min)} 至 {decimal_text(self.max)} 之间"
        if self.min is not None:
            return f"不低于 {decimal_text(self.min)}"
        return f"不高于 {decimal_text(self.max)}" if self.max is not None else ""
