"""Trials (试算): a version of a scheme tried on past rounds or on files, told for pages and books.

Only read here, and nothing is kept: rounds come as they were computed, files go as they came. What is decided is
decided by ``schemes.trial``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Membership, Organization
from campaigns.enums import RoundKind
from campaigns.models import Round, SchemeVersion
from campaigns.queries import visible_rounds
from schemes import Inputs, Problem, ProblemsFound, Scheme, Verdict
from schemes.carry import Choices, carry_inputs, fill_added
from schemes.files import Collected
from schemes.trial import CHANGE_WORDS, GRADED_WORDS, Change, Count, Line, Side, Trial, try_scheme
from scoring.enums import ComputationState
from scoring.models import Computation, Result
from scoring.queries import current_computation, visible_computations
from scoring.reading import LoadedRound, load_computed

#: What one trial takes at most: it is computed while a person waits.
MOST_ENTRIES, MOST_SHEETS = 1_000, 20_000
#: A re-inspection keeps or takes away, it does not award.
REVIEW_WORDS: dict[str, str] = {Verdict.AWARDED: "保留称号", Verdict.BELOW_THRESHOLD: "摘牌警示"}
#: Verdicts of an award; grades and what keeps an organization from taking part are told in words alone.
USUAL = frozenset({
    Verdict.AWARDED, Verdict.TIED_AT_CUT, Verdict.OVER_QUOTA, Verdict.BELOW_THRESHOLD, Verdict.VETOED, Verdict.UNSCORED,
})  # fmt: skip


@dataclass(frozen=True)
class Wishes:
    """What a person chose where two schemes differ. ``added``: "full", "lowest", or "" to refuse."""

    convert: bool = False
    added: str = ""
    tiers: Mapping[str, str] | None = None

    def choices(self, old: Scheme, new: Scheme) -> Choices:
        fill = fill_added(old, new, full=self.added == "full") if self.added else {}
        return Choices(convert=self.convert, fill=fill, tiers=self.tiers or {})


@dataclass(frozen=True)
class ShownSide:
    """One side with its result in words; ``usual``: pages have a chip of its own for this verdict."""

    side: Side
    result: str
    usual: bool

    @classmethod
    def of(cls, side: Side | None, *, review: bool) -> "ShownSide | None":
        if side is None:
            return None
        words = REVIEW_WORDS.get(side.row.outcome, side.result) if review else side.result
        return cls(side, words, side.row.outcome in USUAL and not side.row.badges)


@dataclass(frozen=True)
class Shown:
    """One line with its names; ``review``: of a re-inspection; ``word``: what its kind of change is called."""

    line: Line
    word: str
    round_title: str
    organization: str
    township: str
    review: bool = False

    @property
    def before(self) -> ShownSide | None:
        return ShownSide.of(self.line.before, review=self.review)

    @property
    def after(self) -> ShownSide | None:
        return ShownSide.of(self.line.after, review=self.review)


@dataclass(frozen=True)
class Report:
    """A whole trial as people read it. ``against`` names what it is compared with, "" when with nothing."""

    version: SchemeVersion
    against: str
    source: str
    lines: tuple[Shown, ...]
    counts: tuple[tuple[str, Count], ...]
    notes: tuple[Problem, ...]
    graded: bool = False

    @property
    def words(self) -> Mapping[str, str]:
        """What each kind of change is called."""
        return GRADED_WORDS if self.graded else CHANGE_WORDS

    @cached_property
    def changes(self) -> dict[Change, int]:
        """How many lines of each kind of change, zeros included."""
        return {change: sum(shown.line.change is change for shown in self.lines) for change in Change}

    @property
    def many_rounds(self) -> bool:
        return len({shown.round_title for shown in self.lines}) > 1

    @property
    def awarded_before(self) -> int:
        return sum(count.before.awarded for _, count in self.counts if count.before)

    @property
    def awarded_after(self) -> int:
        return sum(count.after.awarded for _, count in self.counts if count.after)

    def of(self, change: str) -> list[Shown]:
        """The lines of one kind of change; all of them for ""."""
        return [shown for shown in self.lines if not change or shown.line.change == change]


# --- past rounds ---


def tried_rounds(membership: Membership) -> QuerySet[Round]:
    """Rounds with results that stand, the newest first: what a version may be tried on."""
    standing = visible_computations(membership).exclude(state=ComputationState.SUPERSEDED)
    rows = visible_rounds(membership).filter(Exists(standing.filter(round=OuterRef("pk"))))
    return rows.select_related("campaign", "scheme_version__scheme").order_by("-onsite_date", "-sequence")


def try_rounds(membership: Membership, version: SchemeVersion, rounds: Iterable[Round], wishes: Wishes) -> Report:
    """Try ``version`` on each round as it was computed. Raises ProblemsFound with the problems of all rounds."""
    rounds = list(rounds)
    found = [each for round in rounds if (each := _standing(membership, round))]
    refuse_large(*_size(found))
    collected, parts = Collected(), list[tuple[LoadedRound, Trial]]()
    for computation in found:
        try:
            parts.append(_try_round(version, computation, wishes, collected))
        except ProblemsFound as refused:
            collected.problems.extend(refused.problems)
    collected.problems = list(dict.fromkeys(collected.problems))
    notes = collected.settle()
    versions = dict.fromkeys(str(round.scheme_version) for round in rounds)
    return Report(
        version=version,
        against="、".join(versions),
        source="、".join(_titles(rounds).values()),
        lines=tuple(shown for loaded, trial in parts for shown in _named(loaded, trial, _titles(rounds))),
        counts=tuple((_titles(rounds)[loaded.round.pk], count) for loaded, trial in parts for count in trial.counts),
        notes=notes,
        graded=any(trial.graded for _, trial in parts),
    )


def _titles(rounds: Iterable[Round]) -> dict[object, str]:
    """Titles of rounds, with the campaign's name where the rounds are of several."""
    listed = list(rounds)
    several = len({round.campaign_id for round in listed}) > 1
    return {r.pk: f"{r.campaign.name}{r.title}" if several else r.title for r in listed}


