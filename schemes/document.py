"""The scheme document as typed parts: identity, clauses, criteria, panel, score, ranking, tiers, selection, titles.

Reading a document gives every problem at once, in Chinese, with its place and line. A Scheme never changes
after it is read; everything derived from it (columns, weights) is computed once.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError

from .exact import SAFE, Integers, decimal_text
from .loading import Document, load_document
from .problems import Problem, ProblemsFound, errors
from .rules.aggregation import AnyAggregation
from .rules.base import Count, Day, Exact, Key, Part, Rule, YesNo
from .rules.limits import AnyLimit
from .rules.marking import Marking
from .rules.ties import AnyTieBreak
from .words import chinese_reason, value_shown

LANGUAGE = "biaogan-scheme/1"
MOST_CRITERIA = 500


class County(Part):
    code: Key
    name: Key


class Identity(Part):
    """Whose scheme it is, and which version; a published version is never edited."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    county: County
    issuer: str
    document_number: str = ""
    version: Key
    effective_from: Day | None = None
    effective_to: Day | None = None
    changes: str = ""
    note: str = ""


class Clause(Part):
    title: str
    text: str


class Node(Part):
    """An item or a criterion: either it has ``children``, or it is marked."""

    key: Key
    name: Annotated[str, Field(min_length=1, max_length=80)]
    guidance: str = ""
    evidence: tuple[str, ...] = ()
    children: tuple["Node", ...] = ()
    mark: Marking | None = None


class Criteria(Part):
    clause: str = ""
    full_marks: Exact | None = None
    tree: tuple[Node, ...] = Field(min_length=1)


class Panel(Part):
    """``recusal``: an inspector does not score organizations of their own township (回避)."""

    clause: str = ""
    size: Count | None = None
    recusal: Literal["home_township", "none"] = "home_township"


class Tier(Part):
    """An award tier. Nobody wins below ``threshold`` (宁缺毋滥); ``target`` is a planned number, not a quota."""

    name: Key
    threshold: Exact | None = None
    target: Count | None = None
    for_whom: str = ""


class Veto(Part):
    """A vetoed entry is not ranked and wins nothing; it counts as a participant unless the scheme says otherwise."""

    clause: str = ""
    counts_as_participant: YesNo = True


class Ranking(Part):
    clause: str = ""
    per_tier: YesNo = True
    tie_breaks: tuple[AnyTieBreak, ...] = ()


class Selection(Part):
    """``tie_at_cut``: what happens to a group still tied across the cut."""

    clause: str = ""
    limits: tuple[AnyLimit, ...] = ()
    tie_at_cut: Literal["eliminate_all", "admit_all"] = "eliminate_all"


class Promotion(Part):
    from_tier: Key
    to_tier: Key


class Reinspection(Part):
    """A title holder whose re-inspection score is below ``revoke_below`` is delisted with a warning (摘牌警示)."""

    clause: str = ""
    aggregation: AnyAggregation
    revoke_below: Exact


class Titles(Part):
    clause: str = ""
    promotions: tuple[Promotion, ...] = ()
    reinspection: Reinspection | None = None


class Bonus(Part):
    """Points that each award gives the township in the annual assessment of the round's calendar year."""

    clause: str = ""
    points: dict[str, Exact]


class Subsidy(Part):
    """Subsidy per award, in 万元. Special subsidies are listed one by one beside the scheme."""

    clause: str = ""
    wan: dict[str, Exact]


