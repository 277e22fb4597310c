"""Figures that rules name at the wrong time or in the wrong way: not known yet, by period, no numbers."""

from collections.abc import Iterator

from .blocks.conditions import Condition
from .document import RESERVED, Scheme
from .naming import named_figures, parts_of
from .problems import Problem

#: Figures that exist only once everybody is ranked, has badges, is graded: in this order.
LATE = ("rank", "badges", "grade")
#: Figures of every scheme that are words.
WORDS = frozenset({"grade", "tier", "round", "kind", "township"})


def check_figures(scheme: Scheme) -> Iterator[Problem]:
    yield from _check_late(scheme)
    for part, place in parts_of(scheme):
        if isinstance(part, Condition) and part.of is not None:
            yield from _check_condition(scheme, part, f"{place}.of")


def _check_condition(scheme: Scheme, condition: Condition, place: str) -> Iterator[Problem]:
    key = condition.of or ""
    fact = scheme.recorded.get(key) if key not in scheme.nodes else None
    if fact is not None and fact.per_period:
        reason, remedy = (
            f"“{fact.name}”按期填写，不能直接作条件",
            "请在创建标准里分期合成以后再用，只看不计分的写 role: info。",
        )
        yield Problem(place=place, value=key, reason=reason, remedy=remedy)
    bounds = (condition.at_least, condition.above, condition.at_most, condition.below)
    if any(bound is not None for bound in bounds) and (key in WORDS or (fact is not None and fact.type != "number")):
        reason = f"“{scheme.name_of(key)}”不是数，不能比大小"
        yield Problem(place=place, value=key, reason=reason, remedy="请改用 equals、one_of、none_of 或 known。")


def _check_late(scheme: Scheme) -> Iterator[Problem]:
    """What is known only after ranking cannot decide about marks, nor grades about grades."""
    late = {key: LATE.index("badges") for key in (badge.key for badge in scheme.badges)}
    late |= {key: step for step, key in enumerate(LATE)}
    for key, place, known in _figures_in_time(scheme):
        if late.get(key, -1) >= known:
            reason = f"这里还没有“{scheme.name_of(key)}”" if key not in LATE else f"这里还没有{RESERVED[key]}"
            yield Problem(place=place, value=key, reason=reason, remedy="请改用得分或数据项。")


def _figures_in_time(scheme: Scheme) -> Iterator[tuple[str, str, int]]:
    """Figures that rules name, with the place and how many of LATE are known there."""
    known_at = {
        "selection": 1, "tiers": 1, "badges": 1,
        "rating.not_rated": 0, "rating": 2, "consequences": 3, "propagation": 3,
    }  # fmt: skip
    for place, key in named_figures(scheme):
        known = next((known for start, known in known_at.items() if place.startswith(start)), 0)
        yield key, place, known
