"""Ratio to the best (按与第 1 名的比例得分): the best of the group has full points, the others in proportion to it."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from ...blocks.conditions import Cell
from ...exact import decimal_text
from ...problems import Problem
from ...working import Working, at_least, given, quotient, times
from ..base import Count, Exact
from .base import Measure
from .operands import figure_word, figures, fixed, group_words, naming_missing
from .standing import Best, Standing


class RatioToBest(Measure):
    """``points`` × figure ÷ highest of the group, or × lowest ÷ figure where the ``lowest`` is best; exact, never
    below 0.

    ``top``: only so many places, those tied with the last of them included; the rest have ``others``. There is no
    ratio to a best that is not above 0: where the highest is best everybody then has 0, where the lowest is best
    those who equal it have full points and the others 0.
    """

    kind: Literal["ratio_to_best"] = "ratio_to_best"
    points: Exact = Field(gt=0)
    best: Best = "highest"
    top: Annotated[Count, Field(ge=1)] | None = None
    others: Exact = Field(default=Fraction(0), ge=0)

    @property
    def full(self) -> Fraction:
        return self.points

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if self.others and self.top is None:
            reason, remedy = "没有写前几名，就没有其余的", "请写 top，或删去 others。"
            yield Problem(place=f"{place}.others", reason=reason, remedy=remedy)
        if self.others > self.points:
            remedy = f"应不高于 {decimal_text(self.points)}。"
            reason = "其余名次的分高于第 1 名的分"
            yield Problem(place=f"{place}.others", value=decimal_text(self.others), reason=reason, remedy=remedy)

    def sentence(self, scheme: Any) -> str:
        order = f"{group_words(self, scheme)}{figure_word(self, scheme)}最{'高' if self.best == 'highest' else '低'}的"
        full = f"{order}得 {decimal_text(self.points)} 分"
        if self.top is None:
            return f"{full}，其余按与它的比例得分"
        if self.top == 1:
            return f"{full}，其余 {decimal_text(self.others)} 分"
        places = "第 2 名" if self.top == 2 else f"第 2 至 {self.top} 名"
        return f"{full}，{places}按与它的比例得分，其余 {decimal_text(self.others)} 分"

    def reference(self, cells: Sequence[tuple[Cell, ...]]) -> Standing:
        return Standing.of(cells, self.best)

    def mark(self, cells: tuple[Any, ...], reference: Standing, names: Sequence[str]) -> Working:
        read = figures(cells, names)
        figure, best = read[0], reference.best
        if figure.value is None or best is None:
            return naming_missing(times(given(self.points, "第 1 名"), figure), read)
        if best <= 0:
            return self._without_ratio(figure, best)
        rank = reference.rank(figure.value)
        if self.top is not None and rank > self.top:
            return fixed(figure, self.others, f"列第 {rank} 名，前 {self.top} 名以外的")
        return at_least(times(given(self.points, "第 1 名"), self._ratio(figure, best)), Fraction(0))

    def _ratio(self, figure: Working, best: Fraction) -> Working:
        if self.best == "highest":
            return quotient(figure, given(best, "最高的"))
        return quotient(given(best, "最低的"), figure)

    def _without_ratio(self, figure: Working, best: Fraction) -> Working:
        if self.best == "highest":
            return fixed(figure, Fraction(0), "最高的不大于 0，都不得分")
        if figure.value == best:
            return fixed(figure, self.points, "最低的不大于 0，与它相同的得满分")
        return fixed(figure, Fraction(0), "最低的不大于 0，高于它的不得分")
