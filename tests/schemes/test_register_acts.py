"""Decisions beside the rules, validity and expiry in the walk of the register: order, nothing lost, the same again."""

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemes import Act, ActKind, Award, Review, settle
from schemes.register import Standing, TitleEventKind, years_after
from tests.schemes.support import scheme_of

RULES = {
    "tiers": [{"name": "标杆"}, {"name": "进位"}],
    "titles": {
        "promotions": [{"from_tier": "进位", "to_tier": "标杆"}],
        "reinspection": {"aggregation": {"kind": "mean"}, "revoke_below": "15"},
    },
    "bonus": {"points": {"标杆": "1", "进位": "0.3"}, "if_revoked": "take_back"},
    "subsidy": {"wan": {"标杆": "0.9", "进位": "0.5"}, "if_revoked": "take_back"},
}
PLAIN = scheme_of(**RULES)


def scheme_with(**titles):
    return scheme_of(**{**RULES, "titles": RULES["titles"] | titles})


THREE_YEARS = scheme_with(valid_years=3)


def award(on, org="V1", tier="标杆", round=""):
    return Award(on, round or on[:7], org, tier, "T1")


def review(on, org="V1", score="16"):
    return Review(on, f"{on} 复评", org, None if score is None else Fraction(score))


def act(on, kind, org="V1", tier="标杆", round="2022-03"):
    return Act(on, ActKind(kind), org, tier, round, "经研究", "组发〔2023〕1号", "T1")


def events(register):
    return [(event.when, event.kind.value, event.tier) for event in register.events]


def standings(register):
    return [(line.tier, line.round, line.standing.value, line.ended_on) for line in register.titles]


# --- acts ----------------------------------------------------------------------------------------


def test_a_warning_is_marked_and_lifted_and_the_title_stays():
    awards = [award("2022-03-15")]
    found = settle(PLAIN, awards, (), [act("2023-01-05", "warn")])
    assert (found.holders, found.titles[0].warned_on) == ({"V1": "标杆"}, "2023-01-05")
    lifted = settle(PLAIN, awards, (), [act("2023-01-05", "warn"), act("2023-04-01", "restore")])
    assert events(lifted) == [
        ("2022-03-15", "awarded", "标杆"), ("2023-01-05", "warned", "标杆"), ("2023-04-01", "restored", "标杆"),
    ]  # fmt: skip
    assert (lifted.titles[0].warned_on, lifted.titles[0].standing) == ("", Standing.HELD)
    assert [event.document_no for event in lifted.events] == ["", "组发〔2023〕1号", "组发〔2023〕1号"]


def test_revoking_ends_the_one_title_with_its_points_and_money_and_leaves_the_other():
    awards = [award("2022-03-15"), award("2022-07-15", tier="进位")]
    found = settle(PLAIN, awards, (), [act("2023-01-05", "revoke")])
    assert found.holders == {"V1": "进位"}
    assert standings(found) == [("标杆", "2022-03", "revoked", "2023-01-05"), ("进位", "2022-07", "held", "")]
    assert [(line.round, line.points, line.taken_back_in, line.reason) for line in found.bonus] == [
        ("2022-03", 1, "", ""), ("2022-07", Fraction("0.3"), "", ""), ("2022-03", -1, "2022-03", "经研究，收回加分"),
    ]  # fmt: skip
    assert [(line.round, line.wan, line.reason) for line in found.subsidies] == [
        ("2022-03", Fraction("0.9"), ""), ("2022-07", Fraction("0.5"), ""),
        ("2022-03", Fraction("-0.9"), "经研究，收回补助"),
    ]  # fmt: skip


def test_ending_by_expiry_takes_nothing_back():
    found = settle(PLAIN, [award("2022-03-15")], (), [act("2023-01-05", "expire")])
    assert (found.holders, standings(found)) == ({}, [("标杆", "2022-03", "expired", "2023-01-05")])
    assert ([line.points for line in found.bonus], [line.wan for line in found.subsidies]) == ([1], [Fraction("0.9")])


def test_an_exceptional_award_is_a_title_that_promotes_with_points_and_money():
    awards = [award("2022-03-15", tier="进位")]
    found = settle(PLAIN, awards, (), [act("2022-12-01", "exceptional", round="2022-10")])
    assert events(found) == [("2022-03-15", "awarded", "进位"), ("2022-12-01", "exceptional", "标杆")]
    assert standings(found) == [("进位", "2022-03", "promoted", "2022-12-01"), ("标杆", "2022-10", "held", "")]
    assert [(line.year, line.points) for line in found.bonus] == [("2022", Fraction("0.3")), ("2022", 1)]
    assert [line.wan for line in found.subsidies] == [Fraction("0.5"), Fraction("0.9")]


