"""What grades and yes/no share: a mark that is one of a few named choices, each worth its points."""

import unicodedata
from fractions import Fraction
from math import gcd, lcm

from ...exact import decimal_text
from .base import SheetMark, parse_mark


class ChoiceMark(SheetMark):
    """Stored as the number of common steps above the lowest choice; read from a choice's name or from its points."""

    @property
    def choices(self) -> tuple[tuple[str, Fraction], ...]:
        """Names with their points, the highest first."""
        raise TypeError(f"{type(self).__name__} has no choices")

    @property
    def full(self) -> Fraction:
        return self.choices[0][1]

    @property
    def lowest(self) -> Fraction:
        return self.choices[-1][1]

    @property
    def finest(self) -> Fraction:
        return common_step([points - self.lowest for _, points in self.choices]) or Fraction(1)

    def read(self, text: str) -> Fraction:
        """The points of a choice. Raises ValueError for a word that is none of them, and for what is no number."""
        word = plain_word(text)
        found = next((points for name, points in self.choices if plain_word(name) == word), None)
        return parse_mark(text) if found is None else found

    def to_units(self, mark: Fraction) -> int:
        if all(mark != points for _, points in self.choices):
            raise ValueError(f"没有得 {decimal_text(mark)} 分的一等")
        return int((mark - self.lowest) / self.finest)

    def allowed(self) -> str:
        """``好（10）、较好（8）、一般（6）``: the name or the points may be written."""
        return "、".join(f"{name}（{decimal_text(points)}）" for name, points in self.choices)


def plain_word(text: str) -> str:
    """A word without blanks around it, full-width letters and digits as half-width ones."""
    return unicodedata.normalize("NFKC", text).strip()


def common_step(points: list[Fraction]) -> Fraction:
    """The largest step of which all of these are whole multiples; 0 when all are 0."""
    unit = lcm(*(each.denominator for each in points))
    return Fraction(gcd(*(int(each * unit) for each in points)), unit)
