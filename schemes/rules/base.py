"""What every rule kind is: a small model with a check, a sentence and a computation.

A kind is one module. It subclasses its slot's base (marking, aggregation, ties, limits), names itself in
``kind``, and is listed in its slot's ``__init__``; nothing else in the engine changes.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ..exact import ROUNDINGS, parse_number
from ..figures import Figure
from ..problems import Problem
from ..working import rounding_words


def _number(value: Any) -> Fraction:
    return parse_number(value)


def _integer(value: Any) -> int:
    number = parse_number(value)
    if number.denominator != 1:
        raise ValueError("应为整数")
    return int(number)


def _yes_no(value: Any) -> Any:
    """A quoted 是 or 否 means the same as a bare one; in JSON every word is quoted."""
    return {"是": True, "否": False}.get(value, value) if isinstance(value, str) else value


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value if len(value) == len("2022-03-15") else "")
    except (TypeError, ValueError):
        raise ValueError("日期应写成 2022-03-15 的样子") from None


#: An exact number as a Fraction; documents write ``85``, ``0.5``, ``40%`` or ``1/3``.
Exact = Annotated[Fraction, BeforeValidator(_number)]
Share = Annotated[Exact, Field(ge=0, le=1)]
Count = Annotated[int, BeforeValidator(_integer), Field(ge=0, le=1_000_000)]
Years = Annotated[int, BeforeValidator(_integer), Field(ge=1, le=99)]
Places = Annotated[int, BeforeValidator(_integer), Field(ge=0, le=6)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Day = Annotated[date, BeforeValidator(_day)]
Key = Annotated[str, Field(min_length=1, max_length=40)]


class Part(BaseModel):
    """A part of a scheme document; unknown keys are refused, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Rounding(Part):
    """Round to ``places`` decimals, half up (四舍五入) unless ``mode`` says otherwise. Unnamed, none happens."""

    places: Places
    mode: Literal["half_up", "floor", "ceil", "half_even"] = "half_up"

    def sentence(self) -> str:
        return rounding_words(self.places, self.mode)

    def of(self, figure: Figure) -> Figure:
        return figure.rounded(self.places, ROUNDINGS[self.mode])


class Rule(Part):
    """A rule kind; ``clause`` names the article of the 办法 it comes from."""

    clause: str = ""

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        """What is wrong with this rule in this scheme, beyond the shape of its fields."""
        yield from ()

    def sentence(self, scheme: Any) -> str:
        """The rule in one Chinese sentence, without the final full stop."""
        raise TypeError(f"{type(self).__name__} has no sentence")
