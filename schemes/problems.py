"""How the platform says what is wrong: place, reason, remedy, and everything at once.

Used for scheme documents (``place`` is a path such as ``criteria.children[0].max``) and for tables
(``file``, ``row``, ``column``, ``value``). Severity ``warning`` is for what is legal and probably wrong.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong. ``reason`` and ``remedy`` are Chinese sentences for the person who can mend it."""

    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    reason: str = ""
    remedy: str = ""
    place: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        where = [self.file, f"第 {self.row} 行" if self.row else "", self.column and f"“{self.column}”列", self.place]
        found = f"（现为“{self.value}”）" if self.value else ""
        ending = f"{self.remedy.strip('。')}。" if self.remedy else ""
        place = "，".join(part for part in where if part)
        return f"{place}{'：' if place else ''}{self.reason.rstrip('。')}{found}。{ending}"

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class ProblemsFound(Exception):
    """Input that cannot be used, with every problem found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that forbid use, without the warnings."""
    return [problem for problem in problems if problem.severity == "error"]
