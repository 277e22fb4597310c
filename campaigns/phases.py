"""What is open when: the switches of a round's phases on a given day. Reads only; the dates are moved by services."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from .enums import Switch
from .models import Phase, Round


def phases_with(round: Round, switch: str) -> list[Phase]:
    """The phases of a round that open ``switch``, in order of their dates. Uses prefetched phases where they are."""
    return sorted((p for p in round.phases.all() if switch in p.opens), key=lambda p: (p.opens_on, p.sequence))


def is_open(round: Round, switch: str, *, today: date | None = None) -> bool:
    """Whether ``switch`` is on. No phase carries it: visibility to others stays shut, everything else is open."""
    carrying = phases_with(round, switch)
    if not carrying:
        return switch not in (Switch.LIVE_LEADERS, Switch.LIVE_TOWNSHIPS)
    day = today or timezone.localdate()
    return any(phase.opens_on <= day <= phase.closes_on for phase in carrying)


def closes_at(round: Round, switch: str) -> datetime | None:
    """The first moment after ``switch`` was last open; None where no phase carries it."""
    carrying = phases_with(round, switch)
    if not carrying:
        return None
    after = max(phase.closes_on for phase in carrying) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(after, datetime.min.time()))


def why_shut(round: Round, switch: str, *, today: date | None = None) -> str:
    """One Chinese sentence: since when or from when ``switch`` is shut; empty while it is open."""
    day = today or timezone.localdate()
    if is_open(round, switch, today=day):
        return ""
    what = Switch(switch).label
    coming = [phase for phase in phases_with(round, switch) if phase.opens_on > day]
    if coming:
        return f"{round.title}的“{what}”从 {coming[0].opens_on:%Y-%m-%d} 开始。"
    past = phases_with(round, switch)
    until = f"已于 {max(phase.closes_on for phase in past):%Y-%m-%d} 截止" if past else "没有开放"
    return f"{round.title}的“{what}”{until}。如需延期，请县委组织部调整阶段日期。"
