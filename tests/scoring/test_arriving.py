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
from schemes import MarkCodec, ProblemsFound
from scoring.enums import QuarantineState, ReopeningState
from scoring.models import QuarantinedSheet, ScoreSheet, SheetReopening
from scoring.services.computing import ComputeRefused, compute_round, request_computation, seal_round
from scoring.services.reopening import reopen_sheet
from scoring.services.sheets import SheetFacts, SheetRefused
from sites.models import PanelMember

from . import cast
from .arriving import digest_of, hash_of, receive, sheet_of
from .cast import HIGH, entry, exact, fill, open_round, results

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


# --- marks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "column", "reason"),
    [
        ({"a": "8", "b": None}, "服务", "没有打分，没有打分不等于零分"),
        ({"a": "8"}, "服务", "没有打分，没有打分不等于零分"),
        ({"a": "8", "b": "10.5"}, "服务", "高于满分 10"),
        ({"a": "8.3", "b": "8"}, "党建", "不合分档，应为 0.5 的倍数"),
        ({"a": "八", "b": "8"}, "党建", "不是数"),
        ({"a": "80%", "b": "8"}, "党建", "不是打分"),
        ({"a": "8", "b": "8", "c": "1"}, "", "评分表上没有这一条"),
        ({"a": None, "b": None}, "党建", "没有打分，没有打分不等于零分"),
    ],
)
def test_wrong_marks_are_refused_by_criterion_and_nothing_is_kept(stage, west, marks, column, reason):
    [verdict] = receive(stage, "J1", sheet_of(west, marks))
    assert word(verdict) == ("refused", "marks")
    assert (verdict.problems[0].column, verdict.problems[0].reason) == (column, reason)
    assert reason in verdict.message
    assert not ScoreSheet.objects.exists() and not QuarantinedSheet.objects.exists()


@pytest.mark.parametrize("marks", [{"a": 8.0, "b": "8"}, {"a": True, "b": "8"}, {"a": ["8"], "b": "8"}, [8, 8], {}])
def test_marks_that_are_no_texts_are_no_sheet(stage, west, marks):
    [verdict] = receive(stage, "J1", sheet_of(west, marks))
    assert word(verdict) == ("refused", "marks")


@pytest.mark.parametrize(
    "details",
    [
        {"remark": "\x00"},
        {"remark": "字" * 3000},
        {"signature": "data:text/html;base64,AAAA"},
        {"signature": "data:image/png;base64," + "A" * 50_000},
        {"not_applicable": ["a"]},
        {"remarks": {"a": 5}},
        {"deductions": {"a": [{"name": "x", "times": "2", "points": "1"}]}},
    ],
)
def test_what_stands_beside_the_marks_has_its_bounds(stage, west, details):
    [verdict] = receive(stage, "J1", sheet_of(west, EIGHTS, details=details))
    assert verdict.verdict == "refused"
    assert not ScoreSheet.objects.exists()


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"a": NaN}', '{"remark": "\\ud800"}', "[" * 5000, 7])
def test_details_that_are_no_object_are_no_sheet(stage, west, text):
    [verdict] = receive(stage, "J1", sheet_of(west, EIGHTS, details_text=text))
    assert verdict.verdict == "refused"


# --- itemised deductions, not applicable, abstention ---------------------------------------------

TREE = [
    {"key": "a", "name": "党建", "mark": {"max": "10", "step": "0.5"}},
    {
        "key": "d",
        "name": "台账",
        "mark": {
            "kind": "deduction", "max": "5", "floor": "1", "step": "0.5",
            "items": [{"name": "少开一次", "points": "0.5", "most": "1"}],
        },
    },
    {
        "key": "n", "name": "水域", "mark": {"max": "5", "step": "1"},
        "applies": {"when": {"of": "water", "equals": "有"}, "otherwise": "full"},
    },
]  # fmt: skip


@pytest.fixture
def wide(db):
    """A scheme with deductions, a criterion that does not concern everybody, and abstention; facts say whom."""
    stage = cast.set_stage(
        facts=[{"key": "water", "name": "水面", "type": "choice", "choices": ["有", "无"]}],
        criteria={"full_marks": "20", "tree": TREE},
        panel={"recusal": "none", "abstention": True},
        ranking={},
    )
    with tenant_scope(stage.tenant):
        yield stage


@pytest.fixture
def wide_round(wide):
    return open_round(wide, dict.fromkeys(wide.villages[:2], HIGH))


def lines(*pairs):
    return {
        "d": [{"name": name, "times": times, "points": points, "reason": "查台账"} for name, times, points in pairs]
    }


@pytest.mark.parametrize(
    ("taken", "mark", "reason"),
    [
        ([], "5", ""),
        ([("少开一次", 1, "0.5")], "4.5", ""),
        ([("少开一次", 7, "1")], "4", ""),
        ([("少开一次", 1, "0.5"), ("缺签到", 1, "1.5")], "3", ""),
        ([("缺签到", 1, "20")], "1", ""),
        ([], "4.5", "按扣分明细应得 5 分，写的是 4.5 分"),
        ([("少开一次", 1, "0.5")], "5", "按扣分明细应得 4.5 分，写的是 5 分"),
        ([("少开一次", 3, "1.5")], "3.5", "“少开一次”3 次应扣 1 分，写的是 1.5 分"),
        ([("缺签到", 1, "-1")], "5", "“缺签到”扣的分应大于 0"),
        ([("缺签到", 1, "一")], "4", "“缺签到”扣的分不是数"),
    ],
)
def test_a_deducted_mark_is_full_marks_less_what_was_taken_off(wide, wide_round, taken, mark, reason):
    nomination = entry(wide_round, wide.villages[0])
    sent = sheet_of(nomination, {"a": "9", "d": mark, "n": "5"}, details={"deductions": lines(*taken)})
    [verdict] = receive(wide, "J1", sent)
    assert (verdict.verdict, [each.reason for each in verdict.problems]) == (
        ("refused", [reason]) if reason else ("stored", [])
    )


