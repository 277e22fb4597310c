"""Marks that people give in words or by taking off: grades, yes or no, deduction from full marks."""

from fractions import Fraction

import pytest
from pydantic import ValidationError

from tests.schemes.measures import exactly, measure, problems, sentence


def grades(**worth):
    return measure("grades", grades=worth or {"好": "10", "较好": "8", "一般": "6", "差": "0"})


def refused(call, *arguments):
    with pytest.raises(ValueError) as found:
        call(*arguments)
    return str(found.value)


# --- grades


def test_a_grade_is_read_by_its_name_or_its_points():
    rule = grades()
    assert [rule.read(text) for text in ("好", " 较好 ", "一般", "差", "8", "６ 分")] == exactly(10, 8, 6, 0, 8, 6)
    assert grades(Ａ="10", Ｂ="5").read("A") == 10
    assert sentence(rule) == "分等打分：好 10 分、较好 8 分、一般 6 分、差 0 分"
    assert rule.allowed() == "好（10）、较好（8）、一般（6）、差（0）"


def test_points_between_two_grades_are_refused():
    rule = grades()
    assert refused(rule.to_units, Fraction(7)) == "没有得 7 分的一等"
    assert refused(rule.to_units, Fraction(11)) == "没有得 11 分的一等"
    assert refused(rule.read, "优秀") == "不是数"


def test_grades_are_stored_as_steps_above_the_lowest():
    """9.5, 8, 6.5 and 3.5 above the lowest are 6, 4.5, 3 and 0: steps of 1.5."""
    rule = grades(好="9.5", 较好="8", 一般="6.5", 差="3.5")
    assert (rule.full, rule.lowest, rule.finest, rule.units_at_most) == (
        Fraction("9.5"),
        Fraction("3.5"),
        Fraction(3, 2),
        4,
    )
    units = [rule.to_units(points) for _, points in rule.choices]
    assert units == [4, 3, 2, 0]
    assert [rule.to_mark(unit) for unit in units] == exactly("9.5", 8, "6.5", "3.5")


def test_with_full_marks_grades_are_shares_of_them():
    rule = measure("grades", max="15", grades={"差": "0", "好": "100%", "一般": "60%", "较好": "4/5"})
    assert rule.choices == tuple((name, Fraction(points)) for name, points in
                                 [("好", 15), ("较好", 12), ("一般", 9), ("差", 0)])  # fmt: skip
    assert (rule.finest, rule.full) == (3, 15)
    assert sentence(rule) == "满分 15 分，分等打分：好 100%、较好 80%、一般 60%、差 0%"
    third = measure("grades", max="10", grades={"好": "1", "差": "1/3"})
    assert third.to_mark(third.to_units(third.read("差"))) == Fraction(10, 3)


def test_what_is_wrong_with_grades_is_said_at_once():
    rule = measure("grades", max="10", grades={"好": "120%", "较好": "0.8", "８": "0.8", "优": "0.5", "优 ": "0"})
    assert problems(rule) == [
        "mark.grades.８：等次名称是数，分不清是等次还是分（现为“８”）。请改成文字，如“一等”。",
        "mark.grades.优 ：等次重名或是空的。请改名。",
        "mark.grades：“较好”和“８”同为 8 分，打过以后分不清。请合成一等，或改分。",
        "mark.grades.好：比例大于 1（现为“1.2”）。写了 max，各等写满分的比例，如 80%；要直接写分，请去掉 max。",
    ]
    assert problems(grades()) == []


def test_grades_finer_than_can_be_stored_are_refused():
    assert problems(grades(好="65.534", 较好="0.001", 差="0")) == []
    assert problems(grades(好="65.535", 较好="0.001", 差="0")) == [
        "mark.grades：各等的分相差过细。一项最多 65534 档，请减少小数位。"
    ]


@pytest.mark.parametrize("worth", [{"好": "10"}, {}, {"好": "10", "差": "-1"}, {"好": "10", "": "1"}])
def test_one_grade_negative_points_and_a_blank_name_are_refused(worth):
    with pytest.raises(ValidationError):
        measure("grades", grades=worth)


# --- yes or no


def test_yes_has_full_marks_and_no_has_none():
    rule = measure("yes_no", max="2.5")
    assert [rule.read(text) for text in ("是", "否", "√", "×", "有", "无", "Y", "0", "2.5")] == exactly(
        "2.5", 0, "2.5", 0, "2.5", 0, "2.5", 0, "2.5"
    )
    assert (rule.units_at_most, rule.to_units(Fraction("2.5")), rule.to_units(Fraction(0))) == (1, 1, 0)
    assert rule.allowed() == "是（2.5）、否（0）"
    assert sentence(rule) == "做到的 2.5 分，没有做到的 0 分"


