"""Files handed in for a trial, read as the imports read them and never kept."""

from schemes import Inputs, ProblemsFound, Scheme
from schemes.archives import MEGABYTE, Limits
from schemes.files import Collected
from schemes.intake import (
    Nominations,
    SheetTable,
    build_inputs,
    nomination_columns,
    read_nominations,
    read_sheets,
    sheet_columns,
)
from schemes.problems import Problem
from schemes.tables import read_table

from .trial import MOST_ENTRIES, MOST_SHEETS, refuse_large

File = tuple[str, bytes]
MOST_BYTES = 10 * MEGABYTE


def read_trial_files(scheme: Scheme, nominations: File, sheets: File) -> tuple[Inputs, tuple[Problem, ...]]:
    """Inputs of both files, and notes on them. Raises ProblemsFound with the problems of both at once.

    A scheme that reads recorded facts is refused: they are in the system, not in these files.
    """
    refuse_recorded(scheme)
    found = Collected()
    entered = found.read(lambda: _nominations(scheme, nominations, found))
    marked = found.read(lambda: _sheets(scheme, sheets, entered, found))
    notes = found.settle()
    if entered is None or marked is None:
        raise ProblemsFound(notes)
    refuse_large(len(entered.entries), len(marked.inspectors))
    return build_inputs(scheme, entered.entries, marked), notes


def refuse_recorded(scheme: Scheme) -> None:
    needed = [fact.name for fact in scheme.recorded.values() if fact.missing == "refuse"]
    if needed:
        reason = f"这一版办法还要用登记的数据（{'、'.join(needed[:5])}等 {len(needed)} 项），评分单文件里没有"
        raise ProblemsFound([Problem(reason=reason, remedy="请用过去的轮次试算")])


def _nominations(scheme: Scheme, file: File, found: Collected) -> Nominations:
    limits = Limits(size=MOST_BYTES, rows=MOST_ENTRIES)
    table = read_table(*file, columns=nomination_columns(scheme), limits=limits)
    entered = read_nominations(table, scheme)
    found.problems.extend(entered.problems)
    if not table.rows:
        found.problems.append(Problem(table.file, reason="没有申报", remedy="请核对文件"))
    return entered


def _sheets(scheme: Scheme, file: File, entered: Nominations | None, found: Collected) -> SheetTable:
    limits = Limits(size=MOST_BYTES, rows=MOST_SHEETS)
    table = read_table(*file, columns=sheet_columns(scheme), limits=limits)
    marked = read_sheets(table, scheme, entered.entries if entered else ())
    # Without entries every sheet would be one of no entry: say what is wrong with the entries first.
    found.problems.extend(marked.problems if entered and entered.entries else ())
    return marked
