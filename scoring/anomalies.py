"""What a county office should look at before it confirms: unusual sheets, and awards that hang on one mark.

Pure: from a round as it was loaded and what is known of its sheets to a list of lines, each with its figures in words.
Every figure is exact. Nothing here changes a score; whether something is wrong is for a person to say.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from django.utils import timezone

from schemes import Outcome, Scheme, compute
from schemes.exact import decimal_text
from schemes.robustness import Margin, margins
from schemes.sheets import scaled_totals

from .enums import AnomalyKind
from .reading import LoadedRound

#: Of what sheet: the nomination and the inspector's number.
Place = tuple[UUID, str]


@dataclass(frozen=True)
class Rules:
    """Where looking begins. Shares are of the full marks of a sheet; every rule is shown in words beside the list."""

    far_share: Fraction = Fraction(1, 10)
    far_times: int = 3
    far_others: int = 2
    same_criteria: int = 2
    same_entries: int = 3
    seconds: int = 20


@dataclass(frozen=True)
class SheetTrace:
    """What is known of one sheet beside its marks; times as the phone and the tour's leader noted them.

    ``earlier`` are the totals of the revisions before, oldest first, in ``1/scheme.scale`` points; ``reasons`` why it
    was reopened; ``admitted`` why it had waited for a person before it counted.
    """

    started_at: datetime | None = None
    filled_at: datetime | None = None
    received_at: datetime | None = None
    arrived_at: datetime | None = None
    revision: int = 1
    earlier: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    admitted: str = ""


@dataclass(frozen=True)
class Anomaly:
    """One line. ``key`` names it for the office's note; ``entry`` is a place in the loaded round, if it is of one."""

    kind: str
    entry: int | None
    inspectors: tuple[str, ...]
    text: str
    key: str


@dataclass(frozen=True)
class _Round:
    """The arrays of a round and what the finders ask of them again and again."""

    loaded: LoadedRound
    traces: Mapping[Place, SheetTrace]
    rules: Rules
    totals: Sequence[int]
    by_entry: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def scheme(self) -> Scheme:
        return self.loaded.scheme

    def inspector(self, sheet: int) -> str:
        return self.loaded.inputs.sheet_inspector[sheet]

    def entry(self, sheet: int) -> int:
        return int(self.loaded.inputs.sheet_entry[sheet])

    def points(self, scaled: Fraction | int) -> str:
        """Points of a sum of steps, exact."""
        return decimal_text(Fraction(scaled) / self.scheme.scale)

    def trace(self, sheet: int) -> SheetTrace:
        nomination = self.loaded.nominations[self.entry(sheet)]["id"]
        return self.traces.get((nomination, self.inspector(sheet)), SheetTrace())

    def line(self, kind: str, text: str, entry: int | None, *inspectors: str) -> Anomaly:
        of = str(self.loaded.nominations[entry]["id"]) if entry is not None else ""
        key = ":".join(part for part in (kind, of, "+".join(inspectors)) if part)
        return Anomaly(kind, entry, inspectors, text, key[:160])


def find_anomalies(
    loaded: LoadedRound,
    traces: Mapping[Place, SheetTrace],
    *,
    hinging: Iterable[tuple[int, str]] | None = None,
    rules: Rules | None = None,
) -> list[Anomaly]:
    """Every line of a round, kind by kind in the order of ``AnomalyKind``, then by entry.

    ``hinging``: the answer of :func:`find_hinging`, where it is known already.
    """
    inputs = loaded.inputs
    totals = scaled_totals(loaded.scheme, inputs.marks).tolist() if loaded.scheme.leaves else []
    round = _Round(loaded, traces, rules or Rules(), totals)
    for sheet in range(len(inputs.sheet_entry) if totals else 0):
        round.by_entry[round.entry(sheet)].append(sheet)
    found = [*_far(round), *_identical(round), *_uniform(round), *_traced(round)]
    known = find_hinging(loaded)[0] if hinging is None else hinging
    found += [round.line(AnomalyKind.HINGE, text, entry) for entry, text in known]
    order = {str(kind): place for place, kind in enumerate(AnomalyKind)}
    return sorted(found, key=lambda each: (order[each.kind], -1 if each.entry is None else each.entry, each.inspectors))