def test_one_is_a_point_and_not_a_tick():
    rule = measure("yes_no", max="5")
    assert refused(rule.to_units, rule.read("1")) == "没有得 1 分的一等"
    assert refused(rule.read, "也许") == "不是数"


def test_no_may_be_worth_something_but_less_than_yes():
    rule = measure("yes_no", max="5", no="2")
    assert [rule.to_mark(rule.to_units(rule.read(text))) for text in ("是", "否")] == exactly(5, 2)
    assert problems(rule) == []
    assert problems(measure("yes_no", max="5", no="5")) == [
        "mark.no：“否”的分不低于“是”的分。应低于 5；“否”得分高的，请改用 grades。"
    ]


# --- deduction

ITEMS = [{"name": "不按期换届", "points": "5"}, {"name": "半年不开展活动", "points": "2.5", "most": "5"}]


def test_what_remains_is_written_or_what_is_taken_off():
    rule = measure("deduction", max="15", items=ITEMS)
    assert [rule.read(text) for text in ("15", "7.5", "扣 5", "扣2.5分", "扣除 20 分", "扣１５")] == exactly(
        15, "7.5", 10, "12.5", 0, 0
    )
    assert refused(rule.read, "扣很多") == "不是数"
    assert sentence(rule) == "从 15 分扣起，扣完为止：不按期换届每次扣 5 分；半年不开展活动每次扣 2.5 分、最多扣 5 分"


def test_without_a_step_everything_that_can_be_taken_off_lies_on_one():
    rule = measure("deduction", max="15", items=ITEMS)
    assert (rule.finest, rule.units_at_most) == (Fraction("2.5"), 6)
    assert rule.allowed() == "0 至 15，每档 2.5，也可以写“扣 2.5”"
    assert refused(rule.to_units, Fraction(14)) == "不合分档，应为 2.5 的倍数"
    assert refused(rule.to_units, Fraction("-2.5")) == "低于最低分 0"
    assert measure("deduction", max="15").finest == 1


def test_the_floor_is_where_taking_off_ends():
    rule = measure("deduction", max="10", floor="4", step="0.5")
    assert [rule.to_units(rule.read(text)) for text in ("10", "扣 6", "扣 6.5", "4.5")] == [12, 0, 0, 1]
    assert sentence(rule) == "从 10 分扣起，最低 4 分"


def test_what_is_wrong_with_a_deduction_is_said_at_once():
    items = [
        *ITEMS,
        {"key": "1.3", "name": "不按期换届", "points": "3", "most": "1"},
        {"name": "重大事故", "points": "15"},
    ]
    assert problems(measure("deduction", max="10", step="5", items=items)) == [
        "mark.items[1].points：不是分档 5 的倍数，扣了打不进去（现为“2.5”）。请改分档。",
        "mark.items[2].name：扣分情形写了两次（现为“不按期换届”）。请只留一条。",
        "mark.items[2].points：不是分档 5 的倍数，扣了打不进去（现为“3”）。请改分档。",
        "mark.items[2].most：不是分档 5 的倍数，扣了打不进去（现为“1”）。请改分档。",
        "mark.items[2].most：最多扣的分少于一次扣的分。应不低于每次扣的 3 分。",
        "mark.items[3].points：一次扣 15 分，可扣的只有 10 分。只会扣到 0 分；若非本意请改。",
    ]


def test_a_deduction_larger_than_its_item_is_only_a_warning():
    """五星创评: 10 分的项目写着扣 15 分."""
    rule = measure("deduction", max="10", step="1", items=[{"name": "无场所", "points": "15"}])
    assert [problem.severity for problem in rule.problems(None, "mark")] == ["warning"]
    assert rule.to_units(rule.read("扣 15")) == 0


@pytest.mark.parametrize("fields, problem", [
    ({"max": "10", "floor": "10"}, "mark.floor：保底分不低于满分。应低于 10。"),
    ({"max": "10", "step": "3"}, "mark.step：分档 3 除不尽 0 到 10。请改分档或满分。"),
    ({"max": "65.535", "step": "0.001"}, "mark.step：分档过细。一项最多 65534 档。"),
])  # fmt: skip
def test_a_deduction_must_fit_its_step(fields, problem):
    assert problems(measure("deduction", **fields)) == [problem]
