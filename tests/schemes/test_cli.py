"""The command line as a person uses it: other processes, real files, exit codes, sentences, and never a traceback."""

import csv
import io
import json
import os
import stat
import subprocess
import sys

import openpyxl
import pytest

from tests.schemes.support import DATA, ROOT, document, text_of

ALL = {
    "--nominations": DATA / "nominations.csv",
    "--sheets": DATA / "sheets.csv",
    "--inspectors": DATA / "inspectors.csv",
    "--organizations": DATA / "organizations.csv",
}


def run(*arguments, **options):
    command = [sys.executable, "-m", "schemes", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, timeout=120, env=environment, **options)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in done.err, done.err
    return done


def files(**changed):
    """Options naming Jiande's files, some of them replaced (None leaves one out)."""
    named = ALL | {f"--{key}": path for key, path in changed.items()}
    return [part for key, path in named.items() if path is not None for part in (key, path)]


@pytest.fixture
def small(tmp_path):
    """A small county: scheme and files in a folder, as texts that a test may change before it runs."""
    (tmp_path / "办法.yaml").write_text(
        text_of(document(tiers=[{"name": "标杆", "threshold": "15"}])), encoding="utf-8"
    )
    (tmp_path / "申报.csv").write_text("轮次,组织代码,等次\n1,V1,标杆\n1,V2,标杆\n", encoding="utf-8")
    (tmp_path / "评分.csv").write_text("轮次,组织代码,评委,党建,服务\n1,V1,J1,8,7\n1,V2,J1,8,6.5\n", encoding="utf-8")
    return tmp_path


def compute(folder, *more, nominations="申报.csv", sheets="评分.csv", out="结果.csv"):
    options = ["--nominations", nominations, "--sheets", sheets, "--out", out, *more]
    return run("compute", "办法.yaml", *options, cwd=folder)


def test_jiande_is_computed_as_expected_and_in_order(tmp_path):
    out = tmp_path / "结果.csv"
    done = run("compute", "jiande", *files(), "--out", out)
    assert (done.returncode, done.out, done.err) == (0, "", "")
    text = out.read_bytes()
    assert text.startswith(b"round,org_code,tier,score,rank,outcome\n") and b"\r" not in text
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8"))))
    expected = json.loads((ROOT / "tests" / "data" / "jiande" / "expected.json").read_text(encoding="utf-8"))
    wanted = [
        (str(g["round"]), r["org"], g["tier"], r["score"] or "", str(r["rank"] or ""), r["outcome"])
        for g in expected["rounds"]
        for r in g["results"]
    ]
    found = [tuple(row.values()) for row in rows]
    assert sorted(found) == sorted(wanted)
    order = {"标杆": 0, "进位": 1}
    assert found == sorted(found, key=lambda r: (int(r[0]), order[r[2]], int(r[4] or 10**9), r[1]))
    assert [path.name for path in tmp_path.iterdir()] == ["结果.csv"]


def test_one_round_to_the_screen():
    done = run("compute", "jiande", *files(), "--round", "第11轮", "--out", "-")
    rows = list(csv.reader(io.StringIO(done.out)))
    assert done.returncode == 0 and {row[0] for row in rows[1:]} == {"11"}


def test_json_carries_the_digests(small):
    done = compute(small, "--json", out="-")
    found = json.loads(done.out)
    assert [(e["org_code"], e["score"], e["rank"], e["outcome"]) for e in found["entries"]] == [
        ("V1", "15", 1, "awarded"),
        ("V2", "14.5", 2, "below_threshold"),
    ]
    assert {len(found[key]) for key in ("inputs_digest", "outcome_digest")} == {64}
    assert found["groups"][0]["elimination_rate"] == "0.5"


def test_check_describe_and_their_json():
    assert run("check", "jiande").returncode == 0
    assert json.loads(run("check", "jiande", "--json").out) == {"ok": True, "problems": []}
    assert "淘汰率不低于 40%（按参评数计算，名额只舍不入）。" in run("describe", "jiande").out
    titles = [p["title"] for p in json.loads(run("describe", "jiande", "--json").out)["paragraphs"]]
    assert titles[:3] == ["创建标准", "等次", "评委与回避"]