# -- marks


def _far(round: _Round) -> Iterator[Anomaly]:
    """A total far from the median of the others: by so many points, and by so many of their usual distances."""
    least = round.rules.far_share * _full(round.scheme)
    for entry, sheets in round.by_entry.items():
        if len(sheets) <= round.rules.far_others:
            continue
        for sheet in sheets:
            others = [round.totals[other] for other in sheets if other != sheet]
            middle = _median(others)
            away, usual = abs(round.totals[sheet] - middle), _median([abs(total - middle) for total in others])
            if away >= least and away > round.rules.far_times * usual:
                side = "低" if round.totals[sheet] < middle else "高"
                text = (
                    f"总分 {round.points(round.totals[sheet])}，比其他 {len(others)} 位评委的中位数 "
                    f"{round.points(middle)} {side} {round.points(away)} 分（其他评委一般相差 {round.points(usual)} 分）"
                )
                yield round.line(AnomalyKind.FAR, text, entry, round.inspector(sheet))


def _full(scheme: Scheme) -> int:
    """Full marks of a sheet in ``1/scale`` points."""
    tops = [method.units_at_most for method in scheme.methods]
    return int(sum(int(weight) * top for weight, top in zip(scheme.weights, tops, strict=True)))


def _median(values: Sequence[int | Fraction]) -> Fraction:
    ordered = sorted(values)
    half = len(ordered) // 2
    return Fraction(ordered[half]) if len(ordered) % 2 else Fraction(ordered[half - 1] + ordered[half], 2)


def _identical(round: _Round) -> Iterator[Anomaly]:
    """Inspectors whose every mark of one entry is the same."""
    if len(round.scheme.methods) < round.rules.same_criteria:
        return
    for entry, sheets in round.by_entry.items():
        same: dict[bytes, list[int]] = defaultdict(list)
        for sheet in sheets:
            same[round.loaded.inputs.marks[sheet].tobytes()].append(sheet)
        for alike in same.values():
            if len(alike) > 1:
                who = sorted(round.inspector(sheet) for sheet in alike)
                text = f"{len(round.scheme.methods)} 项打分全部相同，总分都是 {round.points(round.totals[alike[0]])}"
                yield round.line(AnomalyKind.IDENTICAL, text, entry, *who)


def _uniform(round: _Round) -> Iterator[Anomaly]:
    """An inspector who gave all their entries exactly the same marks."""
    own: dict[str, list[int]] = defaultdict(list)
    for sheets in round.by_entry.values():
        for sheet in sheets:
            own[round.inspector(sheet)].append(sheet)
    for inspector, sheets in own.items():
        kinds = {round.loaded.inputs.marks[sheet].tobytes() for sheet in sheets}
        if len(sheets) >= round.rules.same_entries and len(kinds) == 1:
            text = f"评了 {len(sheets)} 家，每家每项打分都一样，总分都是 {round.points(round.totals[sheets[0]])}"
            yield round.line(AnomalyKind.UNIFORM, text, None, inspector)


# -- times, revisions, sheets that had waited


def _traced(round: _Round) -> Iterator[Anomaly]:
    for entry, sheets in round.by_entry.items():
        for sheet in sheets:
            trace, who = round.trace(sheet), round.inspector(sheet)
            for kind, text in _told(round, trace, round.totals[sheet]):
                yield round.line(kind, text, entry, who)


