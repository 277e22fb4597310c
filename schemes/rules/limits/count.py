"""At most so many of each group, whatever its size."""

from typing import Any, Literal

from ..base import Count
from .base import Group, Limit


class CountOfGroup(Limit):
    kind: Literal["count"] = "count"
    most: Count

    def at_most(self, group: Group) -> int:
        return self.most

    def working(self, group: Group) -> str:
        return f"名额 {self.most}"

    def sentence(self, scheme: Any) -> str:
        return f"至多 {self.most} 个"
