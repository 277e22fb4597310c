"""The known values of one figure in a group, with what formulas ask of it worked out once."""

from fractions import Fraction
from functools import cached_property
from math import lcm

#: A figure longer than this is no figure of an assessment; without a bound, formulas over formulas grow without end.
MOST_BITS = 10_000


class Column(tuple[Fraction, ...]):
    """Values in any order; their order decides nothing."""

    @cached_property
    def unit(self) -> int:
        """The common denominator, 0 where it is longer than MOST_BITS."""
        found = 1
        for denominator in {value.denominator for value in self}:
            found = lcm(found, denominator)
            if found.bit_length() > MOST_BITS:
                return 0
        return found

    @cached_property
    def exact(self) -> bool:
        """Whether the values can be added up."""
        return self.unit > 0

    @cached_property
    def sum(self) -> Fraction:
        return Fraction(sum(value.numerator * (self.unit // value.denominator) for value in self), self.unit)

    @cached_property
    def highest(self) -> Fraction:
        return max(self)

    @cached_property
    def lowest(self) -> Fraction:
        return min(self)

    def value(self, name: str) -> Fraction | None:
        """``count``, ``sum``, ``mean``, ``max`` or ``min``; of no values only the count is known."""
        if name == "count":
            return Fraction(len(self))
        if not self:
            return None
        if name in ("sum", "mean"):
            return self.sum / (len(self) if name == "mean" else 1)
        return self.highest if name == "max" else self.lowest
