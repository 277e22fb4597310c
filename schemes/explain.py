"""The derivation of one entry, from single marks to outcome, read from the very arrays that decided.

Nothing is decided here: means, ranks and verdicts come from the Outcome, which sheets count from the rule that
dropped them. Every step names its clause; re-adding the figures gives the score.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .deciding import deciding_steps, place_words
from .derivation import DerivedLine, derive
from .document import Scheme, walk_nodes
from .exact import decimal_text, round_fraction, widen
from .explanation import Explanation, NodeLine, SheetLine, Term, TieLine, listed
from .inputs import Inputs
from .outcome import CODES, VERDICT_WORDS, Outcome, Verdict
from .rules.aggregation import Aggregation
from .sheet_uses import kept_or_dropped, uses_of
from .sheets import scaled_totals
from .steps import Sign, Step


def explain(
    scheme: Scheme,
    inputs: Inputs,
    outcome: Outcome,
    entry: int,
    *,
    organizations: Mapping[str, str] | None = None,
    inspectors: Mapping[str, str] | None = None,
) -> Explanation:
    """Derive one entry. ``organizations`` and ``inspectors`` give names for codes; without them codes are shown."""
    return _Explainer(scheme, inputs, outcome, entry, organizations or {}, inspectors or {}).explanation()


def explain_steps(
    scheme: Scheme, inputs: Inputs, outcome: Outcome, entry: int, *, organizations: Mapping[str, str] | None = None
) -> tuple[tuple[Step, ...], tuple[TieLine, ...]]:
    """The steps and tie-breaks of :func:`explain` alone: no comparison with the group, which can be large."""
    explainer = _Explainer(scheme, inputs, outcome, entry, organizations or {}, {})
    ties = explainer.ties()
    return tuple(explainer.steps(explainer.sheets(), ties)), ties


class _Explainer:
    def __init__(
        self,
        scheme: Scheme,
        inputs: Inputs,
        outcome: Outcome,
        entry: int,
        organizations: Mapping[str, str],
        inspectors: Mapping[str, str],
    ) -> None:
        self.scheme, self.outcome, self.entry = scheme, outcome, entry
        self.inputs = outcome.evaluation.counted
        rule = scheme.score
        self.rule = rule if scheme.one_sheet and isinstance(rule, Aggregation) else None
        self.org_names, self.inspector_names = organizations, inspectors
        self.row, self.group = outcome.row(entry), outcome.group_of(entry)
        self.members = np.flatnonzero(outcome.entry_group == outcome.entry_group[entry])
        self.places = outcome.score.places

    def explanation(self) -> Explanation:
        sheets = self.sheets()
        ties = self.ties()
        return Explanation(
            row=self.row,
            group=self.group,
            sheets=sheets,
            terms=self.terms(),
            nodes=self.nodes(),
            ties=ties,
            steps=tuple(self.steps(sheets, ties)),
            tied_with=tuple(self.org(i) for i in self.tied),
            margin=self.margin(),
            last_awarded=self.last_awarded(),
            group_mean=self.mean_score(),
            derivation=self.derivation,
            consequences=self.outcome.consequences_of(self.entry),
        )

    @cached_property
    def derivation(self) -> tuple[DerivedLine, ...]:
        return derive(self.outcome.evaluation, self.entry)

    def org(self, entry: int) -> str:
        code = self.inputs.entry_org[entry]
        return self.org_names.get(code, code)

    def inspector(self, sheet: int) -> str:
        number = self.inputs.sheet_inspector[sheet]
        return self.inspector_names.get(number, number)

    def points(self, scaled: int) -> str:
        """A scaled total as marks are written: with the decimals of the finest step."""
        return decimal_text(Fraction(int(scaled), self.scheme.scale), self.scheme.mark_places)

    # -- sheets and the arithmetic of the score

    def own_sheets(self) -> NDArray[np.int64]:
        """Indices of this entry's sheets, lowest total first, then by inspector."""
        blocks = self.outcome.evaluation.blocks
        start = int(blocks.starts[self.entry])
        mine = blocks.order[start : start + int(blocks.counts[self.entry])]
        totals = scaled_totals(self.scheme, self.inputs.marks[mine])
        numbers = [self.inputs.sheet_inspector[int(i)] for i in mine]
        return mine[sorted(range(len(mine)), key=lambda i: (totals[i], numbers[i]))]

    def sheets(self) -> tuple[SheetLine, ...]:
        order = self.own_sheets()
        totals = scaled_totals(self.scheme, self.inputs.marks[order])
        uses = uses_of(self.scheme, self.inputs, order)
        return tuple(
            SheetLine(self.inspector(sheet), self.points(total), use, self.marks(sheet))
            for sheet, total, use in zip(order, totals, uses, strict=True)
        )

    def marks(self, sheet: int) -> tuple[str, ...]:
        row = self.inputs.marks[sheet]
        return tuple(decimal_text(m.to_mark(int(u))) for m, u in zip(self.scheme.methods, row, strict=True))

    def terms(self) -> tuple[Term, ...]:
        if self.rule is None:
            return ()
        marks = self.inputs.marks[self.own_sheets()]
        if self.rule.per == "sheet":
            return (self.term("评分单总分", scaled_totals(self.scheme, marks)),)
        return tuple(
            self.term(leaf.name, scaled_totals(self.scheme, marks, [i])) for i, leaf in enumerate(self.scheme.leaves)
        )

    def term(self, name: str, values: Any) -> Term:
        assert self.rule is not None
        ordered, uses = np.sort(values), kept_or_dropped(self.rule, len(values))
        kept = [int(v) for v, use in zip(ordered, uses, strict=True) if use == "kept"]
        texts = tuple(self.points(v) for v in ordered)
        return Term(name, texts, uses, self.points(sum(kept)), len(kept))

    # -- items and criteria against the group

    def nodes(self) -> tuple[NodeLine, ...]:
        if not self.outcome.sheet_count[self.entry] or not self.scheme.leaves:
            return ()
        lines = []
        for node, place in walk_nodes(self.scheme.criteria.tree):
            if not all(leaf.on_sheets for leaf in node.leaves):
                continue
            lines.append(self.node_line(node.key, node.name, place.count(".children")))
        return tuple(lines)

    def node_line(self, key: str, name: str, depth: int) -> NodeLine:
        columns = list(self.scheme.columns_of(key))
        own = scaled_totals(self.scheme, self.inputs.marks[self.own_sheets()], columns)
        mean, group_mean = self.mean(own), self.group_node_mean(columns)
        return NodeLine(
            key=key,
            name=name,
            depth=depth,
            full=decimal_text(self.scheme.points_of(key)),
            mean=decimal_text(mean, 2),
            group_mean=decimal_text(group_mean, 2),
            difference=mean - group_mean,
            lowest=self.points(own.min()),
            highest=self.points(own.max()),
        )

    def mean(self, scaled: Any) -> Fraction:
        return Fraction(int(scaled.sum()), len(scaled) * self.scheme.scale)

    @cached_property
    def group_sheets(self) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64]]:
        """Marks of the group's sheets, the entry of each, and the number of sheets per entry."""
        of_group = (self.outcome.entry_group == self.outcome.entry_group[self.entry])[self.inputs.sheet_entry]
        owner = self.inputs.sheet_entry[of_group]
        return self.inputs.marks[of_group], owner, np.bincount(owner, minlength=len(self.inputs))

    def group_node_mean(self, columns: list[int]) -> Fraction:
        """Mean over the group's entries of each entry's mean: entries with as many sheets share a denominator."""
        marks, owner, counts = self.group_sheets
        count_of_sheet, totals = counts[owner], scaled_totals(self.scheme, marks, columns)
        sizes = np.unique(count_of_sheet).tolist()
        means = [Fraction(int(totals[count_of_sheet == size].sum()), size) for size in sizes]
        return sum(means, Fraction(0)) / (int(np.count_nonzero(counts)) * self.scheme.scale)

    def mean_score(self) -> str:
        """Mean of the group's scores; empty without any."""
        score = self.outcome.score
        known = score.numerators[self.members][score.known[self.members]]
        if not len(known):
            return ""
        summed = widen(known, len(known)).sum()
        exact = Fraction(summed if known.dtype == object else int(summed))
        return decimal_text(exact / (score.unit * len(known)), self.places or 2)

    # -- rank, ties, margin

    @cached_property
    def tied(self) -> list[int]:
        """Other entries of the group that share the rank."""
        rank = self.outcome.rank[self.members]
        return self.others(rank == rank[self.members == self.entry]) if self.row.rank else []

    def same_score(self) -> list[int]:
        score, ranked = self.outcome.score.numerators, self.outcome.rank[self.members] > 0
        return self.others(ranked & (score[self.members] == score[self.entry]))

    def others(self, chosen: NDArray[np.bool_]) -> list[int]:
        """The members of the group where ``chosen``, without the entry itself."""
        return [each for each in self.members[chosen].tolist() if each != self.entry]

    def ties(self) -> tuple[TieLine, ...]:
        """The tie-breaks that were needed: each against those still equal before it."""
        rivals = self.same_score() if self.row.rank else []
        lines = []
        for tie, figure in zip(self.scheme.ranking.tie_breaks, self.outcome.tie_figures, strict=True):
            if not rivals:
                break
            others = tuple((self.org(i), figure.shown(i) or "") for i in rivals)
            equal = [i for i in rivals if figure.numerators[i] == figure.numerators[self.entry]]
            own, decides = figure.shown(self.entry) or "", len(equal) < len(rivals)
            lines.append(TieLine(tie.title(self.scheme), own, others, decides))
            rivals = equal
        return tuple(lines)

    @cached_property
    def last_awarded_entry(self) -> int | None:
        won = self.members[self.outcome.verdict[self.members] == CODES[Verdict.AWARDED]]
        return int(won[np.argmax(self.outcome.rank[won])]) if len(won) else None

    def last_awarded(self) -> tuple[str, str] | None:
        last = self.last_awarded_entry
        return None if last is None else (self.org(last), self.outcome.score.text(last) or "")

    def margin(self) -> Fraction | None:
        """Distance of the score to that of the last awarded; None where one of them is missing."""
        last, score = self.last_awarded_entry, self.outcome.score.value(self.entry)
        return None if last is None or score is None else score - (self.outcome.score.value(last) or 0)

    # -- the chain of decisions

    def steps(self, sheets: tuple[SheetLine, ...], ties: tuple[TieLine, ...]) -> list[Step]:
        steps = [self.step_sheets(sheets)] if self.scheme.leaves else []
        before, after = deciding_steps(self.outcome, self.entry)
        if self.row.outcome is Verdict.UNSCORED:
            return [*steps, self.step_unscored(), self.step_verdict()]
        dropped = self.step_dropped(sheets) if self.rule is not None else None
        steps += [dropped] if dropped else []
        steps += [self.step_score(), *before]
        if self.row.outcome is not Verdict.VETOED and self.row.rank:
            steps.append(self.step_rank(ties))
            steps += [step for step in (self.step_threshold(), self.step_limit()) if step]
        return [*steps, *after, self.step_verdict()]

    def step_unscored(self) -> Step:
        gaps = [line.text for line in self.derivation if line.working.value is None]
        return Step("不计分", gaps[-1] if gaps else "没有得分", self.scheme.criteria.clause, "bad")

    def step_sheets(self, sheets: tuple[SheetLine, ...]) -> Step:
        least = max(self.scheme.score.minimum_sheets if self.scheme.score else 1, 1)
        size = self.scheme.panel.size
        enough = len(sheets) >= least or not self.scheme.one_sheet
        void = int(self.outcome.void[self.outcome.inputs.sheet_entry == self.entry].sum())
        panel = f"，评委组 {size} 人" if size else ""
        panel += f"；废票 {void} 份，不计" if void else ""
        detail = f"{len(sheets)} 份{panel}" if enough else f"{len(sheets)} 份，少于 {least} 份，不计分"
        return Step("评分单", detail, self.scheme.panel.clause, "ok" if enough else "bad")

    def step_dropped(self, sheets: tuple[SheetLine, ...]) -> Step | None:
        assert self.rule is not None
        if self.rule.per == "criterion":
            return Step("逐项取舍", self.rule.sentence(self.scheme), self.rule.clause, "ok")
        words = {"highest": "去掉最高", "lowest": "去掉最低"}
        dropped = [f"{words[s.use]} {s.total}（{s.inspector}）" for s in reversed(sheets) if s.use != "kept"]
        title = "、".join(words[use] for use in ("highest", "lowest") if any(s.use == use for s in sheets))
        return Step(title, "，".join(dropped), self.rule.clause, "ok") if dropped else None

    def step_score(self) -> Step:
        if self.rule is None:
            detail, clause = self.derivation[0].text, self.scheme.criteria.clause
            return Step(f"得分 {self.row.score}", detail, clause, "ok")
        if self.rule.per == "criterion":
            detail = "各项标准分别取平均后相加"
        else:
            term = self.terms()[0]
            rest = "其余 " if term.count < len(term.values) else ""
            detail = f"{rest}{term.count} 份合计 {term.total}，平均"
        ending = f"，{self.rule.round.sentence()}" if self.rule.round else ""
        return Step(f"得分 {self.row.score}", detail + ending, self.rule.clause, "ok")

    def step_rank(self, ties: tuple[TieLine, ...]) -> Step:
        tied = self.tied
        title = f"名次：{'并列' if tied else ''}第 {self.row.rank}"
        if not ties:
            others = listed([self.org(i) for i in tied])
            same = f"与{others}同分，办法没有规定再比什么" if tied else "本组没有与其同分的"
            return Step(title, same, self.scheme.ranking.clause, "warn" if tied else "ok")
        parts = [f"{line.title} {line.compared}" for line in ties]
        ending = "，仍相同，名次并列" if tied else "，已分先后"
        return Step(title, "与同分的比：" + "；".join(parts) + ending, self.scheme.ranking.clause, "warn")

    def step_threshold(self) -> Step | None:
        tier = self.scheme.tiers[self.inputs.entry_tier[self.entry]]
        if tier.threshold is None:
            return None
        least = self.beside_score(tier.threshold)
        reached = (self.outcome.score.value(self.entry) or 0) >= tier.threshold
        title, compare = ("达到标准", "≥") if reached else ("低于标准", "<")
        detail = f"{self.row.score} {compare} {least}"
        return Step(title, detail, self.scheme.selection.clause, "ok" if reached else "bad")

    def beside_score(self, number: Fraction) -> str:
        """A figure of the scheme with the decimals of scores where that is exact, else with its own."""
        return decimal_text(number, self.places if round_fraction(number, self.places or 0) == number else None)

    def step_limit(self) -> Step | None:
        limit, which = self.group.limit, self.group.deciding_limit
        if limit is None or which is None or self.row.rank is None:
            return None
        rule = self.scheme.selection.limits[which]
        working = rule.working(self.group.group)
        place = int(self.outcome.place[self.entry])
        last = place + len(self.tied)
        if place > limit:
            title, sign = "超出名额", "bad"
        elif last > limit:
            title, sign = "并列跨越名额线", "warn"
        else:
            title, sign = "在名额之内", "ok"
        where = f"第 {place}" + (f" 至 {last}" if last > place else "")
        clause = rule.clause or self.scheme.selection.clause
        return Step(title, f"{working}；{place_words(self.scheme)}{where}", clause, sign)  # type: ignore[arg-type]

    def step_verdict(self) -> Step:
        details = {
            Verdict.AWARDED: f"授予“{self.row.tier}”",
            Verdict.TIED_AT_CUT: "并列跨越名额线的一组全部不授予",
            Verdict.OVER_QUOTA: "名次在名额之外",
            Verdict.BELOW_THRESHOLD: "未达授予标准，宁缺毋滥",
            Verdict.VETOED: "一票否决",
            Verdict.UNSCORED: "没有足够的评分单" if self.scheme.one_sheet else "缺少计分要用的数据",
            Verdict.INELIGIBLE: "不符合参评条件",
            Verdict.UNMET: "未满足前置条件",
            Verdict.RESERVE: "列入候补名单",
            Verdict.RATED: self.row.result,
            Verdict.NOT_RATED: self.row.result,
        }
        clause = self.scheme.veto.clause if self.row.outcome is Verdict.VETOED else self.scheme.selection.clause
        sign: Sign = "ok" if self.row.outcome in (Verdict.AWARDED, Verdict.RATED) else "bad"
        return Step(f"结果：{VERDICT_WORDS[self.row.outcome]}", details[self.row.outcome], clause, sign)
