"""What the office is shown before it confirms: every kind by hand-made figures, on the line and beside it."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.enums import Role
from campaigns.models import Round
from scoring.anomalies import find_anomalies
from scoring.enums import AnomalyKind, QuarantineState, ReopeningState, SheetSource
from scoring.models import AnomalyNote, QuarantinedSheet, ScoreSheet, SheetReopening
from scoring.reading import load_round
from scoring.services.computing import compute_round
from scoring.services.looking import NoteRefused, note_anomalies
from scoring.services.publication import confirm_computation
from scoring.services.sheets import digest_content, pack_marks
from scoring.traces import anomaly_counts, anomaly_list, sheet_traces
from sites.models import Route, Stop
from tests import factories

from . import cast

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NINE = datetime(2026, 3, 15, 1, 0, tzinfo=UTC)  # 09:00 in the county


@pytest.fixture(autouse=True)
def no_cache():
    cache.clear()


@pytest.fixture
def round(stage):
    return cast.open_round(stage, dict.fromkeys(stage.villages, cast.HIGH))


def give(stage, round, rows):
    """``{village index: {inspector: marks}}``."""
    for place, sheets in rows.items():
        for number, marks in sheets.items():
            cast.submit(stage, cast.entry(round, stage.villages[place]), number, marks)


def lines(stage, round, kind=None):
    """(kind, organization, inspectors, text) of the round as it would be computed now."""
    loaded = load_round(Round.objects.get(pk=round.pk))
    names = {v.code: v.name for v in stage.villages}
    found = find_anomalies(loaded, {}, hinging=[])
    return [
        (
            each.kind,
            names[loaded.inputs.entry_org[each.entry]] if each.entry is not None else "",
            each.inspectors,
            each.text,
        )
        for each in found
        if kind in (None, each.kind)
    ]  # fmt: skip


# In the west all three inspectors score; full marks are 20, so the line is 2 points from the median of the others.


def test_far_is_two_points_and_three_times_the_usual_distance(stage, round):
    """Others 16 and 17: median 16.5, usual distance 0.5, three times 1.5. At 14.5 it is exactly 2 away; at 15 it is
    1.5.
    """
    give(stage, round, {2: {"J1": (8, 8), "J2": (8, 9), "J3": (7, 7.5)}, 3: {"J1": (8, 8), "J2": (8, 9), "J3": (7, 8)}})
    text = "总分 14.5，比其他 2 位评委的中位数 16.5 低 2 分（其他评委一般相差 0.5 分）"
    assert lines(stage, round, AnomalyKind.FAR) == [("far", stage.villages[2].name, ("J3",), text)]


def test_far_says_nothing_where_the_others_differ_as_much(stage, round):
    """Others 12 and 18: median 15, usual distance 3; nine points would be far, and 20 is five away."""
    give(stage, round, {2: {"J1": (6, 6), "J2": (9, 9), "J3": (10, 10)}})
    assert [row for row in lines(stage, round, AnomalyKind.FAR) if row[2] == ("J3",)] == []


def test_two_sheets_are_not_enough_to_call_one_far(stage, round):
    give(stage, round, {2: {"J1": (0, 0), "J3": (10, 10)}})
    assert lines(stage, round, AnomalyKind.FAR) == []


def test_identical_sheets_of_one_entry_are_one_line_and_equal_totals_are_not_identical(stage, round):
    give(stage, round, {2: {"J1": (8, 7), "J2": (8, 7), "J3": (7, 8)}, 3: {"J1": (8, 7), "J3": (7, 8)}})
    text = "2 项打分全部相同，总分都是 15"
    assert lines(stage, round, AnomalyKind.IDENTICAL) == [("identical", stage.villages[2].name, ("J1", "J2"), text)]


def test_an_inspector_who_gives_everybody_the_same_is_named_from_three_entries_on(stage, round):
    give(stage, round, {n: {"J1": (8, 7), "J3": (8 - n / 2, 7)} for n in range(4)})
    give(stage, round, {n: {"J2": (0, 0)} for n in (2, 3)})
    text = "评了 4 家，每家每项打分都一样，总分都是 15"
    assert lines(stage, round, AnomalyKind.UNIFORM) == [("uniform", "", ("J1",), text)]


# -- what is known of a sheet


def traced(stage, round, kind):
    computation = compute_round(round=round, actor=stage.first)
    found = anomaly_list(computation).lines
    return [
        (line.result.organization.name, line.names, line.anomaly.text) for line in found if line.anomaly.kind == kind
    ]


def arrive(stage, round, village, at, *members):
    route = Route.objects.create(
        tenant=stage.tenant, round=round, name=f"{village.name}线{at:%M}", on=round.onsite_date
    )
    for member in members:
        route.members.through.objects.create(tenant=stage.tenant, route=route, member=member)
    Stop.objects.create(
        tenant=stage.tenant, route=route, nomination=cast.entry(round, village), sequence=1, arrived_at=at
    )


def sent(stage, round, village, number, *, started=None, filled=None, marks=(8, 8)):
    """A sheet with the times of a phone's clock, written as it arrives: the table takes no change afterwards."""
    entry = cast.entry(round, village)
    data = pack_marks(stage.version, [Fraction(str(mark)) for mark in marks])
    ScoreSheet.objects.create(
        tenant=stage.tenant, uuid=uuid4(), round=round, nomination=entry, inspector=stage.J[number],
        scheme_version=stage.version, marks=data, total_scaled=int(sum(marks) * stage.version.document.scale),
        content_hash=digest_content(entry.pk, stage.J[number].pk, data), source=SheetSource.PHONE,
        started_at=started, client_time=filled,
    )  # fmt: skip