def test_explain_names_every_step_and_its_clause():
    done = run("explain", "jiande", *files(), "--round", 1, "--org", "330182110214")
    assert done.returncode == 0
    assert "3. ✓ 得分 95.40（第三条）：其余 5 份合计 477.0，平均，四舍五入保留 2 位小数\n" in done.out
    found = json.loads(run("explain", "jiande", *files(), "--round", "1", "--org", "330182110214", "--json").out)
    assert found["row"]["outcome"] == "awarded" and len(found["sheets"]) == 7


def test_replay_agrees_line_by_line():
    done = run("replay", "jiande")
    assert done.returncode == 0 and "16 项全部一致。" in done.out
    assert json.loads(run("replay", "jiande", "--json").out)["ok"] is True


def test_help_is_chinese():
    done = run("compute", "--help")
    assert done.returncode == 0 and done.out.startswith("用法：python -m schemes compute")
    assert not [word for word in ("usage", "options", "arguments", "show this") if word in done.out]


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ([], "缺少：命令。"),
        (["calculate"], "没有 'calculate' 这个选项"),
        (["compute", "jiande"], "缺少：--out。"),
        (["check", "jiande", "--loud"], "不认识：--loud。"),
        (["compute", "jiande", *files(), "--out", "结果.xlsx"], "结果只能写成 .csv"),
        (["compute", "jiande", *files(), "--out"], "--out 后面缺少内容。"),
        (["compute", "jiande", *files(), "--out", "-", "--round", " "], "轮次不能为空。"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(arguments, sentence):
    done = run(*arguments)
    assert done.returncode == 2 and sentence in done.err and "用法：" in done.err and done.out == ""


def test_a_bad_scheme_lists_all_its_problems_and_ends_with_1(small):
    (small / "办法.yaml").write_text(text_of(document(tiers=[], score={"kind": "x"})), encoding="utf-8")
    done = run("check", "办法.yaml", cwd=small)
    assert done.returncode == 1 and done.out == "" and len(done.err.splitlines()) == 2
    found = json.loads(run("check", "办法.yaml", "--json", cwd=small).out)
    assert found["ok"] is False and len(found["problems"]) == 2
    assert run("describe", "办法.yaml", cwd=small).returncode == 1


def test_warnings_are_said_but_do_not_stop(small):
    (small / "办法.yaml").write_text(text_of(document()), encoding="utf-8")
    done = run("check", "办法.yaml", cwd=small)
    assert done.returncode == 0 and done.err.startswith("提示：办法.yaml")


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("没有.yaml", "找不到这个文件"),
        (".", "这是文件夹"),
        ("jiandee", "自带的办法有："),
        ("/dev/null", "不是普通文件"),
    ],
)
def test_a_scheme_that_is_no_file(small, name, sentence):
    done = run("check", name, cwd=small)
    assert done.returncode == 1 and sentence in done.err


BAD_SHEETS = """轮次,组织代码,评委,党建,服务
1,V1,J1,10.5,7
1,V2,J1,8,6.3
1,V9,J1,8,7
1,V1,J9,8,7
1,V2,J2,8,7
1,V2,J2,8,6
1,V1,J2,,7
1,V1,J3,优,7
"""