class Scheme(Part):
    """A county's rules as data. Build it with :func:`read_scheme`."""

    language: Literal["biaogan-scheme/1"]
    identity: Identity
    clauses: dict[str, Clause] = {}
    criteria: Criteria
    panel: Panel = Panel()
    tiers: tuple[Tier, ...] = Field(min_length=1, max_length=20)
    score: AnyAggregation
    veto: Veto = Veto()
    ranking: Ranking = Ranking()
    selection: Selection = Selection()
    titles: Titles = Titles()
    bonus: Bonus | None = None
    subsidy: Subsidy | None = None

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node of the criteria tree by key, in document order."""
        return {node.key: node for node, _ in walk_nodes(self.criteria.tree)}

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """The criteria that are marked: the columns of a sheet, in document order."""
        return tuple(node for node, _ in walk_nodes(self.criteria.tree) if not node.children)

    @cached_property
    def column_keys(self) -> tuple[str, ...]:
        return tuple(leaf.key for leaf in self.leaves)

    def columns_of(self, key: str) -> range:
        """The columns under a node; its leaves are neighbours, as the tree is walked depth first."""
        keys = {leaf.key for leaf, _ in walk_nodes((self.nodes[key],)) if not leaf.children}
        positions = [i for i, leaf in enumerate(self.leaves) if leaf.key in keys]
        return range(positions[0], positions[-1] + 1)

    @cached_property
    def methods(self) -> tuple[Marking, ...]:
        """The marking method of each column."""
        return tuple(leaf.mark for leaf in self.leaves if leaf.mark is not None)

    @cached_property
    def scale(self) -> int:
        """Scaled units in one point: the least number that makes every step and minimum whole."""
        return lcm(*(d for m in self.methods for d in (m.step.denominator, m.min.denominator)))

    @cached_property
    def mark_places(self) -> int | None:
        """Decimals in which every sum of marks can be written: halves need 1, quarters 2; None when none do."""
        return next((places for places in range(10) if 10**places % self.scale == 0), None)

    @cached_property
    def weights(self) -> Integers:
        """Scaled units that one step of each column is worth."""
        return np.array([int(m.step * self.scale) for m in self.methods], dtype=np.int64)

    @cached_property
    def offsets(self) -> Integers:
        """Scaled units of each column at its lowest mark."""
        return np.array([int(m.min * self.scale) for m in self.methods], dtype=np.int64)

    @cached_property
    def full_marks(self) -> Fraction:
        return sum((m.max for m in self.methods), Fraction(0))

    @cached_property
    def tier_names(self) -> tuple[str, ...]:
        return tuple(tier.name for tier in self.tiers)

    def points_of(self, key: str) -> Fraction:
        """Full marks of a node."""
        return sum((self.methods[i].max for i in self.columns_of(key)), Fraction(0))

    def for_reinspection(self) -> "Scheme":
        """This scheme as it judges re-inspected title holders: their aggregation, one threshold, no limit.

        ``awarded`` then means the title is kept, ``below_threshold`` that it is lost. Raises ValueError when
        the scheme re-inspects nobody.
        """
        rule = self.titles.reinspection
        if rule is None:
            raise ValueError("办法没有规定复评")
        tiers = tuple(tier.model_copy(update={"threshold": rule.revoke_below}) for tier in self.tiers)
        ranking = Ranking(clause=self.ranking.clause)
        changes = {
            "score": rule.aggregation,
            "tiers": tiers,
            "ranking": ranking,
            "selection": Selection(clause=rule.clause),
        }
        return self.model_copy(update=changes)


def walk_nodes(nodes: tuple[Node, ...], place: str = "criteria.tree") -> Iterator[tuple[Node, str]]:
    """Every node with its place in the document, depth first."""
    for i, node in enumerate(nodes):
        here = f"{place}[{i}]"
        yield node, here
        yield from walk_nodes(node.children, f"{here}.children")


def read_scheme(text: str | bytes, *, name: str = "办法") -> Scheme:
    """Read and check a scheme document. Raises ProblemsFound with every problem; warnings do not stop it."""
    scheme, problems = examine_scheme(text, name=name)
    if scheme is None or errors(problems):
        raise ProblemsFound(problems)
    return scheme


def examine_scheme(text: str | bytes, *, name: str = "办法") -> tuple[Scheme | None, list[Problem]]:
    """Read a document as far as it goes: the scheme (None when its shape is wrong) and all problems and warnings."""
    try:
        document = load_document(text, name=name)
    except ProblemsFound as found:
        return None, list(found.problems)
    try:
        scheme = Scheme.model_validate(document.tree)
    except ValidationError as error:
        items = [item for item in error.errors(include_url=False) if not _is_echo(item)]
        return None, [_shape_problem(item, document, name) for item in items]
    return scheme, [_located(problem, document, name) for problem in check_scheme(scheme)]


def _is_echo(item: Any) -> bool:
    """A list is also called too short when all of its lines are wrong; the lines themselves say it better."""
    return item["type"] == "too_short" and bool(item["input"])


def _shape_problem(item: Any, document: Document, name: str) -> Problem:
    place = _path(item["loc"], document.tree)
    reason, remedy = chinese_reason(item)
    if item["type"] in ("union_tag_invalid", "union_tag_not_found"):
        place = f"{place}.kind"
    row, shown = document.line(place), value_shown(item)
    return Problem(file=name, row=row, place=place or "整个文件", value=shown, reason=reason, remedy=remedy)


def _path(location: tuple[Any, ...], tree: Any) -> str:
    """A pydantic location as a document path, leaving out the union tags it puts between."""
    path, node = "", tree
    for step in location:
        if isinstance(step, int):
            path, node = f"{path}[{step}]", node[step] if isinstance(node, list) and step < len(node) else None
        elif isinstance(node, dict) and step not in node and node.get("kind") == step:
            continue
        else:
            path, node = f"{path}.{step}" if path else str(step), node.get(step) if isinstance(node, dict) else None
    return path


def _located(problem: Problem, document: Document, name: str) -> Problem:
    return replace(problem, file=name, row=document.line(problem.place))


def check_scheme(scheme: Scheme) -> list[Problem]:
    """What is wrong, or legal and probably wrong, in a scheme whose shape is right."""
    tree = [*_check_tree(scheme)]
    if errors(tree):
        return tree
    return [*tree, *_check_rules(scheme), *_check_tiers(scheme), *_check_clauses(scheme), *_check_size(scheme)]


def _check_tree(scheme: Scheme) -> Iterator[Problem]:
    seen: set[str] = set()
    for node, place in walk_nodes(scheme.criteria.tree):
        if node.key in seen:
            yield Problem(place=f"{place}.key", value=node.key, reason="编号重复", remedy="每项标准要有自己的编号。")
        seen.add(node.key)
        if bool(node.children) == (node.mark is not None):
            reason = "既有下级又有分值" if node.children else "没有分值也没有下级"
            yield Problem(place=place, value=node.name, reason=reason, remedy="请写 children 或 mark 中的一个。")
        if node.mark:
            yield from node.mark.problems(scheme, f"{place}.mark")
    if len(scheme.leaves) > MOST_CRITERIA:
        yield Problem(place="criteria.tree", reason=f"标准超过 {MOST_CRITERIA} 条", remedy="请合并。")


def _check_rules(scheme: Scheme) -> Iterator[Problem]:
    stated = scheme.criteria.full_marks
    if stated is not None and stated != scheme.full_marks:
        gap = decimal_text(abs(stated - scheme.full_marks))
        word = "缺" if scheme.full_marks < stated else "多"
        reason = f"分值合计应为 {decimal_text(stated)}，现为 {decimal_text(scheme.full_marks)}，{word} {gap} 分"
        yield Problem(place="criteria.full_marks", reason=reason, remedy="请改各项分值或总分。")
    for rule, place in rules_of(scheme):
        yield from rule.problems(scheme, place)


def rules_of(scheme: Scheme) -> Iterator[tuple[Rule, str]]:
    """Every rule with its place, marking methods aside."""
    yield scheme.score, "score"
    yield from ((rule, f"ranking.tie_breaks[{i}]") for i, rule in enumerate(scheme.ranking.tie_breaks))
    yield from ((rule, f"selection.limits[{i}]") for i, rule in enumerate(scheme.selection.limits))
    if scheme.titles.reinspection:
        yield scheme.titles.reinspection.aggregation, "titles.reinspection.aggregation"


def _check_tiers(scheme: Scheme) -> Iterator[Problem]:
    for i, tier in enumerate(scheme.tiers):
        if tier.name in scheme.tier_names[:i]:
            yield Problem(place=f"tiers[{i}].name", value=tier.name, reason="等次重名", remedy="请改名。")
        if tier.threshold is not None and tier.threshold > scheme.full_marks:
            yield Problem(
                place=f"tiers[{i}].threshold",
                value=decimal_text(tier.threshold),
                reason=f"授予标准高于满分 {decimal_text(scheme.full_marks)}，谁也达不到",
                remedy="请调低。",
            )
    for place, named in _named_tiers(scheme):
        if named not in scheme.tier_names:
            remedy = f"可用：{'、'.join(scheme.tier_names)}。"
            yield Problem(place=place, value=named, reason="没有这个等次", remedy=remedy)
    if not scheme.selection.limits and all(tier.threshold is None for tier in scheme.tiers):
        reason = "没有名额、淘汰率，也没有授予标准，参评的都会授予"
        yield Problem(place="selection", reason=reason, remedy="若非本意请补上。", severity="warning")


def _named_tiers(scheme: Scheme) -> Iterator[tuple[str, str]]:
    for i, promotion in enumerate(scheme.titles.promotions):
        yield f"titles.promotions[{i}].from_tier", promotion.from_tier
        yield f"titles.promotions[{i}].to_tier", promotion.to_tier
    yield from (("bonus.points", name) for name in (scheme.bonus.points if scheme.bonus else ()))
    yield from (("subsidy.wan", name) for name in (scheme.subsidy.wan if scheme.subsidy else ()))


def clauses_named(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Every place that names a clause, with the clause it names."""
    parts: list[tuple[str, Any]] = [(place, rule) for rule, place in rules_of(scheme)]
    parts += [(f"{place}.mark", node.mark) for node, place in walk_nodes(scheme.criteria.tree)]
    parts += [(key, getattr(scheme, key)) for key in ("criteria", "panel", "veto", "ranking", "selection", "titles")]
    parts += [("titles.reinspection", scheme.titles.reinspection), ("bonus", scheme.bonus), ("subsidy", scheme.subsidy)]
    yield from ((f"{place}.clause", part.clause) for place, part in parts if part is not None and part.clause)


def _check_clauses(scheme: Scheme) -> Iterator[Problem]:
    for place, clause in clauses_named(scheme):
        if clause not in scheme.clauses:
            remedy = "请在 clauses 中写上，或改引用。"
            yield Problem(place=place, value=clause, reason="条文里没有这一条", remedy=remedy)


def _check_size(scheme: Scheme) -> Iterator[Problem]:
    """Ten thousand sheets of an entry, added and rounded, must stay within 64-bit integers."""
    roundings = [rounding for rule, _ in rules_of(scheme) if (rounding := getattr(rule, "round", None))]
    places = max((rounding.places for rounding in roundings), default=0)
    if scheme.full_marks * scheme.scale * 10**places * 10_000 >= SAFE:
        remedy = "请减少小数位或放宽分档。"
        yield Problem(place="criteria", reason="分档过细、小数位过多，无法保证精确", remedy=remedy)
