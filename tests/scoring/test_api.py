"""The API of sheets: who is signed in is who scores; every refusal has its number and a Chinese sentence."""

import json
import warnings
from uuid import uuid4

import pytest
from drf_spectacular.generators import SchemaGenerator

from accounts.enums import Role
from accounts.models import tenant_scope
from campaigns.models import Round
from scoring.models import ScoreSheet
from tests import factories

from . import cast
from .cast import HIGH, entry, open_round, submit

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SHEETS = "/api/v1/sheets/"


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


@pytest.fixture
def west(stage, round):
    return entry(round, stage.county.west_villages[0])


@pytest.fixture
def j1(stage, browser):
    return browser(stage.people["J1"])


def post(client, nomination, marks=("8", "7.5"), **facts):
    """(status, body) of one sheet handed in."""
    body = {"uuid": str(uuid4()), "nomination": str(getattr(nomination, "pk", nomination)), "marks": marks, **facts}
    answer = client.post(SHEETS, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


# --- taken ---------------------------------------------------------------------------------------


def test_a_sheet_is_taken_for_the_inspector_of_the_session(stage, west, j1):
    number = str(uuid4())
    from_phone = {"device": "phone", "device_sequence": 1, "client_time": "2026-03-15T10:00:00+08:00"}
    status, body = post(j1, west, uuid=number, **from_phone)
    sheet = ScoreSheet.objects.get()
    assert (status, body["status"], body["uuid"], body["revision"]) == (201, "stored", number, 1)
    assert (body["sequence"], body["content_hash"]) == (sheet.pk, sheet.content_hash)
    assert (sheet.inspector, sheet.submitted_by, sheet.source) == (stage.J["J1"], stage.people["J1"], "phone")
    assert sheet.client_time.isoformat() == "2026-03-15T02:00:00+00:00"


def test_a_field_naming_another_inspector_changes_nothing(stage, west, j1):
    assert post(j1, west, inspector=str(stage.J["J3"].pk), submitted_by=str(stage.first.pk))[0] == 201
    assert ScoreSheet.objects.get().inspector == stage.J["J1"]


def test_sent_again_it_is_a_duplicate_with_the_same_receipt(west, j1):
    number = str(uuid4())
    first, again = post(j1, west, uuid=number), post(j1, west, uuid=number)
    assert (again[0], again[1]) == (200, {**first[1], "status": "duplicate"})
    assert ScoreSheet.objects.count() == 1


@pytest.mark.parametrize("marks", [["8", "8"], [8, 8], ["8.0", "8.50"], ["０", " 10 "]])
def test_marks_are_exact_texts_or_whole_numbers(west, j1, marks):
    assert post(j1, west, marks)[0] == 201


# --- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (4.5, "“4.5”应为十进制数，请以文字传十进制数。"),
        (True, "“True”应为十进制数，请以文字传十进制数。"),
        ("80%", "“80%”不是打分，请以文字传十进制数。"),
        ("1/2", "“1/2”不是打分，请以文字传十进制数。"),
        ("好", "“好”不是数，请以文字传十进制数。"),
        ("1e1", "“1e1”不是数，请以文字传十进制数。"),
        ("", "“”不是数，请以文字传十进制数。"),
        ({"a": 1}, "“{'a': 1}”不是数，请以文字传十进制数。"),
    ],
)
def test_what_is_no_exact_number_is_refused_with_its_place(west, j1, mark, said):
    status, body = post(j1, west, ["8", mark])
    assert status == 400
    assert body["errors"] == {"marks": {"1": [said]}}
    assert body["detail"] == "提交的内容有误，请按提示修改后重试。"
    assert not ScoreSheet.objects.exists()


def test_missing_too_high_and_off_the_step_are_named_by_criterion(west, j1):
    status, body = post(j1, west, [None, "10.5"])
    assert (status, body["code"], body["message"]) == (422, "marks", "打分有误，评分单没有写入。")
    assert [(p["column"], p["value"], p["reason"], p["remedy"]) for p in body["problems"]] == [
        ("党建", "", "没有打分，没有打分不等于零分", "请改正后再提交。"),
        ("服务", "21/2", "高于满分 10", "请改正后再提交。"),
    ]
    assert post(j1, west, ["8.3", "8"])[1]["problems"][0]["reason"] == "不合分档，应为 0.5 的倍数"
    assert post(j1, west, ["8"])[1]["problems"][0]["reason"] == "应有 2 条打分，收到 1 条"


def test_conflicts_are_409(west, j1):
    number = str(uuid4())
    post(j1, west, uuid=number)
    for facts in ({"uuid": number, "marks": ["1", "1"]}, {"marks": ["1", "1"]}, {"based_on": 5}):
        status, body = post(j1, west, **{"marks": ["9", "9"], **facts})
        assert (status, body["code"]) == (409, "conflict")
        assert "请" in body["message"]
    assert ScoreSheet.objects.count() == 1


