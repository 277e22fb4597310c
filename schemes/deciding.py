"""The steps that eligibility, vetoes, prerequisites, grades, badges and consequences add to an explanation.

Read from the very arrays that decided; the words say which rule, with which figures.
"""

from collections.abc import Callable, Iterator

from .blocks.conditions import Condition, cell_text
from .blocks.consequences import (
    FixedGrade,
    GradeAtMost,
    Lower,
    NoGrade,
    Out,
    VetoRule,
    ZeroItem,
    ZeroScore,
)
from .blocks.rating import Rating
from .document import Scheme
from .exact import decimal_text
from .outcome import Outcome, Verdict
from .rating import NOT_RATED, Why
from .steps import Step


def deciding_steps(outcome: Outcome, entry: int) -> tuple[list[Step], list[Step]]:
    """Steps that come before ranking, and those that come after it."""
    words = _Words(outcome, entry)
    before = [*words.eligibility(), *words.vetoes()]
    after = [*words.tier_conditions(), *words.badges(), *words.grades(), *words.consequences()]
    return before, after


class _Words:
    def __init__(self, outcome: Outcome, entry: int) -> None:
        self.outcome, self.entry = outcome, entry
        self.evaluation, self.scheme = outcome.evaluation, outcome.evaluation.scheme

    def holds(self, condition: Condition) -> bool:
        return condition.holds(lambda key: self.evaluation.cell(key, self.entry))

    def said(self, condition: Condition) -> str:
        """The condition with the figures it looked at: ``群众满意率不低于 0.9（群众满意率 0.92）``."""
        figures = [f"{self.scheme.name_of(key)} {self.cell(key)}" for key in dict.fromkeys(condition.keys())]
        return f"{condition.sentence(self.scheme.name_of)}（{'，'.join(figures)}）"

    def cell(self, key: str) -> str:
        return cell_text(self.evaluation.cell(key, self.entry)) or "没有数据"

    # -- before ranking

    def eligibility(self) -> Iterator[Step]:
        clause = self.scheme.eligibility.clause
        unmet = [each for each in self.scheme.eligibility.conditions if not self.holds(each)]
        if unmet:
            yield Step("不符合参评条件", "；".join(self.said(each) for each in unmet), clause, "bad")
        elif self.scheme.eligibility.conditions:
            yield Step("符合参评条件", "各项条件都满足", clause, "ok")

    def vetoes(self) -> Iterator[Step]:
        clause, vetoed = self.scheme.veto.clause, bool(self.outcome.inputs.entry_vetoed[self.entry])
        counts = "计入参评数" if self.scheme.veto.counts_as_participant else "不计入参评数"
        if vetoed:
            yield Step("一票否决", f"不参加排名、不授予，{counts}", clause, "bad")
        held = [rule for rule in self.scheme.vetoes if self.holds(rule.when)]
        for rule in held:
            effect = f"{_effect(rule, self.scheme.name_of)}" + (f"，{counts}" if isinstance(rule.effect, Out) else "")
            yield Step(f"一票否决：{rule.name}", f"{self.said(rule.when)}：{effect}", rule.clause or clause, "bad")
        if not vetoed and not held:
            checked = "各项否决情形都没有发生" if self.scheme.vetoes else "审核未登记否决情形"
            yield Step("无一票否决", checked, clause, "ok")

    # -- after ranking

    def tier_conditions(self) -> Iterator[Step]:
        tier = self.scheme.tiers[self.outcome.inputs.entry_tier[self.entry]]
        for condition in tier.requires:
            met = self.holds(condition)
            title = "满足前置条件" if met else "未满足前置条件"
            yield Step(title, self.said(condition), self.scheme.selection.clause, "ok" if met else "bad")

    def badges(self) -> Iterator[Step]:
        if self.outcome.verdict_of(self.entry) in (Verdict.VETOED, Verdict.INELIGIBLE, Verdict.UNSCORED):
            return
        for outcome in self.outcome.badges:
            badge, why = outcome.badge, Why(int(outcome.asked[self.entry]))
            points = self.evaluation.number(badge.of).text(self.entry) or "没有得分"
            compared = f"{self.scheme.name_of(badge.of)} {points}，要求 {decimal_text(badge.at_least)} 以上"
            unmet = [self.said(each) for each in badge.requires if not self.holds(each)]
            reasons = {
                Why.UNMET: "；未满足：" + "；".join(unmet),
                Why.OVER: "；名次在名额之外",
                Why.NOT_ASKED: "；不参加评定",
            }
            title = f"{'获得' if why is Why.GIVEN else '未获'}“{badge.name}”"
            yield Step(title, compared + reasons.get(why, ""), badge.clause, "ok" if why is Why.GIVEN else "bad")

    def grades(self) -> Iterator[Step]:
        rating, ratings = self.scheme.rating, self.outcome.ratings
        if rating is None or ratings is None or self.outcome.grade_of(self.entry) is None:
            return
        decided = Why(int(ratings.decided[self.entry]))
        if ratings.grade[self.entry] == NOT_RATED:
            condition = rating.not_rated
            detail = self.said(condition) if condition and self.holds(condition) else "因一票否决不定等次"
            yield Step(f"{rating.name}：{rating.not_rated_words}", detail, rating.clause, "bad")
            return
        for index, grade in enumerate(rating.grades):
            why = Why(int(ratings.asked[index][self.entry]))
            if why is not Why.NOT_ASKED:
                passed = why is Why.GIVEN
                title = f"{'评为' if passed else '未评为'}“{grade.name}”"
                yield Step(
                    title, self.why(rating, index, why), grade.clause or rating.clause, "ok" if passed else "warn"
                )
        if decided in (Why.FIXED, Why.BOTTOM, Why.HELD, Why.LOWERED):
            yield self.final(rating, decided)

    def why(self, rating: Rating, index: int, why: Why) -> str:
        """What came of one grade."""
        grade, by = rating.grades[index], self.scheme.name_of(rating.by)
        figure = self.evaluation.number(rating.by).text(self.entry) or "没有"
        match why:
            case Why.BELOW:
                return f"{by} {figure} < {decimal_text(grade.threshold or 0)}"  # type: ignore[arg-type]
            case Why.UNMET:
                unmet = [self.said(each) for each in grade.requires if not self.holds(each)]
                return f"未满足前置条件：{'；'.join(unmet)}"
            case Why.CEILING:
                return f"受上限限制：{'；'.join(self.ceilings(rating, index))}"
            case Why.STEP:
                steps = rating.steps
                assert steps is not None
                before = self.cell(steps.previous)
                return f"逐级晋升：上次“{before}”，一次至多升 {steps.most_up} 级"
            case Why.OVER:
                return f"名次在名额之外：{self.places(rating, index)}"
            case Why.PARENT:
                rule = self.scheme.selection.per_parent
                assert rule is not None
                return f"{self.scheme.name_of(rule.by)} {self.cell(rule.by)} 的名额 {rule.at_most} 个已用完"
            case Why.TIED:
                return f"并列跨越名额线，整组不评：{self.places(rating, index)}"
        reached = [f"{by} {figure} ≥ {decimal_text(grade.threshold)}"] if grade.threshold is not None else []
        inside = [f"在名额之内：{self.places(rating, index)}"] if self.limit(index)[0] is not None else []
        return "，".join([*reached, *inside]) or "未达到以上各等"

    def ceilings(self, rating: Rating, index: int) -> Iterator[str]:
        names = [grade.name for grade in rating.grades]
        for ceiling in rating.ceilings:
            if index < names.index(ceiling.at_most) and self.holds(ceiling.when):
                yield f"{self.said(ceiling.when)}，至多“{ceiling.at_most}”"
        for rule in self.scheme.vetoes:
            if (
                isinstance(rule.effect, GradeAtMost)
                and index < names.index(rule.effect.grade)
                and self.holds(rule.when)
            ):
                yield f"{rule.name}，至多“{rule.effect.grade}”"

    def limit(self, index: int) -> tuple[int | None, int | None]:
        assert self.outcome.ratings is not None
        return self.outcome.ratings.limits[index][int(self.outcome.entry_group[self.entry])]

    def places(self, rating: Rating, index: int) -> str:
        most, which = self.limit(index)
        if which is None:
            return "没有名额限制"
        group = self.outcome.group_of(self.entry).group
        working = rating.grades[index].limits[which].working(group)
        place = int(self.outcome.place[self.entry])
        return f"{working}；可用名额 {most}，{place_words(self.scheme)}第 {place}"

    def final(self, rating: Rating, decided: Why) -> Step:
        grade = self.outcome.grade_of(self.entry) or ""
        rules = [rule for rule in self.scheme.vetoes if self.holds(rule.when)]
        named = [rule.name for rule in rules if isinstance(rule.effect, FixedGrade if decided is Why.FIXED else Lower)]
        group = self.outcome.group_of(self.entry).group
        details = {
            Why.FIXED: f"{'、'.join(named)}：不论得分",
            Why.BOTTOM: f"{group.ranked} 个中名次第 {int(self.outcome.rank[self.entry])}，在末位名额之内",
            Why.HELD: f"一次至多降 {rating.steps.most_down if rating.steps else 0} 级",
            Why.LOWERED: f"{'、'.join(named)}：降级",
        }
        return Step(f"定为“{grade}”", details[decided], rating.clause, "warn")

    def consequences(self) -> Iterator[Step]:
        for row in self.outcome.consequences_of(self.entry):
            amount = f" {decimal_text(row.amount)} {row.unit}" if row.amount is not None else ""
            yield Step(f"{row.name}{amount}", row.reason, row.clause, "warn")


def place_words(scheme: Scheme) -> str:
    """Limits count organizations; under dense ranks such a place is no rank."""
    return "名次" if scheme.ranking.ranks == "competition" else "按家数排在"


def _effect(rule: VetoRule, name_of: Callable[[str], str]) -> str:
    effect = rule.effect
    match effect:
        case Out():
            return "不参加排名、不授予"
        case ZeroScore():
            return f"总分计 {decimal_text(effect.score)} 分"
        case ZeroItem():
            return f"“{name_of(effect.item)}”计 0 分"
        case FixedGrade():
            return f"定为“{effect.grade}”"
        case GradeAtMost():
            return f"至多“{effect.grade}”"
        case NoGrade():
            return "只考核，不定等次"
    return f"降 {effect.by} 级"
