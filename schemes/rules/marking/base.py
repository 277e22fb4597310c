"""The slot's bases: a mark that a person gives (on a step), and a measure that turns recorded figures into points."""

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar

from ...blocks.conditions import Cell
from ...blocks.facts import Fact
from ...exact import decimal_text
from ...working import Working
from ..base import Key, Rule

#: Marks are stored in at most two bytes, the highest value meaning "not scored".
MOST_UNITS = 65_534

_MARK = re.compile(r"([+-]?(?:\d+(?:\.\d+)?|\.\d+))\s*分?")


def parse_mark(text: str) -> Fraction:
    """``4.5``, ``４．５``, ``4.5 分``. Raises ValueError for anything else; an empty cell is missing, not zero."""
    found = _MARK.fullmatch(unicodedata.normalize("NFKC", text).replace("−", "-").strip())
    if found is None or len(text) > 24:
        raise ValueError("是公式，不是数" if text.startswith("=") else "不是数")
    return Fraction(found[1])


class SheetMark(Rule):
    """A mark that a person gives: by each inspector on a sheet, or once by a department (``by`` of the criterion).

    It lies on a step from ``lowest`` to ``full`` points and is stored as its number of steps.
    """

    @property
    def full(self) -> Fraction:
        raise TypeError(f"{type(self).__name__} has no full mark")

    @property
    def lowest(self) -> Fraction:
        return Fraction(0)

    @property
    def finest(self) -> Fraction:
        """The step: every mark is ``lowest`` plus a whole number of these."""
        raise TypeError(f"{type(self).__name__} has no step")

    @property
    def units_at_most(self) -> int:
        """Steps from ``lowest`` to ``full``: the largest number stored for this criterion."""
        return int((self.full - self.lowest) / self.finest)

    def read(self, text: str) -> Fraction:
        """The mark that a written text means, in points. Raises ValueError with a Chinese reason."""
        return parse_mark(text)

    def to_units(self, mark: Fraction) -> int:
        """A mark as its number of steps above ``lowest``. Raises ValueError saying what is allowed."""
        if mark < self.lowest:
            raise ValueError(f"低于最低分 {decimal_text(self.lowest)}")
        if mark > self.full:
            raise ValueError(f"高于满分 {decimal_text(self.full)}")
        units = (mark - self.lowest) / self.finest
        if units.denominator != 1:
            step, low = decimal_text(self.finest), decimal_text(self.lowest)
            allowed = f"应从 {low} 分起每 {step} 分一档" if self.lowest else f"应为 {step} 的倍数"
            raise ValueError(f"不合分档，{allowed}")
        return int(units)

    def allowed(self) -> str:
        """What may be written, for a person: ``0 至 5，每档 0.5``."""
        return f"{decimal_text(self.lowest)} 至 {decimal_text(self.full)}，每档 {decimal_text(self.finest)}"

    def to_mark(self, units: int) -> Fraction:
        return self.lowest + units * self.finest


class Measure(Rule):
    """Points from what is recorded: pure and scalar, so that what decides is what explains.

    ``of`` names the figure (a fact, an event count, another criterion); without it the criterion's own key is a number
    in the facts table. ``group_by`` names words (如组织类别) within which organizations are compared; empty: the whole
    round.
    """

    of: Key | None = None
    group_by: tuple[Key, ...] = ()

    #: Whether ``mark`` is given event records (tuples of Record) instead of numbers.
    wants_records: ClassVar[bool] = False

    @property
    def full(self) -> Fraction | None:
        """Full marks, for adding up the table of criteria; None where there is no upper limit."""
        return None

    def keys(self, own: str) -> tuple[str, ...]:
        """The figures that it reads, in the order in which ``mark`` gets them."""
        return (self.of or own,)

    def implied(self, own: str, name: str) -> tuple[Fact, ...]:
        """Facts that need no declaration because this criterion reads them."""
        return () if self.of else (Fact(key=own, name=name),)

    def reference(self, cells: Sequence[tuple[Cell, ...]]) -> Any:
        """What the organizations of one group are compared with (the best, the ranking); None when with nothing."""
        return None

    def mark(self, cells: tuple[Any, ...], reference: Any, names: Sequence[str]) -> Working:
        """The points of one organization. ``names`` are what people call ``cells``; unknown where a figure is
        missing.
        """
        raise TypeError(f"{type(self).__name__} marks nothing")
