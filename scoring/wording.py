"""The display texts of one generation of results, made once when it is stored: score, ties, margin, the reason.

The full derivation is the engine's explanation; this is the line beside the figure.
"""

import json
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from schemes import Outcome, Scheme, Verdict
from schemes.deciding import deciding_steps
from schemes.document import walk_nodes
from schemes.exact import decimal_text
from schemes.figures import Figure
from sites.queries import panels_of

from .reading import LoadedRound

MINUS = "−"
#: A note is one line.
LONGEST = 200
#: Verdicts whose reason stands in the steps of the derivation, and how the title of that step begins.
_FROM_STEPS: dict[Verdict, tuple[str, ...]] = {
    Verdict.INELIGIBLE: ("不符合参评条件",),
    Verdict.VETOED: ("一票否决",),
    Verdict.UNMET: ("未满足前置条件",),
    Verdict.RATED: ("未评为", "定为"),
    Verdict.NOT_RATED: ("一票否决", ""),
}
#: More ranks than this are counted in a note, not listed.
MOST_NAMED = 3


class ResultWords:
    """Texts per entry index. ``order`` lists the entries as pages show them: tier, rank, then the unranked."""

    def __init__(self, loaded: LoadedRound, outcome: Outcome, *, reinspection: bool) -> None:
        self.loaded, self.outcome, self.reinspection = loaded, outcome, reinspection
        self.inputs, self.scheme = loaded.inputs, loaded.scheme
        self.places = score_places(self.scheme)
        self._group: list[int] = outcome.entry_group.tolist()
        self._rank: list[int] = outcome.rank.tolist()
        self._score: list[int] = outcome.score.numerators.tolist()

    @cached_property
    def order(self) -> list[int]:
        last = np.where(self.outcome.rank == 0, np.iinfo(np.int64).max, self.outcome.rank)
        codes = np.array(self.inputs.entry_org, dtype=str)
        verdict = self.outcome.verdict
        group = self.outcome.entry_group
        return [int(i) for i in np.lexsort((codes, verdict, last, group, self.inputs.entry_tier))]

    def scores(self) -> list[str]:
        return self._texts(self.outcome.score, self.places)

    def ties(self) -> list[str]:
        """The figures that tie-breaks compare, as a JSON list of texts per entry."""
        figures = [self._texts(figure, figure.places) for figure in self.outcome.tie_figures]
        return [json.dumps(texts) for texts in zip(*figures, strict=True)] if figures else ["[]"] * len(self.order)

    def recusals(self) -> list[int]:
        """How many of the panel are recused from each entry."""
        return [self._recusals.get(self.loaded.nominations[entry]["id"], 0) for entry in self.order]

    def margins(self) -> list[str]:
        return [self.margin(entry) for entry in self.order]

    def notes(self) -> list[str]:
        return [self.note(entry) for entry in self.order]

    def group_labels(self) -> list[str]:
        return [self.outcome.group_of(entry).group.label[:LONGEST] for entry in self.order]

    def grades(self) -> list[str]:
        return [self.outcome.grade_of(entry) or "" for entry in self.order]

    def badges(self) -> list[str]:
        """The badges won, as a JSON list per entry."""
        return [json.dumps(self.outcome.badges_of(entry), ensure_ascii=False) for entry in self.order]

    def figures(self) -> list[str]:
        """The tree's figures by key as a JSON object of exact texts; none where the sheets' total is the score."""
        if self.scheme.one_sheet:
            return ["{}"] * len(self.order)
        columns = {key: self.outcome.evaluation.number(key) for key in self.scheme.nodes if self._has_figure(key)}
        return [
            json.dumps({key: text for key, each in columns.items() if (text := _exact(each, entry))})
            for entry in self.order
        ]

    def _has_figure(self, key: str) -> bool:
        """Criteria inside a part that sheets give as a whole have no figure of their own."""
        inside = {
            each.key for sheet in self.scheme.sheet_nodes for each, _ in walk_nodes(self.scheme.nodes[sheet].children)
        }
        return key not in inside

    def _texts(self, figure: Figure, places: int | None) -> list[str]:
        """A figure of every entry in display order; empty where unknown."""
        numerators, known = figure.numerators[self.order].tolist(), figure.known[self.order].tolist()
        return [_fixed(n, figure.unit, places) if k else "" for n, k in zip(numerators, known, strict=True)]

    @cached_property
    def _recusals(self) -> Counter[object]:
        panel = panels_of([self.loaded.round])[self.loaded.round.pk]
        counting = {seat.inspector for seat in panel.seats if seat.counts and not seat.left}
        return Counter(nomination for inspector, nomination in panel.recused if inspector in counting)

    @cached_property
    def _last_awarded(self) -> dict[int, int]:
        """Score of the last awarded entry of each group."""
        last: dict[int, int] = {}
        for entry in np.flatnonzero(self.outcome.verdict == 0):
            group, score = self._group[entry], self._score[entry]
            last[group] = min(last.get(group, score), score)
        return last

    def margin(self, entry: int) -> str:
        """Distance to the last awarded with its sign; empty when there is none or the entry is unranked."""
        last = self._last_awarded.get(self._group[entry])
        if last is None or not self._rank[entry] or self.reinspection:
            return ""
        gap = self._score[entry] - last
        sign = "+" if gap > 0 else MINUS if gap < 0 else ""
        return sign + _fixed(abs(gap), self.outcome.score.unit, self.places)

    def note(self, entry: int) -> str:
        """The deciding fact in one line; empty where rank and score say it all."""
        verdict, group = self.outcome.verdict_of(entry), self.outcome.group_of(entry)
        if self.reinspection:
            return self._kept_or_lost(verdict)
        if verdict is Verdict.TIED_AT_CUT:
            return f"{int(self.outcome.tie_size[entry])} 家并列跨越名额线，整组不授予"
        if verdict is Verdict.OVER_QUOTA:
            tie = self._tie_note(entry)
            return f"名额至多 {group.limit} 名{'；' if tie else ''}{tie}"
        if verdict is Verdict.BELOW_THRESHOLD:
            tier = self.scheme.tiers[self.inputs.entry_tier[entry]]
            return f"低于标准 {decimal_text(tier.threshold or Fraction(0), self.places)}"
        if verdict is Verdict.VETOED and self.inputs.entry_vetoed[entry]:
            return self.loaded.nominations[entry]["veto_reason"][:LONGEST] or "一票否决，不参加排名"
        if verdict is Verdict.UNSCORED:
            return self._unscored()
        if verdict in _FROM_STEPS:
            return self._reason(entry)[:LONGEST]
        return self._tie_note(entry)

    def _unscored(self) -> str:
        least = max(self.scheme.score.minimum_sheets, 1) if self.scheme.score and self.scheme.one_sheet else 0
        return f"评分单少于 {least} 份" if least else "数据或评分单不全，没有总分"

    def _reason(self, entry: int) -> str:
        """The step that decided: what ruled the entry out, or why its grade is not higher."""
        verdict = self.outcome.verdict_of(entry)
        before, after = deciding_steps(self.outcome, entry)
        steps = [
            step for step in (*before, *after) if step.title.startswith(_FROM_STEPS[verdict]) and step.sign != "ok"
        ]
        if not steps:
            return self._tie_note(entry)
        step = steps[-1] if verdict is Verdict.RATED else steps[0]
        return f"{step.title}：{step.detail}"

    def _kept_or_lost(self, verdict: Verdict) -> str:
        if verdict is Verdict.AWARDED:
            return "复评达标，保留称号"
        return "复评低于标准，摘牌警示" if verdict is Verdict.BELOW_THRESHOLD else "未评"

    def _tie_note(self, entry: int) -> str:
        """How an entry with the same score as others was placed."""
        tie = self._ties.get(self._score_key(entry))
        if tie is None:
            return ""
        if tie.decider is None:
            return f"{tie.size} 家同分，名次并列"
        others = [rank for rank in tie.ranks if rank != self._rank[entry]] if len(tie.ranks) <= MOST_NAMED + 1 else []
        whom = f"第 {'、'.join(map(str, others))} 名" if 0 < len(others) <= MOST_NAMED else f" {tie.size - 1} 家"
        highest = int(self.outcome.tie_figures[tie.decider].numerators[entry]) == tie.highest
        title = self.scheme.ranking.tie_breaks[tie.decider].title(self.scheme)
        return f"与{whom}同分，{title}较{'高' if highest else '低'}"

    def _score_key(self, entry: int) -> tuple[int, int]:
        return self._group[entry], self._score[entry]

    @cached_property
    def _ties(self) -> dict[tuple[int, int], "Tie"]:
        """The ties of two and more on the score, by group and score."""
        together: dict[tuple[int, int], list[int]] = {}
        for entry in np.flatnonzero(self.outcome.rank).tolist():
            together.setdefault(self._score_key(entry), []).append(int(entry))
        return {key: self._tie(entries) for key, entries in together.items() if len(entries) > 1}

    def _tie(self, entries: list[int]) -> "Tie":
        ranks = tuple(sorted({int(self.outcome.rank[entry]) for entry in entries}))
        for i, figure in enumerate(self.outcome.tie_figures):
            values = {int(figure.numerators[entry]) for entry in entries}
            if len(values) > 1:
                return Tie(len(entries), ranks, i, max(values))
        return Tie(len(entries), ranks, None, 0)


