"""Which items of two lists are one to people, and which moved."""

from typing import Any

from schemes.blocks.facts import Fact
from schemes.document import Tier
from schemes.matching import match_items
from schemes.rules.limits import EliminationRate


def rate(share: str, **more: Any) -> EliminationRate:
    return EliminationRate(minimum=share, **more)


def test_of_several_rules_of_one_kind_the_likest_are_paired():
    old = (rate("40%", basis="ranked"), rate("50%"))
    new = (rate("50%", clause="一"), rate("30%", basis="ranked"))
    found = match_items(old, new)
    assert set(found.pairs) == {(1, 0), (0, 1)} and found.moved == (0,) and not found.added and not found.removed


def test_plain_values_are_the_same_only_when_equal():
    found = match_items(("甲", "乙", "乙"), ("乙", "丙", "甲"))
    assert (found.pairs, found.removed, found.added, found.moved) == (((1, 0), (0, 2)), (2,), (1,), (0,))


def test_lists_made_to_hurt_are_matched_in_bounded_time():
    old = tuple(rate(f"{n}/4000") for n in range(4000))
    new = tuple(rate(f"{n}/4001") for n in range(1, 4001))
    found = match_items(old, new)
    assert len(found.pairs) + len(found.added) == 4000


def fact(key: str, name: str, unit: str = "") -> Fact:
    return Fact(key=key, name=name, unit=unit)


def test_what_has_a_key_is_the_same_by_key_or_by_name_and_never_by_likeness():
    old = (fact("a", "收入", "万元"), fact("b", "满意率"), fact("c", "户数", "户"))
    new = (fact("d", "满意率"), fact("a", "集体收入", "万元"), fact("e", "人数", "户"))
    found = match_items(old, new)
    assert (found.pairs, found.removed, found.added) == (((1, 0), (0, 1)), (2,), (2,))


def test_what_has_no_key_may_be_renamed():
    found = match_items((Tier(name="标杆", threshold=85), Tier(name="进位")), (Tier(name="示范", threshold=85),))
    assert (found.pairs, found.removed) == (((0, 0),), (1,))
