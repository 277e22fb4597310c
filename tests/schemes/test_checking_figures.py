"""Figures named where they are not known yet, or compared as what they are not."""

import pytest

from tests.schemes.support import document, problems_of, text_of

RATING = {"grades": [{"name": "好", "threshold": "18"}, {"name": "差"}]}
BADGE = {"key": "red", "name": "红旗", "of": "a", "at_least": "5"}
RANK_FIRST = {"of": "rank", "at_most": "1"}
IS_GOOD = {"of": "grade", "equals": "好"}


def found(**blocks):
    whole = document(**blocks)
    if "rating" in blocks and "tiers" not in blocks:
        del whole["tiers"]
    return [line for line in problems_of(text_of(whole)) if "若非本意" not in line]


@pytest.mark.parametrize(
    "blocks, place, what",
    [
        ({"rating": {**RATING, "not_rated": RANK_FIRST}}, "rating.not_rated.of", "名次"),
        (
            {"rating": {**RATING, "ceilings": [{"when": IS_GOOD, "at_most": "差"}]}},
            "rating.ceilings[0].when.of",
            "等次",
        ),
        ({"eligibility": {"conditions": [RANK_FIRST]}}, "eligibility.conditions[0].of", "名次"),
        ({"vetoes": [{"key": "v", "name": "v", "when": IS_GOOD}], "rating": RATING}, "vetoes[0].when.of", "等次"),
        ({"ranking": {"group_by": ["rank"]}}, "ranking.group_by", "名次"),
        (
            {"badges": [{**BADGE, "requires": [{"of": "badges", "at_least": "1"}]}]},
            "badges[0].requires[0].of",
            "获得数",
        ),
    ],
)
def test_a_figure_that_is_not_known_yet_is_refused(blocks, place, what):
    (line,) = found(**blocks)
    assert f"{place}：这里还没有{what}" in line


def test_a_badge_is_known_to_grades_and_not_to_vetoes():
    won = {"of": "red", "equals": "是"}
    assert found(badges=[BADGE], rating={"grades": [{"name": "好", "requires": [won]}]}) == []
    (line,) = found(badges=[BADGE], vetoes=[{"key": "v", "name": "v", "when": won}])
    assert "vetoes[0].when.of：这里还没有“红旗”" in line


def test_ranks_are_known_to_grades_and_everything_to_consequences():
    grades = [{"name": "好", "requires": [RANK_FIRST, {"of": "badges", "at_least": "1"}]}]
    follows = [{"key": "c", "name": "表扬", "when": IS_GOOD}]
    assert found(badges=[BADGE], rating={"grades": grades}, consequences=follows) == []


@pytest.mark.parametrize(
    "fact", [{"type": "text"}, {"type": "yes_no"}, {"type": "date"}, {"type": "choice", "choices": ["甲"]}]
)
def test_a_word_is_not_compared_as_a_number(fact):
    facts = [{"key": "f", "name": "性质", **fact}]
    (line,) = found(facts=facts, eligibility={"conditions": [{"of": "f", "at_least": "1"}]})
    assert (
        "eligibility.conditions[0].of：“性质”不是数，不能比大小（现为“f”）。请改用 equals、one_of、none_of 或 known。"
        in line
    )


def test_a_figure_by_period_is_no_condition():
    facts = [{"key": "f", "name": "到会率", "per_period": True}]
    (line,) = found(facts=facts, eligibility={"conditions": [{"of": "f", "at_least": "1"}]})
    assert "“到会率”按期填写，不能直接作条件" in line


def test_points_for_parents_go_by_results_that_there_are():
    points = {"标杆": "1", "五星": "1"}
    (line,) = found(propagation=[{"key": "p", "name": "加分", "points": points}])
    assert "propagation[0].points：没有这个结果（现为“五星”）。可用：标杆。" in line
    named = {"好": "1", "不定等次": "-1", "红旗": "0.5"}
    assert found(propagation=[{"key": "p", "name": "加分", "points": named}], badges=[BADGE], rating=RATING) == []


def test_a_scheme_awards_tiers_or_gives_grades():
    (line,) = found(tiers=[{"name": "标杆"}], rating=RATING)
    assert "rating：写了 tiers 的办法按申报的等次授予，不再评定等次。请删去 tiers 或 rating。" in line
