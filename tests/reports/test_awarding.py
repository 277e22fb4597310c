"""Awarding and money as the office does it: decisions by two people, papers, the ledger, and where it all shows."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from accounts.models import tenant_scope
from campaigns.enums import RoundKind, TitleActKind
from campaigns.models import Round, Subsidy, Title, TitleAct
from campaigns.services.subsidies import put_special_subsidies
from campaigns.services.title_acts import ActFacts, confirm_act, propose_act
from tests import factories
from tests.reports.figures_stage import enter, get, make_figures, play_two_years
from tests.reports.test_dashboard import rows
from tests.reports.test_round import text_of

pytestmark = [pytest.mark.django_db]
LEDGER, ACTS = "/subsidies/", "/titles/acts/"
NUMBER, DAY = "建组〔2026〕12号", date(2026, 5, 8)


@pytest.fixture
def stage(db):
    stage = make_figures()
    play_two_years(stage)
    stage.office, stage.checker = (factories.make_person(stage.tenant) for _ in range(2))
    return stage


def title_of(stage, name):
    with tenant_scope(stage.tenant):
        return Title.objects.select_related("round", "organization").get(organization__name=name, state="held")


def decide(stage, name, kind, reason="创建成果滑坡", on=DAY):
    title = title_of(stage, name)
    with tenant_scope(stage.tenant):
        facts = ActFacts(kind, on, reason, NUMBER)
        act = propose_act(organization=title.organization, round=title.round, facts=facts, actor=stage.office)
        return confirm_act(act=act, actor=stage.checker)


def history(stage, name):
    return reverse("reports:title_history", args=[stage.entries[name].pk])


def document(answer):
    content = b"".join(answer.streaming_content)
    assert content[:2] == b"PK"
    return Document(io.BytesIO(content))


def lines(paper):
    return [paragraph.text for paragraph in paper.paragraphs if paragraph.text.strip()]


def cells(paper):
    return [[cell.text for cell in row.cells] for row in paper.tables[0].rows]


# --- decisions -----------------------------------------------------------------------------------


def test_one_proposes_from_the_title_page_and_another_confirms(stage):
    client, title = enter(stage.office), title_of(stage, "杨村")
    page = client.get(history(stage, "杨村")).content.decode()
    address = f"/titles/{title.organization_id}/acts/new/"
    assert address in page
    facts = {"kind": "revoke", "round": str(title.round_id), "tier": "", "on": "2026-05-08", "document_no": NUMBER,
             "reason": "创建成果滑坡"}  # fmt: skip
    answer = client.post(address, facts, follow=True)
    assert "杨村 摘牌已提出，由另一位管理员复核后生效。" in text_of(answer.content.decode())
    with tenant_scope(stage.tenant):
        act = TitleAct.objects.get()
    own = client.post(f"/titles/acts/{act.pk}/confirm/", follow=True).content.decode()
    assert "提出人不能复核自己提出的决定。请由另一位管理员复核。" in own
    answer = enter(stage.checker).post(f"/titles/acts/{act.pk}/confirm/", follow=True)
    words = text_of(answer.content.decode())
    assert "杨村 摘牌已生效，称号、加分和补助已更新。" in words
    assert "摘牌 示范 建组〔2026〕12号 2026-05-08 · 第 1 轮 创建成果滑坡" in words
    assert "已摘牌 2026-05-08" in words


def test_a_form_with_mistakes_keeps_what_was_typed(stage):
    title = title_of(stage, "杨村")
    facts = {"kind": "exceptional", "round": str(title.round_id), "tier": "", "on": "", "document_no": NUMBER,
             "reason": "特别优秀"}  # fmt: skip
    html = enter(stage.office).post(f"/titles/{title.organization_id}/acts/new/", facts).content.decode()
    assert "破格授予请选择授予哪个等次。" in html
    assert "请填写日期。" in html
    assert 'value="建组〔2026〕12号"' in html and "特别优秀" in html


def test_waiting_decisions_are_a_to_do_of_the_other_person_only(stage):
    title = title_of(stage, "杨村")
    with tenant_scope(stage.tenant):
        facts = ActFacts(TitleActKind.WARN, DAY, "整改不力", NUMBER)
        propose_act(organization=title.organization, round=title.round, facts=facts, actor=stage.office)
    assert "待复核 1" in text_of(get(stage.office, ACTS))
    assert "撤回" in get(stage.office, ACTS) and "复核通过" not in get(stage.office, ACTS)
    assert "复核通过" in get(stage.checker, ACTS)
    assert "待复核的决定" not in get(stage.leader, history(stage, "杨村"))
    get(stage.leader, ACTS, status=403)


def test_warnings_revocations_and_expiry_show_wherever_titles_show(stage):
    decide(stage, "杨村", TitleActKind.WARN)
    decide(stage, "岭后村", TitleActKind.REVOKE)
    decide(stage, "北坡村", TitleActKind.EXPIRE)
    register = get(stage.leader, "/titles/")
    assert "全部 6 持有 3 已进阶 1 已摘牌 1 已到期 1 警示中 1" in text_of(register)
    assert [row[0] for row in rows(get(stage.leader, "/titles/?state=warned"), "register stack stick")] == ["杨村"]
    board = text_of(get(stage.leader, "/dashboard/"))
    assert "摘牌警示 1 家 其中决定摘牌 1" in board
    assert "警示中 1 家 仍持有称号" in board
    assert "到期终止 1 家 有效期届满" in board
    west = get(stage.leader, f"/townships/{stage.county.west.pk}/")
    assert "岭后村 示范 2025-03-15 已摘牌" in text_of(west)
    assert "北坡村 达标 2025-03-15 已到期" in text_of(west)


def test_titles_that_end_soon_are_a_to_do_and_are_asked_for_first(stage):
    title = title_of(stage, "杨村")
    with tenant_scope(stage.tenant):
        Title.objects.filter(pk=title.pk).update(valid_until=timezone.localdate() + timedelta(days=90))
        Title.objects.exclude(pk=title.pk).update(valid_until=timezone.localdate() + timedelta(days=91))
    words = text_of(get(stage.office, "/workbench/"))
    assert "剩 90 天" in words and "有 1 个称号 90 天内到期" in words
    page = get(stage.office, "/titles/reinspection/?show=due")
    assert page.count('name="holders"') == 1 and "杨村" in page
    assert "90 天内到期 1" in text_of(get(stage.office, "/titles/"))


# --- papers --------------------------------------------------------------------------------------


def test_the_naming_decision_says_what_the_register_says(stage):
    round = title_of(stage, "杨村").round
    answer = enter(stage.office).get(f"/rounds/{round.pk}/award/naming.docx?number={NUMBER}&day=2026-05-08")
    paper = document(answer)
    words = lines(paper)
    assert words[:2] == ["中共建德市委组织部文件", NUMBER]
    assert "决定命名杨村等 2 个单位为“示范”党组织；北坡村为“达标”党组织。" in words[4]
    assert words[-4:] == ["中共建德市委组织部", "2026年5月8日", "附件", "命名名单"]
    assert cells(paper) == [
        ["序号", "单位全称", "等次", "所属乡镇（街道）", "标牌编号"],
        ["1", "杨村", "示范", "东溪镇", "—"],
        ["2", "岭后村", "示范", "西山乡", "—"],
        ["3", "北坡村", "达标", "西山乡", "—"],
    ]
    section = paper.sections[0]
    assert [round_mm(section.top_margin), round_mm(section.left_margin)] == [37, 28]
    for footer in (section.footer, section.even_page_footer):
        assert footer.paragraphs[0].text.startswith("— ") and ">PAGE<" in footer.paragraphs[0]._p.xml


def round_mm(length):
    return round(length.mm)


def test_the_delisting_circular_lists_who_lost_a_title_in_its_time(stage):
    decide(stage, "杨村", TitleActKind.REVOKE)
    client = enter(stage.office)
    paper = document(client.get("/titles/delisted.docx?from=2026-05-01&to=2026-05-31"))
    assert cells(paper) == [
        ["序号", "单位", "原等次", "摘牌原因", "整改要求", "责任人", "限期"],
        ["1", "杨村", "示范", "创建成果滑坡", "", "", ""],
    ]
    answer = client.get("/titles/delisted.docx?from=2026-06-01&to=2026-06-30", follow=True)
    assert "2026-06-01 至 2026-06-30 没有摘牌的单位，不用出通报。" in answer.content.decode()


# --- money ---------------------------------------------------------------------------------------


def test_ticked_lines_are_issued_with_a_number_and_the_sums_are_exact(stage):
    with tenant_scope(stage.tenant):
        put_special_subsidies(
            campaign=stage.campaign, amounts={stage.entries["南坡村"]: Decimal("18.3333")}, actor=stage.office
        )
        chosen = Subsidy.objects.get(organization__name="杨村")
    client = enter(stage.office)
    assert "7 笔，净额 22.5333 万元" in text_of(client.get(LEDGER).content.decode())
    facts = {"way": "chosen", "line": [str(chosen.pk)], "document_no": NUMBER, "on": "2026-05-08"}
    words = text_of(client.post("/subsidies/issue/", facts, follow=True).content.decode())
    assert "建组〔2026〕12号已登记：1 笔，合计 0.9 万元。" in words
    assert "1 笔，净额 0.9 万元" in words
    facts = {"way": "all", "document_no": "建组〔2026〕13号", "on": "2026-05-09"}
    words = text_of(client.post("/subsidies/issue/?year=special", facts, follow=True).content.decode())
    assert "建组〔2026〕13号已登记：1 笔，合计 18.3333 万元。" in words
    assert "全部 7 待下达 5 已下达 2 已冲回 0 待收回 0 已收回 0" in text_of(client.get(LEDGER).content.decode())


def test_nothing_ticked_is_said_and_the_form_keeps_its_number(stage):
    html = enter(stage.office).post(
        "/subsidies/issue/", {"way": "chosen", "document_no": NUMBER, "on": "2026-05-08"}
    ).content.decode()  # fmt: skip
    assert "没有选择补助。请先在表中勾选要下达的。" in html
    assert f'value="{NUMBER}"' in html


def test_the_notice_and_the_table_hold_the_lines_of_the_page(stage):
    client = enter(stage.office)
    paper = document(client.get("/subsidies/notice.docx?year=2025"))
    assert cells(paper)[1] == ["1", "杨村", "示范", "0.9", "", "", "", "第 1 轮"]
    assert cells(paper)[-1] == ["", "合计", "", "2.8", "", "", "", ""]
    assert "现下达补助资金 2.8 万元，涉及 4 个单位" in "".join(lines(paper))
    book = load_workbook(io.BytesIO(b"".join(client.get("/subsidies.xlsx?year=2025").streaming_content)))
    table = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert table[2][:9] == ["序号", "单位", "所属乡镇", "类别", "补助金额（万元）", "文号/批次", "资金渠道", "支出科目", "备注"]
    assert [row[4] for row in table[3:7]] == [0.9, 0.9, 0.5, 0.5]


def test_a_township_sees_its_own_money_and_issues_none(stage):
    html = get(stage.west_secretary, LEDGER)
    assert "岭后村" in html and "杨村" not in html
    assert "登记下达" not in html
    assert enter(stage.west_secretary).post("/subsidies/issue/").status_code == 403
    book = enter(stage.west_secretary).get("/subsidies.xlsx")
    names = [row[1].value for row in load_workbook(io.BytesIO(b"".join(book.streaming_content))).active.iter_rows()]
    assert "岭后村" in names and "杨村" not in names


# --- re-inspection -------------------------------------------------------------------------------


def test_holders_are_chosen_on_the_register_and_a_round_is_planned(stage):
    client, title = enter(stage.office), title_of(stage, "杨村")
    page = client.get("/titles/reinspection/").content.decode()
    assert text_of(page).count("2025-03-15") == 3
    answer = client.post("/titles/reinspection/", {"onsite_date": "2026-11-20", "label": ""})
    assert "没有选择复评单位。请勾选持有称号的单位。" in answer.content.decode()
    answer = client.post(
        "/titles/reinspection/", {"onsite_date": "2026-11-20", "label": "", "holders": [str(title.pk)]}, follow=True
    )
    assert "2026-11 复评已安排，复评单位已列入。" in answer.content.decode()
    with tenant_scope(stage.tenant):
        planned = Round.objects.get(kind=RoundKind.REINSPECTION)
        assert [row.organization.name for row in planned.nominations.all()] == ["杨村"]
