"""Criteria sheets as offices have them: merged cells, titles across, lines of rules, other words for the columns."""

import io
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from schemes.criteria_merge import merge_criteria
from schemes.criteria_rows import criteria_rows, stated_total, total_of, with_rows
from schemes.criteria_table import read_criteria_table
from schemes.tables import ImportFailed


def book(rows, merged=()):
    """An .xlsx of rows; ``merged`` ranges keep the value of their first cell only."""
    workbook = Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def csv(*lines):
    return "\n".join(lines).encode()


def read(data, name="标准.xlsx", **options):
    return read_criteria_table(name, data, **options)


def told(table):
    return [(item.name, [(each.name, each.points) for each in item.criteria]) for item in table.items]


def problems(data, name="标准.csv"):
    with pytest.raises(ImportFailed) as failed:
        read(data, name)
    return [(each.row, each.column, each.value, each.reason) for each in failed.value.problems]


USUAL = [
    ["附件1"],
    ["村党组织考核标准"],
    ["考评项目", "考核内容", "分值", "评分细则", "考评方式"],
    ["一、组织建设（9分）", "班子健全", 5, "缺一人扣 1 分。", "查阅资料"],
    [None, "三会一课", 4, "少一次扣 0.5 分，扣完为止。", None],
    ["二、服务群众", "民生实事", 6, "每件 1 分。", "走访座谈"],
    ["合计", None, 15, None, None],
]
MERGED = ("A1:E1", "A2:E2", "A4:A5", "E4:E5", "A7:B7")


def test_the_usual_sheet():
    table = read(book(USUAL, MERGED))
    assert told(table) == [("组织建设", [("班子健全", 5), ("三会一课", 4)]), ("服务群众", [("民生实事", 6)])]
    first = table.items[0].criteria[0]
    assert (first.guidance, first.step, first.line) == ("缺一人扣 1 分。\n考评方式：查阅资料", Fraction(1, 2), 4)
    assert table.items[0].criteria[1].guidance == "少一次扣 0.5 分，扣完为止。\n考评方式：查阅资料"
    assert table.total == 15 and table.notes == ()


@pytest.mark.parametrize("header", [
    "考核项目,考核内容,标准分,考核办法",
    "项目,评定标准,分值,评分细则",
    "考评指标,内容,分值,考核标准",
    "项 目,考评内容,满分（分）,计分办法",
])  # fmt: skip
def test_other_words_for_the_columns(header):
    table = read(csv(header, "党建,三会一课,４ 分,少一次扣一分", ",主题党日,6,"), "标准.csv")
    assert told(table) == [("党建", [("三会一课", 4), ("主题党日", 6)])]


def test_several_lines_of_rules_under_one_figure():
    rows = [
        ["项目", "内容", "分值", "评分细则"],
        ["党建", "班子", 10, "缺一人扣 2 分"],
        [None, None, None, "不团结扣 5 分"],
        [None, "阵地", 5, "无场所不得分"],
    ]
    table = read(book(rows, ("A2:A4", "B2:B3", "C2:C3")))
    assert told(table) == [("党建", [("班子", 10), ("阵地", 5)])]
    assert table.criteria[0].guidance == "缺一人扣 2 分\n不团结扣 5 分"


def test_equal_figures_that_are_not_merged_are_figures_of_their_own():
    rows = [["项目", "内容", "分值"], ["党建", "班子", 5], [None, "阵地", 5]]
    assert read(book(rows, ("A2:A3",))).total == 10


def test_one_merged_figure_for_several_criteria_is_refused():
    rows = [["项目", "内容", "分值"], ["党建", "班子", 10], [None, "阵地", None]]
    assert problems(book(rows, ("A2:A3", "C2:C3")), "标准.xlsx") == [(3, "分值", "10", "与第 2 行合用一个分值")]


def test_titles_across_the_row_open_items():
    rows = [
        ["内容", "分值", "评分细则"],
        ["一、组织建设（5分）", None, None],
        ["班子健全", 5, None],
        ["二、作用发挥（8分）", None, None],
        ["服务群众", 7, None],
    ]
    table = read(book(rows, ("A2:C2", "A4:C4")))
    assert told(table) == [("组织建设", [("班子健全", 5)]), ("作用发挥", [("服务群众", 7)])]
    assert [(note.row, note.reason, note.severity) for note in table.notes] == [
        (5 - 1, "写明 8 分，下面各条合计 7 分", "warning")
    ]


def test_without_contents_an_item_with_one_figure_is_a_criterion():
    """考评项目|标准分|评分细则|考评方式: an item with several figures has criteria named after their rules."""
    rows = [
        ["考评项目", "标准分", "评分细则"],
        ["领导班子", 15, "不按期换届扣 5 分"],
        [None, None, "班子不健全扣 5 分"],
        ["活动阵地", 10, "有场所的得 10 分，没有的不得分"],
        [None, 5, "设施齐全"],
    ]
    table = read(book(rows, ("A2:A3", "B2:B3", "A4:A5")))
    assert told(table) == [("领导班子", [("领导班子", 15)]), ("活动阵地", [("有场所的得 10 分", 10), ("设施齐全", 5)])]
    assert [note.row for note in table.notes] == [4, 5]