def _standing(membership: Membership, round: Round) -> Computation | None:
    computation = current_computation(membership, round.pk)
    if computation is not None:
        computation.round = round
    return computation


def _size(computations: list[Computation]) -> tuple[int, int]:
    sheets = sum(computation.sheet_count for computation in computations)
    return Result.objects.filter(computation__in=computations).count(), sheets


def refuse_large(entries: int, sheets: int) -> None:
    """Raise ProblemsFound when a trial would keep people waiting."""
    if entries <= MOST_ENTRIES and sheets <= MOST_SHEETS:
        return
    reason = f"共 {entries} 家、{sheets} 份评分单，一次试算最多 {MOST_ENTRIES} 家、{MOST_SHEETS} 份"
    raise ProblemsFound([Problem(reason=reason, remedy="请少选几轮，或分成几次试算")])


def _try_round(
    version: SchemeVersion, computation: Computation, wishes: Wishes, found: Collected
) -> tuple[LoadedRound, Trial]:
    loaded = load_computed(computation, None)
    new = _as_judged(version, loaded.round)
    inputs, notes = carry_inputs(loaded.scheme, new, loaded.inputs, wishes.choices(loaded.scheme, new))
    found.problems += notes
    codes = loaded.inputs.entry_org
    names = dict(Organization.objects.filter(code__in=codes).values_list("code", "name"))
    trial = try_scheme(loaded.scheme, new, loaded.inputs, inputs, organizations=names)
    _require_same(computation, trial)
    return loaded, trial


def _as_judged(version: SchemeVersion, round: Round) -> Scheme:
    """The version as it judges this kind of round."""
    if round.kind != RoundKind.REINSPECTION:
        return version.document
    try:
        return version.document.for_reinspection()
    except ValueError:
        remedy = "请只选创建轮次，或在办法里补上复评"
        raise ProblemsFound([Problem(place=round.title, reason="这一版办法没有规定复评", remedy=remedy)]) from None


def _require_same(computation: Computation, trial: Trial) -> None:
    """Raise ProblemsFound unless the side before is what was stored: otherwise the comparison would mislead."""
    rows = (
        Result.objects.filter(computation=computation).order_by().values_list("organization__code", "rank", "verdict")
    )
    sides = (line.before.row for line in trial.lines if line.before)
    if {(row.org_code, row.rank, row.outcome.value) for row in sides} != set(rows):
        reason = "重新计算的结果与保存的不一致，不能试算"
        raise ProblemsFound([Problem(place=computation.round.title, reason=reason, remedy="请联系系统管理员核对数据")])


def _named(loaded: LoadedRound, trial: Trial, titles: Mapping[object, str]) -> Iterable[Shown]:
    ids = {row["organization__code"]: (row["organization_id"], row["township_id"]) for row in loaded.nominations}
    names = dict(
        Organization.objects.filter(pk__in={pk for pair in ids.values() for pk in pair}).values_list("pk", "name")
    )
    review = loaded.round.kind == RoundKind.REINSPECTION
    for line in trial.lines:
        own, township = ids[line.org_code]
        yield Shown(line, _word(trial, line), titles[loaded.round.pk], names[own], names.get(township, ""), review)


def _word(trial: Trial, line: Line) -> str:
    return (GRADED_WORDS if trial.graded else CHANGE_WORDS)[line.change]


# --- files ---


def try_files(
    version: SchemeVersion,
    against: SchemeVersion | None,
    inputs: Inputs,
    wishes: Wishes,
    notes: Iterable[Problem] = (),
) -> Report:
    """Try ``version`` on inputs read from files: under ``against`` when there is one, else under itself.

    ``notes`` are those of reading. Raises ProblemsFound as :func:`try_rounds` does.
    """
    old, new = against.document if against else None, version.document
    names, townships = _known(inputs.entry_org)
    carried, differences = (inputs, []) if old is None else carry_inputs(old, new, inputs, wishes.choices(old, new))
    trial = try_scheme(old, new, inputs, carried, organizations=names)
    titles = {label: f"第 {label} 轮" if label.isdecimal() else label for label in inputs.rounds}
    lines = tuple(
        Shown(line, _word(trial, line), titles[line.round], names.get(line.org_code, line.org_code),
              townships.get(line.org_code, ""))
        for line in trial.lines
    )  # fmt: skip
    counts = tuple((titles[count.round], count) for count in trial.counts)
    name, notes = str(against) if against else "", (*notes, *differences)
    return Report(version, name, "上传的文件", lines, counts, notes, trial.graded)


def _known(codes: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Names, and names of the townships, of the codes that are this county's."""
    rows = list(Organization.objects.filter(code__in=set(codes)))
    towns = dict(Organization.objects.filter(code__in={row.township_code for row in rows}).values_list("code", "name"))
    return {row.code: row.name for row in rows}, {row.code: towns.get(row.township_code, "") for row in rows}


# --- what a form asks ---


def tiers_gone(versions: Iterable[SchemeVersion], new: SchemeVersion) -> tuple[str, ...]:
    """Tiers of these versions that the new one does not have."""
    known = new.document.tier_names
    return tuple(dict.fromkeys(name for each in versions for name in each.document.tier_names if name not in known))
