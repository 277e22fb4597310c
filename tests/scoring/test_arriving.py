"""Sheets from phones: stored once, kept apart when they may not count, refused when wrong; one never harms another."""

import threading
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry, tenant_scope
from campaigns.enums import NominationState, PhaseKind, RoundState
from campaigns.models import Nomination, Phase, Round
from campaigns.services.campaigns import move_round
from schemes import MarkCodec
from scoring.enums import QuarantineState, ReopeningState
from scoring.models import QuarantinedSheet, ScoreSheet, SheetReopening
from scoring.services.computing import ComputeRefused, request_computation, seal_round
from scoring.services.reopening import reopen_sheet
from scoring.services.sheets import SheetFacts, SheetRefused
from sites.models import PanelMember

from . import cast
from .arriving import digest_of, hash_of, receive, sheet_of
from .cast import HIGH, entry, exact, fill, open_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

EIGHTS = {"a": "8", "b": "8"}


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


@pytest.fixture
def west(stage, round):
    return entry(round, stage.county.west_villages[0])


def word(verdict):
    return verdict.verdict, verdict.code


def scored_on(round, opens, closes):
    """A phase in which sheets are taken."""
    Phase.objects.filter(round=round).delete()
    phase = Phase(tenant_id=round.tenant_id, round=round, kind=PhaseKind.ONSITE, sequence=1, opens_on=opens)
    phase.closes_on = closes
    phase.save()


# --- stored --------------------------------------------------------------------------------------


def test_a_sheet_is_stored_whole_with_the_hash_of_the_phone(stage, west):
    sent = sheet_of(west, {"a": "8.5", "b": "0"}, details={"remark": "路面“整洁”", "signed_name": "评委J1"})
    [verdict] = receive(stage, "J1", sent)
    sheet = ScoreSheet.objects.get()
    assert (verdict.verdict, verdict.uuid, verdict.revision, verdict.sequence) == ("stored", sent["uuid"], 1, sheet.pk)
    assert verdict.content_hash == sheet.client_hash == hash_of(sent)
    assert MarkCodec(stage.version.document).unpack(bytes(sheet.marks)) == exact(("8.5", "0"))
    assert (sheet.total_scaled, sheet.source, sheet.device, sheet.device_sequence) == (17, "phone", "phone-1", 1)
    assert (sheet.details["remark"], sheet.details["signed_name"]) == ("路面“整洁”", "评委J1")
    assert sheet.started_at == datetime.fromisoformat("2026-03-15T01:28:00+00:00")
    assert AuditEntry.objects.get(verb="提交评分单").new == {"revision": 1, "hash": sheet.content_hash}


def test_the_same_again_is_a_duplicate_with_the_same_receipt(stage, west):
    sent = sheet_of(west, EIGHTS)
    first, again = receive(stage, "J1", sent, sent)
    assert (word(first), word(again)) == (("stored", ""), ("duplicate", ""))
    assert (again.sequence, again.received_at, again.content_hash) == (
        first.sequence,
        ScoreSheet.objects.get().received_at,
        hash_of(sent),
    )
    assert ScoreSheet.objects.count() == 1
    assert AuditEntry.objects.filter(verb="提交评分单").count() == 1


def test_one_bad_sheet_never_holds_back_the_others(stage, round):
    east, west = entry(round, stage.villages[0]), entry(round, stage.villages[2])
    good = [sheet_of(east, EIGHTS), sheet_of(west, EIGHTS)]
    bad = ["x", {}, None, sheet_of(west, {"a": "8"}), sheet_of(west, EIGHTS, based_on=-1), {**good[0], "uuid": "y"}]
    verdicts = receive(stage, "J1", *bad[:3], good[0], *bad[3:], good[1])
    assert [each.verdict for each in verdicts] == ["refused"] * 3 + ["stored"] + ["refused"] * 3 + ["stored"]
    assert all("请" in each.message for each in verdicts if each.verdict == "refused")
    assert ScoreSheet.objects.count() == 2


