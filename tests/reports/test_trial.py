"""Trying a version on past rounds and on files: who may, what page and workbook say, and that nothing is kept."""

import io
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from accounts.enums import Role
from accounts.models import AuditEntry, tenant_scope
from campaigns.models import Campaign, Nomination, Round, SchemeVersion
from campaigns.services.schemes import add_version
from reports.queries import trial as reads
from scoring.models import Computation, Result, ScoreSheet
from scoring.reading import load_computed
from tests import factories
from tests.reports.results_stage import SCHEME, make_stage, play_round
from tests.reports.test_books import body, enter, table
from tests.reports.test_round import text_of

pytestmark = pytest.mark.django_db

KEPT = (Campaign, Round, SchemeVersion, Nomination, ScoreSheet, Computation, Result)
#: 电子党支部 and 石塘村, tied at 15 across the cut of 进位 (6 × 60% → 3), are both let in.
LOOSER = SCHEME.replace("2026-1", "2027-1").replace("minimum: 40%", "minimum: 30%")


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def round(stage):
    return play_round(stage).round


def draft(stage, text=LOOSER):
    with tenant_scope(stage.tenant):
        return add_version(tenant=stage.tenant, text=text, actor=stage.maker)


def counts(stage):
    with tenant_scope(stage.tenant):
        return {model: model.objects.count() for model in KEPT}


def audit(stage):
    with tenant_scope(stage.tenant):
        return [(row.verb, row.target_label) for row in AuditEntry.objects.order_by("pk") if "试算" in row.verb]


def ask(user, name="trial", status=200, **query):
    answer = enter(user).get(reverse(f"reports:{name}"), query)
    assert answer.status_code == status
    return answer


def tried(stage, round, version, user=None, **query):
    return ask(user or stage.maker, version=version.pk, rounds=round.pk, **query).content.decode()


def rows_of(html):
    """Words of every row of the side-by-side table."""
    part = html.split('id="lines"')[1].split("<tbody>")[1].split("</tbody>")[0]
    return [text_of(row) for row in part.split("</tr>") if row.strip()]


# --- past rounds ---


def test_a_draft_is_tried_on_a_past_round_side_by_side(stage, round):
    before = counts(stage)
    html = tried(stage, round, draft(stage))
    rows = {row.split()[0]: row for row in rows_of(html)}
    assert len(rows) == 8
    assert "15.00 3 并列淘汰 15.00 3 授予" in rows["石塘村"] and "＋ 新获授予" in rows["石塘村"]
    assert (
        "参评数 6 × 60%，取整数部分，至多 3" in rows["石塘村"]
        and "参评数 6 × 70%，取整数部分，至多 4" in rows["石塘村"]
    )
    assert "＝ 不变" in rows["杨村"] and "一票否决" in rows["溪口村"]
    words = text_of(html)
    assert "授予3→5家" in "".join(words.split()) and "66.67% 6 4 33.33% +2" in words
    assert counts(stage) == {**before, SchemeVersion: before[SchemeVersion] + 1}
    assert audit(stage) == [("试算办法", "试行办法 2027-1 版")]


def test_filters_narrow_the_rows_and_leave_no_second_line_in_the_log(stage, round):
    version = draft(stage)
    html = tried(stage, round, version, change="gains")
    assert sorted(row.split()[0] for row in rows_of(html)) == ["东溪电子党支部", "石塘村"]
    assert "没有这一类变化的单位" in tried(stage, round, version, change="loses")
    assert len(rows_of(tried(stage, round, version, change="all"))) == 8
    assert audit(stage) == []


def test_the_workbook_has_every_line_and_the_rates(stage, round):
    answer = ask(stage.maker, "trial_book", version=draft(stage).pk, rounds=round.pk, change="gains")
    made = load_workbook(io.BytesIO(body(answer)), data_only=True)
    assert made.sheetnames == ["变化汇总", "逐家对照"]
    rates = table(made["变化汇总"], 5)
    assert rates[1][:9] == ["第 1 轮", "进位", 6, 2, 66.67, 6, 4, 33.33, "＋2"]
    lines = {row[1]: row for row in table(made["逐家对照"], 5)}
    assert lines["石塘村"][:12] == [
        "第 1 轮", "石塘村", "西山乡", "进位", 15, 3, "并列淘汰", 15, 3, "授予", "持平", "＋ 新获授予",
    ]  # fmt: skip
    assert lines["南坡村"][4:10] == ["—", "—", "未评", "—", "—", "未评"]
    assert audit(stage) == [("导出试算表", "试行办法 2027-1 版")]


