"""Tables that people hand in, as the importers of all apps use them. Reading itself is ``schemes.tables``."""

from collections.abc import Callable
from typing import Any

from schemes.archives import Limits
from schemes.cells import parse_date, parse_decimal, parse_flag, parse_integer
from schemes.problems import Problem
from schemes.tables import Column, ImportFailed, Table, read_table

__all__ = [
    "Cells", "Column", "ImportFailed", "Limits", "Problem", "Table",
    "parse_date", "parse_decimal", "parse_flag", "parse_integer", "read_table",
]  # fmt: skip


class Cells:
    """One row while it is read: values by column, every problem collected with its row and column."""

    def __init__(self, table: Table, line: int, values: dict[str, str], problems: list[Problem]) -> None:
        self.table, self.line, self.values, self.problems = table, line, values, problems

    def text(self, key: str) -> str:
        return self.values.get(key, "")

    def parsed(self, key: str, parse: Callable[[str], Any], *, remedy: str) -> Any:
        """The value, None when the cell is empty, None with a problem noted when it cannot be read."""
        try:
            return parse(self.text(key))
        except ValueError as error:
            self.refuse(key, f"{error}。", remedy)
            return None

    def refuse(self, key: str, reason: str, remedy: str) -> None:
        self.problems.append(self.table.problem(self.line, key, self.text(key), reason, remedy))
