"""Points by rank within a group."""

import pytest

from tests.schemes.measures import exactly, measure, points, problems, sentence, workings


def rank_points(**fields):
    return measure("rank_points", **fields)


LISTED = {"points": ["10", "8", "6", "4"]}


def test_four_villages_get_the_points_of_their_places():
    """荷塘乡: 10、8、6、4."""
    rule = rank_points(**LISTED)
    assert points(rule, 70, 90, 80, 60) == exactly(6, 10, 8, 4)
    assert rule.full == 10
    assert sentence(rule) == "数值高的在前，第 1 至 4 名得 10、8、6、4 分，其余 0 分，名次相同得分相同"


def test_places_beyond_the_list_get_what_the_others_get():
    assert points(rank_points(**LISTED), 5, 4, 3, 2, 1, 0) == exactly(10, 8, 6, 4, 0, 0)
    assert points(rank_points(**LISTED, others="3"), 5, 4, 3, 2, 1, 0) == exactly(10, 8, 6, 4, 3, 3)


def test_every_place_is_a_step_less_down_to_the_others():
    rule = rank_points(first="60", step="3", others="48")
    assert points(rule, 7, 6, 5, 4, 3, 2, 1) == exactly(60, 57, 54, 51, 48, 48, 48)
    assert points(rank_points(first="5", step="2"), 4, 3, 2, 1) == exactly(5, 3, 1, 0)
    assert rule.full == 60
    assert sentence(rule) == "数值高的在前，第 1 名 60 分，每后一名少 3 分，最低 48 分，名次相同得分相同"


def test_the_lowest_may_be_best():
    rule = rank_points(**LISTED, best="lowest")
    assert points(rule, 0, 12, 3, 3) == exactly(10, 4, 8, 8)
    assert sentence(rule).startswith("数值低的在前")


@pytest.mark.parametrize(
    "ties, marks",
    [("same", (10, 8, 8, 4, 0)), ("dense", (10, 8, 8, 6, 4)), ("average", (10, 7, 7, 4, 0))],
)
def test_ties_share_as_the_rule_says(ties, marks):
    assert points(rank_points(**LISTED, ties=ties), 90, 80, 80, 70, 60) == exactly(*marks)


@pytest.mark.parametrize(
    "ties, marks", [("same", (60, 60, 60, 51)), ("dense", (60, 60, 60, 57)), ("average", (57, 57, 57, 51))]
)
def test_ties_share_steps_as_they_share_places(ties, marks):
    assert points(rank_points(first="60", step="3", ties=ties), 9, 9, 9, 8) == exactly(*marks)


def test_an_average_over_the_end_of_the_list_counts_the_others():
    """第 3 至 6 名 6、4、0、0: 各 2.5 分。"""
    rule = rank_points(**LISTED, ties="average")
    found = workings(rule, 9, 8, 5, 5, 5, 5)
    assert [working.value for working in found] == exactly(10, 8, "2.5", "2.5", "2.5", "2.5")
    assert found[2].text() == "第 3 至 6 名的分之和 10 ÷ 并列的个数 4 = 2.5"
    assert [operand.text() for operand in found[2].operands] == [
        "6 + 4 + 0 × 2 = 10",
        "数据 5，6 个中数值相同的 = 4",
    ]


def test_when_all_are_equal_all_are_first():
    assert points(rank_points(**LISTED), 0, 0, 0) == exactly(10, 10, 10)
    assert points(rank_points(**LISTED, ties="average"), 0, 0, 0) == exactly(8, 8, 8)


def test_a_missing_figure_is_unknown_and_takes_no_place():
    first, missing, second = workings(rank_points(**LISTED), 5, None, 4)
    assert [first.value, missing.value, second.value] == exactly(10, None, 8)
    assert missing.text() == "缺“数据”，无法计算"
    assert points(rank_points(**LISTED), None) == [None]
    assert points(rank_points(first="5", step="1", ties="average"), None, None) == [None, None]


def test_the_working_says_the_rank_and_how_it_gives_points():
    _, second, _ = workings(rank_points(**LISTED), 90, 80, 80)
    assert second.text() == "名次 2，该名次的分 = 8"
    assert [(rank.label, rank.text()) for rank in second.operands] == [("名次", "数据 80，3 个中的名次（2 个并列） = 2")]
    _, stepped = workings(rank_points(first="60", step="3"), 90, 80)
    assert stepped.text() == "第 1 名 60 − 每后一名 3 × （名次 2 − 1） = 57"


def test_a_group_is_named_in_the_sentence():
    rule = rank_points(points=["3"], group_by=["组织类别"], of="收入")
    assert sentence(rule) == "同一组织类别内，“收入”高的在前，第 1 名得 3 分，其余 0 分，名次相同得分相同"


@pytest.mark.parametrize("fields", [{}, {"first": "3"}, {"step": "3"}, {**LISTED, "first": "3", "step": "1"},
                                    {**LISTED, "step": "1"}])  # fmt: skip
def test_the_points_are_said_in_one_of_two_ways(fields):
    remedy = "请写 points（各名次的分），或者写 first 和 step。"
    assert problems(rank_points(**fields)) == [f"mark：没有写清各名次得几分。{remedy}"]


def test_problems_name_place_and_remedy():
    assert problems(rank_points(points=["5", "6", "6", "2"], others="3")) == [
        "mark.points[1]：名次靠后的分反而高（现为“6”）。应不高于 5。",
        "mark.others：其余名次的分高于前面的名次（现为“3”）。应不高于 2。",
    ]
    assert problems(rank_points(first="5", step="1", others="6")) == [
        "mark.others：最低的分高于第 1 名的分（现为“6”）。应不高于 5。"
    ]
    assert problems(rank_points(points=["2", "1", "1"], others="1")) == []
