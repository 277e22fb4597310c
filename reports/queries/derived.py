"""The tree of figures behind one result as rows for people: what, full marks, how it came about, points, clause."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from schemes import Explanation
from schemes.derivation import DerivedLine
from schemes.exact import decimal_text
from schemes.outcome import ConsequenceRow
from schemes.working import number_text

from .rounds import clause_words

_ROLES = {"bonus": "加分", "deduction": "扣分"}


@dataclass(frozen=True)
class DerivedRow:
    """One figure. ``depth`` 0 is the total; ``how`` is empty where the figure was recorded as it stands.

    ``aside`` marks what is shown but not added: periods, facts made by a formula, criteria that are listed only.
    """

    name: str
    depth: int
    role: str
    aside: bool
    full: str
    how: str
    value: str
    clause: str
    label: str


def derived_rows(explanation: Explanation) -> tuple[DerivedRow, ...]:
    """Empty where the total is the only figure: then the sheets say everything."""
    if len(explanation.derivation) < 2:
        return ()
    return tuple(_rows(explanation))


def _rows(explanation: Explanation) -> Iterable[DerivedRow]:
    for line in explanation.derivation:
        value = explanation.row.score if line.depth == 0 else None
        yield DerivedRow(
            name="总分" if line.depth == 0 else line.name,
            depth=line.depth,
            role=_ROLES.get(line.role, ""),
            aside=line.role == "info",
            full="" if line.full is None else decimal_text(line.full),
            how=_how(line),
            value=value or number_text(line.working.value),
            clause=line.clause,
            label=clause_words(line.clause),
        )


def _how(line: DerivedLine) -> str:
    """The arithmetic; a figure recorded as it stands has none."""
    text = line.text
    return "" if text == number_text(line.working.value) else text


@dataclass(frozen=True)
class FollowingRow:
    """One consequence in words; ``amount`` and ``until`` are empty where there is none."""

    name: str
    amount: str
    reason: str
    who: str
    until: str
    clause: str
    label: str


def following_rows(consequences: Iterable[ConsequenceRow]) -> tuple[FollowingRow, ...]:
    return tuple(
        FollowingRow(
            name=row.name,
            amount=_amount(row.amount, row.unit),
            reason=row.reason,
            who=row.who,
            until=f"{row.within_days} 日内" if row.within_days is not None else "",
            clause=row.clause,
            label=clause_words(row.clause),
        )
        for row in consequences
    )


def _amount(amount: Fraction | None, unit: str) -> str:
    return "" if amount is None else f"{decimal_text(amount)} {unit}".strip()
