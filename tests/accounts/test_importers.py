"""Importing organizations: every problem with its row and column, nothing half written, a true round trip."""

import io
import random

import pytest
from openpyxl import Workbook

from accounts.exports import ORGANIZATION_HEADER, csv_bytes, organization_rows, xlsx_bytes
from accounts.importers import COLUMNS
from accounts.imports import ImportFailed, read_table
from accounts.models import AuditEntry, Job, Organization, Upload, tenant_scope
from accounts.queries import organizations
from accounts.services.organizations import rename
from accounts.services.uploads import apply_upload, confirm_upload, keep_upload, safe_name
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

GOOD = """代码,名称,类别,上级代码,偏远,党员数
330182,建德市,县级单位,,否,
330182001,新安江街道,乡镇(街道),330182,否,1204
330182001202,岭后村,,330182001,是,86
330182001203,府西社区,,330182001,否,
330182001901,建德电子,两新,330182001,,12
"""


@pytest.fixture
def upload(scope, admin):
    def hand_in(text, filename="组织.csv", encoding="utf-8"):
        data = text if isinstance(text, bytes) else text.encode(encoding)
        return keep_upload(tenant=scope, kind="organizations", filename=filename, data=data, actor=admin)

    return hand_in


def tree():
    return {row.code: (row.name, row.kind, row.path, row.depth) for row in Organization.objects.all()}


def found(upload):
    return [(p["row"], p["column"], p["value"], p["reason"]) for p in upload.report["problems"]]


def test_preview_counts_and_writes_nothing(upload):
    before = tree()
    report = upload(GOOD, encoding="gbk").report
    assert dict(report["counts"]) == {"行": 5, "新增": 4, "更名": 0, "调整隶属": 0, "其他更新": 0, "不变": 1}
    assert report["sample_rows"][1] == ["330182001", "新安江街道", "乡镇（街道）", "330182"]
    assert report["problem_count"] == 0
    assert tree() == before


def test_confirming_writes_the_tree(upload, admin):
    result = confirm_upload(upload=upload(GOOD), actor=admin)
    assert result == {"new": 4, "changed": 0, "url": "/organizations/"}
    assert tree()["330182001202"] == ("岭后村", "village", "330182/330182001/330182001202", 2)
    assert tree()["330182001203"][1] == "community"
    assert tree()["330182001901"][1] == "two_new"
    row = Organization.objects.get(code="330182001202")
    assert (row.remote, row.member_count, row.sort_key) == (True, 86, "ling hou cun")
    assert AuditEntry.objects.filter(verb="导入组织机构").count() == 1


def test_children_may_stand_before_parents(upload, admin):
    lines = GOOD.strip().splitlines()
    shuffled = lines[1:]
    random.Random(7).shuffle(shuffled)
    confirm_upload(upload=upload("\n".join([lines[0], *shuffled])), actor=admin)
    assert tree()["330182001202"][2] == "330182/330182001/330182001202"


def test_code_name_parent_are_enough(upload, admin):
    confirm_upload(
        upload=upload("code,name,parent\n330182001,新安江街道,330182\n330182001202,岭后村,330182001\n"), actor=admin
    )
    assert [kind for _, kind, _, _ in tree().values()] == ["county", "township", "village"]


def test_every_problem_is_told_with_row_and_column(upload):
    bad = """代码,名称,类别,上级代码,偏远,层级,党员数
33018,短码,,330182,,,
330182001,,乡镇,330182,,,
330182001,重复,乡镇,330182,,,
330182002,甲,宗族,330182,,,
330182003,乙,,999999,,,
330182004,丙,,330182,也许,,
330182005,丁,,330182,,党小组,
330182006,戊,,330182,,,=1+1
330182007,己,,330182,,,-3
330182008,庚,,330182009,,,
330182009,辛,,330182008,,,
330182010,壬,,,,,
"""
    assert found(upload(bad)) == [
        (2, "代码", "33018", "代码不是 6–12 位数字。"),
        (3, "名称", "", "名称是空的。"),
        (4, "代码", "330182001", "与第 3 行的代码相同。"),
        (5, "类别", "宗族", "没有这种类别。"),
        (6, "上级代码", "999999", "文件和系统里都没有这个上级。"),
        (7, "偏远", "也许", "不是“是”或“否”。"),
        (8, "层级", "党小组", "没有这种层级。"),
        (9, "党员数", "=1+1", "是公式，不是数。"),
        (10, "党员数", "-3", "党员数小于 0。"),
        (11, "上级代码", "330182009", "上下级关系绕成一圈。"),
        (12, "上级代码", "330182008", "上下级关系绕成一圈。"),
        (13, "上级代码", "", "最上级只能有一个，已有 330182。"),
    ]


