"""A round's phases by the pages of the county office: what is shown, what is refused beside its field, what is kept."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import tenant_scope
from campaigns.models import Holiday
from tests.campaigns.test_phases import PLAN, K, dates, day, phase
from tests.campaigns.test_setup_pages import errors, get, post
from tests.reports.results_stage import make_stage
from tests.reports.test_round import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def stage(db):
    stage = make_stage()
    with tenant_scope(stage.tenant):
        yield stage


@pytest.fixture
def round(stage):
    return stage.round("1", day=day("04-20"), phases=PLAN)


def address(round) -> str:
    return reverse("campaigns:phases", args=[round.pk])


def phase_address(round, kind) -> str:
    return reverse("campaigns:phase", args=[phase(round, kind).pk])


def test_the_page_says_when_what_is_open(stage, round):
    html = get(stage.maker, address(round))
    words = text_of(html)
    assert "申报 2027-03-01 至 2027-03-20 未开始 乡镇（街道）申报、补正 ； 县级审核申报" in words
    assert "评委评分 今天不开放 现场评分 04-20 至 04-21" in words
    assert "乡镇（街道）可看现场亮分 不开放 没有阶段写明" in words
    assert "复评、总结 不受日期限制 没有阶段写明" in words
    assert address(round) in get(stage.maker, "/campaigns/")
    assert address(round) in get(stage.maker, reverse("reports:round", args=[round.pk]))


def test_a_notice_with_too_few_working_days_is_warned_of(stage, round):
    """04-26 to 05-04: Monday to Tuesday, seven weekdays; 30 April to 4 May off leave four."""
    assert "公示阶段只有" not in get(stage.maker, address(round))
    for on in ("04-30", "05-03", "05-04"):
        Holiday(tenant=stage.tenant, on=day(on), name="放假").save()
    assert "公示阶段只有 4 个工作日，少于约定的 5 个。" in get(stage.maker, address(round))


def test_a_phase_is_moved_by_its_page(stage, round):
    stage.enter(round, {"杨村": "进位"})
    path = phase_address(round, K.ONSITE)
    data = {"act": "move", "move-opens_on": "2027-04-27", "move-closes_on": "2027-04-26", "move-reason": ""}
    html = post(stage.maker, path, data)
    assert errors(html) == [
        "截止 ：截止不能早于开始（2027-04-27）。", "原因 ：这个阶段已经开始，或轮次已经启动，请写明调整的原因。",
    ]  # fmt: skip
    assert 'value="2027-04-27"' in html
    html = post(stage.maker, path, {**data, "move-closes_on": "2027-04-28", "move-reason": "台风登陆"})
    words = text_of(html)
    assert "“现场评分”的日期已保存。" in words and "滞后 7 天，未开始" in words and "现场 2027-04-27" in words
    assert "04-20 至 04-21 改为 04-27 至 04-28" in words and "台风登陆" in words


def test_switches_finish_reopen_and_remove_by_the_page(stage, round):
    path = phase_address(round, K.REVIEW)
    html = post(stage.maker, path, {"act": "switches", "switches-review": "on", "switches-reason": "不再补正"})
    assert "“县级审核”的开放事项已保存。" in html and "不再开放乡镇（街道）申报、补正：不再补正" in html
    today = timezone.localdate()
    html = post(stage.maker, path, {"act": "finish", "finish-on": (today + timedelta(days=1)).isoformat()})
    assert errors(html) == [f"完成日期 ：完成日期不能晚于今天（{today}）。"]
    html = post(stage.maker, path, {"act": "finish", "finish-on": today.isoformat()})
    assert "“县级审核”已标记完成。" in html
    assert errors(post(stage.maker, path, {"act": "reopen", "reopen-reason": ""})) == [
        "撤销原因 ：请写明撤销完成的原因。"
    ]
    assert "“县级审核”已撤销完成。" in post(stage.maker, path, {"act": "reopen", "reopen-reason": "看错"})
    assert errors(post(stage.maker, path, {"act": "remove"})) == ["“县级审核”有调整记录，不能删除。"]
    assert "“授牌”已删除。" in post(stage.maker, phase_address(round, K.AWARD), {"act": "remove"})


def test_terms_and_a_new_phase_by_the_page(stage, round):
    html = post(stage.maker, address(round), {"act": "terms", "terms-grace_minutes": "-1", "terms-notice_days": ""})
    assert errors(html) == ["评分宽限（分钟） ：不能小于 0。", "公示工作日 ：请填写公示的工作日数。"]
    data = {"act": "terms", "terms-grace_minutes": "60", "terms-notice_days": "7"}
    assert "评分宽限和公示天数已保存。" in post(stage.maker, address(round), data)
    data = {"act": "add", "add-kind": "after", "add-opens_on": "2027-06-02", "add-closes_on": "2027-06-01"}
    assert errors(post(stage.maker, address(round), data)) == ["截止 ：截止不能早于开始（2027-06-02）。"]
    assert "“创后管理”已加入。" in post(stage.maker, address(round), {**data, "add-closes_on": "2027-06-30"})
    round.refresh_from_db()
    assert (round.grace_minutes, round.notice_days, round.phases.count()) == (60, 7, 6)


def test_a_shift_is_done_as_it_was_shown(stage, round):
    path = reverse("campaigns:phases_shift", args=[round.pk])
    first = str(phase(round, K.ONSITE).pk)
    data = {"first": first, "days": "4", "reason": "", "preview": "1"}
    html = post(stage.maker, path, data)
    words = text_of(html)
    assert (
        "现场评分 2027-04-20 至 2027-04-21 2027-04-24 至 2027-04-25 开始 04-24 是周六，休息日；截止 04-25 是周日，休息日"
        in words
    )
    assert "3 个阶段；还没有写入" in words and dates(round)["onsite"] == ("04-20", "04-21")
    data = {"first": first, "days": "7", "reason": "", "apply": "1", "previewed": f"{first}:4"}
    assert "按此顺延" in post(stage.maker, path, data) and dates(round)["onsite"] == ("04-20", "04-21")
    assert "3 个阶段已顺延 7 天。" in post(stage.maker, path, {**data, "previewed": f"{first}:7"})
    assert dates(round)["award"] == ("05-17", "05-17")
    assert errors(post(stage.maker, path, {"first": "x", "days": "0"})) == [
        "从哪个阶段起 ：请从列表中选择还没有完成的阶段。", "顺延天数 ：请填写不是 0 的天数。",
    ]  # fmt: skip
