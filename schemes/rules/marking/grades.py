"""Grades (分等打分): 好、较好、一般、差, each worth points or a share of the full marks."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from ...exact import decimal_text, share_text
from ...problems import Problem
from ..base import Exact
from .base import MOST_UNITS, parse_mark
from .choices import ChoiceMark, common_step, plain_word

GradeName = Annotated[str, Field(min_length=1, max_length=20)]


class Grades(ChoiceMark):
    """``grades``: points by name; with ``max`` they are shares of it."""

    kind: Literal["grades"] = "grades"
    grades: dict[GradeName, Annotated[Exact, Field(ge=0)]] = Field(min_length=2, max_length=50)
    max: Annotated[Exact, Field(gt=0)] | None = None

    @property
    def choices(self) -> tuple[tuple[str, Fraction], ...]:
        points = {name: worth * (1 if self.max is None else self.max) for name, worth in self.grades.items()}
        return tuple(sorted(points.items(), key=lambda each: -each[1]))

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        here = f"{place}.grades"
        yield from self._names(here)
        for one, other in zip(self.choices, self.choices[1:], strict=False):
            if one[1] == other[1]:
                reason = f"“{one[0]}”和“{other[0]}”同为 {decimal_text(one[1])} 分，打过以后分不清"
                yield Problem(place=here, reason=reason, remedy="请合成一等，或改分。")
        for name, worth in self.grades.items():
            if self.max is not None and worth > 1:
                remedy = "写了 max，各等写满分的比例，如 80%；要直接写分，请去掉 max。"
                yield Problem(place=f"{here}.{name}", value=decimal_text(worth), reason="比例大于 1", remedy=remedy)
        points = [points for _, points in self.choices]
        step = common_step([each - points[-1] for each in points])
        if step and (points[0] - points[-1]) / step > MOST_UNITS:
            yield Problem(place=here, reason="各等的分相差过细", remedy=f"一项最多 {MOST_UNITS} 档，请减少小数位。")

    def _names(self, here: str) -> Iterator[Problem]:
        seen: set[str] = set()
        for name in self.grades:
            word = plain_word(name)
            if not word or word in seen:
                yield Problem(place=f"{here}.{name}", reason="等次重名或是空的", remedy="请改名。")
            elif _is_number(word):
                reason = "等次名称是数，分不清是等次还是分"
                yield Problem(place=f"{here}.{name}", value=name, reason=reason, remedy="请改成文字，如“一等”。")
            seen.add(word)

    def sentence(self, scheme: Any) -> str:
        if self.max is None:
            return "分等打分：" + "、".join(f"{name} {decimal_text(points)} 分" for name, points in self.choices)
        shares = "、".join(f"{name} {share_text(self.grades[name])}" for name, _ in self.choices)
        return f"满分 {decimal_text(self.max)} 分，分等打分：{shares}"


def _is_number(word: str) -> bool:
    try:
        parse_mark(word)
    except ValueError:
        return False
    return True
