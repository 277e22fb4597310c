"""Townships by year and one township's record: ties, zeros, what a secretary may open, what is not published yet."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import tenant_scope
from sites.models import GuidanceVisit
from tests.reports.figures_stage import LATER, SECOND, enter, get, make_figures, play, play_two_years
from tests.reports.results_stage import make_stage, play_round
from tests.reports.test_dashboard import rows
from tests.reports.test_round import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PAGE = "/townships/"


@pytest.fixture
def stage(db):
    return make_figures()


@pytest.fixture
def played(stage):
    play_two_years(stage)
    return stage


def record(township) -> str:
    return reverse("reports:township", args=[township.pk])


def test_a_year_lists_counts_points_places_and_the_total(played):
    assert rows(get(played.leader, PAGE + "?year=2026"), "standing wide") == [
        ["1", "与上年 持平", "东溪镇", "1", "1", "1.25", "", ""],
        ["2", "▼1 较上年降 1 位", "西山乡", "0", "0", "0.0", "", "没有示范"],
        ["", "", "合计", "1", "1", "1.25", "", ""],
    ]


def test_zero_of_the_first_tier_is_hatched_and_counted(played):
    html = get(played.leader, PAGE)
    assert "示范剃光头 1 个" in html
    assert '<td class="num h0">0</td>' in html
    assert "没有剃光头的乡镇" in get(played.leader, PAGE + "?year=2025")


def test_all_years_stand_side_by_side(played):
    assert rows(get(played.leader, PAGE), "heat tall") == [
        ["东溪镇", "1 +1 1.25 分", "1 +1 1.25 分", "2 +2 2.5 分"],
        ["西山乡", "1 +1 1.25 分", "0 +0 0.0 分", "1 +1 1.25 分"],
        ["合计", "2 +2 2.5 分", "1 +1 1.25 分", "3 +3 3.75 分"],
    ]


def test_a_secretary_sees_all_figures_and_opens_only_their_own(played):
    html = get(played.east_secretary, PAGE)
    assert "东溪镇" in html and "西山乡" in html and "本乡镇" in html
    assert record(played.county.east) in html
    assert record(played.county.west) not in html
    get(played.east_secretary, record(played.county.east))
    get(played.east_secretary, record(played.county.west), status=404)


def test_a_county_without_points_shows_none(db):
    stage = make_stage()
    stage.publish(play_round(stage))
    html = get(stage.leader, PAGE)
    assert "办法没有规定加分" in html
    assert "加分</th>" not in html


def test_nothing_is_shown_before_publication(stage):
    play(stage, "1", LATER, SECOND)
    for user in (stage.leader, stage.east_secretary, stage.maker):
        assert "还没有公布过结果" in get(user, PAGE)


def test_record_holds_entries_titles_visits_and_money(played):
    east, tenant = played.county.east, played.tenant
    with tenant_scope(tenant):
        round = played.campaign.rounds.get(label="2")
        GuidanceVisit.objects.bulk_create(
            GuidanceVisit(
                tenant=tenant, round=round, township=east, organization=played.entries["赵村"],
                on=LATER - timedelta(days=n), problems_solved=n,
            )
            for n in (1, 2)
        )  # fmt: skip
    html = get(played.leader, record(east))
    words = text_of(html)
    assert [row[:6] for row in rows(html, "rank stack")] == [
        ["1", "赵村", "2026 年第 2 轮", "示范", "92.00", "授予"],
        ["1", "东溪电子党支部", "2026 年第 2 轮", "达标", "61.00", "授予"],
        ["1", "杨村", "2025 年第 1 轮", "示范", "95.00", "授予"],
        ["1", "赵村", "2025 年第 1 轮", "达标", "70.00", "授予"],
        ["4", "东溪电子党支部", "2025 年第 1 轮", "达标", "40.00", "低于标准"],
    ]
    assert "现场指导 2 次，解决问题 3 个" in words
    assert "补助 2.8 万元" in words
    assert "称号 4 个" in words
    assert "岭后村" not in html


def test_record_of_one_year_and_scores_that_are_missing_or_zero(played):
    html = get(played.leader, record(played.county.west) + "?year=2026")
    assert [row[:6] for row in rows(html, "rank stack")] == [
        ["2", "石塘村", "2026 年第 2 轮", "示范", "60.00", "低于标准"],
        ["3", "南坡村", "2026 年第 2 轮", "示范", "0.00", "低于标准"],
        ["—", "溪口村", "2026 年第 2 轮", "示范", "—", "未评"],
        ["2", "北坡村", "2026 年第 2 轮", "达标", "59.00", "低于标准"],
    ]
    assert "没有已公布的参评结果" in get(played.leader, record(played.county.west) + "?year=2024")


def test_scores_link_to_their_explanation(played):
    html = get(played.east_secretary, record(played.county.east))
    assert len(re.findall(r'class="score" href="/results/', html)) == 5


def test_unpublished_entries_are_named_to_their_township_without_a_result(played):
    play(played, "3", LATER.replace(month=7), {"杨村": ("示范", "88.5"), "岭后村": ("示范", "99.5")})
    html = get(played.east_secretary, record(played.county.east))
    waiting = re.search(r"尚未公布的参评</h2>(.*?)</section>", html, re.S)[1]
    assert "杨村" in waiting and "第 3 轮" in waiting
    assert "88.50" not in html
    assert "尚未公布的参评" not in get(played.leader, record(played.county.east))


def test_queries_do_not_grow_with_rounds(stage):
    stage.publish(play(stage, "1", LATER, SECOND))
    client, pages = enter(stage.leader), (PAGE, record(stage.county.east))
    before = [count(client, page) for page in pages]
    for label, month in (("2", 5), ("3", 7)):
        stage.publish(play(stage, label, LATER.replace(month=month), SECOND))
    assert [count(client, page) for page in pages] == before
    assert max(before) <= 22


def count(client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        client.get(page)
    return len(queries)
