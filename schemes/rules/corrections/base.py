"""The slot's base: a correction turns a score into another by the figures of its panel and of everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from ...working import Working
from ..base import Key, Rule


@dataclass(frozen=True)
class Scores:
    """All scores of one panel, or of the whole round; their mean and variance are worked out once."""

    values: Sequence[Fraction]

    @cached_property
    def mean(self) -> Fraction:
        return sum(self.values, Fraction(0)) / len(self.values)

    @cached_property
    def variance(self) -> Fraction:
        """Of the population: divided by their number."""
        return sum(((value - self.mean) ** 2 for value in self.values), Fraction(0)) / len(self.values)


class Correction(Rule):
    """``panel``: the word in the facts table that says which panel an organization was scored by."""

    panel: Key

    def corrected(self, score: Working, own: Scores, everybody: Scores) -> Working:
        """The corrected score of one entry, from the scores of its panel and of everybody."""
        raise TypeError(f"{type(self).__name__} corrects nothing")
