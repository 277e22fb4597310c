"""Files that people carry away: equal to the screen, safe to open, readable back, and nobody's who may not see them."""

import io
from datetime import date
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEntry, Organization, Tenant, tenant_scope
from accounts.services.organizations import rename
from campaigns.models import Round, SchemeVersion
from reports.books.layout import Column, Formula, Sheet, letter
from reports.books.writer import write_book
from scoring.models import ScoreSheet
from scoring.services.publication import return_to_scoring
from tests.imports import counts, hand_in
from tests.reports import results_stage
from tests.reports.results_stage import make_stage, play_round

pytestmark = pytest.mark.django_db

MONEY = "bonus: {points: {标杆: 1, 进位: 0.3}}\nsubsidy: {wan: {标杆: 0.9, 进位: 0.5}}\n"


@pytest.fixture
def stage(db, monkeypatch):
    cache.clear()
    monkeypatch.setattr(results_stage, "SCHEME", results_stage.SCHEME + MONEY)
    return make_stage()


@pytest.fixture
def published(stage):
    return stage.publish(play_round(stage))


def enter(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fetch(user, name, *args, query="", status=200):
    answer = enter(user).get(reverse(f"reports:{name}", args=args) + query)
    assert answer.status_code == status
    return answer


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def book(user, name, *args, query=""):
    return load_workbook(io.BytesIO(body(fetch(user, name, *args, query=query))), data_only=True)


def table(sheet, first=4):
    """Rows of data with the empty ones left out; row 1 is the title, row 2 who filled it in."""
    rows = sheet.iter_rows(min_row=first, values_only=True)
    return [list(row) for row in rows if any(value not in (None, "") for value in row)]


# --- the book of a round ---


def test_the_summary_is_the_ranking_with_ties_zero_veto_recusal_and_what_is_missing(stage, published):
    made = book(stage.maker, "round_book", published.round_id)
    assert made.sheetnames == ["汇总表（标杆）", "汇总表（进位）", "评分明细", "淘汰核算", "公示名单", "补助资金"]
    sheet = made["汇总表（进位）"]
    assert sheet["A1"].value == "建德市“创建”第 1 轮进位评分汇总表"
    assert [cell.value for cell in sheet[3]][:5] == ["排名", "被评单位", "所属乡镇", "组别", "各评委得分"]
    rows = table(sheet, 5)
    assert rows[0][:16] == [1, "杨村", "东溪镇", "进位", 18.5, 19, 19, 20, 20, 18.5, 2, 19, "—", "—", 19, "授予"]
    assert rows[3][:16] == [3, "石塘村", "西山乡", "进位", 15, 15, 15, "回避", 15, 15, 3, 15, "—", "—", 15, "并列淘汰"]
    assert [row[0] for row in rows[:6]] == [1, 2, 3, 3, 5, "—"]
    assert (rows[4][1], rows[4][4], rows[4][14]) == ("岭后村", 0, 0)
    assert rows[5][15:] == ["一票否决", "安全生产事故"]
    tier = table(made["汇总表（标杆）"], 5)
    assert tier[1][:16] == [
        "—",
        "南坡村",
        "西山乡",
        "标杆",
        "—",
        "—",
        "—",
        "回避",
        "—",
        "—",
        "—",
        "—",
        "—",
        "—",
        "—",
        "未评",
    ]


def test_words_and_order_are_those_of_the_page(stage, published):
    page = fetch(stage.maker, "round", published.round_id, query="?tier=进位").content.decode()
    rows = table(book(stage.maker, "round_book", published.round_id)["汇总表（进位）"], 5)[:6]
    names = [row[1] for row in rows]
    assert names == sorted(names, key=lambda name: page.index(f">{name}<"))
    for row in rows:
        for text in (row[15], row[16]):
            assert not text or text in page


def test_sums_to_check_stand_beside_their_values(stage, published):
    answer = body(fetch(stage.maker, "round_book", published.round_id))
    formulas = load_workbook(io.BytesIO(answer))
    summary = formulas["汇总表（进位）"]
    assert [summary.cell(5, place).value for place in (9, 10, 12)] == [
        "=MAX(E5:H5)", "=MIN(E5:H5)", "=ROUND((SUM(E5:H5)-I5-J5)/K5,2)"
    ]  # fmt: skip
    assert summary.cell(8, 12).value == "=ROUND((SUM(E8:H8))/K8,2)"
    assert summary.cell(5, 15).value == 19
    assert formulas["补助资金"]["E7"].value == "=SUM(E4:E6)"


def test_every_mark_is_in_the_detail(stage, published):
    sheet = book(stage.maker, "round_book", published.round_id)["评分明细"]
    assert [cell.value for cell in sheet[3]][4:7] == ["工作（10 分）", None, "群众（10 分）"] or sheet[
        "E3"
    ].value == "工作（10 分）"
    rows = table(sheet, 5)
    with tenant_scope(stage.tenant):
        assert len(rows) - 1 == ScoreSheet.objects.count()
    assert ["进位", "岭后村", "西山乡", "赵评委", 0, 0, 0, 0] in rows
    assert ["进位", "杨村", "东溪镇", "赵评委", 8, 2, 8.5, 18.5] in rows


def test_the_arithmetic_and_the_lists(stage, published):
    made = book(stage.maker, "round_book", published.round_id)
    working = table(made["淘汰核算"])
    assert working[0][:6] == ["标杆", 2, 1, 0, 1, 1]
    assert working[1][:6] == ["进位", 6, 5, 1, 0, 3]
    assert working[1][7:] == [2, 2, 0, 1, 4, 66.67]
    assert working[2][0:2] + working[2][11:] == ["合计", 8, 5, 62.5]
    assert table(made["公示名单"])[:3] == [[1, "北坡村", "标杆", "西山乡", None], [2, "杨村", "进位", "东溪镇", None],
                                       [3, "赵村", "进位", "东溪镇", None]]  # fmt: skip
    money = table(made["补助资金"])
    assert [row[:5] for row in money] == [
        [1, "北坡村", "西山乡", "标杆", 0.9], [2, "杨村", "东溪镇", "进位", 0.5], [3, "赵村", "东溪镇", "进位", 0.5],
        [None, "合计", None, None, 1.9],
    ]  # fmt: skip


def test_a_township_gets_its_own_marks_only_and_a_leader_all(stage, published):
    own = book(stage.east_secretary, "round_book", published.round_id)
    rows = table(own["汇总表（进位）"], 5)
    assert (rows[0][4:12], rows[3][4:12]) == ([18.5, 19, 19, 20, 20, 18.5, 2, 19], ["—"] * 7 + [15])
    assert {row[1] for row in table(own["评分明细"], 5)[:-1]} == {"杨村", "赵村", "东溪电子党支部"}
    everything = book(stage.leader, "round_book", published.round_id)
    assert {row[1] for row in table(everything["评分明细"], 5)[:-1]} >= {"杨村", "岭后村", "溪口村"}


def test_an_unpublished_round_is_the_offices_alone_and_says_so(stage):
    computation = play_round(stage)
    made = book(stage.maker, "round_book", computation.round_id)
    assert "未公布，仅供审核" in made["汇总表（进位）"]["A2"].value
    assert "拟授予名单" in made["公示名单"]["A1"].value
    assert table(made["补助资金"])[3][4] == 1.9
    for person in (stage.leader, stage.east_secretary):
        fetch(person, "round_book", computation.round_id, status=404)


def test_a_round_being_corrected_says_so_in_every_book(stage, published):
    said = "计算编号 1-1，正在更正，以更正后公布的为准"
    books = (("round_book", [published.round_id]), ("year_book", [2026]), ("titles_book", []))
    for name, args in books:
        assert "更正" not in book(stage.leader, name, *args).worksheets[0]["A2"].value
    with tenant_scope(stage.tenant):
        return_to_scoring(round=Round.objects.get(pk=published.round_id), reason="漏录", actor=stage.maker)
    for name, args in books:
        found = book(stage.leader, name, *args).worksheets[0]["A2"].value
        assert f"第 1 轮 {said[5:]}" in found if name != "round_book" else said in found


def test_marks_dropped_by_criterion_name_no_highest_sheet(db, monkeypatch):
    """Every sheet counts where each criterion drops its own marks: three sheets are three, none is left out whole."""
    cache.clear()
    by_criterion = results_stage.SCHEME.replace("kind: trimmed_mean,", "kind: trimmed_mean, per: criterion,")
    monkeypatch.setattr(results_stage, "SCHEME", by_criterion)
    stage = make_stage()
    computation = stage.publish(play_round(stage))
    sheet = book(stage.leader, "round_book", computation.round_id)["汇总表（进位）"]
    head = [cell.value for cell in sheet[4]]
    first = [cell.value for cell in sheet[5]]
    heads = [cell.value for cell in sheet[3]]
    place = next(i for i, pair in enumerate(zip(heads, head, strict=True)) if "最高" in pair)
    assert first[place : place + 3] == ["—", "—", 4]
    words = " ".join(str(row[0]) for row in sheet.iter_rows(values_only=True) if row[0])
    assert "逐项标准分别取舍后相加" in words


def test_clauses_are_named_as_on_the_pages(db, monkeypatch):
    cache.clear()
    monkeypatch.setattr(results_stage, "SCHEME", results_stage.SCHEME.replace("第一条", "一").replace("第二条", "二"))
    stage = make_stage()
    made = book(stage.leader, "round_book", stage.publish(play_round(stage)).round_id)
    words = " ".join(str(row[0]) for sheet in made for row in sheet.iter_rows(values_only=True) if row[0])
    assert "（第一条）" in words and "（第二条）" in words


def test_a_round_without_results_leads_back_to_its_page(stage):
    planned = stage.round("7")
    answer = fetch(stage.maker, "round_book", planned.pk, status=302)
    assert answer.url == reverse("reports:round", args=[planned.pk])


def test_a_book_prints_as_a_document(stage, published):
    with tenant_scope(stage.tenant):
        Tenant.objects.filter(pk=stage.tenant.pk).update(is_demo=True)
    for sheet in book(stage.maker, "round_book", published.round_id).worksheets:
        setup = sheet.page_setup
        assert (setup.orientation, setup.paperSize, setup.fitToWidth or 1, setup.fitToHeight) == ("landscape", 9, 1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.center.text == "第 &P 页  共 &N 页"
        assert (sheet.oddFooter.left.text, sheet.oddFooter.right.text.strip("　")) == ("填报人：", "审核人：")
        assert sheet.print_title_rows in ("$3:$3", "$3:$4")
        assert sheet.freeze_panes is not None
        assert "演示数据，分值为合成" in sheet["A2"].value
        assert sheet["A1"].coordinate in sheet.merged_cells


def test_the_name_is_chinese_and_nothing_is_opened_in_place(stage, published):
    answer = fetch(stage.maker, "round_book", published.round_id)
    assert unquote(answer["Content-Disposition"]) == "attachment; filename*=utf-8''建德市创建第1轮结果.xlsx"
    assert answer["X-Content-Type-Options"] == "nosniff"
    with tenant_scope(stage.tenant):
        assert AuditEntry.objects.filter(verb="导出轮次表册").count() == 1


def test_queries_do_not_grow_with_the_round(stage, published):
    small = stage.round("2", day=date(2026, 7, 15))
    stage.enter(small, {"杨村": "进位"})
    stage.score(stage.open(small), "杨村", ("8", "2", "9"))
    stage.publish(stage.compute(small))
    client, taken = enter(stage.maker), []
    for round_id in (small.pk, small.pk, published.round_id):
        with CaptureQueriesContext(connection) as queries:
            body(client.get(reverse("reports:round_book", args=[round_id])))
        taken.append(len(queries))
    assert taken[1] == taken[2] <= 22  # four of them ask who was recused


def test_a_name_that_looks_like_a_formula_stays_a_name(stage, published):
    with tenant_scope(stage.tenant):
        rename(organization=stage.entries["杨村"], name="=1+1村", actor=stage.maker)
    sheet = load_workbook(io.BytesIO(body(fetch(stage.maker, "round_book", published.round_id))))["汇总表（进位）"]
    assert (sheet["B5"].value, sheet["B5"].data_type) == ("'=1+1村", "s")


def test_another_tenants_round_is_a_missing_round(stage, published):
    from tests import factories

    other = factories.make_person(factories.make_tenant("330183", name="邻县市"))
    for name, args in (("round_book", ()), ("round_nominations", ("csv",)), ("round_sheets", ("csv",))):
        fetch(other, name, published.round_id, *args, status=404)


def test_a_large_sheet_is_streamed_with_the_same_content():
    rows = [[n, "杨村", Formula("=A{row}*2", 2 * n)] for n in range(1, 4)]
    columns = [Column("序号", 6, 0), Column("单位", 9, group="甲"), Column("倍数", 9, 0, group="甲")]
    contents = []
    for size in (3, 6000):
        out = io.BytesIO()
        totals = ["", "合计", Formula("=SUM(C{first}:C{last})", 12)]
        write_book(out, [Sheet("表", "标题", columns, rows, totals=totals)], size=size)
        made = load_workbook(out, data_only=True)["表"]
        contents.append((made["A1"].value, made["B3"].value, table(made, 5)))
    assert (
        contents[0]
        == contents[1]
        == ("标题", "甲", [[1, "杨村", 2], [2, "杨村", 4], [3, "杨村", 6], [None, "合计", 12]])
    )


def test_letters_go_on_after_z():
    assert [letter(place) for place in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


# --- a year, and the register ---


def test_the_year_counts_zeros_and_shares_places(stage, published):
    made = book(stage.leader, "year_book", 2026)
    assert made.sheetnames == ["乡镇加分", "排名通报附件", "称号台账", "补助资金下达表", "各轮淘汰率"]
    assert table(made["乡镇加分"])[:3] == [[1, "西山乡", 1, 0, 1], [2, "东溪镇", 0, 2, 0.6], [None, "合计", 1, 2, 1.6]]
    assert [row[:5] for row in table(made["排名通报附件"])[:2]] == [
        [1, "西山乡", 1, "—", None],
        [2, "东溪镇", 0.6, "—", "未创成标杆"],
    ]
    assert [row[1:9] for row in table(made["称号台账"])] == [
        ["杨村", "东溪镇", "进位", "第 1 轮", "2026-03-15", "—", "长期", "持有"],
        ["赵村", "东溪镇", "进位", "第 1 轮", "2026-03-15", "—", "长期", "持有"],
        ["北坡村", "西山乡", "标杆", "第 1 轮", "2026-03-15", "—", "长期", "持有"],
    ]
    assert table(made["补助资金下达表"])[-1][4] == 1.9
    rates = table(made["各轮淘汰率"])
    assert rates[0][2:] == ["标杆", 2, 1, 1, 50, "40%", "达到"]
    assert rates[2][3:7] == [8, 3, 5, 62.5]


def test_a_year_without_publication_is_missing_and_an_unpublished_round_is_in_no_figure(stage, published):
    fetch(stage.maker, "year_book", 2025, status=404)
    stage.round("2")
    assert len(table(book(stage.maker, "year_book", 2026)["各轮淘汰率"])) == 3


def test_a_townships_year_shows_its_own_money(stage, published):
    money = table(book(stage.east_secretary, "year_book", 2026)["补助资金下达表"])
    assert [row[1] for row in money[:3]] == ["杨村", "赵村", "合计"]
    assert money[2][4] == 1


def test_the_register_is_what_the_page_shows(stage, published):
    rows = table(book(stage.leader, "titles_book", query="?tier=标杆")["称号台账"])
    assert [row[1] for row in rows] == ["北坡村"]
    page = fetch(stage.leader, "titles", query="?sort=organization").content.decode()
    names = [row[1] for row in table(book(stage.leader, "titles_book", query="?sort=organization")["称号台账"])]
    assert names == sorted(names, key=page.index)
    assert len(names) == 3


# --- tables that can be handed in again ---


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_what_is_carried_out_is_handed_in_unchanged(stage, published, extension):
    with tenant_scope(stage.tenant):
        return_to_scoring(round=published.round, reason="核对", actor=stage.maker)
        sheets = ScoreSheet.objects.count()
    expected = {
        "nominations": (("round_nominations", published.round_id), {"轮次": 1, "新增": 0, "更改": 0, "不变": 8}),
        "sheets": (("round_sheets", published.round_id), {"轮次": 1, "新增": 0, "修订": 0, "不变": sheets}),
        "inspectors": (("inspectors_file",), {"行": 4, "新增": 0, "更改": 0, "不变": 4}),
    }
    for kind, (address, unchanged) in expected.items():
        data = body(fetch(stage.maker, *address, extension))
        upload = hand_in(stage, kind, data, filename=f"{kind}.{extension}")
        assert (upload.report["problems"], counts(upload)) == ([], unchanged)
        assert [remark for remark in upload.report["remarks"] if "没有用到" in remark] == []


def test_tables_have_the_columns_of_the_data_folder(stage, published):
    def lines(*address):
        data = body(fetch(stage.maker, *address, "csv"))
        assert data.startswith(b"\xef\xbb\xbf")
        return data.decode("utf-8-sig").splitlines()

    nominations = lines("round_nominations", published.round_id)
    assert nominations[0] == "round,org_code,tier,vetoed"
    assert "1,330182102300,进位,1" in nominations
    sheets = lines("round_sheets", published.round_id)
    assert sheets[0] == "round,org_code,inspector,a,b,c"
    assert "1,330182101201,J01,8,2,8.5" in sheets
    assert "1,330182102201,J01,0,0,0" in sheets
    assert lines("inspectors_file")[:2] == ["inspector,name,home_code", "J01,赵评委,330182"]


def test_sheets_are_carried_out_by_the_office_only(stage, published):
    for person in (stage.leader, stage.east_secretary):
        fetch(person, "round_sheets", published.round_id, "csv", status=403)
        fetch(person, "inspectors_file", "csv", status=403)
    fetch(stage.leader, "round_nominations", published.round_id, "csv", status=403)
    own = body(fetch(stage.east_secretary, "round_nominations", published.round_id, "csv")).decode("utf-8-sig")
    assert [line.split(",")[1][:9] for line in own.splitlines()[1:]] == ["330182101"] * 3
    fetch(stage.maker, "round_sheets", published.round_id, "exe", status=404)


def test_the_newest_revision_is_carried_out(stage, published):
    with tenant_scope(stage.tenant):
        return_to_scoring(round=published.round, reason="核对", actor=stage.maker)
        assert Round.objects.count() == SchemeVersion.objects.count() == 1
        assert Organization.objects.filter(code="330182101201").exists()
    from tests.imports import write

    write(stage, "sheets", "round,org_code,inspector,a,b,c\n1,330182101201,J01,8,2,10\n")
    data = body(fetch(stage.maker, "round_sheets", published.round_id, "csv")).decode("utf-8-sig")
    assert "1,330182101201,J01,8,2,10" in data
    assert "1,330182101201,J01,8,2,8.5" not in data
    made = book(stage.maker, "round_book", published.round_id)
    assert table(made["汇总表（进位）"], 5)[0][4] == 18.5
