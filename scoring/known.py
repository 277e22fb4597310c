"""What is recorded of organizations before a round is computed, as conditions compare it: facts and events.

Registered with ``campaigns.eligibility``, which asks it before a nomination is made. A key is left out while nothing is
known of it; figures that need marks or the whole group never are known here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from accounts.models import Organization
from campaigns.eligibility import reads_cells
from campaigns.models import Round
from schemes import Inputs, ProblemsFound, Scheme
from schemes.blocks.conditions import Cell, Condition
from schemes.evaluation import Evaluation
from schemes.fact_tables import read_facts
from schemes.formula import parse_formula
from schemes.inputs import Entry
from schemes.intake import round_name
from schemes.recorded import NOT_APPLICABLE, Facts, Recorded
from schemes.tables import Table

from .records import cuts_now, load_facts
from .sources import values_from_outcomes

Known = Mapping[UUID, Mapping[str, Cell]]


@reads_cells
def known_cells(round: Round, organizations: Sequence[Organization]) -> Known:
    """The figures that the scheme's conditions of entry look at, as far as they are known now."""
    scheme = round.scheme_version.document
    wanted = list(dict.fromkeys(key for condition in _conditions(scheme) for key in [*condition.keys()]))
    asked = [key for key in wanted if key in scheme.recorded or key in scheme.derived or _is_event(scheme, key)]
    if not asked or not organizations:
        return {}
    evaluation = _evaluation(round, scheme, organizations)
    if evaluation is None:
        return {}
    return {each.pk: dict(_cells(evaluation, entry, asked)) for entry, each in enumerate(organizations)}


def _conditions(scheme: Scheme) -> Iterator[Condition]:
    yield from scheme.eligibility.conditions
    for tier in scheme.tiers:
        yield from tier.requires


def _is_event(scheme: Scheme, key: str) -> bool:
    return any(event.key == key for event in scheme.events)


def _cells(evaluation: Evaluation, entry: int, asked: Sequence[str]) -> Iterator[tuple[str, Cell]]:
    """An event that nobody recorded may still be: only what is there is known of it."""
    scheme = evaluation.scheme
    for key in asked:
        if key in scheme.derived:
            if _readable(scheme, key) and (value := evaluation.cell(key, entry)) is not None:
                yield key, value
        elif _is_event(scheme, key):
            if evaluation.records(key, entry):
                yield key, evaluation.cell(key, entry)
        elif (value := evaluation.raw(key, entry, "")) is not None:
            yield key, None if value is NOT_APPLICABLE else value


def _readable(scheme: Scheme, key: str) -> bool:
    """Whether a derived figure rests on recorded facts of the organization alone."""
    formula = parse_formula(scheme.derived[key].formula)
    return not formula.group_names and all(
        name in scheme.recorded or (name in scheme.derived and name != key and _readable(scheme, name))
        for name in formula.names
    )


def _evaluation(round: Round, scheme: Scheme, organizations: Sequence[Organization]) -> Evaluation | None:
    """The engine's own reading of what is recorded, with every organization as an entry and no sheets."""
    tier = scheme.tier_names[0]
    rows = [{"organization_id": each.pk, "organization__code": each.code, "tier": tier} for each in organizations]
    entries = [Entry(round_name(round.label), each.code, tier) for each in organizations]
    try:
        facts = load_facts(round, scheme, rows, cuts_now(round))
    except ProblemsFound:
        return None
    cells = {**_taken_over(round, scheme, organizations, entries), **facts.cells}
    inputs = replace(Inputs.build(scheme, entries, ()), facts=Facts(cells=cells, events=facts.events))
    return Evaluation(scheme, inputs, inputs)


def _taken_over(
    round: Round, scheme: Scheme, organizations: Sequence[Organization], entries: Sequence[Entry]
) -> dict[tuple[str, str], list[Recorded]]:
    """What other schemes' outcomes say already, before the platform writes it down."""
    codes = {each.pk: each.code for each in organizations}
    rows: dict[UUID, dict[str, str]] = {}
    for (owner, key), drawn in values_from_outcomes(round, organizations).items():
        rows.setdefault(owner, {"org_code": codes[owner]})[key] = drawn.text
    return read_facts(Table("", "", {}, list(enumerate(rows.values(), start=1)), []), scheme, entries).facts.cells
