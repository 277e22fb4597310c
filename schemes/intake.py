"""Table rows as entries, inspectors and sheets of marks, with every problem of the file at once.

Pure: tables come read (``schemes.tables``), nothing is opened or written here. The command line and the site's
importers call the same functions. Every text is looked up once per column, so a column of 300,000 marks costs as
many dictionary look-ups, and each different text is parsed exactly once.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cells import parse_flag
from .document import Scheme
from .exact import Integers
from .inputs import Entry, Inputs, MarkCodec
from .notes import Notes, belong
from .problems import Problem
from .recorded import Facts
from .rules.marking import SheetMark
from .tables import Column, Table

ROUND = Column("round", ("轮次", "轮", "批次"), required=True)
ORG = Column("org_code", ("组织代码", "单位代码", "申报单位代码", "被评单位代码", "code", "代码"), required=True)
TIER = Column("tier", ("申报等次", "等次", "申报类别", "类别"), required=True)
VETOED = Column("vetoed", ("一票否决",))
INSPECTOR = Column("inspector", ("评委", "评委编号", "评委代码", "编号"), required=True)
INSPECTOR_NAME = Column("name", ("姓名", "评委姓名"))
GROUP = Column("group", ("组别", "评委组别"))
SHEET_PERIOD = Column("period", ("考核期", "时期", "月份", "季度"))
HOME = Column("home_code", ("所属乡镇代码", "所在单位代码", "回避单位代码", "回避单位"))

NOMINATION_COLUMNS = (ROUND, ORG, TIER, VETOED)
INSPECTOR_COLUMNS = (INSPECTOR, INSPECTOR_NAME, HOME, GROUP)

_ROUND = re.compile(r"第?\s*(\d+)(?:\.0+)?\s*[轮批]?次?")
_ROUND_IN_WORDS = re.compile(r"第\s*([一二三四五六七八九]?十?[一二三四五六七八九]?)\s*[轮批]次?")
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}


def nomination_columns(scheme: Scheme) -> tuple[Column, ...]:
    """Schemes without tiers of their own need no column of tiers."""
    tier = TIER if "tiers" in scheme.model_fields_set else Column(TIER.key, TIER.names)
    return (ROUND, ORG, tier, VETOED)


def sheet_columns(scheme: Scheme, *, first: Sequence[Column] = (ROUND, ORG, INSPECTOR)) -> tuple[Column, ...]:
    """The columns of a file of sheets: what a sheet belongs to, then one per criterion, by key or by name."""
    names = [leaf.name for leaf in scheme.leaves]
    alone = {name for name in names if names.count(name) == 1}
    marks = (Column(leaf.key, (leaf.name,) if leaf.name in alone else (), True) for leaf in scheme.leaves)
    return (*first, GROUP, SHEET_PERIOD, *marks)


@dataclass(frozen=True)
class Nominations:
    """``lines`` are the rows of the file that the entries come from."""

    entries: tuple[Entry, ...]
    lines: tuple[int, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Inspectors:
    """Names, home townships and groups by inspector number."""

    names: dict[str, str]
    homes: dict[str, str]
    problems: tuple[Problem, ...]
    groups: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SheetTable:
    """Sheets as columns, ready for Inputs: row of the file, index of the entry, inspector, steps per criterion.

    Only rows without a problem are here; whoever wants all or nothing looks at ``problems`` first.
    """

    lines: Integers
    entry_index: NDArray[np.int32]
    inspectors: list[str]
    marks: NDArray[Any]
    problems: tuple[Problem, ...]
    groups: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()


def round_name(text: str) -> str:
    """``第1轮``, ``1.0``, ``０１`` and ``第一轮`` are round 1; another name stays as it is."""
    narrow = unicodedata.normalize("NFKC", text).strip()
    if found := _ROUND.fullmatch(narrow):
        return str(int(found[1])) if len(found[1]) < 10 else found[1]
    if (words := _ROUND_IN_WORDS.fullmatch(narrow)) and words[1]:
        tens, ten, ones = words[1].rpartition("十")
        return str((_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (_DIGITS[ones] if ones else 0))
    return narrow


def round_order(name: str) -> tuple[int, int, str]:
    """A key that puts numbered rounds first, by their number, and others after them by name."""
    return (0, int(name), "") if name.isdecimal() and name.isascii() else (1, 0, name)


def read_nominations(table: Table, scheme: Scheme, *, organizations: Collection[str] | None = None) -> Nominations:
    """Entries of all rounds. With ``organizations``, a code that is not among them is a problem."""
    notes = Notes(table)
    seen: dict[tuple[str, str], tuple[int, Entry]] = {}
    for line, row in table.rows:
        entry = _read_entry(line, row, scheme, organizations, notes)
        if entry is None:
            continue
        first = seen.setdefault((entry.round, entry.org_code), (line, entry))
        if first[0] != line:
            _note_double_entry(notes, line, entry, first)
    lines = tuple(line for line, _ in seen.values())
    return Nominations(tuple(entry for _, entry in seen.values()), lines, notes.sorted())


def _read_entry(
    line: int, row: dict[str, str], scheme: Scheme, organizations: Collection[str] | None, notes: Notes
) -> Entry | None:
    before = len(notes.found) + notes.more
    tiered = "tiers" in scheme.model_fields_set
    for key in ("round", "org_code", "tier") if tiered else ("round", "org_code"):
        if not row[key]:
            notes.add(line, key, "", "没有填写", "请填写。")
    said = row.get("tier", "") if tiered else scheme.tier_names[0]
    tier, code = unicodedata.normalize("NFKC", said).strip('“”" '), row["org_code"]
    if tier and tier not in scheme.tier_names:
        notes.add(line, "tier", said, "办法里没有这个等次", f"可用：{'、'.join(scheme.tier_names)}。")
    if code and organizations is not None and code not in organizations:
        notes.add(line, "org_code", code, "没有这个组织", "请核对代码，或先登记这个组织。")
    try:
        vetoed = parse_flag(row.get("vetoed", "")) or False
    except ValueError as error:
        notes.add(line, "vetoed", row["vetoed"], str(error), "请填 1 或 0、是或否；没有否决的可以留空。")
        return None
    return Entry(round_name(row["round"]), code, tier, vetoed) if len(notes.found) + notes.more == before else None


def _note_double_entry(notes: Notes, line: int, entry: Entry, first: tuple[int, Entry]) -> None:
    where = f"第 {entry.round} 轮已在第 {first[0]} 行申报"
    if entry == first[1]:
        notes.add(line, "org_code", entry.org_code, f"{where}，内容相同，只算一次", "可以删去这一行。", note=True)
    else:
        notes.add(line, "org_code", entry.org_code, f"{where}，内容不同", "请只留正确的一行。")


def read_inspectors(table: Table) -> Inspectors:
    """Inspectors by number. The same number twice with another name or home is a problem."""
    notes = Notes(table)
    rows: dict[str, tuple[int, str, str, str]] = {}
    for line, row in table.rows:
        number = row["inspector"]
        if not number:
            notes.add(line, "inspector", "", "没有填写", "请填写评委编号。")
            continue
        said = (row.get("name", ""), row.get("home_code", ""), row.get("group", ""))
        first = rows.setdefault(number, (line, *said))
        if first[1:] != said:
            notes.add(line, "inspector", number, f"与第 {first[0]} 行编号相同，内容不同", "请只留正确的一行。")
    names = {number: name for number, (_, name, _, _) in rows.items()}
    homes = {number: home for number, (_, _, home, _) in rows.items() if home}
    groups = {number: group for number, (_, _, _, group) in rows.items() if group}
    return Inspectors(names, homes, notes.sorted(), groups)


def read_sheets(
    table: Table,
    scheme: Scheme,
    entries: Sequence[Entry],
    *,
    inspectors: Collection[str] | None = None,
    homes: Mapping[str, str] | None = None,
    township_of: Mapping[str, str] | None = None,
    groups: Mapping[str, str] | None = None,
) -> SheetTable:
    """Sheets of ``entries``. Each check runs where its facts are given: known inspectors, homes and townships.

    ``groups`` of inspectors by number; the sheets' own column 组别 goes before.
    """
    notes = Notes(table)
    rows = [row for _, row in table.rows]
    lines = np.array([line for line, _ in table.rows], dtype=np.int64)
    owners = _find_entries(lines, rows, entries, notes)
    numbers = [row["inspector"] for row in rows]
    known = _know_inspectors(lines, numbers, inspectors, notes)
    marks, marked = _read_marks(lines, rows, scheme, notes)
    good = (owners >= 0) & known & marked
    if homes and township_of and scheme.panel.recusal == "home_township":
        good &= _not_recused(lines, owners, numbers, entries, homes, township_of, notes)
    periods = [row.get("period", "") for row in rows]
    of_group = [row.get("group", "") or (groups or {}).get(row["inspector"], "") for row in rows]
    good &= belong(lines, of_group, scheme.group_names, "group", notes, needed=True)
    good &= belong(lines, periods, scheme.period_names, "period", notes)
    good &= _once_each(lines, owners, list(zip(numbers, periods, strict=True)), marks, good, notes)
    kept = np.flatnonzero(good)
    return SheetTable(
        lines=lines[kept],
        entry_index=owners[kept].astype(np.int32),
        inspectors=[numbers[i] for i in kept],
        marks=np.ascontiguousarray(marks[kept].astype(MarkCodec(scheme).dtype)),
        problems=notes.sorted(),
        groups=tuple(of_group[i] for i in kept) if any(of_group) else (),
        periods=tuple(periods[i] for i in kept) if any(periods) else (),
    )


def _find_entries(lines: Integers, rows: list[dict[str, str]], entries: Sequence[Entry], notes: Notes) -> Integers:
    """Index of each row's entry, -1 with a problem noted where there is none."""
    where = {(entry.round, entry.org_code): i for i, entry in enumerate(entries)}
    rounds, entered = _Memo(round_name), {entry.round for entry in entries}
    owners = np.array([where.get((rounds[row["round"]], row["org_code"]), -1) for row in rows], dtype=np.int64)
    for i in np.flatnonzero(owners < 0).tolist():
        code, name = rows[i]["org_code"], rounds[rows[i]["round"]]
        empty = [key for key in ("round", "org_code") if not rows[i][key]]
        for key in empty:
            notes.add(int(lines[i]), key, "", "没有填写", "请填写。")
        if empty:
            continue
        if name not in entered:
            notes.add(int(lines[i]), "round", rows[i]["round"], f"第 {name} 轮没有申报", "请核对轮次。")
        else:
            reason = f"这个组织没有申报第 {name} 轮"
            notes.add(int(lines[i]), "org_code", code, reason, "请核对代码与轮次，或补上申报。")
    return owners