def test_every_problem_with_its_row_and_column():
    data = csv("项目,内容,分值", "党建,班子,五分", ",阵地,", ",经费,-2", ",活动,2.3", ",制度,10-20")
    assert problems(data) == [
        (2, "分值", "五分", "不是数"),
        (3, "分值", "", "缺少分值"),
        (4, "分值", "-2", "应大于 0"),
        (5, "分值", "2.3", "不是每档 0.5 分的整数倍"),
        (6, "分值", "10-20", "不是数"),
    ]


def test_formulas_are_their_figures_or_refused():
    assert problems(csv("项目,内容,分值", "党建,班子,=2+3")) == [(2, "分值", "=2+3", "是公式，不是数")]


def test_a_sheet_without_figures_is_refused():
    assert problems(csv("项目,内容", "党建,班子")) == [(1, "分值", "", "缺少这一列。")]
    assert problems(csv("项目,内容,分值")) == [(None, "", "", "没有读到标准")]


def test_a_total_that_is_not_the_sum_is_noted():
    table = read(csv("项目,内容,分值", "党建,班子,5", "合计,,100"), "标准.csv")
    assert [(note.row, note.reason) for note in table.notes] == [(3, "合计写 100 分，各条相加为 5 分")]


def test_steps_of_the_sheet_and_of_the_form():
    table = read(csv("内容,分值,每档", "班子,3,1", "阵地,3,"), "标准.csv", step=Fraction(3, 2))
    assert [each.step for each in table.criteria] == [1, Fraction(3, 2)]


def test_long_contents_are_cut_to_a_name_and_kept():
    long = "按照规定召开支部党员大会、支部委员会、党小组会并按时上好党课，记录完整，归档及时，有据可查，参会率达到百分之八十以上"
    table = read(book([["内容", "分值"], [f"1.{long}", 5]]))
    assert table.criteria[0].name == "按照规定召开支部党员大会、支部委员会、党小组会并按时上好党课"
    assert table.criteria[0].guidance == f"1.{long}"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    try:
        read(data)
    except ImportFailed as failed:
        assert all(each.reason for each in failed.problems)


# --- into the draft ------------------------------------------------------------------------------

DRAFT = {
    "criteria": {
        "full_marks": "15",
        "tree": [
            {"key": "party", "name": "组织建设", "clause": "第一条", "children": [
                {"key": "c07", "name": "三会一课", "mark": {"max": "3", "step": "0.5"}, "weight": "50%"},
                {"key": "c08", "name": "发展党员", "mark": {"max": "2"}},
            ]},
            {"key": "serve", "name": "民生实事", "mark": {"kind": "yes_no", "max": "6"}},
        ],
    }
}  # fmt: skip


def test_same_names_keep_their_keys_and_rules():
    merged = merge_criteria(DRAFT, read(book(USUAL, MERGED)))
    party, serve = merged.tree
    assert (party["key"], party["clause"], party["name"]) == ("party", "第一条", "组织建设")
    assert [(node["key"], node["name"], node["mark"]) for node in party["children"]] == [
        ("c01", "班子健全", {"max": "5", "step": "0.5"}),
        ("c07", "三会一课", {"max": "4", "step": "0.5"}),
    ]
    assert party["children"][1]["weight"] == "50%"
    assert serve["children"][0]["key"] == "serve" and serve["children"][0]["mark"] == {"kind": "yes_no", "max": "6"}
    assert (merged.added, merged.removed, merged.kept) == (("班子健全",), ("发展党员",), 0)
    assert merged.changed == ("三会一课", "民生实事")


def test_importing_again_changes_nothing():
    table = read(book(USUAL, MERGED))
    once = merge_criteria(DRAFT, table)
    again = merge_criteria({"criteria": {"tree": once.tree}}, table)
    assert (again.tree, again.added, again.changed, again.removed, again.kept) == (once.tree, (), (), (), 3)


# --- the table on the page -----------------------------------------------------------------------


def test_rows_are_worth_what_the_engine_says():
    rows = criteria_rows(DRAFT)
    assert [(row.id, row.name, row.points, row.step, row.full_text) for row in rows] == [
        ("0", "组织建设", None, None, "3.5"),
        ("0-0", "三会一课", "3", "0.5", "1.5"),
        ("0-1", "发展党员", "2", "", "2"),
        ("1", "民生实事", "6", None, "6"),
    ]
    assert (total_of(rows), stated_total(DRAFT)) == (Fraction(19, 2), 15)


def test_what_cannot_be_read_yet_counts_as_far_as_it_goes():
    tree = with_rows(DRAFT, [((0, 1), "max", "两分"), ((1,), "name", ""), ((0, 0), "step", ""), ((9,), "name", "无")])
    rows = criteria_rows(tree)
    assert [(row.name, row.points, row.full_text) for row in rows] == [
        ("组织建设", None, "1.5"), ("三会一课", "3", "1.5"), ("发展党员", "两分", ""), ("", "6", "6"),
    ]  # fmt: skip
    assert tree["criteria"]["tree"][0]["children"][0]["mark"] == {"max": "3"}
    assert DRAFT["criteria"]["tree"][0]["children"][1]["mark"] == {"max": "2"}
