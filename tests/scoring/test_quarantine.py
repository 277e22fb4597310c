"""A person's word on sheets kept apart and on sent ones: admitted, set aside, reopened; each with a reason, each in
the log.
"""

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from campaigns.enums import NominationState, RoundState
from campaigns.models import Nomination, Round
from campaigns.services.campaigns import move_round
from schemes import MarkCodec
from scoring.enums import QuarantineState, ReopeningState
from scoring.models import QuarantinedSheet, ScoreSheet, SheetReopening
from scoring.reading import load_round
from scoring.services.quarantine import QuarantineRefused, admit, set_aside
from scoring.services.reopening import ReopeningRefused, ask_reopening, decline, grant, reopen_sheet, take_back
from sites.models import PanelMember

from .arriving import hash_of, receive, sheet_of
from .cast import HIGH, entry, exact, open_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

EIGHTS, SEVENS = {"a": "8", "b": "8"}, {"a": "7", "b": "7"}


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


@pytest.fixture
def west(stage, round):
    return entry(round, stage.county.west_villages[0])


@pytest.fixture
def rivals(stage, west):
    """Two devices of J1 scored the same village: the first stands, the second waits."""
    first, second = sheet_of(west, EIGHTS), sheet_of(west, SEVENS, details={"remark": "第二部手机"})
    receive(stage, "J1", first)
    receive(stage, "J1", second, device="phone-2")
    return first, second


def marks_that_count(round):
    loaded = load_round(Round.objects.get(pk=round.pk))
    return MarkCodec(loaded.scheme).unpack(loaded.inputs.marks.tobytes())


# --- admitted, set aside -------------------------------------------------------------------------


def test_an_admitted_sheet_is_the_newest_revision_and_counts(stage, round, rivals):
    held = QuarantinedSheet.objects.get()
    sheet = admit(quarantined=held, reason="评委本人确认以第二份为准", actor=stage.second)
    held.refresh_from_db()
    assert (sheet.revision, sheet.source, sheet.device, str(sheet.uuid)) == (2, "phone", "phone-2", rivals[1]["uuid"])
    assert (sheet.submitted_by, sheet.client_hash) == (stage.people["J1"], hash_of(rivals[1]))
    assert sheet.details["remark"] == "第二部手机"
    assert (held.state, held.sheet, held.decided_by) == (QuarantineState.ADMITTED, sheet, stage.second)
    assert held.decision_reason == "评委本人确认以第二份为准"
    assert marks_that_count(round) == exact((7, 7))
    said = AuditEntry.objects.get(verb="采用待核评分单")
    assert (said.actor, said.new["revision"], said.new["reason"]) == (stage.second, 2, "评委本人确认以第二份为准")
    [again] = receive(stage, "J1", rivals[1])
    assert (again.verdict, again.sequence, again.uuid) == ("duplicate", sheet.pk, rivals[1]["uuid"])


def test_one_set_aside_is_kept_and_never_counts(stage, round, rivals):
    held = set_aside(quarantined=QuarantinedSheet.objects.get(), reason="以先到的为准", actor=stage.first)
    assert marks_that_count(round) == exact((8, 8))
    assert held.payload["marks"] == SEVENS
    [again] = receive(stage, "J1", rivals[1])
    assert (again.verdict, again.message) == ("quarantined", "组织部核对后没有采用这一份：以先到的为准")
    assert admit(quarantined=held, reason="重新核对后采用", actor=stage.first).revision == 2


def test_other_content_under_the_same_id_is_admitted_under_a_new_one(stage, west):
    first = sheet_of(west, EIGHTS)
    other = {**first, "marks": SEVENS}
    receive(stage, "J1", first, other)
    sheet = admit(quarantined=QuarantinedSheet.objects.get(), reason="核对", actor=stage.first)
    assert str(sheet.uuid) != first["uuid"] and sheet.revision == 2
    [again] = receive(stage, "J1", other)
    assert (again.verdict, again.uuid, again.sequence) == ("duplicate", first["uuid"], sheet.pk)
    assert receive(stage, "J1", first)[0].revision == 1


def test_a_reason_is_always_asked_for_and_a_decision_stands(stage, rivals):
    held = QuarantinedSheet.objects.get()
    for act in (admit, set_aside):
        with pytest.raises(QuarantineRefused, match="请写明处理意见"):
            act(quarantined=held, reason="  ", actor=stage.first)
    admit(quarantined=held, reason="核对", actor=stage.first)
    for act in (admit, set_aside):
        with pytest.raises(QuarantineRefused, match="这份评分单已采用，不用再处理。请刷新页面。"):
            act(quarantined=held, reason="核对", actor=stage.first)


def test_nothing_joins_a_sealed_round(stage, round, rivals):
    held = QuarantinedSheet.objects.get()
    move_round(round=round, to=RoundState.SEALED, actor=None)
    with pytest.raises(QuarantineRefused, match="第 1 轮“已封存”，不能再采用评分单。如确需采用，请先退回评分。"):
        admit(quarantined=held, reason="核对", actor=stage.first)
    assert set_aside(quarantined=held, reason="轮次已封存", actor=stage.first).state == QuarantineState.SET_ASIDE


