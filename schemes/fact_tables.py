"""Tables of facts (one row per organization and period) and of events (one row each), with every problem at once."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from .blocks.facts import Fact
from .cells import parse_date, parse_flag
from .document import RESERVED, Scheme
from .exact import decimal_text, parse_number
from .inputs import Entry
from .intake import ORG, ROUND, round_name
from .notes import Notes, belong
from .problems import Problem
from .recorded import NOT_APPLICABLE, Facts, Record
from .rules.marking import SheetMark
from .tables import Column, Table

PERIOD = Column("period", ("考核期", "时期", "期别", "月份", "季度"))
EVENT = Column("event", ("事项", "事项编号", "事项名称"), required=True)
DAY = Column("date", ("日期", "发生日期", "时间"), required=True)
AMOUNT = Column("amount", ("数量", "次数"))
SUBJECT = Column("subject", ("对象", "事由", "成果", "项目"))
NOTE = Column("note", ("说明", "依据", "备注"))
KIND = Column("kind", ("组织类别", "类别"))
TOWNSHIP = Column("township", ("所属乡镇", "乡镇", "乡镇（街道）", "所属乡镇代码"))

#: In these tables a row may speak of all rounds of its organization.
ANY_ROUND = Column(ROUND.key, ROUND.names)

EVENT_COLUMNS = (ANY_ROUND, ORG, EVENT, DAY, AMOUNT, SUBJECT, NOTE, PERIOD)
_NOT_APPLICABLE = frozenset({"不涉及", "不适用", "n/a", "N/A"})


def fact_columns(scheme: Scheme) -> tuple[Column, ...]:
    """The columns of a facts table: what a row belongs to, then one per fact, by key or by name."""
    names = [fact.name for fact in scheme.recorded.values()]
    facts = (Column(key, (fact.name,) if names.count(fact.name) == 1 else ()) for key, fact in scheme.recorded.items())
    return (ANY_ROUND, ORG, PERIOD, KIND, TOWNSHIP, *facts)


@dataclass(frozen=True)
class FactTable:
    """``facts`` of the entries they were read for; ``organizations`` of every row (round and code)."""

    facts: Facts
    organizations: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


def organizations_of(table: Table, only_round: str = "1") -> list[tuple[str, str]]:
    """(round, code) of every row, each once: who takes part when there is no list of nominations."""
    found = ((round_name(row.get("round") or only_round), row["org_code"]) for _, row in table.rows)
    return [pair for pair in dict.fromkeys(found) if pair[1]]


def read_facts(table: Table, scheme: Scheme, entries: Sequence[Entry]) -> FactTable:
    """Facts of ``entries``; a row without a round speaks of all rounds of its organization."""
    notes = Notes(table)
    places = Places(entries)
    cells: dict[tuple[str, str], list[Any]] = {}
    written: dict[tuple[str, str, int], int] = {}
    methods = {leaf.key: leaf.mark for leaf in scheme.recorded_leaves if isinstance(leaf.mark, SheetMark)}
    wanted = [
        *scheme.recorded.values(),
        *(Fact(key=key, name=RESERVED[key], type="text") for key in ("kind", "township")),
    ]
    lines = np.array([line for line, _ in table.rows], dtype=np.int64)
    belong(lines, [row.get("period", "") for _, row in table.rows], scheme.period_names, "period", notes)
    for line, row in table.rows:
        found = places.of(line, row, notes)
        period = row.get("period", "")
        for fact in wanted if found else ():
            text = row.get(fact.key, "")
            if not text:
                continue
            value = _read(line, fact, text, methods.get(fact.key), notes)
            at = (fact.key, period if fact.per_period else "")
            for entry in found if value is not None else ():
                first = written.setdefault((*at, entry), line)
                column = cells.setdefault(at, [None] * len(entries))
                if first != line and column[entry] != value:
                    notes.add(line, fact.key, text, f"与第 {first} 行不同", "请只留正确的一处。")
                    continue
                column[entry] = value
            if fact.per_period and not period:
                notes.add(line, "period", "", f"“{fact.name}”要按期填写，这一行没有写考核期", "请写上考核期。")
    return FactTable(Facts(cells=cells), tuple(organizations_of(table)), notes.sorted())


class Places:
    """Entries by organization code, and by round and code."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.rounds = {entry.round for entry in entries}
        self.exact = {(entry.round, entry.org_code): i for i, entry in enumerate(entries)}
        self.every: dict[str, list[int]] = defaultdict(list)
        for i, entry in enumerate(entries):
            self.every[entry.org_code].append(i)

    def of(self, line: int, row: Mapping[str, str], notes: Notes) -> list[int]:
        """The entries that a row speaks of; a problem where there is none."""
        code, name = row["org_code"], row.get("round", "")
        if not code:
            notes.add(line, "org_code", "", "没有填写", "请填写组织代码。")
            return []
        if not name:
            found = self.every.get(code, [])
        else:
            place = self.exact.get((round_name(name), code))
            found = [] if place is None else [place]
        if not found:
            which = f"第 {round_name(name)} 轮" if name else ""
            notes.add(line, "org_code", code, f"这个组织没有参加{which}", "请核对代码与轮次，或补上申报。")
        return found