def test_a_file_half_wrong_changes_nothing(upload, admin):
    before = tree()
    kept = upload(GOOD + "330182002,洋溪街道,镇,999999,,\n")
    assert found(kept) == [(7, "上级代码", "999999", "文件和系统里都没有这个上级。")]
    with pytest.raises(ImportFailed):
        apply_upload(upload=kept, actor=admin)
    assert tree() == before
    assert Upload.objects.get(pk=kept.pk).applied_at is None


def test_a_circle_through_what_is_already_there_is_found(upload, county):
    east, village = county.east.code, county.east_villages[0].code
    assert found(upload(f"代码,名称,上级代码\n{east},东溪镇,{village}\n")) == [
        (2, "上级代码", village, "上下级关系绕成一圈。")
    ]


def test_renamed_moved_and_unchanged_are_counted_and_paths_follow(upload, admin, county):
    west = county.west.code
    rows = f"代码,名称,上级代码\n{county.east.code},东溪街道,330182\n330182101201,杨村,{west}\n330182101202,赵村,330182101\n"
    kept = upload(rows)
    assert dict(kept.report["counts"])["更名"] == 1
    assert dict(kept.report["counts"])["调整隶属"] == 1
    assert dict(kept.report["counts"])["不变"] == 1
    confirm_upload(upload=kept, actor=admin)
    assert tree()["330182101201"] == ("杨村", "village", f"330182/{west}/330182101201", 2)
    assert tree()["330182101202"][2] == "330182/330182101/330182101202"


def test_a_moved_township_takes_what_is_below_with_it(upload, admin, county):
    confirm_upload(upload=upload(f"代码,名称,上级代码\n{county.east.code},东溪镇,{county.west.code}\n"), actor=admin)
    assert tree()["330182101201"][2:] == ("330182/330182102/330182101/330182101201", 3)


def test_empty_cells_leave_what_is_known(upload, admin, county):
    Organization.objects.filter(code="330182101201").update(member_count=40, remote=True)
    confirm_upload(upload=upload("代码,名称,上级代码,党员数,偏远\n330182101201,杨村,330182101,,\n"), actor=admin)
    row = Organization.objects.get(code="330182101201")
    assert (row.member_count, row.remote) == (40, True)


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_an_export_imports_back_unchanged(upload, admin, county, extension):
    Organization.objects.filter(code="330182101201").update(member_count=0)
    rename(organization=county.east_villages[0], name="=杨村@", actor=admin)
    rows = list(organization_rows(organizations()))
    make = {"csv": csv_bytes, "xlsx": lambda *table: xlsx_bytes("组织机构", *table)}[extension]
    kept = upload(make(ORGANIZATION_HEADER, rows), f"组织机构.{extension}")
    assert dict(kept.report["counts"])["不变"] == len(rows) == 8
    before = tree()
    assert confirm_upload(upload=kept, actor=admin)["changed"] == 0
    assert tree() == before


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_exports_neutralise_formulas(sign):
    assert f"'{sign}cmd".encode() in csv_bytes(["a"], [[f"{sign}cmd"]])


def test_numbers_are_exported_as_numbers():
    assert csv_bytes(["a"], [[-3]]).decode("utf-8-sig").splitlines()[1] == "-3"


def test_confirming_twice_writes_once(upload, admin):
    kept = upload(GOOD)
    first = apply_upload(upload=kept, actor=admin)
    Organization.objects.filter(code="330182001202").update(name="后来改的名")
    assert apply_upload(upload=kept, actor=admin) == first
    assert tree()["330182001202"][0] == "后来改的名"


