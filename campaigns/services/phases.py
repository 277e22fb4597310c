"""Writes of a round's phases: their dates, what they open, when they were done. Who moves a phase that others rely on
says why. What the dates then let happen by themselves is the matter of ``advance``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record

from ..enums import PhaseKind, RoundState, Switch
from ..models import Phase, PhaseMove, Round
from ..standing import FINISHED, REOPENED
from .campaigns import RoundRefused

#: Of a reason for other switches, in characters: the names of the switches stand before it in one column.
SWITCH_REASON = 80
MOST_GRACE, MOST_NOTICE = 720, 60
_BEFORE_THE_SEAL = (RoundState.PLANNED, RoundState.NOMINATING, RoundState.SCORING)


class PhaseRefused(RoundRefused):
    """A phase cannot be changed like that; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Shift:
    """A phase with the dates it would have; nothing is written."""

    phase: Phase
    opens_on: date
    closes_on: date


def needs_reason(*, round: Round, phase: Phase, today: date | None = None) -> bool:
    """Others go by the dates of a round under way, and of a phase that has begun."""
    return round.state != RoundState.PLANNED or phase.opens_on <= (today or timezone.localdate())


# -- dates


@transaction.atomic
def move_phase(
    *, phase: Phase, opens_on: date, closes_on: date, reason: str, actor: User | None, today: date | None = None
) -> Phase:
    """Give a phase other dates. The day on site goes with its phase as long as no sheet is sealed.

    Raises PhaseRefused without a reason where one is due, and for what would shut scoring behind the panel's back.
    """
    day = today or timezone.localdate()
    round, phase = _locked(phase)
    if (phase.opens_on, phase.closes_on) == (opens_on, closes_on):
        return phase
    reason = _reason(round, phase, reason, day)
    _check_dates(round, phase, opens_on, closes_on, day)
    onsite = _day_on_site(round, phase, opens_on, closes_on)
    old = {"opens_on": phase.opens_on, "closes_on": phase.closes_on}
    new: dict[str, object] = {"phase": phase.get_kind_display(), "opens_on": opens_on, "closes_on": closes_on}
    _note(phase, reason, actor, opens_on, closes_on)
    phase.opens_on, phase.closes_on = opens_on, closes_on
    phase.save(update_fields=["opens_on", "closes_on"])
    if onsite != round.onsite_date:
        old, new = {**old, "onsite_date": round.onsite_date}, {**new, "onsite_date": onsite}
        round.onsite_date = onsite
        round.save(update_fields=["onsite_date"])
    record(actor=actor, verb="调整阶段日期", target=round, old=old, new={**new, "reason": reason})
    return phase


def shifted(*, first: Phase, days: int) -> list[Shift]:
    """``first`` and every phase after it that is not finished, so many days later (or earlier)."""
    by = timedelta(days=days)
    later = Phase.objects.filter(round=first.round_id, sequence__gte=first.sequence, finished_on__isnull=True)
    return [Shift(phase, phase.opens_on + by, phase.closes_on + by) for phase in later.order_by("sequence")]


@transaction.atomic
def shift_phases(*, first: Phase, days: int, reason: str, actor: User | None, today: date | None = None) -> list[Phase]:
    """Move ``first`` and every later phase by so many days: all of them or, when one is refused, none."""
    first = _locked(first)[1]
    if first.finished_on is not None:
        raise PhaseRefused(f"“{first}”已完成。请从还没有完成的阶段开始顺延。")
    if not days:
        raise PhaseRefused("请填写顺延的天数；提前填负数。")
    return [
        move_phase(phase=each.phase, opens_on=each.opens_on, closes_on=each.closes_on, reason=reason, actor=actor,
                   today=today)
        for each in shifted(first=first, days=days)
    ]  # fmt: skip


# -- what a phase opens


@transaction.atomic
def set_switches(
    *, phase: Phase, switches: Iterable[str], reason: str, actor: User | None, today: date | None = None
) -> Phase:
    """Say anew what a phase opens while its dates run. The move that is kept names what was added and taken away."""
    round, phase = _locked(phase)
    wanted, before = {Switch(each) for each in switches}, set(phase.opens)
    if wanted == before:
        return phase
    reason = _reason(round, phase, reason, today or timezone.localdate())
    if len(reason) > SWITCH_REASON:
        raise PhaseRefused(f"原因请不超过 {SWITCH_REASON} 字。")
    if round.state == RoundState.SCORING and Switch.SCORE in before - wanted:
        raise PhaseRefused("评分正在进行，不能取消“评委评分”。要提前结束，请封存评分单；要改时间，请调整日期。")
    _note(phase, _said(wanted - before, before - wanted, reason), actor, phase.opens_on, phase.closes_on)
    phase.switches = [each.value for each in Switch if each in wanted]
    phase.save(update_fields=["switches"])
    new = {"phase": phase.get_kind_display(), "switches": phase.switches, "reason": reason}
    record(actor=actor, verb="调整开放事项", target=round, old={"switches": sorted(before)}, new=new)
    return phase