def test_every_problem_of_every_file_on_one_line_each_and_nothing_written(small):
    (small / "评分.csv").write_text(BAD_SHEETS, encoding="utf-8")
    (small / "评委.csv").write_text("评委,姓名\nJ1,甲\nJ2,乙\nJ3,丙\n", encoding="utf-8")
    (small / "申报.csv").write_text("轮次,组织代码,等次\n1,V1,标杆\n1,V2,标杆\n1,V3,标兵\n", encoding="utf-8")
    done = compute(small, "--inspectors", "评委.csv")
    assert (done.returncode, done.out) == (1, "")
    assert done.err.splitlines() == [
        "申报.csv，第 4 行，“等次”列：办法里没有这个等次（现为“标兵”）。可用：标杆。",
        "评分.csv，第 2 行，“党建”列：高于满分 10（现为“10.5”）。请填 0 至 10，每档 0.5。",
        "评分.csv，第 3 行，“服务”列：不合分档，应为 0.5 的倍数（现为“6.3”）。请填 0 至 10，每档 0.5。",
        "评分.csv，第 4 行，“组织代码”列：这个组织没有申报第 1 轮（现为“V9”）。请核对代码与轮次，或补上申报。",
        "评分.csv，第 5 行，“评委”列：名册里没有这位评委（现为“J9”）。请核对编号，或先登记这位评委。",
        "评分.csv，第 7 行，“评委”列：这位评委已在第 6 行给同一组织打分，分数不同（现为“J2”）。请只留正确的一行。",
        "评分.csv，第 8 行，“党建”列：没有打分。请补上；没有打分不等于零分。",
        "评分.csv，第 9 行，“党建”列：不是数（现为“优”）。请填 0 至 10，每档 0.5。",
    ]
    assert not (small / "结果.csv").exists()


def test_a_failed_run_leaves_the_earlier_result_as_it_was(small):
    (small / "结果.csv").write_text("上次的结果", encoding="utf-8")
    (small / "评分.csv").write_text(BAD_SHEETS, encoding="utf-8")
    assert compute(small).returncode == 1
    assert (small / "结果.csv").read_text(encoding="utf-8") == "上次的结果"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_files_in_office_encodings(small, encoding):
    for name in ("申报.csv", "评分.csv", "办法.yaml"):
        text = (small / name).read_text(encoding="utf-8")
        used = "gb18030" if name == "办法.yaml" else encoding
        (small / name).write_bytes(text.encode(used))
    done = compute(small, out="-")
    assert done.out.splitlines()[1:] == ["1,V1,标杆,15,1,awarded", "1,V2,标杆,14.5,2,below_threshold"]


def test_full_width_digits_spaces_units_and_totals(small):
    rows = "轮次,组织代码,评委,党建,服务\n第１轮, V1 ,J1,８,７分\n1.0,Ｖ２,J1,8.0 分, 6.5 \n合计,,,16,13.5\n"
    (small / "评分.csv").write_text(rows, encoding="utf-8")
    assert compute(small, out="-").out.splitlines()[1:] == [
        "1,V1,标杆,15,1,awarded",
        "1,V2,标杆,14.5,2,below_threshold",
    ]


