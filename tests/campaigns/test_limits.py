"""What public rules ask of a campaign: told on the campaigns' page, in its form and as to-dos; nothing is refused."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import tenant_scope
from campaigns.enums import CampaignKind, TitleState
from campaigns.limits import host_below, warnings_of
from campaigns.models import Campaign, Title
from campaigns.services.campaigns import plan_round, revise_campaign
from campaigns.services.schemes import add_version, publish_version
from tests.campaigns.test_setup_pages import CAMPAIGN, errors, get, post, value
from tests.reports.results_stage import SCHEME, make_stage, play_round
from tests.reports.test_round import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TODAY = date(2026, 6, 1)


@pytest.fixture
def stage(db):
    stage = make_stage()
    with tenant_scope(stage.tenant):
        yield stage


def revised(stage, **facts) -> Campaign:
    whole = {"host": "中共建德市委", "approval_no": "浙创〔2026〕3 号", "approval_authority": "省委", "cycle": "每年"}
    return revise_campaign(campaign=stage.campaign, actor=stage.maker, **{**whole, **facts})


def told(campaign) -> list[tuple[str, str]]:
    return [(each.code, each.field) for each in warnings_of([campaign], today=TODAY)[campaign]]


@pytest.mark.parametrize(
    ("host", "below"),
    [
        ("中共建德市委", ""),
        ("中国共产党建德市委员会", ""),
        ("县委、县政府", ""),
        ("建德市人民政府", ""),
        ("中共景德镇市委", ""),
        ("镇海区委", ""),
        ("中共建德市委组织部", "中共建德市委组织部"),
        ("县委、县委办公室", "县委办公室"),
        ("建德市农业农村局", "建德市农业农村局"),
        ("大同镇党委", "大同镇党委"),
        ("更楼街道党工委", "更楼街道党工委"),
        ("中共李家镇委员会", "中共李家镇委员会"),
        ("钦堂乡人民政府", "钦堂乡人民政府"),
        ("共青团建德市团委", "共青团建德市团委"),
    ],
)
def test_only_the_county_committee_or_government_hosts(host, below):
    assert host_below(host) == below


def test_a_creation_is_asked_for_host_approval_and_cycle(stage):
    assert told(revised(stage)) == []
    assert told(revised(stage, host="县委组织部")) == [("host", "host")]
    assert told(revised(stage, approval_no="")) == [("approval", "approval_authority")]
    assert told(revised(stage, approval_authority="", cycle="")) == [
        ("authority", "approval_authority"), ("cycle", "cycle"),
    ]  # fmt: skip
    other = revised(stage, kind=CampaignKind.ANNUAL, host="县委组织部", approval_no="", cycle="")
    assert told(other) == []


def test_rounds_outside_its_dates_and_a_campaign_that_is_over(stage):
    stage.round("1", day=date(2026, 5, 10))
    stage.round("2", day=date(2026, 7, 10))
    starts = {"starts_on": date(2026, 1, 1)}
    assert told(revised(stage, **starts, ends_on=date(2026, 12, 31))) == []
    assert told(revised(stage, **starts, ends_on=date(2026, 6, 1))) == [("outside", "ends_on")]
    found = warnings_of([revised(stage, **starts, ends_on=date(2026, 5, 31))], today=TODAY)
    texts = [each.text for each in next(iter(found.values()))]
    assert texts[0] == "第 2 轮共 1 轮的现场日期在活动起止日期（2026-01-01 至 2026-05-31）之外。"
    assert texts[1].startswith("活动已于 2026-05-31 结束，还有 2 轮没有公布。")


def test_the_planned_number_and_the_titles_against_the_cap(stage):
    """Tiers plan 2 and 3 in the newest version that was used; the older one planned 9."""
    for number, (high, low) in (("2026-2", (9, 0)), ("2026-3", (2, 3))):
        text = SCHEME.replace("2026-1", number).replace("threshold: 16", f"threshold: 16, target: {high}")
        text = text.replace("threshold: 10", f"threshold: 10, target: {low}")
        version = publish_version(version=add_version(tenant=stage.tenant, text=text, actor=None), actor=None)
        plan_round(campaign=stage.campaign, label=number, onsite_date=TODAY, scheme_version=version, actor=None)
    assert told(revised(stage, number_cap=5)) == []
    found = warnings_of([revised(stage, number_cap=4)], today=TODAY)
    assert [each.text for each in next(iter(found.values()))] == [
        "所用办法各等次的计划数合计 5 个，超过名额上限 4 个。请核对批准的名额，或调整办法的计划数。"
    ]


def test_titles_held_over_the_cap(stage):
    stage.publish(play_round(stage))
    assert Title.objects.filter(state=TitleState.HELD).count() == 3
    assert told(revised(stage, number_cap=3)) == []
    assert told(revised(stage, number_cap=2)) == [("cap", "number_cap")]


def test_the_pages_tell_and_keep_what_was_typed(stage):
    path = f"/campaigns/{stage.campaign.pk}/edit/"
    ended = timezone.localdate() - timedelta(days=1)
    data = {
        **CAMPAIGN,
        "host": "中共建德市委组织部",
        "number_cap": "150",
        "starts_on": "2020-01-01",
        "ends_on": str(ended),
    }
    stage.round("1", day=ended)
    words = text_of(post(stage.maker, path, data))
    assert "“2027 年创建”已保存。" in words and "名额上限 150" in words
    for word in ("主办单位写的是“中共建德市委组织部”", "还没有登记批准文号", "没有登记周期", "活动已到期"):
        assert word in words
    html = get(stage.maker, path)
    assert value(html, "number_cap") == "150" and "部门和乡镇（街道）不得开展" in html
    todos = text_of(get(stage.maker, "/workbench/"))
    assert "“2027 年创建”主办单位" in todos and "“2027 年创建”活动已到期" in todos
    assert errors(post(stage.maker, path, {**data, "number_cap": "0"})) == ["名额上限 ：至少为 1。"]
