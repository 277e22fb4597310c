"""Trimmed mean (去掉最高分和最低分): from so many sheets up, drop some of the highest and lowest, then the mean."""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from pydantic import Field

from ...exact import Integers
from ...problems import Problem
from ..base import Count, Part
from .base import Aggregation


class TrimBand(Part):
    """From ``from_sheets`` sheets up, drop these; the band with the most sheets that is reached applies."""

    from_sheets: Count = Field(ge=2)
    drop_highest: Count = 1
    drop_lowest: Count = 1

    def sentence(self) -> str:
        dropped = [(self.drop_highest, "最高分"), (self.drop_lowest, "最低分")]
        words = "、".join(f"{count} 个{what}" for count, what in dropped if count)
        return f"{self.from_sheets} 份以上的去掉 {words}" if words else f"{self.from_sheets} 份以上的不作取舍"


class TrimmedMean(Aggregation):
    kind: Literal["trimmed_mean"] = "trimmed_mean"
    bands: tuple[TrimBand, ...] = Field(min_length=1, max_length=10)

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        previous = 0
        for i, band in enumerate(self.bands):
            here = f"{place}.bands[{i}]"
            if band.from_sheets <= previous:
                yield Problem(place=f"{here}.from_sheets", reason="起算份数没有递增", remedy=f"应大于 {previous}。")
            if band.drop_highest + band.drop_lowest >= band.from_sheets:
                reason = f"{band.from_sheets} 份评分单会被全部去掉"
                yield Problem(place=here, reason=reason, remedy="请少去几份，或提高起算份数。")
            previous = band.from_sheets

    def kept(self, position: Integers, count: Integers) -> Any:
        low, high = np.zeros_like(count), np.zeros_like(count)
        for band in self.bands:
            reached = count >= band.from_sheets
            low = np.where(reached, band.drop_lowest, low)
            high = np.where(reached, band.drop_highest, high)
        return (position >= low) & (position < count - high)

    def sentence(self, scheme: Any) -> str:
        what = "评分单总分" if self.per == "sheet" else "每项标准的各评委打分"
        added = "" if self.per == "sheet" else "，再相加"
        bands = "，".join(band.sentence() for band in self.bands)
        return f"{what} {bands}，其余取平均数{added}，{self.ending()}"
