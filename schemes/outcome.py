"""What a computation gives: a score, a rank and a verdict for every entry, and the arithmetic of every group."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .evaluation import Evaluation
from .figures import Figure
from .inputs import Inputs
from .rating import NOT_RATED, BadgeOutcome, Ratings
from .rules.limits import Group


class Verdict(StrEnum):
    """Why an entry won or did not. Below the threshold is its reason, whatever its rank."""

    AWARDED = "awarded"
    TIED_AT_CUT = "tied_at_cut"
    OVER_QUOTA = "over_quota"
    BELOW_THRESHOLD = "below_threshold"
    VETOED = "vetoed"
    UNSCORED = "unscored"
    INELIGIBLE = "ineligible"
    UNMET = "unmet"
    RESERVE = "reserve"
    RATED = "rated"
    NOT_RATED = "not_rated"


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
    Verdict.INELIGIBLE: "不符合条件",
    Verdict.UNMET: "未满足前置条件",
    Verdict.RESERVE: "候补",
    Verdict.RATED: "已评定",
    Verdict.NOT_RATED: "只考核",
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
    grade: str = ""
    badges: tuple[str, ...] = ()

    @property
    def result(self) -> str:
        """The result in words: the grade where there are grades, else what became of the application."""
        graded = self.grade if self.outcome in (Verdict.RATED, Verdict.NOT_RATED) else ""
        return "、".join([graded or VERDICT_WORDS[self.outcome], *self.badges])


@dataclass(frozen=True)
class ConsequenceRow:
    """What follows for one entry: a talk, a warning, an amount; ``reason`` says in Chinese why."""

    entry: int
    key: str
    name: str
    amount: Fraction | None
    unit: str
    reason: str
    clause: str
    who: str
    within_days: int | None


@dataclass(frozen=True)
class ParentRow:
    """Points that the results of one round give to one parent; ``lines`` are (organization, result, points)."""

    round: str
    parent: str
    key: str
    name: str
    points: Fraction
    uncapped: Fraction
    lines: tuple[tuple[str, str, Fraction], ...]
    clause: str


@dataclass(frozen=True)
class Outcome:
    """The whole result, as arrays over the entries of ``inputs``; ``rank`` 0 means unranked.

    ``place`` is the competition rank that limits go by (``rank`` itself unless the scheme ranks densely); ``void``
    marks
    sheets of void ballots; ``evaluation`` holds every figure of the tree.
    """

    inputs: Inputs
    score: Figure
    tie_figures: tuple[Figure, ...]
    sheet_count: NDArray[np.int64]
    rank: NDArray[np.int64]
    tie_size: NDArray[np.int64]
    verdict: NDArray[np.int8]
    entry_group: NDArray[np.int64]
    groups: tuple[GroupOutcome, ...]
    evaluation: Evaluation
    place: NDArray[np.int64]
    void: NDArray[np.bool_]
    ratings: Ratings | None = None
    badges: tuple[BadgeOutcome, ...] = ()
    consequences: tuple[ConsequenceRow, ...] = ()
    parents: tuple[ParentRow, ...] = ()

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
            grade=self.grade_of(entry) or "",
            badges=self.badges_of(entry),
        )

    def grade_of(self, entry: int) -> str | None:
        """The grade in words; None where the scheme has no grades or the entry is out."""
        rating = self.evaluation.scheme.rating
        if rating is None or self.ratings is None or self.verdict_of(entry) not in (Verdict.RATED, Verdict.NOT_RATED):
            return None
        index = int(self.ratings.grade[entry])
        if index == NOT_RATED:
            return rating.not_rated_words
        return rating.grades[index].name if index >= 0 else rating.below

    def badges_of(self, entry: int) -> tuple[str, ...]:
        return tuple(badge.badge.name for badge in self.badges if badge.won[entry])

    def consequences_of(self, entry: int) -> tuple[ConsequenceRow, ...]:
        return tuple(row for row in self.consequences if row.entry == entry)

    def rows(self) -> Iterator[EntryResult]:
        """Every entry's row, in the order of round, tier, rank (unranked last), organization code."""
        inputs, last = self.inputs, np.where(self.rank == 0, np.iinfo(np.int64).max, self.rank)
        order = np.lexsort((np.array(inputs.entry_org, dtype=str), last, inputs.entry_tier, inputs.entry_round))
        return (self.row(int(entry)) for entry in order)
