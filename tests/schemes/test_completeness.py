"""What has to be filled in before anything is computed: by whom, for which period; and words only the scheme allows."""

from fractions import Fraction

import pytest

from schemes import Entry, compute
from schemes.fact_tables import EVENT_COLUMNS, fact_columns, read_events, read_facts
from schemes.intake import build_inputs, read_sheets, sheet_columns
from schemes.problems import ProblemsFound
from schemes.recorded import Facts
from schemes.tables import read_table
from tests.schemes.support import scheme_of

ENTRIES = (Entry("1", "甲", "标杆"), Entry("1", "乙", "标杆"))
VILLAGES = {"when": {"of": "kind", "equals": "村"}, "otherwise": "zero"}


def figure(key, **more):
    return {"key": key, "name": f"{key}项", "mark": {"kind": "figure", "max": "100"}, **more}


def scheme_with(*tree, **blocks):
    return scheme_of(criteria={"tree": list(tree)}, **blocks)


def facts_of(scheme, *lines):
    return read_facts(table(fact_columns(scheme), *lines), scheme, ENTRIES)


def table(columns, *lines):
    return read_table("表", "\n".join(lines).encode(), columns=columns)


def scores(scheme, *lines):
    outcome = compute(scheme, build_inputs(scheme, ENTRIES, None, facts_of(scheme, *lines).facts))
    return {ENTRIES[i].org_code: outcome.score.value(i) for i in range(len(ENTRIES))}


def gaps(scheme, *lines):
    with pytest.raises(ProblemsFound) as found:
        scores(scheme, *lines)
    return [problem.reason for problem in found.value.problems]


def test_nobody_has_to_fill_in_what_does_not_concern_them():
    scheme = scheme_with(figure("a", applies=VILLAGES), figure("b"))
    assert scores(scheme, "组织代码,类别,a,b", "甲,村,40,1", "乙,社区,,2") == {"甲": 41, "乙": 2}


def test_whom_it_concerns_still_has_to():
    scheme = scheme_with(figure("a", applies=VILLAGES), figure("b"))
    assert gaps(scheme, "组织代码,类别,a,b", "甲,村,,1", "乙,社区,,") == [
        "第 1 轮 甲：“a项”没有填写", "第 1 轮 乙：“b项”没有填写"]  # fmt: skip


def test_an_item_that_does_not_concern_somebody_asks_for_none_of_its_criteria():
    item = {"key": "g", "name": "大项", "applies": VILLAGES, "children": [figure("a"), figure("c")]}
    scheme = scheme_with(item, figure("b"))
    assert scores(scheme, "组织代码,类别,a,c,b", "甲,村,40,5,1", "乙,社区,,,2") == {"甲": 46, "乙": 2}


def test_whom_a_ranking_does_not_concern_takes_no_place_in_it_though_the_figure_is_there():
    ranked = {"kind": "rank_points", "points": ["10", "8", "6"]}
    scheme = scheme_with({"key": "a", "name": "收入", "mark": ranked, "applies": VILLAGES})
    assert scores(scheme, "组织代码,类别,a", "甲,村,20", "乙,社区,30") == {"甲": 10, "乙": 0}


def test_criteria_under_a_node_of_periods_are_recorded_for_each_of_them():
    quarter = {"key": "q", "name": "季度", "children": [figure("a")], "over_time": {"periods": ["春", "秋"]}}
    scheme = scheme_with(quarter)
    lines = ("组织代码,考核期,a", "甲,春,40", "甲,秋,50", "乙,春,10", "乙,秋,20")
    assert scores(scheme, *lines) == {"甲": 45, "乙": 15}
    assert gaps(scheme, *lines[:-1]) == ["第 1 轮 乙：“a项”（秋）没有填写"]