def test_an_exceptional_award_may_be_the_title_only():
    acts = [act("2022-12-01", "exceptional", round="2022-10")]
    found = settle(scheme_with(exceptional="title_only"), [], (), acts)
    assert (found.holders, found.bonus, found.subsidies) == ({"V1": "标杆"}, [], [])


def test_who_wins_the_round_itself_needs_no_exception_whenever_that_was_decided():
    early = [act("2022-01-01", "exceptional"), act("2023-01-01", "exceptional")]
    found = settle(PLAIN, [award("2022-03-15")], (), early)
    assert (len(found.titles), found.idle) == (1, early)


@pytest.mark.parametrize(
    "idle",
    [
        act("2023-01-05", "warn", org="V2"),
        act("2023-01-05", "revoke", round="2022-10"),
        act("2022-01-05", "warn"),
        act("2023-01-05", "restore"),
    ],
)
def test_a_decision_about_no_title_has_no_consequence_and_is_kept(idle):
    found = settle(PLAIN, [award("2022-03-15")], (), [idle])
    assert (found.idle, len(found.events), found.holders) == ([idle], 1, {"V1": "标杆"})


def test_of_one_day_awards_come_first_then_reviews_then_decisions():
    day = "2022-03-15"
    found = settle(PLAIN, [award(day)], [review(day, score="16")], [act(day, "revoke"), act(day, "warn")])
    assert [kind for _, kind, _ in events(found)] == ["awarded", "warned", "revoked"]
    lost = settle(PLAIN, [award(day)], [review(day, score="14")], [act(day, "revoke")])
    assert [kind for _, kind, _ in events(lost)] == ["awarded", "delisted"]
    assert [each.kind.value for each in lost.idle] == ["revoke"]


def test_a_review_that_is_failed_later_delists_what_a_decision_gave():
    acts = [act("2022-12-01", "exceptional", round="2022-10")]
    found = settle(PLAIN, [], [review("2023-06-30", score="14")], acts)
    assert events(found)[-1] == ("2023-06-30", "delisted", "标杆")
    assert sum(line.points for line in found.bonus) == 0


# --- validity ------------------------------------------------------------------------------------


def test_a_title_ends_after_its_last_day():
    awards = [award("2022-03-15")]
    on_the_day = settle(THREE_YEARS, awards, until="2025-03-15")
    assert (on_the_day.holders, on_the_day.titles[0].valid_until) == ({"V1": "标杆"}, "2025-03-15")
    after = settle(THREE_YEARS, awards, until="2025-03-16")
    assert (after.holders, standings(after)) == ({}, [("标杆", "2022-03", "expired", "2025-03-15")])
    assert after.events[-1].reason == "有效期 3 年届满，没有复评或再次创成"
    assert [line.points for line in after.bonus] == [1]


def test_without_a_day_to_read_it_on_the_last_step_counts():
    awards = [award("2022-03-15"), award("2025-03-16", org="V2")]
    assert settle(THREE_YEARS, awards).holders == {"V2": "标杆"}
    assert settle(THREE_YEARS, awards[:1]).holders == {"V1": "标杆"}


@pytest.mark.parametrize(
    ("score", "until"),
    [("15", "2027-06-30"), ("14.99", ""), (None, "2025-03-15")],
    ids=["passed", "failed", "unscored"],
)
def test_a_review_that_is_passed_begins_the_years_anew(score, until):
    found = settle(THREE_YEARS, [award("2022-03-15")], [review("2024-06-30", score=score)], until="2024-07-01")
    held = found.titles[0]
    assert (held.valid_until if held.standing is Standing.HELD else "") == until


def test_winning_again_prolongs_equal_and_lower_titles_and_never_a_higher_one():
    again = settle(THREE_YEARS, [award("2022-03-15"), award("2024-03-15")], until="2024-03-16")
    assert [line.valid_until for line in again.titles] == ["2027-03-15", "2027-03-15"]
    lower = settle(THREE_YEARS, [award("2022-03-15"), award("2024-03-15", tier="进位")], until="2026-01-01")
    assert standings(lower) == [("标杆", "2022-03", "expired", "2025-03-15"), ("进位", "2024-03", "held", "")]
    assert lower.holders == {"V1": "进位"}


def test_who_wins_after_the_end_is_awarded_not_promoted():
    awards = [award("2022-03-15", tier="进位"), award("2025-07-15")]
    assert [kind for _, kind, _ in events(settle(THREE_YEARS, awards))] == ["awarded", "expired", "awarded"]


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [("2022-03-15", 3, "2025-03-15"), ("2024-02-29", 1, "2025-02-28"), ("2024-02-29", 4, "2028-02-29"),
     ("2096-02-29", 4, "2100-02-28"), ("9950-01-01", 99, "9999-01-01")],
)  # fmt: skip
def test_the_same_day_some_years_on(day, years, then):
    assert years_after(day, years) == then


