"""One round: its ranking with ties, zeros and what is missing; who sees it; the next act; constant queries."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import tenant_scope
from campaigns.enums import RoundKind
from campaigns.models import Round
from scoring.services.publication import return_to_scoring
from tests.reports.results_stage import make_stage, play_round


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def played(stage):
    return play_round(stage)


def enter(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<(script|template|svg).*?</\1>", "", html, flags=re.S)))


def page(user, computation, query="", status=200) -> str:
    answer = enter(user).get(reverse("reports:round", args=[computation.round_id]) + query)
    assert answer.status_code == status
    return answer.content.decode()


def ranked(html: str) -> list[list[str]]:
    """The rows of the ranking as the words of their cells, the award line included."""
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.S).group(1)
    rows = re.findall(r"<tr.*?</tr>", body, re.S)
    return [[text_of(cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]


def test_ranking_shows_places_ties_the_award_line_zero_and_veto(stage, played):
    rows = ranked(page(stage.maker, played, "?tier=进位"))
    assert rows == [
        ["1", "杨村", "东溪镇", "19.00", "4", "9.13", "+2.00", "授予", ""],
        ["2", "赵村", "东溪镇", "17.00", "4", "9.00", "末位授予", "授予", ""],
        ["授予线 · 名额至多 3 名，第 3 名并列 2 家，整组不授予，实授 2 名"],
        [
            "并列 3",
            "东溪电子党支部",
            "东溪镇",
            "15.00",
            "4",
            "8.00",
            "−2.00",
            "并列淘汰",
            "2 家并列跨越名额线，整组不授予",
        ],
        [
            "并列 3",
            "石塘村",
            "西山乡",
            "15.00",
            "3 回避 1",
            "8.00",
            "−2.00",
            "并列淘汰",
            "2 家并列跨越名额线，整组不授予",
        ],
        ["5", "岭后村", "西山乡", "0.00", "3 回避 1", "0.00", "−17.00", "低于标准", "低于标准 10.00"],
        ["—", "溪口村", "西山乡", "20.00", "3 回避 1", "10.00", "—", "一票否决", "安全生产事故"],
    ]


def test_an_entry_nobody_scored_is_missing_and_not_zero(stage, played):
    rows = ranked(page(stage.maker, played, "?tier=标杆"))
    assert rows[0][1:4] == ["北坡村", "西山乡", "18.00"]
    assert rows[-1] == ["—", "南坡村", "西山乡", "—", "0 回避 1", "—", "—", "未评", "评分单少于 1 份"]


def test_compared_means_of_a_tie_are_bold_and_others_are_not(stage, played):
    html = page(stage.maker, played, "?tier=进位")
    assert re.findall(r'<td class="num key">([\d.]+)</td>', html) == ["8.00", "8.00"]


def test_proof_says_how_many_might_win_and_did(stage, played):
    words = text_of(page(stage.maker, played, "?tier=进位"))
    assert "参评 6 家 至多授予 3 3.6 取整 授予 2 并列 2 家不授 淘汰率 66.67% 4 ÷ 6 ≥ 40%" in words
    assert "符合第二条" in words


def test_filters_keep_zeros_and_narrow_without_the_award_line(stage, played):
    html = page(stage.maker, played, "?tier=进位&verdict=tied_at_cut")
    assert {row[1] for row in ranked(html)} == {"石塘村", "东溪电子党支部"}
    assert "超出名额 0" in text_of(html)
    assert [row[1] for row in ranked(page(stage.maker, played, "?tier=进位&q=yangcun"))] == ["杨村"]
    west = stage.county.west.pk
    names = {row[1] for row in ranked(page(stage.maker, played, f"?tier=进位&township={west}"))}
    assert names == {"石塘村", "岭后村", "溪口村"}


def test_sorted_by_score_what_has_none_comes_last(stage, played):
    names = [row[1] for row in ranked(page(stage.maker, played, "?tier=标杆&sort=score"))]
    assert names == ["北坡村", "南坡村"]


@pytest.mark.parametrize("query", ["?sort=nonsense", "?township=x", "?verdict=x", "?page=x", "?tier=x", "?page=99"])
def test_a_senseless_address_is_answered_plainly(stage, played, query):
    assert "北坡村" in page(stage.maker, played, query)


def test_unpublished_round_is_invisible_to_leader_and_township(stage, played):
    for user in (stage.leader, stage.east_secretary):
        page(user, played, status=404)
    stage.publish(played)
    for user in (stage.leader, stage.east_secretary):
        assert "杨村" in page(user, played, "?tier=进位")


def test_township_may_open_the_explanation_of_its_own_only(stage, played):
    stage.publish(played)
    html = page(stage.east_secretary, played, "?tier=进位")
    assert reverse("reports:result", args=[stage.result("杨村").pk]) in html
    assert reverse("reports:result", args=[stage.result("岭后村").pk]) not in html
    assert "0.00" in html


def test_another_tenants_round_is_a_missing_one(stage, played):
    from tests import factories

    stranger = factories.make_person(factories.make_tenant("330183", name="邻县市"))
    page(stranger, played, status=404)


def test_who_computed_may_not_confirm_and_is_told_why(stage, played):
    html = page(stage.maker, played)
    assert 'aria-disabled="true"' in html and "请另一位管理员确认" in html
    assert reverse("scoring:confirm", args=[played.pk]) not in html
    assert reverse("scoring:confirm", args=[played.pk]) in page(stage.checker, played)


def test_acts_follow_the_state(stage):
    round = stage.round()
    path = reverse("reports:round", args=[round.pk])
    office = enter(stage.maker)
    assert "请先在“申报与评分导入”中导入" in office.get(path).content.decode()
    stage.enter(round, {"杨村": "进位"})
    assert reverse("scoring:open", args=[round.pk]) in office.get(path).content.decode()
    stage.open(round)
    stage.score(round, "杨村", ("8", "2", "10"))
    html = office.get(path).content.decode()
    assert reverse("scoring:compute", args=[round.pk]) in html
    assert "1 / 4" in text_of(html)


def test_leader_sees_no_act(stage, played):
    stage.publish(played)
    html = page(stage.leader, played)
    assert "退回评分" not in html and "<dialog" not in html


def test_a_corrected_round_keeps_the_earlier_computation(stage, played):
    stage.publish(played)
    with tenant_scope(stage.tenant):
        round = return_to_scoring(round=Round.objects.get(pk=played.round_id), reason="漏录", actor=stage.maker)
    assert "正在更正" in page(stage.maker, played)
    stage.score(round, "南坡村", ("8", "2", "9"))
    second = stage.publish(stage.compute(round))
    html = page(stage.maker, second)
    assert f"?computation={played.pk}" in html and "计算编号 1-2" in text_of(html)
    assert "已被更正，只供查阅" in page(stage.maker, played, f"?computation={played.pk}")
    page(stage.leader, played, f"?computation={played.pk}", status=404)


def test_reinspection_keeps_or_takes_titles_lowest_first(stage):
    round = stage.round("2026-05", kind=RoundKind.REINSPECTION, day=date(2026, 5, 31))
    stage.enter(round, {"杨村": "进位", "赵村": "标杆"})
    stage.open(round)
    stage.score(round, "杨村", *[("8", "2", "5")] * 3)
    stage.score(round, "赵村", *[("4", "1", "6")] * 3)
    html = page(stage.maker, stage.compute(round))
    assert [row[0] for row in ranked(html)] == ["赵村", "复评标准 12.00 分 · 上面 1 家低于标准，摘牌警示", "杨村"]
    words = text_of(html)
    assert "摘牌警示 1" in words and "保留称号 1" in words
    assert "淘汰核算" not in words and "授予线" not in words


def test_queries_do_not_grow_with_rows(stage, django_assert_max_num_queries, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "rows"}}
    few = stage.round("7", day=date(2026, 7, 15))
    stage.enter(few, {"杨村": "进位"})
    stage.open(few)
    stage.score(few, "杨村", *[("8", "2", "10")] * 3)
    one, many = stage.compute(few), play_round(stage, "8")
    client, counts = enter(stage.checker), []
    for computation in (one, many):
        path = reverse("reports:round", args=[computation.round_id]) + "?tier=进位"
        client.get(path)
        with django_assert_max_num_queries(16) as asked:  # what was decided, looked at and objected to among them
            client.get(path)
        counts.append(len(asked))
    assert counts[0] <= counts[1] <= counts[0] + 1  # a tie at the edge of a page is looked up once


@pytest.fixture
def office_page(demo_server, page):
    """The demonstration's first account, signed in; ``page`` here is the browser's."""
    tab = page(base_url=demo_server.base_url)
    tab.goto("/signin/")
    tab.fill("[name=username]", "limin")
    tab.fill("[name=password]", re.search(r"口令均为 (\S+?)）", demo_server.output).group(1))
    tab.click("form .btn")
    tab.wait_for_url(lambda address: "signin" not in address)
    return tab


def test_filters_change_the_table_in_place_and_the_address(office_page):
    office_page.goto("/rounds/?year=2022")
    office_page.click("text=第 9 轮")
    office_page.click(".tabs a >> text=进位")
    office_page.evaluate("document.body.dataset.kept = 'yes'")
    rows = office_page.locator(".rank tbody tr")
    office_page.click(".fil a >> text=并列淘汰")
    expect(rows).to_have_count(2)
    assert "verdict=tied_at_cut" in office_page.url
    office_page.click(".fil a >> text=全部")
    expect(rows).to_have_count(18)
    office_page.fill("#ranking-text", "yuping")
    expect(rows).to_have_count(1)
    assert office_page.evaluate("document.activeElement.id") == "ranking-text"
    assert office_page.evaluate("document.body.dataset.kept") == "yes"
    office_page.click(".rank .score")
    assert office_page.inner_text("h1").startswith("玉坪村")


def test_an_act_asks_first_and_wants_a_reason(office_page):
    office_page.goto("/rounds/?year=2022")
    office_page.click("text=第 9 轮")
    office_page.click("button:has-text('退回评分')")
    dialog = office_page.locator("#act-return")
    assert dialog.is_visible() and "已公布的结果在更正公布之前仍然有效" in dialog.inner_text()
    dialog.locator("button.pri").click()
    assert dialog.is_visible()  # the reason is required, so nothing was sent
