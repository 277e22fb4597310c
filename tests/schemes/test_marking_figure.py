"""A recorded or imported figure taken as it is."""

from fractions import Fraction

from tests.schemes.measures import exactly, measure, points, problems, sentence, workings


def figure(**fields):
    return measure("figure", **fields)


def test_a_figure_counts_as_it_is():
    rule = figure()
    assert points(rule, "89.05", 0, -3) == exactly("89.05", 0, -3)
    assert rule.full is None
    assert sentence(rule) == "数值计入"


def test_a_figure_may_be_converted():
    rule = figure(factor="40%", min="0", max="100")
    assert points(rule, "89.05", 100) == exactly("35.62", 40)
    assert rule.full == 40
    assert sentence(rule) == "数值（应在 0 至 100 之间）× 0.4 计入"
    assert points(figure(factor="10/110"), 99) == exactly(9)


def test_points_are_capped_and_floored_after_the_factor():
    rule = figure(factor="2", most="10", least="0")
    assert points(rule, 4, 5, "5.1", 0, -1) == exactly(8, 10, 10, 0, 0)
    assert rule.full == 10


def test_both_ends_of_the_range_belong_to_it_and_beyond_is_unknown():
    rule = figure(min="0", max="100", most="60")
    low, high, under, over = workings(rule, 0, 100, "-0.1", "100.1")
    assert [low.value, high.value, under.value, over.value] == exactly(0, 60, None, None)
    assert over.text() == "“数据”为 100.1，应在 0 至 100 之间"
    (converted,) = workings(figure(factor="2", min="3"), 2)
    assert converted.text() == "“数据”为 2，应不低于 3，无法计算"


def test_the_facts_table_learns_the_range():
    (fact,) = figure(min="0", max="100").implied("income", "集体收入")
    assert (fact.key, fact.name, fact.min, fact.max) == ("income", "集体收入", 0, 100)
    assert figure(of="elsewhere").implied("income", "集体收入") == ()


def test_full_marks_are_what_the_range_and_the_cap_leave():
    assert figure(max="110", factor="1/11", most="9").full == 9
    assert figure(max="110", factor="1/11").full == 10
    assert figure(max="0").full == 0
    assert figure(min="2", max="5", factor="-1").full == -2


def test_a_missing_figure_is_unknown_and_not_zero():
    (plain,) = workings(figure(), None)
    (bounded,) = workings(figure(factor="2", least="0", most="5"), None)
    assert (plain.value, bounded.value) == (None, None)
    assert plain.text() == "缺“数据”"
    assert bounded.text() == "缺“数据”，无法计算"


def test_the_working_reads_as_written_on_paper():
    (working,) = workings(figure(factor="0.4"), "89.05")
    assert working.text() == "数据 89.05 × 折算系数 0.4 = 35.62"
    assert working.operands[0].value == Fraction("89.05")


def test_problems_name_place_and_remedy():
    assert problems(figure(factor="0", min="3", max="3", least="2", most="1", group_by=["kind"])) == [
        "mark.factor：乘以 0，都不得分。请写折算系数，或删去这一行。",
        "mark.min：下限不低于上限（现为“3”）。应低于 3。",
        "mark.most：最高分不高于最低分（现为“1”）。应高于最低分 2。",
        "mark.group_by：这种打分方式不与别的组织比较，分组不起作用。请删去 group_by。",
    ]
    assert problems(figure(min="0", max="100")) == []
