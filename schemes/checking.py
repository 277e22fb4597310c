"""What is wrong, or legal and probably wrong, in a scheme whose shape is right: every problem with place and remedy."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain
from typing import Any

from .blocks.consequences import FixedGrade, GradeAtMost, ZeroItem
from .blocks.criteria import Node, walk_nodes
from .checking_figures import check_figures
from .document import RESERVED, Scheme
from .exact import SAFE, decimal_text
from .formula import parse_formula
from .naming import clauses_named, formula_names, rules_of
from .naming import named_figures as named_figures
from .problems import Problem, errors
from .rules.marking import Measure, SheetMark

MOST_CRITERIA = 500


def check_scheme(scheme: Scheme) -> list[Problem]:
    """All problems and warnings. Where the tree itself is wrong, the rest is not looked at."""
    tree = [*_check_keys(scheme), *_check_tree(scheme)]
    if errors(tree):
        return tree
    rest = (
        _check_names,
        check_figures,
        _check_marks,
        _check_rules,
        _check_tiers,
        _check_rating,
        _check_following,
        _check_clauses,
        _check_size,
    )
    return [*tree, *chain.from_iterable(check(scheme) for check in rest), *_check_circles(scheme)]


# -- keys and the tree


def _check_keys(scheme: Scheme) -> Iterator[Problem]:
    seen: set[str] = set()
    keyed: list[tuple[str, Any]] = [(f"facts[{i}]", fact) for i, fact in enumerate(scheme.facts)]
    keyed += [(place, node) for node, place in walk_nodes(scheme.criteria.tree)]
    keyed += [(f"events[{i}]", event) for i, event in enumerate(scheme.events)]
    keyed += [(f"badges[{i}]", badge) for i, badge in enumerate(scheme.badges)]
    facts = {fact.key for fact in scheme.facts}
    for place, part in keyed:
        shared = isinstance(part, Node) and part.key in facts and part.mark is not None and not part.on_sheets
        if part.key in RESERVED:
            reason = "这个编号是系统用的"
            yield Problem(place=f"{place}.key", value=part.key, reason=reason, remedy="请换一个。")
        elif part.key in seen and not shared:
            yield Problem(place=f"{place}.key", value=part.key, reason="编号重复", remedy="请各用各的编号。")
        seen.add(part.key)


def _check_tree(scheme: Scheme) -> Iterator[Problem]:
    for node, place in walk_nodes(scheme.criteria.tree):
        if bool(node.children) == (node.mark is not None):
            reason = "既有下级又有分值" if node.children else "没有分值也没有下级"
            yield Problem(place=place, value=node.name, reason=reason, remedy="请写 children 或 mark 中的一个。")
        yield from _check_time(node, place)
        if node.floor is not None and node.cap is not None and node.floor > node.cap:
            yield Problem(place=f"{place}.floor", reason="保底高于封顶", remedy="请调低保底或调高封顶。")
    count = len(scheme.leaves) + len(scheme.recorded_leaves)
    if count > MOST_CRITERIA:
        yield Problem(place="criteria.tree", reason=f"标准超过 {MOST_CRITERIA} 条", remedy="请合并。")


def _check_time(node: Node, place: str) -> Iterator[Problem]:
    time = node.over_time
    if time is None:
        return
    if time.combine == "weighted":
        if set(time.weights) != set(time.periods):
            remedy = f"应写：{'、'.join(time.periods)}。"
            yield Problem(place=f"{place}.over_time.weights", reason="各期的权重没有写全", remedy=remedy)
        elif (whole := sum(time.weights.values(), Fraction(0))) != 1:
            reason = f"各期权重合计应为 100%，现为 {decimal_text(whole * 100)}%"
            yield Problem(place=f"{place}.over_time.weights", reason=reason, remedy="请改各期权重。")
    elif time.weights:
        yield Problem(place=f"{place}.over_time.weights", reason="写了权重却不按权重合计", remedy="请改 combine。")
    if any(child.over_time for child, _ in walk_nodes(node.children)):
        yield Problem(place=f"{place}.over_time", reason="分期里面又分期", remedy="请只在一层分期。")


# -- names that must exist


def _check_names(scheme: Scheme) -> Iterator[Problem]:
    known = {*scheme.nodes, *scheme.recorded, *scheme.derived, *RESERVED}
    known |= {*(event.key for event in scheme.events), *(badge.key for badge in scheme.badges)}
    for place, key in named_figures(scheme):
        if key not in known:
            remedy = (
                f"可用：{'、'.join(sorted(known))}。"
                if len(known) <= 40
                else "请先在 facts、events 或 criteria 里写上。"
            )
            yield Problem(place=place, value=key, reason="没有这个数据项或标准", remedy=remedy)
    items = [(f"vetoes[{i}].effect.item", rule.effect.item) for i, rule in enumerate(scheme.vetoes)
             if isinstance(rule.effect, ZeroItem)]  # fmt: skip
    for place, key in items:
        leaves = scheme.nodes[key].leaves if key in scheme.inner_sheet_nodes else ()
        if any(isinstance(leaf.mark, SheetMark) and leaf.mark.lowest for leaf in leaves):
            reason = "评分单上这一项的最低分不是 0，不能计 0 分"
            yield Problem(place=place, value=key, reason=reason, remedy="请把最低分改为 0，或换一种否决的后果。")
    items += [(f"badges[{i}].of", badge.of) for i, badge in enumerate(scheme.badges)]
    for place, key in items:
        if key not in scheme.nodes:
            remedy = f"可用：{'、'.join(scheme.nodes)}。"
            yield Problem(place=place, value=key, reason="创建标准里没有这一项", remedy=remedy)
    yield from _check_events(scheme)


def _check_events(scheme: Scheme) -> Iterator[Problem]:
    if scheme.events and scheme.period is None:
        reason = "写了事项却没有考核期，不知道哪些算数"
        yield Problem(place="events", reason=reason, remedy="请写 period：start 与 end。")
    for i, event in enumerate(scheme.events):
        if event.within_months == 0:
            yield Problem(place=f"events[{i}].within_months", reason="应大于 0", remedy="请修改，或删去这一行。")


# -- rules, marks, sums


def _check_marks(scheme: Scheme) -> Iterator[Problem]:
    stated = scheme.criteria.full_marks
    if stated is not None and stated != scheme.full_marks:
        gap = decimal_text(abs(stated - scheme.full_marks))
        word = "缺" if scheme.full_marks < stated else "多"
        reason = f"分值合计应为 {decimal_text(stated)}，现为 {decimal_text(scheme.full_marks)}，{word} {gap} 分"
        yield Problem(place="criteria.full_marks", reason=reason, remedy="请改各项分值或总分。")
    for nodes, place in _siblings(scheme):
        base = [node for node in nodes if node.role == "base"]
        weights = [node.weight for node in base if node.weight is not None]
        if weights and len(weights) == len(base) and (whole := sum(weights, Fraction(0))) != 1:
            reason = f"权重合计 {decimal_text(whole * 100)}%，不是 100%"
            yield Problem(place=place, reason=reason, remedy="若非本意请改。", severity="warning")
    if scheme.leaves and scheme.score is None and any(_unscored_leaves(scheme)):
        reason = "有评委打分的标准，却没有说多份评分单怎样合成一个得分"
        yield Problem(place="score", reason=reason, remedy="请写 score，如 {kind: mean}。")


def _unscored_leaves(scheme: Scheme) -> Iterator[Node]:
    covered = {leaf.key for key in scheme.sheet_nodes for leaf in scheme.nodes[key].leaves}
    yield from (leaf for leaf in scheme.leaves if leaf.key not in covered)


def _siblings(scheme: Scheme) -> Iterator[tuple[tuple[Node, ...], str]]:
    yield scheme.criteria.tree, "criteria.tree"
    for node, place in walk_nodes(scheme.criteria.tree):
        if node.children:
            yield node.children, f"{place}.children"


def _check_rules(scheme: Scheme) -> Iterator[Problem]:
    for rule, place in rules_of(scheme):
        yield from rule.problems(scheme, place)
    for i, fact in enumerate(scheme.facts):
        if fact.formula:
            yield from _check_formula(scheme, fact.formula, f"facts[{i}].formula")
        if fact.type == "choice" and not fact.choices:
            yield Problem(place=f"facts[{i}].choices", reason="没有写可选的词", remedy="请写 choices。")


def _check_formula(scheme: Scheme, text: str, place: str) -> Iterator[Problem]:
    try:
        names = parse_formula(text).names
    except ValueError as error:
        yield Problem(place=place, value=text[:40], reason=str(error), remedy="请改公式。")
        return
    for name in names:
        fact = scheme.recorded.get(name)
        if fact is not None and fact.type in ("text", "choice", "yes_no") and name not in scheme.nodes:
            remedy = "公式里只能用数和日期；按词区别的请用 applies 或 group_by。"
            yield Problem(place=place, value=fact.name, reason="这是文字，不能计算", remedy=remedy)


# -- tiers, grades, clauses


def _check_tiers(scheme: Scheme) -> Iterator[Problem]:
    most = scheme.score_at_most
    for i, tier in enumerate(scheme.tiers):
        if tier.name in scheme.tier_names[:i]:
            yield Problem(place=f"tiers[{i}].name", value=tier.name, reason="等次重名", remedy="请改名。")
        if tier.threshold is not None and most is not None and tier.threshold > most:
            yield Problem(
                place=f"tiers[{i}].threshold",
                value=decimal_text(tier.threshold),
                reason=f"授予标准高于满分 {decimal_text(most)}，谁也达不到",
                remedy="请调低。",
            )
    for place, named in _named_tiers(scheme):
        if named not in scheme.tier_names:
            remedy = f"可用：{'、'.join(scheme.tier_names)}。"
            yield Problem(place=place, value=named, reason="没有这个等次", remedy=remedy)
    decides = scheme.selection.limits or scheme.rating or any(tier.threshold is not None for tier in scheme.tiers)
    if "tiers" in scheme.model_fields_set and not decides:
        reason = "没有名额、淘汰率，也没有授予标准，参评的都会授予"
        yield Problem(place="selection", reason=reason, remedy="若非本意请补上。", severity="warning")


def _named_tiers(scheme: Scheme) -> Iterator[tuple[str, str]]:
    for i, promotion in enumerate(scheme.titles.promotions):
        yield f"titles.promotions[{i}].from_tier", promotion.from_tier
        yield f"titles.promotions[{i}].to_tier", promotion.to_tier
    yield from (("bonus.points", name) for name in (scheme.bonus.points if scheme.bonus else ()))
    yield from (("subsidy.wan", name) for name in (scheme.subsidy.wan if scheme.subsidy else ()))


def _check_rating(scheme: Scheme) -> Iterator[Problem]:
    rating = scheme.rating
    names = scheme.grade_names
    for place, named in _named_grades(scheme):
        if named not in names:
            remedy = f"可用：{'、'.join(names)}。" if names else "请先写 rating。"
            yield Problem(place=place, value=named, reason="没有这个等次", remedy=remedy)
    if rating is None:
        return
    before: Fraction | None = None
    for i, grade in enumerate(rating.grades):
        if grade.name in names[:i]:
            yield Problem(place=f"rating.grades[{i}].name", value=grade.name, reason="等次重名", remedy="请改名。")
        if grade.threshold is not None and before is not None and grade.threshold > before:
            reason, remedy = "下一等的分数线高于上一等", f"应由高到低，不高于 {decimal_text(before)}。"
            yield Problem(place=f"rating.grades[{i}].threshold", reason=reason, remedy=remedy)
        before = grade.threshold if grade.threshold is not None else before
    if rating.grades[-1].threshold is None and rating.below in names:
        yield Problem(place="rating.below", value=rating.below, reason="与等次重名", remedy="请改名。")


def _named_grades(scheme: Scheme) -> Iterator[tuple[str, str]]:
    for i, rule in enumerate(scheme.vetoes):
        if isinstance(rule.effect, (FixedGrade, GradeAtMost)):
            yield f"vetoes[{i}].effect.grade", rule.effect.grade
    if scheme.rating:
        yield from ((f"rating.bottom[{i}].grade", each.grade) for i, each in enumerate(scheme.rating.bottom))
        yield from ((f"rating.ceilings[{i}].at_most", each.at_most) for i, each in enumerate(scheme.rating.ceilings))


def _check_following(scheme: Scheme) -> Iterator[Problem]:
    """Results that give a parent points must be results that the scheme has."""
    tiers = scheme.tier_names if "tiers" in scheme.model_fields_set else ()
    below = (scheme.rating.below, scheme.rating.not_rated_words) if scheme.rating else ()
    names = (*tiers, *scheme.grade_names, *below, *(badge.name for badge in scheme.badges))
    for i, rule in enumerate(scheme.propagation):
        for name in rule.points:
            if name not in names:
                remedy = f"可用：{'、'.join(names)}。" if names else "请先写 tiers、rating 或 badges。"
                yield Problem(place=f"propagation[{i}].points", value=name, reason="没有这个结果", remedy=remedy)
    if tiers and scheme.rating:
        reason = "写了 tiers 的办法按申报的等次授予，不再评定等次"
        yield Problem(place="rating", reason=reason, remedy="请删去 tiers 或 rating。")


def _check_clauses(scheme: Scheme) -> Iterator[Problem]:
    for place, clause in clauses_named(scheme):
        if clause not in scheme.clauses:
            remedy = "请在 clauses 中写上，或改引用。"
            yield Problem(place=place, value=clause, reason="条文里没有这一条", remedy=remedy)


def _check_size(scheme: Scheme) -> Iterator[Problem]:
    """Ten thousand sheets of an entry, added and rounded, must stay within 64-bit integers."""
    roundings = [rounding for rule, _ in rules_of(scheme) if (rounding := getattr(rule, "round", None))]
    places = max((rounding.places for rounding in roundings), default=0)
    full = sum((method.full for method in scheme.methods), Fraction(0))
    if full * scheme.scale * 10**places * 10_000 >= SAFE:
        remedy = "请减少小数位或放宽分档。"
        yield Problem(place="criteria", reason="分档过细、小数位过多，无法保证精确", remedy=remedy)


# -- figures that would need themselves


def _check_circles(scheme: Scheme) -> Iterator[Problem]:
    needs: dict[str, list[str]] = {"score": [node.key for node in scheme.criteria.tree if node.role != "info"]}
    for node in scheme.nodes.values():
        needs[node.key] = [*(child.key for child in node.children), *_reads(node)]
    for key, fact in scheme.derived.items():
        needs[key] = [*formula_names(fact.formula)]
    for rule in scheme.vetoes:
        if isinstance(rule.effect, ZeroItem) and rule.effect.item in needs:
            needs[rule.effect.item] += rule.when.keys()
    places = {node.key: place for node, place in walk_nodes(scheme.criteria.tree)}
    places |= {fact.key: f"facts[{i}].formula" for i, fact in enumerate(scheme.facts)}
    for key in sorted(_circular(needs.keys(), lambda key: needs.get(key, ()))):
        if key in places:
            names = scheme.name_of(key)
            yield Problem(place=places[key], value=names, reason="要用到它自己，算不出来", remedy="请去掉循环的引用。")


def _reads(node: Node) -> Iterator[str]:
    if isinstance(node.mark, Measure):
        yield from (key for key in node.mark.keys(node.key) if key != node.key)
    if node.applies and node.applies.when:
        yield from node.applies.when.keys()


def _circular(keys: Any, needs: Callable[[str], Any]) -> set[str]:
    """Keys that need themselves, found without recursion."""
    found: set[str] = set()
    for start in keys:
        seen, waiting = set[str](), list(needs(start))
        while waiting:
            key = waiting.pop()
            if key == start:
                found.add(start)
                break
            if key not in seen:
                seen.add(key)
                waiting += needs(key)
    return found
