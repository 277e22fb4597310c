"""The marking method that computes points by a formula."""

import pytest
from pydantic import ValidationError

from tests.schemes.measures import exactly, measure, points, problems, sentence, workings


def by_formula(text, **fields):
    return measure("formula", formula=text, **fields)


def test_points_are_the_value_of_the_formula():
    rule = by_formula("20 × 完成数 ÷ 任务数")
    assert rule.keys("own") == ("完成数", "任务数")
    assert rule.implied("own", "名") == ()
    assert points(rule, (3, 4), (4, 4), (5, 4)) == exactly(15, 20, 25)
    assert rule.full is None
    assert sentence(rule) == "按计算式“20 × 完成数 ÷ 任务数”得分"


def test_points_are_capped_from_the_cap_on():
    rule = by_formula("20 × 完成数 ÷ 任务数", max="20")
    assert points(rule, (3, 4), (4, 4), ("4.01", 4)) == exactly(15, 20, 20)
    assert rule.full == 20
    assert sentence(rule) == "按计算式“20 × 完成数 ÷ 任务数”得分，最高 20 分"


def test_a_missing_figure_and_a_zero_divisor_are_unknown():
    missing, zero = workings(by_formula("20 × 完成数 ÷ 任务数", max="20"), (None, 4), (3, 0))
    assert [missing.value, zero.value] == [None, None]
    assert [missing.text(), zero.text()] == ["缺“数据”，无法计算", "除数是 0，无法计算"]


def test_a_group_function_looks_at_those_of_the_group_that_have_the_figure():
    """平均 (10 + 20 + 30) ÷ 3 = 20: 每高于平均 1 加 0.1 分."""
    rule = by_formula("5 + (收入 − group_mean(收入)) × 0.1", group_by=["kind"])
    assert points(rule, 10, 20, None, 30) == exactly(4, 5, None, 6)
    assert workings(rule, 10, 20)[1].text() == "5 + （数据 20 − 本组 2 个数据平均 15） × 0.1 = 5.5"
    assert sentence(rule) == "同一kind内，按计算式“5 + (收入 − group_mean(收入)) × 0.1”得分"


def test_the_group_may_be_of_figures_that_the_organization_itself_lacks():
    rule = by_formula("收入 ÷ group_sum(人口)")
    assert points(rule, (10, None), (20, 5), (None, 5)) == exactly(1, 2, None)
    assert points(rule, (10, None), (20, None)) == [None, None]


def test_what_is_wrong_with_a_formula_is_said():
    assert problems(by_formula("收入 × 2")) == []
    assert problems(by_formula("2", of="收入", group_by=["kind"])) == [
        "mark.of：计算式不读 of（现为“收入”）。数据项写在计算式里，请删去 of。",
        "mark.formula：计算式里没有数据项，人人同分。若是起评分这样的定数，不用改。",
        "mark.group_by：计算式里没有 group_ 函数，分组不起作用。请删去 group_by。",
    ]


@pytest.mark.parametrize("text", ["收入 +", "x" * 501, ""])
def test_what_is_no_formula_is_refused_when_the_document_is_read(text):
    with pytest.raises(ValidationError):
        by_formula(text)
