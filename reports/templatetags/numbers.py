"""Numbers as people read them: fixed decimals, the true minus sign, 万元, percentages, and a dash for what is missing.

Exact: values arrive as Decimal, Fraction, int or text and are rounded half up once, for display only.
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from fractions import Fraction
from typing import Final

MISSING: Final = "—"
MINUS: Final = "\u2212"
WAN: Final = Decimal(10000)


def as_decimal(value: object) -> Decimal | None:
    """The value as a Decimal; None for what is missing. Raises ValueError when it is no number at all."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Fraction):
        with localcontext(prec=50):
            return Decimal(value.numerator) / Decimal(value.denominator)
    try:
        return Decimal(str(value).replace(MINUS, "-"))
    except InvalidOperation as error:
        raise ValueError(f"not a number: {value!r}") from error


def rounded(number: Decimal, places: int) -> Decimal:
    """Rounded half away from zero to the given number of decimals; never negative zero."""
    result = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(result) if result.is_zero() else result


def fixed(value: object, places: int = 2) -> str:
    """83.6 as 83.60, a missing value as a dash."""
    number = as_decimal(value)
    if number is None:
        return MISSING
    return f"{rounded(number, int(places)):f}".replace("-", MINUS)


def signed(value: object, places: int = 2) -> str:
    """A difference with its sign: +7.30, −0.50; zero carries none."""
    number = as_decimal(value)
    if number is None:
        return MISSING
    shown = rounded(number, int(places))
    return ("+" if shown > 0 else "") + f"{shown:f}".replace("-", MINUS)


def percent(value: object, places: int = 2) -> str:
    """A share between 0 and 1 as a percentage: 8/17 as 47.06%."""
    number = as_decimal(value)
    return MISSING if number is None else f"{fixed(number * 100, places)}%"


def wan_number(value: object) -> str:
    """Yuan as 万元 without the unit and without needless zeros: 997000 as 99.7."""
    number = as_decimal(value)
    if number is None:
        return MISSING
    shown = f"{number / WAN:f}"
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown).replace("-", MINUS)


def wan(value: object) -> str:
    """Yuan as 万元 with the unit: 997000 as 99.7 万元."""
    shown = wan_number(value)
    return shown if shown == MISSING else f"{shown} 万元"


def missing(value: object) -> object:
    """The value itself, or a dash when there is none. Zero is a value."""
    return MISSING if value is None or value == "" else value