def test_what_differs_is_told_at_once_and_can_be_chosen(stage, round):
    text = LOOSER.replace("{key: a, name: 实绩, mark: {max: 8", "{key: a, name: 实绩, mark: {max: 16")
    text = text.replace("{key: c, name: 满意度", "{key: d, name: 数字").replace("full_marks: 20", "full_marks: 28")
    text = text.replace("{name: 进位, threshold: 10}", "{name: 进步, threshold: 10}")
    version = draft(stage, text)
    html = tried(stage, round, version)
    words = text_of(html)
    assert "满分由 8 改为 16" in words and "旧轮次没有“数字”的打分，无法试算" in words
    assert "新办法没有这个等次，6 家申报了它" in words and 'id="lines"' not in html
    html = tried(stage, round, version, convert="on", added="lowest", **{"gone:进位": "进步"})
    rows = {row.split()[0]: row for row in rows_of(html)}
    # 杨村: 8 of 8 becomes 16, 2 stays, the new one is 0: every sheet 18
    assert "19.00 1 授予 18.00 1 授予" in rows["杨村"]
    words = text_of(html)
    assert "一律按 0 分计" in words and "“满意度”：新办法没有这一项" in words and "进步" in words


def test_a_re_inspection_is_tried_by_its_own_rules(stage):
    review = stage.round("2026 年度", kind="reinspection")
    stage.enter(review, {"杨村": "标杆"})
    stage.open(review)
    stage.score(review, "杨村", *[("6", "1", "6")] * 4)
    stage.compute(review)
    stricter = draft(stage, LOOSER.replace("revoke_below: 12", "revoke_below: 14"))
    (row,) = rows_of(tried(stage, review, stricter))
    assert "保留称号" in row and "摘牌警示" in row and "－ 失去授予" in row
    none = draft(stage, LOOSER.replace("2027-1", "2028-1").split("titles:")[0])
    assert "这一版办法没有规定复评" in text_of(tried(stage, review, none))


def test_a_version_that_grades_shows_how_many_get_which_grade(stage, round):
    """Scores 19, 17, 15, 15, 0 and 18: from 18 up 先进, from 15 up 中间, else 后进; one is vetoed, one unscored."""
    text = LOOSER.replace("tiers: [{name: 标杆, threshold: 16}, {name: 进位, threshold: 10}]\n", "")
    text = text.replace("selection: {clause: 第二条, limits: [{kind: elimination_rate, minimum: 30%}]}\n", "")
    grades = "[{name: 先进, threshold: 18}, {name: 中间, threshold: 15}]"
    version = draft(stage, f"{text}rating: {{clause: 第二条, grades: {grades}, below: 后进}}\n")
    html = tried(stage, round, version)
    words = text_of(html)
    assert "先进 0 2 +2" in words and "中间 0 3 +3" in words and "后进 0 1 +1" in words and "授予 3 0 −3" in words
    assert "淘汰率" not in words
    rows = {row.split()[0]: row for row in rows_of(html)}
    assert "授予 19.00" in rows["杨村"] and "先进 ↕ 变动" in rows["杨村"] and "评为“先进”" in rows["杨村"]
    answer = ask(stage.maker, "trial_book", version=version.pk, rounds=round.pk)
    made = load_workbook(io.BytesIO(body(answer)), data_only=True)
    assert made.sheetnames == ["变化汇总", "逐家对照"]
    assert ["第 1 轮", "参评", "先进", 0, 2, "＋2"] in [row[:6] for row in table(made["变化汇总"])]


def test_too_much_is_refused_with_the_limit(stage, round, monkeypatch):
    monkeypatch.setattr(reads, "MOST_ENTRIES", 7)
    html = tried(stage, round, draft(stage))
    assert "共 8 家" in text_of(html) and "最多 7 家" in text_of(html) and 'id="lines"' not in html


def test_results_that_no_longer_follow_from_their_sheets_are_not_compared(stage, round, monkeypatch):
    """Somebody lifted the veto of 溪口村 behind the application's back."""

    def changed(computation, tier):
        loaded = load_computed(computation, tier)
        return replace(loaded, inputs=replace(loaded.inputs, entry_vetoed=loaded.inputs.entry_vetoed & False))

    monkeypatch.setattr(reads, "load_computed", changed)
    assert "重新计算的结果与保存的不一致" in text_of(tried(stage, round, draft(stage)))


