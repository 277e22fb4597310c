"""Tie-break by the mean of all sheet totals with nothing dropped."""

from typing import Any, Literal

from .base import TieBreak


class UntrimmedMean(TieBreak):
    kind: Literal["untrimmed_mean"] = "untrimmed_mean"

    def columns(self, scheme: Any) -> list[int]:
        return list(range(len(scheme.leaves)))

    def title(self, scheme: Any) -> str:
        return "全部评分单均分"
