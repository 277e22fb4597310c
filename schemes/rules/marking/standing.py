"""Where a figure stands among those of its group: the best, its rank, how many share it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from ...blocks.conditions import Cell
from ...working import Working, looked_up

Best = Literal["highest", "lowest"]


@dataclass(frozen=True)
class Standing:
    """``keys``: the known figures in order, the best first; the sign is turned where the highest is best."""

    keys: tuple[Fraction, ...]
    sign: int

    @classmethod
    def of(cls, cells: Sequence[tuple[Cell, ...]], best: Best) -> "Standing":
        """From the first cell of each organization of the group; missing ones take no place."""
        sign = -1 if best == "highest" else 1
        return cls(tuple(sorted(sign * row[0] for row in cells if isinstance(row[0], Fraction))), sign)

    @cached_property
    def distinct(self) -> tuple[Fraction, ...]:
        return tuple(sorted(set(self.keys)))

    @property
    def best(self) -> Fraction | None:
        return self.sign * self.keys[0] if self.keys else None

    def rank(self, value: Fraction) -> int:
        """One more than the number of better ones: 1, 2, 2, 4."""
        return 1 + bisect_left(self.keys, self.sign * value)

    def dense_rank(self, value: Fraction) -> int:
        """One more than the number of different better figures: 1, 2, 2, 3."""
        return 1 + bisect_left(self.distinct, self.sign * value)

    def sharing(self, value: Fraction) -> int:
        """How many have this figure, the organization itself included."""
        return bisect_right(self.keys, self.sign * value) - bisect_left(self.keys, self.sign * value)

    def counted(self, figure: Working) -> Working:
        """How many have the figure, as a working."""
        line = () if figure.value is None else ((figure.value, Fraction(self.sharing(figure.value))),)
        return looked_up(figure, line, f"{len(self.keys)} 个中数值相同的", exact=True).named("并列的个数")

    def ranked(self, figure: Working, *, dense: bool = False) -> Working:
        """The rank of a figure as a working; unknown where the figure is."""
        if figure.value is None:
            return looked_up(figure, (), "", exact=True).named("名次")
        rank = self.dense_rank(figure.value) if dense else self.rank(figure.value)
        tied = self.sharing(figure.value)
        note = f"{len(self.keys)} 个中的名次" + (f"（{tied} 个并列）" if tied > 1 else "")
        return looked_up(figure, ((figure.value, Fraction(rank)),), note, exact=True).named("名次")
