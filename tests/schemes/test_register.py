"""Titles over time: awarded, promoted, delisted; bonus by year and township; subsidies."""

from fractions import Fraction

from schemes import Award, Review, settle
from tests.schemes.support import scheme_of

SCHEME = scheme_of(
    tiers=[{"name": "标杆"}, {"name": "进位"}],
    titles={
        "promotions": [{"from_tier": "进位", "to_tier": "标杆"}],
        "reinspection": {"aggregation": {"kind": "mean"}, "revoke_below": "15"},
    },
    bonus={"points": {"标杆": "1", "进位": "0.3"}},
    subsidy={"wan": {"标杆": "0.9", "进位": "0.5"}},
)


def award(when, org, tier, town="T1"):
    return Award(f"{when}-15", when, org, tier, town)


def review(when, org, score):
    return Review(f"{when}-28", f"{when} 复评", org, None if score is None else Fraction(score))


def events(register):
    return [(event.kind.value, event.org_code, event.tier) for event in register.events]


def test_a_holder_of_the_lower_tier_that_wins_the_higher_is_promoted():
    found = settle(
        SCHEME, [award("2020-03", "V1", "标杆"), award("2019-03", "V1", "进位"), award("2020-03", "V2", "标杆")]
    )
    assert events(found) == [("awarded", "V1", "进位"), ("promoted", "V1", "标杆"), ("awarded", "V2", "标杆")]
    assert found.holders == {"V1": "标杆", "V2": "标杆"}


def test_winning_the_lower_tier_later_takes_nothing_away():
    found = settle(SCHEME, [award("2019-03", "V1", "标杆"), award("2020-03", "V1", "进位")])
    assert found.holders == {"V1": "标杆"}


def test_a_review_below_the_line_delists_and_on_the_line_does_not():
    awards = [award("2019-03", org, "标杆") for org in ("V1", "V2", "V3")]
    reviews = [review("2019-06", "V1", "14.99"), review("2019-06", "V2", "15"), review("2019-06", "V3", None)]
    found = settle(SCHEME, awards, reviews)
    assert events(found)[3:] == [("delisted", "V1", "标杆")]
    assert found.events[-1].reason == "复评 14.99 分，低于 15 分，摘牌警示"
    assert found.holders == {"V2": "标杆", "V3": "标杆"}


def test_who_holds_nothing_cannot_be_delisted_and_after_delisting_a_win_is_an_award():
    awards = [award("2019-03", "V1", "进位"), award("2020-03", "V1", "标杆")]
    reviews = [review("2019-01", "V1", "1"), review("2019-06", "V1", "1"), review("2019-09", "V1", "1")]
    found = settle(SCHEME, awards, reviews)
    assert events(found) == [("awarded", "V1", "进位"), ("delisted", "V1", "进位"), ("awarded", "V1", "标杆")]


def test_bonus_by_year_and_township_and_subsidies_add_up_exactly():
    awards = [award("2019-03", f"V{i}", "进位") for i in range(10)] + [award("2020-03", "W1", "标杆", town="T2")]
    found = settle(SCHEME, awards)
    assert found.bonus_by_township(["T1", "T2"], ["2019", "2020"]) == {
        "2019": {"T1": 3, "T2": 0},
        "2020": {"T1": 0, "T2": 1},
    }
    assert sum(line.wan for line in found.subsidies) == Fraction("5.9")


def test_the_order_in_which_awards_are_given_does_not_matter():
    awards = [award("2019-03", "V1", "进位"), award("2020-03", "V1", "标杆"), award("2020-03", "V2", "进位")]
    reviews = [review("2019-12", "V1", "3"), review("2020-12", "V2", "3")]
    one, other = settle(SCHEME, awards, reviews), settle(SCHEME, awards[::-1], reviews[::-1])
    assert (one.events, one.holders) == (other.events, other.holders)


# --- points of revoked titles --------------------------------------------------------------------

TAKING_BACK = scheme_of(
    tiers=[{"name": "标杆"}, {"name": "进位"}],
    titles={
        "promotions": [{"from_tier": "进位", "to_tier": "标杆"}],
        "reinspection": {"aggregation": {"kind": "mean"}, "revoke_below": "15"},
    },
    bonus={"points": {"标杆": "1", "进位": "0.3"}, "if_revoked": "take_back"},
)


def lines(register):
    return [(line.year, line.round, str(line.points), line.taken_back_in) for line in register.bonus]


def test_a_revoked_title_takes_its_points_back_in_the_year_they_counted_for():
    found = settle(TAKING_BACK, [award("2019-03", "V1", "标杆")], [review("2020-06", "V1", "14")])
    assert lines(found) == [("2019", "2019-03", "1", ""), ("2019", "2019-03", "-1", "2020-06 复评")]
    assert found.bonus[1].reason == "复评 14.00 分，低于 15 分，摘牌警示，收回加分"
    assert found.bonus_by_township(["T1"], ["2019", "2020"])["2019"] == {"T1": Fraction(0)}


def test_points_stay_where_the_scheme_does_not_take_them_back():
    found = settle(SCHEME, [award("2019-03", "V1", "标杆")], [review("2020-06", "V1", "14")])
    assert lines(found) == [("2019", "2019-03", "1", "")]


def test_a_title_that_was_promoted_is_not_revoked_with_the_one_that_followed():
    awards = [award("2019-03", "V1", "进位"), award("2020-03", "V1", "标杆")]
    found = settle(TAKING_BACK, awards, [review("2021-06", "V1", "1")])
    assert lines(found)[2:] == [("2020", "2020-03", "-1", "2021-06 复评")]


def test_every_title_held_loses_its_points_and_a_later_award_keeps_its_own():
    awards = [award("2019-03", "V1", "标杆"), award("2019-09", "V1", "进位"), award("2021-03", "V1", "标杆")]
    found = settle(TAKING_BACK, awards, [review("2020-06", "V1", "1"), review("2020-09", "V1", "1")])
    assert [(line[1], line[2]) for line in lines(found)] == [
        ("2019-03", "1"), ("2019-09", "3/10"), ("2019-03", "-1"), ("2019-09", "-3/10"), ("2021-03", "1"),
    ]  # fmt: skip