def test_a_closed_round_is_423(round, west, j1):
    Round.objects.filter(pk=round.pk).update(state="sealed")
    status, body = post(j1, west)
    assert (status, body["code"], body["message"]) == (423, "closed", "第 1 轮“已封存”，不收评分单。请联系组织部。")


def test_a_stranger_to_the_panel_and_a_recused_inspector_are_403(stage, round, west, browser):
    j2 = browser(stage.people["J2"])
    assert post(j2, entry(round, stage.villages[0]))[1]["code"] == "recused"
    round.panel_members.filter(inspector=stage.J["J2"]).delete()
    status, body = post(j2, west)
    assert (status, body["code"], body["message"]) == (403, "not_assigned", "您不在这一轮的评委组。请联系组织部。")


def test_another_countys_entry_is_404_like_a_missing_one(stage, j1):
    other = cast.set_stage("330183", name="邻县市")
    with tenant_scope(other.tenant):
        theirs = entry(open_round(other, {other.villages[0]: HIGH}), other.villages[0])
    answers = [post(j1, pk) for pk in (theirs.pk, uuid4())]
    assert [status for status, _ in answers] == [404, 404]
    assert {body["detail"] for _, body in answers} == {"找不到这项内容，或者您看不到它。"}


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.INSPECTOR, Role.TOWNSHIP_SECRETARY)])
def test_other_roles_do_not_hand_in_sheets(stage, west, browser, role):
    person = factories.make_person(stage.tenant, role)
    status, body = post(browser(person), west)
    assert (status, body["detail"]) == (403, "您的角色没有这项权限。")


def test_an_inspector_without_an_entry_in_the_register_is_told(stage, west, browser):
    status, body = post(browser(factories.make_person(stage.tenant, Role.INSPECTOR)), west)
    assert (status, body["detail"]) == (403, "您的账号没有对应的评委，请联系组织部。")


def test_who_is_not_signed_in_is_told_so(client, west):
    status, body = post(client, west)
    assert (status, body["detail"]) == (401, "请先登录。")
    assert not ScoreSheet.objects.exists()


def test_missing_fields_and_foreign_formats_are_told_in_chinese(west, j1):
    status, body = post(j1, "x", "8")
    assert status == 400
    assert {"nomination", "marks"} == body["errors"].keys()
    answer = j1.post(SHEETS, "marks=8", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["detail"]) == (
        415,
        "请以 JSON 格式提交（Content-Type: application/json）。",
    )
    assert j1.delete(SHEETS).json()["detail"] == "这个地址不支持这种操作。"


# --- read ----------------------------------------------------------------------------------------


def test_a_sheet_reads_back_as_it_was_written(stage, west, j1):
    sequence = post(j1, west, ["8", "7.5"])[1]["sequence"]
    body = j1.get(f"{SHEETS}{sequence}/").json()
    received = body.pop("received_at")
    sheet = ScoreSheet.objects.get()
    assert body == {
        "sequence": sequence,
        "uuid": str(sheet.uuid),
        "nomination": str(west.pk),
        "organization": "岭后村",
        "inspector": "J1",
        "revision": 1,
        "total": "15.5",
        "abstained": False,
        "marks": {"a": "8", "b": "7.5"},
    }
    assert received == sheet.received_at.isoformat()
    assert [row["sequence"] for row in j1.get(SHEETS).json()] == [sequence]
    assert j1.get(SHEETS, {"round": "9"}).json() == []


def test_inspectors_see_their_own_sheets_and_the_office_all(stage, west, j1, browser):
    mine = submit(stage, west, "J1", (8, 8)).sheet
    theirs = submit(stage, west, "J2", (7, 7)).sheet
    assert [row["sequence"] for row in j1.get(SHEETS).json()] == [mine.pk]
    assert j1.get(f"{SHEETS}{theirs.pk}/").status_code == 404
    office = browser(stage.first)
    assert {row["sequence"] for row in office.get(SHEETS).json()} == {mine.pk, theirs.pk}
    leader = browser(factories.make_person(stage.tenant, Role.LEADER))
    assert leader.get(SHEETS).status_code == 403
    assert leader.get(f"{SHEETS}{mine.pk}/").status_code == 403


# --- described -----------------------------------------------------------------------------------


def test_the_description_of_the_api_is_built_without_a_warning(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        described = SchemaGenerator().get_schema(request=None, public=True)
    printed = capsys.readouterr()
    assert (printed.err, printed.out) == ("", "")
    operations = {operation["operationId"] for path in described["paths"].values() for operation in path.values()}
    assert {"sheets_submit", "sheets_list", "sheets_retrieve"} <= operations
    answers = described["paths"]["/api/v1/sheets/"]["post"]["responses"]
    assert set(answers) == {"200", "201", "403", "409", "422", "423"}
