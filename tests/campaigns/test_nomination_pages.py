"""Nominations through their pages: the township from choice to submission, the county's table, burden, Word."""

import io
import re
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from accounts.models import tenant_scope
from campaigns.enums import NominationState, RoundState
from campaigns.models import Evidence, Material, Nomination, Round
from campaigns.services.applying import revise_nomination, submit_nomination
from campaigns.services.evidence import attach_evidence
from campaigns.services.reviewing import approve_nomination, return_nomination
from tests.reports.test_round import text_of

from .nominating_stage import HIGH, LOW, enter, make_stage

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def inside(stage):
    """The stage with its scope open, for what is made beside the pages."""
    with tenant_scope(stage.tenant):
        yield stage


def get(user, path, status=200) -> str:
    answer = enter(user).get(path)
    assert answer.status_code == status
    return answer.content.decode()


def post(user, path, data=None, status=200) -> str:
    answer = enter(user).post(path, data or {}, follow=True)
    assert answer.status_code == status
    return answer.content.decode()


def rows(html: str) -> list[list[str]]:
    """The texts of the last table's body."""
    body = re.findall(r"<tbody>.*?</tbody>", html, re.S)[-1]
    return [
        [text_of(cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>.*?</tr>", body, re.S)
    ]


def address(name, row):
    return reverse(f"campaigns:{name}", args=[row.pk])


# --- the township ---------------------------------------------------------------------------------


def test_from_the_list_to_the_submission(stage):
    user, round = stage.east_secretary, stage.round
    html = get(user, reverse("campaigns:nominations"))
    assert "选择组织申报" in html and address("nominate", round) in html

    html = get(user, address("nominate", round))
    assert [row[0] for row in rows(html)] == ["杨村", "赵村", "东溪电子党支部"]
    assert "岭后村" not in html
    assert "不能申报 参评条件：组织类别为“村”或“社区”：组织类别 两新组织" in " ".join(text_of(html).split())

    chosen = {"organization": str(stage.village.pk), "tier": LOW}
    html = get(user, f"{address('nominate', round)}?organization={stage.village.pk}&tier={LOW}")
    assert "开始填报" in html and "“党员数”还没有登记" in html
    html = post(user, address("nominate", round), chosen)
    assert "杨村申报“进位”" in html and "缺材料：实绩“会议记录”。" in text_of(html)

    with tenant_scope(stage.tenant):
        nomination = Nomination.objects.get()
        material = stage.material()
    data = {
        "tier": LOW, "statement": "基础较好。\r\n班子有力。", "plan": "三步走", "mark_a": "7.5", "mark_b": "0",
        "use_0": str(material.pk),
    }  # fmt: skip
    html = post(user, address("nomination_save", nomination), {**data, "save": ""})
    assert "申报已保存。" in html and "已经填齐，可以提交" in html and "合计 7.5 / 10 分" in html
    html = post(user, address("nomination_save", nomination), {**data, "use_0": "", "submit": "1"})
    assert "杨村的申报已提交，等待县里审核。" in html
    with tenant_scope(stage.tenant):
        nomination.refresh_from_db()
        assert (nomination.state, nomination.statement) == (NominationState.SUBMITTED, "基础较好。\n班子有力。")
        assert nomination.self_marks == {"a": "7.5", "b": "0"}
        assert Evidence.objects.get().requirement == "a:1"
        assert Round.objects.get(pk=round.pk).state == RoundState.NOMINATING
    html = get(user, address("nomination", nomination))
    assert "nomination_save" not in html and 'name="statement"' not in html and "撤回这份申报" in html


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(inside):
    nomination = inside.start()
    data = {"tier": LOW, "statement": "字" * 51, "plan": "三步走", "mark_a": "7.3", "mark_b": "1"}
    html = post(inside.east_secretary, address("nomination_save", nomination), data)
    assert "现有 51 字，超过 50 字，请精简。" in html and "不合分档，应为 0.5 的倍数。" in html
    assert 'value="7.3"' in html and "三步走" in html and "字" * 51 in html
    nomination.refresh_from_db()
    assert nomination.plan == "" and nomination.self_marks == {}


def test_submitting_too_early_saves_and_says_everything(inside):
    nomination = inside.start()
    data = {"tier": LOW, "statement": "较好", "mark_a": "8", "submit": "1"}
    html = post(inside.east_secretary, address("nomination_save", nomination), data)
    assert "已保存，还不能提交：自评还差 1 条：规范。缺材料：实绩“会议记录”。" in html
    nomination.refresh_from_db()
    assert (nomination.state, nomination.statement) == (NominationState.DRAFT, "较好")


def test_material_is_taken_off_by_its_box(inside):
    nomination = inside.complete(inside.start())
    evidence = Evidence.objects.get()
    data = {"tier": LOW, "statement": "较好", "off": str(evidence.pk)}
    html = post(inside.east_secretary, address("nomination_save", nomination), data)
    assert not Evidence.objects.exists() and Material.objects.exists()
    assert "缺材料：实绩“会议记录”。" in text_of(html)


def test_a_file_that_comes_with_the_form_is_checked_and_attached(inside):
    nomination = inside.start()
    good = SimpleUploadedFile("会议记录.docx", word_file(), content_type="application/octet-stream")
    bad = SimpleUploadedFile("照片.jpg", b"MZ not a photo", content_type="image/jpeg")
    data = {"tier": LOW, "statement": "较好", "file_0": good, "file_1": bad}
    html = post(inside.east_secretary, address("nomination_save", nomination), data)
    assert [row.requirement for row in Evidence.objects.all()] == ["a:1"]
    assert "照片.jpg" in html


def word_file() -> bytes:
    out, document = io.BytesIO(), Document()
    document.add_paragraph("会议记录")
    document.save(out)
    return out.getvalue()


def test_another_townships_and_the_leaders_see_nothing(inside):
    nomination = inside.submitted()
    for name in ("nomination", "nomination_save"):
        answer = enter(inside.west_secretary)
        call = answer.get if name == "nomination" else answer.post
        assert call(address(name, nomination)).status_code == 404
    get(inside.leader, address("nomination", nomination), 403)
    path = f"{address('nominate', inside.round)}?organization={inside.village.pk}"
    get(inside.west_secretary, path, 404)


def test_a_draft_is_the_townships_own(inside):
    nomination = inside.start()
    get(inside.maker, address("nomination", nomination), 404)
    assert "杨村" not in get(inside.maker, address("review", inside.round))


def test_returned_ones_come_first_with_the_reason_and_withdrawn_ones_can_be_taken_up(inside):
    first = return_nomination(nomination=inside.submitted(), reason="会议记录缺签名", actor=inside.maker)
    inside.start(inside.county.east_villages[1])
    html = get(inside.east_secretary, reverse("campaigns:nominations"))
    assert [row[0] for row in rows(html)] == ["杨村", "赵村"]
    assert "退回修改：会议记录缺签名" in html
    html = post(inside.east_secretary, address("nomination_withdraw", first), {"reason": "明年再来"})
    assert "杨村的申报已撤回" in html and "明年再来" in html


def test_the_wishes_of_the_address_are_not_trusted(inside):
    here = address("nominate", inside.round)
    get(inside.east_secretary, f"{here}?organization=nonsense", 404)
    assert "选择组织和等次" in get(inside.east_secretary, f"{here}?organization={inside.village.pk}&tier=特等")
    html = post(inside.east_secretary, here, {"organization": str(inside.village.pk), "tier": "特等"})
    assert "办法没有等次“特等”" in html and not Nomination.objects.exists()


# --- the county -----------------------------------------------------------------------------------


def test_the_table_and_a_batch(inside):
    one, two = inside.submitted(), inside.submitted(inside.neighbour, HIGH)
    here = address("review", inside.round)
    html = get(inside.maker, here)
    assert [row[1:6] for row in rows(html)] == [
        ["岭后村", "西山乡", "标杆", "已申报", "没有"],
        ["杨村", "东溪镇", "进位", "已申报", "没有"],
    ]
    html = post(inside.maker, here, {"chosen": [str(one.pk)], "decision": "returned", "reason": " "})
    assert "请写明退回修改的原因" in html and f'value="{one.pk}" checked' in html
    html = post(inside.maker, here, {"chosen": [str(one.pk), str(two.pk)], "decision": "approved", "reason": ""})
    assert "已办理 2 份申报：通过。" in html
    assert set(Nomination.objects.values_list("state", flat=True)) == {NominationState.APPROVED}
    html = get(inside.maker, f"{here}?state=approved&township={inside.county.west.pk}")
    assert [row[1] for row in rows(html)] == ["岭后村"]
    assert "请先勾选要办理的申报。" in post(inside.maker, here, {"decision": "approved"})


def test_what_the_county_looks_at_before_it_decides(inside):
    """The same file of two villages, an organization that no longer qualifies, and what was asked of it this year."""
    one = inside.complete(inside.start())
    Evidence.objects.all().delete()
    copies = [inside.material(each, sha256="5" * 64) for each in (inside.village, inside.neighbour)]
    attach_evidence(nomination=one, material=copies[0], requirement="a:1", actor=None)
    two = inside.start(inside.neighbour)
    attach_evidence(nomination=two, material=copies[1], requirement="a:1", actor=None)
    revise_nomination(nomination=two, statement="好", self_marks={"a": "8", "b": "2"}, actor=None)
    for each in (one, two):
        submit_nomination(nomination=each, actor=None)
    inside.members("2")
    html = get(inside.maker, address("review", inside.round))
    assert [row[6:] for row in rows(html)] == [
        ["参评条件：党员数不低于 3", "7.5", "与岭后村同一文件", "1 次 1 件"],
        ["有的还不知道", "10", "与杨村同一文件", "1 次 1 件"],
    ]
    html = get(inside.maker, address("nomination", one))
    assert "与岭后村交了同一个文件，请核对。" in html


def test_one_is_decided_on_its_own_page(inside):
    nomination = inside.submitted()
    path = address("nomination_decide", nomination)
    html = post(inside.maker, path, {"decision": "rejected", "reason": ""})
    assert "请写明不予通过的原因" in html
    html = post(inside.maker, path, {"decision": "returned", "reason": "缺签名"})
    assert "杨村的申报已办理：退回修改。" in html and "县里的审核意见：缺签名" in html
    post(inside.east_secretary, path, {"decision": "approved"}, 403)


def test_the_reviews_of_all_rounds(inside):
    inside.submitted()
    inside.start(inside.neighbour)
    html = get(inside.maker, reverse("campaigns:reviews"))
    assert rows(html) == [
        ["第 1 轮", "示范创建", str(inside.round.phases.get().closes_on), "0", "1", "0", "0", "0", "有待审核"]
    ]


def test_the_table_as_a_workbook(inside):
    approve_nomination(nomination=inside.submitted(), actor=inside.maker)
    answer = enter(inside.maker).get(address("review_file", inside.round))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert found[0][:7] == ["序号", "组织代码", "组织全称", "所属乡镇", "组织类别", "申报等次", "状态"]
    assert found[1][:7] == [1, "330182101201", "杨村", "东溪镇", "村", "进位", "已通过"]
    assert found[1][7:10] in (["", "1/2", "7.5"], [None, "1/2", "7.5"])


# --- burden and paper -----------------------------------------------------------------------------


def test_burden_counts_what_was_asked_given_reused_and_returned(inside):
    """One piece a round is asked of 杨村 in two rounds of one year; the same material serves both."""
    first = inside.submitted()
    return_nomination(nomination=first, reason="缺签名", actor=inside.maker)
    material = Material.objects.get()
    inside.round = inside.plan("2", on=inside.round.onsite_date)
    second = inside.start()
    attach_evidence(nomination=second, material=material, requirement="a:1", actor=None)
    revise_nomination(nomination=second, statement="好", self_marks={"a": "8", "b": "2"}, actor=None)
    submit_nomination(nomination=second, actor=None)
    inside.submitted(inside.neighbour)
    html = get(inside.maker, reverse("campaigns:burden"))
    assert rows(html) == [
        ["杨村", "东溪镇", "2", "2", "2", "1", "1", "1"],
        ["岭后村", "西山乡", "1", "1", "1", "0", "1", "0"],
    ]
    assert "《整治形式主义为基层减负若干规定》" in html
    html = get(inside.west_secretary, reverse("campaigns:burden"))
    assert [row[0] for row in rows(html)] == ["岭后村"]
    get(inside.leader, reverse("campaigns:burden"), 403)


def test_the_form_as_a_word_file(inside):
    nomination = inside.submitted()
    answer = enter(inside.east_secretary).get(reverse("reports:nomination_document", args=[nomination.pk]))
    data = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    document = Document(io.BytesIO(data))
    assert document.paragraphs[0].text == "示范创建办法申报表"
    texts = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert texts[0] == ["组织全称", "杨村", "申报类别", "进位"]
    assert texts[1] == ["所属乡镇", "东溪镇", "组织类别", "村"]
    blocks = {row[0]: row[1] for row in texts[4:]}
    assert blocks["基本情况"] == "基础较好。"
    assert blocks["对照标准自评情况"].splitlines() == [
        "实绩：7.5 分（满分 8 分）", "规范：0 分（满分 2 分）", "合计：7.5 分（满分 10 分）",
    ]  # fmt: skip
    assert blocks["附件清单"] == "1．实绩·会议记录：会议记录"
    assert (
        "东溪镇党（工）委意见" in blocks
        and "330182" not in ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    )


def test_pages_of_a_list_ask_the_database_the_same_for_one_and_for_three(inside, django_assert_max_num_queries):
    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client = enter(inside.maker)
        client.get(address("review", inside.round))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address("review", inside.round)).status_code == 200
        return len(asked)

    inside.submitted()
    once = count()
    inside.submitted(inside.neighbour)
    inside.submitted(inside.county.east_villages[1])
    assert count() == once
