"""Points by recorded events: per record, capped, highest only, or taken off from full marks."""

from datetime import date
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemes.blocks.facts import Event
from schemes.recorded import Record
from schemes.working import readd
from tests.schemes.measures import measure

PROVINCE, CITY = {"event": "省级表彰", "points": "5"}, {"event": "市级表彰", "points": "2"}
SCHEME = SimpleNamespace(
    events=(Event(key="省级表彰", name="省级表彰"), Event(key="市级表彰", name="市级表彰", unit="项")),
    name_of=lambda key: key,
)


def events(*items, **fields):
    return measure("events", items=list(items or (PROVINCE, CITY)), **fields)


def record(day=1, amount="1", subject="", note=""):
    return Record(date(2026, 3, day), Fraction(amount), subject, note)


def marked(rule, *records):
    working = rule.mark(records, None, [item.event for item in rule.items])
    assert readd(working) == working.value
    return working


def leaves(working):
    """Every label in a working, the records' among them."""
    return [working.label, *(label for operand in working.operands for label in leaves(operand))]


def problems(rule):
    return [str(problem) for problem in rule.problems(SCHEME, "mark")]


def test_every_record_counts_its_amount_times_the_points():
    rule = events()
    assert rule.wants_records
    assert rule.keys("own") == ("省级表彰", "市级表彰")
    assert rule.implied("own", "名") == ()
    assert marked(rule, (record(),), (record(), record(2, "1.5"))).value == 5 + 2 + 3
    assert rule.full is None
    assert rule.sentence(SCHEME) == "省级表彰每次加 5 分、市级表彰每项加 2 分"


def test_no_record_means_that_nothing_happened():
    working = marked(events(), (), ())
    assert (working.value, working.label) == (0, "没有记录")
    assert marked(events(from_full="10"), (), ()).value == 10


def test_records_that_are_not_known_are_not_zero():
    working = marked(events(), (record(),), None)
    assert working.value is None
    assert working.text() == "缺“市级表彰”"


def test_the_working_names_every_record_with_its_day_and_note():
    working = marked(events(), (record(3, note="浙委发〔2026〕1 号"),), (record(4, subject="示范党支部"),))
    assert working.text() == "省级表彰 5 + 市级表彰 2 = 7"
    named = leaves(working)
    assert "2026-03-03 省级表彰 浙委发〔2026〕1 号" in named
    assert "2026-03-04 市级表彰 示范党支部" in named


def test_an_item_and_the_whole_are_capped_from_the_cap_on():
    rule = events({**PROVINCE, "most": "10"}, {**CITY, "most": "3"}, most="12")
    two, three = (record(1), record(2)), (record(1), record(2), record(3))
    assert marked(rule, two, ()).value == 10
    assert marked(rule, three, ()).value == 10
    assert marked(rule, (), two).value == 3
    assert marked(rule, two, two).value == 12
    assert marked(rule, (record(),), two).value == 8
    assert rule.full == 12
    assert (
        rule.sentence(SCHEME) == "省级表彰每次加 5 分（最多 10 分）、市级表彰每项加 2 分（最多 3 分），合计最多加 12 分"
    )


def test_full_marks_are_what_the_caps_leave():
    capped = ({**PROVINCE, "most": "10"}, {**CITY, "most": "3"})
    assert events(*capped).full == 13
    assert events(*capped, highest_only="all").full == 10
    assert events(PROVINCE, capped[1], most="20").full == 20
    assert events(from_full="8").full == 8


def test_of_one_subject_only_the_highest_counts():
    """同一件事省、市都表彰，只计省级 5 分；另一件事市级 2 分；没有写明是哪件事的各计各的。"""
    rule = events(highest_only="subject")
    province, city = (
        (record(1, subject="甲事"),),
        (record(2, subject="甲事"), record(3, subject="乙事"), record(4), record(5)),
    )
    working = marked(rule, province, city)
    assert working.value == 5 + 2 + 2 + 2
    assert working.text() == "省级表彰 5 + 市级表彰 6 = 11"
    assert {"就高不就低", "2026-03-02 市级表彰 甲事"} <= set(leaves(working))
    assert rule.sentence(SCHEME) == "省级表彰每次加 5 分、市级表彰每项加 2 分，同一件事就高不就低"


