"""A fixed number of places per tier."""

from collections.abc import Iterator
from typing import Any, Literal

from ...problems import Problem
from ..base import Count
from .base import Group, Limit


class Quota(Limit):
    kind: Literal["quota"] = "quota"
    places: dict[str, Count]

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if not scheme.ranking.per_tier:
            reason = "每轮统一排名时，分等次的名额不起作用"
            yield Problem(place=f"{place}.kind", reason=reason, remedy="请改用 share，或把 per_tier 改为 是。")
        for tier in self.places:
            if tier not in scheme.tier_names:
                remedy = f"可用：{'、'.join(scheme.tier_names)}。"
                yield Problem(place=f"{place}.places", value=tier, reason="没有这个等次", remedy=remedy)

    def at_most(self, group: Group) -> int | None:
        return self.places.get(group.tier)

    def working(self, group: Group) -> str:
        return f"{group.tier}名额 {self.places[group.tier]}"

    def sentence(self, scheme: Any) -> str:
        return "名额为" + "、".join(f"{tier} {count} 个" for tier, count in self.places.items())