def workbook(path, rows, merged=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merged:
        book.active.merge_cells(area)
    book.save(path)


def test_a_workbook_with_a_title_merged_cells_and_a_totals_row(small):
    rows = [["第一轮评分表"], ["轮次", "组织代码", "评委", "党建", "服务"],
            ["第1轮", "V1", "J1", 8, 7.0], [None, "V2", "J1", 8, "６．５"], ["合计", None, None, 16, 13.5]]  # fmt: skip
    workbook(small / "评分.xlsx", rows, ["A1:E1", "A3:A4"])
    done = compute(small, sheets="评分.xlsx", out="-")
    assert done.err == ""
    assert done.out.splitlines()[1:] == ["1,V1,标杆,15,1,awarded", "1,V2,标杆,14.5,2,below_threshold"]


@pytest.mark.parametrize(
    "name, data, sentence",
    [
        ("坏.xlsx", b"PK\x03\x04" + b"\x00" * 200, "打不开"),
        ("半.xlsx", None, "打不开"),
        ("坏.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x07" * 600, "打不开"),
        ("二进制.csv", bytes(range(256)) * 40, "文件不是表格"),
        ("空.csv", b"", "文件是空的"),
        ("只有空白.csv", b" \n,,\n", "文件是空的"),
        ("缺列.csv", "轮次,组织代码,评委,党建\n1,V1,J1,8\n".encode(), "缺少这一列"),
        ("重列.csv", "轮次,组织代码,评委,党建,党建,服务\n".encode(), "出现了不止一次"),
        ("引号.csv", '轮次,组织代码,评委,党建,服务\n1,"V1,J1,8,7\n'.encode() + b"x" * 200_000, "引号"),
    ],
)
def test_files_that_are_no_tables(small, name, data, sentence):
    if data is None:
        workbook(small / name, [["轮次", "组织代码", "评委", "党建", "服务"], ["1", "V1", "J1", 8, 7]])
        data = (small / name).read_bytes()[:-400]
    (small / name).write_bytes(data)
    done = compute(small, sheets=name)
    assert done.returncode == 1 and sentence in done.err and name in done.err
    assert not (small / "结果.csv").exists()


def test_missing_files_are_all_named(small):
    done = compute(small, nominations="无甲.csv", sheets="无乙.csv")
    assert done.returncode == 1
    assert [line.split("：")[0] for line in done.err.splitlines()] == ["无甲.csv", "无乙.csv"]


@pytest.mark.parametrize(
    "out, sentence", [("没有/结果.csv", "写不到这里"), ("夹.csv", "写不到这里"), ("结果.json", "没有加 --json")]
)
def test_places_that_cannot_be_written(small, out, sentence):
    (small / "夹.csv").mkdir()
    before = sorted(path.name for path in small.iterdir())
    done = compute(small, out=out)
    assert done.returncode == 1 and sentence in done.err
    assert sorted(path.name for path in small.iterdir()) == before


def test_the_result_may_be_read_by_others(small):
    assert compute(small).returncode == 0
    assert stat.S_IMODE((small / "结果.csv").stat().st_mode) & 0o044 == 0o666 & ~umask() & 0o044


def umask():
    """The process's own, which can only be read by setting it."""
    current = os.umask(0)
    os.umask(current)
    return current


def test_a_round_or_organization_that_did_not_enter(small):
    done = compute(small, "--round", "7")
    assert done.returncode == 1 and "没有第 7 轮的申报" in done.err
    options = ["--nominations", "申报.csv", "--sheets", "评分.csv", "--round", "1", "--org", "V7"]
    done = run("explain", "办法.yaml", *options, cwd=small)
    assert done.returncode == 1 and "这个组织没有申报第 1 轮（现为“V7”）" in done.err


def test_mistakes_in_another_round_do_not_hold_up_this_one(small):
    for name, row in (("申报.csv", "2,V1,标兵\n"), ("评分.csv", "2,V1,J1,99,\n")):
        (small / name).write_text((small / name).read_text(encoding="utf-8") + row, encoding="utf-8")
    assert compute(small).returncode == 1
    assert compute(small, "--round", "1").returncode == 0


def test_recusal_is_checked_when_inspectors_and_organizations_are_given(tmp_path):
    head, first, *_ = (DATA / "sheets.csv").read_text(encoding="utf-8").splitlines()
    with open(DATA / "inspectors.csv", encoding="utf-8") as file:
        town = next(row for row in csv.DictReader(file) if len(row["home_code"]) == 9)
    with open(DATA / "nominations.csv", encoding="utf-8") as file:
        entry = next(row for row in csv.DictReader(file) if row["org_code"].startswith(town["home_code"]))
    marks = first.split(",", 3)[3]
    (tmp_path / "s.csv").write_text(
        f"{head}\n{entry['round']},{entry['org_code']},{town['inspector']},{marks}\n", encoding="utf-8"
    )
    done = run("compute", "jiande", *files(sheets=tmp_path / "s.csv"), "--out", "-")
    assert done.returncode == 1 and "应回避本乡镇（街道）的组织" in done.err
    assert run("compute", "jiande", *files(sheets=tmp_path / "s.csv", inspectors=None), "--out", "-").returncode == 0


def test_output_cut_short_by_the_reader_is_no_error():
    command = f'"{sys.executable}" -m schemes describe jiande | head -c 10'
    done = subprocess.run(
        command, shell=True, capture_output=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr
