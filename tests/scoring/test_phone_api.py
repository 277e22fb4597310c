"""The API of the phone page: the day in few queries, verdicts with a receipt, photos drawn anew, the wish to reopen."""

import io
import json
from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.enums import OrganizationKind, Role
from accounts.models import tenant_scope
from accounts.services.uploads import stored_path
from campaigns.enums import RoundState
from campaigns.models import Nomination, Phase, Round
from campaigns.services.campaigns import move_round
from scoring.models import QuarantinedSheet, ScoreSheet, SheetPhoto, SheetReopening
from scoring.receipts import is_signed
from scoring.services.quarantine import set_aside
from scoring.services.reopening import decline, reopen_sheet
from sites.enums import PanelRole
from sites.models import PanelMember, Route, RouteMember, Stop
from tests import factories

from . import cast
from .arriving import TREE, digest_of, hash_of, receive, sheet_of
from .cast import HIGH, entry, open_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
API = "/api/v1/phone/"
DEVICE = "6f8d1f2e-0000-4000-8000-000000000001"
EIGHTS = {"a": "8", "b": "8"}


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


@pytest.fixture
def west(stage, round):
    return entry(round, stage.county.west_villages[0])


@pytest.fixture
def j1(stage, browser):
    return browser(stage.people["J1"])


def day(client):
    answer = client.get(f"{API}day/")
    assert (answer.status_code, answer["X-Biaogan"]) == (200, "1")
    return answer.json()


def post(client, path, body, **headers):
    answer = client.post(f"{API}{path}", json.dumps(body), content_type="application/json", headers=headers)
    assert answer["X-Biaogan"] == "1"
    return answer.status_code, answer.json()


def send(client, *sheets):
    status, body = post(client, "sheets/", {"device": DEVICE, "sheets": list(sheets)})
    assert status == 200
    return body


# --- the day -------------------------------------------------------------------------------------


def test_the_day_says_everything_a_phone_needs(stage, round, west, j1):
    said = day(j1)
    assert said["inspector"] == {"id": str(stage.J["J1"].pk), "number": "J1", "name": "评委J1", "home": "建德市"}
    assert said["tenant"] == {"name": "建德市", "office": "建德市委组织部", "demo": False, "rehearsal": False}
    assert len(said["csrf_token"]) == 64 and said["server_time"].endswith("+08:00")
    [shown] = said["rounds"]
    assert {name: shown[name] for name in ("id", "title", "campaign", "state", "open", "note", "counts")} == {
        "id": str(round.pk), "title": "第 1 轮", "campaign": "示范创建", "state": "scoring", "open": True, "note": "",
        "counts": True,
    }  # fmt: skip
    steps = [f"{n // 2}{'.5' if n % 2 else ''}" for n in range(21)]
    plain = {"guidance": "", "evidence": [], "kind": "points", "max": "10", "min": "0", "step": "0.5", "marks": steps,
             "options": [], "deductions": [], "may_not_apply": False}  # fmt: skip
    assert shown["scheme"] == {
        "version": str(stage.version.pk), "number": "1", "full": "20", "abstention": False, "trainee": False,
        "items": [
            {"key": "a", "name": "党建", "full": "10", "criteria": [{"key": "a", "name": "党建", **plain}]},
            {"key": "b", "name": "服务", "full": "10", "criteria": [{"key": "b", "name": "服务", **plain}]},
        ],
    }  # fmt: skip
    assert [stop["organization"] for stop in shown["stops"]] == ["杨村", "赵村", "岭后村", "石塘村"]
    assert shown["stops"][2] == {
        "nomination": str(west.pk), "organization": "岭后村", "township": "西山乡", "tier": HIGH, "sequence": 3,
        "route": "", "on": "2026-03-15", "time": "", "recused": "", "self": {"statement": "", "marks": {}},
        "sent": None, "quarantined": None,
    }  # fmt: skip


