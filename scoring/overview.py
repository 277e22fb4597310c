"""How complete a round's facts and events are, for the people who collect them; and the facts as a table to fill in."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from campaigns.models import Nomination, Round
from schemes import Scheme
from schemes.blocks.facts import Fact
from schemes.exact import decimal_text
from schemes.tables import Column

from .importers.facts import site_columns
from .records import Standing, standing_events, standing_facts
from .sources import participants

#: So many names of organizations are shown beside a fact that they lack.
MOST_NAMED = 5


@dataclass(frozen=True)
class FactLine:
    """One fact: how many of those who take part have it (per period: at least once), who lacks it, what that means."""

    fact: Fact
    source: str
    filled: int
    lacking: tuple[str, ...]
    cells: int
    drawn: int

    @property
    def required(self) -> bool:
        """Whether computing is refused while it is missing."""
        return self.fact.missing == "refuse" and not self.fact.source

    @property
    def if_missing(self) -> str:
        if isinstance(self.fact.missing, Fraction):
            return f"按 {decimal_text(self.fact.missing)} 计"
        return "必须填写" if self.fact.missing == "refuse" else "有关项目不计分"

    @property
    def named(self) -> tuple[str, ...]:
        return self.lacking[:MOST_NAMED]


@dataclass(frozen=True)
class EventLine:
    name: str
    unit: str
    records: int
    organizations: int


def fact_lines(round: Round) -> list[FactLine]:
    scheme, entries = round.scheme_version.document, participants(round)
    names = {entry.organization_id: entry.organization.name for entry in entries}
    found: dict[str, list[tuple[object, Standing]]] = defaultdict(list)
    for (owner, _, key), fact in standing_facts(round).items():
        if owner in names:
            found[key].append((owner, fact))
    return [_line(scheme.recorded[key], found[key], names) for key in scheme.recorded]


def _line(fact: Fact, cells: list[tuple[object, Standing]], names: dict[object, str]) -> FactLine:
    owners = {owner for owner, _ in cells}
    lacking = tuple(name for owner, name in names.items() if owner not in owners)
    source = f"“{fact.source.scheme}”的结果" if fact.source else fact.by
    return FactLine(fact, source, len(owners), lacking, len(cells), sum(each.drawn for _, each in cells))


def event_lines(round: Round) -> list[EventLine]:
    scheme = round.scheme_version.document
    pairs = list(standing_events(round).values_list("key", "organization_id"))
    records, owners = Counter(key for key, _ in pairs), Counter(key for key, _ in set(pairs))
    return [EventLine(each.name, each.unit, records[each.key], owners[each.key]) for each in scheme.events]


def facts_table(round: Round) -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    """The facts as they stand, one row per organization and period, in the columns of the import."""
    scheme = round.scheme_version.document
    columns = site_columns(scheme)
    heads = (*(column.label for column in columns[:2]), "组织", *(column.label for column in columns[2:]))
    return heads, _rows(round, scheme, columns)


def _rows(round: Round, scheme: Scheme, columns: tuple[Column, ...]) -> Iterator[tuple[str, ...]]:
    texts: dict[object, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for (owner, period, key), fact in standing_facts(round).items():
        texts[owner][period][key] = fact.text
    for entry in participants(round):
        own = texts[entry.organization_id]
        for period in sorted(own) or [""]:
            yield _row(round, entry, {**own[period], "period": period}, columns)


def _row(round: Round, entry: Nomination, cells: dict[str, str], columns: tuple[Column, ...]) -> tuple[str, ...]:
    start = (round.label, entry.organization.code, entry.organization.name)
    return (*start, *(cells.get(column.key, "") for column in columns[2:]))
