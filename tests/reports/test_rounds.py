"""The list of rounds: figures per tier, re-inspections apart, years, and what stays invisible until it is published."""

from datetime import date

import pytest
from django.urls import reverse

from campaigns.enums import RoundKind
from tests.reports.results_stage import make_stage, play_round
from tests.reports.test_round import enter, ranked, text_of


@pytest.fixture
def stage(db):
    return make_stage()


def page(user, query=""):
    answer = enter(user).get(reverse("reports:rounds") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def cells(html):
    """The rows of the first table without the cells that only phones show."""
    return [[cell for cell in row if "家参评" not in cell] for row in ranked(html)]


def test_a_round_shows_its_figures_per_tier(stage):
    play_round(stage)
    assert cells(page(stage.maker)) == [
        [
            "第 1 轮",
            "2026",
            "2026-03-15",
            "2026-1 版",
            "2",
            "1",
            "1",
            "50.00%",
            "6",
            "3",
            "2",
            "66.67%",
            "已计算，待确认",
        ]
    ]


def test_a_round_without_results_shows_dashes_not_zeros(stage):
    stage.round("2")
    assert cells(page(stage.maker))[0][4:] == ["—"] * 8 + ["未开始"]


def test_unpublished_rounds_are_not_listed_for_leader_and_township(stage):
    computation = play_round(stage)
    for user in (stage.leader, stage.east_secretary):
        assert "第 1 轮" not in page(user)
        assert "还没有您能看到的轮次" in page(user)
    stage.publish(computation)
    for user in (stage.leader, stage.east_secretary):
        assert "第 1 轮" in page(user)


def test_years_filter_and_count(stage):
    stage.round("1", day=date(2025, 7, 15))
    stage.round("2", day=date(2026, 3, 15))
    stage.round("3", day=date(2026, 7, 15))
    words = text_of(page(stage.maker))
    assert "全部 3 2026 年 2 2025 年 1" in words
    assert [row[0] for row in cells(page(stage.maker, "?year=2026"))] == ["第 3 轮", "第 2 轮"]
    assert [row[0] for row in cells(page(stage.maker, "?sort=round"))] == ["第 1 轮", "第 2 轮", "第 3 轮"]
    assert [row[0] for row in cells(page(stage.maker, "?year=x&sort=y"))] == ["第 3 轮", "第 2 轮", "第 1 轮"]


def test_a_reinspection_counts_titles_kept_and_lost(stage):
    stage.round("1")
    round = stage.round("2026-05", kind=RoundKind.REINSPECTION, day=date(2026, 5, 31))
    stage.enter(round, {"杨村": "进位", "赵村": "标杆"})
    stage.open(round)
    stage.score(round, "杨村", *[("8", "2", "5")] * 3)
    stage.score(round, "赵村", *[("4", "1", "6")] * 3)
    stage.compute(round)
    html = page(stage.maker)
    review = html[html.index('id="h-reviews"') :]
    assert ranked(review) == [["2026-05 复评", "2026-05-31", "2026-1 版", "2", "1", "1", "已计算，待确认"]]


def test_queries_do_not_grow_with_rounds(stage, django_assert_max_num_queries):
    client, counts = enter(stage.maker), []
    play_round(stage, "1")
    for labels in ((), ("2", "3")):
        for label in labels:
            stage.round(label)
        client.get(reverse("reports:rounds"))
        with django_assert_max_num_queries(12) as asked:
            client.get(reverse("reports:rounds"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