def test_every_kind_of_mark_travels_with_what_it_allows(db, browser):
    grades = {"kind": "grades", "grades": {"好": "3", "较好": "2", "差": "0"}}
    fine = {"max": "10", "step": "0.01"}
    tree = [*TREE, {"key": "items", "name": "两项", "children": [
        {"key": "g", "name": "分等", "mark": grades, "guidance": "看现场", "evidence": ["台账"]},
        {"key": "y", "name": "是否", "mark": {"kind": "yes_no", "max": "2"}},
        {"key": "f", "name": "细", "mark": fine},
    ]}]  # fmt: skip
    facts = [{"key": "water", "name": "水面", "type": "choice", "choices": ["有", "无"]}]
    stage = cast.set_stage(criteria={"tree": tree}, facts=facts, ranking={}, panel={"abstention": True})
    with tenant_scope(stage.tenant):
        open_round(stage, {stage.villages[2]: HIGH})
    [shown] = day(browser(stage.people["J1"]))["rounds"]
    found = {each["key"]: each for item in shown["scheme"]["items"] for each in item["criteria"]}
    assert list(found) == ["a", "d", "n", "g", "y", "f"]
    assert shown["scheme"]["abstention"] is True and shown["scheme"]["full"] == "35"
    assert [item["full"] for item in shown["scheme"]["items"]] == ["10", "5", "5", "15"]
    assert (found["d"]["kind"], found["d"]["marks"][0], found["d"]["max"]) == ("deduction", "1", "5")
    assert found["d"]["deductions"] == [{"name": "少开一次", "points": "0.5", "most": "1"}]
    assert (found["n"]["may_not_apply"], found["a"]["may_not_apply"]) == (True, False)
    assert found["g"]["options"] == [
        {"label": "好", "mark": "3"},
        {"label": "较好", "mark": "2"},
        {"label": "差", "mark": "0"},
    ]
    assert (found["g"]["marks"], found["g"]["guidance"], found["g"]["evidence"]) == (
        ["0", "2", "3"],
        "看现场",
        ["台账"],
    )
    assert (found["y"]["kind"], found["y"]["marks"]) == ("yes_no", ["0", "2"])
    assert (found["f"]["marks"], found["f"]["step"]) == (None, "0.01")


def test_stops_come_in_the_order_of_ones_own_tour_then_what_is_on_no_tour(stage, round, j1):
    """J1 goes along on the second route; the first is J3's; one village is on no route; what was sent stays."""
    yang, zhao, _, shi = (entry(round, village) for village in stage.villages)
    receive(stage, "J1", sheet_of(yang, EIGHTS))
    theirs = Route(tenant=stage.tenant, round=round, name="甲", on=date(2026, 3, 15))
    mine = Route(tenant=stage.tenant, round=round, name="乙", on=date(2026, 3, 16))
    for route, number, places in ((theirs, "J3", [yang, zhao]), (mine, "J1", [shi])):
        route.save()
        member = PanelMember.objects.get(round=round, inspector=stage.J[number])
        RouteMember(tenant=stage.tenant, route=route, member=member).save()
        for place, nomination in enumerate(places, start=1):
            Stop(tenant=stage.tenant, route=route, nomination=nomination, sequence=place, planned_at=time(9, 5)).save()
    stops = day(j1)["rounds"][0]["stops"]
    shown = [(each["organization"], each["route"], each["on"], each["time"]) for each in stops]
    assert shown == [
        ("石塘村", "乙", "2026-03-16", "09:05"),
        ("杨村", "", "2026-03-15", ""),
        ("岭后村", "", "2026-03-15", ""),
    ]


def test_who_is_recused_and_who_never_counts_are_told(stage, round, browser):
    PanelMember.objects.filter(round=round, inspector=stage.J["J2"]).update(role=PanelRole.TRAINEE)
    [shown] = day(browser(stage.people["J2"]))["rounds"]
    assert (shown["counts"], shown["scheme"]["trainee"]) == (False, True)
    reason = "这是您所在乡镇（街道）的组织，应当回避。"
    assert [each["recused"] for each in shown["stops"]] == [reason, reason, "", ""]