@pytest.mark.parametrize("said", ["20270-01-01", "昨天", 5, None, "2026-03-15T09:00:00", "9999-12-31T23:59:59-14:00"])
def test_a_phones_clock_decides_nothing(stage, west, said):
    [verdict] = receive(stage, "J1", sheet_of(west, EIGHTS, client_time=said, started_at=said))
    assert verdict.verdict == "stored"
    assert ScoreSheet.objects.get().client_time is None


# --- kept apart ----------------------------------------------------------------------------------


def test_other_content_under_one_id_is_kept_beside_the_first(stage, west):
    first = sheet_of(west, EIGHTS)
    other = {**first, "marks": {"a": "9", "b": "8"}}
    receive(stage, "J1", first)
    [verdict] = receive(stage, "J1", other)
    held = QuarantinedSheet.objects.get()
    assert word(verdict) == ("quarantined", "conflict")
    assert verdict.message == "同一编号的评分单已有另一份内容。这一份已原样保留，由组织部核对后处理。"
    assert (held.rival, held.payload["marks"], held.client_hash) == (
        ScoreSheet.objects.get(),
        other["marks"],
        hash_of(other),
    )
    assert word(*receive(stage, "J1", other)) == ("quarantined", "conflict")
    assert (QuarantinedSheet.objects.count(), ScoreSheet.objects.get().total_scaled) == (1, 32)


def test_a_second_device_of_one_inspector_is_a_conflict_that_keeps_both(stage, west):
    receive(stage, "J1", sheet_of(west, EIGHTS))
    second = sheet_of(west, {"a": "7", "b": "7"})
    [verdict] = receive(stage, "J1", second, device="phone-2")
    assert word(verdict) == ("quarantined", "conflict")
    held = QuarantinedSheet.objects.get()
    assert (held.rival, held.device) == (ScoreSheet.objects.get(), "phone-2")


def test_a_sent_sheet_is_locked_until_it_is_reopened_once(stage, west):
    receive(stage, "J1", sheet_of(west, EIGHTS))
    assert word(*receive(stage, "J1", sheet_of(west, {"a": "9", "b": "9"}, based_on=1))) == ("quarantined", "locked")
    reopen_sheet(nomination=west, inspector=stage.J["J1"], reason="看错了", actor=stage.first)
    second = sheet_of(west, {"a": "9", "b": "9"}, based_on=1)
    assert word(*receive(stage, "J1", second)) == ("stored", "")
    assert SheetReopening.objects.get().state == ReopeningState.USED
    assert word(*receive(stage, "J1", sheet_of(west, EIGHTS, based_on=1))) == ("quarantined", "conflict")
    assert word(*receive(stage, "J1", sheet_of(west, EIGHTS, based_on=2))) == ("quarantined", "locked")
    assert list(ScoreSheet.objects.values_list("revision", "total_scaled")) == [(1, 32), (2, 36)]


def test_a_reopening_is_of_one_inspector_alone(stage, west):
    receive(stage, "J1", sheet_of(west, EIGHTS))
    receive(stage, "J3", sheet_of(west, EIGHTS))
    reopen_sheet(nomination=west, inspector=stage.J["J1"], reason="看错了", actor=stage.first)
    assert word(*receive(stage, "J3", sheet_of(west, EIGHTS, based_on=1))) == ("quarantined", "locked")


def test_a_revision_of_what_is_not_there_is_kept(stage, west):
    assert word(*receive(stage, "J1", sheet_of(west, EIGHTS, based_on=3))) == ("quarantined", "conflict")
    assert QuarantinedSheet.objects.get().rival is None


def test_who_may_not_score_is_told_and_their_sheet_kept(stage, round, west):
    own = entry(round, stage.county.east_villages[0])
    assert word(*receive(stage, "J2", sheet_of(own, EIGHTS))) == ("quarantined", "recused")
    PanelMember.objects.filter(round=round, inspector=stage.J["J3"]).update(left_at=timezone.now())
    [left] = receive(stage, "J3", sheet_of(west, EIGHTS))
    assert word(left) == ("quarantined", "not_assigned")
    PanelMember.objects.filter(round=round, inspector=stage.J["J3"]).delete()
    assert word(*receive(stage, "J3", sheet_of(west, EIGHTS))) == ("quarantined", "not_assigned")
    Nomination.objects.filter(pk=west.pk).update(state=NominationState.RETURNED)
    assert word(*receive(stage, "J1", sheet_of(west, EIGHTS))) == ("quarantined", "not_approved")
    assert not ScoreSheet.objects.exists()


