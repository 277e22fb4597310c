"""Importing rounds, nominations, special subsidies: what a person accepts, every problem, all or nothing."""

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from accounts.models import tenant_scope
from campaigns.models import Nomination, Round, Subsidy
from campaigns.services.nominations import declare_veto
from scoring.services.publication import return_to_scoring
from tests.imports import counts, found, hand_in, write
from tests.reports.results_stage import make_stage, play_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

EAST, WEST = "330182101201", "330182102201"


@pytest.fixture
def stage(db):
    return make_stage()


def entered(stage, label="1"):
    with tenant_scope(stage.tenant):
        rows = Nomination.objects.filter(round__label=label)
        return {n.organization.code: (n.tier, n.vetoed, n.township.code, n.round.state) for n in rows}


# --- nominations ---


def test_a_preview_counts_and_writes_nothing(stage):
    stage.round("1")
    upload = hand_in(stage, "nominations", f"round,org_code,tier,vetoed\n1,{EAST},标杆,0\n1,{WEST},进位,1\n")
    assert counts(upload) == {"轮次": 1, "新增": 2, "更改": 0, "不变": 0}
    assert upload.report["sample_rows"][1] == ["第 1 轮", WEST, "岭后村", "进位", "是"]
    assert entered(stage) == {}


def test_one_file_spans_rounds_and_opens_their_nominations(stage):
    stage.round("1")
    stage.round("2", day=date(2026, 7, 15))
    write(stage, "nominations", f"轮次,组织代码,申报等次\n第1轮,{EAST},标杆\n第二轮,{EAST},进位\n")
    assert entered(stage, "1") == {EAST: ("标杆", False, "330182101", "nominating")}
    assert entered(stage, "2") == {EAST: ("进位", False, "330182101", "nominating")}


def test_a_sheet_as_offices_have_it_is_read(stage):
    """Title rows, merged cells, full-width digits, a column of our own, a totals row, signatures."""
    stage.round("1")
    made = Workbook()
    sheet = made.active
    for row in (
        ["建德市创建申报汇总表"], ["填报单位：组织部", None, None, "单位：家"],
        ["轮次", "组织代码", "单位名称", "申报等次", "一票否决"],
        ["第１轮", "３３０１８２１０１２０１", "杨村", "“标杆”", "否"], ["第１轮", WEST, "岭后村", "进位", ""], ["合计", None, "2 家"],
        ["填报人：李敏"],
    ):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("A1:E1")
    out = io.BytesIO()
    made.save(out)
    upload = hand_in(stage, "nominations", out.getvalue(), filename="申报.xlsx")
    assert found(upload) == []
    assert counts(upload)["新增"] == 2
    assert upload.report["remarks"] == [
        "没有用到的列：“单位名称”。", "第 6 行“合计”不是数据，已跳过。", "第 7 行“填报人：李敏”不是数据，已跳过。"
    ]  # fmt: skip


def test_a_file_from_an_old_office_is_read(stage):
    stage.round("1")
    write(stage, "nominations", f"轮次\t代码\t等次\n1\t{EAST}\t标杆\n", encoding="gbk")
    assert entered(stage)[EAST][0] == "标杆"


def test_every_problem_is_told_and_nothing_written(stage):
    stage.round("1")
    rows = (
        f"1,{EAST},标杆,0",
        f"9,{WEST},进位,0",
        "1,999,进位,0",
        f"1,{WEST},银牌,也许",
        f",{WEST},进位,",
        f"1,{EAST},进位,",
    )
    text = "round,org_code,tier,vetoed\n" + "\n".join(rows)
    upload = hand_in(stage, "nominations", text)
    assert found(upload) == [
        (3, "round", "活动里没有这一轮（共 1 行）"),
        (4, "org_code", "没有这个组织"),
        (5, "tier", "办法里没有这个等次"),
        (5, "vetoed", "不是“是”或“否”"),
        (6, "round", "没有填写"),
        (7, "org_code", "第 1 轮已在第 2 行申报，内容不同"),
    ]
    assert entered(stage) == {}


def test_the_same_row_twice_is_a_remark(stage):
    stage.round("1")
    upload = hand_in(stage, "nominations", f"round,org_code,tier\n1,{EAST},标杆\n1,{EAST},标杆\n")
    assert (found(upload), counts(upload)["新增"]) == ([], 1)
    assert "内容相同，只算一次" in upload.report["remarks"][0]


def test_a_decided_round_takes_no_nominations(stage):
    stage.publish(play_round(stage))
    upload = hand_in(stage, "nominations", f"round,org_code,tier\n1,{EAST},进位\n")
    assert found(upload) == [(2, "round", "第 1 轮“已公布”，不能再改申报")]
    assert "退回评分" in upload.report["problems"][0]["remedy"]


