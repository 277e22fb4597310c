"""The slot's base: a tie-break gives every entry an exact figure; the higher goes first."""

from typing import Any

from ..base import Rounding, Rule


class TieBreak(Rule):
    """Means are over all sheets, nothing dropped, as a tie-break compares what everybody wrote."""

    round: Rounding | None = None

    def columns(self, scheme: Any) -> list[int]:
        """The criteria (columns of the sheet) whose mean is compared."""
        return []

    def figures(self) -> tuple[str, ...]:
        """The figures it compares, when it compares no columns of the sheet."""
        return ()

    def title(self, scheme: Any) -> str:
        """What is compared, as a column head: ``党建做法均分``."""
        raise TypeError(f"{type(self).__name__} has no title")

    def sentence(self, scheme: Any) -> str:
        ending = f"（{self.round.sentence()}）" if self.round else ""
        return f"{self.title(scheme)}高者在前{ending}"
