"""Rows of people's tables as entries and sheets: what is accepted, and every problem with its row and remedy."""

from fractions import Fraction

import pytest

from schemes import Entry
from schemes.intake import (
    INSPECTOR_COLUMNS,
    NOMINATION_COLUMNS,
    build_inputs,
    of_round,
    read_inspectors,
    read_nominations,
    read_sheets,
    round_name,
    round_order,
    sheet_columns,
    township_map,
)
from schemes.notes import MOST_PROBLEMS
from schemes.rules.marking.base import parse_mark
from schemes.tables import read_table
from tests.schemes.support import scheme_of

SCHEME = scheme_of(tiers=[{"name": "标杆"}, {"name": "进位"}])
ENTRIES = (Entry("1", "V1", "标杆"), Entry("1", "V2", "进位"))
HEAD = "轮次,组织代码,评委,党建,服务"


def table(text, columns):
    return read_table("表.csv", text.encode(), columns=columns)


def nominations(*rows, head="轮次,组织代码,申报等次,一票否决", **known):
    return read_nominations(table("\n".join([head, *rows]), NOMINATION_COLUMNS), SCHEME, **known)


def sheets(*rows, head=HEAD, scheme=SCHEME, entries=ENTRIES, **known):
    return read_sheets(table("\n".join([head, *rows]), sheet_columns(scheme)), scheme, entries, **known)


def said(found):
    return [str(problem) for problem in found.problems]


@pytest.mark.parametrize(
    "text, name",
    [("1", "1"), ("第1轮", "1"), ("第 1 轮", "1"), ("1.0", "1"), ("01", "1"), ("１", "1"), ("第１轮次", "1"), ("第一轮", "1"),
     ("第十轮", "10"), ("第十一轮", "11"), ("第二十轮", "20"), ("第九十九批", "99"), ("2", "2"), ("2021春", "2021春"),
     ("第轮", "第轮"), ("2022-05", "2022-05"), ("", "")],
)  # fmt: skip
def test_round_names(text, name):
    assert round_name(text) == name


def test_rounds_are_in_order_of_number_then_of_name():
    assert sorted(["10", "春季", "9", "2", "冬季"], key=round_order) == ["2", "9", "10", "冬季", "春季"]


@pytest.mark.parametrize(
    "text, mark",
    [("4", 4), ("4.5", "9/2"), ("４．５", "9/2"), ("4.5 分", "9/2"), ("4.5分", "9/2"), (" 4 ", 4), ("0", 0),
     ("0.10", "1/10"),
     (".5", "1/2"), ("+3", 3), ("-1", -1), ("−1", -1), ("007", 7)],
)  # fmt: skip
def test_marks_that_are_read(text, mark):
    assert parse_mark(text) == Fraction(mark)


@pytest.mark.parametrize(
    "text",
    ["四", "4.", "4,5", "4..5", "4 5", "1e1", "nan", "inf", "4/5", "40%", "=1+1", "4.5o", "优", "9" * 30, "4分5", "-"],
)
def test_marks_that_are_refused(text):
    with pytest.raises(ValueError, match="不是数"):
        parse_mark(text)


def test_nominations_in_either_language_of_heads():
    chinese = nominations("第1轮,V1,标杆,", "1,V2,“进位”,是")
    english = nominations("1.0,V1,标杆,0", "１,V2,进位,1", head="round,org_code,tier,vetoed")
    assert chinese.entries == english.entries == (Entry("1", "V1", "标杆"), Entry("1", "V2", "进位", True))
    assert chinese.problems == english.problems == ()
    assert chinese.lines == (2, 3)


def test_nominations_without_a_veto_column_are_not_vetoed():
    assert nominations("1,V1,标杆", head="轮次,组织代码,等次").entries == (Entry("1", "V1", "标杆"),)


def test_every_problem_of_nominations_at_once():
    found = nominations(
        "1,V1,标杆,0", "1,V2,标兵,0", ",V3,标杆,0", "1,,标杆,0", "1,V4,,0", "1,V5,标杆,也许", "1,V9,标杆,0",
        organizations={"V1", "V2", "V3", "V4", "V5"},
    )  # fmt: skip
    assert said(found) == [
        "表.csv，第 3 行，“申报等次”列：办法里没有这个等次（现为“标兵”）。可用：标杆、进位。",
        "表.csv，第 4 行，“轮次”列：没有填写。请填写。",
        "表.csv，第 5 行，“组织代码”列：没有填写。请填写。",
        "表.csv，第 6 行，“申报等次”列：没有填写。请填写。",
        "表.csv，第 7 行，“一票否决”列：不是“是”或“否”（现为“也许”）。请填 1 或 0、是或否；没有否决的可以留空。",
        "表.csv，第 8 行，“组织代码”列：没有这个组织（现为“V9”）。请核对代码，或先登记这个组织。",
    ]
    assert found.entries == (Entry("1", "V1", "标杆"),)


