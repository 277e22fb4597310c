"""A scheme in Chinese sentences, block by block, each with its clause: what the office reads before it publishes."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from . import describe_results as more
from .blocks.consequences import Out
from .document import Node, Scheme, walk_nodes
from .exact import decimal_text, share_text
from .rules.marking import SheetMark
from .sheets import few_words


@dataclass(frozen=True)
class Paragraph:
    """One block of the scheme in words."""

    title: str
    clause: str
    sentences: tuple[str, ...]


def describe(scheme: Scheme) -> tuple[Paragraph, ...]:
    """Every block in the order a 办法 is read."""
    blocks = [
        Paragraph("数据项与事项", "", more.recorded(scheme)),
        Paragraph("参评条件", scheme.eligibility.clause, more.eligibility(scheme)),
        Paragraph("创建标准", scheme.criteria.clause, _criteria(scheme)),
        Paragraph("申报", scheme.nomination.clause, more.nominating(scheme)),
        Paragraph("等次", "", _tiers(scheme)),
        Paragraph("评委与回避", scheme.panel.clause, _panel(scheme)),
        Paragraph("计分", scheme.score.clause if scheme.score else "", _score(scheme)),
        Paragraph("排名", scheme.ranking.clause, _ranking(scheme)),
        Paragraph("一票否决", scheme.veto.clause, _veto(scheme)),
        Paragraph("名额与淘汰", scheme.selection.clause, _selection(scheme)),
        Paragraph(scheme.rating.name if scheme.rating else "", _rating_clause(scheme), more.rating(scheme)),
        Paragraph("单项", "", more.badges(scheme)),
        Paragraph("后果", "", more.consequences(scheme)),
        Paragraph("给上级的加减分", "", more.propagation(scheme)),
        Paragraph("称号", scheme.titles.clause, _titles(scheme)),
        Paragraph("复评", _reinspection_clause(scheme), _reinspection(scheme)),
        Paragraph("考核加分", scheme.bonus.clause if scheme.bonus else "", _bonus(scheme)),
        Paragraph("补助", scheme.subsidy.clause if scheme.subsidy else "", _subsidy(scheme)),
    ]
    return tuple(block for block in blocks if block.sentences)


@dataclass(frozen=True)
class CriterionLine:
    """One row of the criteria table: an item with rows below it, or a criterion; ``how`` its points are made."""

    key: str
    name: str
    depth: int
    points: str
    how: str
    guidance: str
    item: bool


def criteria_lines(scheme: Scheme) -> tuple[CriterionLine, ...]:
    return tuple(_line(scheme, node, place.count(".children")) for node, place in walk_nodes(scheme.criteria.tree))


def _line(scheme: Scheme, node: Node, depth: int) -> CriterionLine:
    how = "；".join([*([node.mark.sentence(scheme)] if node.mark else []), *_done_to(scheme, node)])
    points = decimal_text(scheme.points_of(node.key))
    return CriterionLine(node.key, node.name, depth, points, how, node.guidance, bool(node.children))


def _criteria(scheme: Scheme) -> tuple[str, ...]:
    items = list(scheme.criteria.tree)
    counted = [node for node in items if node.role == "base"]
    names = "、".join(f"{node.name} {decimal_text(scheme.points_of(node.key))} 分" for node in counted)
    total, count = decimal_text(scheme.full_marks), len(scheme.leaves) + len(scheme.recorded_leaves)
    return (f"共 {len(items)} 项 {count} 条，满分 {total} 分", names)


_ROLES = {"bonus": "加分", "deduction": "扣分", "info": "只列出，不计分"}
_COMBINED = {"mean": "取各条平均", "highest": "就高不就低", "lowest": "就低不就高"}
_OVER_TIME = {
    "sum": "各期相加",
    "mean": "各期平均",
    "latest": "取最近一期",
    "highest": "取最好一期",
    "weighted": "各期加权",
}
_NO_PERIOD = {"refuse": "缺一期不计分", "skip": "缺的一期不算", "zero": "缺的一期计 0 分"}
_NOT_CONCERNED = {"full": "计满分", "zero": "计 0 分", "redistribute": "分值由其余各条按比例分担"}


def _done_to(scheme: Scheme, node: Node) -> Iterator[str]:
    """What happens to a criterion's points, in the order in which it happens."""
    if node.by:
        yield f"由{node.by}打分" if isinstance(node.mark, SheetMark) else f"由{node.by}提供"
    if node.role in _ROLES:
        yield _ROLES[node.role]
    if node.combine in _COMBINED:
        yield _COMBINED[node.combine]
    if node.score:
        yield node.score.sentence(scheme)
    if node.applies:
        when = f"只限{node.applies.when.sentence(scheme.name_of)}的，" if node.applies.when else ""
        yield f"{when}不涉及的{_NOT_CONCERNED[node.applies.otherwise]}"
    if node.over_time:
        shares = "、".join(f"{period} {share_text(share)}" for period, share in node.over_time.weights.items())
        periods = shares or "、".join(node.over_time.periods)
        periods += f"；取最好的 {node.over_time.best} 期" if node.over_time.best else ""
        yield f"{_OVER_TIME[node.over_time.combine]}（{periods}），{_NO_PERIOD[node.over_time.missing]}"
    if node.correction:
        yield node.correction.sentence(scheme)
    yield from _bounds(node.cap, node.floor)
    if node.weight is not None:
        yield f"按 {share_text(node.weight)} 折算"
    if node.round:
        yield node.round.sentence()


