"""Files of a computation without the site: a scheme, its entries and sheets, and the data folder of a shipped county.

Opens what a person names on the command line and collects the problems of all files together. What the rows mean
is ``schemes.intake``; what may be opened is ``schemes.archives``.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from .archives import MEGABYTE, Limits
from .checking import named_figures
from .document import Scheme
from .fact_tables import (
    EVENT_COLUMNS,
    EventTable,
    fact_columns,
    organizations_of,
    read_events,
    read_facts,
    with_places,
)
from .inputs import Entry, Inputs
from .intake import (
    INSPECTOR_COLUMNS,
    Inspectors,
    Nominations,
    SheetTable,
    build_inputs,
    nomination_columns,
    of_round,
    read_inspectors,
    read_nominations,
    read_sheets,
    sheet_columns,
    township_map,
)
from .problems import Problem, ProblemsFound, errors
from .reading import examine_scheme
from .recorded import Facts
from .tables import Column, Table, read_table

SHIPPED = Path(__file__).parent / "shipped"
#: The command line serves whole prefectures; an upload to the site is held to less.
LIMITS = Limits(size=1024 * MEGABYTE, rows=2_000_000, unpacked=2048 * MEGABYTE)
SCHEME_SIZE = 8 * MEGABYTE

ORGANIZATION_COLUMNS = (
    Column("code", ("组织代码", "代码", "org_code"), required=True),
    Column("name", ("组织名称", "名称", "组织全称")),
    Column("kind", ("组织类别", "类别")),
    Column("parent_code", ("上级代码", "上级组织代码", "所属乡镇代码")),
)

Read = TypeVar("Read")


@dataclass
class Collected:
    """Problems of several files, so that a person mends all of them before the next try."""

    problems: list[Problem] = field(default_factory=list)

    def read(self, action: Callable[[], Read]) -> Read | None:
        """The action's result; None when it found the file unusable."""
        try:
            return action()
        except ProblemsFound as found:
            self.problems.extend(found.problems)
            return None

    def settle(self) -> tuple[Problem, ...]:
        """The notes. Raises ProblemsFound, with notes and all, when something forbids use."""
        if errors(self.problems):
            raise ProblemsFound(self.problems)
        return tuple(self.problems)


@dataclass(frozen=True)
class Sources:
    """The files of a computation; ``round`` computes one round only.

    Without ``nominations`` everybody in ``facts`` (or, without those, in ``sheets``) takes part.
    """

    nominations: Path | None
    sheets: Path | None
    inspectors: Path | None = None
    organizations: Path | None = None
    round: str | None = None
    facts: Path | None = None
    events: Path | None = None


@dataclass(frozen=True)
class Loaded:
    """Inputs with what is known of the codes in them, and notes that do not forbid use."""

    inputs: Inputs
    organizations: Mapping[str, str]
    inspectors: Mapping[str, str]
    township_of: Mapping[str, str]
    notes: tuple[Problem, ...]


def shipped_names() -> list[str]:
    """Shipped schemes by folder: ``jiande``, or ``fucheng/classes`` where a county has several programmes."""
    return sorted(path.parent.relative_to(SHIPPED).as_posix() for path in SHIPPED.glob("**/scheme.yaml"))


def scheme_path(named: str) -> Path:
    """A scheme file, or the scheme of a shipped county by its name."""
    path = Path(named)
    return SHIPPED / named / "scheme.yaml" if not path.exists() and named in shipped_names() else path


def open_scheme(named: str) -> tuple[Scheme | None, list[Problem]]:
    """The scheme (None when its shape is wrong) and all problems and warnings."""
    path = scheme_path(named)
    try:
        return examine_scheme(read_bytes(path, most=SCHEME_SIZE), name=path.name)
    except ProblemsFound as found:
        known = "、".join(shipped_names())
        hint = f"自带的办法有：{known}。" if not path.exists() else ""
        return None, [Problem(p.file, reason=p.reason, remedy=p.remedy + hint) for p in found.problems]


def require_scheme(named: str) -> Scheme:
    """The scheme. Raises ProblemsFound when it cannot be used."""
    scheme, problems = open_scheme(named)
    if scheme is None or errors(problems):
        raise ProblemsFound(problems)
    return scheme


def read_bytes(path: Path, *, most: int = LIMITS.size) -> bytes:
    """Contents of a file. Raises ProblemsFound, in words, for whatever keeps it from being read."""
    try:
        if path.is_dir():
            raise _unusable(path, "这是文件夹，不是文件", "请写出文件名。")
        if not path.exists():
            raise _unusable(path, "找不到这个文件", "请核对路径。")
        if not path.is_file():
            raise _unusable(path, "这不是普通文件", "请换成文件。")
        if path.stat().st_size > most:
            raise _unusable(path, f"文件超过 {most // MEGABYTE} MB", "请分成几个文件。")
        return path.read_bytes()
    except PermissionError:
        raise _unusable(path, "没有权限读取", "请检查文件的权限。") from None
    except (OSError, ValueError):
        raise _unusable(path, "打不开这个文件", "请核对路径，或换一个位置再试。") from None


def _unusable(path: Path, reason: str, remedy: str) -> ProblemsFound:
    return ProblemsFound([Problem(file=os.fspath(path), reason=reason, remedy=remedy)])


