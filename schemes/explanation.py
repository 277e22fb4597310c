"""What an explanation consists of: sheets, means, items against the group, tie-breaks, steps, the derivation."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .derivation import DerivedLine
from .outcome import ConsequenceRow, EntryResult, GroupOutcome
from .steps import Step

Use = Literal["kept", "highest", "lowest"]


#: More names than this are counted, not listed.
MOST_NAMED = 10


def listed(names: Sequence[str]) -> str:
    """``甲、乙``; beyond MOST_NAMED only their number: ``甲、乙等 30 家``."""
    shown = "、".join(names[:MOST_NAMED])
    return f"{shown}等 {len(names)} 家" if len(names) > MOST_NAMED else shown


@dataclass(frozen=True)
class SheetLine:
    """One inspector's sheet, lowest total first; ``marks`` in column order."""

    inspector: str
    total: str
    use: Use
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """One mean in the score: what was kept, its sum, its count. Sheets as a whole, or one criterion each."""

    name: str
    values: tuple[str, ...]
    uses: tuple[Use, ...]
    total: str
    count: int


@dataclass(frozen=True)
class NodeLine:
    """One item or criterion: mean of all sheets, the group's mean, their difference, lowest and highest mark."""

    key: str
    name: str
    depth: int
    full: str
    mean: str
    group_mean: str
    difference: Fraction
    lowest: str
    highest: str


@dataclass(frozen=True)
class TieLine:
    """One tie-break against the entries with the same score; ``decides`` when it separates this entry from any."""

    title: str
    value: str
    others: tuple[tuple[str, str], ...]
    decides: bool

    @property
    def compared(self) -> str:
        """Own figure and, in brackets, those of the others: ``8.50（赵村 8.00）``."""
        return f"{self.value}（{listed([f'{name} {value}' for name, value in self.others])}）"


@dataclass(frozen=True)
class Explanation:
    """``derivation``: the total first, then the tree, then computed facts; ``margin``: score less the last
    awarded's.
    """

    row: EntryResult
    group: GroupOutcome
    sheets: tuple[SheetLine, ...]
    terms: tuple[Term, ...]
    nodes: tuple[NodeLine, ...]
    ties: tuple[TieLine, ...]
    steps: tuple[Step, ...]
    tied_with: tuple[str, ...]
    margin: Fraction | None
    last_awarded: tuple[str, str] | None
    group_mean: str
    derivation: tuple[DerivedLine, ...] = ()
    consequences: tuple[ConsequenceRow, ...] = ()
