"""Try a scheme on a past round (试算): who gains, who loses, which rule decided, side by side.

Nothing is decided here: both sides come from ``compute``, every reason from the explanation's own steps. How the
marks of a round come under another scheme's criteria is ``schemes.carry``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np

from .document import Scheme
from .engine import compute
from .explain import explain_steps
from .explanation import TieLine
from .inputs import Inputs
from .outcome import VERDICT_WORDS, EntryResult, Outcome, Verdict
from .steps import Step

Key = tuple[str, str]


class Change(StrEnum):
    """What the new scheme does to an entry. ``ALONE``: only one side has it, so there is nothing to compare."""

    GAINS = "gains"
    LOSES = "loses"
    MOVES = "moves"
    UNCHANGED = "unchanged"
    ALONE = "alone"


CHANGE_WORDS: dict[str, str] = {
    Change.GAINS: "新获授予",
    Change.LOSES: "失去授予",
    Change.MOVES: "变动",
    Change.UNCHANGED: "不变",
    Change.ALONE: "无对照",
}
#: What gaining and losing are called where organizations are graded.
GRADED_WORDS: dict[str, str] = {**CHANGE_WORDS, Change.GAINS: "等次上升", Change.LOSES: "等次下降"}


class Standing(NamedTuple):
    """A result in words, and how high it stands among those of its ``scale``; None where no order is known."""

    text: str
    scale: str
    level: int | None


def standing_of(scheme: Scheme, row: EntryResult, grades: tuple[str, ...]) -> Standing:
    """``grades`` from the highest down. Awarded stands above not awarded, a grade above the next and above none.

    Awards and grades are two scales. A grade of another list, and who is not graded at all, has no place in the order.
    """
    if not grades_instead(scheme):
        return Standing(row.result, "awards", int(row.outcome is Verdict.AWARDED))
    if row.outcome is Verdict.NOT_RATED:
        return Standing(row.result, "grades", None)
    if row.outcome is not Verdict.RATED:
        return Standing(row.result, "grades", 0)
    return Standing(row.result, "grades", len(grades) - grades.index(row.grade) if row.grade in grades else None)


def grades_instead(scheme: Scheme) -> bool:
    """Whether the scheme grades everybody instead of awarding to some."""
    return scheme.rating is not None and "tiers" not in scheme.model_fields_set


def grade_order(scheme: Scheme) -> tuple[str, ...]:
    """Every grade from the highest down, with what it is called to reach none."""
    return (*scheme.grade_names, scheme.rating.below) if scheme.rating else ()


@dataclass(frozen=True)
class Reason:
    """The rule that decided, with its figures, and the clause it comes from ("" when the scheme names none)."""

    text: str
    clause: str


@dataclass(frozen=True, eq=False)
class Judged:
    """One whole side: a scheme, what it was given and what it made of it. ``organizations`` are names for codes."""

    scheme: Scheme
    inputs: Inputs
    outcome: Outcome
    organizations: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, scheme: Scheme, inputs: Inputs, organizations: Mapping[str, str] | None = None) -> "Judged":
        """Raises ProblemsFound when the inputs cannot be computed."""
        return cls(scheme, inputs, compute(scheme, inputs), organizations or {})

    def sides(self) -> dict[Key, "Side"]:
        """Every entry's side by round and organization, in the order of ``Outcome.rows``."""
        inputs = self.inputs
        place = {(inputs.rounds[inputs.entry_round[i]], org): i for i, org in enumerate(inputs.entry_org)}
        keyed = (((row.round, row.org_code), row) for row in self.outcome.rows())
        return {key: Side(self, place[key], row) for key, row in keyed}