def test_importing_again_changes_nothing_and_a_registered_veto_stays(stage):
    stage.round("1")
    text = f"round,org_code,tier\n1,{EAST},标杆\n1,{WEST},进位\n"
    write(stage, "nominations", text)
    with tenant_scope(stage.tenant):
        row = Nomination.objects.select_related("round").get(organization__code=EAST)
        declare_veto(nomination=row, reason="安全生产事故", actor=stage.maker)
    upload = hand_in(stage, "nominations", text)
    assert counts(upload) == {"轮次": 1, "新增": 0, "更改": 0, "不变": 2}
    write(stage, "nominations", f"round,org_code,tier\n1,{EAST},标杆\n1,{WEST},标杆\n")
    assert {code: facts[:2] for code, facts in entered(stage).items()} == {EAST: ("标杆", True), WEST: ("标杆", False)}
    with tenant_scope(stage.tenant):
        assert Nomination.objects.get(organization__code=EAST).veto_reason == "安全生产事故"


def test_a_round_returned_to_scoring_takes_corrections(stage):
    computation = stage.publish(play_round(stage))
    with tenant_scope(stage.tenant):
        return_to_scoring(round=computation.round, reason="申报等次写错", actor=stage.maker)
    write(stage, "nominations", f"round,org_code,tier\n1,{EAST},标杆\n")
    assert entered(stage)[EAST][0] == "标杆"


def test_a_campaign_must_be_chosen(stage):
    upload = hand_in(stage, "nominations", f"round,org_code,tier\n1,{EAST},标杆\n", campaign="")
    assert found(upload) == [(None, "", "没有选择活动")]


# --- rounds ---


def plan(stage, text):
    return hand_in(stage, "rounds", text, version=str(stage.version.pk))


def test_rounds_are_planned_in_the_order_of_their_days(stage):
    text = "轮次,年度,月份,现场日期\n2,2026,7,2026年7月15日\n第1轮,,3,2026/3/20\n"
    upload = plan(stage, text)
    assert counts(upload) == {"行": 2, "新增": 2, "不变": 0}
    write(stage, "rounds", text, version=str(stage.version.pk))
    with tenant_scope(stage.tenant):
        rows = list(Round.objects.values_list("label", "sequence", "year", "onsite_date", "state"))
    assert rows == [("1", 1, 2026, date(2026, 3, 20), "planned"), ("2", 2, 2026, date(2026, 7, 15), "planned")]
    assert counts(plan(stage, text)) == {"行": 2, "新增": 0, "不变": 2}


def test_a_round_that_stands_is_not_moved_by_a_file(stage):
    stage.round("1")
    upload = plan(stage, "round,onsite_date\n1,2026-04-01\n2,\n2,2026-02-30\n3,2026-13\n4,2026-05-01\n4,2026-05-02\n")
    assert found(upload) == [
        (2, "onsite_date", "这一轮已安排在 2026 年度、2026-03-15"),
        (3, "onsite_date", "没有填写"),
        (4, "onsite_date", "没有这一天"),
        (4, "round", "与第 3 行是同一轮"),
        (5, "onsite_date", "不是日期"),
        (7, "round", "与第 6 行是同一轮"),
    ]


# --- special subsidies ---


def granted(stage):
    with tenant_scope(stage.tenant):
        return dict(Subsidy.objects.filter(round=None).values_list("organization__code", "amount_wan"))


def test_amounts_in_wan_and_in_yuan(stage):
    write(stage, "special_subsidies", f"组织代码,补助金额（万元）\n{EAST},20\n{WEST},185000元\n")
    assert granted(stage) == {EAST: Decimal(20), WEST: Decimal("18.5")}
    write(stage, "special_subsidies", f"组织代码,补助金额（元）\n{EAST},210000\n")
    assert granted(stage)[EAST] == Decimal(21)
    upload = hand_in(stage, "special_subsidies", f"org_code,amount_wan\n{EAST},21 万元\n{WEST},1.2345\n")
    assert counts(upload) == {"行": 2, "新增": 0, "更改": 1, "不变": 1}
    assert upload.report["remarks"][0] == "合计 22.2345 万元。"


def test_amounts_that_are_none(stage):
    text = f"org_code,amount_wan\n{EAST},0\n{WEST},\n999,1\n{EAST},一\n330182102202,1.23456\n"
    assert found(hand_in(stage, "special_subsidies", text)) == [
        (2, "amount_wan", "金额应大于 0，精确到元"),
        (3, "amount_wan", "没有填写；没有金额不等于 0"),
        (4, "org_code", "没有这个组织"),
        (5, "amount_wan", "不是数"),
        (5, "org_code", "与第 2 行是同一个组织"),
        (6, "amount_wan", "金额应大于 0，精确到元"),
    ]
    assert granted(stage) == {}
