"""The book of one round: 汇总表 of each tier, 评分明细, 淘汰核算, 公示名单, 补助资金; of a re-inspection what applies to it.

The words are those of the pages, the order is that of the ranking; the notice list is in the order of codes, as a
notice shows no places.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from django.utils import timezone

from accounts.models import Tenant
from campaigns.enums import SubsidyKind
from reports.queries.books import RoundFacts, SheetFacts, correction_words
from reports.queries.rounds import clause_words
from reports.templatetags.wording import outcome_words
from schemes.document import walk_nodes
from schemes.exact import decimal_text
from scoring.enums import Verdict
from scoring.models import Result
from scoring.wording import score_clause, score_places, score_sentence
from sites.models import Inspector

from .files import Marks
from .graded import GradedSheets
from .layout import Cell, Column, Formula, Sheet, letter

#: More inspectors than this, and their sheets stand in order instead of in a column for each name.
MOST_NAMED = 15
#: A re-inspection keeps or takes away, it does not award.
REVIEW_WORDS = {Verdict.AWARDED: "保留称号", Verdict.BELOW_THRESHOLD: "摘牌警示"}
BEFORE = (
    Column("排名", 6, 0, centred=True),
    Column("被评单位", 20),
    Column("所属乡镇", 12.5),
    Column("组别", 6.5, centred=True),
)


def exact(text: str) -> Decimal:
    """An exact number from the text that a page shows."""
    return Decimal(text)


def points(scaled: int, scale: int) -> Decimal:
    return exact(decimal_text(Fraction(scaled, scale)))


class RoundBook:
    """Sheets of one round for one person; ``sheets()`` in the order of the book, ``size`` how many rows they have."""

    def __init__(self, tenant: Tenant, facts: RoundFacts) -> None:
        self.tenant, self.facts, self.scheme = tenant, facts, facts.scheme

    @property
    def size(self) -> int:
        return max(len(self.facts.results), self.facts.sheet_count)

    @property
    def filename(self) -> str:
        return f"{self.tenant.name}{self.facts.round.campaign.name}{self.short}结果.xlsx"

    @property
    def short(self) -> str:
        return self.facts.round.title.replace(" ", "")

    def sheets(self) -> Iterator[Sheet]:
        tiers = [tier for tier in self.scheme.tier_names if self.facts.of_tier(tier)]
        graded = GradedSheets(self)
        for tier in tiers:
            sheet = self.summary if self.scheme.one_sheet else graded.summary
            yield sheet(tier, name="汇总表" if len(tiers) == 1 else f"汇总表（{tier}）")
        if self.facts.sheets:
            yield self.marks()
        if self.facts.review:
            yield self.delisted()
            return
        if not self.rated:
            yield self.arithmetic()
            yield self.notice()
        if self.scheme.subsidy is not None:
            yield self.money()
        if self.facts.consequences:
            yield graded.consequences(self.facts.consequences)
        if self.facts.points:
            yield graded.points(self.facts.points)

    @property
    def rated(self) -> bool:
        """Whether nothing is awarded: everybody takes part, is ranked and rated."""
        return "tiers" not in self.scheme.model_fields_set

    # -- what every sheet says

    def title(self, what: str) -> str:
        return f"{self.tenant.name}“{self.facts.round.campaign.name}”{self.facts.round.title}{what}"

    @property
    def line(self) -> str:
        office = f"填报单位（盖章）：{self.tenant.office}"
        if self.facts.published and self.facts.computation.published_at:
            day = timezone.localdate(self.facts.computation.published_at)
            warning = f"　　{correction_words(self.facts.number)}" if self.facts.correcting else ""
            return f"{office}　　填报时间：{day.year} 年 {day.month} 月 {day.day} 日{warning}"
        return f"{office}　　{self.facts.computation.get_state_display()}，未公布，仅供审核"

    @property
    def rules(self) -> str:
        clause = score_clause(self.scheme)
        words = f"（{clause_words(clause)}）" if clause else ""
        return f"计分：{score_sentence(self.scheme)}{words}。依据：{self.facts.computation.scheme_version}。"

    def word(self, result: Result) -> str:
        own = REVIEW_WORDS if self.facts.review else {}
        if result.grade:
            return result.grade
        if kept := self.facts.kept.get(result.pk):
            return f"授予（{kept.get_kind_display()[:2]}）"
        return own.get(Verdict(result.verdict)) or outcome_words(result.verdict).word

    # -- 汇总表

    @cached_property
    def named(self) -> bool:
        return len(self.facts.inspectors) <= MOST_NAMED

    @cached_property
    def seats(self) -> list[str]:
        """Heads of the inspectors' columns: their names, or in a large round just 第 1 份, 第 2 份."""
        if self.named:
            return [inspector.name for inspector in self.facts.inspectors]
        return [f"第 {n} 份" for n in range(1, max((len(own) for own in self.facts.sheets.values()), default=0) + 1)]

    @cached_property
    def places(self) -> int:
        return score_places(self.scheme)

    def summary(self, tier: str, name: str) -> Sheet:
        mark_places = self.scheme.mark_places if self.scheme.mark_places is not None else 2
        results = self.facts.of_tier(tier)
        columns = [
            *BEFORE,
            *(Column(seat, 7.5, mark_places, "各评委得分") for seat in self.seats),
            Column("最高", 7, mark_places), Column("最低", 7, mark_places), Column("有效份数", 6, 0),
            Column("平均分", 8, self.places), Column("加分", 6, self.places), Column("扣分", 6, self.places),
            Column("最终得分", 8.5, self.places), Column("结果", 10, centred=True), Column("备注", 28),
        ]  # fmt: skip
        return Sheet(
            name=name,
            title=self.title(f"{tier}复评汇总表" if self.facts.review else f"{tier}评分汇总表"),
            line=self.line,
            columns=columns,
            rows=(self.summary_row(result) for result in results),
            notes=[self.rules, *self.summary_notes()],
            frozen=2,
            marked=self.marked(results),
        )

    def marked(self, results: Sequence[Result]) -> frozenset[int]:
        """Rows with a ground of their own: those that were awarded."""
        return frozenset() if self.facts.review else awarded_places(results)

    @property
    def by_criterion(self) -> bool:
        """Whether marks are dropped criterion by criterion: no whole sheet is the highest or the lowest then."""
        return self.scheme.score.per == "criterion"

    def summary_notes(self) -> Iterator[str]:
        marked = "" if self.facts.review else "底色的为授予；"
        counted = (
            "逐项标准分别取舍后相加，有效份数为评分单份数" if self.by_criterion else "有效份数为计入平均分的评分单份数"
        )
        yield f"{marked}{counted}；“—”为没有这一项，不是 0 分。"
        if len(self.facts.explained) < len(self.facts.results):
            yield "各评委得分只列本单位有权查看的。"

    def summary_row(self, result: Result) -> list[Cell]:
        sheets = self.facts.sheets.get(result.nomination_id, {})
        return [
            result.rank, result.organization.name, result.township.name if result.township else None, result.tier,
            *self.seat_cells(result, sheets), *self.mean_cells(result, sheets), None, None,
            exact(result.score_text) if result.score_text else None, self.word(result), result.note,
        ]  # fmt: skip

    def seat_cells(self, result: Result, sheets: dict[object, SheetFacts]) -> list[Cell]:
        """Totals by inspector; 回避 where the inspector had to leave the entry to others."""
        if self.named:
            return [self.seat_cell(result, inspector, sheets) for inspector in self.facts.inspectors]
        order = [inspector.pk for inspector in self.facts.inspectors if inspector.pk in sheets]
        totals: list[Cell] = [points(sheets[pk].total, self.scheme.scale) for pk in order]
        return [*totals, *[None] * (len(self.seats) - len(totals))]

    def seat_cell(self, result: Result, inspector: Inspector, sheets: dict[object, SheetFacts]) -> Cell:
        if inspector.pk in sheets:
            return points(sheets[inspector.pk].total, self.scheme.scale)
        return "回避" if result.pk in self.facts.explained and self.facts.recused(result, inspector) else None

    def mean_cells(self, result: Result, sheets: dict[object, SheetFacts]) -> list[Cell]:
        """最高, 最低, 有效份数, 平均分: formulas over the inspectors' cells beside the decided value."""
        score = exact(result.score_text) if result.score_text else None
        if not sheets:
            return [None, None, None, score]
        if self.by_criterion:
            return [None, None, len(sheets), score]
        totals = sorted(sheet.total for sheet in sheets.values())
        low, high = self.dropped(len(totals))
        first = len(BEFORE)
        area = f"{letter(first)}{{row}}:{letter(first + len(self.seats) - 1)}{{row}}"
        highest = Formula(f"=MAX({area})", points(totals[-1], self.scheme.scale))
        lowest = Formula(f"=MIN({area})", points(totals[0], self.scheme.scale))
        return [highest, lowest, len(totals) - low - high, self.mean(score, area, low, high)]

    def mean(self, score: Decimal | None, area: str, low: int, high: int) -> Cell:
        """The mean as a sum to check where it is one: whole sheets, rounded, at most one dropped at either end."""
        rule = self.scheme.score
        if score is None or rule.round is None or low > 1 or high > 1:
            return score
        top, bottom, count = (letter(len(BEFORE) + len(self.seats) + i) for i in range(3))
        dropped = f"{f'-{top}{{row}}' if high else ''}{f'-{bottom}{{row}}' if low else ''}"
        return Formula(f"=ROUND((SUM({area}){dropped})/{count}{{row}},{self.places})", score)

    def dropped(self, count: int) -> tuple[int, int]:
        """How many of ``count`` sheets the rule leaves out at the low and at the high end."""
        kept = np.asarray(self.scheme.score.kept(np.arange(count), np.full(count, count)))
        inside = np.flatnonzero(kept)
        return (int(inside[0]), count - 1 - int(inside[-1])) if len(inside) else (0, 0)

    # -- 评分明细

    def marks(self) -> Sheet:
        leaves = self.scheme.leaves
        groups = self.item_of_leaf()
        columns = [
            Column("组别", 5, centred=True), Column("被评单位", 14), Column("所属乡镇", 10), Column("评委", 8),
            *(Column(f"{leaf.name} {decimal_text(method.full)}", 5.2, self.scheme.mark_places or 0, group)
              for leaf, method, group in zip(leaves, self.scheme.methods, groups, strict=True)),
            Column("合计", 7, self.scheme.mark_places or 0),
        ]  # fmt: skip
        return Sheet(
            name="评分明细",
            title=self.title("评分明细"),
            line=self.line,
            columns=columns,
            rows=self.mark_rows(),
            notes=[f"每项名称后为满分，合计满分 {decimal_text(self.scheme.full_marks)} 分。"],
            frozen=4,
            small=True,
        )

    def item_of_leaf(self) -> list[str]:
        """The item above each criterion with its full marks; nothing above a criterion that stands alone."""
        names = {}
        for item in self.scheme.criteria.tree:
            if item.children:
                head = f"{item.name}（{decimal_text(self.scheme.points_of(item.key))} 分）"
                names |= {leaf.key: head for leaf, _ in walk_nodes(item.children) if not leaf.children}
        return [names.get(leaf.key, "") for leaf in self.scheme.leaves]

    def mark_rows(self) -> Iterator[list[Cell]]:
        order = {inspector.pk: (place, inspector.name) for place, inspector in enumerate(self.facts.inspectors)}
        marks = Marks(self.scheme)
        first, last = letter(4), letter(3 + len(self.scheme.leaves))
        total = f"=SUM({first}{{row}}:{last}{{row}})"
        for result in self.facts.results:
            own = self.facts.sheets.get(result.nomination_id, {})
            place = result.township.name if result.township else None
            for pk, sheet in sorted(own.items(), key=lambda item: order[item[0]]):
                summed = Formula(total, points(sheet.total, self.scheme.scale))
                yield [result.tier, result.organization.name, place, order[pk][1], *marks.of(sheet.marks), summed]

    # -- 淘汰核算

    def arithmetic(self) -> Sheet:
        columns = [
            Column("组别", 10, centred=True), Column("参评", 8, 0), Column("参加排名", 9, 0), Column("一票否决", 9, 0),
            Column("未评", 7, 0), Column("名额至多", 9, 0), Column("名额核算", 40), Column("授予", 8, 0),
            Column("并列淘汰", 9, 0), Column("超出名额", 9, 0), Column("低于标准", 9, 0), Column("淘汰", 8, 0),
            Column("淘汰率（%）", 11, 2),
        ]  # fmt: skip
        rows = [self.group_row(group) for group in self.facts.computation.groups]
        clause = clause_words(self.scheme.selection.clause)
        return Sheet(
            name="淘汰核算",
            title=self.title("淘汰核算表"),
            line=self.line,
            columns=columns,
            rows=rows,
            totals=self.group_totals(rows),
            notes=[f"淘汰 = 参评 − 授予；淘汰率 = 淘汰 ÷ 参评{f'（{clause}）' if clause else ''}。", *self.facts.kept_words],
            frozen=1,
        )

    def group_row(self, group: dict[str, Any]) -> list[Cell]:
        tier, rate, limit = group["tier"], group["rate_text"], group["limit"]
        counts = Counter(result.verdict for result in self.facts.results if not tier or result.tier == tier)
        return [
            tier or "全部", group["participants"], group["ranked"], counts[Verdict.VETOED], counts[Verdict.UNSCORED],
            limit, group["working"] or "不限名额", group["awarded"], counts[Verdict.TIED_AT_CUT],
            counts[Verdict.OVER_QUOTA], counts[Verdict.BELOW_THRESHOLD],
            Formula("=B{row}-H{row}", group["participants"] - group["awarded"]),
            exact(rate) if rate is not None else None,
        ]  # fmt: skip

    def group_totals(self, rows: Sequence[Sequence[Cell]]) -> list[Cell]:
        """Sums of every column of counts, and the rate over all."""

        def total(place: int) -> Formula:
            values = [row[place].value if isinstance(row[place], Formula) else row[place] for row in rows]
            name = letter(place)
            return Formula(f"=SUM({name}{{first}}:{name}{{last}})", sum(v for v in values if isinstance(v, int)))

        took, gone = total(1).value, total(11).value
        rate = exact(decimal_text(Fraction(int(gone) * 100, int(took)), 2)) if took else None
        return ["合计", *(total(i) for i in (1, 2, 3, 4)), None, "", *(total(i) for i in (7, 8, 9, 10, 11)), rate]

    # -- lists for notices and money

    def awarded(self) -> list[Result]:
        """Awarded entries that the county does not keep back, by tier, then in the order of codes."""
        order = {name: place for place, name in enumerate(self.scheme.tier_names)}
        won = [r for r in self.facts.results if r.verdict == Verdict.AWARDED and r.pk not in self.facts.kept]
        return sorted(won, key=lambda result: (order.get(result.tier, len(order)), result.organization.path))

    def notice(self) -> Sheet:
        rows: list[list[Cell]] = [
            [n, result.organization.name, result.tier, result.township.name if result.township else None, ""]
            for n, result in enumerate(self.awarded(), start=1)
        ]
        columns = [Column("序号", 8, 0, centred=True), Column("单位全称", 40), Column("类别", 14, centred=True),
                   Column("所属乡镇", 24), Column("备注", 30)]  # fmt: skip
        what = "授予名单" if self.facts.published else "拟授予名单"
        return Sheet("公示名单", self.title(f"{what}公示"), columns, rows, self.line,
                     notes=["同类别内按代码排列，不分先后。"])  # fmt: skip

    def delisted(self) -> Sheet:
        lost = [result for result in self.facts.results if result.verdict == Verdict.BELOW_THRESHOLD]
        rows: list[list[Cell]] = [
            [n, result.organization.name, result.township.name if result.township else None, result.tier,
             f"复评 {result.score_text} 分，{result.note}", "", "", ""]
            for n, result in enumerate(lost, start=1)
        ]  # fmt: skip
        columns = [Column("序号", 6, 0, centred=True), Column("单位", 24), Column("所属乡镇", 14),
                   Column("原等次", 9, centred=True), Column("摘牌原因", 36), Column("整改要求", 24),
                   Column("责任人", 12), Column("限期", 14)]  # fmt: skip
        return Sheet("摘牌通报表", self.title("摘牌通报表"), columns, rows, self.line)

    def money(self) -> Sheet:
        rows = [self.money_row(n, result) for n, result in enumerate(self.awarded(), start=1)]
        total = sum((row[4] for row in rows if isinstance(row[4], Decimal)), Decimal(0))
        name = letter(4)
        return Sheet(
            name="补助资金",
            title=self.title("补助资金下达表"),
            line=f"{self.line}　　单位：万元",
            columns=money_columns(rows),
            rows=rows,
            totals=["", "合计", "", "", Formula(f"=SUM({name}{{first}}:{name}{{last}})", total), "", "", "", ""],
            notes=[] if self.facts.published else ["结果未公布，金额按办法测算。"],
        )

    def money_row(self, number: int, result: Result) -> list[Cell]:
        """The amount on record; before publication the one that the scheme gives."""
        subsidy = self.facts.subsidies.get(result.organization_id) if self.facts.published else None
        rule = self.scheme.subsidy.wan if self.scheme.subsidy else {}
        planned = exact(decimal_text(rule[result.tier])) if result.tier in rule else None
        return [
            number, result.organization.name, result.township.name if result.township else None, result.tier,
            subsidy.amount_wan if subsidy else None if self.facts.published else planned,
            subsidy.document_no if subsidy else "", "", "",
            SubsidyKind.AWARD.label,
        ]  # fmt: skip


def awarded_places(results: Sequence[Result]) -> frozenset[int]:
    """Rows of those who won."""
    return frozenset(i for i, result in enumerate(results) if result.verdict == Verdict.AWARDED)


def money_columns(rows: Iterable[Sequence[Cell]]) -> tuple[Column, ...]:
    """Columns of a table of subsidies; the amounts stand in the fifth, with the decimals they need."""
    places = places_of((row[4] for row in rows), least=2)
    return (
        Column("序号", 6, 0, centred=True), Column("单位", 26), Column("所属乡镇", 14), Column("类别", 9, centred=True),
        Column("补助金额（万元）", 17, places), Column("文号/批次", 18), Column("资金渠道", 13), Column("支出科目", 13),
        Column("备注", 18),
    )  # fmt: skip


def places_of(values: Iterable[Cell], *, least: int) -> int:
    """Decimals in which every one of these numbers can be written."""
    exponents = (value.normalize().as_tuple().exponent for value in values if isinstance(value, Decimal))
    return max([least, *(-exponent for exponent in exponents if isinstance(exponent, int))])
