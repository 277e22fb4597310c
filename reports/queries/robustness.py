"""Reads of robustness for the office: margins, removals and severity of one computed round, with names beside codes.

The round is read again as it was and computed again; when that does not give what is stored, nothing is shown.
Nothing here is kept, and nothing here changes an outcome. Who may ask is the view's question: the office only, as
inspectors appear by name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from accounts.models import Membership
from schemes import EntryResult, Outcome, compute
from schemes.exact import decimal_text
from schemes.robustness import Change, Margin, Severity, margins, removals, severities
from scoring.explaining import NotReproducible
from scoring.models import Computation, Result
from scoring.queries import visible_results
from scoring.reading import LoadedRound, load_computed
from sites.models import Inspector

#: Entries listed of each group: those nearest to what decides them.
NEAREST = 12


@dataclass(frozen=True)
class MarginLine:
    """One entry: what it is compared with (``against`` a rival, empty for the threshold), how far it is from that, and
    what one mark can move."""

    result: Result
    name: str
    against: str
    bar: str
    distance: Fraction
    swing: Fraction | None
    hinges: bool

    @property
    def level(self) -> bool:
        """Whether the rival has the same score: any mark at all may then decide, by way of a tie-break."""
        return bool(self.against) and not self.distance

    @property
    def shared(self) -> bool:
        return self.result.tie_size > 1


@dataclass(frozen=True)
class MarginGroup:
    """One ranking group ('' where all tiers rank together) in ranking order; ``size`` entries have a margin."""

    tier: str
    limit: int | None
    size: int
    hinging: int
    lines: tuple[MarginLine, ...]


@dataclass(frozen=True)
class ChangeLine:
    """What becomes of one entry without an inspector; ``turns``: an award or a grade is won or lost."""

    result: Result
    name: str
    turns: bool
    before: EntryResult
    after: EntryResult


@dataclass(frozen=True)
class RemovalLine:
    number: str
    name: str
    sheets: int
    changes: tuple[ChangeLine, ...]
    problem: str


@dataclass(frozen=True)
class SeverityLine:
    name: str
    row: Severity

    @property
    def severity_p(self) -> str:
        return _probability(self.row.severity_p)

    @property
    def scatter_p(self) -> str:
        return _probability(self.row.scatter_p)


def _probability(value: float | None) -> str:
    """Three decimals, never a zero: ``<0.001``."""
    if value is None:
        return ""
    return f"{value:.3f}" if value >= 0.001 else "<0.001"


@dataclass(frozen=True)
class RobustnessStudy:
    """Everything of the page; sentences stand where something was not computed. ``by_parent``: places are shared out
    by township, so that there is no one cut."""

    groups: tuple[MarginGroup, ...]
    by_parent: bool
    hinging: int
    margin_problem: str
    removals: tuple[RemovalLine, ...]
    fragile: int
    removal_problem: str
    severities: tuple[SeverityLine, ...]
    named: int
    severity_problem: str
    usual_scatter: float
    places: int

    @property
    def largest_severity(self) -> float:
        """The scale of the bars, in points."""
        return max((abs(line.row.severity or 0.0) for line in self.severities), default=0.0)


def robustness_study(membership: Membership, computation: Computation) -> RobustnessStudy:
    """Study a computation. Raises NotReproducible when its figures are not those that are stored."""
    loaded = load_computed(computation, None)
    outcome = compute(loaded.scheme, loaded.inputs)
    results = _reproduced(membership, computation, loaded, outcome)
    inspectors = dict(Inspector.objects.values_list("number", "name"))
    distances, without = margins(loaded.scheme, outcome), removals(loaded.scheme, outcome)
    severe = severities(loaded.scheme, outcome.evaluation.counted)
    places = 2 if outcome.score.places is None else outcome.score.places
    return RobustnessStudy(
        groups=tuple(_groups(outcome, distances.rows, results, places)),
        by_parent=loaded.scheme.selection.per_parent is not None,
        hinging=len(distances.hinging),
        margin_problem=str(distances.problem or ""),
        removals=tuple(
            RemovalLine(
                row.inspector,
                inspectors.get(row.inspector, ""),
                row.sheets,
                _changes(row.changes, results),
                str(row.problem or ""),
            )
            for row in without.rows
        ),
        fragile=len(without.fragile),
        removal_problem=str(without.problem or ""),
        severities=tuple(SeverityLine(inspectors.get(row.inspector, ""), row) for row in severe.rows),
        named=len(severe.named),
        severity_problem=str(severe.problem or ""),
        usual_scatter=severe.usual,
        places=places,
    )


def _reproduced(
    membership: Membership, computation: Computation, loaded: LoadedRound, outcome: Outcome
) -> list[Result]:
    """The stored result of every entry, each the same as computed now."""
    rows = visible_results(membership).filter(computation=computation).select_related("organization")
    stored: dict[UUID, Result] = {row.nomination_id: row for row in rows}
    results = [stored[nomination["id"]] for nomination in loaded.nominations]
    for entry, result in enumerate(results):
        known = result.score_units is not None
        score = Fraction(result.score_units or 0, result.score_unit) if known else None
        found = (outcome.score.value(entry), int(outcome.rank[entry]) or None, outcome.verdict_of(entry))
        if found != (score, result.rank, result.verdict):
            raise NotReproducible(f"{result.pk}: stored {result.score_text} {result.rank} {result.verdict}")
    return results


def _changes(changes: Iterable[Change], results: list[Result]) -> tuple[ChangeLine, ...]:
    ordered = sorted(changes, key=lambda change: results[change.entry].position)
    return tuple(
        ChangeLine(results[each.entry], _name(results[each.entry]), each.turns, each.before, each.after)
        for each in ordered
    )


def _name(result: Result) -> str:
    return result.organization.name


def _groups(outcome: Outcome, rows: Iterable[Margin], results: list[Result], places: int) -> Iterable[MarginGroup]:
    decided = [(row, row.distance) for row in rows if row.distance is not None]
    for index, group in enumerate(outcome.groups):
        own = [(row, distance) for row, distance in decided if outcome.entry_group[row.entry] == index]
        nearest = sorted(own, key=lambda each: (not each[0].hinges, abs(each[1])))[:NEAREST]
        nearest.sort(key=lambda each: results[each[0].entry].position)
        lines = tuple(_line(row, distance, results, places) for row, distance in nearest)
        hinging = sum(row.hinges for row, _ in own)
        yield MarginGroup(group.group.tier, group.limit, len(own), hinging, lines)


def _line(row: Margin, distance: Fraction, results: list[Result], places: int) -> MarginLine:
    result = results[row.entry]
    if row.decider == "threshold":
        bar, against = row.threshold, ""
    else:
        bar, first = row.cut, results[row.rivals[0]]
        more = f"等 {len(row.rivals)} 家" if len(row.rivals) > 1 else ""
        against = f"第 {first.rank} 名 {_name(first)}{more}"
    shown = decimal_text(bar, places) if bar is not None else ""
    return MarginLine(result, _name(result), against, shown, distance, row.swing, row.hinges)
