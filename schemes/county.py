"""The data folder of a shipped county: rounds, organizations, entries, sheets, re-inspections, guidance, subsidies.

Reads and settles; what was published about the county is not known here (``schemes.replay`` compares).
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from .engine import aggregate, compute
from .exact import parse_number
from .files import SHIPPED, Sources, load_inputs, open_table, require_scheme
from .inputs import Entry
from .intake import INSPECTOR, ORG, build_inputs, read_sheets, round_name, sheet_columns
from .outcome import Outcome, Verdict
from .problems import ProblemsFound, errors
from .register import Award, Register, Review, settle
from .tables import Column

ROUND_COLUMNS = (
    Column("round", ("轮次",), required=True),
    Column("year", ("年度",), required=True),
    Column("onsite_date", ("现场日期",), required=True),
)
#: A re-inspection belongs to a month as a sheet belongs to a round.
MONTH = Column("round", ("month", "月份"), required=True)
GUIDANCE_COLUMNS = (
    Column("round", ("轮次",), required=True),
    Column("township_code", ("乡镇代码",), required=True),
    Column("problems_solved", ("解决问题数",), required=True),
)
SPECIAL_COLUMNS = (
    Column("org_code", ("组织代码",), required=True),
    Column("amount_wan", ("补助金额",), required=True),
)


@dataclass(frozen=True)
class RoundDay:
    """When a round was on site, and the assessment year it counts for."""

    date: str
    year: str


@dataclass(frozen=True)
class Visit:
    """A township secretary's on-site guidance visit."""

    round: str
    township_code: str
    problems_solved: int


@dataclass(frozen=True)
class County:
    """A county's history, computed: the outcome of all rounds and what followed from it."""

    name: str
    outcome: Outcome
    register: Register
    rounds: Mapping[str, RoundDay]
    organizations: Mapping[str, str]
    township_of: Mapping[str, str]
    visits: tuple[Visit, ...]
    special_subsidies: Mapping[str, Fraction]

    def awards(self) -> list[Award]:
        """Every award of every round."""
        return _awards(self.outcome, self.rounds, self.township_of)


def load_county(name: str) -> County:
    """Compute a shipped county from its data folder. Raises ProblemsFound when a file of it cannot be used."""
    scheme, data = require_scheme(name), SHIPPED / name / "data"
    entries, sheets = data / "nominations.csv", data / "sheets.csv"
    loaded = load_inputs(scheme, Sources(entries, sheets, data / "inspectors.csv", data / "organizations.csv"))
    outcome = compute(scheme, loaded.inputs)
    rows = _rows(data / "rounds.csv", ROUND_COLUMNS)
    rounds = {round_name(row["round"]): RoundDay(row["onsite_date"], row["year"]) for row in rows}
    awards = _awards(outcome, rounds, loaded.township_of)
    return County(
        name=scheme.identity.county.name,
        outcome=outcome,
        register=settle(scheme, awards, load_reviews(name)),
        rounds=rounds,
        organizations=loaded.organizations,
        township_of=loaded.township_of,
        visits=_visits(data / "guidance.csv"),
        special_subsidies=_special_subsidies(data / "special_subsidies.csv"),
    )


def _rows(path: Path, columns: tuple[Column, ...]) -> list[dict[str, str]]:
    return [row for _, row in open_table(path, columns).rows]


def _awards(outcome: Outcome, rounds: Mapping[str, RoundDay], township_of: Mapping[str, str]) -> list[Award]:
    awards = []
    for row in outcome.rows():
        if row.outcome is Verdict.AWARDED:
            day, town = rounds[row.round], township_of.get(row.org_code, "")
            awards.append(Award(day.date, row.round, row.org_code, row.tier, town, day.year))
    return awards


def load_reviews(name: str) -> list[Review]:
    """Re-inspection scores by the scheme's rule for them, each dated the last day of its month."""
    scheme, path = require_scheme(name), SHIPPED / name / "data" / "reinspections.csv"
    rule = scheme.titles.reinspection
    if rule is None or not path.is_file():
        return []
    table = open_table(path, sheet_columns(scheme, first=(MONTH, ORG, INSPECTOR)))
    reviewed = dict.fromkeys((round_name(row["round"]), row["org_code"]) for _, row in table.rows)
    entries = [Entry(month, org, scheme.tier_names[0]) for month, org in reviewed]
    sheets = read_sheets(table, scheme, entries)
    if errors(sheets.problems):
        raise ProblemsFound(sheets.problems)
    inputs = build_inputs(scheme, entries, sheets)
    scores = aggregate(scheme, rule.aggregation, inputs)
    return [
        Review(_month_end(entry.round), f"{entry.round} 复评", entry.org_code, scores.value(i))
        for i, entry in enumerate(entries)
    ]


def _month_end(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{month}-{monthrange(year, number)[1]:02}"


def _visits(path: Path) -> tuple[Visit, ...]:
    rows = _rows(path, GUIDANCE_COLUMNS) if path.is_file() else []
    return tuple(Visit(round_name(r["round"]), r["township_code"], int(r["problems_solved"])) for r in rows)


def _special_subsidies(path: Path) -> dict[str, Fraction]:
    """万元 by organization; an organization listed twice gets both."""
    amounts: dict[str, Fraction] = {}
    for row in _rows(path, SPECIAL_COLUMNS) if path.is_file() else []:
        amounts[row["org_code"]] = amounts.get(row["org_code"], Fraction(0)) + parse_number(row["amount_wan"])
    return amounts
