"""Reading formulas: precedence climbing over tokens, in bounded depth; every mistake names the character it is at."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import lru_cache

from .formula import FUNCTIONS, GROUP, Formula
from .terms import Absolute, Binary, Extreme, If, Name, Number, OfGroup, Rounded, Sum, Term
from .tokens import Token, tokens, wrong

MOST_CHARACTERS = 500
#: Operations within operations; deeper than any article of a 办法, shallow enough for every walk over the terms.
MOST_DEPTH = 40
MOST_PLACES = 6

_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2}
_COMPARISONS = ("≥", "≤", "≠", ">", "<", "=")


@lru_cache(maxsize=1024)
def parse_formula(text: str) -> Formula:
    """Read a formula. Raises ValueError with a Chinese sentence that names the place: ``第 7 个字“）”多余``."""
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"计算式过长，最多 {MOST_CHARACTERS} 个字")
    if not text.strip():
        raise ValueError("计算式是空的")
    parser = _Parser(text)
    root = parser.expression()
    if parser.here.kind != "end":
        raise parser.unexpected("" if parser.here.kind == "sign" else "前面缺少运算符号")
    return Formula(text, root)


class _Parser:
    """Reads one formula from left to right; ``here`` is the token not yet read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found = tokens(text)
        self.here = next(self.found)
        self.nested = 0

    # -- tokens

    def take(self) -> Token:
        taken = self.here
        if taken.kind != "end":
            self.here = next(self.found)
        return taken

    def is_sign(self, *signs: str) -> bool:
        return self.here.kind == "sign" and self.here.text in signs

    def expect(self, sign: str, after: str) -> None:
        if not self.is_sign(sign):
            raise self.unexpected(f"{after}应有“{sign}”")
        self.take()

    def unexpected(self, wanted: str = "") -> ValueError:
        """What stands here cannot: it is superfluous, or something else is wanted."""
        if self.here.kind == "end":
            return ValueError(f"计算式没有写完，{wanted or '末尾缺少数或数据项'}")
        written = self.text[self.here.at - 1 : self.here.at - 1 + self.here.length]
        if not wanted and self.is_sign(*_COMPARISONS):
            return wrong(self.here.at, f"“{written}”不能用在这里，比较只能写在 if() 的第一项")
        return wrong(self.here.at, f"“{written}”不能用在这里{f'，{wanted}' if wanted else ''}")

    # -- expressions

    def expression(self, binding: int = 0) -> Term:
        """Operations that bind tighter than ``binding``, from the left."""
        self.nested += 1
        if self.nested > MOST_DEPTH:
            raise wrong(self.here.at, f"处括号或运算套得太深，最多 {MOST_DEPTH} 层，请拆成几个数据项")
        left = self.operand()
        while self.here.kind == "sign" and _BINDING.get(self.here.text, 0) > binding:
            sign = self.take()
            left = _joined(left, sign.text, self.expression(_BINDING[sign.text]))
            if depth(left) > MOST_DEPTH:
                raise wrong(sign.at, f"处连着的运算太多，最多 {MOST_DEPTH} 层，请拆成几个数据项")
        self.nested -= 1
        return left

    def operand(self) -> Term:
        if self.here.kind == "number":
            return Number(value=self.take().number)
        if self.here.kind == "figure":
            return Name(key=self.take().text)
        if self.here.kind == "name":
            name = self.take()
            return self.call(name) if self.is_sign("(") else _figure(name)
        if self.is_sign("-", "+"):
            sign = self.take()
            inner = self.expression(_BINDING["*"])
            return inner if sign.text == "+" else _negative(inner)
        if self.is_sign("("):
            self.take()
            inner = self.expression()
            self.expect(")", "括号没有配对，")
            return inner
        raise self.unexpected("这里应是数、数据项或括号")

    # -- functions

    def call(self, name: Token) -> Term:
        readers: dict[str, Callable[[Token], Term]] = {
            "if": self.choice,
            "round": self.rounding,
            "floor": self.rounding,
            "ceil": self.rounding,
            "abs": self.absolute,
            "date": self.day,
            "min": self.extreme,
            "max": self.extreme,
        }
        read = self.of_group if name.text.startswith(GROUP) else readers.get(name.text)
        if read is None or name.text not in FUNCTIONS:
            raise wrong(name.at, f"起的“{name.text}”不是能用的函数，能用的有 {'、'.join(FUNCTIONS)}")
        self.take()
        made = read(name)
        self.expect(")", f"{name.text} 的括号没有配对，")
        return made

    def extreme(self, name: Token) -> Term:
        parts = [self.expression()]
        while self.is_sign(","):
            self.take()
            parts.append(self.expression())
        return Extreme(tuple(parts), name=name.text)

    def absolute(self, name: Token) -> Term:
        return Absolute((self.expression(),))

    def rounding(self, name: Token) -> Term:
        inner, places = self.expression(), 0
        if self.is_sign(","):
            self.take()
            places = self.places()
        return Rounded((inner,), places=places, mode={"round": "half_up"}.get(name.text, name.text))

    def places(self) -> int:
        taken = self.take()
        if taken.kind != "number" or taken.number.denominator != 1 or taken.number > MOST_PLACES:
            raise wrong(taken.at, f"应是保留的小数位数，写 0 到 {MOST_PLACES} 的整数")
        return int(taken.number)

    def day(self, name: Token) -> Term:
        """``date(2026, 12, 10)`` as a number of days, so that dates can be subtracted."""
        parts = [self.whole()]
        for _ in range(2):
            self.expect(",", "date() 应有年、月、日三项，这里")
            parts.append(self.whole())
        try:
            return Number(value=Fraction(date(*parts).toordinal()))
        except (ValueError, OverflowError):
            raise wrong(name.at, "起的日期没有这一天") from None

    def whole(self) -> int:
        taken = self.take()
        if taken.kind != "number" or taken.number.denominator != 1:
            raise wrong(taken.at, "应是整数，如 date(2026, 12, 10)")
        return int(taken.number)

    def choice(self, name: Token) -> Term:
        one = self.expression()
        if not self.is_sign(*_COMPARISONS):
            raise self.unexpected("if() 的第一项应是比较，如 收入 >= 10")
        sign = self.take().text
        parts = [one, self.expression()]
        for _ in range(2):
            self.expect(",", "if() 应有三项：比较、成立时取什么、不成立时取什么，这里")
            parts.append(self.expression())
        return If(tuple(parts), sign=sign)

    def of_group(self, name: Token) -> Term:
        inner = self.take()
        if inner.kind not in ("name", "figure") or self.is_sign("("):
            raise wrong(inner.at, f"应是一个数据项，{name.text} 里不能写别的")
        return OfGroup(name=name.text.removeprefix(GROUP), key=inner.text)


def _figure(name: Token) -> Term:
    if name.text in FUNCTIONS:
        raise wrong(name.at, f"起的“{name.text}”是函数，后面应有括号；同名的数据项请写成 [{name.text}]")
    return Name(key=name.text)


def _negative(inner: Term) -> Term:
    return Number(value=-inner.value) if isinstance(inner, Number) else Binary((Number(), inner), sign="-")


def _joined(left: Term, sign: str, right: Term) -> Term:
    """Additions in a row are one sum."""
    if sign == "+":
        return Sum((*left.parts, right) if isinstance(left, Sum) else (left, right))
    return Binary((left, right), sign=sign)


def depth(term: Term) -> int:
    return 1 + max((depth(part) for part in term.parts), default=0)
