"""Ratio to the best of the group."""

from tests.schemes.measures import exactly, measure, points, problems, sentence, workings


def ratio(**fields):
    return measure("ratio_to_best", **fields)


def test_the_best_has_full_points_and_the_others_their_ratio():
    rule = ratio(points="6")
    assert points(rule, 45, 90, 30, 0) == exactly(3, 6, 2, 0)
    assert rule.full == 6
    assert sentence(rule) == "数值最高的得 6 分，其余按与它的比例得分"


def test_the_first_five_have_their_ratio_and_the_rest_nothing():
    """第 1 名得 6 分，第 2-5 名按第 1 名的比例得分。"""
    rule = ratio(points="6", top="5")
    assert points(rule, 60, 50, 40, 30, 20, 19, 10) == exactly(6, 5, 4, 3, 2, 0, 0)
    assert sentence(rule) == "数值最高的得 6 分，第 2 至 5 名按与它的比例得分，其余 0 分"


def test_those_tied_with_the_last_place_are_within_it():
    rule = ratio(points="6", top="2", others="1")
    assert points(rule, 60, 30, 30, 29) == exactly(6, 3, 3, 1)
    assert points(rule, 60, 60, 30) == exactly(6, 6, 1)
    assert sentence(rule) == "数值最高的得 6 分，第 2 名按与它的比例得分，其余 1 分"


def test_where_less_is_better_the_ratio_is_turned_round():
    rule = ratio(points="6", best="lowest")
    assert points(rule, 2, 4, 3, 12) == exactly(6, 3, 4, 1)
    assert sentence(rule) == "数值最低的得 6 分，其余按与它的比例得分"


def test_nobody_has_points_where_the_highest_is_zero_or_less():
    assert points(ratio(points="6"), 0, 0, -3) == exactly(0, 0, 0)
    assert points(ratio(points="6", top="1", others="2"), -1, -3) == exactly(0, 0)
    (working, _) = workings(ratio(points="6"), 0, 0)
    assert working.text() == "数据 0，最高的不大于 0，都不得分 = 0"


def test_where_the_lowest_is_zero_those_who_equal_it_have_full_points():
    rule = ratio(points="6", best="lowest")
    assert points(rule, 0, 0, 5) == exactly(6, 6, 0)
    assert points(rule, -2, -1, 3) == exactly(6, 0, 0)


def test_a_negative_figure_has_no_negative_points():
    assert points(ratio(points="6"), 10, -5) == exactly(6, 0)


def test_a_missing_figure_is_unknown_and_never_the_best():
    best, missing, half = workings(ratio(points="6"), 10, None, 5)
    assert [best.value, missing.value, half.value] == exactly(6, None, 3)
    assert missing.text() == "缺“数据”，无法计算"
    assert points(ratio(points="6", best="lowest"), None, None) == [None, None]


def test_the_working_reads_as_written_on_paper():
    _, half, out = workings(ratio(points="6", top="2"), 60, 45, 10)
    assert half.text() == "第 1 名 6 × 数据 45 ÷ 最高的 60 = 4.5"
    assert out.text() == "数据 10，列第 3 名，前 2 名以外的 = 0"
    _, turned = workings(ratio(points="6", best="lowest"), 2, 4)
    assert turned.text() == "第 1 名 6 × 最低的 2 ÷ 数据 4 = 3"


def test_problems_name_place_and_remedy():
    assert problems(ratio(points="6", others="7")) == [
        "mark.others：没有写前几名，就没有其余的。请写 top，或删去 others。",
        "mark.others：其余名次的分高于第 1 名的分（现为“7”）。应不高于 6。",
    ]
    assert problems(ratio(points="6", top="3", others="6", group_by=["kind"])) == []
