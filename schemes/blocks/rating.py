"""Grades, classes and stars (等次、类别、星级): one ordered list that every organization is placed in."""

from typing import Literal

from pydantic import Field

from ..rules.base import Count, Exact, Key, Part, Share, YesNo
from ..rules.limits import AnyLimit
from .conditions import Condition


class Grade(Part):
    """One grade. ``threshold``: from this score up (inclusive). ``limits``: at most so many of a group.

    ``requires``: prerequisites (前置条件), all of which must hold.
    """

    name: Key
    threshold: Exact | None = None
    limits: tuple[AnyLimit, ...] = ()
    requires: tuple[Condition, ...] = ()
    clause: str = ""


class Ceiling(Part):
    """``when`` it holds, no grade above ``at_most`` (满意率低于 60% 的至多二星)."""

    when: Condition
    at_most: Key
    clause: str = ""


class Bottom(Part):
    """The lowest of the ranking get ``grade``, whatever their score: a share or a number of each group.

    ``ties``: organizations tied with the last one above are all included, or all left out. ``when``: only those of them
    for whom it holds. ``fixed_take_places``: whether those whose grade a veto fixed use up the number.
    """

    grade: Key
    share: Share | None = None
    count: Count | None = None
    whole: Literal["floor", "ceil", "half_up"] = "half_up"
    ties: Literal["include", "exclude"] = "include"
    when: Condition | None = None
    fixed_take_places: YesNo = True
    clause: str = ""


class Steps(Part):
    """Step-by-step promotion (逐级晋升): ``previous`` is the fact that holds last year's grade.

    An organization without a previous grade counts as one below the lowest grade when ``newcomers_climb``, else it is
    free. ``exceptional``: when it holds the limit upwards falls (破格).
    """

    previous: Key
    most_up: Count | None = None
    most_down: Count | None = None
    newcomers_climb: YesNo = False
    exceptional: Condition | None = None
    clause: str = ""


class Rating(Part):
    """``grades`` from the highest down. ``by``: the figure that thresholds look at (``score``, ``badges`` or a key).

    ``below``: what it is called to reach none. ``over_quota``: those above a limit compete for the next grade, or get
    none. ``unused``: places that stay free are lost, or go to the next grade.
    """

    clause: str = ""
    name: str = "等次"
    by: Key = "score"
    grades: tuple[Grade, ...] = Field(min_length=1, max_length=30)
    below: Key = "不定等次"
    over_quota: Literal["next", "none"] = "next"
    unused: Literal["lost", "next"] = "lost"
    tie_at_cut: Literal["eliminate_all", "admit_all"] = "eliminate_all"
    bottom: tuple[Bottom, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    steps: Steps | None = None
    not_rated: Condition | None = None
    not_rated_words: str = "只考核，不定等次"


class Badge(Part):
    """A badge of its own (五面红旗、每颗星一张表): won from ``at_least`` points of the node ``of`` up."""

    key: Key
    name: Key
    of: Key
    at_least: Exact
    requires: tuple[Condition, ...] = ()
    limits: tuple[AnyLimit, ...] = ()
    lead: str = ""
    clause: str = ""