def test_no_word_lifts_recusal_the_panel_or_the_review(stage, round, west):
    own = entry(round, stage.county.east_villages[0])
    receive(stage, "J2", sheet_of(own, EIGHTS))
    with pytest.raises(QuarantineRefused, match="应当回避，不能采用"):
        admit(quarantined=QuarantinedSheet.objects.get(code="recused"), reason="核对", actor=stage.first)
    member = PanelMember.objects.get(round=round, inspector=stage.J["J3"])
    PanelMember.objects.filter(pk=member.pk).delete()
    receive(stage, "J3", sheet_of(west, EIGHTS))
    held = QuarantinedSheet.objects.get(code="not_assigned")
    with pytest.raises(QuarantineRefused, match="不在这一轮的评委组"):
        admit(quarantined=held, reason="核对", actor=stage.first)
    PanelMember(tenant=stage.tenant, round=round, inspector=stage.J["J3"], left_at=timezone.now()).save()
    assert admit(quarantined=held, reason="离开前评的", actor=stage.first).revision == 1
    Nomination.objects.filter(pk=west.pk).update(state=NominationState.RETURNED)
    receive(stage, "J1", sheet_of(west, EIGHTS))
    with pytest.raises(QuarantineRefused, match="没有通过审核"):
        admit(quarantined=QuarantinedSheet.objects.get(code="not_approved"), reason="核对", actor=stage.first)


def test_a_sheet_of_another_version_is_admitted_only_if_it_fits_this_one(stage, west):
    from uuid import uuid4

    fits, not_ = (sheet_of(west, marks, scheme_version=str(uuid4())) for marks in (EIGHTS, {"a": "8", "x": "1"}))
    receive(stage, "J1", fits, not_)
    with pytest.raises(QuarantineRefused, match="按这一轮的办法，这份评分单不能采用：评分表上没有这一条；服务没有打分"):
        admit(quarantined=QuarantinedSheet.objects.get(uuid=not_["uuid"]), reason="核对", actor=stage.first)
    assert (
        admit(quarantined=QuarantinedSheet.objects.get(uuid=fits["uuid"]), reason="核对", actor=stage.first).revision
        == 1
    )


def test_admitting_ends_a_reopening_that_was_not_used(stage, west, rivals):
    reopen_sheet(nomination=west, inspector=stage.J["J1"], reason="核对", actor=stage.first)
    admit(quarantined=QuarantinedSheet.objects.get(), reason="核对", actor=stage.first)
    assert SheetReopening.objects.get().state == ReopeningState.CLOSED
    [late] = receive(stage, "J1", sheet_of(west, EIGHTS, based_on=1))
    assert (late.verdict, late.code) == ("quarantined", "conflict")


# --- reopening -----------------------------------------------------------------------------------


def ask(stage, west, reason="第一条看错"):
    return ask_reopening(nomination=west, inspector=stage.J["J1"], reason=reason, actor=stage.people["J1"])


def test_a_wish_is_granted_used_once_and_stays_written(stage, west):
    receive(stage, "J1", sheet_of(west, EIGHTS))
    wish = ask(stage, west)
    assert (wish.state, wish.revision, ask(stage, west, "再说一遍").pk) == (ReopeningState.ASKED, 1, wish.pk)
    grant(reopening=wish, actor=stage.first, reply="可以改")
    receive(stage, "J1", sheet_of(west, SEVENS, based_on=1))
    wish.refresh_from_db()
    assert (wish.state, wish.reason, wish.reply, wish.decided_by) == ("used", "第一条看错", "可以改", stage.first)
    verbs = AuditEntry.objects.filter(verb__contains="重开").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["申请重开评分单", "重开评分单"]
    assert ask(stage, west).revision == 2


def test_a_wish_is_declined_with_a_reason_and_may_be_asked_again(stage, west):
    receive(stage, "J1", sheet_of(west, EIGHTS))
    wish = ask(stage, west)
    with pytest.raises(ReopeningRefused, match="请写明不同意的理由"):
        decline(reopening=wish, reply="", actor=stage.first)
    decline(reopening=wish, reply="已核对", actor=stage.first)
    with pytest.raises(ReopeningRefused, match="这份申请未同意，不用再处理"):
        grant(reopening=wish, actor=stage.first)
    assert ask(stage, west).pk != wish.pk


def test_the_office_reopens_by_itself_and_takes_back(stage, west):
    receive(stage, "J1", sheet_of(west, EIGHTS))
    asked = ask(stage, west)
    opened = reopen_sheet(nomination=west, inspector=stage.J["J1"], reason="核对", actor=stage.first)
    assert (opened.pk, opened.state) == (asked.pk, ReopeningState.OPEN)
    with pytest.raises(ReopeningRefused, match="已经重开"):
        reopen_sheet(nomination=west, inspector=stage.J["J1"], reason="核对", actor=stage.first)
    take_back(reopening=opened, actor=stage.first)
    [late] = receive(stage, "J1", sheet_of(west, SEVENS, based_on=1))
    assert (late.verdict, late.code) == ("quarantined", "locked")


def test_who_left_and_a_sealed_round_are_not_reopened(stage, round, west):
    receive(stage, "J1", sheet_of(west, EIGHTS))
    PanelMember.objects.filter(round=round, inspector=stage.J["J1"]).update(left_at=timezone.now())
    with pytest.raises(ReopeningRefused, match="已不在这一轮的评委组"):
        reopen_sheet(nomination=west, inspector=stage.J["J1"], reason="核对", actor=stage.first)
    PanelMember.objects.filter(round=round, inspector=stage.J["J1"]).update(left_at=None)
    wish = ask(stage, west)
    move_round(round=round, to=RoundState.SEALED, actor=None)
    for act in (lambda: grant(reopening=wish, actor=stage.first), lambda: ask(stage, west)):
        with pytest.raises(ReopeningRefused, match="第 1 轮“已封存”，评分单不能重开"):
            act()
    assert ScoreSheet.objects.count() == 1
