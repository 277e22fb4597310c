"""Points by rank (按名次得分): the places of a group have fixed points, or each has a step less than the one before."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from ...blocks.conditions import Cell
from ...exact import decimal_text
from ...problems import Problem
from ...working import Table, Working, at_least, given, looked_up, minus, quotient, times, total
from ..base import Exact
from .base import Measure
from .operands import figure_word, figures, group_words, naming_missing
from .standing import Best, Standing

_TIES = {
    "same": "名次相同得分相同",
    "dense": "名次相同得分相同，后面的名次不空",
    "average": "名次相同的平均所占名次的分",
}


class RankPoints(Measure):
    """``points`` of the places from the first on and ``others`` for the rest; or ``first`` and ``step``, never below
    ``others``.

    ``ties``: organizations with the same figure have the same rank and the places after them stay free (``same``) or
    not (``dense``), or they share the points of the places that they take (``average``, exact). An organization
    without a figure is unknown and takes no place.
    """

    kind: Literal["rank_points"] = "rank_points"
    points: tuple[Exact, ...] = Field(default=(), max_length=200)
    first: Exact | None = None
    step: Annotated[Exact, Field(gt=0)] | None = None
    others: Exact = Fraction(0)
    best: Best = "highest"
    ties: Literal["same", "dense", "average"] = "same"

    @property
    def full(self) -> Fraction:
        return self.points_of(1)

    @cached_property
    def table(self) -> Table:
        """Points by rank as a look-up table, from the last place to the first."""
        places = [(Fraction(i), points) for i, points in enumerate(self.points, start=1)]
        return ((Fraction(len(places) + 1), self.others), *reversed(places))

    def points_of(self, place: int) -> Fraction:
        if self.first is not None and self.step is not None:
            return max(self.first - self.step * (place - 1), self.others)
        return self.points[place - 1] if place <= len(self.points) else self.others

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        steps = self.first is not None and self.step is not None
        if steps == bool(self.points) or (self.first is None) != (self.step is None):
            remedy = "请写 points（各名次的分），或者写 first 和 step。"
            yield Problem(place=place, reason="没有写清各名次得几分", remedy=remedy)
            return
        for i, (before, after) in enumerate(zip(self.points, self.points[1:], strict=False), start=1):
            if after > before:
                reason, remedy = "名次靠后的分反而高", f"应不高于 {decimal_text(before)}。"
                yield Problem(place=f"{place}.points[{i}]", value=decimal_text(after), reason=reason, remedy=remedy)
        lowest = self.points[-1] if self.points else self.first or Fraction(0)
        if self.others > lowest:
            remedy = f"应不高于 {decimal_text(lowest)}。"
            reason = "其余名次的分高于前面的名次" if self.points else "最低的分高于第 1 名的分"
            yield Problem(place=f"{place}.others", value=decimal_text(self.others), reason=reason, remedy=remedy)

    def sentence(self, scheme: Any) -> str:
        order = (
            f"{group_words(self, scheme)}{figure_word(self, scheme)}{'高' if self.best == 'highest' else '低'}的在前"
        )
        others = decimal_text(self.others)
        if self.points:
            listed = "、".join(decimal_text(points) for points in self.points)
            places = f"第 1 至 {len(self.points)} 名" if len(self.points) > 1 else "第 1 名"
            return f"{order}，{places}得 {listed} 分，其余 {others} 分，{_TIES[self.ties]}"
        first, step = decimal_text(self.first or Fraction(0)), decimal_text(self.step or Fraction(0))
        return f"{order}，第 1 名 {first} 分，每后一名少 {step} 分，最低 {others} 分，{_TIES[self.ties]}"

    def reference(self, cells: Sequence[tuple[Cell, ...]]) -> Standing:
        return Standing.of(cells, self.best)

    def mark(self, cells: tuple[Any, ...], reference: Standing, names: Sequence[str]) -> Working:
        read = figures(cells, names)
        rank, count = reference.ranked(read[0], dense=self.ties == "dense"), reference.counted(read[0])
        shares = self.ties == "average" and count.value is not None and count.value > 1
        return naming_missing(self._shared(rank, count) if shares else self._alone(rank), read)

    def _alone(self, rank: Working) -> Working:
        if self.points:
            return looked_up(rank, self.table, "该名次的分")
        steps = times(given(self.step, "每后一名"), minus(rank, given(Fraction(1))))
        return at_least(minus(given(self.first, "第 1 名"), steps), self.others)

    def _shared(self, rank: Working, count: Working) -> Working:
        """The mean of the places from ``rank`` on that ``count`` organizations take together."""
        start, end = int(rank.value or 0), int(rank.value or 0) + int(count.value or 0)
        together = Counter(self.points_of(place) for place in range(start, end))
        parts = [given(each) if n == 1 else times(given(each), given(Fraction(n))) for each, n in together.items()]
        return quotient(total(parts).named(f"第 {start} 至 {end - 1} 名的分之和"), count)