def test_of_all_records_only_the_highest_counts():
    rule = events(highest_only="all")
    assert marked(rule, (record(1),), (record(2, "3"), record(3))).value == 6
    assert marked(rule, (record(1),), (record(2, "2.5"),)).value == 5
    assert marked(rule, (), ()).value == 0


def test_a_record_that_gives_way_frees_its_own_items_cap():
    """甲事的市级让给省级，市级封顶 3 分里只有乙事的 2 分。"""
    rule = events(PROVINCE, {**CITY, "most": "3"}, highest_only="subject")
    assert marked(rule, (record(1, subject="甲事"),), (record(1, subject="甲事"), record(2, subject="乙事"))).value == 7


def test_the_highest_is_chosen_before_the_cap():
    """省级按 5 分比，超过市级 2 分；之后省级封顶 1 分。"""
    rule = events({**PROVINCE, "most": "1"}, CITY, highest_only="all")
    assert marked(rule, (record(),), (record(),)).value == 1


def test_deduction_from_full_marks_ends_at_the_floor():
    rule = events(PROVINCE, CITY, from_full="10", most="9")
    values = [marked(rule, (record(),) * n, ()).value for n in (0, 1, 2, 3)]
    assert values == [10, 5, 1, 1]
    to_zero = events(from_full="10")
    assert [marked(to_zero, (record(),) * n, ()).value for n in (2, 3)] == [0, 0]
    assert marked(events(from_full="10", floor="4"), (record(), record(2)), ()).value == 4
    assert rule.sentence(SCHEME) == "从 10 分扣起，省级表彰每次扣 5 分、市级表彰每项扣 2 分，合计最多扣 9 分，扣完为止"


def test_what_is_wrong_with_events_is_said_at_once():
    rule = events(PROVINCE, PROVINCE, {"event": "县级表彰", "points": "1"}, floor="1", of="x", group_by=["kind"])
    assert problems(rule) == [
        "mark.of：这种打分方式不读数据项（现为“x”）。事项写在 items 里，请删去 of。",
        "mark.items[1].event：事项写了两次（现为“省级表彰”）。请只留一条。",
        "mark.items[2].event：不是事项（现为“县级表彰”）。请在 events 里写上这一种事项。",
        "mark.floor：不是从满分扣起，没有保底。请写 from_full，或删去 floor。",
        "mark.group_by：这种打分方式不与别的组织比较，分组不起作用。请删去 group_by。",
    ]
    assert problems(events(from_full="10", floor="10")) == ["mark.floor：保底分不低于满分。应低于 10。"]
    assert problems(events(from_full="10", floor="9.5")) == []


@pytest.mark.parametrize("item", [{"event": "省级表彰", "points": "0"}, {"event": "省级表彰", "points": "-1"}])
def test_points_are_positive_as_the_node_says_whether_they_are_taken_off(item):
    with pytest.raises(ValidationError):
        events(item)


RECORDS = st.lists(
    st.builds(record, st.integers(1, 3), st.sampled_from(["0", "1", "2", "0.5"]), st.sampled_from(["", "甲", "乙"])),
    max_size=5,
).map(tuple)


@settings(max_examples=200, deadline=None)
@given(RECORDS, RECORDS, st.sampled_from(["none", "subject", "all"]), st.randoms(use_true_random=False))
def test_points_do_not_depend_on_the_order_of_records_and_readd(province, city, highest_only, random):
    """Against a plain second reading of the rule, without workings."""
    rule = events({**PROVINCE, "most": "6"}, {**CITY, "most": "3"}, highest_only=highest_only)
    shuffled = tuple(random.sample(province, len(province)))
    value = marked(rule, province, city).value
    assert marked(rule, shuffled, city[::-1]).value == value
    assert value == again(province, city, highest_only)


def again(province, city, highest_only):
    lines = [(r.amount * 5, 0, r.subject) for r in province] + [(r.amount * 2, 1, r.subject) for r in city]
    lines = [
        (worth, item, {"none": "", "subject": subject, "all": "all"}[highest_only]) for worth, item, subject in lines
    ]
    kept = [(worth, item) for worth, item, subject in lines if not subject]
    for subject in {subject for *_, subject in lines if subject}:
        kept.append(max(((w, i) for w, i, s in lines if s == subject), key=lambda pair: (pair[0], -pair[1])))
    sums = [sum((worth for worth, item in kept if item == which), Fraction(0)) for which in (0, 1)]
    return min(sums[0], 6) + min(sums[1], 3)