@dataclass(frozen=True)
class Tie:
    """Entries with one score: how many, their ranks, the first tie-break that separates any, its highest figure."""

    size: int
    ranks: tuple[int, ...]
    decider: int | None
    highest: int


def score_places(scheme: Scheme) -> int:
    """Decimals that scores are shown with: those of the rule that rounds them last, else two."""
    if scheme.criteria.round is not None:
        return scheme.criteria.round.places
    rule = scheme.score if scheme.one_sheet else None
    return rule.round.places if rule is not None and rule.round is not None else 2


def score_rounding(scheme: Scheme) -> str:
    """How the score is rounded in the end, in words."""
    rule = scheme.score if scheme.one_sheet else None
    rounding = scheme.criteria.round or (rule.round if rule is not None else None)
    return rounding.sentence() if rounding else "不取舍"


def score_sentence(scheme: Scheme) -> str:
    """How the score comes about, in one sentence."""
    if scheme.one_sheet and scheme.score is not None:
        return scheme.score.sentence(scheme)
    return f"{len(scheme.nodes)} 项指标逐项计算后汇总"


def score_clause(scheme: Scheme) -> str:
    """The clause behind that sentence."""
    return scheme.score.clause if scheme.one_sheet and scheme.score is not None else scheme.criteria.clause


def _exact(figure: Figure, entry: int) -> str:
    value = figure.value(entry)
    return "" if value is None else decimal_text(value)


def _fixed(numerator: int, unit: int, places: int | None) -> str:
    """``numerator / unit`` with fixed decimals; the fast way where the unit is that power of ten."""
    if places and unit == 10**places:
        return f"{numerator // unit}.{numerator % unit:0{places}d}"
    return decimal_text(Fraction(numerator, unit), places)