# --- any history -----------------------------------------------------------------------------------

DAYS = st.dates(min_value=date(2019, 1, 1), max_value=date(2027, 12, 31))
ORGS, ROUNDS, TIERS = st.sampled_from(["V1", "V2", "V3"]), st.sampled_from("abcdef"), st.sampled_from(["标杆", "进位"])
AWARDS = st.lists(st.builds(lambda day, org, tier, round: award(day.isoformat(), org, tier, round),
                            DAYS, ORGS, TIERS, ROUNDS), max_size=8,
                  unique_by=lambda a: (a.org_code, a.round))  # fmt: skip
REVIEWS = st.lists(st.builds(lambda day, org, score: review(day.isoformat(), org, str(score)),
                             DAYS, ORGS, st.integers(10, 20)), max_size=6,
                   unique_by=lambda r: (r.when, r.org_code))  # fmt: skip
ACTS = st.lists(st.builds(lambda day, kind, org, tier, round: act(day.isoformat(), kind, org, tier, round),
                          DAYS, st.sampled_from(list(ActKind)), ORGS, TIERS, ROUNDS), max_size=8,
                unique_by=lambda a: (a.when, a.kind, a.org_code, a.round))  # fmt: skip
SCHEMES = st.sampled_from([PLAIN, THREE_YEARS, scheme_with(valid_years=1, exceptional="title_only")])


@settings(max_examples=150, deadline=None)
@given(SCHEMES, AWARDS, REVIEWS, ACTS, st.randoms(use_true_random=False))
def test_the_order_of_handing_in_never_matters(scheme, awards, reviews, acts, random):
    one = settle(scheme, awards, reviews, acts, "2028-01-01")
    shuffled = [random.sample(each, len(each)) for each in (awards, reviews, acts)]
    other = settle(scheme, *shuffled, "2028-01-01")
    assert (one.titles, one.events) == (other.titles, other.events)
    assert (one.bonus, one.subsidies) == (other.bonus, other.subsidies)
    assert sorted(one.idle, key=str) == sorted(other.idle, key=str)


@settings(max_examples=150, deadline=None)
@given(SCHEMES, AWARDS, REVIEWS, ACTS)
def test_nothing_is_lost_and_every_title_ends_at_most_once(scheme, awards, reviews, acts):
    found = settle(scheme, awards, reviews, acts, "2028-01-01")
    assert [event.when for event in found.events] == sorted(event.when for event in found.events)
    won = [event for event in found.events if event.kind in (TitleEventKind.AWARDED, TitleEventKind.PROMOTED)]
    assert len(won) == len(awards)
    by_act = [event for event in found.events if event.document_no]
    assert len(by_act) + len(found.idle) == len(acts)
    exceptional = [event for event in by_act if event.kind is TitleEventKind.EXCEPTIONAL]
    assert len(found.titles) == len(awards) + len(exceptional)
    assert max(Counter((line.org_code, line.round) for line in found.titles).values(), default=1) == 1
    assert all((line.standing is Standing.HELD) == (line.ended_on == "") for line in found.titles)
    assert all(line.ended_on >= line.awarded_on for line in found.titles if line.ended_on)


@settings(max_examples=150, deadline=None)
@given(SCHEMES, AWARDS, REVIEWS, ACTS)
def test_points_and_money_of_a_title_add_up_to_what_it_still_brings(scheme, awards, reviews, acts):
    found = settle(scheme, awards, reviews, acts, "2028-01-01")
    given_only = {(each.org_code, each.round) for each in acts if each.kind is ActKind.EXCEPTIONAL} - {
        (each.org_code, each.round) for each in awards
    }
    for line in found.titles:
        mine = (line.org_code, line.round)
        points = sum(each.points for each in found.bonus if (each.org_code, each.round) == mine)
        wan = sum(each.wan for each in found.subsidies if (each.org_code, each.round) == mine)
        nothing = line.standing is Standing.REVOKED or (
            mine in given_only and scheme.titles.exceptional == "title_only"
        )
        assert points == (0 if nothing else scheme.bonus.points[line.tier])
        assert wan == (0 if nothing else scheme.subsidy.wan[line.tier])


@settings(max_examples=100, deadline=None)
@given(SCHEMES, AWARDS, REVIEWS, ACTS)
def test_who_holds_what_is_the_highest_of_what_stands(scheme, awards, reviews, acts):
    found = settle(scheme, awards, reviews, acts, "2028-01-01")
    standing = {}
    for line in found.titles:
        if line.standing is Standing.HELD:
            standing.setdefault(line.org_code, set()).add(line.tier)
    assert found.holders == {org: "标杆" if "标杆" in tiers else "进位" for org, tiers in standing.items()}
