"""Reading tables as offices make them: encodings, title rows, merged cells, totals; and what is refused, with where."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from accounts.imports import Column, ImportFailed, Limits, read_table
from schemes.cells import clean, parse_date, parse_decimal, parse_flag, parse_integer

COLUMNS = (
    Column("code", ("代码", "组织代码"), required=True),
    Column("name", ("名称",), required=True),
    Column("count", ("党员数",)),
)
PLAIN = "代码,名称,党员数\n330182,建德市,5\n"
EXPECTED = [(2, {"code": "330182", "name": "建德市", "count": "5"})]


def book(*rows, merge=(), change=None) -> bytes:
    made = Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def problems(data, filename="表.csv", **options):
    with pytest.raises(ImportFailed) as failed:
        read_table(filename, data, columns=COLUMNS, **options)
    return failed.value.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding):
    assert read_table("表.csv", PLAIN.encode(encoding), columns=COLUMNS).rows == EXPECTED


@pytest.mark.parametrize("separator", [",", ";", "\t", "，"])
def test_separators(separator):
    assert read_table("表.csv", PLAIN.replace(",", separator).encode(), columns=COLUMNS).rows == EXPECTED


def test_a_workbook_with_title_merged_cells_totals_and_margins():
    data = book(
        ["附件１"],
        ["建德市党组织汇总表"],
        [None, "组织代码", "名称", "党员数（人）"],
        [None, 330182001, "新安江街道", 5.0],
        [None, None, "洋溪街道　", "１，２３４"],
        [None, "合 计", None, 1239],
        ["填报人：李娜", None, "联系电话：", None],
        [None, None, None, None],
        merge=("A2:D2", "B4:B5"),
    )
    table = read_table("表.xlsx", data, columns=COLUMNS)
    assert table.rows == [
        (4, {"code": "330182001", "name": "新安江街道", "count": "5"}),
        (5, {"code": "330182001", "name": "洋溪街道", "count": "1，234"}),
    ]
    assert table.skipped == [(6, "合 计"), (7, "填报人：李娜")]
    assert parse_integer(table.rows[1][1]["count"]) == 1234


def test_only_merged_cells_repeat_downwards():
    data = book(["代码", "名称"], ["330182", "甲"], [None, "乙"])
    assert [values["code"] for _, values in read_table("表.xlsx", data, columns=COLUMNS).rows] == ["330182", ""]


def test_the_sheet_that_fits_is_read():
    def second(made):
        sheet = made.create_sheet("名单")
        sheet.append(["代码", "名称"])
        sheet.append(["330182", "建德市"])

    table = read_table("表.xlsx", book(["说明"], ["请看下一张表"], change=second), columns=COLUMNS)
    assert (table.sheet, table.file) == ("名单", "表.xlsx（名单）")


def test_a_quoted_cell_with_line_breaks_keeps_line_numbers():
    data = '代码,名称\n330182,"建德\n市"\n330183,乙\n'.encode()
    assert [line for line, _ in read_table("表.csv", data, columns=COLUMNS).rows] == [2, 4]


def test_a_name_on_the_wrong_suffix_is_read_by_content():
    assert read_table("表.csv", book(["代码", "名称"], ["1", "甲"]), columns=COLUMNS).rows[0][1]["name"] == "甲"


def test_missing_and_doubled_columns_are_told_together():
    found = problems("代码,组织代码,党员数\n1,2,3\n".encode())
    assert [(p.row, p.column, p.reason) for p in found] == [
        (1, "代码", "这一列出现了不止一次。"),
        (1, "名称", "缺少这一列。"),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "文件是空的。"),
        (b"\n\n , \n", "文件是空的。"),
        (b"%PDF-1.7\x00\x01\x02", "文件不是表格"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "文件不是表格"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 4000, "文件不是表格，或已损坏、加了密码"),
        (book(["代码"])[:3000], "文件不完整或已损坏"),
        (b"PK\x03\x04garbage", "文件不完整或已损坏"),
    ],
)
def test_what_is_no_table_is_refused_with_a_remedy(data, reason):
    (problem,) = problems(data)
    assert problem.reason.startswith(reason)
    assert problem.remedy.startswith(("请", "请在"))
    assert problem.file == "表.csv"


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


BOOK = {"xl/workbook.xml": b"<workbook/>"}


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (BOOK | {"xl/worksheets/sheet1.xml": b" " * 250_000_000}, "解开后有 238 MB"),
        (BOOK | {"xl/worksheets/sheet1.xml": b" " * 30_000_000}, "解开后有 28 MB"),
        (BOOK | {f"xl/{n}.xml": b"" for n in range(2001)}, "压缩包里有 2002 个文件"),
        (BOOK | {"xl/vbaProject.bin": b"x"}, "工作簿含有宏。"),
        (BOOK | {"xl/externalLinks/externalLink1.xml": b"<x/>"}, "工作簿链接了其他文件。"),
        (BOOK | {"xl/styles.xml": b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'}, "工作簿里有外部实体定义。"),
        ({"word/document.xml": b"<w/>"}, "压缩包里没有工作簿。"),
    ],
)
def test_dangerous_archives_are_refused_before_they_are_opened(files, reason):
    (problem,) = problems(archive(files), "表.xlsx")
    assert problem.reason.startswith(reason)


def test_a_directory_that_lies_about_the_size_is_refused():
    data = bytearray(archive(BOOK | {"xl/worksheets/sheet1.xml": b"a" * 5_000_000}))
    size = (5_000_000).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (10).to_bytes(4, "little")
    (problem,) = problems(bytes(data), "表.xlsx")
    assert problem.reason == "压缩包目录与内容不符。"


def test_one_cell_far_away_does_not_make_a_sheet_of_gigabytes():
    def far(made):
        made.active["XFD1048576"] = 1

    (problem,) = problems(book(["代码", "名称"], change=far), "表.xlsx")
    assert problem.reason.startswith("表格到了第 1048576 行")


def test_a_formula_that_was_never_computed_is_not_an_empty_cell():
    (problem,) = problems(book(["代码", "名称", "党员数"], ["1", "甲", "=1+1"]), "表.xlsx")
    assert "C2" in problem.reason
    assert "保存一次" in problem.remedy


def test_too_large_and_too_long():
    assert problems(PLAIN.encode(), limits=Limits(size=10))[0].reason.startswith("文件有 0.0 MB")
    assert problems((PLAIN * 3).encode(), limits=Limits(rows=2))[0].reason.startswith("共 5 行")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None),
        ("5", "5"),
        ("1,234.50", "1234.50"),
        ("９２．５ 分", "92.5"),
        ("+3", "3"),
        ("−0.5", "-0.5"),
        ("0.9万元", "0.9"),
    ],
)
def test_numbers(text, number):
    assert parse_decimal(clean(text)) == (None if number is None else Decimal(number))


@pytest.mark.parametrize("text", ["=1+1", "甲", "1,23", "12.", "5-6", "80%", "1 2"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="不是数"):
        parse_decimal(text)


def test_floats_of_a_workbook_are_read_as_they_were_typed():
    assert [clean(value) for value in (5.0, 83.6, 330182001202.0, 0.1)] == ["5", "83.6", "330182001202", "0.1"]


def test_flags_and_dates():
    assert [parse_flag(word) for word in ("是", "否", "√", "0", "")] == [True, False, True, False, None]
    assert {parse_date(text) for text in ("2022-08-01", "2022/8/1", "2022.8.1", "2022年8月1日")} == {date(2022, 8, 1)}
    with pytest.raises(ValueError, match="没有这一天"):
        parse_date("2022-02-30")
    with pytest.raises(ValueError, match="不是“是”或“否”"):
        parse_flag("也许")