def open_table(path: Path, columns: Sequence[Column]) -> Table:
    """A CSV or workbook as rows. Raises ProblemsFound with every problem of its shape."""
    return read_table(path.name, read_bytes(path), columns=columns, limits=LIMITS)


def load_inputs(scheme: Scheme, sources: Sources) -> Loaded:
    """Everything a computation needs. Raises ProblemsFound with the problems of all files."""
    found = Collected()
    places = found.read(lambda: _open_organizations(sources.organizations)) or Organizations()
    people = found.read(lambda: _open_inspectors(sources.inspectors, found))
    known = set(places.names) if sources.organizations and places.names else None
    entered = found.read(lambda: _open_nominations(scheme, sources, known, found))
    sheets = found.read(lambda: _open_sheets(scheme, sources, entered, people, places.township_of, found))
    entries = entered.entries if entered else ()
    facts = found.read(lambda: _open_facts(scheme, sources, entries, found))
    notes = found.settle()
    if entered is None or facts is None:
        raise ProblemsFound(notes)
    used = {key for _, key in named_figures(scheme)}
    kinds, townships = (known if key in used else {} for key, known in places.of_organizations().items())
    whole = with_places(facts, entries, kinds, townships)
    inputs = build_inputs(scheme, entries, sheets, whole)
    return Loaded(inputs, places.names, people.names if people else {}, places.township_of, notes)


@dataclass(frozen=True)
class Organizations:
    """Names, kinds and townships by organization code."""

    names: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    township_of: dict[str, str] = field(default_factory=dict)

    def of_organizations(self) -> dict[str, dict[str, str]]:
        """What every organization has, by the key that schemes use."""
        return {"kind": self.kinds, "township": self.township_of}


def _open_organizations(path: Path | None) -> Organizations:
    if path is None:
        return Organizations()
    rows = [row for _, row in open_table(path, ORGANIZATION_COLUMNS).rows]
    names = {row["code"]: row.get("name") or row["code"] for row in rows}
    return Organizations(names, {row["code"]: row.get("kind", "") for row in rows}, township_map(rows))


def _open_inspectors(path: Path | None, found: Collected) -> Inspectors | None:
    if path is None:
        return None
    people = read_inspectors(open_table(path, INSPECTOR_COLUMNS))
    found.problems.extend(people.problems)
    return people


def _open_nominations(scheme: Scheme, sources: Sources, known: set[str] | None, found: Collected) -> Nominations:
    if sources.nominations is None:
        return _everybody(scheme, sources)
    table = open_table(sources.nominations, nomination_columns(scheme))
    if sources.round is not None:
        table = of_round(table, sources.round)
    entered = read_nominations(table, scheme, organizations=known)
    found.problems.extend(entered.problems)
    if not table.rows:
        which = f"第 {sources.round} 轮的" if sources.round is not None else ""
        found.problems.append(Problem(table.file, reason=f"没有{which}申报", remedy="请核对文件和轮次。"))
    return entered


def _everybody(scheme: Scheme, sources: Sources) -> Nominations:
    """Without nominations whoever has facts, or sheets, takes part; only where nobody has to name a tier."""
    if len(scheme.tiers) > 1:
        raise ProblemsFound([Problem(reason="办法分几个等次，要有申报表", remedy="请给出 --nominations。")])
    path, columns = (sources.facts, fact_columns(scheme)) if sources.facts else (sources.sheets, sheet_columns(scheme))
    if path is None:
        raise ProblemsFound([Problem(reason="不知道谁参评", remedy="请给出 --nominations、--facts 或 --sheets。")])
    entries = [
        Entry(round_, code, scheme.tier_names[0])
        for round_, code in organizations_of(open_table(path, columns), sources.round or "1")
        if sources.round is None or round_ == sources.round
    ]
    return Nominations(tuple(entries), tuple(range(len(entries))), ())


def _open_facts(scheme: Scheme, sources: Sources, entries: Sequence[Entry], found: Collected) -> Facts:
    """Facts and events of the entries; nothing where no file was given."""
    facts, events = Facts(), EventTable({}, ())
    if sources.facts is not None:
        read = read_facts(_of_round(open_table(sources.facts, fact_columns(scheme)), sources), scheme, entries)
        found.problems.extend(read.problems)
        facts = read.facts
    if sources.events is not None:
        events = read_events(_of_round(open_table(sources.events, EVENT_COLUMNS), sources), scheme, entries)
        found.problems.extend(events.problems)
    return Facts(cells=facts.cells, events=events.events)


def _of_round(table: Table, sources: Sources) -> Table:
    return of_round(table, sources.round) if sources.round is not None and table.has("round") else table


def _open_sheets(
    scheme: Scheme,
    sources: Sources,
    entered: Nominations | None,
    people: Inspectors | None,
    township_of: Mapping[str, str],
    found: Collected,
) -> SheetTable | None:
    if sources.sheets is None:
        return None
    table = open_table(sources.sheets, sheet_columns(scheme))
    if sources.round is not None:
        table = of_round(table, sources.round)
    sheets = read_sheets(
        table,
        scheme,
        entered.entries if entered else (),
        inspectors=people.names if people else None,
        homes=people.homes if people else None,
        township_of=township_of,
        groups=people.groups if people else None,
    )
    # Without entries every sheet would be one of no entry: say what is wrong with the entries first.
    found.problems.extend(sheets.problems if entered and entered.entries else ())
    return sheets