@dataclass(frozen=True)
class Side:
    """One entry on one side."""

    judged: Judged = field(repr=False, compare=False)
    entry: int
    row: EntryResult

    @property
    def result(self) -> str:
        return self.row.result

    @property
    def grade(self) -> str:
        """The result without badges: what results are counted by."""
        return self.row.grade or VERDICT_WORDS[self.row.outcome]

    @property
    def awarded(self) -> bool:
        return self.row.outcome is Verdict.AWARDED

    @property
    def takes_part(self) -> bool:
        """Whether the scheme counts this entry as a participant."""
        if self.row.outcome in (Verdict.INELIGIBLE, Verdict.NOT_RATED):
            return False
        return self.row.outcome is not Verdict.VETOED or self.judged.scheme.veto.counts_as_participant

    @cached_property
    def why(self) -> Reason:
        """The step of the explanation that decided; worked out when first asked for."""
        judged = self.judged
        steps, ties = explain_steps(
            judged.scheme, judged.inputs, judged.outcome, self.entry, organizations=judged.organizations
        )
        return _reason(self.row, steps, [tie for tie in ties if tie.decides] if self._tied_apart() else [])

    def _tied_apart(self) -> bool:
        """Whether an equal score led to another result: then the tie-break decided, not the limit alone."""
        outcome = self.judged.outcome
        group = outcome.entry_group == outcome.entry_group[self.entry]
        equal = group & (outcome.rank > 0) & (outcome.score.numerators == outcome.score.numerators[self.entry])
        return len({outcome.verdict_of(int(i)) is Verdict.AWARDED for i in np.flatnonzero(equal)}) > 1


#: Steps that let an entry win, the one that decides most first; see ``explain``.
_LETS_WIN = ("在名额之内", "并列跨越名额线", "满足前置条件", "达到标准")


def _reason(row: EntryResult, chain: tuple[Step, ...], ties: list[TieLine]) -> Reason:
    *steps, verdict = chain
    if row.outcome is Verdict.AWARDED:
        chosen = next((step for title in _LETS_WIN for step in steps if step.title == title), verdict)
    elif row.outcome is Verdict.RATED:
        chosen = _graded_by(row, steps) or verdict
    else:
        chosen = _stopped_by(steps) or verdict
    before = [f"同分比较：{'；'.join(f'{tie.title} {tie.compared}' for tie in ties)}"] if ties else []
    return Reason("；".join([*before, f"{chosen.title}：{chosen.detail}"]), chosen.clause)


def _stopped_by(steps: list[Step]) -> Step | None:
    """The first step that failed, as the first reason is the reason; else the last that was only tied."""
    failed = next((step for step in steps if step.sign == "bad"), None)
    return failed or next((step for step in reversed(steps) if step.sign == "warn"), None)


def _graded_by(row: EntryResult, steps: list[Step]) -> Step | None:
    """The step that gave the grade; for who reached none the last that was refused."""
    given = [step for step in steps if step.title in (f"评为“{row.grade}”", f"定为“{row.grade}”")]
    refused = [step for step in steps if step.title.startswith("未评为")]
    return next(reversed(given or refused), None)


@dataclass(frozen=True)
class Line:
    """One organization in one round. ``tier`` is the new scheme's; ``climbed`` counts places gained, negative lost.

    ``climbed`` is None where a side has no rank, or where the two schemes rank in different groups.
    """

    round: str
    org_code: str
    tier: str
    before: Side | None
    after: Side | None
    change: Change
    climbed: int | None


@dataclass(frozen=True)
class Tally:
    """How many of a tier took part in a round and won; ``results`` counts every result by its words."""

    participants: int
    awarded: int
    results: Mapping[str, int]

    @property
    def elimination_rate(self) -> Fraction | None:
        return Fraction(self.participants - self.awarded, self.participants) if self.participants else None


