"""Points by a formula (按计算式) over figures of the organization and of its group."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from ...blocks.facts import Fact
from ...exact import decimal_text
from ...formula import MOST_CHARACTERS, Column, Formula, parse_formula
from ...problems import Problem
from ...working import Working, at_most
from ..base import Exact
from .base import Measure
from .operands import figures, group_words


def _readable(text: str) -> str:
    parse_formula(text)
    return text


#: A text that is a formula; a mistake in it names the character it is at.
FormulaText = Annotated[str, Field(max_length=MOST_CHARACTERS), AfterValidator(_readable)]


class ByFormula(Measure):
    """The value of ``formula``, at most ``max``; group functions look at the organizations of the same ``group_by``."""

    kind: Literal["formula"] = "formula"
    formula: FormulaText
    max: Exact | None = None

    @property
    def parsed(self) -> Formula:
        return parse_formula(self.formula)

    @property
    def full(self) -> Fraction | None:
        return self.max

    def keys(self, own: str) -> tuple[str, ...]:
        return self.parsed.names

    def implied(self, own: str, name: str) -> tuple[Fact, ...]:
        return ()

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if self.of:
            remedy = "数据项写在计算式里，请删去 of。"
            yield Problem(place=f"{place}.of", value=self.of, reason="计算式不读 of", remedy=remedy)
        if not self.parsed.names:
            reason, remedy = "计算式里没有数据项，人人同分", "若是起评分这样的定数，不用改。"
            yield Problem(place=f"{place}.formula", reason=reason, remedy=remedy, severity="warning")
        if self.group_by and not self.parsed.group_names:
            reason, remedy = "计算式里没有 group_ 函数，分组不起作用", "请删去 group_by。"
            yield Problem(place=f"{place}.group_by", reason=reason, remedy=remedy)

    def sentence(self, scheme: Any) -> str:
        most = f"，最高 {decimal_text(self.max)} 分" if self.max is not None else ""
        return f"{group_words(self, scheme)}按计算式“{self.parsed.named(scheme.name_of)}”得分{most}"

    def reference(self, cells: Sequence[tuple[Any, ...]]) -> dict[str, Column]:
        """The known values in the group of every figure that a group function reads."""
        places = {key: place for place, key in enumerate(self.parsed.names) if key in self.parsed.group_names}
        return {key: Column(row[place] for row in cells if row[place] is not None) for key, place in places.items()}

    def mark(self, cells: tuple[Any, ...], reference: Any, names: Sequence[str]) -> Working:
        values = dict(zip(self.parsed.names, figures(cells, names), strict=True))
        points = self.parsed.working(values, reference or {})
        return points if self.max is None else at_most(points, self.max)