def _know_inspectors(
    lines: Integers, numbers: list[str], inspectors: Collection[str] | None, notes: Notes
) -> NDArray[np.bool_]:
    names = set(numbers) if inspectors is None else set(inspectors)
    names.discard("")
    known = np.array([number in names for number in numbers], dtype=bool)
    for i in np.flatnonzero(~known).tolist():
        if numbers[i]:
            notes.add(int(lines[i]), "inspector", numbers[i], "名册里没有这位评委", "请核对编号，或先登记这位评委。")
        else:
            notes.add(int(lines[i]), "inspector", "", "没有填写", "请填写评委编号。")
    return known


class _Memo(dict[str, Any]):
    """A function of a text, computed once for each text."""

    def __init__(self, function: Callable[[str], Any]) -> None:
        super().__init__()
        self.function = function

    def __missing__(self, text: str) -> Any:
        self[text] = value = self.function(text)
        return value


def _read_marks(
    lines: Integers, rows: list[dict[str, str]], scheme: Scheme, notes: Notes
) -> tuple[Integers, NDArray[np.bool_]]:
    """Steps of every mark, -1 where it cannot be accepted; and the rows in which all can."""
    marks = np.empty((len(rows), len(scheme.leaves)), dtype=np.int64)
    for place, (leaf, method) in enumerate(zip(scheme.leaves, scheme.methods, strict=True)):
        refused: dict[str, tuple[str, str]] = {}
        blank = MarkCodec(scheme).missing if scheme.whom[leaf.key] else -1
        steps = _Memo(partial(_steps, method=method, refused=refused, blank=blank))
        marks[:, place] = [steps[row[leaf.key]] for row in rows]
        for i in np.flatnonzero(marks[:, place] < 0).tolist() if refused else ():
            text = rows[i][leaf.key]
            reason, remedy = refused[text]
            named = reason if notes.table.headers.get(leaf.key) == leaf.name else f"“{leaf.name}”{reason}"
            notes.add(int(lines[i]), leaf.key, text, named, remedy)
    return marks, np.asarray((marks >= 0).all(axis=1))