def _read(line: int, fact: Fact, text: str, method: SheetMark | None, notes: Notes) -> Any:
    """One cell; None, with a problem noted, where it cannot be accepted."""
    try:
        return _value(fact, text, method)
    except ValueError as error:
        remedy = f"请填 {method.allowed()}。" if method else _remedy(fact)
        notes.add(line, fact.key, text, str(error), remedy)
        return None


def _value(fact: Fact, text: str, method: SheetMark | None) -> Any:
    word = unicodedata.normalize("NFKC", text).strip()
    if word in _NOT_APPLICABLE:
        return NOT_APPLICABLE
    if method is not None:
        mark = method.read(text)
        method.to_units(mark)
        return mark
    match fact.type:
        case "number":
            return _number(fact, word)
        case "date":
            return parse_date(word)
        case "yes_no":
            return parse_flag(word)
        case "choice":
            if text.strip() in fact.choices:
                return text.strip()
            if word not in fact.choices:
                raise ValueError("不在可选的词里")
    return word if fact.type == "choice" else text.strip()


def _number(fact: Fact, word: str) -> Fraction:
    if word.startswith("="):
        raise ValueError("是公式，不是数")
    unit = fact.unit if fact.unit and word.endswith(fact.unit) else "分" if word.endswith("分") else ""
    number = parse_number(word.removesuffix(unit).replace(",", "") if unit != "%" else word)
    if fact.min is not None and number < fact.min:
        raise ValueError(f"低于 {decimal_text(fact.min)}")
    if fact.max is not None and number > fact.max:
        raise ValueError(f"高于 {decimal_text(fact.max)}")
    return number


def _remedy(fact: Fact) -> str:
    match fact.type:
        case "number":
            return "请填数，如 85、0.5 或 40%。"
        case "date":
            return "请写成 2026-03-15 的样子。"
        case "yes_no":
            return "请填“是”或“否”。"
        case "choice":
            return f"可用：{'、'.join(fact.choices)}。"
    return "请修改。"


@dataclass(frozen=True)
class EventTable:
    events: dict[str, dict[int, tuple[Record, ...]]]
    problems: tuple[Problem, ...]


def read_events(table: Table, scheme: Scheme, entries: Sequence[Entry]) -> EventTable:
    """Records of ``entries``. The very same record twice counts once, with a note."""
    notes, places = Notes(table), Places(entries)
    names = {event.name: event.key for event in scheme.events} | {event.key: event.key for event in scheme.events}
    found: dict[str, dict[int, list[Record]]] = defaultdict(lambda: defaultdict(list))
    seen: dict[tuple[str, int, Record], int] = {}
    lines = np.array([line for line, _ in table.rows], dtype=np.int64)
    belong(lines, [row.get("period", "") for _, row in table.rows], scheme.period_names, "period", notes)
    for line, row in table.rows:
        record = _record(line, row, names, notes)
        for entry in places.of(line, row, notes) if record else ():
            assert record is not None
            key = names[row["event"]]
            first = seen.setdefault((key, entry, record), line)
            if first != line:
                notes.add(line, "event", row["event"], f"与第 {first} 行相同，只算一次", "可以删去这一行。", note=True)
                continue
            _note_outside(scheme, key, record, line, notes)
            found[key][entry].append(record)
    events = {key: {i: tuple(sorted(records)) for i, records in each.items()} for key, each in found.items()}
    return EventTable(events, notes.sorted())


def _record(line: int, row: Mapping[str, str], names: Collection[str], notes: Notes) -> Record | None:
    if row["event"] not in names:
        reason = "办法里没有这个事项" if row["event"] else "没有填写"
        notes.add(
            line,
            "event",
            row["event"],
            reason,
            f"可用：{'、'.join(names)}。" if names else "请在办法的 events 里写上。",
        )
        return None
    day = _day(line, row["date"], notes)
    try:
        amount = parse_number(row["amount"]) if row.get("amount") else Fraction(1)
    except ValueError as error:
        notes.add(line, "amount", row["amount"], str(error), "请填数，如 1、2.5。")
        return None
    if day is None:
        return None
    return Record(day, amount, row.get("subject", ""), row.get("note", ""), row.get("period", ""))


def _day(line: int, text: str, notes: Notes) -> date | None:
    try:
        day = parse_date(text)
        if day is None:
            raise ValueError("没有填写")
        return day
    except ValueError as error:
        notes.add(line, "date", text, str(error), "请写成 2026-03-15 的样子。")
        return None


def _note_outside(scheme: Scheme, key: str, record: Record, line: int, notes: Notes) -> None:
    event = next(event for event in scheme.events if event.key == key)
    if scheme.period is not None and not scheme.period.counts(event, record.day):
        notes.add(line, "date", record.day, "不在计算的期间内，不计", "若日期写错请改正。", note=True)


def with_places(
    facts: Facts, entries: Sequence[Entry], kinds: Mapping[str, str], townships: Mapping[str, str]
) -> Facts:
    """Facts with 组织类别 and 所属乡镇 from the list of organizations, where the facts table does not say."""
    cells = dict(facts.cells)
    for key, known in (("kind", kinds), ("township", townships)):
        if known:
            said = cells.get((key, ""), [None] * len(entries))
            cells[key, ""] = [cell or known.get(e.org_code) for cell, e in zip(said, entries, strict=True)]
    return Facts(cells=cells, events=facts.events)
