"""Ballots (民主测评): counts per option become a rate, the rate points. Votes that are not valid do not count."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from ...blocks.facts import Fact
from ...exact import decimal_text, share_text
from ...problems import Problem
from ...working import Working, given, quotient, rounded, times, total
from ..base import Count, Exact, Rounding
from .base import Measure
from .operands import figures, naming_missing, ungrouped_problems

Option = Annotated[str, Field(min_length=1, max_length=20)]


class Ballots(Measure):
    """Rate = Σ votes × coefficient ÷ valid votes, rounded by ``round``; points = rate × ``max`` (or the rate itself).

    Valid are the votes of ``options``; those of ``not_valid`` are recorded and do not count. Fewer valid votes than
    ``minimum_ballots``, or none at all, leave it unknown.
    """

    kind: Literal["ballots"] = "ballots"
    options: dict[Option, Annotated[Exact, Field(ge=0)]] = Field(min_length=2, max_length=20)
    not_valid: tuple[Option, ...] = Field(default=(), max_length=20)
    minimum_ballots: Count = 1
    max: Annotated[Exact, Field(gt=0)] | None = None
    round: Rounding | None = None

    @property
    def full(self) -> Fraction:
        return max(self.options.values()) * (1 if self.max is None else self.max)

    def keys(self, own: str) -> tuple[str, ...]:
        return tuple(f"{self.of or own}.{option}" for option in (*self.options, *self.not_valid))

    def implied(self, own: str, name: str) -> tuple[Fact, ...]:
        """One count per option; nobody needs those that are not valid."""
        return () if self.of else tuple(self._facts(own, name))

    def _facts(self, own: str, name: str) -> Iterator[Fact]:
        for option in (*self.options, *self.not_valid):
            # Built without its limits of length: key and name of the criterion were checked, the option's come on top.
            yield Fact.model_construct(
                key=f"{own}.{option}",
                name=f"{name}·{option}",
                unit="票",
                min=Fraction(0),
                missing="unscored" if option in self.not_valid else "refuse",
            )

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if not any(self.options.values()):
            yield Problem(place=f"{place}.options", reason="各选项的系数都是 0", remedy="请写系数，如 满意: 1。")
        for option, worth in self.options.items():
            if self.max is not None and worth > 1:
                remedy = "写了 max，系数应在 0 到 1 之间；要直接折成分，请去掉 max。"
                here = f"{place}.options.{option}"
                yield Problem(place=here, value=decimal_text(worth), reason="系数大于 1", remedy=remedy)
        for i, option in enumerate(self.not_valid):
            if option in self.options or option in self.not_valid[:i]:
                remedy = "算有效票的写在 options 里，不算的写在 not_valid 里，只写一处。"
                yield Problem(place=f"{place}.not_valid[{i}]", value=option, reason="选项写了两次", remedy=remedy)
        yield from ungrouped_problems(self, place)

    def sentence(self, scheme: Any) -> str:
        worth = "、".join(f"{option} {share_text(each)}" for option, each in self.options.items())
        void = f"，{'、'.join(self.not_valid)}不算有效票" if self.not_valid else ""
        few = f"，有效票不足 {self.minimum_ballots} 票的不计" if self.minimum_ballots > 1 else ""
        rate = f"，率{self.round.sentence()}" if self.round else ""
        points = f"，满分 {decimal_text(self.max)} 分" if self.max is not None else ""
        return f"测评票按 {worth} 折算，除以有效票数{void}{few}{rate}{points}"

    def mark(self, cells: tuple[Any, ...], reference: Any, names: Sequence[str]) -> Working:
        votes = figures(cells, names)[: len(self.options)]
        valid = total(votes).named("有效票")
        if valid.value is not None and valid.value < max(self.minimum_ballots, 1):
            return given(None, "折算率", f"有效票 {valid.shown} 票，不足 {max(self.minimum_ballots, 1)} 票，不计")
        weighted = total([times(vote, given(each)) for vote, each in zip(votes, self.options.values(), strict=True)])
        rate = quotient(weighted, valid)
        if self.round:
            rate = rounded(rate, self.round.places, self.round.mode).named("折算率")
        if self.max is not None:
            rate = times(rate, given(self.max, "满分"))
        return naming_missing(rate, votes)
