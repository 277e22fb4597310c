"""Tie-break by any figure: a fact, an item, a date (先申报者在前), an order that the office decided and recorded."""

from typing import Any, Literal

from ..base import Key
from .base import TieBreak


class FigureTie(TieBreak):
    """Where the figure is missing, the entry comes after those that have one."""

    kind: Literal["figure"] = "figure"
    of: Key
    first: Literal["highest", "lowest"] = "highest"

    def figures(self) -> tuple[str, ...]:
        return (self.of,)

    def title(self, scheme: Any) -> str:
        return str(scheme.name_of(self.of))

    def sentence(self, scheme: Any) -> str:
        ending = f"（{self.round.sentence()}）" if self.round else ""
        return f"{self.title(scheme)}{'高' if self.first == 'highest' else '小（早）'}者在前{ending}"