def test_many_rows_become_a_job(upload, admin):
    lines = [f"33018200{n // 900 + 1}{n % 900:03d},村{n},330182" for n in range(5001)]
    outcome = confirm_upload(upload=upload("代码,名称,上级代码\n" + "\n".join(lines)), actor=admin)
    assert isinstance(outcome, Job)
    assert (outcome.kind, outcome.title) == ("apply_upload", "写入“组织.csv”")


def test_the_pages_show_preview_problems_and_result(as_admin, tenant, county):
    page = as_admin.get("/imports/new/organizations/").content.decode()
    assert "上传并预览" in page
    bad = io.BytesIO("代码,名称,上级代码\n330182101209,甲,999999\n".encode("gbk"))
    bad.name = "组织.csv"
    text = as_admin.post("/imports/new/organizations/", {"file": bad}, follow=True).content.decode()
    for word in ("未写入任何数据", "组织.csv", "第 2 行", "999999", "文件和系统里都没有这个上级"):
        assert word in text
    good = io.BytesIO("代码,名称,上级代码\n330182101209,钱村,330182101\n".encode())
    good.name = "组织.csv"
    answer = as_admin.post("/imports/new/organizations/", {"file": good}, follow=True)
    assert "确认写入" in answer.content.decode()
    written = as_admin.post(f"{answer.redirect_chain[0][0]}confirm/", follow=True).content.decode()
    assert "已写入" in written
    assert "钱村" in written


def test_what_changed_since_the_preview_stops_the_import(as_admin, tenant, county):
    file = io.BytesIO("代码,名称,上级代码\n330182103,新镇,330182\n330182103201,新村,330182103\n".encode())
    file.name = "组织.csv"
    preview = as_admin.post("/imports/new/organizations/", {"file": file}).url
    with tenant_scope(tenant):
        upload = Upload.objects.get()
        stored = upload.sha256
        Upload.objects.filter(pk=upload.pk).update(sha256="0" * 64)
    text = as_admin.post(f"{preview}confirm/", follow=True).content.decode()
    assert "未写入任何数据" in text
    assert "服务器上的文件不见了" in text
    assert stored not in text


def test_another_tenants_upload_is_not_found(as_admin, other, signed_in):
    theirs = signed_in(factories.make_person(other))
    file = io.BytesIO(GOOD.encode())
    file.name = "组织.csv"
    address = theirs.post("/imports/new/organizations/", {"file": file}).url
    assert as_admin.get(address).status_code == 404
    assert as_admin.post(f"{address}confirm/").status_code == 404


def test_the_template_is_readable_by_the_importer(as_admin):
    for extension in ("csv", "xlsx"):
        template = as_admin.get(f"/imports/template/organizations.{extension}")
        assert template["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        table = read_table(f"模板.{extension}", template.content, columns=COLUMNS)
        assert [row["code"] for _, row in table.rows] == ["990101", "990101001", "990101001202"]
        assert all(table.has(column.key) for column in COLUMNS)
    assert as_admin.get("/imports/template/organizations.exe").status_code == 404
    assert as_admin.get("/imports/template/secrets.csv").status_code == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\表\\组织.xlsx", "组织.xlsx"),
        ('a<b>"c|.csv', "abc.csv"),
        ("", "未命名"),
        ("x" * 400 + ".xlsx", "x" * 150 + ".xlsx"),
    ],
)
def test_file_names_lose_what_means_something_to_a_file_system(given, kept):
    assert safe_name(given) == kept


def test_a_merged_workbook_reads_like_a_plain_one(upload, admin):
    made = Workbook()
    sheet = made.active
    for row in (
        ["组织机构一览表"],
        ["上级代码", "代码", "名称"],
        [330182, 330182001, "甲镇"],
        [None, 330182002, "乙镇"],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")
    out = io.BytesIO()
    made.save(out)
    confirm_upload(upload=upload(out.getvalue(), "表.xlsx"), actor=admin)
    assert tree()["330182002"] == ("乙镇", "township", "330182/330182002", 1)
