"""The pages of panels, conflicts, routes and paper: the office builds a round by them alone; an inspector sees
their own.
"""

import io
import re
from datetime import timedelta

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from campaigns.enums import PhaseKind
from campaigns.models import Phase
from scoring.models import KeyedSheet, ScoreSheet
from sites.enums import ConflictState, PanelRole
from sites.models import Conflict, CountyMap, PanelDraw, PanelMember, Route
from tests.reports.test_round import enter, text_of
from tests.scoring.cast import HIGH, fill, open_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


def get(user, name, *args, query="", status=200):
    answer = enter(user).get(reverse(name, args=args) + query)
    assert answer.status_code == status
    return answer.content.decode()


def said(user, view, /, *args, **data):
    """What the page says after an act, toasts included."""
    answer = enter(user).post(reverse(view, args=args), data, follow=True)
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>", " ", answer.content.decode())


def member(round, number):
    return PanelMember.objects.get(round=round, inspector__number=number)


def test_a_panel_is_drawn_applied_and_completed_by_hand(many):
    round = open_round(many, dict.fromkeys(many.villages, HIGH))
    PanelMember.objects.filter(round=round).delete()
    assert "这一轮还没有评委" in text_of(get(many.first, "sites:panel", round.pk))
    page = said(many.first, "sites:draw_new", round.pk, size0="2", size1="5", seed="", excluded="K1")
    assert "K1没有写原因" in page and 'value="5"' in get_form(many, round)
    page = said(many.first, "sites:draw_new", round.pk, size0="2", size1="3", seed="当众商定 42", excluded="K1 出差")
    draw = PanelDraw.objects.get()
    assert "当众商定 42:" in page and "已抽出 5 人" in page and "出差" in page
    assert "sha256sum" in page and "K1" not in draw.drawn
    page = said(many.first, "sites:draw", draw.pk)
    assert "抽取结果已采用，5 人加入评委组" in page
    assert PanelMember.objects.filter(round=round).count() == 5
    chosen = many.J["J1"]
    page = said(many.first, "sites:panel_add", round.pk, inspectors=[str(chosen.pk)], role="trainee", group="")
    assert "已加入评委组 1 人" in page and "见习，不计分" in page
    assert member(round, "J1").role == PanelRole.TRAINEE


def get_form(many, round):
    data = {"size0": "2", "size1": "5", "seed": "", "excluded": "K1"}
    return enter(many.first).post(reverse("sites:draw_new", args=[round.pk]), data).content.decode()


def test_the_panel_page_shows_groups_recusals_and_asks_for_what_is_open(stage, round):
    html = get(stage.first, "sites:panel", round.pk)
    assert "另有 1 处乡镇回避还没有登记" in text_of(html)
    page = said(stage.first, "sites:round_conflicts", round.pk, act="confirm_all")
    assert "已确认 0 条回避" in page and "按办法自动回避" in page
    lines = f"J1 {stage.villages[2].code} 2026年挂联\nJ9 1\nJ1 999"
    page = said(stage.first, "sites:contacts", lines=lines)
    assert "第 2 行：没有编号为“J9”的评委" in page and "第 3 行：没有代码为“999”的组织" in page
    assert "2026年挂联" in page  # what was typed stays
    assert "新增 1 条挂联" in said(stage.first, "sites:contacts", lines=lines.splitlines()[0])
    page = said(stage.first, "sites:round_conflicts", round.pk, act="confirm_all")
    assert "已确认 1 条回避" in page
    row = Conflict.objects.get(kind="contact")
    page = said(stage.first, "sites:conflict_decide", row.pk, act="dismiss", round=str(round.pk), reason="")
    assert "请写明不须回避的原因" in page
    said(stage.first, "sites:conflict_decide", row.pk, act="dismiss", round=str(round.pk), reason="已调整")
    row.refresh_from_db()
    assert row.state == ConflictState.DISMISSED
    facts = {"inspector": str(stage.J["J3"].pk), "organization": "石塘村", "note": "群众反映"}
    assert "已确定：评委J3 回避 石塘村" in said(stage.first, "sites:round_conflicts", round.pk, act="pin", **facts)


def test_one_member_is_changed_replaced_and_removed(many):
    round = open_round(many, dict.fromkeys(many.villages, HIGH))
    fill(many, round, {many.villages[0]: (9, 9)}, "J3")
    path = member(round, "J3").pk
    assert "移出评委组" not in get(many.first, "sites:member", path)
    page = said(many.first, "sites:member", path, act="change", role="observer", group="", reason="")
    assert "请写明原因" in page and "没有保存，请先改好下面 1 处" in page
    by = str(many.J["J3"].__class__.objects.get(number="K3").pk)
    assert "请写明离开的原因" in said(many.first, "sites:member", path, act="replace", by=by, left_reason="")
    page = said(many.first, "sites:member", path, act="replace", by=by, left_reason="紧急公务")
    assert "候选3已接替评委J3" in page and "接替" in page and "紧急公务" in page
    assert "已移出评委组" in said(many.first, "sites:member", member(round, "J2").pk, act="remove")