def test_a_sheet_by_another_version_of_the_scheme_is_kept(stage, west):
    [verdict] = receive(stage, "J1", sheet_of(west, {"x": "1"}, scheme_version=str(uuid4())))
    assert word(verdict) == ("quarantined", "version")


def test_an_unknown_entry_is_refused_like_another_countys(stage, west):
    other = cast.set_stage("330183", name="邻县市")
    with tenant_scope(other.tenant):
        theirs = entry(open_round(other, {other.villages[0]: HIGH}), other.villages[0])
    sent = sheet_of(west, EIGHTS)
    asked = [{**sent, "nomination": str(pk)} for pk in (theirs.pk, uuid4())]
    said = {verdict.message for each in asked for verdict in receive(stage, "J1", each)}
    assert said == {"服务器上没有这家参评单位，没有收下。请刷新行程后核对，或联系组织部。"}
    assert not QuarantinedSheet.objects.exists()


def test_one_inspectors_id_tells_another_nothing(stage, west):
    """The same id and content from another inspector is neither a duplicate nor lost."""
    sent = sheet_of(west, EIGHTS)
    receive(stage, "J1", sent)
    [verdict] = receive(stage, "J3", sent)
    assert word(verdict) == ("quarantined", "conflict")
    held = QuarantinedSheet.objects.get()
    assert (held.inspector, held.rival) == (stage.J["J3"], None)
    assert word(*receive(stage, "J2", sent)) == ("refused", "conflict")


def test_a_round_that_takes_no_sheets_keeps_them_apart(stage, round, west):
    known, new = sheet_of(west, EIGHTS), sheet_of(west, {"a": "7", "b": "7"})
    receive(stage, "J1", known)
    move_round(round=round, to=RoundState.SEALED, actor=None)
    assert word(*receive(stage, "J1", known)) == ("duplicate", "")
    [verdict] = receive(stage, "J3", new)
    assert word(verdict) == ("quarantined", "closed")
    assert verdict.message.startswith("第 1 轮“已封存”，不收评分单。")


# --- late, by the server's clock alone -----------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-14T23:59", ("quarantined", "closed")),
        ("2026-03-15T00:00", ("stored", "")),
        ("2026-03-16T23:59", ("stored", "")),
        ("2026-03-17T00:29", ("stored", "")),
        ("2026-03-17T00:30", ("quarantined", "late")),
        ("2026-04-01T09:00", ("quarantined", "late")),
    ],
)
def test_lateness_goes_by_the_phases_and_the_grace(stage, round, west, monkeypatch, now, expected):
    scored_on(round, date(2026, 3, 15), date(2026, 3, 16))
    moment = timezone.make_aware(datetime.fromisoformat(now))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    assert word(*receive(stage, "J1", sheet_of(west, EIGHTS))) == expected


def test_what_the_office_reopens_after_the_end_is_in_time(stage, round, west):
    receive(stage, "J1", sheet_of(west, EIGHTS))
    reopened = reopen_sheet(nomination=west, inspector=stage.J["J1"], reason="核对", actor=stage.first)
    day = timezone.localdate() - timedelta(days=3)
    scored_on(round, day, day)
    SheetReopening.objects.update(decided_at=timezone.now() - timedelta(days=4))
    assert word(*receive(stage, "J1", sheet_of(west, EIGHTS, based_on=1))) == ("quarantined", "late")
    SheetReopening.objects.update(decided_at=reopened.decided_at)
    assert word(*receive(stage, "J1", sheet_of(west, EIGHTS, based_on=1))) == ("stored", "")


