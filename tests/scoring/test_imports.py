"""Importing score sheets and re-inspections: marks exact, panels named, recusal kept, revisions, not overwriting."""

from datetime import date
from fractions import Fraction

import pytest

from accounts.models import tenant_scope
from campaigns.enums import RoundKind
from campaigns.models import Nomination, Round
from campaigns.services.schemes import add_version, publish_version
from schemes import MarkCodec
from scoring.models import Result, ScoreSheet
from scoring.services.computing import compute_round
from scoring.services.publication import confirm_computation, publish_computation
from sites.models import PanelMember
from sites.services.conflicts import pin_conflict
from sites.services.panels import add_to_panel
from tests.imports import counts, found, hand_in, write
from tests.reports.results_stage import SCHEME, make_stage, play_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

EAST, WEST = "330182101201", "330182102201"
HEAD = "round,org_code,inspector,a,b,c\n"
GOOD = HEAD + f"1,{EAST},J01,8,2,9.5\n1,{EAST},J04,7.5,0,10\n1,{WEST},J01,6,1,8\n"


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def scored(stage):
    """Round 1 open for sheets, 杨村 (east) and 岭后村 (west) entered, no panel yet."""
    round = stage.round("1")
    write(stage, "nominations", f"round,org_code,tier\n1,{EAST},进位\n1,{WEST},进位\n")
    return stage.open(round)


def standing(stage):
    with tenant_scope(stage.tenant):
        rows = ScoreSheet.objects.select_related("nomination__organization", "inspector", "scheme_version")
        rows = rows.order_by("revision")
        return {(row.nomination.organization.code, row.inspector.number): (row.revision, marks_of(row)) for row in rows}


def marks_of(row):
    return tuple(str(mark) for mark in MarkCodec(row.scheme_version.document).unpack(bytes(row.marks)))


def panel(stage):
    with tenant_scope(stage.tenant):
        return list(PanelMember.objects.values_list("inspector__number", flat=True))


def test_sheets_and_the_panel_they_name_are_written(stage, scored):
    upload = hand_in(stage, "sheets", GOOD)
    assert counts(upload) == {"轮次": 1, "新增": 3, "修订": 0, "不变": 0}
    assert upload.report["remarks"] == ["第 1 轮还没有评委组：写入时按评分单确定 2 人，赵评委、周评委。"]
    assert upload.report["sample_rows"][0] == ["第 1 轮", "杨村", "赵评委", "19.5"]
    assert (standing(stage), panel(stage)) == ({}, [])
    assert write(stage, "sheets", GOOD)["url"] == f"/rounds/{scored.pk}/"
    assert panel(stage) == ["J01", "J04"]
    assert standing(stage) == {
        (EAST, "J01"): (1, ("8", "2", "19/2")),
        (EAST, "J04"): (1, ("15/2", "0", "10")),
        (WEST, "J01"): (1, ("6", "1", "8")),
    }


def test_the_paper_as_people_type_it(stage, scored):
    text = "现场评分表\n轮次，组织代码，单位，评委，实绩，规范，满意度\n第一轮，３３０１８２１０１２０１，杨村，J01，７．５ 分，0，10分\n合计，，，，7.5，0，10\n"
    upload = hand_in(stage, "sheets", text, encoding="gbk")
    assert found(upload) == []
    assert upload.report["remarks"][1:] == ["没有用到的列：“单位”。", "第 4 行“合计”不是数据，已跳过。"]
    write(stage, "sheets", text)
    assert standing(stage) == {(EAST, "J01"): (1, ("15/2", "0", "10"))}


def test_importing_again_changes_nothing_and_a_change_is_a_revision(stage, scored):
    write(stage, "sheets", GOOD)
    assert counts(hand_in(stage, "sheets", GOOD)) == {"轮次": 1, "新增": 0, "修订": 0, "不变": 3}
    changed = hand_in(stage, "sheets", GOOD.replace("8,2,9.5", "8,1.5,9.5"))
    assert counts(changed)["修订"] == 1
    assert changed.report["remarks"] == ["1 份与已有的不同，将记为新的修订，原来的保留。"]
    write(stage, "sheets", GOOD.replace("8,2,9.5", "8,1.5,9.5"))
    assert standing(stage)[EAST, "J01"] == (2, ("8", "3/2", "19/2"))
    with tenant_scope(stage.tenant):
        assert ScoreSheet.objects.count() == 4


