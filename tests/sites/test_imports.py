"""Importing inspectors and guidance visits."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.enums import Role
from accounts.models import AuditEntry, tenant_scope
from sites.models import GuidanceVisit, Inspector, PanelMember
from sites.services.inspectors import link_inspector
from sites.services.panels import add_to_panel
from tests import factories
from tests.imports import counts, found, hand_in, write
from tests.reports.results_stage import make_stage, play_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def stage(db):
    return make_stage()


def roster(stage):
    with tenant_scope(stage.tenant):
        return {row.number: (row.name, row.home.code) for row in Inspector.objects.select_related("home")}


def test_new_ones_are_added_and_known_ones_follow_the_file(stage):
    text = "编号,姓名,所在单位代码\nJ01,赵评委,330182\nJ02,钱二,330182101\nJ20,吴评委,330182101\n"
    assert counts(hand_in(stage, "inspectors", text)) == {"行": 3, "新增": 1, "更改": 1, "不变": 1}
    write(stage, "inspectors", text, encoding="gbk")
    now = roster(stage)
    assert (now["J02"], now["J20"], now["J04"]) == (
        ("钱二", "330182101"),
        ("吴评委", "330182101"),
        ("周评委", "330182102"),
    )
    with tenant_scope(stage.tenant):
        assert AuditEntry.objects.get(verb="写入评委").new["numbers"] == ["J20", "J02"]


def test_an_empty_cell_leaves_what_is_known(stage):
    write(stage, "inspectors", "inspector,name,home_code\nJ04,,\n")
    assert roster(stage)["J04"] == ("周评委", "330182102")


def test_every_problem_of_a_roster(stage):
    before = roster(stage)
    text = (
        "inspector,name,home_code\nJ21,,330182\nJ22,甲,999\nJ23,乙,\n,丙,330182\nJ01,赵评委,330182\nJ01,另一人,330182\n"
    )
    assert found(hand_in(stage, "inspectors", text)) == [
        (2, "name", "没有填写姓名，或超过 40 字"),
        (3, "home_code", "没有这个单位"),
        (4, "home_code", "没有填写所在单位；评委要回避所在乡镇（街道）"),
        (5, "inspector", "没有填写"),
        (7, "inspector", "与第 6 行编号相同，内容不同"),
    ]
    assert roster(stage) == before


def test_an_account_belongs_to_one_inspector(stage):
    person = factories.make_person(stage.tenant, Role.INSPECTOR)
    with tenant_scope(stage.tenant):
        assert link_inspector(inspector=stage.inspectors[0], user=person, actor=stage.maker).user == person
        with pytest.raises(ValidationError, match="已对应评委 J01"):
            link_inspector(inspector=stage.inspectors[1], user=person, actor=stage.maker)
        with pytest.raises(ValidationError, match="没有评委角色"):
            link_inspector(inspector=stage.inspectors[1], user=stage.leader, actor=stage.maker)


def test_a_sealed_rounds_panel_stands(stage):
    computation = play_round(stage)
    with tenant_scope(stage.tenant):
        with pytest.raises(ValidationError, match="不能再改评委组"):
            add_to_panel(round=computation.round, inspectors=stage.inspectors, actor=stage.maker)
        later = stage.round("2")
        assert add_to_panel(round=later, inspectors=stage.inspectors[:2], actor=stage.maker) == 2
        assert add_to_panel(round=later, inspectors=stage.inspectors[:3], actor=stage.maker) == 1
        assert PanelMember.objects.filter(round=later).count() == 3


HEAD = "round,township_code,org_code,date,problems_solved\n"
VISIT = "1,330182101,330182101201,2026-03-01,2\n"


def visits(stage):
    with tenant_scope(stage.tenant):
        return sorted(GuidanceVisit.objects.values_list("organization__code", "on", "problems_solved"))


def test_several_visits_of_a_day_are_several_and_importing_again_adds_none(stage):
    stage.round("1")
    text = HEAD + VISIT + VISIT + "第1轮,330182102,330182102201,2026年3月2日,0\n"
    write(stage, "guidance", text)
    day = date(2026, 3, 1)
    known = [("330182101201", day, 2), ("330182101201", day, 2), ("330182102201", date(2026, 3, 2), 0)]
    assert visits(stage) == known
    assert counts(hand_in(stage, "guidance", text, filename="再次.csv")) == {"行": 3, "新增": 0, "不变": 3}
    write(stage, "guidance", text + VISIT)
    assert len(visits(stage)) == 4


def test_every_problem_of_a_visit(stage):
    stage.round("1")
    text = (
        HEAD + "9,330182101,330182101201,2026-03-01,2\n1,330182101,330182102201,2026-03-01,2\n"
        "1,330182101201,330182101201,2026-03-01,2\n1,330182101,999,,\n1,330182101,330182101201,昨天,半个\n"
    )
    assert found(hand_in(stage, "guidance", text)) == [
        (2, "round", "活动里没有这一轮（共 1 行）"),
        (3, "org_code", "“岭后村”不在东溪镇"),
        (4, "township_code", "没有这个乡镇（街道）"),
        (5, "org_code", "没有这个组织"),
        (5, "date", "没有填写"),
        (5, "problems_solved", "没有填写；没有填写不等于 0"),
        (6, "date", "不是日期"),
        (6, "problems_solved", "不是数"),
    ]
    assert visits(stage) == []
