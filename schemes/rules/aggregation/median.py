"""Median: the middle value, or the mean of the two middle values."""

from typing import Any, Literal

from ...exact import Integers
from .base import Aggregation


class Median(Aggregation):
    kind: Literal["median"] = "median"

    def kept(self, position: Integers, count: Integers) -> Any:
        return (position >= (count - 1) // 2) & (position <= count // 2)

    def sentence(self, scheme: Any) -> str:
        what = "评分单总分" if self.per == "sheet" else "每项标准的各评委打分"
        added = "" if self.per == "sheet" else "，再相加"
        return f"取{what}的中位数（双数份时取中间两份的平均数）{added}，{self.ending()}"
