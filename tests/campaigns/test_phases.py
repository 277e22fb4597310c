"""Phases as dated rows of switches: what opens by itself, what is moved with a reason, what a running round refuses."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, tenant_scope
from campaigns import tasks
from campaigns.enums import NominationState, PhaseKind, RoundKind, RoundState, Switch
from campaigns.models import Nomination, Phase, PhaseMove, Round, Title
from campaigns.phases import is_open
from campaigns.services.advance import advance_by_date
from campaigns.services.campaigns import PhaseDates
from campaigns.services.phases import (
    PhaseRefused,
    add_phase,
    finish_phase,
    move_phase,
    remove_phase,
    reopen_phase,
    set_switches,
    set_terms,
    shift_phases,
)
from config import celery
from tests import factories
from tests.reports.results_stage import make_stage

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

K = PhaseKind


def day(text: str) -> date:
    return date.fromisoformat(f"2027-{text}")


#: Five stages around 2027-04-20, a Tuesday.
PLAN = [
    PhaseDates(K.NOMINATION, day("03-01"), day("03-20")),
    PhaseDates(K.REVIEW, day("03-22"), day("03-26")),
    PhaseDates(K.ONSITE, day("04-20"), day("04-21")),
    PhaseDates(K.NOTICE, day("04-26"), day("05-04")),
    PhaseDates(K.AWARD, day("05-10"), day("05-10")),
]


@pytest.fixture
def stage(db):
    stage = make_stage()
    with tenant_scope(stage.tenant):
        yield stage


@pytest.fixture
def round(stage):
    return stage.round("1", day=day("04-20"), phases=PLAN)


def phase(round, kind) -> Phase:
    return Phase.objects.select_related("round").get(round=round, kind=kind)


def dates(round) -> dict[str, tuple[str, str]]:
    return {p.kind: (f"{p.opens_on:%m-%d}", f"{p.closes_on:%m-%d}") for p in round.phases.all()}


def move(round, kind, opens, closes, *, today, reason="", actor=None):
    return move_phase(phase=phase(round, kind), opens_on=day(opens), closes_on=day(closes), reason=reason,
                      actor=actor, today=day(today))  # fmt: skip


def last_entry() -> tuple[str, dict, dict]:
    entry = AuditEntry.objects.order_by("-id").first()
    return entry.verb, entry.old, entry.new


# --- moving ---------------------------------------------------------------------------------------


def test_while_a_round_is_planned_dates_are_set_without_a_reason(stage, round):
    moved = move(round, K.REVIEW, "03-23", "03-29", today="02-01", actor=stage.maker)
    assert (moved.opens_on, moved.closes_on) == (day("03-23"), day("03-29"))
    kept = PhaseMove.objects.get()
    assert (kept.old_opens_on, kept.new_closes_on, kept.reason, kept.moved_by) == (
        day("03-22"), day("03-29"), "", stage.maker,
    )  # fmt: skip
    move(round, K.REVIEW, "03-23", "03-29", today="02-01")  # the same again: nothing
    assert PhaseMove.objects.count() == 1


def test_once_begun_or_under_way_a_move_needs_a_reason(stage, round):
    with pytest.raises(PhaseRefused, match="“申报”已经开始，请写明调整的原因。"):
        move(round, K.NOMINATION, "03-01", "03-25", today="03-01")
    stage.enter(round, {"杨村": "进位"})
    with pytest.raises(PhaseRefused, match="第 1 轮已经启动，请写明调整的原因。"):
        move(round, K.AWARD, "05-11", "05-11", today="02-01", reason="  ")
    move(round, K.AWARD, "05-11", "05-11", today="02-01", reason="会场冲突", actor=stage.maker)
    assert last_entry() == (
        "调整阶段日期",
        {"opens_on": "2027-05-10", "closes_on": "2027-05-10"},
        {"phase": "授牌", "opens_on": "2027-05-11", "closes_on": "2027-05-11", "reason": "会场冲突"},
    )


@pytest.mark.parametrize(
    ("opens", "closes", "onsite"),
    [
        ("04-19", "04-22", "04-20"),  # the day is still inside
        ("04-27", "04-28", "04-27"),
        ("05-01", "05-01", "05-01"),
        ("04-10", "04-12", "04-10"),
    ],
)
def test_the_day_on_site_goes_with_its_phase(stage, round, opens, closes, onsite):
    move(round, K.ONSITE, opens, closes, today="02-01")
    assert Round.objects.get().onsite_date == day(onsite)


def test_running_scoring_is_not_shut_behind_the_panels_back(stage, round):
    stage.enter(round, {"杨村": "进位"})
    stage.open(round)
    with pytest.raises(PhaseRefused, match="评分正在进行，截止不能早于今天（2027-04-21）"):
        move(round, K.ONSITE, "04-20", "04-20", today="04-21", reason="提前")
    with pytest.raises(PhaseRefused, match="评分已经开始，不能改到以后再开始"):
        move(round, K.ONSITE, "04-22", "04-23", today="04-21", reason="下雨")
    with pytest.raises(PhaseRefused, match="不能取消“评委评分”"):
        set_switches(phase=phase(round, K.ONSITE), switches=[Switch.ROUTE], reason="x", actor=None)
    move(round, K.ONSITE, "04-20", "04-23", today="04-21", reason="下雨")
    assert is_open(Round.objects.get(), Switch.SCORE, today=day("04-23"))


def test_what_is_sealed_keeps_its_day_on_site(stage, round):
    stage.enter(round, {"杨村": "进位"})
    stage.open(round)
    stage.score(round, "杨村", *[("8", "2", "9")] * 4)
    stage.compute(round)
    with pytest.raises(PhaseRefused, match="评分单已封存，“现场评分”应包含现场日期（2027-04-20）"):
        move(round, K.ONSITE, "04-22", "04-23", today="04-19", reason="x")


def test_all_later_phases_shift_at_once_or_none(stage, round):
    finish_phase(phase=phase(round, K.NOTICE), on=day("01-05"), actor=None, today=day("02-01"))
    shift_phases(first=phase(round, K.ONSITE), days=7, reason="", actor=stage.maker, today=day("02-01"))
    assert dates(round) == {
        "nomination": ("03-01", "03-20"), "review": ("03-22", "03-26"), "onsite": ("04-27", "04-28"),
        "notice": ("04-26", "05-04"), "award": ("05-17", "05-17"),
    }  # fmt: skip
    assert Round.objects.get().onsite_date == day("04-27")
    stage.enter(round, {"杨村": "进位"})
    with pytest.raises(PhaseRefused, match="请写明调整的原因"):
        shift_phases(first=phase(round, K.REVIEW), days=1, reason="", actor=None, today=day("02-01"))
    assert dates(round)["review"] == ("03-22", "03-26")
    with pytest.raises(PhaseRefused, match="请填写顺延的天数"):
        shift_phases(first=phase(round, K.REVIEW), days=0, reason="x", actor=None)


# --- switches -------------------------------------------------------------------------------------


def test_switches_say_what_a_phase_opens(stage, round):
    assert not is_open(round, Switch.LIVE_TOWNSHIPS, today=day("04-20"))
    wanted = [Switch.LIVE_TOWNSHIPS, Switch.SCORE, Switch.ROUTE]
    changed = set_switches(phase=phase(round, K.ONSITE), switches=wanted, reason="现场公开", actor=stage.maker,
                           today=day("02-01"))  # fmt: skip
    assert changed.switches == ["route", "score", "live_townships"]
    round = Round.objects.get()
    assert is_open(round, Switch.LIVE_TOWNSHIPS, today=day("04-20"))
    assert not is_open(round, Switch.LIVE_TOWNSHIPS, today=day("04-22"))
    assert not is_open(round, Switch.LIVE_LEADERS, today=day("04-20"))
    said = "开放乡镇（街道）可看现场亮分；不再开放领导可看现场亮分：现场公开"
    assert PhaseMove.objects.get().reason == said
    with pytest.raises(PhaseRefused, match="不超过 80 字"):
        set_switches(phase=phase(round, K.ONSITE), switches=[], reason="长" * 81, actor=None, today=day("02-01"))


# --- done -----------------------------------------------------------------------------------------


def test_a_phase_is_finished_and_taken_back_with_reasons(stage, round):
    review = phase(round, K.REVIEW)
    with pytest.raises(PhaseRefused, match="完成日期不能晚于今天（2027-03-25）。"):
        finish_phase(phase=review, on=day("03-26"), actor=stage.maker, today=day("03-25"))
    with pytest.raises(PhaseRefused, match="完成日期晚于截止（2027-03-26），请写明原因。"):
        finish_phase(phase=review, on=day("03-29"), actor=stage.maker, today=day("03-30"))
    finish_phase(phase=review, on=day("03-29"), reason="补正材料", actor=stage.maker, today=day("03-30"))
    with pytest.raises(PhaseRefused, match="“县级审核”已于 2027-03-29 完成。要改日期，请先撤销完成。"):
        move(round, K.REVIEW, "03-22", "03-30", today="03-30", reason="x")
    with pytest.raises(PhaseRefused, match="请写明撤销完成的原因。"):
        reopen_phase(phase=review, reason=" ", actor=stage.maker)
    reopened = reopen_phase(phase=review, reason="还有一家", actor=stage.maker)
    assert reopened.finished_on is None
    assert [m.reason for m in PhaseMove.objects.order_by("moved_at")] == ["完成：补正材料", "撤销完成：还有一家"]
    with pytest.raises(PhaseRefused, match="第 1 轮还没有开放评分，“现场评分”不能标记完成。"):
        finish_phase(phase=phase(round, K.ONSITE), on=day("03-01"), actor=stage.maker, today=day("03-30"))


def test_phases_come_and_go_only_where_nothing_happened(stage, round):
    add_phase(round=round, kind=K.TRAINING, opens_on=day("04-01"), closes_on=day("04-01"), actor=stage.maker)
    assert list(round.phases.values_list("kind", flat=True)) == [
        K.NOMINATION, K.REVIEW, K.TRAINING, K.ONSITE, K.NOTICE, K.AWARD,
    ]  # fmt: skip
    with pytest.raises(PhaseRefused, match="第 1 轮已有“培训与标准”"):
        add_phase(round=round, kind=K.TRAINING, opens_on=day("04-01"), closes_on=day("04-01"), actor=None)
    move(round, K.TRAINING, "04-02", "04-02", today="02-01")
    with pytest.raises(PhaseRefused, match="“培训与标准”有调整记录，不能删除。"):
        remove_phase(phase=phase(round, K.TRAINING), actor=stage.maker)
    remove_phase(phase=phase(round, K.AWARD), actor=stage.maker, today=day("02-01"))
    assert last_entry()[0] == "删除阶段" and not round.phases.filter(kind=K.AWARD).exists()
    stage.enter(round, {"杨村": "进位"})
    with pytest.raises(PhaseRefused, match="关系到评分，不能删除"):
        remove_phase(phase=phase(round, K.ONSITE), actor=None, today=day("02-01"))
    review = reinspection = stage.round("2027", kind=RoundKind.REINSPECTION, day=day("06-01"))
    with pytest.raises(PhaseRefused, match="“现场评分”应包含现场日期（2027-06-01）"):
        add_phase(round=reinspection, kind=K.ONSITE, opens_on=day("06-02"), closes_on=day("06-03"), actor=None)
    assert not review.phases.exists()


def test_grace_and_days_of_notice(stage, round):
    assert (round.grace_minutes, round.notice_days) == (30, 5)
    set_terms(round=round, grace_minutes=0, notice_days=7, actor=stage.maker)
    assert last_entry() == (
        "调整评分宽限与公示天数", {"grace_minutes": 30, "notice_days": 5}, {"grace_minutes": 0, "notice_days": 7},
    )  # fmt: skip
    for wrong in ({"grace_minutes": -1, "notice_days": 5}, {"grace_minutes": 721, "notice_days": 5}):
        with pytest.raises(PhaseRefused, match="评分宽限应在 0 至 720 分钟之间。"):
            set_terms(round=round, actor=None, **wrong)


# --- by the calendar ------------------------------------------------------------------------------


def advance(text: str) -> tuple[dict[str, int], str]:
    """What happened on that day, and where the round stands."""
    return advance_by_date(today=day(text)), Round.objects.get().state


def finished(round) -> dict[str, str]:
    rows = round.phases.filter(finished_on__isnull=False)
    return {p.kind: f"{p.finished_on:%m-%d}" for p in rows}


def test_nomination_opens_on_its_day_and_not_before(stage, round):
    assert advance("02-28") == ({}, RoundState.PLANNED)
    assert advance("03-01") == ({"nominating": 1}, RoundState.NOMINATING)
    assert advance("03-01") == ({}, RoundState.NOMINATING)
    entry = AuditEntry.objects.get(verb="轮次申报中")
    assert (entry.actor, entry.actor_name) == (None, "系统")


def test_a_window_that_has_passed_opens_nothing(stage, round):
    assert advance("03-27") == ({}, RoundState.PLANNED)


def test_a_round_without_dates_waits_for_a_person(stage):
    stage.round("1", day=day("04-20"))
    assert advance("04-20") == ({}, RoundState.PLANNED)


def test_scoring_opens_when_somebody_takes_part_and_somebody_scores(stage, round):
    advance("03-01")
    assert advance("04-20") == ({}, RoundState.NOMINATING)
    stage.enter(round, {"杨村": "进位"})
    Nomination.objects.update(state=NominationState.SUBMITTED)
    assert advance("04-20")[1] == RoundState.NOMINATING
    Nomination.objects.update(state=NominationState.APPROVED)
    assert advance("04-19")[1] == RoundState.NOMINATING
    assert advance("04-20")[1] == RoundState.SCORING
    assert finished(round) == {"nomination": "03-20", "review": "03-26"}


def test_review_is_done_when_nothing_waits_after_nomination(stage, round):
    advance("03-01")
    stage.enter(round, {"杨村": "进位", "赵村": "进位"})
    Nomination.objects.filter(organization=stage.entries["赵村"]).update(state=NominationState.RETURNED)
    advance("03-24")
    assert finished(round) == {"nomination": "03-20"}
    at = timezone.make_aware(datetime(2027, 3, 23, 9))
    Nomination.objects.filter(organization=stage.entries["赵村"]).update(state=NominationState.REJECTED, decided_at=at)
    advance("03-24")
    assert finished(round) == {"nomination": "03-20", "review": "03-23"}


def test_what_a_person_took_back_stays_theirs(stage, round):
    advance("03-01")
    stage.enter(round, {"杨村": "进位"})
    advance("03-22")
    reopen_phase(phase=phase(round, K.NOMINATION), reason="漏报", actor=stage.maker)
    assert advance("03-23")[0] == {}
    assert "nomination" not in finished(round)


def test_sealing_publishing_and_plaques_end_their_phases(stage, round):
    marks = {"杨村": ("8", "2", "9"), "赵村": ("7", "2", "8"), "东溪电子党支部": ("6", "1", "8")}
    stage.enter(round, dict.fromkeys(marks, "进位"))
    stage.open(round)
    for name, given in marks.items():
        stage.score(round, name, *[given] * 4)
    computation = stage.compute(round)
    today = timezone.localdate()
    Phase.objects.update(opens_on=today - timedelta(days=9), closes_on=today + timedelta(days=9))
    advance_by_date(today=today)
    done = {"nomination", "review", "onsite"}
    assert set(finished(round)) == done
    Phase.objects.filter(kind=K.NOTICE).update(finished_on=today)
    stage.publish(computation)
    assert advance_by_date(today=today) == {}
    Phase.objects.filter(kind=K.NOTICE).update(finished_on=None)
    assert advance_by_date(today=today) == {"finished": 1}
    assert set(finished(round)) == {*done, "notice"}
    titles = Title.objects.filter(round=round)
    assert titles.update(plaque_no="建标〔2027〕1 号") == 1  # of three at most one wins
    assert advance_by_date(today=today) == {"finished": 1}
    assert set(finished(round)) == {*done, "notice", "award"}
    assert advance_by_date(today=today) == {}


def test_the_clock_does_every_county_and_one_in_trouble_does_not_stop_the_others(stage, monkeypatch):
    other = factories.make_tenant("330185", name="临安市")
    today = timezone.localdate()
    round = stage.round("1", day=today, phases=[PhaseDates(K.NOMINATION, today, today)])
    real = tasks.advance_by_date
    seen = []

    def troubled(*, today):
        seen.append(today)
        if len(seen) == 1:
            raise RuntimeError("trouble")
        return real(today=today)

    monkeypatch.setattr(tasks, "advance_by_date", troubled)
    with tenant_scope(other):  # the task opens scopes of its own
        tasks.advance_rounds()
    assert len(seen) == 2
    monkeypatch.setattr(tasks, "advance_by_date", real)
    tasks.advance_rounds()
    entry = celery.app.conf.beat_schedule["advance-rounds"]
    assert (entry["task"], entry["schedule"]) == (tasks.advance_rounds.name, 900.0)
    round.refresh_from_db()
    assert round.state == RoundState.NOMINATING
    assert tasks.advance_rounds() == 0