def test_what_was_sent_comes_back_readable_with_its_reopening(stage, round, west, j1):
    sent = sheet_of(west, {"a": "8.5", "b": "0"}, details={"remark": "好", "signature": "data:image/png;base64,AAAA"})
    send(j1, sent)
    shown = lambda: day(j1)["rounds"][0]["stops"][2]["sent"]  # noqa: E731
    first = shown()
    assert {name: first[name] for name in ("uuid", "revision", "total", "marks", "reopened", "reopen_reason")} == {
        "uuid": sent["uuid"], "revision": 1, "total": "8.5", "marks": {"a": "8.5", "b": "0"}, "reopened": None,
        "reopen_reason": "",
    }  # fmt: skip
    assert first["details"]["remark"] == "好" and "signature" not in first["details"]
    assert post(j1, "reopen/", {"nomination": str(west.pk), "reason": "第一条看错"}) == (200, {"reopened": "asked"})
    assert (shown()["reopened"], shown()["reopen_reason"]) == ("asked", "第一条看错")
    decline(reopening=SheetReopening.objects.get(), reply="已核对无误", actor=stage.first)
    assert (shown()["reopened"], shown()["reopen_reason"]) == ("declined", "已核对无误")
    reopen_sheet(nomination=west, inspector=stage.J["J1"], reason="复核", actor=stage.first)
    assert shown()["reopened"] == "open"
    send(j1, sheet_of(west, EIGHTS, based_on=1))
    assert (shown()["revision"], shown()["total"], shown()["reopened"]) == (2, "16", None)


def test_a_sheet_that_waits_for_the_office_is_shown_and_what_the_office_said(stage, round, west, j1):
    send(j1, sheet_of(west, EIGHTS), sheet_of(west, {"a": "1", "b": "1"}))
    shown = lambda: day(j1)["rounds"][0]["stops"][2]["quarantined"]  # noqa: E731
    assert (shown()["code"], shown()["state"], shown()["reply"]) == ("conflict", "waiting", "")
    set_aside(quarantined=QuarantinedSheet.objects.get(), reason="以先到的为准", actor=stage.first)
    assert (shown()["state"], shown()["state_text"], shown()["reply"]) == ("set_aside", "不采用", "以先到的为准")


def test_closed_rounds_stay_for_a_month_and_others_are_not_shown(stage, round, j1):
    Round.objects.filter(pk=round.pk).update(onsite_date=timezone.localdate())
    move_round(round=Round.objects.get(pk=round.pk), to=RoundState.SEALED, actor=None)
    [shown] = day(j1)["rounds"]
    assert (shown["open"], shown["note"]) == (False, "第 1 轮“已封存”，不再收评分单。")
    Round.objects.filter(pk=round.pk).update(onsite_date=timezone.localdate() - timedelta(days=31))
    assert day(j1)["rounds"] == []
    Round.objects.filter(pk=round.pk).update(onsite_date=timezone.localdate(), state=RoundState.PLANNED)
    assert day(j1)["rounds"] == []


def test_the_tour_is_not_told_before_its_phase(stage, round, j1):
    day_after = timezone.localdate() + timedelta(days=1)
    Phase(tenant=stage.tenant, round=round, kind="onsite", sequence=1, opens_on=day_after, closes_on=day_after).save()
    [shown] = day(j1)["rounds"]
    assert (shown["stops"], shown["open"]) == ([], False)
    assert shown["note"] == f"第 1 轮的“评委评分”从 {day_after:%Y-%m-%d} 开始。"
    Phase.objects.update(opens_on=timezone.localdate())
    [shown] = day(j1)["rounds"]
    assert (len(shown["stops"]), shown["open"]) == (4, True)
    said = f"评分至 {day_after.month} 月 {day_after.day} 日 24:00（宽限 30 分钟）"
    assert shown["note"] == said


