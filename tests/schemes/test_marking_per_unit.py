"""Count times unit: points for every unit away from a base."""

import pytest

from tests.schemes.measures import exactly, measure, points, problems, sentence, workings


def per_unit(**fields):
    return measure("per_unit", **fields)


def test_every_project_adds_ten_points_without_limit():
    rule = per_unit(each="10")
    assert points(rule, 0, 1, 7, "2.5") == exactly(0, 10, 70, 25)
    assert rule.full is None
    assert sentence(rule) == "数值每 1 加 10 分，不封顶"


def test_points_are_capped_from_the_cap_on():
    rule = per_unit(each="10", most="30")
    assert points(rule, 2, 3, "3.01", 9) == exactly(20, 30, 30, 30)
    assert rule.full == 30


def test_a_negative_count_adds_nothing():
    assert points(per_unit(each="10"), -3) == exactly(0)


def test_every_percentage_point_below_costs_one_down_to_zero():
    """每低 1 个百分点扣 1 分，扣完为止: 95 的得 10 分，每低 1 扣 1 分。"""
    rule = per_unit(start="10", each="-1", base="95", direction="below", least="0")
    assert points(rule, 99, 95, "94.9", 90, 85, "84.9", 0) == exactly(10, 10, "9.9", 5, 0, 0, 0)
    assert rule.full == 10
    assert sentence(rule) == "起始 10 分，数值比 95 每低 1 扣 1 分，最低 0 分"


@pytest.mark.parametrize(
    "whole, marks",
    [(None, ("9.5", "8.5", "9.9")), ("floor", (10, 9, 10)), ("ceil", (9, 8, 9)), ("half_up", (9, 8, 10))],
)
def test_a_part_of_a_unit_counts_as_the_rule_says(whole, marks):
    fields = {"whole_units": whole} if whole else {}
    rule = per_unit(start="10", each="-1", base="95", direction="below", **fields)
    assert points(rule, "94.5", "93.5", "94.9") == exactly(*marks)


def test_a_unit_may_be_ten_people():
    rule = per_unit(each="2", unit_size="10", whole_units="floor")
    assert points(rule, 9, 10, 19, 20, 101) == exactly(0, 2, 2, 4, 20)
    assert sentence(rule) == "数值每 10 加 2 分（不足 10 的不计），不封顶"


def test_every_meeting_fewer_than_twelve_costs_half_a_point():
    rule = per_unit(start="6", each="-0.5", base="12", direction="below", least="0")
    assert points(rule, 12, 11, 9, 0, 14) == exactly(6, "5.5", "4.5", 0, 6)


def test_the_base_may_be_another_figure():
    rule = per_unit(each="3", base_of="last_year")
    assert rule.keys("own") == ("own", "last_year")
    assert points(rule, (12, 10), (10, 10), (8, 10)) == exactly(6, 0, 0)
    assert sentence(rule) == "数值比“last_year”每高 1 加 3 分，不封顶"


def test_signed_adds_above_and_deducts_below():
    rule = per_unit(each="0.5", base="80", direction="signed", unit_size="5", whole_units="floor", most="2", least="-1")
    assert points(rule, 80, "84.9", 85, 100, 101, 75, "75.1", 70, 60) == exactly(0, 0, "0.5", 2, 2, "-0.5", 0, -1, -1)
    assert rule.full == 2
    assert sentence(rule) == "数值比 80 每高 5 加 0.5 分、每低 5 扣 0.5 分（不足 5 的不计），最高 2 分，最低 -1 分"


def test_both_counts_the_distance_either_way():
    rule = per_unit(start="5", each="-2", base="3", direction="both", least="0")
    assert points(rule, 3, 4, 2, "0.5", 6) == exactly(5, 3, 3, 0, 0)
    assert sentence(rule) == "起始 5 分，数值与 3 每相差 1 扣 2 分，最低 0 分"


def test_percentages_are_figures_like_others():
    rule = per_unit(start="10", each="-1", base="95%", unit_size="1%", direction="below", least="0")
    assert points(rule, "0.95", "0.925") == exactly(10, "7.5")


def test_full_marks_are_where_the_deduction_starts_or_the_cap():
    assert per_unit(start="10", each="-1").full == 10
    assert per_unit(start="10", each="-1", most="8").full == 8
    assert per_unit(start="10", each="1").full is None


def test_a_missing_figure_is_unknown_and_not_zero():
    one, other = workings(per_unit(each="1", base_of="b", least="0"), (None, 3), (3, None))
    assert (one.value, other.value) == (None, None)
    assert one.text() == "缺“数据”，无法计算"
    assert other.text() == "缺“另一数据”，无法计算"


def test_a_word_is_no_number_and_unknown():
    rule = per_unit(each="1", of="kind")
    assert rule.mark(("村党组织",), None, ["组织类别"]).text() == "缺“组织类别”，无法计算"
    assert rule.mark((True,), None, ["是否示范"]).value is None


def test_the_working_reads_as_written_on_paper():
    rule = per_unit(start="10", each="-1", base="95", direction="below", least="0")
    kept, part, gone = workings(rule, 90, "94.9", 80)
    assert kept.text() == "起始分 10 + 每个单位 -1 × （基数 95 − 数据 90） = 5"
    assert part.text() == "起始分 10 + 每个单位 -1 × （基数 95 − 数据 94.9） = 9.9"
    assert gone.text() == "起始分 10 + 每个单位 -1 × （基数 95 − 数据 80），保底 0 = 0"


def test_problems_name_place_and_remedy():
    rule = per_unit(each="0", base="3", base_of="b", most="2", least="2", group_by=["kind"])
    assert problems(rule) == [
        "mark.each：每个单位 0 分，不起作用。请写加几分或扣几分。",
        "mark.base_of：既写了固定的基数，又写了取作基数的数据项。请写 base 或 base_of 中的一个。",
        "mark.most：最高分不高于最低分（现为“2”）。应高于最低分 2。",
        "mark.group_by：这种打分方式不与别的组织比较，分组不起作用。请删去 group_by。",
    ]
    (warning,) = per_unit(each="-1", start="10").problems(None, "mark")
    assert (warning.severity, warning.place) == ("warning", "mark.least")
    assert problems(per_unit(each="-1", start="10", least="0")) == []
    assert problems(per_unit(each="-1")) == []
