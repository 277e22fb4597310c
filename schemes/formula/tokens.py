"""A formula's text as tokens: numbers, names, signs. Full-width signs mean the same as half-width ones."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..exact import parse_number

#: Full-width signs and digits, the signs of school arithmetic; each becomes one character, so that places stay.
_PLAIN = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    ord(sign): plain
    for sign, plain in {
        "\u3000": " ",
        "×": "*",
        "÷": "/",
        "−": "-",
        "–": "-",
        "【": "[",
        "】": "]",
    }.items()
}
_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", "<>": "≠", "==": "="}
_TOKEN = re.compile(
    r"(?P<blank>\s+)|(?P<number>\d+(?:\.\d+)?%?|\.\d+%?)(?![\w.·])|(?P<name>\w[\w.·]*)|\[(?P<figure>[^\[\]]+)\]"
    r"|(?P<sign>>=|<=|!=|<>|==|[-+*/(),<>=≥≤≠])"
)


@dataclass(frozen=True)
class Token:
    """``kind`` is number, name, figure (a name in square brackets), sign or end.

    ``at`` is the place of its first character, counted from 1; ``length`` how many characters it takes there.
    """

    kind: str
    text: str
    at: int
    length: int = 0
    number: Fraction = Fraction(0)


def wrong(at: int, reason: str) -> ValueError:
    """A mistake at a place, as a person counts characters."""
    return ValueError(f"第 {at} 个字{reason}")


def tokens(text: str) -> Iterator[Token]:
    """Every token, then one ``end``. Raises ValueError with the place of what is no token."""
    plain, place = text.translate(_PLAIN), 0
    while place < len(plain):
        found = _TOKEN.match(plain, place)
        if found is None:
            raise wrong(place + 1, f"“{text[place]}”不能用在计算式里")
        yield from _token(found, text)
        place = found.end()
    yield Token("end", "", len(text) + 1)


def _token(found: re.Match[str], text: str) -> Iterator[Token]:
    at, length, kind = found.start() + 1, len(found[0]), str(found.lastgroup)
    if kind == "number":
        yield Token("number", found[0], at, length, _number(found[0], at))
    elif kind == "name":
        if not found[0].strip("0123456789.·"):
            raise wrong(at, f"起的“{found[0]}”不是数")
        yield Token("name", text[found.start() : found.end()], at, length)
    elif kind == "figure":
        yield Token("figure", text[found.start(kind) : found.end(kind)].strip(), at, length)
    elif kind == "sign":
        yield Token("sign", _SIGNS.get(found[0], found[0]), at, length)


def _number(written: str, at: int) -> Fraction:
    try:
        return parse_number(written)
    except ValueError as error:
        raise wrong(at, f"起的数不能用：{error}") from None
