"""Where a phase stands on a day: on time, behind what was first planned (滞后), overdue, not begun. Pure.

What was first planned: the dates before the first move that had a reason. Moves without one were made while the round
was still being planned, and planned it anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .models import Phase, PhaseMove

#: How the reason of a move begins that changed no date: what a person said about the end of a phase.
REOPENED, FINISHED = "撤销完成：", "完成："
#: A stage that closes within so many days is due soon.
SOON_DAYS = 3


@dataclass(frozen=True)
class Standing:
    """``place`` on the pole (done, late, now, next); ``planned`` only where the plan has been left, with the reason."""

    place: str
    light: str
    words: str
    soon: bool = False
    planned: tuple[date, date] | None = None
    reason: str = ""


def standing(phase: Phase, moves: Iterable[PhaseMove], today: date) -> Standing:
    """Its place, light and words. ``moves`` are those of the phase, in any order."""
    known = sorted(moves, key=lambda move: move.moved_at)
    counted = [move for move in known if move.reason and _moves_dates(move)]
    first = (counted[0].old_opens_on, counted[0].old_closes_on) if counted else (phase.opens_on, phase.closes_on)
    planned = first if first != (phase.opens_on, phase.closes_on) else None
    place, light, words, soon = _now(phase, first[1], today)
    told = counted[-1:] if planned else []
    if light == "warn":
        told = [move for move in known if move.reason and (_moves_dates(move) or move.reason.startswith(FINISHED))][-1:]
    return Standing(place, light, words, soon, planned, told[0].reason.removeprefix(FINISHED) if told else "")


def _moves_dates(move: PhaseMove) -> bool:
    return (move.old_opens_on, move.old_closes_on) != (move.new_opens_on, move.new_closes_on)


def _now(phase: Phase, planned: date, today: date) -> tuple[str, str, str, bool]:
    """Place, light, words, and whether it is due soon."""
    if phase.finished_on is not None:
        behind = (phase.finished_on - planned).days
        return ("done", "warn", f"滞后 {behind} 天完成", False) if behind > 0 else ("done", "ok", "已完成", False)
    if phase.closes_on < today:
        return "late", "bad", f"逾期 {(today - phase.closes_on).days} 天", False
    behind = (phase.closes_on - planned).days
    late = f"滞后 {behind} 天，" if behind > 0 else ""
    if phase.opens_on > today:
        return "next", "warn" if late else "idle", f"{late}未开始", False
    left = (phase.closes_on - today).days
    words = "今日到期" if left == 0 else f"剩 {left} 天" if late or left <= SOON_DAYS else f"进行中，剩 {left} 天"
    return "now", "warn" if late else "run", late + words, left <= SOON_DAYS
