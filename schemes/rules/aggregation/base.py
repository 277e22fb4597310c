"""The slot's base: an aggregation decides which values of an entry count; the engine takes their exact mean."""

from typing import Any, Literal

from ...exact import Integers
from ..base import Count, Rounding, Rule


class Aggregation(Rule):
    """``per``: sheets are ordered and dropped by their totals (``sheet``), or every criterion by itself."""

    per: Literal["sheet", "criterion"] = "sheet"
    minimum_sheets: Count = 1
    round: Rounding | None = None

    def kept(self, position: Integers, count: Integers) -> Any:
        """Which values count: ``position`` (0 = lowest) of each value within its entry of ``count`` values."""
        raise TypeError(f"{type(self).__name__} keeps nothing")

    def ending(self) -> str:
        scarce = f"；评分单少于 {self.minimum_sheets} 份的不计分" if self.minimum_sheets > 1 else ""
        return f"{self.round.sentence() if self.round else '不四舍五入'}{scarce}"
