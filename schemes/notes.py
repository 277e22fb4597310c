"""Problems and notes of one table while it is read, and the check of words that only the scheme may allow."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .exact import Integers
from .problems import Problem
from .tables import Table

#: A file that fits its scheme as badly as this needs no longer list.
MOST_PROBLEMS = 5_000


class Notes:
    """Problems and notes of one table while it is read."""

    def __init__(self, table: Table) -> None:
        self.table, self.found, self.more = table, list[Problem](), 0

    def add(
        self, line: int | None, column: str, value: object, reason: str, remedy: str, *, note: bool = False
    ) -> None:
        if len(self.found) >= MOST_PROBLEMS:
            self.more += 1
            return
        problem = self.table.problem(line, column, value, reason, remedy)
        self.found.append(replace(problem, severity="warning") if note else problem)

    def sorted(self) -> tuple[Problem, ...]:
        ordered = sorted(self.found, key=lambda problem: problem.row or 0)
        if self.more:
            reason = f"另有 {self.more} 处问题，没有一一列出"
            ordered.append(Problem(file=self.table.file, reason=reason, remedy="请先改正以上各处，再重新检查。"))
        return tuple(ordered)


def belong(
    lines: Integers, words: Sequence[str], known: Sequence[str], column: str, notes: Notes, *, needed: bool = False
) -> NDArray[np.bool_]:
    """False, with a problem noted, where a word is none of those the scheme has; where it has none, any will do."""
    found = np.array([not known or word in known or not (word or needed) for word in words], dtype=bool)
    for i in np.flatnonzero(~found).tolist():
        reason = "办法里没有这一个" if words[i] else "没有填写"
        notes.add(int(lines[i]), column, words[i], reason, f"可用：{'、'.join(known)}。")
    return found
