"""What a formula consists of: each term answers a Working from the figures of one organization and its group."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..working import Working, given, highest, lowest, minus, quotient, rounded, times, total
from .column import MOST_BITS, Column

Values = Mapping[str, Working]
Groups = Mapping[str, Sequence[Fraction]]

TOO_LONG = "数字过大或小数位过多，请先四舍五入"


@dataclass(frozen=True)
class Term:
    """``parts`` are the terms inside it, in the order in which they are written."""

    parts: tuple["Term", ...] = ()

    def working(self, values: Values, group: Groups) -> Working:
        raise TypeError(f"{type(self).__name__} computes nothing")


@dataclass(frozen=True)
class Number(Term):
    value: Fraction = Fraction(0)

    def working(self, values: Values, group: Groups) -> Working:
        return given(self.value)


@dataclass(frozen=True)
class Name(Term):
    """A figure of the organization itself."""

    key: str = ""

    def working(self, values: Values, group: Groups) -> Working:
        found = values.get(self.key, given(None))
        return found if found.label else found.named(self.key)


@dataclass(frozen=True)
class Sum(Term):
    def working(self, values: Values, group: Groups) -> Working:
        return bounded(total([part.working(values, group) for part in self.parts]))


@dataclass(frozen=True)
class Binary(Term):
    """``sign`` is one of - * /; division by zero is unknown and says so."""

    sign: str = ""

    def working(self, values: Values, group: Groups) -> Working:
        one, other = (part.working(values, group) for part in self.parts)
        if self.sign == "-":
            return bounded(minus(one, other))
        if self.sign == "*":
            return bounded(times(one, other))
        if other.operation in ("times", "quotient") and not other.label:
            other = other.named("除数")  # written as its value: 12 ÷ 3 ÷ 2 would be read from the left
        made = quotient(one, other)
        return Working("quotient", None, made.operands, note="除数是 0") if other.value == 0 else bounded(made)


@dataclass(frozen=True)
class Extreme(Term):
    """``min`` or ``max`` of its parts."""

    name: str = ""

    def working(self, values: Values, group: Groups) -> Working:
        found = [part.working(values, group) for part in self.parts]
        return lowest(found) if self.name == "min" else highest(found)


@dataclass(frozen=True)
class Absolute(Term):
    def working(self, values: Values, group: Groups) -> Working:
        one = self.parts[0].working(values, group)
        return highest([one, minus(given(Fraction(0)), one)]).named("", "取绝对值")


@dataclass(frozen=True)
class Rounded(Term):
    places: int = 0
    mode: str = "half_up"

    def working(self, values: Values, group: Groups) -> Working:
        one = self.parts[0].working(values, group)
        made = rounded(one, self.places, self.mode)
        return made if made is one else made.named(made.label or "舍入后")


@dataclass(frozen=True)
class If(Term):
    """``parts`` are the two sides compared, what counts where the comparison holds, and what counts elsewhere.

    The branch not taken is not looked at: it may be unknown. A side that is unknown makes the whole unknown.
    """

    sign: str = ""

    def working(self, values: Values, group: Groups) -> Working:
        one, other = (part.working(values, group) for part in self.parts[:2])
        if one.value is None or other.value is None:
            return minus(one, other)
        holds = compare(one.value, self.sign, other.value)
        note = f"{_called(one)} {self.sign if holds else _OPPOSITE[self.sign]} {_called(other)}，取"
        return highest([self.parts[2 if holds else 3].working(values, group)]).named("", note)


@dataclass(frozen=True)
class OfGroup(Term):
    """A figure of the whole group: ``sum``, ``mean``, ``max``, ``min`` or ``count`` of those that have it."""

    name: str = ""
    key: str = ""

    def working(self, values: Values, group: Groups) -> Working:
        words = {"sum": "合计", "mean": "平均", "max": "最高", "min": "最低", "count": "个数"}[self.name]
        called = values[self.key].label if self.key in values and values[self.key].label else self.key
        found, label = group.get(self.key), f"本组{called}{words}"
        if found is None:
            return given(None, label)
        column = found if isinstance(found, Column) else Column(found)
        if column and not column.exact:
            return given(None, label, TOO_LONG)
        counted = column and self.name != "count"
        return given(column.value(self.name), f"本组 {len(column)} 个{called}{words}" if counted else label)


_OPPOSITE = {"≥": "<", ">": "≤", "≤": ">", "<": "≥", "=": "≠", "≠": "="}


def compare(one: Fraction, sign: str, other: Fraction) -> bool:
    return {
        "≥": one >= other,
        ">": one > other,
        "≤": one <= other,
        "<": one < other,
        "=": one == other,
        "≠": one != other,
    }[sign]


def bounded(made: Working) -> Working:
    """The working, or unknown where its value is longer than any figure of an assessment."""
    value = made.value
    if value is None or max(value.numerator.bit_length(), value.denominator.bit_length()) <= MOST_BITS:
        return made
    return given(None, "", TOO_LONG)


def reason(made: Working) -> str:
    """Why a working is unknown: a division by zero, or the figures that are missing, as ``缺“收入”、“人口”``."""
    notes = dict.fromkeys(each.note for each in _unknown(made) if each.note)
    missing = dict.fromkeys(each.label for each in _unknown(made) if not each.note and each.label)
    lack = f"缺“{'”、“'.join(missing)}”" if missing else ""
    return "，".join(part for part in (lack, *notes) if part)


def _unknown(made: Working) -> Iterator[Working]:
    """The unknown workings that are not unknown because of an operand."""
    if made.value is None:
        inner = [operand for operand in made.operands if operand.value is None]
        yield from (each for operand in inner for each in _unknown(operand))
        if not inner:
            yield made


def _called(one: Working) -> str:
    """The figure with its name where it has one: ``收入 12``."""
    return f"{one.label} {one.shown}" if one.label else one.shown