def _told(round: _Round, trace: SheetTrace, total: int) -> Iterator[tuple[str, str]]:
    begun = trace.started_at or trace.filled_at
    if begun and trace.arrived_at and begun < trace.arrived_at:
        yield AnomalyKind.EARLY, f"手机记录 {_clock(begun)} 开始填写，到达登记为 {_clock(trace.arrived_at)}"
    if trace.started_at and trace.filled_at:
        seconds = (trace.filled_at - trace.started_at).total_seconds()
        if 0 <= seconds < round.rules.seconds:
            yield AnomalyKind.FAST, f"从开始填写到提交只用了 {int(seconds)} 秒"
    if trace.revision > 1:
        totals = " → ".join(round.points(each) for each in (*trace.earlier, total))
        when = f"，最后一次 {_clock(trace.received_at)} 收到" if trace.received_at else ""
        why = f"；原因：{'；'.join(trace.reasons)}" if trace.reasons else "；没有登记重开的原因"
        yield AnomalyKind.REVISED, f"共 {trace.revision} 次提交，总分 {totals}{when}{why}"
    if trace.admitted:
        yield AnomalyKind.ADMITTED, f"到达时没有直接计入，经人工采用；{trace.admitted}"


def _clock(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%m-%d %H:%M:%S")


# -- awards that one mark decides


def find_hinging(loaded: LoadedRound, outcome: Outcome | None = None) -> tuple[list[tuple[int, str]], str]:
    """Entries (and why, in words) whose award is won or lost when one mark of one sheet moves by one step.

    The round is computed again for every such step; where that would be too much nobody is named, and the text says so.
    """
    scheme = loaded.scheme
    if not scheme.leaves:
        return [], ""
    outcome = outcome or compute(scheme, loaded.inputs)
    study = margins(scheme, outcome)
    return [(row.entry, _hinge(row, outcome)) for row in study.hinging], str(study.problem or "")


def _hinge(row: Margin, outcome: Outcome) -> str:
    places = 2 if outcome.score.places is None else outcome.score.places
    bar = row.cut if row.decider == "cut" else row.threshold
    reached = row.lowest if row.awarded else row.highest
    what = "相邻一家的得分" if row.decider == "cut" else "授予标准"
    now = "授予" if row.awarded else "未授予"
    return (
        f"现为{now}，得 {decimal_text(row.score, places)} 分，{what} {decimal_text(bar or Fraction(0), places)}；"
        f"一份评分单一个打分差一档，可到 {decimal_text(reached or Fraction(0), places)} 分"
    )


def rule_sentences(scheme: Scheme, rules: Rules | None = None) -> dict[str, str]:
    """Every rule in words with its parameters, for the page."""
    rules = rules or Rules()
    least = decimal_text(rules.far_share * _full(scheme) / scheme.scale) if scheme.leaves else "0"
    return {
        AnomalyKind.FAR: f"与其他评委总分的中位数相差不少于 {least} 分（满分的 {int(rules.far_share * 100)}%），"
        f"并且超过其他评委与中位数之差的中位数的 {rules.far_times} 倍；其他评委不足 {rules.far_others} 位的不比较。",
        AnomalyKind.IDENTICAL: f"同一家单位，两位以上评委的每一项打分都相同（不足 {rules.same_criteria} 项的不比较）。",
        AnomalyKind.UNIFORM: f"一位评委评了 {rules.same_entries} 家以上，给每一家的每一项打分都相同。",
        AnomalyKind.EARLY: "手机记录的开始填写时间早于到达登记的时间。手机时钟可能不准，仅供核对。",
        AnomalyKind.FAST: f"从开始填写到提交不足 {rules.seconds} 秒。",
        AnomalyKind.REVISED: "评分单提交以后又改过，列出每次的总分和重开的原因。",
        AnomalyKind.ADMITTED: "到达时没有直接计入（迟到、内容冲突等），后来经人工采用的评分单。",
        AnomalyKind.HINGE: "任意一份评分单的任意一个打分上下差一档，授予与否就会改变，或与相邻一家同分；逐一重新计算得出。",
    }  # fmt: skip