def test_the_same_nomination_twice_is_a_note_another_one_a_problem():
    found = nominations("1,V1,标杆,0", "第1轮,V1,标杆,", "1,V1,进位,0", "2,V1,进位,0")
    assert [problem.severity for problem in found.problems] == ["warning", "error"]
    assert said(found) == [
        "表.csv，第 3 行，“组织代码”列：第 1 轮已在第 2 行申报，内容相同，只算一次（现为“V1”）。可以删去这一行。",
        "表.csv，第 4 行，“组织代码”列：第 1 轮已在第 2 行申报，内容不同（现为“V1”）。请只留正确的一行。",
    ]
    assert found.entries == (Entry("1", "V1", "标杆"), Entry("2", "V1", "进位"))


def test_inspectors():
    rows = "评委,姓名,所属乡镇代码\nJ1,甲,T1\nJ2,乙,\nJ1,丙,T1\n,丁,T2\nJ2,乙,"
    found = read_inspectors(table(rows, INSPECTOR_COLUMNS))
    assert (found.names, found.homes) == ({"J1": "甲", "J2": "乙"}, {"J1": "T1"})
    assert said(found) == [
        "表.csv，第 4 行，“评委”列：与第 2 行编号相同，内容不同（现为“J1”）。请只留正确的一行。",
        "表.csv，第 5 行，“评委”列：没有填写。请填写评委编号。",
    ]


def test_sheets_become_arrays_in_steps():
    found = sheets("1,V1,J1,10,９．５", "第1轮,V2,J1,0,0.5 分", "1,V1,J2, 3 ,4")
    assert found.problems == ()
    assert found.marks.tolist() == [[20, 19], [0, 1], [6, 8]] and found.marks.dtype == "u1"
    assert found.entry_index.tolist() == [0, 1, 0]
    assert (found.inspectors, found.lines.tolist()) == (["J1", "J1", "J2"], [2, 3, 4])
    assert len(build_inputs(SCHEME, ENTRIES, found)) == 2


def test_sheets_by_keys_of_the_criteria():
    assert sheets("1,V1,J1,1,2", head="round,org_code,inspector,a,b").marks.tolist() == [[2, 4]]


def test_a_criterion_name_that_two_criteria_share_is_not_a_column_head():
    tree = {"tree": [{"key": k, "name": "其他", "mark": {"max": "5"}} for k in "ab"]}
    assert [column.names for column in sheet_columns(scheme_of(criteria=tree))[-2:]] == [(), ()]


def test_every_problem_of_sheets_at_once():
    found = sheets(
        "1,V1,J1,10.5,4.3", "1,V1,J2,-0.5,", "1,V1,J3,优,=1+1", "1,V9,J1,5,5", "3,V1,J1,5,5", "1,V1,,5,5",
        "1,V1,J9,5,5", "1,V2,J1,5,5", ",,J1,5,5",
        inspectors={"J1", "J2", "J3"},
    )  # fmt: skip
    assert said(found) == [
        "表.csv，第 2 行，“党建”列：高于满分 10（现为“10.5”）。请填 0 至 10，每档 0.5。",
        "表.csv，第 2 行，“服务”列：不合分档，应为 0.5 的倍数（现为“4.3”）。请填 0 至 10，每档 0.5。",
        "表.csv，第 3 行，“党建”列：低于最低分 0（现为“-0.5”）。请填 0 至 10，每档 0.5。",
        "表.csv，第 3 行，“服务”列：没有打分。请补上；没有打分不等于零分。",
        "表.csv，第 4 行，“党建”列：不是数（现为“优”）。请填 0 至 10，每档 0.5。",
        "表.csv，第 4 行，“服务”列：是公式，不是数（现为“=1+1”）。请填 0 至 10，每档 0.5。",
        "表.csv，第 5 行，“组织代码”列：这个组织没有申报第 1 轮（现为“V9”）。请核对代码与轮次，或补上申报。",
        "表.csv，第 6 行，“轮次”列：第 3 轮没有申报（现为“3”）。请核对轮次。",
        "表.csv，第 7 行，“评委”列：没有填写。请填写评委编号。",
        "表.csv，第 8 行，“评委”列：名册里没有这位评委（现为“J9”）。请核对编号，或先登记这位评委。",
        "表.csv，第 10 行，“轮次”列：没有填写。请填写。",
        "表.csv，第 10 行，“组织代码”列：没有填写。请填写。",
    ]
    assert found.lines.tolist() == [9]