def _bounds(cap: Fraction | None, floor: Fraction | None) -> Iterator[str]:
    if cap is not None:
        yield f"至多 {decimal_text(cap)} 分"
    if floor is not None:
        yield f"至少 {decimal_text(floor)} 分"


def _score(scheme: Scheme) -> tuple[str, ...]:
    sheets = [scheme.score.sentence(scheme)] if scheme.score and scheme.leaves else []
    criteria = scheme.criteria
    total = [*_bounds(criteria.cap, criteria.floor), *([criteria.round.sentence()] if criteria.round else [])]
    return (*sheets, *([f"总分{'，'.join(total)}"] if total else []))


def _rating_clause(scheme: Scheme) -> str:
    return scheme.rating.clause if scheme.rating else ""


def _tiers(scheme: Scheme) -> tuple[str, ...]:
    if "tiers" not in scheme.model_fields_set:
        return ()
    sentences = []
    for tier in scheme.tiers:
        parts = [f"“{tier.name}”"]
        parts += [f"{decimal_text(tier.threshold)} 分以上方可授予"] if tier.threshold is not None else []
        parts += [f"计划创成 {tier.target} 个"] if tier.target is not None else []
        parts += [tier.for_whom] if tier.for_whom else []
        parts += [f"须{each.sentence(scheme.name_of)}" for each in tier.requires]
        sentences.append("，".join(parts))
    return tuple(sentences)


def _panel(scheme: Scheme) -> tuple[str, ...]:
    if not scheme.leaves:
        return ()
    size = (f"每轮评委 {scheme.panel.size} 人",) if scheme.panel.size else ()
    recusal = ("评委不评本乡镇（街道）的组织",) if scheme.panel.recusal == "home_township" else ("不设回避",)
    abstention = ("评委可以弃权，弃权的评分单不计",) if scheme.panel.abstention else ()
    return (*size, *recusal, *abstention, *_ballots(scheme))


def _ballots(scheme: Scheme) -> tuple[str, ...]:
    rule = scheme.panel.ballots
    if rule is None:
        return ()
    void = ["全部同分"] if rule.void_if_all_equal else []
    void += ["全部满分"] if rule.void_if_all_full else []
    void += [f"{few_words(few)}的超过 {few.count} 个" for few in rule.at_most]
    void += [f"{few_words(few)}的不足 {few.count} 个" for few in rule.at_least]
    return (f"一位评委一轮的评分单为一张选票；{'、'.join(void)}的为废票，不计",) if void else ()


