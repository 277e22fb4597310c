"""Weighted groups of inspectors (领导、评委、群众各占多少): each group's score by its own rule, then the weighted sum."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from ...exact import decimal_text, share_text
from ...problems import Problem
from ..base import Count, Key, Rounding, Rule, Share
from .mean import Mean
from .median import Median
from .trimmed_mean import TrimmedMean

OneGroup = Annotated[Mean | TrimmedMean | Median, Field(discriminator="kind")]


class WeightedGroups(Rule):
    """``groups``: share of each group by the name in the inspectors' column 组别.

    ``empty_group``: an entry that a group has not scored is unscored, or the others' weights are raised pro rata.
    """

    kind: Literal["weighted_groups"] = "weighted_groups"
    groups: dict[Key, Share] = Field(min_length=1, max_length=20)
    within: OneGroup = Mean()
    empty_group: Literal["unscored", "redistribute"] = "unscored"
    minimum_sheets: Count = 1
    round: Rounding | None = None

    @property
    def per(self) -> str:
        return self.within.per

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        whole = sum(self.groups.values(), Fraction(0))
        if whole != 1:
            reason = f"各组权重合计应为 100%，现为 {decimal_text(whole * 100)}%"
            yield Problem(place=f"{place}.groups", reason=reason, remedy="请改各组权重。")
        yield from self.within.problems(scheme, f"{place}.within")

    def sentence(self, scheme: Any) -> str:
        shares = "、".join(f"{name} {share_text(share)}" for name, share in self.groups.items())
        empty = "不计分" if self.empty_group == "unscored" else "由其余各组按权重分担"
        ending = f"，{self.round.sentence()}" if self.round else ""
        return f"按评委组别加权：{shares}；各组内{self.within.sentence(scheme)}；缺一组的{empty}{ending}"
