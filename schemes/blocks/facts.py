"""What is recorded of organizations besides marks: facts (数据项), events (事项) and the assessment period (考核期)."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ..exact import parse_number
from ..rules.base import Count, Day, Exact, Key, Part, Rounding, YesNo


def _missing(value: Any) -> Any:
    return value if value in ("refuse", "unscored") else parse_number(value)


#: What a missing number means: ``refuse`` (must be filled in), ``unscored`` (nothing that needs it is known), or a
#: number.
Missing = Annotated[Any, BeforeValidator(_missing)]

FactType = Literal["number", "text", "choice", "yes_no", "date"]


class Source(Part):
    """Where the site takes a fact from: an outcome of another scheme of the county, in the same year.

    ``bonus``: points that its awards gave a township; ``points``: what its results gave a parent; else the figure of
    the organization's own newest published result.
    """

    scheme: Key
    figure: Literal["bonus", "points", "score", "rank", "grade", "tier"]


class Fact(Part):
    """One column of the facts table: a figure, word, choice or date of each organization; or one derived from others.

    ``per_period``: recorded once for every period of 考核 instead of once. ``formula``: not recorded but computed.
    ``source``: taken over from another scheme's outcome.
    """

    key: Key
    name: Annotated[str, Field(min_length=1, max_length=80)]
    type: FactType = "number"
    unit: str = ""
    min: Exact | None = None
    max: Exact | None = None
    choices: tuple[str, ...] = ()
    missing: Missing = "refuse"
    by: str = ""
    per_period: YesNo = False
    formula: str = ""
    round: Rounding | None = None
    source: Source | None = None
    note: str = ""


class Event(Part):
    """A kind of recorded event: a commendation, an absence, an accident. Each record has a date and an amount (默认 1).

    ``start`` and ``end``: another span than the period of 考核. ``within_months``: only records of so many months up to
    the end count.
    """

    key: Key
    name: Annotated[str, Field(min_length=1, max_length=80)]
    unit: str = "次"
    start: Day | None = None
    end: Day | None = None
    within_months: Count | None = None
    note: str = ""


class Period(Part):
    """The assessment period; events outside it do not count. Both days belong to it."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _ordered(self) -> "Period":
        if self.end < self.start:
            raise ValueError("考核期结束早于开始")
        return self

    def counts(self, event: Event, day: date) -> bool:
        """Whether a record of this kind on this day counts."""
        last = event.end or self.end
        first = months_before(last, event.within_months) if event.within_months else event.start or self.start
        return first <= day <= last


def months_before(day: date, months: int) -> date:
    """The day after the same day so many months earlier: twelve months to 2026-12-31 begin on 2026-01-01.

    The last day of a month stands for the whole month: three months to 2026-06-30 begin on 2026-04-01.
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    whole_months = day.day == _days(day.year, day.month)
    if whole_months or day.day >= _days(year, month + 1):
        return date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, day.day + 1)


def _days(year: int, month: int) -> int:
    following = date(year + (month == 12), month % 12 + 1, 1)
    return (following - date(year, month, 1)).days
