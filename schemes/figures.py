"""One exact figure per entry, and the arithmetic of such columns; unknown stays unknown.

Numerators are int64 where every product fits, else Python integers, else Fractions (with unit 1): slower and as exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .exact import Integers, decimal_text, round_half_up, widen

#: A common denominator beyond this costs more than fractions do.
WIDEST_UNIT = 10**9


@dataclass(frozen=True)
class Figure:
    """``numerators / unit`` per entry; meaningful where ``known``. ``places``: decimals it is written with."""

    numerators: NDArray[Any]
    unit: int
    known: NDArray[np.bool_]
    places: int | None

    def value(self, entry: int) -> Fraction | None:
        return Fraction(_plain(self.numerators[entry])) / self.unit if self.known[entry] else None

    def values(self) -> list[Fraction | None]:
        return [self.value(entry) for entry in range(len(self.known))]

    def shown(self, entry: int) -> str | None:
        """As ``text``, with a decimal beside a fraction that has none: ``134/3（约 44.67）``."""
        value, text = self.value(entry), self.text(entry)
        return text if value is None or text is None or "/" not in text else f"{text}（约 {decimal_text(value, 2)}）"

    def text(self, entry: int) -> str | None:
        value = self.value(entry)
        return None if value is None else decimal_text(value, self.places)

    # -- arithmetic

    def plus(self, other: "Figure") -> "Figure":
        mine, its, unit = _together(self, other)
        return Figure(mine + its, unit, self.known & other.known, None)

    def minus(self, other: "Figure") -> "Figure":
        return self.plus(other.times(Fraction(-1)))

    def times(self, factor: Fraction) -> "Figure":
        numerators = widen(self.numerators, factor.numerator) * factor.numerator
        return Figure(numerators, self.unit * factor.denominator, self.known, None)

    def at_most(self, cap: Fraction) -> "Figure":
        return self._bounded(cap, np.minimum)

    def at_least(self, floor: Fraction) -> "Figure":
        return self._bounded(floor, np.maximum)

    def higher(self, other: "Figure") -> "Figure":
        mine, its, unit = _together(self, other)
        return Figure(np.maximum(mine, its), unit, self.known & other.known, None)

    def lower(self, other: "Figure") -> "Figure":
        mine, its, unit = _together(self, other)
        return Figure(np.minimum(mine, its), unit, self.known & other.known, None)

    def where(self, chosen: NDArray[np.bool_], other: "Figure") -> "Figure":
        """This figure where ``chosen``, the other elsewhere."""
        mine, its, unit = _together(self, other)
        return Figure(np.where(chosen, mine, its), unit, np.where(chosen, self.known, other.known), None)

    def rounded(self, places: int, whole: Callable[[Any, Any], Any] = round_half_up) -> "Figure":
        """Rounded to ``places`` decimals by ``whole(numerator, denominator)``, half up unless another is given."""
        power = 10**places
        if self.numerators.dtype == object:
            exact = [Fraction(_plain(value)) * power / self.unit for value in self.numerators]
            numerators = of_integers([int(whole(value.numerator, value.denominator)) for value in exact])
        else:
            wide = widen(self.numerators, 2 * power)
            numerators = np.asarray(whole(wide * power, self.unit))
        return Figure(numerators, power, self.known, places)

    def _bounded(self, bound: Fraction, pick: Any) -> "Figure":
        return _pick(self, constant(bound, len(self.known)), pick)

    def comparable(self) -> Integers:
        """Numbers that order like the figure and fit int64; equal figures get equal numbers."""
        if self.numerators.dtype != object:
            return self.numerators
        return np.unique(self.numerators, return_inverse=True)[1].astype(np.int64)

    def known_only(self, known: NDArray[np.bool_]) -> "Figure":
        return replace(self, known=self.known & known)


def constant(value: Fraction, count: int) -> Figure:
    """The same value for every entry."""
    return Figure(np.full(count, value.numerator), value.denominator, np.ones(count, dtype=bool), None)


def of_fractions(values: Sequence[Fraction | None], places: int | None = None) -> Figure:
    """A figure from exact values; None is unknown."""
    known = np.array([value is not None for value in values], dtype=bool)
    unit = 1
    for value in {value for value in values if value is not None}:
        unit = lcm(unit, value.denominator)
        if unit > WIDEST_UNIT:
            exact = np.empty(len(values), dtype=object)
            exact[:] = [value if value is not None else Fraction(0) for value in values]
            return Figure(exact, 1, known, places)
    return Figure(of_integers([int(value * unit) if value is not None else 0 for value in values]), unit, known, places)


def of_integers(values: Sequence[int]) -> NDArray[Any]:
    """int64 where every value fits with room for sums, else Python integers."""
    narrow = all(-(2**60) < value < 2**60 for value in values)
    return np.array(list(values), dtype=np.int64 if narrow else object)


def _together(one: Figure, other: Figure) -> tuple[Any, Any, int]:
    """Both numerators over one unit, in a type in which their sum is exact."""
    unit = lcm(one.unit, other.unit)
    mine, its = unit // one.unit, unit // other.unit
    left, right = widen(one.numerators, 2 * mine), widen(other.numerators, 2 * its)
    return left * mine, right * its, unit


def _pick(one: Figure, other: Figure, pick: Any) -> Figure:
    mine, its, unit = _together(one, other)
    return Figure(pick(mine, its), unit, one.known & other.known, None)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, Fraction)) else int(value)
