"""The criteria tree (创建标准、考核指标): items to any depth, each with how its points come about and what is done to them."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from ..rules.aggregation import AnyAggregation
from ..rules.base import Count, Exact, Key, Part, Rounding, Share
from ..rules.corrections import AnyCorrection
from ..rules.marking import AnyMarking, Measure, SheetMark
from .conditions import Condition

Role = Literal["base", "bonus", "deduction", "info"]
Combine = Literal["sum", "mean", "highest", "lowest"]


class OverTime(Part):
    """The node is worked out for every period, then the periods are combined.

    ``missing``: a period without data is refused, left out, or counts as zero. ``weighted`` needs ``weights``.
    ``best``:
    only so many of the best periods count, in a sum or a mean. A period that is 不涉及 is left out.
    """

    clause: str = ""
    periods: tuple[Key, ...] = Field(min_length=1, max_length=60)
    combine: Literal["sum", "mean", "latest", "highest", "weighted"] = "mean"
    weights: dict[Key, Share] = {}
    missing: Literal["refuse", "skip", "zero"] = "refuse"
    best: Count | None = None


class Applies(Part):
    """Whom the criterion concerns. For others: full marks, no points, or its points go to its neighbours pro rata."""

    when: Condition | None = None
    otherwise: Literal["full", "zero", "redistribute"] = "full"


class Node(Part):
    """An item or a criterion: either it has ``children``, or it is marked.

    In this order: marked or combined from its children; combined over time; corrected between panels; capped and
    floored; weighted; rounded. Its parent then adds it (``base``, ``bonus``), subtracts it (``deduction``) or only
    shows it (``info``).
    """

    key: Key
    name: Annotated[str, Field(min_length=1, max_length=80)]
    guidance: str = ""
    evidence: tuple[str, ...] = ()
    clause: str = ""
    by: str = ""
    role: Role = "base"
    children: tuple["Node", ...] = ()
    mark: AnyMarking | None = None
    combine: Combine = "sum"
    score: AnyAggregation | None = None
    over_time: OverTime | None = None
    correction: AnyCorrection | None = None
    applies: Applies | None = None
    cap: Exact | None = None
    floor: Exact | None = None
    weight: Share | None = None
    round: Rounding | None = None

    @property
    def on_sheets(self) -> bool:
        """Whether inspectors mark it on their sheets; with ``by`` one department records one mark."""
        return isinstance(self.mark, SheetMark) and not self.by

    @cached_property
    def leaves(self) -> tuple["Node", ...]:
        """The criteria under it, itself when it has no children."""
        return tuple(node for node, _ in walk_nodes((self,)) if not node.children)

    @property
    def plain(self) -> bool:
        """Nothing is done to it beyond adding up its children: a sheet's total may run right through it."""
        own = (self.score, self.over_time, self.correction, self.cap, self.floor, self.weight, self.round)
        lowest = self.mark.lowest if isinstance(self.mark, SheetMark) else 0
        apart = self.applies is not None and (self.applies.otherwise == "redistribute" or self.children)
        kept = not apart and not (self.applies is not None and self.applies.otherwise == "zero" and lowest)
        return self.combine == "sum" and self.role == "base" and kept and all(part is None for part in own)

    @cached_property
    def full(self) -> Fraction | None:
        """Full marks as they count in its parent; None where there is no upper limit. Bonuses do not count."""
        if isinstance(self.mark, (SheetMark, Measure)):
            most = self.mark.full
        else:
            fulls = [child.full for child in self.children if child.role == "base"]
            known = [full for full in fulls if full is not None]
            most = None if len(known) < len(fulls) else self._together(known)
        if self.cap is not None:
            most = self.cap if most is None else min(most, self.cap)
        if most is not None and self.over_time and self.over_time.combine == "sum":
            most *= min(len(self.over_time.periods), self.over_time.best or len(self.over_time.periods))
        return most * self.weight if most is not None and self.weight is not None else most

    def _together(self, fulls: list[Fraction]) -> Fraction:
        match self.combine:
            case "sum":
                return sum(fulls, Fraction(0))
            case "mean":
                return sum(fulls, Fraction(0)) / len(fulls) if fulls else Fraction(0)
            case "highest":
                return max(fulls, default=Fraction(0))
        return min(fulls, default=Fraction(0))


class Criteria(Part):
    """The whole table. ``cap``, ``floor`` and ``round`` are of the total score (总分)."""

    clause: str = ""
    full_marks: Exact | None = None
    tree: tuple[Node, ...] = Field(min_length=1)
    cap: Exact | None = None
    floor: Exact | None = None
    round: Rounding | None = None


def walk_nodes(nodes: tuple[Node, ...], place: str = "criteria.tree") -> Iterator[tuple[Node, str]]:
    """Every node with its place in the document, depth first."""
    for i, node in enumerate(nodes):
        here = f"{place}[{i}]"
        yield node, here
        yield from walk_nodes(node.children, f"{here}.children")
