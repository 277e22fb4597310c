"""Plain mean of all sheets, nothing dropped."""

from typing import Any, Literal

import numpy as np

from ...exact import Integers
from .base import Aggregation


class Mean(Aggregation):
    kind: Literal["mean"] = "mean"

    def kept(self, position: Integers, count: Integers) -> Any:
        return np.ones(len(position), dtype=bool)

    def sentence(self, scheme: Any) -> str:
        what = "评分单总分的平均数" if self.per == "sheet" else "评分单每项标准打分的平均数，再相加"
        return f"取全部{what}，{self.ending()}"