def _steps(text: str, method: SheetMark, refused: dict[str, tuple[str, str]], blank: int) -> int:
    """The number of steps; -1, with reason and remedy noted for this text, where it cannot be accepted.

    ``blank`` is what an empty cell means where a criterion does not concern everybody.
    """
    try:
        if not text and blank >= 0:
            return blank
        if text:
            return method.to_units(method.read(text))
        refused[text] = ("没有打分", "请补上；没有打分不等于零分。")
    except ValueError as error:
        refused[text] = (str(error), f"请填 {method.allowed()}。")
    return -1


def _not_recused(
    lines: Integers,
    owners: Integers,
    numbers: list[str],
    entries: Sequence[Entry],
    homes: Mapping[str, str],
    township_of: Mapping[str, str],
    notes: Notes,
) -> NDArray[np.bool_]:
    """False, with a problem noted, where an inspector scored an organization of the own township."""
    towns = [township_of.get(entry.org_code) for entry in entries]
    own = [owner >= 0 and towns[owner] is not None and homes.get(number) == towns[owner]
           for owner, number in zip(owners.tolist(), numbers, strict=True)]  # fmt: skip
    for i in np.flatnonzero(own).tolist():
        reason = f"这位评委应回避本乡镇（街道）的组织 {entries[int(owners[i])].org_code}"
        notes.add(int(lines[i]), "inspector", numbers[i], reason, "请删去这份评分单。")
    return ~np.array(own, dtype=bool)


