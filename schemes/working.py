"""How one figure came about: an expression whose operands are workings themselves. Re-adding it gives its value.

The same functions decide and explain: a rule answers with a Working, its value is what counts, its text is what
people read, and ``readd`` computes it again from the given figures alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .exact import decimal_text, round_by

#: What a table look-up goes by: the first line whose lower bound is reached, or the line of the same number.
Table = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Working:
    """``value`` None is unknown. ``numbers`` belong to the operation: places to round to, lines of a table."""

    operation: str
    value: Fraction | None
    operands: tuple["Working", ...] = ()
    label: str = ""
    note: str = ""
    mode: str = ""
    table: Table = ()

    def named(self, label: str, note: str = "") -> "Working":
        return Working(self.operation, self.value, self.operands, label, note or self.note, self.mode, self.table)

    @property
    def shown(self) -> str:
        return number_text(self.value)

    def text(self) -> str:
        """The arithmetic in one line: ``38.4 × 50% + 27 = 46.2``; a given figure is just its value."""
        if self.operation == "given":
            return self.note or self.shown
        if self.value is None:
            return f"{self.note or '缺数据'}，无法计算"
        return f"{_written(self)} = {self.shown}"


def number_text(value: Fraction | None) -> str:
    """An exact decimal, or a fraction with a decimal beside it."""
    if value is None:
        return "缺"
    text = decimal_text(value)
    return f"{text}（约 {decimal_text(value, 4)}）" if "/" in text else text


def given(value: Fraction | None, label: str = "", note: str = "") -> Working:
    return Working("given", value, label=label, note=note)


def total(operands: Sequence[Working]) -> Working:
    known = [operand.value for operand in operands if operand.value is not None]
    value = sum(known, Fraction(0)) if len(known) == len(operands) else None
    return Working("sum", value, tuple(operands))


def minus(one: Working, other: Working) -> Working:
    value = None if one.value is None or other.value is None else one.value - other.value
    return Working("minus", value, (one, other))


def times(one: Working, other: Working) -> Working:
    value = None if one.value is None or other.value is None else one.value * other.value
    return Working("times", value, (one, other))


def quotient(one: Working, other: Working) -> Working:
    """Unknown when something is missing or the divisor is zero."""
    value = None if one.value is None or not other.value else one.value / other.value
    return Working("quotient", value, (one, other))


def highest(operands: Sequence[Working]) -> Working:
    values = [operand.value for operand in operands if operand.value is not None]
    return Working("highest", max(values) if len(values) == len(operands) else None, tuple(operands))


def lowest(operands: Sequence[Working]) -> Working:
    values = [operand.value for operand in operands if operand.value is not None]
    return Working("lowest", min(values) if len(values) == len(operands) else None, tuple(operands))


def at_most(one: Working, cap: Fraction) -> Working:
    """封顶; the working stays as it is where the cap does not bind."""
    bound = given(cap, "封顶")
    return one if one.value is None or one.value <= cap else Working("lowest", cap, (one, bound), one.label, "封顶")


def at_least(one: Working, floor: Fraction) -> Working:
    """扣完为止; the working stays as it is where the floor does not bind."""
    bound = given(floor, "保底")
    return (
        one if one.value is None or one.value >= floor else Working("highest", floor, (one, bound), one.label, "保底")
    )


def rounded(one: Working, places: int, mode: str = "half_up") -> Working:
    """Rounded to ``places`` decimals; the working stays as it is where nothing is to be rounded."""
    if one.value is None:
        return one
    value = round_by(one.value, places, mode)
    return one if value == one.value else Working("round", value, (one, given(Fraction(places))), one.label, mode=mode)


def looked_up(one: Working, table: Table, note: str, *, exact: bool = False) -> Working:
    """The figure of the first line whose bound is reached (or, ``exact``, is the same); unknown when there is none."""
    value = None
    if one.value is not None:
        value = next((to for bound, to in table if (one.value == bound if exact else one.value >= bound)), None)
    return Working("lookup", value, (one,), note=note, mode="exact" if exact else "", table=table)


def readd(working: Working) -> Fraction | None:
    """Compute a working again from its given figures; None where one of them is missing."""
    if working.operation == "given":
        return working.value
    values = [readd(operand) for operand in working.operands]
    known = [value for value in values if value is not None]
    return None if len(known) < len(values) else _again(working, known)


def _again(working: Working, known: list[Fraction]) -> Fraction | None:
    match working.operation, known:
        case "sum", _:
            return sum(known, Fraction(0))
        case "minus", [one, other]:
            return one - other
        case "times", [one, other]:
            return one * other
        case "quotient", [one, other]:
            return one / other if other else None
        case "highest", _:
            return max(known)
        case "lowest", _:
            return min(known)
        case "round", [one, places]:
            return round_by(one, int(places), working.mode)
        case "lookup", [one]:
            same = working.mode == "exact"
            return next((to for bound, to in working.table if (one == bound if same else one >= bound)), None)
    raise TypeError(f"{working.operation} cannot be computed again")


_SIGNS = {"sum": " + ", "minus": " − ", "times": " × ", "quotient": " ÷ "}


def _written(working: Working) -> str:
    """The operands with their sign between them; what was itself computed stands in brackets where it must."""
    parts = [_operand(operand, working.operation) for operand in working.operands]
    if working.operation in _SIGNS:
        return _SIGNS[working.operation].join(parts).replace("+ -", "− ")
    if working.operation == "round":
        places = working.operands[1].value
        return f"{parts[0]}，{rounding_words(int(places or 0), working.mode)}"
    if working.operation == "lookup":
        return f"{parts[0]}，{working.note or '查表'}"
    if working.note in ("封顶", "保底"):
        return f"{parts[0]}，{working.note} {working.operands[1].shown}"
    word = "取高" if working.operation == "highest" else "取低"
    return f"{working.note or word}（{'、'.join(parts)}）"


def _operand(operand: Working, inside: str) -> str:
    if operand.operation == "given" or operand.label:
        return _labelled(operand)
    text = _written(operand)
    loose = operand.operation in ("sum", "minus") and inside in ("times", "quotient", "minus")
    return f"（{text}）" if loose else text


def _labelled(operand: Working) -> str:
    """``班子 40``; a note says it better where there is one; weights and counts go without their name."""
    if operand.note and operand.operation == "given":
        return operand.note
    plain = not operand.label or operand.label in ("权重", "份数", "项数", "期数")
    return operand.shown if plain else f"{operand.label} {operand.shown}"


def rounding_words(places: int, mode: str = "half_up") -> str:
    word = {"half_up": "四舍五入", "floor": "只舍不入", "ceil": "只入不舍", "half_even": "四舍六入五成双"}[mode]
    return f"{word}保留 {places} 位小数" if places else f"{word}取整数"
