"""The kinds of figure that a county's ``published.yaml`` may ask for, each worked out from a computed outcome.

Every kind answers with a tuple of exact numbers, mostly one. Kinds of any programme read the outcome only; the
arguments are written under ``of``. ``where`` is a condition as schemes write it (``{of: grade, equals: 先进}``) on any
figure of the scheme, including score, rank, grade, badges, tier, round, kind and township; ``won: 是`` keeps those that
won their tier. Without either every entry counts. Every kind that takes ``where`` takes ``won``.

=====================  ================================  ==============================================================
kind                   arguments                         answers
=====================  ================================  ==============================================================
participants           where                             organizations, each once however often it entered
count                  where                             entries (an organization in two rounds counts twice)
share                  where, among                      entries of ``where`` ÷ entries of ``among`` (both conditions)
rounds                                                   rounds
awards                 tier, where                       entries that won the tier (any tier without it)
lowest_elimination                                       lowest share of a ranking group that did not win
badges                 badge, where                      badges given, by name (all without it)
badge_names            where                             different badges given
sum                    figure, where                     sum of a fact, criterion or event (total amount); missing: 0
distinct               figure, where                     different words (or numbers) of a fact
records                event, where                      records of an event within the period of 考核
subjects               event, where                      different 对象 of these records, over all entries
consequences           rule, where                       rows of a consequence by its name or key (all without it)
amounts                rule, where                       sum of the amounts of these rows
parents                rule                              parents that got points by a propagation (key or name)
parent_points          rule, parent                      sum of these points, of one parent or of all
value                  figure, org, round                one figure of one organization: score, rank, a fact, ...
=====================  ================================  ==============================================================

``round`` may be left out where the organization entered once. The kinds of a history of titles (``promoted``,
``delisted``, ``awards_of_three_years``, subsidies, guidance visits) need the data folder of ``schemes.county``.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Protocol

from .blocks.conditions import Condition
from .county import County, Visit
from .intake import round_order
from .outcome import ConsequenceRow, Outcome, ParentRow, Verdict
from .register import TitleEventKind

Numbers = tuple[Fraction, ...]
Arguments = Mapping[str, Any]


class Computed(Protocol):
    """What any programme offers to the kinds of any county."""

    @property
    def outcome(self) -> Outcome: ...


# -- any programme


def _number(value: int | Fraction) -> Numbers:
    return (Fraction(value),)


def _meeting(outcome: Outcome, condition: Any) -> list[int]:
    """Entries for which a written condition holds; all where there is none."""
    if not condition:
        return list(range(len(outcome.inputs)))
    held = outcome.evaluation.holds(Condition.model_validate(condition))
    return [entry for entry, holds in enumerate(held.tolist()) if holds]


def _entries(computed: Computed, of: Arguments) -> list[int]:
    outcome = computed.outcome
    found = _meeting(outcome, of.get("where"))
    return [entry for entry in found if outcome.verdict_of(entry) is Verdict.AWARDED] if of.get("won") else found


def _participants(computed: Computed, of: Arguments) -> Numbers:
    return _number(len({computed.outcome.inputs.entry_org[entry] for entry in _entries(computed, of)}))


def _count(computed: Computed, of: Arguments) -> Numbers:
    return _number(len(_entries(computed, of)))


def _share(computed: Computed, of: Arguments) -> Numbers:
    among = set(_meeting(computed.outcome, of.get("among")))
    return (Fraction(len(among & set(_entries(computed, of))), len(among) or 1),)


def _rounds(computed: Computed, of: Arguments) -> Numbers:
    return _number(len(computed.outcome.inputs.rounds))


def _awards(computed: Computed, of: Arguments) -> Numbers:
    rows = [computed.outcome.row(entry) for entry in _entries(computed, of)]
    won = [row.tier for row in rows if row.outcome is Verdict.AWARDED]
    return _number(won.count(of["tier"]) if "tier" in of else len(won))


def _lowest_elimination(computed: Computed, of: Arguments) -> Numbers:
    rates = (group.elimination_rate for group in computed.outcome.groups)
    return (min(rate for rate in rates if rate is not None),)


def _won_badges(computed: Computed, of: Arguments) -> list[str]:
    return [badge for entry in _entries(computed, of) for badge in computed.outcome.badges_of(entry)]


def _badges(computed: Computed, of: Arguments) -> Numbers:
    won = _won_badges(computed, of)
    return _number(won.count(of["badge"]) if "badge" in of else len(won))


def _badge_names(computed: Computed, of: Arguments) -> Numbers:
    return _number(len(set(_won_badges(computed, of))))


def _cells(computed: Computed, of: Arguments) -> list[Any]:
    return [computed.outcome.evaluation.cell(of["figure"], entry) for entry in _entries(computed, of)]


def _sum(computed: Computed, of: Arguments) -> Numbers:
    return (sum((cell for cell in _cells(computed, of) if isinstance(cell, Fraction)), Fraction(0)),)


def _distinct(computed: Computed, of: Arguments) -> Numbers:
    return _number(len({cell for cell in _cells(computed, of) if cell not in (None, "")}))


def _records(computed: Computed, of: Arguments) -> Numbers:
    evaluation = computed.outcome.evaluation
    return _number(sum(len(evaluation.records(of["event"], entry)) for entry in _entries(computed, of)))


def _subjects(computed: Computed, of: Arguments) -> Numbers:
    evaluation, entries = computed.outcome.evaluation, _entries(computed, of)
    found = {record.subject for entry in entries for record in evaluation.records(of["event"], entry)}
    return _number(len(found - {""}))


def _rows(computed: Computed, of: Arguments) -> Iterator[ConsequenceRow]:
    entries = set(_entries(computed, of))
    for row in computed.outcome.consequences:
        if row.entry in entries and of.get("rule") in (None, row.name, row.key):
            yield row


def _consequences(computed: Computed, of: Arguments) -> Numbers:
    return _number(sum(1 for _ in _rows(computed, of)))


def _amounts(computed: Computed, of: Arguments) -> Numbers:
    return (sum((row.amount or Fraction(0) for row in _rows(computed, of)), Fraction(0)),)


def _parent_rows(computed: Computed, of: Arguments) -> list[ParentRow]:
    rows = [row for row in computed.outcome.parents if of.get("rule") in (None, row.name, row.key)]
    return [row for row in rows if of.get("parent") in (None, row.parent)]


def _parents(computed: Computed, of: Arguments) -> Numbers:
    return _number(len({row.parent for row in _parent_rows(computed, of)}))


def _parent_points(computed: Computed, of: Arguments) -> Numbers:
    return (sum((row.points for row in _parent_rows(computed, of)), Fraction(0)),)


def _value(computed: Computed, of: Arguments) -> Numbers:
    """One number of one organization. Raises LookupError when it entered in no such round or the figure is missing."""
    inputs = computed.outcome.inputs
    for entry, code in enumerate(inputs.entry_org):
        if code == of["org"] and of.get("round") in (None, inputs.rounds[inputs.entry_round[entry]]):
            cell = computed.outcome.evaluation.cell(of["figure"], entry)
            if isinstance(cell, Fraction):
                return (cell,)
    raise LookupError(f"{of['org']} has no {of['figure']}")


# -- a history of titles


def _promoted(county: County, of: Arguments) -> Numbers:
    return _number(len(county.register.organizations(TitleEventKind.PROMOTED)))


def _delisted(county: County, of: Arguments) -> Numbers:
    return _number(len(county.register.organizations(TitleEventKind.DELISTED)))


def _awards_of_three_years(county: County, of: Arguments) -> Numbers:
    """Awards of one tier to organizations of one township, in each of the first three years with rounds."""
    years = sorted({day.year for day in county.rounds.values()})[:3]
    won = [
        award.year
        for award in county.awards()
        if award.tier == of["tier"] and county.organizations[award.township_code] == of["township"]
    ]
    return tuple(Fraction(won.count(year)) for year in years)


def _subsidy(county: County, of: Arguments) -> Numbers:
    return (sum((line.wan for line in county.register.subsidies), Fraction(0)),)


def _special_subsidy(county: County, of: Arguments) -> Numbers:
    return (sum(county.special_subsidies.values(), Fraction(0)),)


def _special_villages(county: County, of: Arguments) -> Numbers:
    return _number(len(county.special_subsidies))


def _visits(county: County, of: Arguments) -> Numbers:
    """Guidance visits in the last round for which visits were recorded."""
    return _number(len(_last_visits(county)))


def _secretaries(county: County, of: Arguments) -> Numbers:
    """Township secretaries who made those visits: one per township."""
    return _number(len({visit.township_code for visit in _last_visits(county)}))


def _problems_solved(county: County, of: Arguments) -> Numbers:
    return _number(sum(visit.problems_solved for visit in _last_visits(county)))


def _last_visits(county: County) -> list[Visit]:
    last = max((visit.round for visit in county.visits), key=round_order, default="")
    return [visit for visit in county.visits if visit.round == last]


FIGURES: dict[str, Callable[[Any, Arguments], Numbers]] = {
    "participants": _participants,
    "count": _count,
    "share": _share,
    "rounds": _rounds,
    "awards": _awards,
    "lowest_elimination": _lowest_elimination,
    "badges": _badges,
    "badge_names": _badge_names,
    "sum": _sum,
    "distinct": _distinct,
    "records": _records,
    "subjects": _subjects,
    "consequences": _consequences,
    "amounts": _amounts,
    "parents": _parents,
    "parent_points": _parent_points,
    "value": _value,
    "promoted": _promoted,
    "delisted": _delisted,
    "awards_of_three_years": _awards_of_three_years,
    "subsidy": _subsidy,
    "special_subsidy": _special_subsidy,
    "special_villages": _special_villages,
    "visits": _visits,
    "secretaries": _secretaries,
    "problems_solved": _problems_solved,
}
#: Kinds whose number is a share and is written in percent.
SHARES = frozenset({"share", "lowest_elimination"})
