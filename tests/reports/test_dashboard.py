"""The overview: measures against targets, townships by year, places, elimination, scores; published results only."""

import json
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import tenant_scope
from campaigns.services.campaigns import create_campaign
from campaigns.services.subsidies import put_special_subsidies
from reports.queries.dashboard import distributions
from reports.queries.figures import frame_of, points_text
from tests import factories
from tests.reports.figures_stage import LATER, SECOND, enter, get, make_figures, play, play_two_years
from tests.reports.results_stage import make_stage, play_round
from tests.reports.test_round import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PAGE = "/dashboard/"


@pytest.fixture
def stage(db):
    return make_figures()


@pytest.fixture
def played(stage):
    play_two_years(stage)
    return stage


def measures(html: str) -> list[str]:
    strip = re.search(r'aria-label="主要指标">(.*?)</section>', html, re.S)[1]
    return [text_of(part).strip() for part in re.findall(r'<div class="k[ "].*?</div>', strip, re.S)]


def rows(html: str, table: str) -> list[list[str]]:
    body = re.search(rf'<table class="{table}".*?<tbody>(.*?)</table>', html, re.S)[1]
    found = re.findall(r"<tr.*?</tr>", body, re.S)
    return [[text_of(cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in found]


def option(html: str, name: str) -> dict:
    return json.loads(re.search(rf'<script id="{name}-option" type="application/json">(.*?)</script>', html, re.S)[1])


def test_measures_stand_against_their_targets(played):
    with tenant_scope(played.tenant):
        put_special_subsidies(campaign=played.campaign, amounts={played.entries["岭后村"]: Decimal(20)}, actor=None)
    assert measures(get(played.leader, PAGE)) == [
        "示范 3 / 目标 2 达到 150%",
        "达标 3 / 目标 4 75%，差 1 家",
        "参与创建 8 个组织 参评 14 次",
        "最低淘汰率 50.00 % 底线 25%",
        "达标进阶示范 1 家 占达标 33.33%",
        "摘牌警示 0 家 复评低于 75",
        "补助资金 4.2 万元 偏远村专项 20 万元",
    ]


def test_townships_by_year_keep_their_zeros(played):
    html = get(played.leader, PAGE)
    assert rows(html, "heat") == [
        ["东溪镇", "1 +1", "1 +1", "2 +2"],
        ["西山乡", "1 +1", "0 +0", "1 +1"],
        ["合计", "2 +2", "1 +1", "3 +3"],
    ]
    assert re.search(r'<td class="h h0">.{1,200}<b>0</b><small>\+0</small>', html, re.S)


def test_places_of_a_year_share_ties_and_say_the_change(played):
    assert rows(get(played.leader, PAGE), "standing") == [
        ["1", "与上年 持平", "东溪镇", "1", "1", "1.25", ""],
        ["2", "▼1 较上年降 1 位", "西山乡", "0", "0", "0.0", ""],
    ]
    assert rows(get(played.leader, PAGE + "?year=2025"), "standing") == [
        ["并列 1", "—", "东溪镇", "1", "1", "1.25", ""],
        ["并列 1", "—", "西山乡", "1", "1", "1.25", ""],
    ]


def test_an_unknown_year_is_the_latest(played):
    for asked in ("1999", "x", ""):
        assert "2026 年乡镇排名" in get(played.leader, f"{PAGE}?year={asked}")


def test_elimination_by_round_with_the_floor(played):
    html = get(played.leader, PAGE)
    floor, first, second = option(html, "elimination")["series"]
    assert (floor["name"], floor["data"]) == ("底线", ["25", "25"])
    assert [point["value"] for point in first["data"]] == ["50.00", "75.00"]
    assert [point["value"] for point in second["data"]] == ["50.00", "50.00"]
    assert first["data"][0]["label"]["formatter"] == "最低 50.00%"
    assert "label" not in second["data"][0]
    assert ["第 2 轮（2026 年）", "4", "1", "75.00%", "2", "1", "50.00%"] in rows(html, "dense")


def test_scores_fall_into_classes_that_meet_at_the_threshold(played):
    """85 itself belongs to the class that starts there; 0 is a score, a missing score is none."""
    with tenant_scope(played.tenant):
        first, second = distributions(frame_of(played.campaign))
    counted = {(str(c.low), str(c.high)): (c.awarded, c.others) for c in first.classes if c.awarded or c.others}
    assert counted[("0", "5/2")] == (0, 1)
    assert counted[("90", "185/2")] == (2, 0)
    assert counted[("95", "195/2")] == (1, 0)
    assert (first.entries, first.awarded, first.unscored) == (8, 3, 1)
    assert sum(awarded + others for awarded, others in counted.values()) == 7
    assert (second.entries, second.awarded, second.unscored) == (6, 3, 0)


def test_full_marks_belong_to_the_last_class(stage):
    stage.publish(play(stage, "1", LATER, {"杨村": ("示范", "100"), "赵村": ("示范", "97.5")}))
    with tenant_scope(stage.tenant):
        first = distributions(frame_of(stage.campaign))[0]
    assert [(str(c.low), c.awarded, c.others) for c in first.classes] == [("195/2", 1, 1)]


def test_what_is_not_published_is_not_counted(played):
    before = measures(get(played.leader, PAGE))
    play(played, "3", LATER.replace(month=7), {"杨村": ("示范", "99.5"), "岭后村": ("示范", "99")})
    for user in (played.leader, played.maker):
        html = get(user, PAGE)
        assert measures(html) == before
        assert "第 3 轮" not in html


def test_nothing_published_says_so(stage):
    play(stage, "1", LATER, SECOND)
    html = get(stage.leader, PAGE)
    assert "还没有公布过结果" in html
    assert "data-chart" not in html
    assert "还没有公布过结果" in get(stage.leader, PAGE + "?hall=1")


def test_a_county_without_points_and_targets_is_ranked_by_awards(db):
    stage = make_stage()
    stage.publish(play_round(stage))
    html = get(stage.leader, PAGE)
    assert measures(html)[:2] == ["标杆 1 家 未定目标", "进位 2 家 未定目标"]
    assert "补助资金" not in html
    assert "进阶" not in html
    assert rows(html, "standing") == [
        ["1", "—", "西山乡", "1", "0"],
        ["2", "—", "东溪镇", "0", "2"],
    ]


def test_hall_screen_shows_the_same_figures_without_a_way_to_act(played):
    html = get(played.leader, PAGE + "?hall=1")
    assert "theme-hall" in html
    assert measures(html) == measures(get(played.leader, PAGE))
    assert "<form" not in html
    assert "退出大屏" in html


def test_campaigns_can_be_chosen_and_others_are_missing(played):
    with tenant_scope(played.tenant):
        second = create_campaign(tenant=played.tenant, name="擂台赛", host="县委", starts_on=LATER, actor=None)
    html = get(played.leader, PAGE)
    assert "创建 创建总览" in html
    assert f'<option value="{second.pk}">擂台赛' in html
    assert "还没有公布过结果" in get(played.leader, f"{PAGE}?campaign={second.pk}")
    other = factories.make_tenant("330183", name="邻县市")
    with tenant_scope(other):
        foreign = create_campaign(tenant=other, name="邻县创建", host="县委", starts_on=LATER, actor=None)
    get(played.leader, f"{PAGE}?campaign={foreign.pk}", status=404)
    get(played.leader, f"{PAGE}?campaign=x", status=404)


def test_secretaries_and_inspectors_have_no_overview(stage):
    get(stage.east_secretary, PAGE, status=403)


def test_queries_do_not_grow_with_rounds(stage):
    stage.publish(play(stage, "1", LATER, SECOND))
    client = enter(stage.leader)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    for label, month in (("2", 5), ("3", 7)):
        stage.publish(play(stage, label, LATER.replace(month=month), SECOND))
    with CaptureQueriesContext(connection) as three:
        client.get(PAGE)
    assert len(one) == len(three)
    assert len(three) <= 20


@pytest.mark.parametrize(
    ("points", "text"),
    [("4.0000", "4.0"), ("2.6", "2.6"), ("0.25", "0.25"), ("0", "0.0"), ("10", "10.0"), ("120.000", "120.0")],
)
def test_points_keep_one_decimal_and_more_only_when_there_are_more(points, text):
    assert points_text(Decimal(points)) == text