def _once_each(
    lines: Integers,
    owners: Integers,
    who: list[tuple[str, str]],
    marks: Integers,
    good: NDArray[np.bool_],
    notes: Notes,
) -> NDArray[np.bool_]:
    """False for a second sheet of one inspector for one entry: a note when it is the same, a problem when not."""
    once = np.ones(len(lines), dtype=bool)
    first: dict[tuple[int, tuple[str, str]], int] = {}
    for i, key in enumerate(zip(owners.tolist(), who, strict=True)):
        if not good[i] or (before := first.setdefault(key, i)) == i:
            continue
        once[i] = False
        where = f"这位评委已在第 {lines[before]} 行给同一组织打分"
        if np.array_equal(marks[before], marks[i]):
            reason, remedy = f"{where}，分数相同，只算一份", "可以删去这一行。"
            notes.add(int(lines[i]), "inspector", who[i][0], reason, remedy, note=True)
        else:
            notes.add(int(lines[i]), "inspector", who[i][0], f"{where}，分数不同", "请只留正确的一行。")
    return once


def build_inputs(
    scheme: Scheme, entries: Sequence[Entry], sheets: SheetTable | None, facts: Facts | None = None
) -> Inputs:
    """Inputs of entries and the sheets and facts read for them; rounds in order of number, then of name."""
    rounds = tuple(sorted({entry.round for entry in entries}, key=round_order))
    round_at = {name: i for i, name in enumerate(rounds)}
    tier_at = {name: i for i, name in enumerate(scheme.tier_names)}
    return Inputs(
        rounds=rounds,
        tiers=scheme.tier_names,
        entry_round=np.array([round_at[entry.round] for entry in entries], dtype=np.int32),
        entry_tier=np.array([tier_at[entry.tier] for entry in entries], dtype=np.int32),
        entry_org=[entry.org_code for entry in entries],
        entry_vetoed=np.array([entry.vetoed for entry in entries], dtype=bool),
        sheet_entry=sheets.entry_index if sheets else np.zeros(0, dtype=np.int32),
        sheet_inspector=sheets.inspectors if sheets else [],
        marks=sheets.marks if sheets else MarkCodec(scheme).matrix(b""),
        sheet_group=sheets.groups if sheets else (),
        sheet_period=sheets.periods if sheets else (),
        facts=facts or Facts(),
    )


def of_round(table: Table, name: str) -> Table:
    """The table with the rows of one round only."""
    wanted, rounds = round_name(name), _Memo(round_name)
    return replace(table, rows=[(line, row) for line, row in table.rows if rounds[row["round"]] == wanted])


def township_map(organizations: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Township of every organization: the nearest of kind ``township`` upwards, itself included, else its parent."""
    rows = {row["code"]: row for row in organizations}
    return {code: town for code in rows if (town := _township(code, rows))}


def _township(code: str, rows: Mapping[str, Mapping[str, str]]) -> str:
    here, passed = code, set[str]()
    while here in rows and here not in passed:
        if rows[here].get("kind") in ("township", "乡镇", "街道", "乡镇（街道）"):
            return here
        passed.add(here)
        here = rows[here].get("parent_code", "")
    return rows[code].get("parent_code", "")
