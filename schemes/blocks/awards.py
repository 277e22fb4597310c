"""Award tiers that organizations apply for, how places are given, and what a title brings with it."""

from typing import Literal

from ..rules.aggregation import AnyAggregation
from ..rules.base import Count, Exact, Key, Part, Years, YesNo
from ..rules.limits import AnyLimit
from ..rules.ties import AnyTieBreak
from .conditions import Condition


class Tier(Part):
    """An award tier. Nobody wins below ``threshold`` (宁缺毋滥); ``target`` is a planned number, not a quota."""

    name: Key
    threshold: Exact | None = None
    target: Count | None = None
    for_whom: str = ""
    requires: tuple[Condition, ...] = ()


class Ranking(Part):
    """``group_by``: words of the facts table within which organizations are ranked apart, beside round and tier.

    ``ranks``: 1, 2, 2, 4 (competition) or 1, 2, 2, 3 (dense).
    """

    clause: str = ""
    per_tier: YesNo = True
    group_by: tuple[Key, ...] = ()
    ranks: Literal["competition", "dense"] = "competition"
    tie_breaks: tuple[AnyTieBreak, ...] = ()


class PerParent(Part):
    """Places by township (or another word ``by``): at most so many of each; the best of each is taken first up to
    ``at_least``.
    """

    clause: str = ""
    by: Key = "township"
    at_most: Count | None = None
    at_least: Count | None = None


class Selection(Part):
    """``tie_at_cut``: what happens to a group still tied across the cut. ``reserve``: places on the reserve list
    (候补).
    """

    clause: str = ""
    limits: tuple[AnyLimit, ...] = ()
    tie_at_cut: Literal["eliminate_all", "admit_all"] = "eliminate_all"
    per_parent: PerParent | None = None
    reserve: Count | None = None


class Promotion(Part):
    from_tier: Key
    to_tier: Key


class Reinspection(Part):
    """A title holder whose re-inspection score is below ``revoke_below`` is delisted with a warning (摘牌警示)."""

    clause: str = ""
    aggregation: AnyAggregation
    revoke_below: Exact


class Titles(Part):
    """``valid_years``: a title ends so many years after it was won, unless won anew or re-inspected (复审) before.

    ``exceptional``: whether a title given outside the rules (破格) brings points and money like one that was won.
    """

    clause: str = ""
    promotions: tuple[Promotion, ...] = ()
    reinspection: Reinspection | None = None
    valid_years: Years | None = None
    exceptional: Literal["like_an_award", "title_only"] = "like_an_award"


class Bonus(Part):
    """Points that each award gives the township in the annual assessment of the round's calendar year.

    ``if_revoked``: what a title revoked later means for the year it was won in: the points stay, or are taken back.
    """

    clause: str = ""
    points: dict[str, Exact]
    if_revoked: Literal["keep", "take_back"] = "keep"


class Subsidy(Part):
    """Subsidy per award, in 万元. Special subsidies are listed one by one beside the scheme.

    ``if_revoked``: whether money of a title revoked later stays due, or is taken back.
    """

    clause: str = ""
    wan: dict[str, Exact]
    if_revoked: Literal["keep", "take_back"] = "keep"