def test_what_does_not_concern_an_entry_may_be_left_out_and_the_facts_decide(wide, wide_round):
    """The first village has no water: blank or 0 or 5 marked there is all the same, it has full marks. 9 + 5 + 5."""
    from scoring.services.facts import FactCell, put_facts

    dry, wet = (entry(wide_round, village) for village in wide.villages[:2])
    cells = [FactCell(wide.villages[0], "water", "无"), FactCell(wide.villages[1], "water", "有")]
    put_facts(round=wide_round, cells=cells, actor=wide.first)
    left_out = {"not_applicable": {"n": "没有水面"}}
    blank = sheet_of(dry, {"a": "9", "d": "5", "n": None}, details=left_out)
    assert word(*receive(wide, "J1", blank)) == ("stored", "")
    assert ScoreSheet.objects.get().total_scaled == 28  # 9 + 5, in halves
    for number in ("J2", "J3"):
        receive(wide, number, sheet_of(dry, {"a": "9", "d": "5", "n": "0"}))
    for number in ("J1", "J2"):
        receive(wide, number, sheet_of(wet, {"a": "8", "d": "5", "n": "3"}))
    receive(wide, "J3", sheet_of(wet, {"a": "8", "d": "5", "n": None}, details=left_out))
    with pytest.raises(ProblemsFound) as found:
        compute_round(round=Round.objects.get(pk=wide_round.pk), actor=wide.first)
    assert [problem.reason for problem in found.value.problems] == [
        f"第 1 轮 {wide.villages[1].code} J3：“水域”没有打分"
    ]
    cells = [FactCell(wide.villages[1], "water", "无")]
    back = move_round(round=Round.objects.get(pk=wide_round.pk), to=RoundState.SCORING, actor=None, reason="更正")
    put_facts(round=back, cells=cells, actor=wide.first)
    computed = results(compute_round(round=back, actor=wide.first))
    assert [computed[village.name][0] for village in wide.villages[:2]] == ["19.00", "18.00"]


def test_what_concerns_everybody_is_never_left_out(wide, wide_round):
    nomination = entry(wide_round, wide.villages[0])
    sent = sheet_of(nomination, {"a": None, "d": "5", "n": "5"}, details={"not_applicable": {"a": "没看"}})
    [verdict] = receive(wide, "J1", sent)
    assert [(each.column, each.reason) for each in verdict.problems] == [("党建", "办法没有规定这一条可以不涉及")]
    no_reason = sheet_of(nomination, {"a": "9", "d": "5", "n": None}, details={"not_applicable": {"n": " "}})
    assert receive(wide, "J1", no_reason)[0].problems[0].reason == "没有写不涉及的理由"
    both = sheet_of(nomination, {"a": "9", "d": "5", "n": "5"}, details={"not_applicable": {"n": "没有"}})
    assert receive(wide, "J1", both)[0].problems[0].reason == "既打了分又写了不涉及"


def test_an_abstained_sheet_is_stored_and_counts_nowhere(wide, wide_round):
    """Two sheets of 19 and 17 make 18; the third inspector abstained, having first marked everything 0."""
    from scoring.services.facts import FactCell, put_facts

    one, other = (entry(wide_round, village) for village in wide.villages[:2])
    put_facts(round=wide_round, cells=[FactCell(v, "water", "有") for v in wide.villages[:2]], actor=wide.first)
    receive(wide, "J1", sheet_of(one, {"a": "9", "d": "5", "n": "5"}), sheet_of(other, {"a": "1", "d": "5", "n": "0"}))
    receive(wide, "J2", sheet_of(one, {"a": "7", "d": "5", "n": "5"}))
    zero = sheet_of(one, {"a": "0", "d": "1", "n": "0"}, details={"deductions": lines(("全无", 1, "4"))})
    receive(wide, "J3", zero)
    reopen_sheet(nomination=one, inspector=wide.J["J3"], reason="要弃权", actor=wide.first)
    nothing = dict.fromkeys(("a", "d", "n"))
    gone = sheet_of(one, nothing, based_on=1, details={"abstained": "与村书记是亲属"})
    assert word(*receive(wide, "J3", gone)) == ("stored", "")
    sheet = ScoreSheet.objects.latest("pk")
    assert (sheet.abstained, sheet.revision, sheet.total_scaled) == (True, 2, 0)
    computation = compute_round(round=Round.objects.get(pk=wide_round.pk), actor=wide.first)
    assert results(computation)[wide.villages[0].name][0] == "18.00"
    assert computation.results.get(organization=wide.villages[0]).sheet_count == 2


def test_who_may_not_abstain_is_told(stage, west):
    sent = sheet_of(west, {"a": None, "b": None}, details={"abstained": "不熟悉"})
    assert receive(stage, "J1", sent)[0].problems[0].reason == "办法没有规定评委可以弃权"


def test_who_abstains_marks_nothing(wide, wide_round):
    sent = sheet_of(entry(wide_round, wide.villages[0]), {"a": "1", "d": None, "n": None}, details={"abstained": "x"})
    assert receive(wide, "J1", sent)[0].problems[0].reason == "既弃权又打了分"


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