def test_each_node_asks_for_its_own_periods_and_only_where_it_refuses_gaps():
    strict = figure("a", over_time={"periods": ["上", "下"]})
    lenient = figure("b", over_time={"periods": ["一", "二"], "missing": "zero", "combine": "sum"})
    scheme = scheme_with(strict, lenient)
    assert scores(scheme, "组织代码,考核期,a,b", "甲,上,4,", "甲,下,6,", "甲,一,,3", "乙,上,1,", "乙,下,2,") == {
        "甲": 8, "乙": Fraction(3, 2)}  # fmt: skip
    assert gaps(scheme, "组织代码,考核期,a,b", "甲,上,4,", "甲,下,6,", "乙,上,1,") == [
        "第 1 轮 乙：“a项”（下）没有填写"
    ]


def test_a_period_that_the_scheme_does_not_have_is_a_problem_in_every_table():
    blocks = {"period": {"start": "2026-01-01", "end": "2026-12-31"}, "events": [{"key": "e", "name": "表彰"}]}
    scheme = scheme_with(figure("a", over_time={"periods": ["上", "下"], "missing": "skip"}), **blocks)
    reason = ["办法里没有这一个"]
    assert [p.reason for p in facts_of(scheme, "组织代码,考核期,a", "甲,下半年,4").problems] == reason
    events = read_events(table(EVENT_COLUMNS, "组织代码,事项,日期,考核期", "甲,表彰,2026-02-01,夏"), scheme, ENTRIES)
    assert [p.reason for p in events.problems] == reason


def test_a_period_means_nothing_to_a_scheme_without_periods():
    assert facts_of(scheme_with(figure("a")), "组织代码,考核期,a", "甲,2026,4").problems == ()


SHEETS = "轮次,组织代码,评委,组别,考核期,党建,服务"
GROUPS = {"kind": "weighted_groups", "groups": {"领导": "50%", "评委": "50%"}}


@pytest.mark.parametrize("group, reasons", [("领导", []), ("评审", ["办法里没有这一个"]), ("", ["没有填写"])])
def test_a_sheet_of_a_group_without_weight_is_a_problem(group, reasons):
    scheme = scheme_of(score=GROUPS)
    read = read_sheets(table(sheet_columns(scheme), SHEETS, f"1,甲,张,{group},,9,9"), scheme, ENTRIES)
    assert [problem.reason for problem in read.problems] == reasons
    assert len(read.inspectors) == 1 - len(reasons)


def test_a_group_means_nothing_where_groups_have_no_weight():
    scheme = scheme_of()
    assert read_sheets(table(sheet_columns(scheme), SHEETS, "1,甲,张,,,9,9"), scheme, ENTRIES).problems == ()


def test_a_mark_may_be_left_out_where_the_item_above_does_not_concern_the_organization():
    item = {
        "key": "g",
        "name": "大项",
        "applies": VILLAGES,
        "children": [{"key": "a", "name": "党建", "mark": {"max": 9}}],
    }
    scheme = scheme_with(item, {"key": "b", "name": "服务", "mark": {"max": 9}})
    sheets = read_sheets(table(sheet_columns(scheme), SHEETS, "1,甲,张,,,8,7", "1,乙,张,,,,6"), scheme, ENTRIES)
    assert sheets.problems == ()
    facts = Facts({("kind", ""): ["村", "社区"]})
    outcome = compute(scheme, build_inputs(scheme, ENTRIES, sheets, facts))
    assert [outcome.score.value(i) for i in range(2)] == [15, 6]


def test_a_criterion_that_does_not_concern_somebody_gives_nothing_though_its_lowest_mark_is_higher():
    first = {"key": "a", "name": "党建", "mark": {"max": 9, "min": 3}, "applies": VILLAGES}
    scheme = scheme_with(first, {"key": "b", "name": "服务", "mark": {"max": 9}})
    sheets = read_sheets(table(sheet_columns(scheme), SHEETS, "1,甲,张,,,8,7", "1,乙,张,,,,6"), scheme, ENTRIES)
    outcome = compute(scheme, build_inputs(scheme, ENTRIES, sheets, Facts({("kind", ""): ["村", "社区"]})))
    assert [outcome.score.value(i) for i in range(2)] == [15, 6]
