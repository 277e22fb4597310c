"""Ballots: counts per option become a rate, the rate points."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from schemes.working import readd
from tests.schemes.measures import cells_of, exactly, measure, problems, sentence

OPTIONS = {"满意": "1", "基本满意": "0.8", "不满意": "0"}


def ballots(**fields):
    return measure("ballots", **{"options": OPTIONS, **fields})


def marked(rule, *votes):
    working = rule.mark(cells_of(votes), None, [f"票·{key}" for key in rule.keys("own")])
    assert readd(working) == working.value
    return working


def test_points_are_the_rate_of_the_full_marks():
    """(30 + 10 × 0.8 + 10 × 0) ÷ 50 = 0.76."""
    working = marked(ballots(max="10"), 30, 10, 10)
    assert working.value == Fraction("7.6")
    assert working.text() == (
        "（票·own.满意 30 × 1 + 票·own.基本满意 10 × 0.8 + 票·own.不满意 10 × 0） ÷ 有效票 50 × 满分 10 = 7.6"
    )
    assert marked(ballots(), 30, 10, 10).value == Fraction("0.76")
    assert (ballots(max="10").full, ballots().full) == (10, 1)


def test_everybody_satisfied_has_full_marks_and_nobody_none():
    assert [marked(ballots(max="10"), *votes).value for votes in ((7, 0, 0), (0, 0, 7))] == exactly(10, 0)


def test_coefficients_may_be_points():
    """100、80、60、40: (10 × 100 + 5 × 80 + 4 × 60 + 1 × 40) ÷ 20 = 84."""
    rule = ballots(options={"优秀": "100", "称职": "80", "基本称职": "60", "不称职": "40"})
    assert marked(rule, 10, 5, 4, 1).value == 84
    assert rule.full == 100


def test_votes_that_are_not_valid_do_not_count():
    """弃权 5 票不算: 40 ÷ 40; 算有效票的写在选项里: 40 ÷ 45."""
    void = ballots(not_valid=["弃权"])
    assert void.keys("own") == ("own.满意", "own.基本满意", "own.不满意", "own.弃权")
    assert [marked(void, 40, 0, 0, blank).value for blank in (5, 0, None)] == exactly(1, 1, 1)
    valid = ballots(options={**OPTIONS, "弃权": "0"})
    assert marked(valid, 40, 0, 0, 5).value == Fraction(8, 9)


def test_the_rate_is_rounded_before_it_becomes_points():
    """2 ÷ 3 = 0.6667, × 30 = 20.001."""
    rule = ballots(max="30", round={"places": "4"})
    working = marked(rule, 2, 0, 1)
    assert working.value == Fraction("20.001")
    assert working.text() == "折算率 0.6667 × 满分 30 = 20.001"
    assert marked(ballots(max="30"), 2, 0, 1).value == 20


def test_too_few_valid_votes_are_unknown_from_one_below_the_minimum():
    rule = ballots(not_valid=["弃权"], minimum_ballots="20")
    assert marked(rule, 20, 0, 0, 0).value == 1
    few = marked(rule, 19, 0, 0, 9)
    assert few.value is None
    assert few.text() == "有效票 19 票，不足 20 票，不计"


def test_no_vote_at_all_is_unknown_and_not_zero():
    assert marked(ballots(), 0, 0, 0).text() == "有效票 0 票，不足 1 票，不计"
    assert marked(ballots(minimum_ballots="0"), 0, 0, 0).value is None


def test_a_missing_count_is_unknown_and_not_zero():
    working = marked(ballots(max="10"), 30, None, 2)
    assert working.value is None
    assert working.text() == "缺“票·own.基本满意”，无法计算"


def test_every_option_is_a_column_of_its_own():
    facts = ballots(not_valid=["弃权"]).implied("survey", "群众评价")
    assert [(fact.key, fact.name, fact.min, fact.missing) for fact in facts] == [
        ("survey.满意", "群众评价·满意", 0, "refuse"),
        ("survey.基本满意", "群众评价·基本满意", 0, "refuse"),
        ("survey.不满意", "群众评价·不满意", 0, "refuse"),
        ("survey.弃权", "群众评价·弃权", 0, "unscored"),
    ]
    assert ballots().implied("k" * 40, "名" * 80)[0].key == "k" * 40 + ".满意"
    shared = ballots(of="survey")
    assert shared.keys("own")[0] == "survey.满意"
    assert shared.implied("own", "名") == ()


def test_the_rule_is_said_in_one_sentence():
    rule = ballots(not_valid=["弃权", "废票"], minimum_ballots="20", max="10", round={"places": "4"})
    assert sentence(rule) == (
        "测评票按 满意 100%、基本满意 80%、不满意 0% 折算，除以有效票数，弃权、废票不算有效票，有效票不足 20 票的不计，"
        "率四舍五入保留 4 位小数，满分 10 分"
    )


def test_what_is_wrong_with_ballots_is_said_at_once():
    rule = ballots(options={"优": "100", "良": "0.8"}, not_valid=["良", "弃权", "弃权"], max="10", group_by=["kind"])
    assert problems(rule) == [
        "mark.options.优：系数大于 1（现为“100”）。写了 max，系数应在 0 到 1 之间；要直接折成分，请去掉 max。",
        "mark.not_valid[0]：选项写了两次（现为“良”）。算有效票的写在 options 里，不算的写在 not_valid 里，只写一处。",
        "mark.not_valid[2]：选项写了两次（现为“弃权”）。算有效票的写在 options 里，不算的写在 not_valid 里，只写一处。",
        "mark.group_by：这种打分方式不与别的组织比较，分组不起作用。请删去 group_by。",
    ]
    assert problems(ballots(options={"是": "0", "否": "0"})) == [
        "mark.options：各选项的系数都是 0。请写系数，如 满意: 1。"
    ]


COUNTS = st.one_of(st.none(), st.integers(0, 40))


@settings(max_examples=150, deadline=None)
@given(st.tuples(COUNTS, COUNTS, COUNTS), st.sampled_from([None, "10", "1/3"]), st.integers(0, 30))
def test_points_lie_between_nothing_and_full_marks_or_are_unknown(votes, full, least):
    rule = ballots(max=full, minimum_ballots=str(least))
    working = marked(rule, *votes)
    unknown = None in votes or sum(votes) < max(least, 1)
    assert (working.value is None) == unknown
    if not unknown:
        share = (votes[0] + votes[1] * Fraction(4, 5)) / sum(votes)
        assert working.value == share * Fraction(full or 1)
