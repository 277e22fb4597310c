"""The campaign board: each stage against a day, by shape and word; counts for those who may see them."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.enums import PhaseKind
from campaigns.models import Phase
from campaigns.services.campaigns import PhaseDates
from reports.queries.board import standing
from tests.reports.results_stage import make_stage, play_round
from tests.reports.test_round import enter, text_of

TODAY = date(2026, 3, 10)


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def on_the_day(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: TODAY)


def page(user):
    answer = enter(user).get(reverse("reports:board"))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("opens", "closes", "finished", "expected"),
    [
        ("03-01", "03-05", "03-05", ("done", "ok", "已完成")),
        ("03-01", "03-09", None, ("late", "bad", "逾期 1 天")),
        ("03-01", "03-10", None, ("now", "warn", "今日到期")),
        ("03-01", "03-13", None, ("now", "warn", "剩 3 天")),
        ("03-01", "03-14", None, ("now", "run", "进行中，剩 4 天")),
        ("03-10", "03-20", None, ("now", "run", "进行中，剩 10 天")),
        ("03-11", "03-12", None, ("next", "idle", "未开始")),
        ("03-01", "03-05", "03-09", ("done", "ok", "已完成")),
    ],
)
def test_a_stage_stands_somewhere_on_every_day(opens, closes, finished, expected):
    days = [date.fromisoformat(f"2026-{day}") if day else None for day in (opens, closes, finished)]
    phase = Phase(kind=PhaseKind.REVIEW, opens_on=days[0], closes_on=days[1], finished_on=days[2])
    assert standing(phase, TODAY) == expected


def test_late_and_due_stages_are_counted_by_year(stage, on_the_day):
    phases = [
        PhaseDates(PhaseKind.NOMINATION, date(2026, 2, 1), date(2026, 3, 1)),
        PhaseDates(PhaseKind.REVIEW, date(2026, 3, 2), date(2026, 3, 12)),
        PhaseDates(PhaseKind.ONSITE, date(2026, 3, 15), date(2026, 3, 15)),
    ]
    stage.round("1", phases=phases)
    stage.round("9", day=date(2025, 7, 15))
    html = page(stage.maker)
    words = text_of(html)
    assert "1 项逾期" in words and "1 项三天内到期" in words
    assert "逾期 9 天" in words and "剩 2 天" in words and "02-01 至 03-01" in words
    assert words.index("2026 年 1 轮") < words.index("2025 年 1 轮")
    assert "没有排定阶段" in words


def test_the_office_sees_how_many_sheets_are_in_recusals_left_out(stage, on_the_day):
    round = stage.round("1", phases=[PhaseDates(PhaseKind.ONSITE, TODAY, TODAY)])
    stage.enter(round, {"杨村": "进位", "岭后村": "进位"})
    stage.open(round)
    stage.score(round, "杨村", ("8", "2", "9"), ("8", "2", "9"))
    assert "评分单 2/7" in text_of(page(stage.maker))
    assert "评分单" not in text_of(page(stage.leader))


def test_unpublished_figures_are_for_the_office_only(stage):
    computation = play_round(stage)
    link = reverse("reports:round", args=[computation.round_id])
    words = text_of(page(stage.maker))
    assert "申报 8 家" in words and "评分单 24 份" in words and "标杆 1 / 2；进位 2 / 6" in words
    html = page(stage.leader)
    assert "第 1 轮" in html and link not in html
    assert "标杆 1 / 2" not in html and "评分单" not in html
    stage.publish(computation)
    assert link in page(stage.leader) and "标杆 1 / 2；进位 2 / 6" in text_of(page(stage.leader))


def test_queries_do_not_grow_with_rounds(stage, django_assert_max_num_queries):
    client, counts = enter(stage.maker), []
    play_round(stage)
    for labels in ((), ("2", "3")):
        for label in labels:
            stage.round(label, phases=[PhaseDates(PhaseKind.ONSITE, TODAY, TODAY)])
        client.get(reverse("reports:board"))
        with django_assert_max_num_queries(16) as asked:
            client.get(reverse("reports:board"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