def test_an_inspector_declares_and_takes_back(stage, round):
    user = stage.people["J1"]
    assert "没有登记的回避" in text_of(get(user, "sites:conflicts"))
    assert "没有“无名村”这个组织" in said(user, "sites:conflicts", organization="无名村", note="近亲属")
    page = said(user, "sites:conflicts", organization="石塘村", note="近亲属任书记")
    assert "已申报回避“石塘村”" in page
    row = Conflict.objects.get()
    assert "近亲属任书记" in text_of(get(stage.first, "sites:panel", round.pk))
    assert "近亲属任书记" not in get(stage.people["J2"], "sites:conflicts")
    enter(stage.people["J2"]).post(reverse("sites:conflict_back", args=[row.pk]))
    assert Conflict.objects.exists()
    assert "申报已撤回" in said(user, "sites:conflict_back", row.pk)
    assert not Conflict.objects.exists()


def test_a_route_is_planned_and_its_sheet_carries_a_code_per_stop(stage, round):
    page = said(stage.first, "sites:routes", round.pk, name="", on="2026-03-15", starts_at="25:00")
    assert "请填写路线名称" in page and "请写成 08:30 的样子" in page
    said(stage.first, "sites:routes", round.pk, name="一线", on="2026-03-15", starts_at="08:30")
    route = Route.objects.get()
    ids = [str(pk) for pk in round.nominations.values_list("pk", flat=True)]
    assert "加入 4 站" in said(stage.first, "sites:route", route.pk, act="stops", nominations=ids)
    html = get(stage.first, "sites:route", route.pk)
    assert "站点都没有坐标，画不出地图" in text_of(html) and "<svg viewBox" not in html
    assert "有坐标的站点不到 2 个" in said(stage.first, "sites:route", route.pk, act="near")
    lines = "代码 名称 经度 纬度\n" + "\n".join(
        f"{row.code} {row.name} {119.30 + i / 50} {29.5 + i / 90}" for i, row in enumerate(stage.villages)
    )
    assert "第 2 行：300, 29.5 不在中国范围内" in said(stage.first, "sites:places", act="places",
                                                     lines=lines.replace("119.3 ", "300 "))  # fmt: skip
    assert "更改 4 个" in said(stage.first, "sites:places", act="places", lines=lines)
    assert "已按就近排序" in said(stage.first, "sites:route", route.pk, act="near")
    assert "4 站的计划到达已排定" in said(stage.first, "sites:route", route.pk, act="times", minutes="40", speed="40")
    html = get(stage.first, "sites:route", route.pk)
    assert html.count('<text class="name"') == 4 and "08:30" in html
    first = route.stops.order_by("sequence").first()
    said(stage.first, "sites:stop_move", first.pk, to="down")
    assert route.stops.get(pk=first.pk).sequence == 2
    html = get(stage.first, "sites:route_sheet", route.pk)
    assert html.count('class="qr"') == 4 and "style=" not in html
    assert "评委J2" in text_of(html)  # who is recused stands beside the stop


def test_the_code_of_a_stop_is_its_absolute_address(stage, round):
    said(stage.first, "sites:routes", round.pk, name="一线", on="2026-03-15")
    route = Route.objects.get()
    nomination = round.nominations.first()
    said(stage.first, "sites:route", route.pk, act="stops", nominations=[str(nomination.pk)])
    html = get(stage.first, "sites:route_sheet", route.pk)
    wanted = segno.make(f"http://testserver/phone/?stop={nomination.pk}", error="m").svg_inline(border=2)
    assert re.search(r' d="([^"]+)"', wanted)[1] in html


def test_an_inspector_sees_own_routes_while_they_are_open(stage, round):
    said(stage.first, "sites:routes", round.pk, name="一线", on="2026-03-15")
    said(stage.first, "sites:routes", round.pk, name="二线", on="2026-03-15")
    mine, other = Route.objects.get(name="一线"), Route.objects.get(name="二线")
    said(stage.first, "sites:route", mine.pk, act="members", members=[str(member(round, "J1").pk)])
    said(stage.first, "sites:route", other.pk, act="members", members=[str(member(round, "J3").pk)])
    page = text_of(get(stage.people["J1"], "sites:my_day"))
    assert "一线" in page and "二线" not in page
    get(stage.people["J1"], "sites:route_sheet", mine.pk)
    get(stage.people["J1"], "sites:route_sheet", other.pk, status=404)
    later = timezone.localdate() + timedelta(days=5)
    Phase.objects.create(
        tenant=stage.tenant, round=round, kind=PhaseKind.ONSITE, sequence=1, opens_on=later, closes_on=later
    )
    page = text_of(get(stage.people["J1"], "sites:my_day"))
    assert "一线" not in page and f"从 {later:%Y-%m-%d} 开始" in page
    assert enter(stage.people["J1"]).get(reverse("sites:route_sheet", args=[mine.pk])).status_code == 302


