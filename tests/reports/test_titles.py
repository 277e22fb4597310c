"""The register of titles: filters with counts, search, order; and one organization's history with reasons."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import tenant_scope
from campaigns.enums import RoundKind
from tests import factories
from tests.reports.figures_stage import LATER, enter, get, make_figures, play, play_two_years
from tests.reports.test_dashboard import rows
from tests.reports.test_round import text_of
from tests.reports.test_townships import count

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PAGE = "/titles/"


@pytest.fixture
def stage(db):
    stage = make_figures()
    play_two_years(stage)
    return stage


def listed(html: str) -> list[list[str]]:
    return [[row[0], row[2], row[7]] for row in rows(html, "register stack stick")]


def history(organization) -> str:
    return reverse("reports:title_history", args=[organization.pk])


def test_register_lists_the_newest_first(stage):
    assert rows(get(stage.leader, PAGE), "register stack stick") == [
        ["赵村", "东溪镇", "示范", "2026 年第 2 轮", "2026-03-15", "—", "长期", "持有", "—"],
        ["东溪电子党支部", "东溪镇", "达标", "2026 年第 2 轮", "2026-03-15", "—", "长期", "持有", "—"],
        ["杨村", "东溪镇", "示范", "2025 年第 1 轮", "2025-03-15", "—", "长期", "持有", "—"],
        ["赵村", "东溪镇", "达标", "2025 年第 1 轮", "2025-03-15", "—", "长期", "已进阶", "2026-03-15"],
        ["岭后村", "西山乡", "示范", "2025 年第 1 轮", "2025-03-15", "—", "长期", "持有", "—"],
        ["北坡村", "西山乡", "达标", "2025 年第 1 轮", "2025-03-15", "—", "长期", "持有", "—"],
    ]


def test_states_are_counted_zeros_too(stage):
    words = text_of(get(stage.leader, PAGE))
    assert "全部 6 持有 5 已进阶 1 已摘牌 0 已到期 0" in words
    assert "全部 3 持有 2 已进阶 1 已摘牌 0" in text_of(get(stage.leader, PAGE + "?tier=达标"))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=promoted", ["赵村"]),
        ("tier=示范&year=2025", ["杨村", "岭后村"]),
        ("township=330182102", ["岭后村", "北坡村"]),
        ("year=2026", ["赵村", "东溪电子党支部"]),
        ("q=dongxi", ["东溪电子党支部"]),
        ("q=坡", ["北坡村"]),
        ("q=330182101901", ["东溪电子党支部"]),
        ("sort=township&state=held&tier=示范", ["杨村", "赵村", "岭后村"]),
        ("sort=nonsense&year=2026", ["赵村", "东溪电子党支部"]),
    ],
)
def test_register_is_narrowed_and_ordered(stage, query, names):
    assert [row[0] for row in listed(get(stage.leader, f"{PAGE}?{query}"))] == names


def test_no_match_offers_to_clear_the_filter(stage):
    html = get(stage.leader, PAGE + "?q=没有这个村")
    assert "没有符合这些条件的称号" in html
    assert "清除筛选" in html


def test_a_promotion_is_told_with_its_reason_and_clause(stage):
    html = get(stage.leader, history(stage.entries["赵村"]))
    events = text_of(re.search(r"称号经历(.*?)</section>", html, re.S)[1])
    assert re.search(r"授予 达标 第一条 2025-03-15 · 第 1 轮 创成“达标”", events)
    assert re.search(r"进阶 示范 第二条 2026-03-15 · 第 2 轮 由“达标”进阶为“示范”", events)
    assert [row[:3] for row in rows(html, "rank stack")] == [
        ["1", "第 2 轮", "2026-03-15"],
        ["1", "第 1 轮", "2025-03-15"],
    ]
    assert re.findall(r'data-label="加分">([^<]+)', html) == ["1.0", "0.25"]
    assert re.findall(r'data-label="万元">([^<]+)', html) == ["0.9", "0.5"]


def test_a_delisting_is_told_and_leaves_the_register_in_place(stage):
    again = play(stage, "2026-09", date(2026, 9, 1), {"杨村": ("示范", "74.5")}, kind=RoundKind.REINSPECTION)
    assert "已摘牌" not in text_of(get(stage.leader, history(stage.entries["杨村"])))
    stage.publish(again)
    html = get(stage.leader, history(stage.entries["杨村"]))
    assert "复评 74.50 分，低于 75 分，摘牌警示" in html
    assert ["杨村", "示范", "已摘牌"] in listed(get(stage.leader, PAGE + "?state=revoked"))


def test_an_organization_that_took_part_and_won_nothing(stage):
    html = get(stage.leader, history(stage.entries["溪口村"]))
    assert "参评过，还没有创成" in html
    assert "没有称号" in html


def test_what_is_not_published_leaves_no_trace(stage):
    with tenant_scope(stage.tenant):
        new = factories.make_organization(stage.tenant, "330182101209", "新村", "village", stage.county.east)
    stage.entries["新村"] = new
    play(stage, "3", LATER.replace(month=7), {"新村": ("示范", "96"), "杨村": ("示范", "33.5")})
    get(stage.leader, history(new), status=404)
    assert "33.50" not in get(stage.leader, history(stage.entries["杨村"]))


def test_a_secretary_sees_money_of_their_own_only(stage):
    assert "万元" in get(stage.east_secretary, history(stage.entries["杨村"]))
    html = get(stage.west_secretary, history(stage.entries["杨村"]))
    assert "万元" not in html
    assert 'class="score" href' not in html
    assert "95.00" in html


def test_another_county_is_a_missing_page(stage):
    other = factories.make_tenant("330183", name="邻县市")
    stranger = factories.make_person(other, "leader")
    get(stranger, history(stage.entries["杨村"]), status=404)
    assert "杨村" not in get(stranger, PAGE)


def test_queries_do_not_grow_with_titles(stage):
    client = enter(stage.leader)
    pages = (PAGE, PAGE + "?year=2026", PAGE + "?q=坡")
    assert len({count(client, page) for page in pages}) == 1
    assert count(client, PAGE) <= 18
