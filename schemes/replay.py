"""What was published about a county beside what its scheme computes from its data.

The computation (``schemes.county``, and the figures below) never sees a published number: ``published.yaml``
only says which figure to show, beside which number and sentence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .county import County, load_county
from .exact import decimal_text, parse_number, percent_text
from .files import SHIPPED, read_bytes, shipped_names
from .intake import round_order
from .loading import load_document
from .register import TitleEventKind

Numbers = tuple[Fraction, ...]
#: How a published wording is met: “11 轮” exactly, “40% 以上” from there up, “100 余” by more.
COMPARISONS: dict[str, Callable[[Numbers, Numbers], bool]] = {
    "equal": lambda computed, published: computed == published,
    "at_least": lambda computed, published: computed >= published,
    "over": lambda computed, published: computed > published,
}


@dataclass(frozen=True)
class ReplayLine:
    """One published figure: what it is, what the rules give, what was published and in which words."""

    what: str
    computed: str
    published: str
    source: str
    equal: bool


@dataclass(frozen=True)
class Replay:
    county: str
    source: str
    lines: tuple[ReplayLine, ...]

    @property
    def ok(self) -> bool:
        """Whether every computed figure is the published one."""
        return all(line.equal for line in self.lines)


def replayable() -> list[str]:
    """Shipped counties whose published figures are known."""
    return [name for name in shipped_names() if (SHIPPED / name / "published.yaml").is_file()]


def replay(name: str) -> Replay:
    """Compute a shipped county and put every published figure beside it. Raises ProblemsFound for unusable files."""
    county = load_county(name)
    path = SHIPPED / name / "published.yaml"
    published = load_document(read_bytes(path), name=path.name).tree
    return Replay(county.name, published["source"], tuple(_line(county, item) for item in published["lines"]))


def _line(county: County, item: Mapping[str, Any]) -> ReplayLine:
    computed = FIGURES[item["figure"]](county, item.get("of") or {})
    stated = item["value"] if isinstance(item["value"], list) else [item["value"]]
    expected = tuple(parse_number(value) for value in stated)
    write = percent_text if item["figure"] == "lowest_elimination" else decimal_text
    unit = f" {item['unit']}" if item.get("unit") else ""
    return ReplayLine(
        what=item["what"],
        computed="、".join(write(number) for number in computed) + unit,
        published=item.get("words") or "、".join(stated) + unit,
        source=item["source"],
        equal=COMPARISONS[item.get("compare", "equal")](computed, expected),
    )


def _rounds(county: County, of: Mapping[str, str]) -> Numbers:
    return (Fraction(len(county.outcome.inputs.rounds)),)


def _participants(county: County, of: Mapping[str, str]) -> Numbers:
    """Organizations that took part, each once however often it entered."""
    return (Fraction(len(set(county.outcome.inputs.entry_org))),)


def _awards(county: County, of: Mapping[str, str]) -> Numbers:
    return (Fraction(sum(award.tier == of["tier"] for award in county.awards())),)


def _lowest_elimination(county: County, of: Mapping[str, str]) -> Numbers:
    """The lowest share that did not win, over every tier of every round."""
    rates = (group.elimination_rate for group in county.outcome.groups)
    return (min(rate for rate in rates if rate is not None),)


def _promoted(county: County, of: Mapping[str, str]) -> Numbers:
    return (Fraction(len(county.register.organizations(TitleEventKind.PROMOTED))),)


def _delisted(county: County, of: Mapping[str, str]) -> Numbers:
    return (Fraction(len(county.register.organizations(TitleEventKind.DELISTED))),)


def _awards_of_three_years(county: County, of: Mapping[str, str]) -> Numbers:
    """Awards of one tier to organizations of one township, in each of the first three years with rounds."""
    years = sorted({day.year for day in county.rounds.values()})[:3]
    won = [
        award.year
        for award in county.awards()
        if award.tier == of["tier"] and county.organizations[award.township_code] == of["township"]
    ]
    return tuple(Fraction(won.count(year)) for year in years)


def _subsidy(county: County, of: Mapping[str, str]) -> Numbers:
    return (sum((line.wan for line in county.register.subsidies), Fraction(0)),)


def _special_subsidy(county: County, of: Mapping[str, str]) -> Numbers:
    return (sum(county.special_subsidies.values(), Fraction(0)),)


def _special_villages(county: County, of: Mapping[str, str]) -> Numbers:
    return (Fraction(len(county.special_subsidies)),)


def _visits(county: County, of: Mapping[str, str]) -> Numbers:
    """Guidance visits in the last round for which visits were recorded."""
    return (Fraction(len(_last_visits(county))),)


def _secretaries(county: County, of: Mapping[str, str]) -> Numbers:
    """Township secretaries who made those visits: one per township."""
    return (Fraction(len({visit.township_code for visit in _last_visits(county)})),)


def _problems_solved(county: County, of: Mapping[str, str]) -> Numbers:
    return (Fraction(sum(visit.problems_solved for visit in _last_visits(county))),)


def _last_visits(county: County) -> list[Any]:
    last = max((visit.round for visit in county.visits), key=round_order, default="")
    return [visit for visit in county.visits if visit.round == last]


FIGURES: dict[str, Callable[[County, Mapping[str, str]], Numbers]] = {
    "rounds": _rounds,
    "participants": _participants,
    "awards": _awards,
    "lowest_elimination": _lowest_elimination,
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
