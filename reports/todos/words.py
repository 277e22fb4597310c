"""One to-do in words, and the order in which to-dos stand. A leaf of this package."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

#: Order of lights in the list: what is worst first.
WEIGHT = {"bad": 0, "warn": 1, "run": 2, "idle": 3}
#: A deadline this near is marked.
NEAR_DAYS = 3


@dataclass(frozen=True)
class Todo:
    """``post``: the button sends a form; otherwise it is a link. ``due`` orders the list and stands in it."""

    light: str
    words: str
    subject: str
    detail: str
    url: str = ""
    button: str = ""
    action: str = ""
    post: bool = False
    due: date | None = None


def due_light(due: date, today: date) -> tuple[str, str]:
    """Light and words of a date: 逾期 1 天, 今日到期, 剩 2 天."""
    days = (due - today).days
    if days < 0:
        return "bad", f"逾期 {-days} 天"
    if days == 0:
        return "warn", "今日到期"
    return ("run" if days <= NEAR_DAYS else "idle"), f"剩 {days} 天"


def in_order(todos: Iterable[Todo]) -> list[Todo]:
    """The most pressing first."""
    return sorted(todos, key=lambda todo: (WEIGHT[todo.light], todo.due or date.max))


def summary(todos: list[Todo], today: date) -> str:
    """7 件，其中逾期 1 件、今日到期 2 件."""
    late = sum(todo.due is not None and todo.due < today for todo in todos)
    due = sum(todo.due == today for todo in todos)
    parts = [f"逾期 {late} 件"] * bool(late) + [f"今日到期 {due} 件"] * bool(due)
    return f"{len(todos)} 件" + (f"，其中{'、'.join(parts)}" if parts else "")