def test_an_outline_is_loaded_and_removed(stage):
    box = '{"type": "Polygon", "coordinates": [[[119, 29], [120, 29], [120, 30], [119, 29]]]}'
    page = said(stage.first, "sites:places", act="outline", file=SimpleUploadedFile("a.geojson", b"<kml/>"))
    assert "文件读不出来" in page and not CountyMap.objects.exists()
    page = said(stage.first, "sites:places", act="outline", file=SimpleUploadedFile("a.geojson", box.encode()))
    assert "县域轮廓已载入，4 个点" in page
    said(stage.first, "sites:places", act="remove")
    assert not CountyMap.objects.exists()


# --- paper ---------------------------------------------------------------------------------------


def test_paper_forms_are_one_per_inspector_and_entry_recusals_left_out(stage, round):
    assert "请至少选一项" in text_of(get(stage.first, "reports:paper_forms", round.pk))
    html = get(stage.first, "reports:paper_forms", round.pk, query=f"?inspector={stage.J['J2'].pk}")
    assert html.count('<article class="paper"') == 2  # of four entries two are of the own township
    words = text_of(html)
    assert "J2 评委J2" in words and "岭后村" in words
    assert "□ 10 □ 9.5" not in words  # twenty-one marks: written, not ticked
    assert "（0 至 10，每档 0.5）" in words
    answer = enter(stage.first).get(
        reverse("reports:paper_forms_document", args=[round.pk]) + f"?inspector={stage.J['J1'].pk}"
    )
    document = Document(io.BytesIO(b"".join(answer.streaming_content)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert [text for text in cells if text in {row.name for row in stage.villages}] == [
        row.organization.name
        for row in round.nominations.select_related("organization").order_by("township__path", "organization__path")
    ]
    assert cells.count("党建") == 4 and "评分表" in document.paragraphs[0].text


def test_the_roster_names_groups_and_recusals(stage, round):
    answer = enter(stage.first).get(reverse("reports:panel_book", args=[round.pk]))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert rows[0] == ["序号", "组别", "编号", "姓名", "身份", "单位", "回避单位", "情况"]
    found = next(row for row in rows if row[2] == "J2")
    assert (found[5], found[6]) == ("东溪镇", "杨村、赵村")


def test_two_people_key_a_form_on_the_pages(stage, round):
    nomination = round.nominations.get(organization=stage.villages[2])
    query = f"?inspector={stage.J['J3'].pk}&nomination={nomination.pk}"
    first, second = enter(stage.first), enter(stage.second)
    new = reverse("scoring:keying_new") + query
    assert "照原表录入" in first.get(new).content.decode()
    page = first.post(new, {"a": "8.25", "b": ""}).content.decode()
    assert "不合分档" in page and "没有打分不等于零分" in page and 'value="8.25"' in page
    assert "请另一人录第二遍" in first.post(new, {"a": "8.5", "b": "7"}, follow=True).content.decode()
    keyed = KeyedSheet.objects.get()
    one = reverse("scoring:keying_one", args=[keyed.pk])
    own, blind = first.get(one).content.decode(), second.get(one).content.decode()
    assert "第二遍须由另一人录入" in own and 'value="8.5"' not in own + blind and ">8.5<" not in own + blind
    assert "第二遍须由另一人录入" in first.post(one, {"a": "8.5", "b": "7"}).content.decode()
    page = text_of(second.post(one, {"a": "8", "b": "7"}, follow=True).content.decode())
    assert "两遍不一致的 1 处" in page and "8.5" in page
    assert "须由本人核对" in text_of(first.get(one).content.decode())
    assert "两遍一致，已成评分单" in second.post(one, {"a": "8.5"}, follow=True).content.decode()
    assert ScoreSheet.objects.get().source == "paper"
    assert "已经提交" in first.get(new, follow=True).content.decode()
    assert "已成评分单" in text_of(first.get(one).content.decode())


def test_a_wrong_address_of_a_form_is_missing_or_told(stage, round):
    office = enter(stage.first)
    assert office.get(reverse("scoring:keying_new") + "?inspector=x&nomination=y").status_code == 404
    assert "请先选轮次、评委和参评单位" in office.get(reverse("scoring:keying_new"), follow=True).content.decode()
