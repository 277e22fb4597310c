"""A parsed formula: the figures it names, and its working for one organization."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from ..working import Working
from .terms import Name, OfGroup, Term, reason
from .tokens import tokens

GROUP = "group_"
GROUP_FUNCTIONS = tuple(GROUP + name for name in ("sum", "mean", "max", "min", "count"))
FUNCTIONS = ("min", "max", "abs", "round", "floor", "ceil", "if", "date", *GROUP_FUNCTIONS)


@dataclass(frozen=True)
class Formula:
    """``text`` is what was written; ``root`` what it means."""

    text: str
    root: Term

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every figure it reads, of the organization or of its group, each once, in the order of the text."""
        found = [term.key for term in walk(self.root) if isinstance(term, (Name, OfGroup))]
        return tuple(dict.fromkeys(found))

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        """The figures of which the whole group is read."""
        return tuple(dict.fromkeys(term.key for term in walk(self.root) if isinstance(term, OfGroup)))

    def named(self, name_of: Callable[[str], str]) -> str:
        """The text with every figure as people call it instead of by its key."""
        written, place = "", 0
        for token in tokens(self.text):
            if token.kind == "figure" or (token.kind == "name" and token.text not in FUNCTIONS):
                written += self.text[place : token.at - 1] + name_of(token.text)
                place = token.at - 1 + token.length
        return written + self.text[place:]

    def working(self, values: Mapping[str, Working], group: Mapping[str, Sequence[Fraction]] | None = None) -> Working:
        """The value for one organization.

        ``values`` are its own figures by key, ``group`` the known figures of its group by key (a Column where many
        organizations are worked out, so that sums are made once). Unknown, with the reason
        as its note, where a figure that is needed is missing, where something is divided by zero, or where a number
        grows beyond any use.
        """
        made = self.root.working(values, group or {})
        return made if made.value is not None else made.named(made.label, reason(made) or "缺数据")


def walk(term: Term) -> Iterator[Term]:
    """A term and all inside it, in the order of the text."""
    yield term
    for part in term.parts:
        yield from walk(part)