def test_a_form_without_answers_says_what_is_missing(stage, round):
    html = ask(stage.maker, go="1").content.decode()
    assert "请选择要试算的版本" in html and "请至少选择一轮" in html
    html = ask(stage.maker, version="x", rounds="y").content.decode()
    assert "errsum" in html
    assert ask(stage.maker, "trial_book", status=302).url == reverse("reports:trial")


def test_only_rounds_with_results_are_offered(stage, round):
    stage.round("2")
    html = ask(stage.maker).content.decode()
    assert "第 1 轮（2026-03-15" in html and "第 2 轮" not in html


@pytest.mark.parametrize("role", [Role.LEADER, Role.TOWNSHIP_SECRETARY, Role.INSPECTOR, Role.OBSERVER])
def test_trials_are_for_the_office(stage, round, role):
    town = stage.county.east if role == Role.TOWNSHIP_SECRETARY else None
    user = factories.make_person(stage.tenant, role, town)
    for name in ("trial", "trial_book"):
        ask(user, name, status=403, version=stage.version.pk, rounds=round.pk)
    assert enter(user).post(reverse("reports:trial_files")).status_code == 403
    scheme = enter(user).get(reverse("campaigns:scheme", args=[stage.version.pk]))
    assert reverse("reports:trial") not in scheme.content.decode()


def test_the_page_of_a_version_leads_here(stage):
    version = draft(stage)
    html = enter(stage.maker).get(reverse("campaigns:scheme", args=[version.pk])).content.decode()
    assert f"{reverse('reports:trial')}?version={version.pk}" in html
    assert f'value="{version.pk}" selected' in ask(stage.maker, version=version.pk).content.decode()


# --- files ---

NOMINATIONS = "轮次,组织代码,等次\n1,{a},进位\n1,{b},进位\n1,990000000001,进位\n"
SHEETS = "轮次,组织代码,评委,a,b,c\n1,{a},J01,8,2,8\n1,{b},J01,8,2,6\n1,990000000001,J01,2,2,2\n"


def hand_in(stage, version, nominations=NOMINATIONS, sheets=SHEETS, **fields):
    codes = {"a": stage.entries["杨村"].code, "b": stage.entries["赵村"].code}
    files = {
        "file-nominations": SimpleUploadedFile("申报.csv", nominations.format(**codes).encode("gb18030")),
        "file-sheets": SimpleUploadedFile("评分单.csv", sheets.format(**codes).encode()),
    }
    return enter(stage.maker).post(reverse("reports:trial_files"), {"file-version": version.pk, **files, **fields})


def test_files_are_tried_against_another_version_and_not_kept(stage):
    """18, 16 and 6: 40% out lets 1 of 3 in, 30% out 2 of 3."""
    version, before = draft(stage), counts(stage)
    html = hand_in(stage, version, **{"file-against": stage.version.pk}).content.decode()
    rows = {row.split()[0]: row for row in rows_of(html)}
    assert "18.00 1 授予 18.00 1 授予" in rows["杨村"] and "16.00 2 超出名额 16.00 2 授予" in rows["赵村"]
    assert "低于标准" in rows["990000000001"]
    assert counts(stage) == before and audit(stage) == [("试算办法", "试行办法 2027-1 版")]


def test_files_without_another_version_give_one_side(stage):
    html = hand_in(stage, draft(stage)).content.decode()
    assert "没有对照" in html and "原办法" not in text_of(html.split('id="lines"')[1])
    assert len(rows_of(html)) == 3


def test_files_can_be_answered_with_a_workbook(stage):
    answer = hand_in(stage, draft(stage), book="1")
    made = load_workbook(io.BytesIO(body(answer)))
    assert made["逐家对照"]["L5"].value == "？ 无对照"


def test_problems_of_both_files_are_told_at_once(stage):
    html = hand_in(
        stage, draft(stage), nominations=NOMINATIONS + "1,{a},银牌\n", sheets=SHEETS.replace("J01,8,2,8", "J01,7.3,2,")
    ).content.decode()
    words = text_of(html)
    assert "申报.csv 第 5 行" in words and "办法里没有这个等次" in words
    assert "评分单.csv 第 2 行" in words and "应为 0.5 的倍数" in words and "没有打分" in words
    assert audit(stage) == []


def test_missing_and_oversized_files_are_refused(stage, monkeypatch):
    answer = enter(stage.maker).post(reverse("reports:trial_files"), {"file-version": draft(stage).pk})
    assert answer.content.decode().count("请选择文件") >= 2
    monkeypatch.setattr("reports.forms.MOST_BYTES", 10)
    html = hand_in(stage, stage.version).content.decode()
    assert "文件超过 10 MB" in html
