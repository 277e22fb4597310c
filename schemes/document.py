"""The scheme document as typed parts; a county's rules as data.

A Scheme never changes after it is read (``reading``); everything derived from it (columns, weights) is computed
once. The blocks are in ``blocks/``, the rule kinds in ``rules/``, what may be wrong with a document in ``checking``.
"""

from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from .blocks.awards import Bonus, Promotion, Ranking, Reinspection, Selection, Subsidy, Tier, Titles
from .blocks.consequences import Consequence, Eligibility, Propagation, Veto, VetoRule
from .blocks.criteria import Applies, Criteria, Node, OverTime, walk_nodes
from .blocks.facts import Event, Fact, Period
from .blocks.nominating import Nominating
from .blocks.panel import Panel
from .blocks.rating import Badge, Rating
from .exact import Integers
from .rules.aggregation import AnyAggregation, WeightedGroups
from .rules.base import Day, Key, Part
from .rules.marking import Measure, SheetMark

__all__ = [
    "LANGUAGE", "Bonus", "Criteria", "Identity", "Node", "Panel", "Promotion", "Ranking", "Reinspection", "Scheme",
    "Selection", "Subsidy", "Tier", "Titles", "Veto", "walk_nodes",
]  # fmt: skip

LANGUAGE = "biaogan-scheme/1"
#: The tier of schemes that name none: everybody takes part in the same.
EVERYBODY = "参评"

#: Figures that every scheme has, beside its own keys.
RESERVED: dict[str, str] = {
    "score": "总分",
    "rank": "名次",
    "grade": "等次",
    "badges": "获得数",
    "tier": "申报等次",
    "round": "轮次",
    "kind": "组织类别",
    "township": "所属乡镇",
}


class County(Part):
    code: Key
    name: Key


