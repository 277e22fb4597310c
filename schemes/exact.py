"""Exact numbers: reading them, rounding them half up, writing them. No binary float passes here."""

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

#: Beyond this a product may leave int64; arrays then hold Python integers instead, slower and as exact.
SAFE = 2**62
#: Longest number anyone writes in a scheme or a sheet; a longer one is a mistake or an attack.
LONGEST = 24


def parse_number(value: Any) -> Fraction:
    """Read an exact number from an int, Decimal, Fraction or text (``85``, ``0.5``, ``40%``, ``1/3``, ``８５``).

    Raises ValueError, with a Chinese sentence, for anything else: floats, NaN, infinities, exponents, long texts.
    """
    if isinstance(value, (bool, float)):
        raise ValueError("应为十进制数")
    if isinstance(value, (int, Fraction)):
        return _bounded(Fraction(value))
    text = unicodedata.normalize("NFKC", str(value)).strip().replace("−", "-")
    if len(text) > LONGEST:
        raise ValueError(f"数字过长，最多 {LONGEST} 个字符")
    percent = text.endswith("%")
    body = text[:-1].strip() if percent else text
    if not body or set(body) - set("+-0123456789./") or "/" in body[-1:] or body.count("/") > 1:
        raise ValueError("不是数")
    try:
        number = Fraction(body)
    except (ValueError, ZeroDivisionError):
        raise ValueError("不是数") from None
    return _bounded(number / 100 if percent else number)


def _bounded(number: Fraction) -> Fraction:
    if abs(number.numerator) > 10**15 or number.denominator > 10**9:
        raise ValueError("数字过大或小数位过多")
    return number


def round_half_up(numerator: Any, denominator: Any) -> Any:
    """四舍五入 ``numerator / denominator`` to an integer, halves away from zero; ints or arrays, denominator > 0."""
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return (
        np.where(numerator < 0, -magnitude, magnitude)
        if isinstance(numerator, np.ndarray)
        else (-magnitude if numerator < 0 else magnitude)
    )


def round_floor(numerator: Any, denominator: Any) -> Any:
    """只舍不入: towards minus infinity; ints or arrays."""
    return numerator // denominator


def round_ceil(numerator: Any, denominator: Any) -> Any:
    """只入不舍: towards plus infinity; ints or arrays."""
    return -(-numerator // denominator)


def round_half_even(numerator: Any, denominator: Any) -> Any:
    """四舍六入五成双: halves to the even neighbour; ints or arrays, denominator > 0."""
    whole = numerator // denominator
    twice = 2 * (numerator - whole * denominator)
    return whole + ((twice > denominator) | ((twice == denominator) & (whole % 2 == 1)))


ROUNDINGS: dict[str, Callable[[Any, Any], Any]] = {
    "half_up": round_half_up,
    "floor": round_floor,
    "ceil": round_ceil,
    "half_even": round_half_even,
}


def round_by(number: Fraction, places: int, mode: str) -> Fraction:
    """One fraction rounded to ``places`` decimals by a mode of :data:`ROUNDINGS`."""
    return Fraction(int(ROUNDINGS[mode](number.numerator * 10**places, number.denominator)), 10**places)


def round_fraction(number: Fraction, places: int) -> Fraction:
    """四舍五入 one fraction to ``places`` decimals."""
    return Fraction(round_half_up(number.numerator * 10**places, number.denominator), 10**places)


def widen(array: NDArray[Any], factor: int) -> NDArray[Any]:
    """The array in a type in which ``array * factor`` is exact: int64 where it fits, else Python integers."""
    largest = int(np.abs(array).max(initial=0))
    return array if array.dtype == object or largest * max(abs(factor), 1) < SAFE else array.astype(object)


def to_common_denominator(numerators: NDArray[Any], denominators: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Bring fractions to one denominator: the comparable numerators and that denominator."""
    common = lcm(*(int(d) for d in np.unique(denominators))) if len(denominators) else 1
    wide = widen(numerators, common)
    return wide * (common // denominators.astype(wide.dtype)), common


def decimal_text(number: Fraction, places: int | None = None) -> str:
    """Write a fraction: with ``places`` rounded half up to them, without as the shortest exact decimal (or ``a/b``)."""
    if places is not None:
        scaled = round_half_up(number.numerator * 10**places, number.denominator)
        return f"{Decimal(scaled).scaleb(-places):.{places}f}"
    power = 0
    while (number * 10**power).denominator != 1:
        power += 1
        if power > 9:
            return f"{number.numerator}/{number.denominator}"
    return f"{Decimal(int(number * 10**power)).scaleb(-power):f}"


def percent_text(number: Fraction, places: int = 0) -> str:
    """``2/5`` as ``40%``; more decimals when the value needs them."""
    scaled = number * 100
    text = decimal_text(scaled) if (scaled * 10**4).denominator == 1 else decimal_text(scaled, max(places, 2))
    return f"{text}%"


def share_text(number: Fraction) -> str:
    """A share as a rule states it: ``40%`` where that is exact, else the fraction itself (``1/3``), never rounded."""
    finite = (number * 10**6).denominator == 1
    return percent_text(number) if finite else f"{number.numerator}/{number.denominator}"
