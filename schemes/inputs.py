"""What a computation is given: entries and sheets of whole rounds, as arrays; and how marks are packed in bytes.

Marks are whole steps (see ``Points.to_units``): one byte per mark where every criterion has at most 254 steps,
else two, with the highest value meaning "not scored". Missing is not zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .document import Scheme
from .problems import Problem, ProblemsFound
from .recorded import Facts


@dataclass(frozen=True)
class Entry:
    """One organization taking part in one round, for one tier."""

    round: str
    org_code: str
    tier: str
    vetoed: bool = False


@dataclass(frozen=True)
class Sheet:
    """All marks of one inspector for one entry, in column order."""

    round: str
    org_code: str
    inspector: str
    marks: tuple[Fraction, ...]


class MarkCodec:
    """Packs one sheet's marks into bytes and reads many sheets back as an array."""

    def __init__(self, scheme: Scheme) -> None:
        self.methods = scheme.methods
        wide = max((method.units_at_most for method in self.methods), default=0) > 254
        self.dtype = np.dtype("<u2" if wide else "u1")
        self.missing = int(np.iinfo(self.dtype).max)
        self.length = len(self.methods) * self.dtype.itemsize

    def pack(self, marks: Sequence[Fraction | None]) -> bytes:
        """Bytes of one sheet; None is "not scored". Raises ValueError for a mark that its method refuses."""
        units = [self.missing if mark is None else method.to_units(mark) for method, mark in self._paired(marks)]
        return np.array(units, dtype=self.dtype).tobytes()

    def unpack(self, packed: bytes) -> tuple[Fraction | None, ...]:
        row = self.matrix(packed)[0]
        return tuple(
            None if units == self.missing else method.to_mark(int(units))
            for method, units in zip(self.methods, row, strict=True)
        )

    def matrix(self, packed: bytes | bytearray | memoryview) -> NDArray[Any]:
        """Sheets laid end to end as an array (sheets, columns) of steps, without copying."""
        if not self.methods:
            return np.empty((0, 0), dtype=self.dtype)
        return np.frombuffer(packed, dtype=self.dtype).reshape(-1, len(self.methods))

    def _paired(self, marks: Sequence[Fraction | None]) -> Any:
        if len(marks) != len(self.methods):
            raise ValueError(f"应有 {len(self.methods)} 项打分，现有 {len(marks)} 项")
        return zip(self.methods, marks, strict=True)


@dataclass(frozen=True)
class Inputs:
    """Entries and sheets as columns.

    ``entry_*`` have one value per entry; ``sheet_entry`` points from a sheet to its entry; ``marks`` is
    (sheets, columns) of steps. ``sheet_group`` (组别) and ``sheet_period`` are empty where the scheme asks for neither.
    Order means nothing: any order gives the same outcome.
    """

    rounds: tuple[str, ...]
    tiers: tuple[str, ...]
    entry_round: NDArray[np.int32]
    entry_tier: NDArray[np.int32]
    entry_org: Sequence[str]
    entry_vetoed: NDArray[np.bool_]
    sheet_entry: NDArray[np.int32]
    sheet_inspector: Sequence[str]
    marks: NDArray[Any]
    sheet_group: Sequence[str] = ()
    sheet_period: Sequence[str] = ()
    facts: Facts = field(default_factory=Facts)

    def __len__(self) -> int:
        return len(self.entry_org)

    @classmethod
    def build(cls, scheme: Scheme, entries: Sequence[Entry], sheets: Iterable[Sheet]) -> "Inputs":
        """Inputs from single objects. Raises ProblemsFound for sheets of no entry, doubles, marks out of range."""
        where = {(entry.round, entry.org_code): i for i, entry in enumerate(entries)}
        rounds = tuple(dict.fromkeys(entry.round for entry in entries))
        problems = _entry_problems(scheme, entries)
        packed, owners, inspectors = _pack_sheets(scheme, sheets, where, problems)
        if problems:
            raise ProblemsFound(problems)
        return cls(
            rounds=rounds,
            tiers=scheme.tier_names,
            entry_round=np.array([rounds.index(e.round) for e in entries], dtype=np.int32),
            entry_tier=np.array([scheme.tier_names.index(e.tier) for e in entries], dtype=np.int32),
            entry_org=[entry.org_code for entry in entries],
            entry_vetoed=np.array([entry.vetoed for entry in entries], dtype=bool),
            sheet_entry=np.array(owners, dtype=np.int32),
            sheet_inspector=inspectors,
            marks=MarkCodec(scheme).matrix(b"".join(packed)),
        )

    def of_sheets(self, chosen: NDArray[np.bool_]) -> "Inputs":
        """The same entries with only some of the sheets."""
        kept = np.flatnonzero(chosen).tolist()
        return replace(
            self,
            sheet_entry=self.sheet_entry[kept],
            sheet_inspector=[self.sheet_inspector[i] for i in kept],
            marks=self.marks[kept],
            sheet_group=[self.sheet_group[i] for i in kept] if self.sheet_group else (),
            sheet_period=[self.sheet_period[i] for i in kept] if self.sheet_period else (),
        )

    def entry_at(self, round: str, org_code: str) -> int:
        """Index of an entry. Raises KeyError when there is none."""
        for i, code in enumerate(self.entry_org):
            if code == org_code and self.rounds[self.entry_round[i]] == round:
                return i
        raise KeyError((round, org_code))


def _entry_problems(scheme: Scheme, entries: Sequence[Entry]) -> list[Problem]:
    problems, seen = [], set()
    for entry in entries:
        if entry.tier not in scheme.tier_names:
            known = "、".join(scheme.tier_names)
            reason = f"{entry.org_code} 申报的等次不存在"
            problems.append(Problem(value=entry.tier, reason=reason, remedy=f"可用：{known}。"))
        if (entry.round, entry.org_code) in seen:
            problems.append(Problem(value=entry.org_code, reason=f"第 {entry.round} 轮重复申报", remedy="请只留一条。"))
        seen.add((entry.round, entry.org_code))
    return problems


def _pack_sheets(
    scheme: Scheme, sheets: Iterable[Sheet], where: Mapping[tuple[str, str], int], problems: list[Problem]
) -> tuple[list[bytes], list[int], list[str]]:
    codec, seen = MarkCodec(scheme), set()
    packed: list[bytes] = []
    owners: list[int] = []
    inspectors: list[str] = []
    for sheet in sheets:
        label = f"第 {sheet.round} 轮 {sheet.org_code} {sheet.inspector}"
        entry = where.get((sheet.round, sheet.org_code))
        if entry is None:
            problems.append(Problem(value=sheet.org_code, reason=f"{label}：没有这条申报", remedy="请核对代码与轮次。"))
            continue
        if (entry, sheet.inspector) in seen:
            problems.append(Problem(value=sheet.inspector, reason=f"{label}：评分单重复", remedy="请只留一份。"))
            continue
        seen.add((entry, sheet.inspector))
        try:
            packed.append(codec.pack(sheet.marks))
        except ValueError as error:
            problems.append(Problem(reason=f"{label}：{error}", remedy="请核对打分。"))
            continue
        owners.append(entry)
        inspectors.append(sheet.inspector)
    return packed, owners, inspectors
