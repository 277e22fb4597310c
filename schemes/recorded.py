"""What was recorded of the entries besides marks: facts as columns, events as records. Data, not rules."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final

from .blocks.conditions import Cell


class NotApplicable:
    """不涉及: the criterion does not concern this organization."""

    def __repr__(self) -> str:
        return "不涉及"


NOT_APPLICABLE: Final = NotApplicable()

Recorded = Cell | NotApplicable


@dataclass(frozen=True, order=True)
class Record:
    """One event of one organization. ``subject`` is what it is about: records of one subject may exclude each other."""

    day: date
    amount: Fraction = Fraction(1)
    subject: str = ""
    note: str = ""
    period: str = ""


@dataclass(frozen=True)
class Facts:
    """``cells[key, period][entry]`` (period "" for what is recorded once); ``events[key][entry]`` in order of day."""

    cells: dict[tuple[str, str], list[Recorded]] = field(default_factory=dict)
    events: dict[str, dict[int, tuple[Record, ...]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.cells or self.events)
