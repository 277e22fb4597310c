"""A scheme in Chinese sentences, block by block, each with its clause: what the office reads before it publishes."""

from dataclasses import dataclass

from .document import Node, Scheme, walk_nodes
from .exact import decimal_text


@dataclass(frozen=True)
class Paragraph:
    """One block of the scheme in words."""

    title: str
    clause: str
    sentences: tuple[str, ...]


def describe(scheme: Scheme) -> tuple[Paragraph, ...]:
    """Every block in the order a 办法 is read."""
    blocks = [
        Paragraph("创建标准", scheme.criteria.clause, _criteria(scheme)),
        Paragraph("等次", "", _tiers(scheme)),
        Paragraph("评委与回避", scheme.panel.clause, _panel(scheme)),
        Paragraph("计分", scheme.score.clause, (scheme.score.sentence(scheme),)),
        Paragraph("排名", scheme.ranking.clause, _ranking(scheme)),
        Paragraph("一票否决", scheme.veto.clause, _veto(scheme)),
        Paragraph("名额与淘汰", scheme.selection.clause, _selection(scheme)),
        Paragraph("称号", scheme.titles.clause, _titles(scheme)),
        Paragraph("复评", _reinspection_clause(scheme), _reinspection(scheme)),
        Paragraph("考核加分", scheme.bonus.clause if scheme.bonus else "", _bonus(scheme)),
        Paragraph("补助", scheme.subsidy.clause if scheme.subsidy else "", _subsidy(scheme)),
    ]
    return tuple(block for block in blocks if block.sentences)


@dataclass(frozen=True)
class CriterionLine:
    """One row of the criteria table: an item (no ``how``) or a criterion."""

    key: str
    name: str
    depth: int
    points: str
    how: str
    guidance: str


def criteria_lines(scheme: Scheme) -> tuple[CriterionLine, ...]:
    return tuple(_line(scheme, node, place.count(".children")) for node, place in walk_nodes(scheme.criteria.tree))


def _line(scheme: Scheme, node: Node, depth: int) -> CriterionLine:
    how = node.mark.sentence(scheme) if node.mark else ""
    return CriterionLine(node.key, node.name, depth, decimal_text(scheme.points_of(node.key)), how, node.guidance)


def _criteria(scheme: Scheme) -> tuple[str, ...]:
    items = list(scheme.criteria.tree)
    names = "、".join(f"{node.name} {decimal_text(scheme.points_of(node.key))} 分" for node in items)
    total = decimal_text(scheme.full_marks)
    return (f"共 {len(items)} 项 {len(scheme.leaves)} 条，满分 {total} 分", names)


def _tiers(scheme: Scheme) -> tuple[str, ...]:
    sentences = []
    for tier in scheme.tiers:
        parts = [f"“{tier.name}”"]
        parts += [f"{decimal_text(tier.threshold)} 分以上方可授予"] if tier.threshold is not None else []
        parts += [f"计划创成 {tier.target} 个"] if tier.target is not None else []
        parts += [tier.for_whom] if tier.for_whom else []
        sentences.append("，".join(parts))
    return tuple(sentences)


def _panel(scheme: Scheme) -> tuple[str, ...]:
    size = (f"每轮评委 {scheme.panel.size} 人",) if scheme.panel.size else ()
    recusal = ("评委不评本乡镇（街道）的组织",) if scheme.panel.recusal == "home_township" else ("不设回避",)
    return (*size, *recusal)


def _ranking(scheme: Scheme) -> tuple[str, ...]:
    who = "每轮分等次排名" if scheme.ranking.per_tier else "每轮统一排名"
    breaks = enumerate(scheme.ranking.tie_breaks)
    ties = [f"同分的，{'先' if i == 0 else '再'}比：{tie.sentence(scheme)}" for i, tie in breaks]
    return (f"{who}，得分高者在前", *ties, "仍相同的名次并列（1、2、2、4）")


def _veto(scheme: Scheme) -> tuple[str, ...]:
    counts = "计入参评数" if scheme.veto.counts_as_participant else "不计入参评数"
    return (f"一票否决的不参加排名、不授予，{counts}",)


def _selection(scheme: Scheme) -> tuple[str, ...]:
    limits = [limit.sentence(scheme) for limit in scheme.selection.limits]
    strict = ["有几个限额时，取最严的一个"] if len(limits) > 1 else []
    tie = "整组不授予" if scheme.selection.tie_at_cut == "eliminate_all" else "整组授予"
    cut = [f"并列跨越名额线的，{tie}"] if limits else []
    strict_mark = any(tier.threshold is not None for tier in scheme.tiers)
    low = ["得分低于授予标准的不授予，不论名次（宁缺毋滥）"] if strict_mark else []
    return (*limits, *strict, *cut, *low)


def _titles(scheme: Scheme) -> tuple[str, ...]:
    return tuple(f"“{p.from_tier}”单位再创成“{p.to_tier}”的，进阶为“{p.to_tier}”" for p in scheme.titles.promotions)


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
    return (f"按轮次所在年度，给乡镇（街道）年度考核加分：{points}",)


def _subsidy(scheme: Scheme) -> tuple[str, ...]:
    if not scheme.subsidy:
        return ()
    return ("，".join(f"每创成一个“{tier}”补助 {decimal_text(v)} 万元" for tier, v in scheme.subsidy.wan.items()),)
