"""Share of a target: points in proportion, capped and floored."""

from tests.schemes.measures import exactly, measure, points, problems, sentence, workings


def linear(**fields):
    return measure("linear", **fields)


def test_points_are_the_share_of_the_target_that_is_reached():
    rule = linear(points="10", target="60")
    assert points(rule, 0, 15, 45, 60) == exactly(0, "2.5", "7.5", 10)
    assert points(rule, 1) == exactly("1/6")
    assert sentence(rule) == "10 分 × 数值 ÷ 60，最高 10 分，最低 0 分"


def test_more_than_the_target_gives_no_more_and_less_than_nothing_no_less():
    assert points(linear(points="10", target="60"), "60.01", 90, -6) == exactly(10, 10, 0)


def test_a_cap_of_its_own_rewards_more_than_the_target():
    rule = linear(points="10", target="60", most="12")
    assert points(rule, 60, 66, 72, 73) == exactly(10, 11, 12, 12)
    assert rule.full == 10
    assert linear(points="10", target="60", most="8").full == 8


def test_a_floor_of_its_own_may_be_above_or_below_zero():
    assert points(linear(points="10", target="60", least="3"), 18, 12) == exactly(3, 3)
    assert points(linear(points="10", target="60", least="-2"), -6, -60) == exactly(-1, -2)


def test_each_organization_may_have_its_own_target():
    rule = linear(points="8", target_of="goal")
    assert rule.keys("own") == ("own", "goal")
    assert points(rule, (3, 4), (30, 40), (5, 4)) == exactly(6, 6, 8)
    assert sentence(rule) == "8 分 × 数值 ÷ “goal”，最高 8 分，最低 0 分"


def test_the_line_may_start_above_zero():
    """60 的不得分，90 的满分。"""
    rule = linear(points="10", target="90", zero_at="60")
    assert points(rule, 50, 60, 75, 90, 95) == exactly(0, 0, 5, 10, 10)
    assert sentence(rule) == "10 分 ×（数值 − 60）÷（90 − 60），最高 10 分，最低 0 分"


def test_a_start_beyond_the_target_makes_less_better():
    """投诉 10 件不得分，2 件及以下满分。"""
    rule = linear(points="4", target="2", zero_at="10")
    assert points(rule, 0, 2, 4, 10, 12) == exactly(4, 4, 3, 0, 0)


def test_a_negative_target_is_reached_by_going_down():
    rule = linear(points="10", target="-5")
    assert points(rule, "-2.5", -5, -8, 1) == exactly(5, 10, 10, 0)


def test_without_figure_or_target_the_points_are_unknown():
    none, no_goal, no_target = workings(linear(points="8", target_of="goal"), (None, 4), (3, None), (3, 0))
    assert [none.value, no_goal.value, no_target.value] == [None, None, None]
    assert none.text() == "缺“数据”，无法计算"
    assert no_goal.text() == "缺“另一数据”，无法计算"
    assert no_target.text() == "“另一数据”为 0，折算的除数是 0，无法计算"


def test_the_working_reads_as_written_on_paper():
    (plain,) = workings(linear(points="10", target="60"), 45)
    (moved,) = workings(linear(points="10", target="90", zero_at="60"), 95)
    assert plain.text() == "分值 10 × 数据 45 ÷ 目标 60 = 7.5"
    assert moved.text() == (
        "分值 10 × （数据 95 − 得 0 分的数值 60） ÷ （目标 90 − 得 0 分的数值 60），封顶 10 = 10"
    )


def test_problems_name_place_and_remedy():
    assert problems(linear(points="10")) == ["mark.target：没有写目标。请写 target 或 target_of 中的一个。"]
    assert problems(linear(points="10", target="5", target_of="goal")) == [
        "mark.target：目标写了两处。请写 target 或 target_of 中的一个。"
    ]
    assert problems(linear(points="10", target="0")) == [
        "mark.target：目标与得 0 分的数值都是 0，没有可折算的。请改目标或 zero_at。"
    ]
    assert problems(linear(points="10", target="5", least="10")) == [
        "mark.most：最高分不高于最低分（现为“10”）。应高于最低分 10。"
    ]
    assert len(problems(linear(points="10", target="5", group_by=["kind"]))) == 1
    assert problems(linear(points="10", target="5")) == []
