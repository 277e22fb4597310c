"""The line beside a figure: notes for every verdict, ties and whom they were with, margins with their sign."""

import pytest

from campaigns.enums import RoundKind
from campaigns.services.nominations import declare_veto
from scoring.models import Result
from scoring.services.computing import compute_round

from . import cast
from .cast import HIGH, LOW, entry, fill, open_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def compute(stage, marks, *, tier=HIGH, **round_facts):
    """Results by the organization's name after both inspectors gave these marks."""
    round = open_round(stage, dict.fromkeys(marks, tier), **round_facts)
    fill(stage, round, {organization: values for organization, values in marks.items() if values})
    return by_name(compute_round(round=round, actor=stage.first))


def by_name(computation):
    rows = Result.objects.filter(computation=computation).select_related("organization")
    return {row.organization.name: row for row in rows}


def notes(rows):
    return {name: row.note for name, row in rows.items()}


@pytest.fixture
def five(stage):
    """The four villages and the enterprise."""
    return [*stage.villages, stage.county.two_new]


def given(organizations, *marks):
    return dict(zip(organizations, marks, strict=True))


def test_each_verdict_says_its_reason(stage, five):
    rows = compute(stage, given(five, (9, 9), (8, 8), (7, 7), (5.5, 6), None))
    assert notes(rows) == {
        "杨村": "",
        "赵村": "",
        "岭后村": "",
        "石塘村": "低于标准 12.00",
        "东溪电子党支部": "评分单少于 1 份",
    }
    assert [rows[name].verdict for name in ("岭后村", "石塘村", "东溪电子党支部")] == [
        "awarded",
        "below_threshold",
        "unscored",
    ]


def test_over_the_quota_and_tied_across_it(stage):
    rows = compute(stage, given(stage.villages, (9, 9), (8, 8), (7, 8), (7, 7)))
    assert notes(rows)["石塘村"] == "名额至多 2 名"
    tied = compute(stage, given(stage.villages, (9, 9), (8, 8), (8, 8), (7, 7)), label="2")
    assert notes(tied)["赵村"] == notes(tied)["岭后村"] == "2 家并列跨越名额线，整组不授予"
    assert (tied["赵村"].rank, tied["岭后村"].rank, tied["赵村"].tie_size, tied["石塘村"].rank) == (2, 2, 2, 4)


def test_a_broken_tie_names_the_rank_and_the_tie_break_on_both_sides(stage):
    rows = compute(stage, given(stage.villages, (9, 9), (9, 7), (8, 8), (5, 5)))
    assert rows["赵村"].note == "与第 3 名同分，党建均分较高"
    assert rows["岭后村"].note == "名额至多 2 名；与第 2 名同分，党建均分较低"
    assert (rows["赵村"].tie_texts, rows["岭后村"].tie_texts) == (["9.00"], ["8.00"])


def test_a_tie_that_nothing_breaks_shares_the_rank(stage, five):
    rows = compute(stage, given(five, (8, 8), (8, 8), (6, 6), (5, 5), (4, 4)))
    assert rows["杨村"].note == rows["赵村"].note == "2 家同分，名次并列"
    assert rows["岭后村"].note == ""


def test_three_ranks_are_named_and_more_are_counted(stage):
    """All with 16 points, apart by the first criterion."""
    from tests import factories

    more = [
        factories.make_organization(stage.tenant, f"330182102{n}", f"新{n}村", "village", stage.county.west)
        for n in range(301, 309)
    ]
    four = compute(stage, given([*stage.villages, *more[:4]], (9, 7), (8.5, 7.5), (8, 8), (7.5, 8.5), *[(5, 5)] * 4))
    assert four["杨村"].note == "与第 2、3、4 名同分，党建均分较高"
    assert four["岭后村"].note == "与第 1、2、4 名同分，党建均分较低"
    marks = (9, 7), (8.5, 7.5), (8, 8), (7.5, 8.5), (7, 9), *[(5, 5)] * 7
    five = compute(stage, given([*stage.villages, *more], *marks), label="2")
    assert five["杨村"].note == "与 4 家同分，党建均分较高"


def test_a_veto_says_its_own_reason_or_the_general_one(stage):
    villages = stage.villages
    round = open_round(stage, dict.fromkeys(villages, HIGH), vetoed=(villages[0],))
    declare_veto(nomination=entry(round, villages[1]), reason="发生较大安全生产事故", actor=stage.first)
    fill(stage, round, dict.fromkeys(villages, (8, 8)))
    rows = by_name(compute_round(round=round, actor=stage.first))
    assert (rows["杨村"].note, rows["赵村"].note) == ("一票否决，不参加排名", "发生较大安全生产事故")
    assert {rows[name].rank for name in ("杨村", "赵村")} == {None}
    assert rows["岭后村"].note == "2 家同分，名次并列"


def test_margins_carry_their_sign(stage):
    rows = compute(stage, given(stage.villages, (9, 9), (8, 8), (7, 7.5), (5.5, 5.5)))
    assert {name: row.margin_text for name, row in rows.items()} == {
        "杨村": "+2.00",
        "赵村": "0.00",
        "岭后村": "−1.50",
        "石塘村": "−5.00",
    }


def test_without_a_winner_there_is_no_margin(stage):
    rows = compute(stage, given(stage.villages, *[(5, 5)] * 4))
    assert {row.margin_text for row in rows.values()} == {""}
    assert {row.note for row in rows.values()} == {"低于标准 12.00"}


def test_recusals_are_counted_by_township(stage):
    rows = compute(stage, given(stage.villages, *[(8, 8)] * 4))
    assert {name: (row.sheet_count, row.recused_count) for name, row in rows.items()} == {
        "杨村": (2, 1),
        "赵村": (2, 1),
        "岭后村": (2, 0),
        "石塘村": (2, 0),
    }


def test_a_reinspection_says_kept_or_lost(stage):
    villages = stage.villages[:3]
    rows = compute(stage, given(villages, (4.5, 4.5), (4.5, 4), None), kind=RoundKind.REINSPECTION, label="2026-05")
    assert notes(rows) == {"杨村": "复评达标，保留称号", "赵村": "复评低于标准，摘牌警示", "岭后村": "未评"}
    assert {row.margin_text for row in rows.values()} == {""}
    assert (rows["赵村"].score_text, rows["赵村"].verdict) == ("8.50", "below_threshold")


def test_pages_show_ranked_entries_first_and_the_rest_by_reason(stage, five):
    round = open_round(stage, dict.fromkeys(five, LOW), vetoed=(five[0],))
    fill(stage, round, given(five[:4], (9, 9), (7, 7), (8, 8), (6, 6)))
    rows = by_name(compute_round(round=round, actor=stage.first))
    assert sorted(rows, key=lambda name: rows[name].position) == ["岭后村", "赵村", "石塘村", "杨村", "东溪电子党支部"]


def test_exact_scores_are_shown_with_two_places_and_kept_exact(stage):
    """A third of a point is stored as a fraction and rounded half up only to be shown."""
    stage = cast.set_stage("330183", name="邻县市", score={"kind": "mean"})
    from accounts.models import tenant_scope

    with tenant_scope(stage.tenant):
        round = open_round(stage, {stage.villages[2]: HIGH, stage.villages[3]: HIGH})
        nomination = entry(round, stage.villages[2])
        for number, mark in (("J1", 8), ("J2", 8), ("J3", 9)):
            cast.submit(stage, nomination, number, (mark, 8))
        row = by_name(compute_round(round=round, actor=stage.first))["岭后村"]
    assert row.score_units * 3 == row.score_unit * 49
    assert row.score_text == "16.33"