def test_the_plain_api_goes_by_the_same_clock_and_lock(stage, round, west):
    from scoring.services.arriving import hand_in

    def hand(**facts):
        given = SheetFacts(**{"uuid": uuid4(), "marks": exact((8, 8)), **facts})
        return hand_in(nomination=entry(round, west.organization), inspector=stage.J["J1"], facts=given, actor=None)

    first = SheetFacts(uuid=uuid4(), marks=exact((8, 8)))
    assert hand(**vars(first)).status == "stored"
    with pytest.raises(SheetRefused, match="这家的评分单已经提交，没有重开。没有收下，请联系组织部。"):
        hand(based_on=1)
    day = timezone.localdate() - timedelta(days=3)
    scored_on(round, day, day)
    assert hand(**vars(first)).status == "duplicate"
    with pytest.raises(SheetRefused, match="截止，这一份迟到了。没有收下，请联系组织部。"):
        hand()
    assert ScoreSheet.objects.count() == 1 and not QuarantinedSheet.objects.exists()


# --- the round waits for a person ----------------------------------------------------------------


def test_a_round_is_not_sealed_while_a_sheet_waits_for_a_person(stage, round, west):
    fill(stage, round, dict.fromkeys(stage.villages, (8, 8)))
    receive(stage, "J1", sheet_of(west, {"a": "7", "b": "7"}))
    said = "第 1 轮还有 1 份待核评分单，处理完才能计算。请到现场调度逐份采用或不采用。"
    for act in (seal_round, request_computation):
        with pytest.raises(ComputeRefused, match=said):
            act(round=Round.objects.get(pk=round.pk), actor=stage.first)
    assert Round.objects.get(pk=round.pk).state == RoundState.SCORING
    QuarantinedSheet.objects.update(state=QuarantineState.SET_ASIDE)
    assert seal_round(round=Round.objects.get(pk=round.pk), actor=stage.first).state == RoundState.SEALED


# --- receipts ------------------------------------------------------------------------------------


def test_the_receipt_speaks_for_all_that_is_held_stored_or_apart(stage, round, west):
    from scoring.receipts import is_signed, receipt_for

    stored = sheet_of(west, EIGHTS)
    apart = sheet_of(west, {"a": "7", "b": "7"})
    receive(stage, "J1", stored, apart, sheet_of(west, {"a": "7"}))
    receive(stage, "J3", sheet_of(west, EIGHTS))
    receipt = receipt_for(stage.J["J1"]).as_dict()
    assert (receipt["count"], receipt["digest"]) == (2, digest_of(stored, apart))
    assert is_signed(receipt)
    for changed in ({"count": 3}, {"digest": "0" * 64}, {"inspector": str(stage.J["J3"].pk)}, {"signature": "x"}):
        assert not is_signed({**receipt, **changed})


# --- at the same moment --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_devices_at_the_same_moment_lose_nothing():
    """Ten sheets, each sent twice at once by one phone, in opposite order, and another's for the same entries."""
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time there")
    stage = cast.set_stage()
    with tenant_scope(stage.tenant):
        round = open_round(stage, dict.fromkeys(stage.county.west_villages, HIGH))
        places = [entry(round, village) for village in stage.county.west_villages]
    batch = [sheet_of(place, EIGHTS) for place in places]
    rivals = [sheet_of(place, {"a": "7", "b": "7"}) for place in places]
    verdicts = []

    def send(sheets):
        with tenant_scope(stage.tenant):
            verdicts.extend(receive(stage, "J1", *sheets))
        connection.close()

    threads = [threading.Thread(target=send, args=[each]) for each in (batch, batch[::-1], rivals, rivals[::-1])]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    with tenant_scope(stage.tenant):
        stored = {(sheet.nomination_id, sheet.revision) for sheet in ScoreSheet.objects.all()}
        held = set(map(str, QuarantinedSheet.objects.values_list("uuid", flat=True)))
        kept = held | set(map(str, ScoreSheet.objects.values_list("uuid", flat=True)))
    assert stored == {(place.pk, 1) for place in places}
    assert kept == {each["uuid"] for each in [*batch, *rivals]}
    assert sorted(word(each) for each in verdicts) == sorted(
        [("stored", "")] * 2 + [("duplicate", "")] * 2 + [("quarantined", "conflict")] * 4
    )
