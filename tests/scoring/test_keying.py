"""Paper forms: keyed twice apart, a sheet only where both read the same."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from campaigns.enums import RoundState
from campaigns.services.campaigns import move_round
from schemes import MarkCodec, ProblemsFound
from scoring.enums import KeyingState, SheetSource
from scoring.models import KeyedSheet, ScoreSheet
from scoring.services.keying import (
    KeyingRefused,
    begin_keying,
    differences,
    key_again,
    settle_keying,
    withdraw_keying,
)
from scoring.services.reopening import reopen_sheet
from sites.services.conflicts import pin_conflict
from sites.services.panels import leave_panel

from .cast import HIGH, entry, exact, open_round, submit

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


@pytest.fixture
def west(stage, round):
    return entry(round, stage.county.west_villages[0])


def begin(stage, nomination, a="8.5", b="7", number="J3", actor=None):
    return begin_keying(
        nomination=nomination, inspector=stage.J[number], texts={"a": a, "b": b}, actor=actor or stage.first
    )


def again(stage, keyed, a="8.5", b="7", actor=None):
    return key_again(keyed=keyed, texts={"a": a, "b": b}, actor=actor or stage.second)


def test_what_both_read_alike_is_a_sheet(stage, west):
    done = again(stage, begin(stage, west, "8.5", "0"), "８．５０", "0 分")
    sheet = ScoreSheet.objects.get()
    assert (done.state, done.sheet) == (KeyingState.DONE, sheet)
    assert MarkCodec(stage.version.document).unpack(bytes(sheet.marks)) == exact((8.5, 0))
    assert (sheet.source, sheet.submitted_by, sheet.inspector) == (SheetSource.PAPER, stage.second, stage.J["J3"])
    said = AuditEntry.objects.get(verb="纸质表录入完成")
    assert said.new["first_by"] == str(stage.first.pk)


def test_the_second_is_another_person_and_the_database_says_so_too(stage, west):
    keyed = begin(stage, west)
    with pytest.raises(KeyingRefused, match="第二遍须由另一人录入"):
        again(stage, keyed, actor=stage.first)
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyedSheet.objects.filter(pk=keyed.pk).update(second_by=stage.first)
    assert not ScoreSheet.objects.exists()


def test_what_differs_waits_and_is_settled_as_one_of_the_two_had_it(stage, west):
    keyed = again(stage, begin(stage, west, "8.5", "7"), "8", "7")
    assert keyed.state == KeyingState.DIFFERS and not ScoreSheet.objects.exists()
    assert [(each.name, each.first, each.second) for each in differences(keyed)] == [("党建", "8.5", "8")]
    with pytest.raises(KeyingRefused, match="第二遍须由另一人录入"):
        settle_keying(keyed=keyed, texts={"a": "8.5"}, actor=stage.first)
    with pytest.raises(ProblemsFound) as found:
        settle_keying(keyed=keyed, texts={"a": "9"}, actor=stage.second)
    assert [(each.column, each.reason) for each in found.value.problems] == [("党建", "与两遍录入都不同")]
    with pytest.raises(ProblemsFound):
        settle_keying(keyed=keyed, texts={}, actor=stage.second)
    # what was not in question cannot be changed by the third look
    done = settle_keying(keyed=keyed, texts={"a": "8.5", "b": "1"}, actor=stage.second)
    assert done.state == KeyingState.DONE
    assert MarkCodec(stage.version.document).unpack(bytes(ScoreSheet.objects.get().marks)) == exact((8.5, 7))
    assert AuditEntry.objects.get(verb="核对纸质表").new["settled"] == {"党建": ["8.5", "8", "8.5"]}


def test_blank_is_not_zero_and_every_wrong_mark_is_named(stage, west):
    with pytest.raises(ProblemsFound) as found:
        begin(stage, west, "", "10.5")
    assert [(each.column, each.reason) for each in found.value.problems] == [
        ("党建", "没有填写，没有打分不等于零分"),
        ("服务", "高于满分 10"),
    ]
    assert not KeyedSheet.objects.exists()


def test_one_form_is_keyed_once_at_a_time_and_anew_after_it_was_withdrawn(stage, west):
    keyed = begin(stage, west)
    with pytest.raises(KeyingRefused, match="已有人录入第一遍"):
        begin(stage, west, actor=stage.second)
    with pytest.raises(KeyingRefused, match="请写明作废的原因"):
        withdraw_keying(keyed=keyed, reason="", actor=stage.second)
    withdraw_keying(keyed=keyed, reason="拿错了表", actor=stage.second)
    with pytest.raises(KeyingRefused, match="不用再录第二遍"):
        again(stage, keyed)
    assert again(stage, begin(stage, west)).state == KeyingState.DONE
    with pytest.raises(KeyingRefused, match="不能作废"):
        withdraw_keying(keyed=KeyedSheet.objects.get(state=KeyingState.DONE), reason="x", actor=stage.first)


def test_a_sheet_that_is_in_is_not_keyed_over_unless_it_was_reopened(stage, west):
    submit(stage, west, "J3", (9, 9))
    with pytest.raises(KeyingRefused, match="已经提交"):
        begin(stage, west)
    reopen_sheet(nomination=west, inspector=stage.J["J3"], reason="笔误，以纸质表为准", actor=stage.first)
    done = again(stage, begin(stage, west))
    assert (done.state, done.sheet.revision) == (KeyingState.DONE, 2)


def test_what_arrived_meanwhile_is_said_and_nothing_is_lost(stage, west):
    keyed = begin(stage, west)
    submit(stage, west, "J3", (9, 9))
    with pytest.raises(KeyingRefused, match="已经提交"):
        again(stage, keyed)
    keyed.refresh_from_db()
    assert (keyed.state, keyed.second) == (KeyingState.FIRST, {})
    assert ScoreSheet.objects.count() == 1


def test_who_may_not_score_is_not_keyed_for(stage, round, west):
    with pytest.raises(KeyingRefused, match="应当回避"):
        begin(stage, entry(round, stage.villages[0]), number="J2")
    pin_conflict(inspector=stage.J["J3"], organization=west.organization, round=round, note="x", actor=stage.first)
    with pytest.raises(KeyingRefused, match="应当回避"):
        begin(stage, west)
    member = round.panel_members.get(inspector=stage.J["J1"])
    leave_panel(member=member, reason="病", actor=stage.first)
    with pytest.raises(KeyingRefused, match="不在这一轮的评委组，或已离开"):
        begin(stage, west, number="J1")


def test_a_sealed_round_takes_no_paper(stage, round, west):
    keyed = begin(stage, west)
    move_round(round=round, to=RoundState.SEALED, actor=None)
    with pytest.raises(KeyingRefused, match="现在不收评分单"):
        again(stage, keyed)
    with pytest.raises(KeyingRefused, match="现在不收评分单"):
        begin(stage, entry(round, stage.county.west_villages[1]))
