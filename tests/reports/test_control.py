"""The control room: whose sheet is in, what waits for a person, acts with a reason; a phone's file handed in at the
office.
"""

import base64
import json
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry, tenant_scope
from campaigns.models import Round
from reports.queries.control import control_room
from scoring.enums import SheetSource
from scoring.models import QuarantinedSheet, ScoreSheet, SheetPhoto, SheetReopening
from scoring.services.reopening import ask_reopening, reopen_sheet
from sites.enums import PanelRole
from sites.models import PanelMember, Route, Stop
from tests import factories
from tests.scoring import cast
from tests.scoring.arriving import receive, sheet_of
from tests.scoring.cast import HIGH, entry, open_round
from tests.scoring.test_phone_api import picture

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
EIGHTS, SEVENS = {"a": "8", "b": "8"}, {"a": "7", "b": "8"}


@pytest.fixture
def stage(db):
    stage = cast.set_stage()
    with tenant_scope(stage.tenant):
        yield stage


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


@pytest.fixture
def office(stage):
    client = Client()
    client.force_login(stage.first, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def west(stage, round):
    return entry(round, stage.county.west_villages[0])


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def cells(round):
    """Signs by entry, in the order of the seats; and sheets in of sheets due."""
    room = control_room(Round.objects.select_related("scheme_version").get(pk=round.pk))
    return {
        line.nomination.organization.name: ("".join(cell.sign for _, cell in line.cells), line.sent, line.due)
        for line in room.lines
    }, room


# --- the matrix ----------------------------------------------------------------------------------


def test_every_sheet_has_its_sign(stage, round, west):
    """J2 is at home in the east; J1 sent two sheets for 岭后村 from two devices and reopened 石塘村; J3 left after 杨村."""
    yang, _, _, shi = (entry(round, village) for village in stage.villages)
    receive(stage, "J1", sheet_of(yang, EIGHTS), sheet_of(west, EIGHTS), sheet_of(west, SEVENS), sheet_of(shi, EIGHTS))
    receive(stage, "J3", sheet_of(yang, SEVENS))
    reopen_sheet(nomination=shi, inspector=stage.J["J1"], reason="复核", actor=stage.first)
    PanelMember.objects.filter(round=round, inspector=stage.J["J3"]).update(left_at=timezone.now())
    found, room = cells(round)
    assert found == {
        "杨村": ("●⊘●", 2, 2),
        "赵村": ("○⊘–", 0, 1),
        "岭后村": ("▲○–", 1, 2),
        "石塘村": ("◐○–", 1, 2),
    }
    assert (room.sent, room.due, room.missing, len(room.held)) == (4, 7, 3, 1)
    assert [(seat.sent, seat.due, seat.mark) for seat in room.seats] == [(3, 4, ""), (0, 2, ""), (1, 1, "已离开")]


def test_observers_are_shown_and_owe_nothing(stage, round, west):
    PanelMember.objects.filter(round=round, inspector=stage.J["J2"]).update(role=PanelRole.TRAINEE)
    receive(stage, "J2", sheet_of(west, EIGHTS))
    found, room = cells(round)
    assert found["岭后村"] == ("○○●", 0, 2) and room.seats[2].mark == "见习"


def test_a_room_of_any_size_takes_as_many_queries(stage, round, west, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(20) as seen:
            control_room(found)
        return len(seen)

    found = Round.objects.select_related("scheme_version").get(pk=round.pk)
    few = count()
    for village in stage.villages:
        for number in ("J1", "J3"):
            receive(stage, number, sheet_of(entry(round, village), EIGHTS), sheet_of(entry(round, village), SEVENS))
    assert count() == few


def test_the_page_shows_totals_and_links_and_polls(stage, round, west, office):
    receive(stage, "J1", sheet_of(west, {"a": "8.5", "b": "0"}))
    url = reverse("reports:control", args=[round.pk])
    text = text_of(office.get(url))
    sheet = ScoreSheet.objects.get()
    assert "8.5" in text and reverse("reports:control_sheet", args=[sheet.pk]) in text
    feed = reverse("reports:control_board", args=[round.pk])
    tag = re.search(r'data-tag="&quot;([^&]+)&quot;"', text)[1]
    assert office.get(feed, headers={"If-None-Match": f'"{tag}"'}).status_code == 304
    receive(stage, "J3", sheet_of(west, {"a": "9.5", "b": "0"}))
    answer = office.get(feed, headers={"If-None-Match": f'"{tag}"'})
    assert "9.5" in text_of(answer) and answer["ETag"] != f'"{tag}"'


@pytest.mark.parametrize("role", [Role.LEADER, Role.TOWNSHIP_SECRETARY, Role.INSPECTOR])
def test_the_room_is_the_offices_alone(stage, round, role):
    client = Client()
    place = stage.county.east if role == Role.TOWNSHIP_SECRETARY else None
    person = factories.make_person(stage.tenant, role, place)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("control", "control_board"):
        assert client.get(reverse(f"reports:{name}", args=[round.pk])).status_code == 403


# --- decided on the page -------------------------------------------------------------------------


def test_two_contents_stand_side_by_side_and_one_is_admitted(stage, round, west, office):
    receive(stage, "J1", sheet_of(west, EIGHTS), sheet_of(west, SEVENS, details={"remarks": {"b": "重看过"}}))
    held = QuarantinedSheet.objects.get()
    url = reverse("reports:quarantined", args=[held.pk])
    text = text_of(office.get(url))
    assert text.count('class="differs"') == 1 and "重看过" in text and "两份不一致" in text
    said = text_of(office.post(reverse("scoring:admit", args=[held.pk]), {"reason": ""}, follow=True))
    assert "请写明处理意见" in said and ScoreSheet.objects.count() == 1
    said = text_of(office.post(reverse("scoring:admit", args=[held.pk]), {"reason": "以这份为准"}, follow=True))
    assert "已采用" in said and "以这份为准" in said
    assert ScoreSheet.objects.get(revision=2).total_scaled == 30
    assert "没有待核" in text_of(office.get(reverse("reports:control", args=[round.pk])))


def test_setting_aside_leaves_the_sheet_that_stands(stage, round, west, office):
    receive(stage, "J1", sheet_of(west, EIGHTS), sheet_of(west, SEVENS))
    held = QuarantinedSheet.objects.get()
    said = text_of(office.post(reverse("scoring:set_aside", args=[held.pk]), {"reason": "以先到为准"}, follow=True))
    assert "不采用" in said and "以先到为准" in said and ScoreSheet.objects.count() == 1


def test_what_a_phone_wrote_is_shown_as_text(stage, round, west, office):
    bad = "<script>alert(1)</script>"
    receive(stage, "J1", sheet_of(west, EIGHTS, details={"remark": bad, "remarks": {"a": bad}, "signed_name": bad}))
    text = text_of(office.get(reverse("reports:control_sheet", args=[ScoreSheet.objects.get().pk])))
    assert bad not in text and "&lt;script&gt;alert(1)" in text


def test_a_wish_is_answered_and_a_sheet_reopened_on_the_page(stage, round, west, office):
    receive(stage, "J1", sheet_of(west, EIGHTS))
    wish = ask_reopening(nomination=west, inspector=stage.J["J1"], reason="第一条看错", actor=stage.people["J1"])
    assert "第一条看错" in text_of(office.get(reverse("reports:control", args=[round.pk])))
    url = reverse("scoring:decide_reopening", args=[wish.pk])
    assert "请写明不同意的理由" in text_of(office.post(url, {"to": "decline"}, follow=True))
    assert "请选择" in text_of(office.post(url, {"to": "x"}, follow=True))
    assert "已同意重开" in text_of(office.post(url, {"to": "grant"}, follow=True))
    assert "已收回" in text_of(office.post(url, {"to": "back"}, follow=True))
    sheet = ScoreSheet.objects.get()
    again = reverse("scoring:reopen", args=[sheet.pk])
    assert "请写明重开的原因" in text_of(office.post(again, follow=True))
    assert "已重开，评委可以重新提交一次" in text_of(office.post(again, {"reason": "复核"}, follow=True))
    assert SheetReopening.objects.filter(state="open").count() == 1


def test_arrivals_are_noted_where_they_are_seen(stage, round, west, office):
    route = Route(tenant=stage.tenant, round=round, name="一线", on=round.onsite_date)
    route.save()
    stop = Stop(tenant=stage.tenant, route=route, nomination=west, sequence=1)
    stop.save()
    url = reverse("scoring:arrival", args=[stop.pk])
    assert "还没有到达记录" in text_of(office.post(url, {"what": "left"}, follow=True))
    assert "已记到达" in text_of(office.post(url, {"what": "arrived"}, follow=True))
    stop.refresh_from_db()
    assert stop.arrived_at is not None and control_room(round).here == "岭后村"
    assert "已记离开" in text_of(office.post(url, {"what": "left"}, follow=True))
    assert control_room(round).here == ""


# --- a phone's file ------------------------------------------------------------------------------


def queue_of(stage, number, *sheets, **other):
    whose = {"id": str(stage.J[number].pk), "number": number, "name": f"评委{number}"}
    content = {"format": "biaogan-queue/1", "exported_at": "2026-03-15T18:00:00+08:00", "inspector": whose,
               "tenant": {"name": "建德市"}, "device": "phone-1", "sheets": list(sheets), "photos": []}  # fmt: skip
    return json.dumps({**content, **other}).encode()


def hand_in(office, stage, round, data, number="J1"):
    url = reverse("scoring:queue_file", args=[round.pk])
    chosen = str(stage.J[number].pk) if number else ""
    return text_of(office.post(url, {"inspector": chosen, "file": SimpleUploadedFile("标杆未传评分单.json", data)}))


def test_a_phones_file_goes_the_way_of_the_phone_and_twice_changes_nothing(stage, round, west, office):
    good, late = sheet_of(west, EIGHTS), sheet_of(west, SEVENS)
    wrong = sheet_of(entry(round, stage.villages[3]), {"a": "8"})
    data = picture()
    photo = {"uuid": str(uuid4()), "sheet": good["uuid"], "criterion": "a", "type": "image/jpeg",
             "data": base64.b64encode(data).decode()}  # fmt: skip
    file = queue_of(stage, "J1", good, late, wrong, photos=[photo, {"uuid": "x"}])
    text = hand_in(office, stage, round, file)
    assert all(word in text for word in ("已收下", "待核", "没有收下", "照片 1 张已收下", "文件里有一张照片看不懂"))
    sheet = ScoreSheet.objects.get()
    assert (sheet.source, sheet.device, sheet.submitted_by) == (SheetSource.FILE, "phone-1", stage.first)
    assert QuarantinedSheet.objects.get().source == SheetSource.FILE
    text = hand_in(office, stage, round, file)
    assert "早已收到" in text
    assert (ScoreSheet.objects.count(), QuarantinedSheet.objects.count(), SheetPhoto.objects.count()) == (1, 1, 1)
    said = AuditEntry.objects.filter(verb="导入手机评分单文件").order_by("pk").values_list("new", flat=True)
    assert [each["stored"] for each in said] == [1, 0]
    shown = office.get(reverse("scoring:sheet_photo", args=[SheetPhoto.objects.get().pk]))
    assert shown["Content-Type"] == "image/jpeg" and b"SECRET-PLACE" not in shown.content


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "这不是手机导出的评分单文件，或没有传完整，没有导入。请让评委重新导出。"),
        (b"[]", "这不是手机导出的评分单文件，没有导入。请选择“标杆未传评分单”开头的文件。"),
        (b'{"format": "x", "sheets": []}', "这不是手机导出的评分单文件，没有导入。"),
        (b'{"format": "biaogan-queue/1", "sheets": []}', "这个文件是另一位评委的，与所选的评委评委J1不符，没有导入。"),
    ],
)
def test_what_is_no_file_of_a_phone_is_refused_whole(stage, round, office, data, said):
    assert said in hand_in(office, stage, round, data)


def test_another_inspectors_file_is_not_taken(stage, round, west, office):
    file = queue_of(stage, "J3", sheet_of(west, EIGHTS))
    assert "这个文件是评委J3的，与所选的评委评委J1不符，没有导入。请核对后重选。" in hand_in(office, stage, round, file)
    assert "请选择评委和文件。" in hand_in(office, stage, round, file, number="")
    assert not ScoreSheet.objects.exists()
