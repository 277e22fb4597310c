"""Conditions: a comparison of one figure, word or event count, or several joined; used wherever a rule says “when”."""

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from ..exact import decimal_text, parse_number
from ..rules.base import Exact, Key, Part, YesNo

#: What a condition compares: a number, a word, a day, or nothing where it is missing.
Cell = Fraction | str | date | bool | None


def _word(value: Any) -> Any:
    """A bare 是 or 否 is a word here."""
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else value


Word = Annotated[str, BeforeValidator(_word)]

_COMPARISONS = ("at_least", "above", "at_most", "below", "equals", "one_of", "none_of", "known")


_OF_FIGURES = {"at_least": "不低于 {}", "above": "高于 {}", "at_most": "不高于 {}", "below": "低于 {}"}
_OF_RANK = {
    "at_least": "在第 {} 名或以后", "above": "在第 {} 名以后", "at_most": "在第 {} 名以内", "below": "在第 {} 名以前",
}  # fmt: skip


class Condition(Part):
    """Either ``all_of`` / ``any_of`` of other conditions, or comparisons of the figure ``of``, all of which must hold.

    Where the figure is missing the condition does not hold, unless ``if_missing`` says it does. ``words`` replaces the
    sentence that people read.
    """

    of: Key | None = None
    at_least: Exact | None = None
    above: Exact | None = None
    at_most: Exact | None = None
    below: Exact | None = None
    equals: Word | None = None
    one_of: tuple[Word, ...] = ()
    none_of: tuple[Word, ...] = ()
    known: YesNo | None = None
    if_missing: YesNo = False
    all_of: tuple["Condition", ...] = ()
    any_of: tuple["Condition", ...] = ()
    words: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> "Condition":
        compares = any(getattr(self, name) not in (None, ()) for name in _COMPARISONS)
        kinds = [bool(self.all_of), bool(self.any_of), self.of is not None]
        if sum(kinds) != 1:
            raise ValueError("应写 of、all_of、any_of 中的一个")
        if (self.of is not None) != compares:
            raise ValueError("写了 of 就要写比较（如 at_least），没写 of 就不能写比较")
        return self

    def keys(self) -> Iterator[str]:
        """Every figure that the condition looks at."""
        if self.of is not None:
            yield self.of
        for part in (*self.all_of, *self.any_of):
            yield from part.keys()

    def holds(self, cell_of: Callable[[str], Cell]) -> bool:
        if self.all_of:
            return all(part.holds(cell_of) for part in self.all_of)
        if self.any_of:
            return any(part.holds(cell_of) for part in self.any_of)
        cell = cell_of(self.of or "")
        if self.known is not None and (cell is not None) != self.known:
            return False
        if cell is None:
            return self.if_missing or self.known is False
        return self._number_holds(cell) and self._word_holds(cell)

    def _number_holds(self, cell: Cell) -> bool:
        if not isinstance(cell, Fraction):
            return all(bound is None for bound in (self.at_least, self.above, self.at_most, self.below))
        return (
            (self.at_least is None or cell >= self.at_least)
            and (self.above is None or cell > self.above)
            and (self.at_most is None or cell <= self.at_most)
            and (self.below is None or cell < self.below)
        )

    def _word_holds(self, cell: Cell) -> bool:
        return (
            (self.equals is None or _same(cell, self.equals))
            and (not self.one_of or any(_same(cell, word) for word in self.one_of))
            and not any(_same(cell, word) for word in self.none_of)
        )

    def sentence(self, name_of: Callable[[str], str]) -> str:
        """The condition in Chinese: ``群众满意率不低于 0.9``."""
        if self.words:
            return self.words
        if self.all_of:
            return "，且".join(part._inside(name_of) for part in self.all_of)
        if self.any_of:
            return "，或".join(part._inside(name_of) for part in self.any_of)
        return f"{name_of(self.of or '')}{'、'.join(self._comparisons())}"

    def _inside(self, name_of: Callable[[str], str]) -> str:
        """As a part of a longer condition: several joined stand in brackets."""
        text = self.sentence(name_of)
        return f"（{text}）" if not self.words and (self.all_of or self.any_of) else text

    def _comparisons(self) -> Iterator[str]:
        words = _OF_RANK if self.of == "rank" else _OF_FIGURES
        for name, word in words.items():
            if (bound := getattr(self, name)) is not None:
                yield word.format(decimal_text(bound))
        if self.equals is not None:
            yield f"为“{self.equals}”"
        if self.one_of:
            yield f"为“{'”或“'.join(self.one_of)}”"
        if self.none_of:
            yield f"不为“{'”或“'.join(self.none_of)}”"
        if self.known is not None:
            yield "有数据" if self.known else "没有数据"


def _same(cell: Cell, word: str) -> bool:
    """Whether a value is what a document writes; numbers by what they are worth: 0.9, 0.90 and 90%."""
    if not isinstance(cell, Fraction):
        return cell_text(cell) == word
    try:
        return cell == parse_number(word)
    except ValueError:
        return False


def cell_text(cell: Any) -> str:
    """A value as people write it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return decimal_text(cell) if isinstance(cell, Fraction) else cell.isoformat() if isinstance(cell, date) else cell


def as_number(cell: Cell) -> Fraction | None:
    """A figure as it is, a day as its number of days; words are no numbers."""
    if isinstance(cell, date):
        return Fraction(cell.toordinal())
    return cell if isinstance(cell, Fraction) else None