def test_a_sheet_begun_before_the_tour_arrived_and_one_filled_in_seconds(stage, round):
    west = stage.county.west_villages[0]
    arrive(stage, round, west, NINE)
    sent(stage, round, west, "J1", started=NINE - timedelta(seconds=1), filled=NINE + timedelta(seconds=18))
    sent(stage, round, west, "J3", started=NINE, filled=NINE + timedelta(seconds=20), marks=(7, 8))
    computation = compute_round(round=round, actor=stage.first)
    found = {(line.anomaly.kind, line.names): line.anomaly.text for line in anomaly_list(computation).lines}
    assert found[AnomalyKind.EARLY, "评委J1"] == "手机记录 03-15 08:59:59 开始填写，到达登记为 03-15 09:00:00"
    assert found[AnomalyKind.FAST, "评委J1"] == "从开始填写到提交只用了 19 秒"
    assert [kind for kind, who in found if who == "评委J3"] == []


def test_arrival_is_that_of_the_inspectors_own_tour(stage, round):
    west = stage.county.west_villages[0]
    members = {member.inspector.number: member for member in round.panel_members.select_related("inspector")}
    arrive(stage, round, west, NINE, members["J1"])
    arrive(stage, round, west, NINE + timedelta(minutes=30), members["J3"])
    sent(stage, round, west, "J1", started=NINE + timedelta(minutes=1), filled=NINE + timedelta(minutes=5))
    sent(
        stage, round, west, "J3", started=NINE + timedelta(minutes=1), filled=NINE + timedelta(minutes=5), marks=(7, 8)
    )
    assert [row[1] for row in traced(stage, round, AnomalyKind.EARLY)] == ["评委J3"]


def test_a_changed_sheet_shows_its_totals_and_why_it_was_reopened(stage, round):
    west = stage.county.west_villages[0]
    entry = cast.entry(round, west)
    cast.submit(stage, entry, "J1", (8, 8))
    cast.submit(stage, entry, "J1", (9, 8.5), based_on=1)
    reopened = {"tenant": stage.tenant, "nomination": entry, "inspector": stage.J["J1"], "revision": 1}
    SheetReopening.objects.create(**reopened, reason="第二项看错一行", state=ReopeningState.USED)
    SheetReopening.objects.create(**reopened, reason="没有同意的不算", state=ReopeningState.DECLINED)
    [(name, who, text)] = traced(stage, round, AnomalyKind.REVISED)
    assert (name, who) == (west.name, "评委J1")
    assert text.startswith("共 2 次提交，总分 16 → 17.5，最后一次 ")
    assert text.endswith("收到；原因：第二项看错一行")


def test_a_sheet_that_had_waited_for_a_person_is_named(stage, round):
    west = stage.county.west_villages[0]
    entry = cast.entry(round, west)
    made = cast.submit(stage, entry, "J1", (8, 8)).sheet
    QuarantinedSheet.objects.create(
        tenant=stage.tenant, uuid=uuid4(), client_hash="0" * 64, payload={}, inspector=stage.J["J1"], round=round,
        nomination=entry, code="late", message="评分截止后 2 小时到达。", source=SheetSource.PHONE, sheet=made,
        state=QuarantineState.ADMITTED, decided_at=NINE, decision_reason="手机没有信号",
    )  # fmt: skip
    text = "到达时没有直接计入，经人工采用；评分截止后 2 小时到达。处理意见：手机没有信号"
    assert traced(stage, round, AnomalyKind.ADMITTED) == [(west.name, "评委J1", text)]


