"""Pages of a round that rates: grades in the ranking, what follows, versions side by side, the page of records."""

from datetime import date
from io import BytesIO

import pytest
from django.utils.html import strip_tags
from openpyxl import load_workbook

from accounts.enums import Role
from accounts.models import tenant_scope
from campaigns.enums import CampaignKind
from campaigns.models import Round
from scoring.models import EventRevision
from scoring.services.publication import return_to_scoring
from tests import factories
from tests.scoring import cast
from tests.scoring import rating_stage as rating
from tests.scoring.test_rating_round import publish

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def stage(db):
    stage = cast.set_stage()
    with tenant_scope(stage.tenant):
        yield stage


@pytest.fixture
def round(stage):
    version = rating.published(stage.tenant, rating.STARS, stage.first, stage.second)
    campaign = rating.rating_campaign(stage.tenant, CampaignKind.STAR, stage.first, "星级评定")
    round = rating.planned_round(campaign, version, stage.first)
    rating.enter(round, stage.villages, stage.first)
    a, b, c, d = stage.villages
    rating.facts(round, stage.first, {
        a: {"income": "55", "satisfaction": "95%", "last_star": "四星"},
        b: {"income": "60", "satisfaction": "90%", "last_star": "三星"},
        c: {"income": "30", "satisfaction": "55%", "last_star": "三星"},
        d: {"income": "40", "satisfaction": "100%", "last_star": "四星"},
    })  # fmt: skip
    rating.events(round, stage.first, (c, "missed", date(2026, 3, 1), "2"))
    return round


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode().replace("<", " <")).split())


@pytest.fixture
def browser(client):
    def enter(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


def test_the_ranking_shows_grades_and_no_columns_without_figures(stage, round, browser):
    publish(stage, round)
    text = page(browser(stage.first), f"/rounds/{round.pk}/")
    assert "全部 4 五星 1 四星 2 三星 0 不定星 1" in text
    assert "星级 说明" in text
    for absent in ("距末位授予", "评分单", "淘汰核算", "授予线"):
        assert absent not in text
    only = page(browser(stage.first), f"/rounds/{round.pk}/?grade=五星")
    assert (stage.villages[0].name in only, stage.villages[1].name in only) == (True, False)


def test_consequences_are_for_those_whom_they_concern(stage, round, browser):
    """c of the west is talked to and pays 1000; the east's secretary sees their points and nothing of the west."""
    publish(stage, round)
    east = factories.make_person(stage.tenant, Role.TOWNSHIP_SECRETARY, stage.county.east)
    west = factories.make_person(stage.tenant, Role.TOWNSHIP_SECRETARY, stage.county.west)
    observer = factories.make_person(stage.tenant, Role.OBSERVER)
    address = f"/rounds/{round.pk}/following/"
    office = page(browser(stage.first), address)
    assert "约谈 1 家；扣减报酬 1 家，合计 1000 元" in office
    assert "东溪镇 星级加分 1.2 1.3" in office
    assert "扣减报酬 1000 元" in page(browser(west), address)
    seen = page(browser(east), address)
    assert ("约谈" in seen, "东溪镇 星级加分" in seen, "西山乡 星级加分" in seen) == (False, True, False)
    assert "没有您可以查看的" in page(browser(observer), address)


def test_two_versions_stand_side_by_side(stage, round, browser):
    publish(stage, round)
    return_to_scoring(round=Round.objects.get(pk=round.pk), reason="更正", actor=stage.first)
    rating.facts(round, stage.first, {stage.villages[0]: {"satisfaction": "80%"}})
    publish(stage, round)
    text = page(browser(stage.first), f"/rounds/{round.pk}/versions/")
    assert "编号 2026 年度-1 与 2026 年度-2：4 家中" in text
    assert f"{stage.villages[0].name} 东溪镇 93.0 87.0 −6.00 2 2 五星 四星" in text
    leader = factories.make_person(stage.tenant, Role.LEADER)
    assert "没有可对照的版本" in page(browser(leader), f"/rounds/{round.pk}/versions/")


def test_the_book_holds_figures_grades_and_what_follows(stage, round, browser):
    publish(stage, round)
    answer = browser(stage.first).get(f"/rounds/{round.pk}/workbook.xlsx")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames[:3] == ["汇总表", "结果运用", "上级得分"]
    rows = [[cell.value for cell in row] for row in book["汇总表"].iter_rows(min_row=4, max_row=5)]
    b = stage.villages[1].name
    assert [1, b, "东溪镇", 60, 36, 96, "四星"] in [row[:7] for row in rows]
    spent = [[cell.value for cell in row][1:6] for row in book["结果运用"].iter_rows(min_row=4, max_row=5)]
    assert [stage.villages[2].name, "西山乡", "扣减报酬", 1000, "元"] in spent


def test_the_page_of_records_says_what_is_missing_and_takes_events_back(stage, round, browser):
    rating.facts(round, stage.first, {stage.villages[3]: {"satisfaction": ""}})
    client = browser(stage.first)
    text = page(client, f"/rounds/{round.pk}/records/")
    assert "必填的还没有填齐" in text
    assert f"群众满意率 — 3 / 4 {stage.villages[3].name} 必须填写" in text
    event = EventRevision.objects.get()
    answer = client.post(f"/events/{event.pk}/withdraw/", {"reason": "查无此事"}, follow=True)
    assert "这条记录已撤回" in answer.content.decode()
    assert "还没有登记事项" in page(client, f"/rounds/{round.pk}/records/")


def test_the_facts_go_out_as_they_come_in(stage, round, browser):
    answer = browser(stage.first).get(f"/rounds/{round.pk}/facts.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "轮次,组织代码,组织,所属乡镇,群众满意率,上年星级,集体收入"
    a = stage.villages[0]
    assert f"2026 年度,{a.code},{a.name},,95%,四星,55" in lines


def test_a_round_without_sheets_is_computed_right_after_its_facts(stage, round, browser):
    text = page(browser(stage.first), f"/rounds/{round.pk}/")
    assert "封存并计算" in text
    assert "开放评分" not in text


def test_the_list_of_rounds_speaks_of_no_awards_where_there_are_none(stage, round, browser):
    publish(stage, round)
    text = page(browser(stage.first), "/rounds/")
    assert "2026 年度" in text
    assert ("授予 0" in text, "100.00%" in text) == (False, False)
