"""What was published about a county beside what its schemes compute from its data.

The computation never sees a published number: ``published.yaml`` only says which figure to show (the kinds are listed
in ``schemes.replay_figures``), beside which number and sentence. A file of it::

    county: 涪城区                       # left out where the county folder itself holds one scheme with a history
    source: 资料来源
    lines:
      - what: 村级组织定类               # what people read
        programme: classes              # the folder of the scheme; left out with a history of titles
        figure: count                   # a kind
        of: {where: {of: kind, equals: 村}}
        value: 137                      # the published number(s); a share as 75.8%
        unit: 个
        compare: equal                  # equal | at_least | over | under
        places: 3                       # decimals of the source: the computed figure is rounded half up to them
        words: 600多个                  # the published wording, where it is not value and unit
        source: 原话
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .county import load_county
from .exact import decimal_text, parse_number, percent_text, round_fraction
from .files import SHIPPED, read_bytes
from .loading import load_document
from .programme import load_programme
from .replay_figures import FIGURES, SHARES, Computed, Numbers

#: How a published wording is met: “11 轮” exactly, “40% 以上” from there up, “100 余” by more, “近 200” by less.
COMPARISONS: dict[str, Callable[[Numbers, Numbers], bool]] = {
    "equal": lambda computed, published: computed == published,
    "at_least": lambda computed, published: computed >= published,
    "over": lambda computed, published: computed > published,
    "under": lambda computed, published: computed < published,
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
    return sorted(path.parent.name for path in SHIPPED.glob("*/published.yaml"))


def replay(name: str) -> Replay:
    """Compute a shipped county and put every published figure beside it. Raises ProblemsFound for unusable files."""
    path = SHIPPED / name / "published.yaml"
    published = load_document(read_bytes(path), name=path.name).tree
    if "county" not in published:
        history = load_county(name)
        return Replay(history.name, published["source"], tuple(_line(history, item) for item in published["lines"]))
    keys = dict.fromkeys(item["programme"] for item in published["lines"])
    programmes = {key: load_programme(name, key) for key in keys}
    lines = tuple(_line(programmes[item["programme"]], item) for item in published["lines"])
    return Replay(published["county"], published["source"], lines)


def _line(computed: Computed, item: Mapping[str, Any]) -> ReplayLine:
    numbers = FIGURES[item["figure"]](computed, item.get("of") or {})
    places = int(item["places"]) if "places" in item else None
    if places is not None:
        numbers = tuple(round_fraction(number, places) for number in numbers)
    stated = item["value"] if isinstance(item["value"], list) else [item["value"]]
    unit = f" {item['unit']}" if item.get("unit") else ""
    return ReplayLine(
        what=item["what"],
        computed="、".join(_written(number, item["figure"], places) for number in numbers) + unit,
        published=item.get("words") or "、".join(stated) + unit,
        source=item["source"],
        equal=COMPARISONS[item.get("compare", "equal")](numbers, tuple(parse_number(value) for value in stated)),
    )


def _written(number: Fraction, figure: str, places: int | None) -> str:
    return percent_text(number) if figure in SHARES else decimal_text(number, places)