def test_every_problem_is_told_and_nothing_written(stage, scored):
    text = HEAD + (
        f"1,{EAST},J01,8.5,2,9\n1,{EAST},J02,8,2,9.3\n1,{EAST},J99,8,2,9\n1,330182101202,J01,8,2,9\n"
        f"9,{EAST},J01,8,2,9\n1,{WEST},J04,8,2,9\n1,{EAST},J03,8,,9\n1,{WEST},J01,8,2,9\n"
        f"1,{WEST},J01,7,2,9\n1,{WEST},J02,8,2,优\n,{WEST},J02,8,2,9\n"
    )
    upload = hand_in(stage, "sheets", text)
    assert found(upload) == [
        (2, "a", "“实绩”高于满分 8"),
        (3, "c", "“满意度”不合分档，应为 0.5 的倍数"),
        (4, "inspector", "名册里没有这位评委"),
        (5, "org_code", "这个组织没有申报第 1 轮"),
        (6, "round", "活动里没有这一轮（共 1 行）"),
        (7, "inspector", f"这位评委应回避本乡镇（街道）的组织 {WEST}"),
        (8, "b", "“规范”没有打分"),
        (10, "inspector", "这位评委已在第 9 行给同一组织打分，分数不同"),
        (11, "c", "“满意度”不是数"),
        (12, "round", "没有填写"),
    ]
    assert standing(stage) == {}


def test_only_the_panel_scores_once_there_is_one(stage, scored):
    with tenant_scope(stage.tenant):
        add_to_panel(round=scored, inspectors=stage.inspectors[:1], actor=stage.maker)
    upload = hand_in(stage, "sheets", GOOD)
    assert found(upload) == [(3, "inspector", "这位评委不在这一轮的评委组")]


def test_a_confirmed_conflict_keeps_a_files_row_out_too(stage, scored):
    with tenant_scope(stage.tenant):
        add_to_panel(round=scored, inspectors=stage.inspectors, actor=stage.maker)
        village, inspector = stage.entries["岭后村"], stage.inspectors[0]
        pin_conflict(inspector=inspector, organization=village, round=scored, note="反映属实", actor=stage.maker)
    assert found(hand_in(stage, "sheets", GOOD)) == [(4, "inspector", "这位评委应当回避“岭后村”")]


def test_a_round_that_is_not_open_says_what_to_do(stage):
    stage.round("1")
    write(stage, "nominations", f"round,org_code,tier\n1,{EAST},进位\n")
    upload = hand_in(stage, "sheets", HEAD + f"1,{EAST},J01,8,2,9\n")
    assert found(upload) == [(2, "round", "第 1 轮“申报中”，不收评分单")]
    assert upload.report["problems"][0]["remedy"] == "请先在轮次页开放评分。"


def test_a_published_round_says_what_to_do(stage):
    stage.publish(play_round(stage))
    upload = hand_in(stage, "sheets", HEAD + f"1,{EAST},J01,8,2,9\n")
    assert found(upload) == [(2, "round", "第 1 轮“已公布”，不收评分单")]
    assert "退回评分" in upload.report["problems"][0]["remedy"]


def test_a_file_over_two_versions_is_read_by_the_version_of_each_round(stage, scored):
    """Round 2 pins a version in which 实绩 goes up to 9 and 满意度 to 9."""
    text = SCHEME.replace("version: 2026-1", "version: 2026-2")
    text = text.replace("name: 实绩, mark: {max: 8", "name: 实绩, mark: {max: 9")
    text = text.replace("name: 满意度, mark: {max: 10", "name: 满意度, mark: {max: 9")
    with tenant_scope(stage.tenant):
        stage.version = publish_version(version=add_version(tenant=stage.tenant, text=text, actor=None), actor=None)
    second = stage.round("2", day=date(2026, 7, 15))
    write(stage, "nominations", f"round,org_code,tier\n2,{EAST},进位\n")
    stage.open(second)
    upload = hand_in(stage, "sheets", HEAD + f"1,{EAST},J01,9,2,10\n2,{EAST},J01,9,2,10\n")
    assert found(upload) == [(2, "a", "“实绩”高于满分 8"), (3, "c", "“满意度”高于满分 9")]
    write(stage, "sheets", HEAD + f"1,{EAST},J01,8,2,10\n2,{EAST},J02,9,2,9\n")
    assert standing(stage) == {(EAST, "J01"): (1, ("8", "2", "10")), (EAST, "J02"): (1, ("9", "2", "9"))}