@dataclass(frozen=True)
class Count:
    """One tier of one round on both sides; None for a side without any entry."""

    round: str
    tier: str
    before: Tally | None
    after: Tally | None

    @property
    def gained(self) -> int | None:
        """How many more win under the new scheme; None without both sides."""
        return self.after.awarded - self.before.awarded if self.before and self.after else None

    @property
    def results(self) -> tuple[tuple[str, int, int, int], ...]:
        """Every result with how many have it before, after, and more than before; in the order of the new outcome."""
        old, new = ((each.results if each else {}) for each in (self.before, self.after))
        both = ((words, old.get(words, 0), new.get(words, 0)) for words in {**new, **old})
        return tuple((words, before, after, after - before) for words, before, after in both)


@dataclass(frozen=True)
class Trial:
    """Lines in the order of the new outcome (round, tier, rank, code), then those only the old one has."""

    lines: tuple[Line, ...]

    @cached_property
    def graded(self) -> bool:
        """Whether either side grades organizations instead of awarding to some."""
        return any(side is not None and side.row.grade for line in self.lines for side in (line.before, line.after))

    @cached_property
    def changes(self) -> dict[Change, int]:
        """How many lines of each kind of change, zeros included."""
        return {change: sum(line.change is change for line in self.lines) for change in Change}

    @cached_property
    def counts(self) -> tuple[Count, ...]:
        """Every tier of every round, in the order of the lines."""
        groups: dict[Key, list[Line]] = {}
        for line in self.lines:
            groups.setdefault((line.round, line.tier), []).append(line)
        return tuple(
            Count(*key, tally(each.before for each in lines), tally(each.after for each in lines))
            for key, lines in groups.items()
        )


def tally(sides: Iterable[Side | None]) -> Tally | None:
    present = [side for side in sides if side is not None]
    if not present:
        return None
    results = Counter(side.grade for side in present)
    return Tally(sum(side.takes_part for side in present), sum(side.awarded for side in present), results)


def try_scheme(
    old: Scheme | None,
    new: Scheme,
    inputs_old: Inputs | None,
    inputs_new: Inputs,
    *,
    organizations: Mapping[str, str] | None = None,
) -> Trial:
    """Compute both sides and match entries by round and organization; without ``old`` every line is ``ALONE``.

    Raises ProblemsFound when a side cannot be computed.
    """
    after = Judged.of(new, inputs_new, organizations).sides()
    before: dict[Key, Side] = {}
    if old is not None and inputs_old is not None:
        before = Judged.of(old, inputs_old, organizations).sides()
    keys = [*after, *(key for key in before if key not in after)]
    same_groups = _rank_alike(before, after)
    lines = (_line(before.get(key), after.get(key), same_groups, grade_order(new)) for key in keys)
    return Trial(tuple(lines))


def _rank_alike(before: Mapping[Key, Side], after: Mapping[Key, Side]) -> bool:
    """Whether both sides rank the same organizations against each other, so that places can be compared."""
    pairs = {(_group(before[key]), _group(after[key])) for key in before.keys() & after.keys()}
    return len({old for old, _ in pairs}) == len({new for _, new in pairs}) == len(pairs)


def _group(side: Side) -> int:
    return int(side.judged.outcome.entry_group[side.entry])


def _line(before: Side | None, after: Side | None, same_groups: bool, grades: tuple[str, ...]) -> Line:
    side = after or before
    if side is None:
        raise ValueError("a line needs a side")
    climbed = None
    if same_groups and before and after and before.row.rank and after.row.rank:
        climbed = before.row.rank - after.row.rank
    row, change = side.row, Change.ALONE
    if before and after:
        old, new = (standing_of(each.judged.scheme, each.row, grades) for each in (before, after))
        change = _change(old, new, climbed)
    return Line(row.round, row.org_code, row.tier, before, after, change, climbed)


def _change(old: Standing, new: Standing, climbed: int | None) -> Change:
    if old.scale == new.scale and old.level is not None and new.level is not None and old.level != new.level:
        return Change.GAINS if new.level > old.level else Change.LOSES
    return Change.MOVES if new.text != old.text or climbed else Change.UNCHANGED