def _said(added: Iterable[str], taken: Iterable[str], reason: str) -> str:
    """What was opened and what no longer is, in words, before the reason."""
    parts = []
    for word, found in (("开放", set(added)), ("不再开放", set(taken))):
        if labels := [str(each.label) for each in Switch if each in found]:
            parts.append(word + "、".join(labels))
    return "；".join(parts) + (f"：{reason}" if reason else "")


# -- done, and not done after all


@transaction.atomic
def finish_phase(*, phase: Phase, on: date, actor: User | None, reason: str = "", today: date | None = None) -> Phase:
    """The work of a phase was done on this day. What it opens goes by its dates, not by this."""
    day = today or timezone.localdate()
    round, phase = _locked(phase)
    reason = reason.strip()
    if phase.finished_on is not None:
        raise PhaseRefused(f"“{phase}”已于 {phase.finished_on} 完成。要改日期，请先撤销完成。")
    if on > day:
        raise PhaseRefused(f"完成日期不能晚于今天（{day}）。")
    if Switch.SCORE in phase.opens and round.state in (RoundState.PLANNED, RoundState.NOMINATING):
        raise PhaseRefused(f"{round.title}还没有开放评分，“{phase}”不能标记完成。")
    if actor is not None and on > phase.closes_on and not reason:
        raise PhaseRefused(f"完成日期晚于截止（{phase.closes_on}），请写明原因。")
    if reason:
        _note(phase, FINISHED + reason, actor, phase.opens_on, phase.closes_on)
    phase.finished_on = on
    phase.save(update_fields=["finished_on"])
    new = {"phase": phase.get_kind_display(), "finished_on": on, "reason": reason}
    record(actor=actor, verb="阶段完成", target=round, new=new)
    return phase


@transaction.atomic
def reopen_phase(*, phase: Phase, reason: str, actor: User) -> Phase:
    """It was not done after all. From then on only a person says when it is."""
    round, phase = _locked(phase)
    if phase.finished_on is None:
        raise PhaseRefused(f"“{phase}”没有标记完成。")
    if not reason.strip():
        raise PhaseRefused("请写明撤销完成的原因。")
    old, phase.finished_on = phase.finished_on, None
    phase.save(update_fields=["finished_on"])
    _note(phase, REOPENED + reason.strip(), actor, phase.opens_on, phase.closes_on)
    new = {"phase": phase.get_kind_display(), "reason": reason.strip()}
    record(actor=actor, verb="撤销阶段完成", target=round, old={"finished_on": old}, new=new)
    return phase


# -- one more, one less


@transaction.atomic
def add_phase(*, round: Round, kind: str, opens_on: date, closes_on: date, actor: User | None) -> Phase:
    """A stage the round had not; phases stand in the order of their work."""
    round = Round.objects.select_for_update().get(pk=round.pk)
    if round.phases.filter(kind=kind).exists():
        raise PhaseRefused(f"{round.title}已有“{PhaseKind(kind).label}”，请直接调整日期。")
    phase = Phase(tenant_id=round.tenant_id, round=round, kind=kind, opens_on=opens_on, closes_on=closes_on, sequence=0)
    if closes_on < opens_on:
        raise PhaseRefused(f"截止不能早于开始（{opens_on}）。")
    if kind == PhaseKind.ONSITE and not opens_on <= round.onsite_date <= closes_on:
        raise PhaseRefused(f"“{phase}”应包含现场日期（{round.onsite_date}）。")
    phase.save()
    for place, each in enumerate(sorted(round.phases.all(), key=lambda p: list(PhaseKind).index(PhaseKind(p.kind)))):
        Phase.objects.filter(pk=each.pk).update(sequence=place)
    new = {"phase": phase.get_kind_display(), "opens_on": opens_on, "closes_on": closes_on}
    record(actor=actor, verb="增加阶段", target=round, new=new)
    return phase


