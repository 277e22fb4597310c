"""One cell of a person's table as text, and text as a number, a flag or a date; nothing here passes through a float.

``clean`` is what every cell goes through. The ``parse_*`` functions return None for an empty cell (missing is not
zero) and raise ValueError with a Chinese reason for anything else they cannot read.
"""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

# Full-width digits, letters and the signs of numbers become half-width; punctuation in names stays as written.
_NARROW: dict[int, int | str] = {
    code: code - 0xFEE0 for code in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
}
_NARROW |= {0xFF0B: "+", 0xFF0D: "-", 0xFF0E: ".", 0xFF1D: "=", 0x3000: " ", 0x00A0: " "}
_INVISIBLE = dict.fromkeys([0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, 0x200E, 0x200F])
_TIDY = {**_NARROW, **_INVISIBLE}

_NUMBER = re.compile(
    r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+)\s*(?:分|元|万元|个|家|人|次|名|份|项|条|处)?"
)
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
#: A text beginning with one of these may be run by a spreadsheet.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
YES = {"1", "是", "有", "y", "yes", "true", "√", "✓", "对"}
NO = {"0", "否", "无", "n", "no", "false", "×", "x", "错"}


@lru_cache(maxsize=65_536, typed=True)
def clean(value: object) -> str:
    """The cell as a person reads it: 5.0 is “5”, a date is ISO, blanks at the ends and invisible signs are gone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        # The shortest digits that name the stored number are what the person typed; whole numbers lose “.0”.
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    text = str(value)
    if not text.isascii():
        text = text.translate(_TIDY)
    # Our exports put ' before a text that a spreadsheet would run as a formula; reading takes it off again.
    if text[:1] == "'" and text[1:2] in DANGEROUS:
        text = text[1:]
    return text.strip()


def normal(header: str) -> str:
    """A header for comparison: no blanks, no bracketed remark, small letters."""
    text = unicodedata.normalize("NFKC", clean(header)).casefold()
    text = re.sub(r"\s+", "", text)
    return re.sub(r"\([^()]*\)$", "", text) or text


def is_formula(text: str) -> bool:
    return text.startswith("=") and len(text) > 1


def parse_decimal(text: str) -> Decimal | None:
    """``1,234.50``, ``９２．５ 分`` and ``+3`` are numbers; ``=1+1``, ``12.`` and words are not."""
    if text == "":
        return None
    if is_formula(text):
        raise ValueError("是公式，不是数")
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).replace("−", "-").strip())
    if found is None:
        raise ValueError("不是数")
    return Decimal(found[1].replace(",", ""))


def parse_integer(text: str) -> int | None:
    number = parse_decimal(text)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise ValueError("不是整数")
    return int(number)


def parse_flag(text: str) -> bool | None:
    if text == "":
        return None
    word = text.casefold()
    if word in YES or word in NO:
        return word in YES
    raise ValueError("不是“是”或“否”")


def parse_date(text: str) -> date | None:
    """``2022-08-01``, ``2022/8/1``, ``2022.8.1`` and ``2022年8月1日``."""
    if text == "":
        return None
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError("不是日期")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as error:
        raise ValueError("没有这一天") from error
