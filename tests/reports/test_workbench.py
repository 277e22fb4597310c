"""The first page of each role: to-dos from the state of rounds, jobs and campaigns; what is new; who sees what."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import JobState, Role, TenantKind
from accounts.models import Job, tenant_scope
from campaigns.enums import PhaseKind
from campaigns.models import Campaign
from campaigns.services.campaigns import PhaseDates
from scoring.services.publication import confirm_computation, publish_computation, return_to_scoring
from sites.models import Inspector
from tests import factories
from tests.reports.figures_stage import EARLIER, FIRST, LATER, SECOND, enter, get, make_figures, play, play_two_years
from tests.reports.results_stage import make_stage
from tests.reports.test_dashboard import rows
from tests.reports.test_round import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PAGE = "/workbench/"


@pytest.fixture
def stage(db):
    stage = make_figures()
    with tenant_scope(stage.tenant):
        Campaign.objects.update(approval_no="建组〔2026〕1号")
    return stage


def todos(user) -> list[list[str]]:
    html = get(user, PAGE)
    return rows(html, "todo stack") if 'class="todo stack"' in html else []


def subjects(user) -> list[tuple[str, str]]:
    """Subject with detail, and the button."""
    return [(row[1], row[3]) for row in todos(user)]


def entered(stage, label="1", day=LATER, **options):
    round = stage.round(label, day=day, **options)
    stage.enter(round, {"杨村": "示范", "赵村": "示范"})
    return round


def test_home_leads_to_the_workbench(stage):
    answer = enter(stage.maker).get("/")
    assert (answer.status_code, answer.url) == (302, PAGE)
    assert enter(stage.maker).get(PAGE).status_code == 200


def test_every_step_of_a_round_is_a_todo_with_its_button(stage):
    round = stage.round("1", day=LATER)
    assert subjects(stage.maker) == [("第 1 轮待导入申报 现场日期 2026-03-15", "导入申报")]
    stage.enter(round, {"杨村": "示范", "赵村": "示范"})
    assert subjects(stage.maker) == [("第 1 轮待开放评分 已通过 2 家，评委 4 人", "开放评分")]
    stage.open(round)
    stage.score(round, "杨村", *[("90",)] * 4)
    assert subjects(stage.maker) == [("第 1 轮正在评分 评分单 4 / 8 份，还差 4 份", "查看")]
    stage.score(round, "赵村", *[("80",)] * 4)
    assert subjects(stage.maker) == [("第 1 轮评分单已收齐，待计算 评分单 8 / 8 份；计算前封存", "封存并计算")]
    computation = stage.compute(round)
    assert subjects(stage.maker) == [("第 1 轮待另一人确认 您是计算人，须由另一位管理员确认", "查看")]
    assert subjects(stage.checker) == [("第 1 轮待确认 计算人 李敏", "查看并确认")]
    with tenant_scope(stage.tenant):
        confirmed = confirm_computation(computation=computation, actor=stage.checker)
        assert subjects(stage.maker)[0][1] == "查看并公布"
        publish_computation(computation=confirmed, actor=stage.checker)
    assert todos(stage.maker) == []
    assert "没有待办" in get(stage.maker, PAGE)


def test_the_buttons_do_what_they_say(stage):
    round = entered(stage)
    html = get(stage.maker, PAGE)
    action = re.search(r'action="(/rounds/[^"]+/open/)"', html)[1]
    assert enter(stage.maker).post(action).status_code == 302
    with tenant_scope(stage.tenant):
        round.refresh_from_db()
    assert round.state == "scoring"


def test_a_round_that_was_returned_is_work_again(stage):
    computation = play(stage, "1", LATER, FIRST)
    stage.publish(computation)
    with tenant_scope(stage.tenant):
        computation.refresh_from_db()
        return_to_scoring(round=computation.round, reason="漏录", actor=stage.maker)
    assert [subject for subject, _ in subjects(stage.maker)] == [
        "第 1 轮评分单已收齐，待计算 评分单 32 / 32 份；计算前封存"
    ]


def test_todos_are_ordered_by_how_late_they_are(stage):
    today = timezone.localdate()
    for label, days in (("1", 10), ("2", -2), ("3", 0)):
        due = today + timedelta(days=days)
        stage.round(label, day=due, phases=[PhaseDates(PhaseKind.NOMINATION, due - timedelta(days=5), due)])
    assert [(row[0], row[1].split(" 现场")[0]) for row in todos(stage.maker)] == [
        ("逾期 2 天", "第 2 轮待导入申报"),
        ("今日到期", "第 3 轮待导入申报"),
        ("剩 10 天", "第 1 轮待导入申报"),
    ]
    words = text_of(get(stage.maker, PAGE))
    assert "3 件，其中逾期 1 件、今日到期 1 件" in words
    assert re.search(r"申报截止 第 2 轮 逾期 2 天.*申报截止 第 3 轮 今日到期.*申报截止 第 1 轮 剩 10 天", words)


def test_after_publication_the_award_is_still_to_come(stage):
    today = timezone.localdate()
    phases = [
        PhaseDates(PhaseKind.ONSITE, today - timedelta(9), today - timedelta(9)),
        PhaseDates(PhaseKind.NOTICE, today - timedelta(8), today - timedelta(1), finished_on=today - timedelta(1)),
        PhaseDates(PhaseKind.AWARD, today + timedelta(9), today + timedelta(9)),
    ]
    stage.publish(play(stage, "1", today, FIRST, phases=phases))
    past = [PhaseDates(PhaseKind.AWARD, today - timedelta(9), today - timedelta(1))]
    stage.publish(play(stage, "2", today, SECOND, phases=past))
    assert todos(stage.maker) == []
    words = text_of(get(stage.maker, PAGE))
    assert "各轮都已公布，还有 1 个阶段未完成" in words
    assert re.search(r"授牌截止 第 1 轮 剩 9 天", words)
    assert "第 2 轮 逾期" not in words


def test_a_campaign_without_approval_is_a_todo(stage):
    with tenant_scope(stage.tenant):
        Campaign.objects.update(approval_no="")
    found = todos(stage.maker)
    assert found[0][0] == "缺批准文号"
    assert "《创建示范活动管理办法（试行）》" in found[0][1]
    with tenant_scope(stage.tenant):
        Campaign.objects.update(kind="annual")
    assert todos(stage.maker) == []


def test_failed_jobs_wait_until_somebody_runs_them_again(stage):
    with tenant_scope(stage.tenant):
        facts = {"tenant": stage.tenant, "kind": "compute_round", "title": "计算第 1 轮", "key": "compute_round:1"}
        Job.objects.create(**facts, state=JobState.FAILED, error="评分单缺第 3 条", created_by=stage.maker)
        assert subjects(stage.maker) == [("计算第 1 轮没有完成 评分单缺第 3 条", "查看原因")]
        Job.objects.create(**facts, state=JobState.RUNNING, step="计算", done=2, total=4, created_by=stage.maker)
    assert subjects(stage.maker) == [("计算第 1 轮 计算 2 / 4", "查看进度")]


def test_stage_board_shows_the_round_under_way(stage):
    today = timezone.localdate()
    phases = [
        PhaseDates(PhaseKind.NOMINATION, today - timedelta(9), today - timedelta(5), today - timedelta(5)),
        PhaseDates(PhaseKind.REVIEW, today - timedelta(4), today - timedelta(1)),
        PhaseDates(PhaseKind.ONSITE, today, today),
        PhaseDates(PhaseKind.AWARD, today + timedelta(9), today + timedelta(9)),
    ]
    stage.publish(play(stage, "1", EARLIER, FIRST))
    entered(stage, "2", today, phases=phases)
    board = text_of(re.search(r'<ol class="stages">(.*?)</ol>', get(stage.maker, PAGE), re.S)[1])
    assert re.search(r"申报 .* 申报 2 家 已完成 .*县级审核 .* 通过 2 家 逾期 1 天", board)
    assert re.search(r"现场评分 .* 已收 0 / 8 进行中 .*授牌 .* 未开始", board)


def test_activity_names_acts_of_people_not_their_sign_ins(stage):
    play(stage, "1", LATER, SECOND)
    enter(stage.maker).get(PAGE)
    words = text_of(re.search(r'<ul class="act">(.*?)</ul>', get(stage.maker, PAGE), re.S)[1])
    assert "李敏 轮次已计算 第 1 轮" in words
    assert "登录" not in words
    assert "动态" not in get(stage.leader, PAGE)


def test_a_secretary_meets_own_entries_results_and_points(stage):
    play_two_years(stage)
    play(stage, "3", LATER.replace(month=7), {"杨村": ("示范", "88.5"), "岭后村": ("示范", "99.5")})
    html = get(stage.east_secretary, PAGE)
    words = text_of(html)
    assert [row[1] for row in rows(html, "rank stack")] == ["赵村", "东溪电子党支部"]
    assert "2026 年位次" in words and "考核加分 1.25" in words
    assert re.search(r"参评中的组织 1 家，结果尚未公布.*杨村 第 3 轮", words)
    assert "88.50" not in html and "岭后村" not in html


def test_a_secretary_without_results_is_told_why(stage):
    words = text_of(get(stage.east_secretary, PAGE))
    assert "还没有已公布的参评结果" in words
    assert "没有正在参评的组织" in words


@pytest.fixture
def inspector(stage):
    person = factories.make_person(stage.tenant, Role.INSPECTOR)
    with tenant_scope(stage.tenant):
        Inspector.objects.filter(number="J04").update(user=person)
    return person


def test_an_inspector_sees_rounds_and_what_was_sent(stage, inspector):
    round = stage.round("1", day=LATER)
    stage.enter(round, {"杨村": "示范", "赵村": "示范", "岭后村": "示范"})
    stage.open(round)
    stage.score(round, "杨村", *[("90.5",)] * 4)
    html = get(inspector, PAGE)
    assert "已送 1 / 应评 3 份" in text_of(html)
    sheets = re.search(r'href="(/workbench/sheets/[^"]+)"', html)[1]
    listed = rows(get(inspector, sheets), "stack")
    assert [row[:4] for row in listed] == [["杨村", "东溪镇", "示范", "90.5"]]
    get(stage.maker, sheets, status=403)


def test_recused_entries_are_not_expected(db):
    """J04 serves in the west: under a scheme with recusal, of three entries one is not theirs, of twelve sheets one."""
    stage = make_stage()
    person = factories.make_person(stage.tenant, Role.INSPECTOR)
    with tenant_scope(stage.tenant):
        Inspector.objects.filter(number="J04").update(user=person)
    round = stage.round("1", day=LATER)
    stage.enter(round, {"杨村": "标杆", "赵村": "标杆", "岭后村": "标杆"})
    stage.open(round)
    assert "已送 0 / 应评 2 份" in text_of(get(person, PAGE))
    assert "评分单 0 / 11 份，还差 11 份" in text_of(get(stage.maker, PAGE))


def test_an_inspector_of_no_panel_is_told_so(stage):
    assert "还没有编入任何一轮" in get(factories.make_person(stage.tenant, Role.INSPECTOR), PAGE)


def test_sheets_of_a_round_without_the_inspector_are_missing(stage, inspector):
    round = stage.round("9", day=LATER)
    get(inspector, f"/workbench/sheets/{round.pk}/", status=404)


def test_a_leader_meets_the_newest_published_round(stage):
    assert "还没有公布过结果" in get(stage.leader, PAGE)
    play_two_years(stage)
    play(stage, "3", LATER.replace(month=7), {"杨村": ("示范", "88.5")})
    html = get(stage.leader, PAGE)
    assert "2026 年第 2 轮" in text_of(html)
    assert "第 3 轮" not in html
    assert "/dashboard/?campaign=" in html


@pytest.mark.parametrize(
    ("role", "doors"),
    [
        (Role.SYSTEM_ADMIN, ["/tenants/", "/people/", "/jobs/"]),
        (Role.SECURITY_ADMIN, ["/security/"]),
        (Role.AUDIT_ADMIN, ["/audit/"]),
    ],
)
def test_the_three_administrators_find_their_own_doors_only(db, role, doors):
    home = factories.make_tenant("000000", name="平台", kind=TenantKind.PLATFORM)
    main = get(factories.make_person(home, role), PAGE).split('id="main"')[1]
    assert re.findall(r'<a class="card" href="([^"]+)"', main) == doors


def test_queries_do_not_grow_with_rounds(stage):
    entered(stage, "1")
    client = enter(stage.maker)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    for label in ("2", "3"):
        entered(stage, label)
    with CaptureQueriesContext(connection) as three:
        client.get(PAGE)
    assert len(one) == len(three)
    assert len(three) <= 42  # a dozen of them ask what a lived round wants of the office, one kind each