# -- awards on one mark


def test_an_award_that_one_step_of_one_mark_would_take_away(stage, round):
    """At most two of four win: 18, 15.5, 15.25 and 11. Two sheets each, so a step of 0.5 moves a mean by 0.25: the
    second
    falls level with the third, and the third rises level with the second; the others are out of reach.
    """
    rows = {0: [(9, 9), (9, 9)], 1: [(8, 7.5), (7.5, 8)], 2: [(8, 7), (8, 7.5)], 3: [(5.5, 5.5), (5.5, 5.5)]}
    for place, (one, other) in rows.items():
        give(stage, round, {place: {"J1": one, "J3": other}})
    found = traced(stage, round, AnomalyKind.HINGE)
    second, third = stage.villages[1].name, stage.villages[2].name
    assert found == [
        (second, "", "现为授予，得 15.50 分，相邻一家的得分 15.25；一份评分单一个打分差一档，可到 15.25 分"),
        (third, "", "现为未授予，得 15.25 分，相邻一家的得分 15.50；一份评分单一个打分差一档，可到 15.50 分"),
    ]


# -- notes and the page


@pytest.fixture
def computed(stage, round):
    give(stage, round, {n: {"J1": (8 - n, 7), "J3": (8 - n, 7)} for n in range(4)})
    return compute_round(round=round, actor=stage.first)


def test_a_note_is_kept_beside_the_line_and_can_be_written_over(stage, computed):
    every = {line.anomaly.key for line in anomaly_list(computed).lines}
    assert anomaly_counts(computed) == (4, 4)
    key = sorted(every)[0]
    note_anomalies(computation=computed, keys=[key], known=every, note=" 已核对 ", actor=stage.second)
    note_anomalies(computation=computed, keys=[key], known=every, note="再看一遍，属实", actor=stage.first)
    row = AnomalyNote.objects.get()
    assert (row.key, row.note, row.looked_by) == (key, "再看一遍，属实", stage.first)
    assert anomaly_counts(computed) == (4, 3)


@pytest.mark.parametrize(
    ("keys", "note", "said"),
    [
        (["x"], "看过", "不在列表里"),
        ([], "看过", "请先勾选"),
        (["identical"], "  ", "请写明核查意见"),
        (["identical"], "长" * 201, "最多 200 字"),
    ],
)
def test_notes_that_cannot_be_kept_say_why(stage, computed, keys, note, said):
    with pytest.raises(NoteRefused, match=said):
        note_anomalies(computation=computed, keys=keys, known={"identical"}, note=note, actor=stage.first)


def test_the_page_notes_what_is_ticked_and_keeps_ticks_when_the_note_is_missing(stage, computed, browser):
    url = reverse("scoring:anomalies", args=[computed.pk])
    office = browser(stage.second)
    key = anomaly_list(computed).lines[0].anomaly.key
    missing = office.post(url, {"key": key, "note": ""}).content.decode()
    assert "请写明核查意见" in missing and f'value="{key}" checked' in missing
    assert office.post(url, {"key": key, "note": "已与评委核对"}).status_code == 302
    shown = office.get(url).content.decode()
    assert "已与评委核对" in shown and "4 条中还有 3 条" in shown
    assert "评委J1、评委J3" in shown
    assert "满分的 10%" in shown


def test_names_of_inspectors_are_for_the_office_only(stage, computed, browser):
    url = reverse("scoring:anomalies", args=[computed.pk])
    for role in (Role.LEADER, Role.TOWNSHIP_SECRETARY, Role.INSPECTOR):
        town = stage.county.east if role == Role.TOWNSHIP_SECRETARY else None
        assert browser(factories.make_person(stage.tenant, role, town)).get(url).status_code == 403


def test_confirming_warns_of_lines_nobody_looked_at_and_goes_on(stage, computed, browser):
    text = browser(stage.second).get(reverse("reports:round", args=[computed.round_id])).content.decode()
    assert "异常 4 条，还有 4 条没有核查" in text
    assert confirm_computation(computation=computed, actor=stage.second).state == "confirmed"


def test_traces_of_a_round_take_five_questions_however_many_sheets(stage, computed, django_assert_num_queries):
    with django_assert_num_queries(5):
        sheet_traces(computed)
