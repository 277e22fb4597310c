"""What a computation gives: a score, a rank and a verdict for every entry, and the arithmetic of every group."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .exact import decimal_text
from .inputs import Inputs
from .rules.limits import Group


class Verdict(StrEnum):
    """Why an entry won or did not. Below the threshold is its reason, whatever its rank."""

    AWARDED = "awarded"
    TIED_AT_CUT = "tied_at_cut"
    OVER_QUOTA = "over_quota"
    BELOW_THRESHOLD = "below_threshold"
    VETOED = "vetoed"
    UNSCORED = "unscored"


#: Verdicts by the small integer that arrays hold.
VERDICTS: tuple[Verdict, ...] = tuple(Verdict)
CODES: dict[Verdict, int] = {verdict: code for code, verdict in enumerate(VERDICTS)}
VERDICT_WORDS: dict[str, str] = {
    Verdict.AWARDED: "授予",
    Verdict.TIED_AT_CUT: "并列淘汰",
    Verdict.OVER_QUOTA: "超出名额",
    Verdict.BELOW_THRESHOLD: "低于标准",
    Verdict.VETOED: "一票否决",
    Verdict.UNSCORED: "未评",
}


@dataclass(frozen=True)
class GroupOutcome:
    """One ranking group: how many took part, the strictest limit (None: no limit), how many won."""

    group: Group
    limit: int | None
    deciding_limit: int | None
    awarded: int

    @property
    def elimination_rate(self) -> Fraction | None:
        """Share of the participants that did not win; None for a group without participants."""
        size = self.group.participants
        return Fraction(size - self.awarded, size) if size else None


@dataclass(frozen=True)
class EntryResult:
    """One row of the outcome. ``score`` is None when unscored, ``rank`` None when unranked."""

    round: str
    org_code: str
    tier: str
    score: str | None
    rank: int | None
    outcome: Verdict


@dataclass(frozen=True)
class Figure:
    """One exact figure per entry: ``numerators / unit``; meaningful where ``known``."""

    numerators: NDArray[Any]
    unit: int
    known: NDArray[np.bool_]
    places: int | None

    def value(self, entry: int) -> Fraction | None:
        return Fraction(int(self.numerators[entry]), self.unit) if self.known[entry] else None

    def shown(self, entry: int) -> str | None:
        """As ``text``, with a decimal beside a fraction that has none: ``134/3（约 44.67）``."""
        value, text = self.value(entry), self.text(entry)
        return text if value is None or text is None or "/" not in text else f"{text}（约 {decimal_text(value, 2)}）"

    def text(self, entry: int) -> str | None:
        value = self.value(entry)
        return None if value is None else decimal_text(value, self.places)


@dataclass(frozen=True)
class Outcome:
    """The whole result, as arrays over the entries of ``inputs``; ``rank`` 0 means unranked."""

    inputs: Inputs
    score: Figure
    tie_figures: tuple[Figure, ...]
    sheet_count: NDArray[np.int64]
    rank: NDArray[np.int64]
    tie_size: NDArray[np.int64]
    verdict: NDArray[np.int8]
    entry_group: NDArray[np.int64]
    groups: tuple[GroupOutcome, ...]

    def verdict_of(self, entry: int) -> Verdict:
        return VERDICTS[int(self.verdict[entry])]

    def group_of(self, entry: int) -> GroupOutcome:
        return self.groups[int(self.entry_group[entry])]

    def row(self, entry: int) -> EntryResult:
        inputs = self.inputs
        return EntryResult(
            round=inputs.rounds[inputs.entry_round[entry]],
            org_code=inputs.entry_org[entry],
            tier=inputs.tiers[inputs.entry_tier[entry]],
            score=self.score.text(entry),
            rank=int(self.rank[entry]) or None,
            outcome=self.verdict_of(entry),
        )

    def rows(self) -> Iterator[EntryResult]:
        """Every entry's row, in the order of round, tier, rank (unranked last), organization code."""
        inputs, last = self.inputs, np.where(self.rank == 0, np.iinfo(np.int64).max, self.rank)
        order = np.lexsort((np.array(inputs.entry_org, dtype=str), last, inputs.entry_tier, inputs.entry_round))
        return (self.row(int(entry)) for entry in order)