@transaction.atomic
def remove_phase(*, phase: Phase, actor: User | None, today: date | None = None) -> None:
    """Only where nothing has happened: not done, not moved, and not begun in a round under way."""
    round, phase = _locked(phase)
    if why := why_kept(round=round, phase=phase, today=today):
        raise PhaseRefused(why)
    old = {"phase": phase.get_kind_display(), "opens_on": phase.opens_on, "closes_on": phase.closes_on}
    phase.delete()
    record(actor=actor, verb="删除阶段", target=round, old=old)


def why_kept(*, round: Round, phase: Phase, today: date | None = None) -> str:
    """Why a phase is not removed any more, in one sentence; empty when it may be."""
    if phase.finished_on is not None:
        return f"“{phase}”已完成，留作记录，不能删除。"
    if phase.moves.exists():
        return f"“{phase}”有调整记录，不能删除。"
    begun = phase.opens_on <= (today or timezone.localdate())
    if round.state != RoundState.PLANNED and (begun or Switch.SCORE in phase.opens):
        return f"“{phase}”已经开始或关系到评分，不能删除。"
    return ""


@transaction.atomic
def set_terms(*, round: Round, grace_minutes: int, notice_days: int, actor: User | None) -> Round:
    """How long sheets may come in after scoring closed, and for how many working days an outcome is shown."""
    round = Round.objects.select_for_update().get(pk=round.pk)
    wanted = {"grace_minutes": grace_minutes, "notice_days": notice_days}
    old = {name: getattr(round, name) for name, value in wanted.items() if getattr(round, name) != value}
    if not old:
        return round
    if not 0 <= grace_minutes <= MOST_GRACE:
        raise PhaseRefused(f"评分宽限应在 0 至 {MOST_GRACE} 分钟之间。")
    if not 1 <= notice_days <= MOST_NOTICE:
        raise PhaseRefused(f"公示应在 1 至 {MOST_NOTICE} 个工作日之间。")
    for name in old:
        setattr(round, name, wanted[name])
    round.save(update_fields=list(old))
    record(actor=actor, verb="调整评分宽限与公示天数", target=round, old=old, new={name: wanted[name] for name in old})
    return round


# -- what the writes share


def _locked(phase: Phase) -> tuple[Round, Phase]:
    """The round first, as every other service does, then the phase."""
    round = Round.objects.select_for_update().get(pk=phase.round_id)
    return round, Phase.objects.select_for_update().get(pk=phase.pk)


def _reason(round: Round, phase: Phase, reason: str, today: date) -> str:
    if not reason.strip() and needs_reason(round=round, phase=phase, today=today):
        began = f"“{phase}”已经开始" if phase.opens_on <= today else f"{round.title}已经启动"
        raise PhaseRefused(f"{began}，请写明调整的原因。")
    return reason.strip()


def _check_dates(round: Round, phase: Phase, opens_on: date, closes_on: date, today: date) -> None:
    if phase.finished_on is not None:
        raise PhaseRefused(f"“{phase}”已于 {phase.finished_on} 完成。要改日期，请先撤销完成。")
    if closes_on < opens_on:
        raise PhaseRefused(f"“{phase}”的截止不能早于开始（{opens_on}）。")
    if round.state != RoundState.SCORING or Switch.SCORE not in phase.opens:
        return
    if closes_on < today:
        raise PhaseRefused(f"评分正在进行，截止不能早于今天（{today}）。要提前结束，请封存评分单。")
    if phase.opens_on <= today < opens_on:
        raise PhaseRefused("评分已经开始，不能改到以后再开始。要延长，请只改截止日期。")


def _day_on_site(round: Round, phase: Phase, opens_on: date, closes_on: date) -> date:
    """Where the day on site lies when this phase has these dates: as far into it as before."""
    if phase.kind != PhaseKind.ONSITE or opens_on <= round.onsite_date <= closes_on:
        return round.onsite_date
    if round.state not in _BEFORE_THE_SEAL:
        raise PhaseRefused(f"{round.title}的评分单已封存，“{phase}”应包含现场日期（{round.onsite_date}）。")
    into = max(round.onsite_date - phase.opens_on, timedelta(0))
    return min(opens_on + into, closes_on)


def _note(phase: Phase, reason: str, actor: User | None, opens_on: date, closes_on: date) -> None:
    move = PhaseMove(
        tenant_id=phase.tenant_id, phase=phase, reason=reason, moved_by=actor,
        old_opens_on=phase.opens_on, old_closes_on=phase.closes_on, new_opens_on=opens_on, new_closes_on=closes_on,
    )  # fmt: skip
    move.save()