def test_a_day_of_sixty_stops_takes_as_many_queries_as_one_of_four(stage, round, j1, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(60) as seen:
            stops = sum(len(each["stops"]) for each in day(j1)["rounds"])
        return stops, len(seen)

    day(j1)  # the first request of a session writes when it was there
    few = count()
    more = [
        factories.make_organization(
            stage.tenant, f"{stage.county.west.code}3{n:02}", f"新{n}村", OrganizationKind.VILLAGE, stage.county.west
        )
        for n in range(16)
    ]  # fmt: skip
    for label in ("2", "3"):
        wide = open_round(stage, dict.fromkeys([*stage.villages, *more], HIGH), label=label)
        route = Route(tenant=stage.tenant, round=wide, name="线", on=wide.onsite_date)
        route.save()
        for place, nomination in enumerate(Nomination.objects.filter(round=wide), start=1):
            Stop(tenant=stage.tenant, route=route, nomination=nomination, sequence=place).save()
        receive(stage, "J1", *(sheet_of(entry(wide, each), EIGHTS) for each in more))
    many = count()
    assert (few[0], many[0]) == (4, 44)
    assert few[1] == many[1] <= 18, few[1]


# --- sheets --------------------------------------------------------------------------------------


def test_each_sheet_has_its_verdict_and_the_receipt_is_signed(stage, round, west, j1):
    good, bad = sheet_of(west, EIGHTS), sheet_of(entry(round, stage.villages[3]), {"a": "8", "b": "11"})
    body = send(j1, good, bad, {"uuid": "x"})
    first, second, third = body["verdicts"]
    sheet = ScoreSheet.objects.get()
    assert first == {
        "uuid": good["uuid"], "verdict": "stored", "code": "", "message": "", "problems": [], "sequence": sheet.pk,
        "revision": 1, "content_hash": hash_of(good), "received_at": timezone.localtime(sheet.received_at).isoformat(),
    }  # fmt: skip
    assert (second["verdict"], second["code"]) == ("refused", "marks")
    assert second["problems"] == [{"column": "服务", "reason": "高于满分 10", "remedy": "请改正后再提交。"}]
    assert (third["uuid"], third["verdict"]) == ("x", "refused")
    receipt = body["receipt"]
    assert (receipt["inspector"], receipt["count"]) == (str(stage.J["J1"].pk), 1)
    assert receipt["digest"] == digest_of(good)
    assert is_signed(receipt)


def test_the_inspector_is_the_session_whoever_the_body_names(stage, west, j1):
    body = {"device": DEVICE, "inspector": str(stage.J["J3"].pk), "sheets": [sheet_of(west, EIGHTS)]}
    status, said = post(j1, "sheets/", body)
    assert (status, said["code"]) == (409, "other_person")
    assert not ScoreSheet.objects.exists()
    post(j1, "sheets/", {**body, "inspector": str(stage.J["J1"].pk)})
    assert ScoreSheet.objects.get().inspector == stage.J["J1"]


@pytest.mark.parametrize(
    "body", [{}, [], {"device": DEVICE}, {"device": 5, "sheets": []}, {"sheets": [{}] * 21, "device": ""}]
)
def test_what_is_no_batch_is_400(west, j1, body):
    assert post(j1, "sheets/", body)[0] == 400


def test_a_body_that_is_cut_or_too_large_is_refused_whole(west, j1):
    for content, status in ((b'{"device": "x", "sheets": [', 400), (b'{"device": NaN}', 400), (b" " * 1_100_000, 413)):
        answer = j1.post(f"{API}sheets/", content, content_type="application/json")
        assert (answer.status_code, answer["X-Biaogan"]) == (status, "1")


# --- who -----------------------------------------------------------------------------------------


def test_an_ended_session_is_401_and_a_stranger_403_with_a_code(stage, client, browser):
    for method, path in (("get", "day/"), ("post", "sheets/"), ("post", "reopen/")):
        answer = getattr(client, method)(f"{API}{path}", content_type="application/json")
        assert (answer.status_code, answer["X-Biaogan"]) == (401, "1")
    others = [factories.make_person(stage.tenant, role) for role in (Role.LEADER, Role.INSPECTOR)]
    strangers = [stage.first, *others]
    for person in strangers:
        answer = browser(person).get(f"{API}day/")
        assert (answer.status_code, answer["X-Biaogan"], answer.json()["code"]) == (403, "1", "not_inspector")


def test_the_token_of_the_day_is_asked_for(stage, west):
    client = Client(enforce_csrf_checks=True)
    client.force_login(stage.people["J1"], backend="django.contrib.auth.backends.ModelBackend")
    assert SESSION_KEY in client.session
    token = day(client)["csrf_token"]
    body = {"device": DEVICE, "sheets": [sheet_of(west, EIGHTS)]}
    status, said = post(client, "sheets/", body)
    assert (status, "code" in said) == (403, False)
    assert post(client, "sheets/", body, **{"X-CSRFToken": token})[0] == 200
    assert ScoreSheet.objects.count() == 1


# --- photos --------------------------------------------------------------------------------------


def picture(**how):
    """A JPEG with a place and a comment in it."""
    image, out = Image.new("RGB", (64, 48), "green"), io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "SECRET-PLACE"
    image.save(out, "JPEG", exif=exif, comment=b"SECRET-PLACE", **how)
    return out.getvalue()


def put_photo(client, number, data, sheet, criterion="a", kind="image/jpeg"):
    headers = {"X-Sheet": sheet, "X-Criterion": criterion}
    answer = client.post(f"{API}photos/{number}/", data, content_type=kind, headers=headers)
    assert answer["X-Biaogan"] == "1"
    return answer.status_code, answer.json()


def test_a_photo_is_kept_once_and_drawn_anew(stage, west, j1):
    import hashlib

    sent, number, data = sheet_of(west, EIGHTS), uuid4(), picture()
    assert b"SECRET-PLACE" in data
    status, said = put_photo(j1, number, data, sent["uuid"])
    assert (status, said["message"]) == (422, "这张照片的评分单还没有送到，请先传评分单。")
    send(j1, sent)
    own = hashlib.sha256(data).hexdigest()
    assert put_photo(j1, number, data, sent["uuid"]) == (200, {"verdict": "stored", "sha256": own})
    assert put_photo(j1, number, data, sent["uuid"]) == (200, {"verdict": "duplicate", "sha256": own})
    row = SheetPhoto.objects.get()
    assert (row.nomination, row.inspector, row.criterion, row.arrived) == (west, stage.J["J1"], "a", own)
    served = stored_path(stage.tenant.pk, row.served).read_bytes()
    assert served[:3] == b"\xff\xd8\xff" and b"SECRET-PLACE" not in served and b"Exif" not in served
    assert put_photo(j1, number, picture(quality=50), sent["uuid"])[0] == 422


def test_what_is_no_photo_is_refused_with_a_sentence(stage, west, j1, browser):
    sent = sheet_of(west, EIGHTS)
    send(j1, sent)
    refused = [
        (b"<svg onload=alert(1)>", "image/jpeg"),
        (b"", "image/jpeg"),
        (picture(), "image/svg+xml"),
        (picture()[:200], "image/png"),
    ]
    for data, kind in refused:
        status, said = put_photo(j1, uuid4(), data, sent["uuid"], kind=kind)
        assert status == 422 and "请" in said["message"], said
    assert put_photo(j1, uuid4(), picture(), sent["uuid"], criterion="zz")[0] == 422
    assert put_photo(j1, uuid4(), picture(), "x")[0] == 422
    assert put_photo(j1, uuid4(), b"0" * (2 * 1024 * 1024 + 1), sent["uuid"])[0] == 413
    other = browser(stage.people["J2"])
    assert put_photo(other, uuid4(), picture(), sent["uuid"])[0] == 422
    assert not SheetPhoto.objects.exists()


# --- reopening -----------------------------------------------------------------------------------


def test_asking_to_reopen_what_is_not_sent_or_without_a_reason_is_refused(stage, round, west, j1):
    status, said = post(j1, "reopen/", {"nomination": str(west.pk), "reason": "看错"})
    assert (status, said["message"]) == (422, "服务器上还没有这家的评分单，不用重开，直接提交即可。")
    send(j1, sheet_of(west, EIGHTS))
    assert post(j1, "reopen/", {"nomination": str(west.pk), "reason": " "})[0] == 422
    assert [post(j1, "reopen/", {"nomination": pk, "reason": "x"})[0] for pk in (str(uuid4()), "x")] == [404, 404]
    move_round(round=round, to=RoundState.SEALED, actor=None)
    status, said = post(j1, "reopen/", {"nomination": str(west.pk), "reason": "看错"})
    assert (status, said["message"]) == (
        422,
        "第 1 轮“已封存”，评分单不能重开。如确需更正，请联系组织部退回评分。",
    )