def test_a_problem_under_a_key_names_the_criterion_too():
    found = sheets("1,V1,J1,11,5", head="round,org_code,inspector,a,b")
    assert said(found) == ["表.csv，第 2 行，“a”列：“党建”高于满分 10（现为“11”）。请填 0 至 10，每档 0.5。"]


def test_steps_above_a_minimum():
    scheme = scheme_of(criteria={"tree": [{"key": "a", "name": "党建", "mark": {"min": "1", "max": "7", "step": "2"}}]})
    found = sheets("1,V1,J1,3", "1,V1,J2,4", "1,V1,J3,0", head="轮次,组织代码,评委,党建", scheme=scheme)
    assert found.marks.tolist() == [[1]]
    assert said(found) == [
        "表.csv，第 3 行，“党建”列：不合分档，应从 1 分起每 2 分一档（现为“4”）。请填 1 至 7，每档 2。",
        "表.csv，第 4 行，“党建”列：低于最低分 1（现为“0”）。请填 1 至 7，每档 2。",
    ]


def test_the_same_sheet_twice_counts_once_another_one_is_a_problem_naming_both_rows():
    found = sheets("1,V1,J1,5,5", "1,V1,J1,5.0,５", "1,V1,J1,5,5.5", "1,V2,J1,5,5.5")
    assert [problem.severity for problem in found.problems] == ["warning", "error"]
    assert said(found) == [
        "表.csv，第 3 行，“评委”列：这位评委已在第 2 行给同一组织打分，分数相同，只算一份（现为“J1”）。可以删去这一行。",
        "表.csv，第 4 行，“评委”列：这位评委已在第 2 行给同一组织打分，分数不同（现为“J1”）。请只留正确的一行。",
    ]
    assert found.lines.tolist() == [2, 5]


def test_a_recused_inspector_is_refused_where_homes_and_townships_are_known():
    places = {"homes": {"J1": "T1", "J2": "T2"}, "township_of": {"V1": "T1", "V2": "T2"}}
    found = sheets("1,V1,J1,5,5", "1,V1,J2,5,5", "1,V2,J3,5,5", **places)
    assert said(found) == [
        "表.csv，第 2 行，“评委”列：这位评委应回避本乡镇（街道）的组织 V1（现为“J1”）。请删去这份评分单。"
    ]
    assert found.lines.tolist() == [3, 4]
    free = scheme_of(panel={"recusal": "none"})
    assert sheets("1,V1,J1,5,5", scheme=free, **places).problems == ()


def test_a_file_of_another_scheme_ends_in_a_bounded_list():
    rows = [f"1,V1,J{i},99,99" for i in range(3_000)]
    found = sheets(*rows)
    assert len(found.problems) == MOST_PROBLEMS + 1
    assert said(found)[-1] == "表.csv：另有 1000 处问题，没有一一列出。请先改正以上各处，再重新检查。"


def test_only_one_round_of_a_table():
    whole = table("\n".join([HEAD, "1,V1,J1,5,5", "第2轮,V1,J1,5,5", "2.0,V2,J1,5,5"]), sheet_columns(SCHEME))
    assert [line for line, _ in of_round(whole, "第二轮").rows] == [3, 4]


def test_townships_are_found_upwards():
    rows = [
        {"code": "C", "kind": "county", "parent_code": ""},
        {"code": "T1", "kind": "township", "parent_code": "C"},
        {"code": "V1", "kind": "village", "parent_code": "T1"},
        {"code": "N1", "kind": "two_new", "parent_code": "V1"},
        {"code": "X", "kind": "village", "parent_code": "T9"},
        {"code": "L1", "kind": "village", "parent_code": "L2"},
        {"code": "L2", "kind": "village", "parent_code": "L1"},
    ]
    assert township_map(rows) == {"T1": "T1", "V1": "T1", "N1": "T1", "X": "T9", "L1": "L2", "L2": "L1"}