# --- re-inspections ---

MONTH_HEAD = "month,org_code,inspector,a,b,c\n"


def held(stage):
    """Round 1 published: 杨村 and 赵村 hold 进位, 北坡村 holds 标杆."""
    stage.publish(play_round(stage))
    return stage.entries["杨村"].code, stage.entries["北坡村"].code


def test_a_re_inspection_plans_its_round_and_enters_the_holders(stage):
    kept, lost = held(stage)
    rows = [f"2026年5月,{kept},J01,8,2,9", f"2026/5,{kept},J02,8,2,8"]
    rows += [f"2026-05,{lost},J01,0,0,0", f"2026-05,{lost},J02,5,1,5"]
    upload = hand_in(stage, "reinspections", MONTH_HEAD + "\n".join(rows))
    assert counts(upload) == {"轮次": 1, "新增": 4, "修订": 0, "不变": 0}
    assert upload.report["remarks"][0] == "2026-05 复评将安排在 2026-05-31 并开放评分，2 家持有称号的单位参加。"
    with tenant_scope(stage.tenant):
        assert not Round.objects.filter(kind=RoundKind.REINSPECTION).exists()
    write(stage, "reinspections", MONTH_HEAD + "\n".join(rows))
    with tenant_scope(stage.tenant):
        planned = Round.objects.get(kind=RoundKind.REINSPECTION)
        entered = Nomination.objects.filter(round=planned).values_list("organization__code", "tier")
        assert (planned.label, planned.onsite_date, planned.state) == ("2026-05", date(2026, 5, 31), "scoring")
        assert dict(entered) == {kept: "进位", lost: "标杆"}
        computation = compute_round(round=planned, actor=stage.maker)
        confirmed = confirm_computation(computation=computation, actor=stage.checker)
        publish_computation(computation=confirmed, actor=stage.checker)
        results = Result.objects.filter(computation=computation)
        scores = {r.organization.code: (Fraction(r.score_units, r.score_unit), r.verdict) for r in results}
    assert scores == {kept: (Fraction(37, 2), "awarded"), lost: (Fraction(11, 2), "below_threshold")}
    again = hand_in(stage, "reinspections", MONTH_HEAD + rows[0] + "\n")
    assert found(again) == [(2, "month", "2026-05 复评“已公布”，不收评分单")]


def test_only_holders_are_re_inspected(stage):
    kept, _ = held(stage)
    none = stage.entries["岭后村"].code
    rows = [f"2026-05,{none},J01,8,2,9", f"2026-05,{none},J02,8,2,9", f"2026-02,{kept},J01,8,2,9"]
    rows += [f"春天,{kept},J01,8,2,9", f"2026-05,{kept},J01,8,2,11"]
    text = MONTH_HEAD + "\n".join(rows)
    assert found(hand_in(stage, "reinspections", text)) == [
        (2, "org_code", "这个组织那时没有称号，不能复评"),
        (4, "org_code", "这个组织那时没有称号，不能复评"),
        (5, "month", "不是月份"),
        (6, "c", "“满意度”高于满分 10"),
    ]


def test_a_scheme_without_re_inspection_refuses_them(stage):
    text = SCHEME.replace("version: 2026-1", "version: 2026-3").split("titles:")[0]
    with tenant_scope(stage.tenant):
        stage.version = publish_version(version=add_version(tenant=stage.tenant, text=text, actor=None), actor=None)
    stage.round("1")
    upload = hand_in(stage, "reinspections", MONTH_HEAD + f"2026-05,{EAST},J01,8,2,9\n")
    assert found(upload) == [(None, "", "办法没有规定复评")]


def test_the_pages_offer_columns_and_examples_of_the_newest_scheme(stage, scored):
    from tests.reports.test_books import enter

    page = enter(stage.maker).get("/imports/new/sheets/").content.decode()
    for word in ("导入评分单", "实绩", "满意度", "创建"):
        assert word in page
    template = enter(stage.maker).get("/imports/template/sheets.csv").content.decode("utf-8-sig").splitlines()
    assert template[:2] == ["轮次,组织代码,评委,实绩,规范,满意度", "1,990101001201,J05,8,2,10"]
    assert enter(stage.leader).get("/imports/new/sheets/").status_code == 403