def _ranking(scheme: Scheme) -> tuple[str, ...]:
    who = "每轮分等次排名" if scheme.ranking.per_tier and len(scheme.tiers) > 1 else "每轮统一排名"
    groups = "、".join(scheme.name_of(key) for key in scheme.ranking.group_by)
    apart = f"，按{groups}分开排" if groups else ""
    breaks = enumerate(scheme.ranking.tie_breaks)
    ties = [f"同分的，{'先' if i == 0 else '再'}比：{tie.sentence(scheme)}" for i, tie in breaks]
    ranks = "1、2、2、4" if scheme.ranking.ranks == "competition" else "1、2、2、3"
    return (f"{who}{apart}，得分高者在前", *ties, f"仍相同的名次并列（{ranks}）")


def _veto(scheme: Scheme) -> tuple[str, ...]:
    counts = "计入参评数" if scheme.veto.counts_as_participant else "不计入参评数"
    out = not scheme.vetoes or any(isinstance(rule.effect, Out) for rule in scheme.vetoes)
    return (*([f"一票否决的不参加排名、不授予，{counts}"] if out else []), *more.vetoes(scheme))


def _selection(scheme: Scheme) -> tuple[str, ...]:
    limits = [limit.sentence(scheme) for limit in scheme.selection.limits]
    strict = ["有几个限额时，取最严的一个"] if len(limits) > 1 else []
    tie = "整组不授予" if scheme.selection.tie_at_cut == "eliminate_all" else "整组授予"
    cut = [f"并列跨越名额线的，{tie}"] if limits else []
    strict_mark = any(tier.threshold is not None for tier in scheme.tiers)
    low = ["得分低于授予标准的不授予，不论名次（宁缺毋滥）"] if strict_mark else []
    return (*limits, *strict, *_per_parent(scheme), *cut, *low, *_reserve(scheme))


def _per_parent(scheme: Scheme) -> tuple[str, ...]:
    rule = scheme.selection.per_parent
    if rule is None:
        return ()
    name = scheme.name_of(rule.by)
    most = [f"每个{name}至多 {rule.at_most} 个"] if rule.at_most is not None else []
    least = [f"每个{name}先保证 {rule.at_least} 个"] if rule.at_least is not None else []
    return ("，".join([*least, *most]),)


def _reserve(scheme: Scheme) -> tuple[str, ...]:
    count = scheme.selection.reserve
    return (f"其后 {count} 个列入候补",) if count else ()


def _titles(scheme: Scheme) -> tuple[str, ...]:
    rules = [f"“{p.from_tier}”单位再创成“{p.to_tier}”的，进阶为“{p.to_tier}”" for p in scheme.titles.promotions]
    if years := scheme.titles.valid_years:
        rules.append(f"称号有效期 {years} 年；期内复评合格或再次创成的，从那天起重新计算")
    if scheme.titles.exceptional == "title_only":
        rules.append("破格授予的只有称号，不加分、不补助")
    return tuple(rules)


def _reinspection_clause(scheme: Scheme) -> str:
    return scheme.titles.reinspection.clause if scheme.titles.reinspection else ""


def _reinspection(scheme: Scheme) -> tuple[str, ...]:
    review = scheme.titles.reinspection
    if review is None:
        return ()
    return (f"复评{review.aggregation.sentence(scheme)}；低于 {decimal_text(review.revoke_below)} 分的摘牌警示",)


def _bonus(scheme: Scheme) -> tuple[str, ...]:
    if not scheme.bonus:
        return ()
    points = "，".join(f"每创成一个“{tier}”加 {decimal_text(value)} 分" for tier, value in scheme.bonus.points.items())
    back = ("以后摘牌的，收回当年的加分",) if scheme.bonus.if_revoked == "take_back" else ()
    return (f"按轮次所在年度，给乡镇（街道）年度考核加分：{points}", *back)


def _subsidy(scheme: Scheme) -> tuple[str, ...]:
    if not scheme.subsidy:
        return ()
    money = "，".join(f"每创成一个“{tier}”补助 {decimal_text(v)} 万元" for tier, v in scheme.subsidy.wan.items())
    return (money, *(("以后摘牌的，收回补助",) if scheme.subsidy.if_revoked == "take_back" else ()))