class Identity(Part):
    """Whose scheme it is, and which version; a published version is never edited."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    kind: Literal["creation", "annual_assessment", "star_rating", "arena", "class_rating"] = "creation"
    county: County
    issuer: str
    document_number: str = ""
    version: Key
    effective_from: Day | None = None
    effective_to: Day | None = None
    changes: str = ""
    note: str = ""


class Clause(Part):
    title: str
    text: str


class Scheme(Part):
    """A county's rules as data. Build it with :func:`read_scheme`."""

    language: Literal["biaogan-scheme/1"]
    identity: Identity
    clauses: dict[str, Clause] = {}
    period: Period | None = None
    facts: tuple[Fact, ...] = Field(default=(), max_length=500)
    events: tuple[Event, ...] = Field(default=(), max_length=200)
    eligibility: Eligibility = Eligibility()
    criteria: Criteria
    nomination: Nominating = Nominating()
    panel: Panel = Panel()
    tiers: tuple[Tier, ...] = Field(default=(Tier(name=EVERYBODY),), min_length=1, max_length=20)
    score: AnyAggregation | None = None
    veto: Veto = Veto()
    vetoes: tuple[VetoRule, ...] = ()
    ranking: Ranking = Ranking()
    selection: Selection = Selection()
    badges: tuple[Badge, ...] = ()
    rating: Rating | None = None
    titles: Titles = Titles()
    bonus: Bonus | None = None
    subsidy: Subsidy | None = None
    consequences: tuple[Consequence, ...] = ()
    propagation: tuple[Propagation, ...] = ()

    # -- the tree

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node of the criteria tree by key, in document order."""
        return {node.key: node for node, _ in walk_nodes(self.criteria.tree)}

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """The criteria that inspectors mark: the columns of a sheet, in document order."""
        return tuple(node for node in self.nodes.values() if node.on_sheets)

    @cached_property
    def recorded_leaves(self) -> tuple[Node, ...]:
        """The criteria whose points come from what is recorded, in document order."""
        return tuple(node for node in self.nodes.values() if node.mark is not None and not node.on_sheets)

    @cached_property
    def column_keys(self) -> tuple[str, ...]:
        return tuple(leaf.key for leaf in self.leaves)

    def columns_of(self, key: str) -> range:
        """The sheet's columns under a node; they are neighbours, as the tree is walked depth first."""
        keys = {leaf.key for leaf in self.nodes[key].leaves}
        positions = [i for i, leaf in enumerate(self.leaves) if leaf.key in keys]
        return range(positions[0], positions[-1] + 1) if positions else range(0)

    @cached_property
    def one_sheet(self) -> bool:
        """Whether a sheet's total is the score: everything is marked by inspectors and simply added up."""
        return bool(self.leaves) and all(
            node.plain and (node.mark is None or node.on_sheets) for node in self.nodes.values()
        )

    @cached_property
    def sheet_nodes(self) -> dict[str, AnyAggregation]:
        """Where sheets become a figure, with the rule: the largest parts marked by inspectors alone and just added
        up.
        """
        found: dict[str, AnyAggregation] = {}
        if not self.one_sheet:
            for node in self.criteria.tree:
                self._find_sheets(node, self.score, found)
        return found

    @cached_property
    def inner_sheet_nodes(self) -> dict[str, AnyAggregation]:
        """Nodes within a part whose sheets count as a whole: asked for alone, each has a figure by the part's rule."""
        if self.one_sheet:
            return {key: self.score for key in self.nodes if self.score is not None}
        return {
            each.key: rule for key, rule in self.sheet_nodes.items() for each, _ in walk_nodes(self.nodes[key].children)
        }

    def _find_sheets(self, node: Node, rule: AnyAggregation | None, found: dict[str, AnyAggregation]) -> None:
        rule = node.score or rule
        below = [each for each, _ in walk_nodes(node.children)]
        if rule is not None and all(leaf.on_sheets for leaf in node.leaves) and all(each.plain for each in below):
            if node.combine == "sum":
                found[node.key] = rule
                return
        for child in node.children:
            self._find_sheets(child, rule, found)

    # -- sheets as arrays

    @cached_property
    def methods(self) -> tuple[SheetMark, ...]:
        """The marking method of each column."""
        return tuple(leaf.mark for leaf in self.leaves if isinstance(leaf.mark, SheetMark))

    @cached_property
    def scale(self) -> int:
        """Scaled units in one point: the least number that makes every step and minimum whole."""
        return lcm(1, *(d for m in self.methods for d in (m.finest.denominator, m.lowest.denominator)))

    @cached_property
    def mark_places(self) -> int | None:
        """Decimals in which every sum of marks can be written: halves need 1, quarters 2; None when none do."""
        return next((places for places in range(10) if 10**places % self.scale == 0), None)

    @cached_property
    def weights(self) -> Integers:
        """Scaled units that one step of each column is worth."""
        return np.array([int(m.finest * self.scale) for m in self.methods], dtype=np.int64)

    @cached_property
    def offsets(self) -> Integers:
        """Scaled units of each column at its lowest mark."""
        return np.array([int(m.lowest * self.scale) for m in self.methods], dtype=np.int64)

    # -- full marks

    @cached_property
    def full_marks(self) -> Fraction:
        """Full marks of the whole table, bonuses aside; what has no upper limit counts nothing."""
        return sum((node.full or Fraction(0) for node in self.criteria.tree if node.role == "base"), Fraction(0))

    @cached_property
    def score_at_most(self) -> Fraction | None:
        """No score can be higher; None where bonuses or counts have no upper limit."""
        fulls = [node.full for node in self.criteria.tree if node.role in ("base", "bonus")]
        known = [full for full in fulls if full is not None]
        most = sum(known, Fraction(0)) if len(known) == len(fulls) else None
        cap = self.criteria.cap
        return most if cap is None else cap if most is None else min(cap, most)

    @cached_property
    def tier_names(self) -> tuple[str, ...]:
        return tuple(tier.name for tier in self.tiers)

    def points_of(self, key: str) -> Fraction:
        """Full marks of a node; zero where there is no upper limit."""
        return self.nodes[key].full or Fraction(0)

    # -- what is recorded

    @cached_property
    def recorded(self) -> dict[str, Fact]:
        """Every column of the facts table by key: those declared, and those that a criterion reads under its own
        key.
        """
        found = {fact.key: fact for fact in self.facts if not fact.formula}
        for node in self.recorded_leaves:
            for fact in implied_facts(node, per_period=node.key in self.times):
                found.setdefault(fact.key, fact)
        return found

    @cached_property
    def times(self) -> dict[str, OverTime]:
        """The periods for which each criterion under a node of several periods is marked, by the criterion's key."""
        timed = ((node.over_time, node) for node in self.nodes.values())
        return {leaf.key: time for time, node in timed if time is not None for leaf in node.leaves}

    @cached_property
    def whom(self) -> dict[str, tuple[Applies, ...]]:
        """Every rule of whom a criterion concerns, by its key: its own first, then those of the items above it."""
        found: dict[str, tuple[Applies, ...]] = dict.fromkeys(self.nodes, ())
        for node in reversed(self.nodes.values()):
            if node.applies:
                found |= {leaf.key: (*found[leaf.key], node.applies) for leaf in node.leaves}
        return found

    @cached_property
    def period_names(self) -> tuple[str, ...]:
        """Every period (考核期) that a node is marked for; empty where nothing is."""
        return tuple(dict.fromkeys(name for time in self.times.values() for name in time.periods))

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        """Every group (组别) of inspectors that has a weight; empty where they have none."""
        rules = (self.score, *(node.score for node in self.nodes.values()))
        return tuple(dict.fromkeys(name for rule in rules if isinstance(rule, WeightedGroups) for name in rule.groups))

    @cached_property
    def derived(self) -> dict[str, Fact]:
        """Facts that are computed from others."""
        return {fact.key: fact for fact in self.facts if fact.formula}

    def name_of(self, key: str) -> str:
        """What people call a figure."""
        if key == "grade" and self.rating:
            return self.rating.name
        return self._names.get(key) or RESERVED.get(key, key)

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names by key; a criterion's goes before that of the fact it reads under its own key."""
        facts = {fact.key: fact.name for fact in (*self.recorded.values(), *self.facts)}
        others = {event.key: event.name for event in self.events} | {badge.key: badge.name for badge in self.badges}
        return facts | others | {node.key: node.name for node in self.nodes.values()}

    @cached_property
    def grade_names(self) -> tuple[str, ...]:
        return tuple(grade.name for grade in self.rating.grades) if self.rating else ()

    def for_reinspection(self) -> "Scheme":
        """This scheme as it judges re-inspected title holders: their aggregation, one threshold, no limit.

        ``awarded`` then means the title is kept, ``below_threshold`` that it is lost. Raises ValueError when
        the scheme re-inspects nobody.
        """
        rule = self.titles.reinspection
        if rule is None:
            raise ValueError("办法没有规定复评")
        tiers = tuple(tier.model_copy(update={"threshold": rule.revoke_below, "requires": ()}) for tier in self.tiers)
        changes = {
            "score": rule.aggregation,
            "tiers": tiers,
            "ranking": Ranking(clause=self.ranking.clause),
            "selection": Selection(clause=rule.clause),
            "rating": None,
            "badges": (),
            "consequences": (),
            "propagation": (),
        }
        judged = self.model_copy(update=changes)
        for name in set(vars(judged)) - set(type(judged).model_fields):
            del vars(judged)[name]  # what was derived from the other rules
        return judged


def implied_facts(node: Node, *, per_period: bool = False) -> tuple[Fact, ...]:
    """The columns of the facts table that a recorded criterion needs without their being declared."""
    period = {"per_period": per_period}
    if isinstance(node.mark, Measure):
        return tuple(fact.model_copy(update=period) for fact in node.mark.implied(node.key, node.name))
    return (Fact(key=node.key, name=node.name, by=node.by, type="text", per_period=per_period),)
