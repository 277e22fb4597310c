"""Sheets: stored once, revised by adding, refused in words; the database itself refuses change and sealed rounds."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditEntry
from accounts.services.organizations import move
from campaigns.enums import NominationState, RoundState
from campaigns.models import Nomination
from campaigns.services.campaigns import move_round
from schemes import MarkCodec, ProblemsFound
from scoring.models import ScoreSheet
from scoring.services.sheets import PackedSheet, SheetRefused, store_sheets

from .cast import HIGH, entry, exact, open_round, submit

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


@pytest.fixture
def west(stage, round):
    """An entry that all three inspectors may score."""
    return entry(round, stage.county.west_villages[0])


def refusal(stage, nomination, number, marks=(8, 8), **facts):
    with pytest.raises(SheetRefused) as refused:
        submit(stage, nomination, number, marks, **facts)
    return refused.value.code, str(refused.value)


def problems(stage, nomination, marks):
    with pytest.raises(ProblemsFound) as found:
        submit(stage, nomination, "J1", marks)
    return [(problem.column, problem.reason) for problem in found.value.problems]


# --- stored, repeated, revised -------------------------------------------------------------------


def test_a_sheet_is_stored_exactly_with_its_total_and_who_sent_it(stage, west):
    receipt = submit(stage, west, "J1", (8.5, 7), device="phone-1", device_sequence=3)
    sheet = ScoreSheet.objects.get()
    assert (receipt.status, receipt.sheet.pk) == ("stored", sheet.pk)
    assert MarkCodec(stage.version.document).unpack(bytes(sheet.marks)) == exact((8.5, 7))
    assert (sheet.total_scaled, sheet.revision, sheet.device_sequence) == (31, 1, 3)
    assert (sheet.submitted_by, sheet.inspector, sheet.nomination) == (stage.people["J1"], stage.J["J1"], west)
    said = AuditEntry.objects.get(verb="提交评分单")
    assert said.new == {"revision": 1, "hash": sheet.content_hash}


def test_zero_is_a_mark(stage, west):
    sheet = submit(stage, west, "J1", (0, 0)).sheet
    assert MarkCodec(stage.version.document).unpack(bytes(sheet.marks)) == exact((0, 0))
    assert sheet.total_scaled == 0


def test_the_same_sheet_sent_again_is_a_success_and_writes_nothing(stage, west):
    number = uuid4()
    first = submit(stage, west, "J1", (8, 8), uuid=number)
    again = submit(stage, west, "J1", (8, 8), uuid=number)
    assert (again.status, again.sheet.pk) == ("duplicate", first.sheet.pk)
    assert ScoreSheet.objects.count() == 1
    assert AuditEntry.objects.filter(verb="提交评分单").count() == 1


def test_a_repeat_is_a_success_even_after_the_round_was_sealed(stage, round, west):
    number = uuid4()
    submit(stage, west, "J1", (8, 8), uuid=number)
    move_round(round=round, to=RoundState.SEALED, actor=None)
    assert submit(stage, entry(round, west.organization), "J1", (8, 8), uuid=number).status == "duplicate"


def test_one_id_with_two_contents_is_a_conflict_and_the_first_stays(stage, west):
    number = uuid4()
    submit(stage, west, "J1", (8, 8), uuid=number)
    code, said = refusal(stage, west, "J1", (9, 9), uuid=number)
    assert (code, said) == ("conflict", "同一编号的评分单已有另一份内容，两份都请保留，由组织部核对后处理。")
    assert [sheet.total_scaled for sheet in ScoreSheet.objects.all()] == [32]


def test_one_id_cannot_be_used_for_another_entry_or_inspector(stage, round, west):
    number = uuid4()
    submit(stage, west, "J1", (8, 8), uuid=number)
    assert refusal(stage, west, "J3", uuid=number)[0] == "conflict"
    assert refusal(stage, entry(round, stage.villages[0]), "J1", uuid=number)[0] == "conflict"


def test_a_revision_is_added_and_the_old_one_stays(stage, west):
    submit(stage, west, "J1", (8, 8))
    assert submit(stage, west, "J1", (9, 8), based_on=1).sheet.revision == 2
    assert list(ScoreSheet.objects.values_list("revision", "total_scaled")) == [(1, 32), (2, 34)]


@pytest.mark.parametrize("based_on", [None, 1])
def test_two_revisions_on_one_base_are_a_conflict(stage, west, based_on):
    submit(stage, west, "J1", (8, 8))
    submit(stage, west, "J1", (9, 8), based_on=1)
    code, said = refusal(stage, west, "J1", (7, 7), based_on=based_on)
    assert (code, said) == ("conflict", "这份评分单在别处已有更新的修订，请刷新后核对，本机内容不会丢失。")
    assert ScoreSheet.objects.count() == 2


def test_a_revision_of_what_is_not_there_is_a_conflict(stage, west):
    code, said = refusal(stage, west, "J1", based_on=7)
    assert (code, said) == ("conflict", "服务器上没有第 7 次修订，请刷新后核对，本机内容不会丢失。")
    submit(stage, west, "J1", (8, 8))
    assert refusal(stage, west, "J1", based_on=7)[0] == "conflict"
    assert ScoreSheet.objects.count() == 1


# --- who and when --------------------------------------------------------------------------------


def test_an_inspector_does_not_score_their_own_township(stage, round, west):
    own = entry(round, stage.county.east_villages[0])
    assert refusal(stage, own, "J2") == ("recused", "这是您所在乡镇（街道）的组织，应当回避。")
    assert submit(stage, west, "J2", (8, 8)).status == "stored"


def test_recusal_goes_by_the_township_at_nomination(stage, round):
    """The village moved away since; the inspector is recused as on the day it was nominated."""
    moved = stage.county.east_villages[0]
    move(organization=moved, parent=stage.county.west, actor=stage.first)
    assert refusal(stage, entry(round, moved), "J2")[0] == "recused"


def test_who_is_not_on_the_panel_is_refused(stage, round, west):
    round.panel_members.filter(inspector=stage.J["J3"]).delete()
    assert refusal(stage, west, "J3") == ("not_assigned", "您不在这一轮的评委组。请联系组织部。")


@pytest.mark.parametrize("state", [NominationState.RETURNED, NominationState.REJECTED, NominationState.SUBMITTED])
def test_an_entry_that_takes_no_part_is_not_scored(stage, west, state):
    Nomination.objects.filter(pk=west.pk).update(state=state)
    west.refresh_from_db()
    assert refusal(stage, west, "J1")[0] == "not_approved"


@pytest.mark.parametrize("state", [state for state in RoundState if state != RoundState.SCORING])
def test_only_a_round_open_for_scoring_takes_sheets(stage, west, state):
    west.round.state = state
    assert refusal(stage, west, "J1") == ("closed", f"第 1 轮“{state.label}”，不收评分单。请联系组织部。")


# --- marks ---------------------------------------------------------------------------------------


def test_every_wrong_mark_is_named_at_once(stage, west):
    assert problems(stage, west, (None, 10.5)) == [
        ("党建", "没有打分，没有打分不等于零分"),
        ("服务", "高于满分 10"),
    ]
    assert problems(stage, west, (8.3, -1)) == [("党建", "不合分档，应为 0.5 的倍数"), ("服务", "低于最低分 0")]
    assert not ScoreSheet.objects.exists()


@pytest.mark.parametrize("marks", [(), (8,), (8, 8, 8)])
def test_a_wrong_number_of_marks_is_refused(stage, west, marks):
    assert problems(stage, west, marks) == [("", f"应有 2 条打分，收到 {len(marks)} 条")]


# --- the database itself -------------------------------------------------------------------------


def execute(sql, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def key(value):
    """An id as the column holds it."""
    return value.hex if connection.vendor == "sqlite" else str(value)


@pytest.mark.parametrize("sql", ["UPDATE scoring_scoresheet SET total_scaled = 0", "DELETE FROM scoring_scoresheet"])
def test_the_database_refuses_to_change_or_delete_a_sheet(stage, west, sql):
    submit(stage, west, "J1", (8, 8))
    with pytest.raises(DatabaseError, match="append"):
        execute(sql)
    assert ScoreSheet.objects.get().total_scaled == 32


def copy_of(sheet):
    """SQL that inserts the sheet once more as revision 9."""
    columns = [field.column for field in ScoreSheet._meta.concrete_fields]
    listed = ", ".join(column for column in columns if column not in ("id", "uuid", "revision"))
    return f"INSERT INTO scoring_scoresheet (uuid, revision, {listed}) SELECT %s, 9, {listed} FROM scoring_scoresheet"


@pytest.mark.parametrize("state", ["sealed", "computed", "confirmed", "published"])
def test_the_database_refuses_a_sheet_in_a_sealed_round(stage, round, west, state):
    sheet = submit(stage, west, "J1", (8, 8)).sheet
    type(round).objects.filter(pk=round.pk).update(state=state)
    with pytest.raises(DatabaseError, match="sealed round"):
        execute(copy_of(sheet), key(uuid4()))
    assert ScoreSheet.objects.count() == 1
    type(round).objects.filter(pk=round.pk).update(state="scoring")
    execute(copy_of(sheet), key(uuid4()))
    assert ScoreSheet.objects.count() == 2


def test_a_seal_that_comes_between_check_and_insert_is_told_as_a_closed_round(stage, round, west):
    """The request read the round as open; the database knows better."""
    type(round).objects.filter(pk=round.pk).update(state="sealed")
    assert west.round.state == RoundState.SCORING
    assert refusal(stage, west, "J1") == ("closed", "第 1 轮“已封存”，不收评分单。请联系组织部。")


# --- files ---------------------------------------------------------------------------------------


def packed(stage, nomination, number, marks):
    bytes_ = MarkCodec(stage.version.document).pack(exact(marks))
    return PackedSheet(nomination, stage.J[number], bytes_, int(sum(exact(marks)) * 2))


def test_a_file_imported_twice_changes_nothing_and_a_changed_mark_is_a_revision(stage, round, west):
    rows = [packed(stage, west, "J1", (8, 8)), packed(stage, west, "J3", (7, 7))]
    assert store_sheets(round=round, rows=rows, actor=None) == {"stored": 2, "revised": 0, "unchanged": 0}
    assert store_sheets(round=round, rows=rows, actor=None) == {"stored": 0, "revised": 0, "unchanged": 2}
    changed = [packed(stage, west, "J1", (8, 9)), rows[1]]
    assert store_sheets(round=round, rows=changed, actor=None) == {"stored": 0, "revised": 1, "unchanged": 1}
    found = ScoreSheet.objects.values_list("inspector__number", "revision", "total_scaled")
    assert list(found) == [("J1", 1, 32), ("J3", 1, 28), ("J1", 2, 34)]


def test_a_file_revises_what_came_by_phone(stage, round, west):
    submit(stage, west, "J1", (8, 8))
    rows = [packed(stage, west, "J1", (6, 6))]
    assert store_sheets(round=round, rows=rows, actor=None)["revised"] == 1
    assert refusal(stage, west, "J1", (9, 9), based_on=1)[0] == "conflict"


def test_a_file_for_a_sealed_round_is_refused(stage, round, west):
    move_round(round=round, to=RoundState.SEALED, actor=None)
    with pytest.raises(SheetRefused, match="已封存”，不收评分单"):
        store_sheets(round=round, rows=[packed(stage, west, "J1", (8, 8))], actor=None)
