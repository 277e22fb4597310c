"""Bands on a metric (分段计分): the points of the first band whose lower bound is reached; half-open intervals."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from ...exact import decimal_text
from ...problems import Problem
from ...working import Working, given, looked_up, rounded
from ..base import Exact, Part, Rounding
from .base import Measure


class Band(Part):
    """From this value up (inclusive), these points. Without ``at_least`` it is the last band: everything below."""

    at_least: Exact | None = None
    points: Exact


class Bands(Measure):
    """``bands`` from the highest bound down; ``round`` rounds the metric first (分段前先四舍五入)."""

    kind: Literal["bands"] = "bands"
    bands: tuple[Band, ...] = Field(min_length=1, max_length=50)
    round: Rounding | None = None

    @property
    def full(self) -> Fraction:
        return max(band.points for band in self.bands)

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        for i, band in enumerate(self.bands):
            here, last = f"{place}.bands[{i}]", i == len(self.bands) - 1
            if band.at_least is None and not last:
                yield Problem(place=here, reason="没有下限的一段不在最后", remedy="请移到最后，或写上 at_least。")
            before = self.bands[i - 1].at_least if i else None
            if band.at_least is not None and before is not None and band.at_least >= before:
                remedy = f"应由高到低，低于 {decimal_text(before)}。"
                yield Problem(place=f"{here}.at_least", reason="各段下限没有由高到低", remedy=remedy)

    def sentence(self, scheme: Any) -> str:
        lines = [f"{_bound(band)} {decimal_text(band.points)} 分" for band in self.bands]
        missed = [] if self.bands[-1].at_least is None else ["不到最低一段的 0 分"]
        first = f"数值{self.round.sentence()}后，" if self.round else ""
        return f"{first}{'、'.join([*lines, *missed])}"

    def mark(self, cells: tuple[Any, ...], reference: Any, names: Sequence[str]) -> Working:
        metric = given(cells[0], names[0])
        if self.round:
            metric = rounded(metric, self.round.places, self.round.mode)
        bottom = min([Fraction(-(10**15)), *([metric.value] if metric.value is not None else [])])
        table = [(bottom if band.at_least is None else band.at_least, band.points) for band in self.bands]
        table += [] if self.bands[-1].at_least is None else [(bottom, Fraction(0))]
        reached = [low for low, _ in table if metric.value is not None and metric.value >= low]
        note = f"{decimal_text(reached[0])} 以上一段" if reached and reached[0] > bottom else "最低一段"
        return looked_up(metric, tuple(table), note)


def _bound(band: Band) -> str:
    return "以下" if band.at_least is None else f"{decimal_text(band.at_least)} 以上"
