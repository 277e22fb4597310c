"""What a printed sheet holds, free of any file format: title, columns, rows, totals, notes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

#: What stands in a cell that has no value: missing is not zero.
MISSING = "—"


@dataclass(frozen=True)
class Formula:
    """A sum people may check: its text, with ``{row}``, ``{first}`` and ``{last}`` as row numbers, and its value."""

    text: str
    value: Decimal | int


Cell = str | int | Decimal | Formula | None


@dataclass(frozen=True)
class Column:
    """``width`` in Latin characters; ``places`` makes it a column of numbers; equal ``group`` share a head above."""

    title: str
    width: float
    places: int | None = None
    group: str = ""
    centred: bool = False


@dataclass
class Sheet:
    """``line`` stands under the title, ``notes`` under the table; ``frozen`` columns stay while scrolling."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    line: str = ""
    totals: Sequence[Cell] | None = None
    notes: Sequence[str] = ()
    frozen: int = 2
    small: bool = False
    marked: frozenset[int] = field(default_factory=frozenset)

    @property
    def grouped(self) -> bool:
        return any(column.group for column in self.columns)

    @property
    def head_rows(self) -> int:
        """Rows above the data: title, line, one or two rows of heads."""
        return 4 if self.grouped else 3


def letter(place: int) -> str:
    """Name of a column by its place from 0: A, Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def display_width(text: str) -> int:
    """Width in Latin characters: a Chinese character is as wide as two."""
    return sum(2 if ord(sign) > 0x2E7F or sign in "“”‘’—…·①" else 1 for sign in text)
