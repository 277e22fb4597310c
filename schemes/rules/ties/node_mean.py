"""Tie-break by the mean of one item or criterion over all sheets (先比项目四，再比项目六)."""

from collections.abc import Iterator
from typing import Any, Literal

from ...problems import Problem
from ..base import Key
from .base import TieBreak


class NodeMean(TieBreak):
    kind: Literal["node_mean"] = "node_mean"
    node: Key

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if self.node not in scheme.nodes:
            remedy = f"可用：{'、'.join(scheme.nodes)}。"
            yield Problem(place=f"{place}.node", value=self.node, reason="创建标准里没有这一项", remedy=remedy)

    def columns(self, scheme: Any) -> list[int]:
        return list(scheme.columns_of(self.node))

    def title(self, scheme: Any) -> str:
        return f"{scheme.nodes[self.node].name}均分"
