"""Reads of results for people: the rows of a ranking as texts, and one result's derivation laid out for a page.

Responsible for order, filters and the words beside a figure; what is decided was decided by the engine.
Who may see which result is asked of ``scoring.queries`` only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace

from accounts.models import Membership
from campaigns.enums import RoundKind
from schemes import Explanation, Scheme
from schemes.exact import decimal_text
from scoring.enums import Verdict
from scoring.explaining import ExplainedResult
from scoring.models import Computation, Result, ResultDecision
from scoring.queries import explainable_results, visible_results
from scoring.wording import score_rounding
from sites.models import Inspector

#: ``?sort=`` of the ranking and the columns behind it; the position breaks what is equal.
ORDERS: dict[str, str] = {
    "rank": "position",
    "name": "organization__sort_key",
    "township": "township__path",
    "score": "score_units",
    "sheets": "sheet_count",
}


@dataclass(frozen=True)
class Wanted:
    """What a reader narrowed a ranking to. Empty texts mean everything."""

    verdict: str = ""
    township: UUID | None = None
    text: str = ""
    sort: str = "rank"
    grade: str = ""

    @property
    def narrowed(self) -> bool:
        return bool(self.verdict or self.grade or self.township or self.text)


@dataclass(frozen=True)
class RankingRow:
    """One row of a ranking. ``ties`` are the means with whether each was compared; ``cut`` a line above the row;
    ``kept`` the county's decision to keep the award back (暂缓、不予).
    """

    result: Result
    ties: tuple[tuple[str, bool], ...]
    margin: str
    place: int
    cut: bool = False
    kept: ResultDecision | None = None

    @property
    def shared(self) -> bool:
        return self.result.rank is not None and self.result.tie_size > 1

    @property
    def css(self) -> str:
        if self.result.verdict in (Verdict.AWARDED, Verdict.RATED):
            return ""
        return "tied" if self.result.verdict == Verdict.TIED_AT_CUT else "lost"


def results_of(membership: Membership, computation: Computation) -> QuerySet[Result]:
    """The results of a generation that the person may see; every read of one page starts from here."""
    return visible_results(membership).filter(computation=computation)


def ranking(visible: QuerySet[Result], membership: Membership, tier: str, wanted: Wanted) -> QuerySet[Result]:
    """Rows of one group ('' for all tiers), narrowed and ordered; ``explainable``: single marks may be seen."""
    may_explain = explainable_results(membership).filter(pk=OuterRef("pk"))
    rows = visible.annotate(explainable=Exists(may_explain)).select_related("organization", "township")
    if tier:
        rows = rows.filter(tier=tier)
    if wanted.verdict:
        rows = rows.filter(verdict=wanted.verdict)
    if wanted.grade:
        rows = rows.filter(grade=wanted.grade)
    if wanted.township:
        rows = rows.filter(township=wanted.township)
    if wanted.text:
        spelled = Replace("organization__sort_key", Value(" "), Value(""))
        pinyin = wanted.text.lower().replace(" ", "")
        named = Q(organization__name__icontains=wanted.text) | Q(spelled__contains=pinyin)
        rows = rows.annotate(spelled=spelled).filter(named)
    return _ordered(rows, wanted.sort, unified=not tier)


def _ordered(rows: QuerySet[Result], sort: str, *, unified: bool) -> QuerySet[Result]:
    """Missing figures come last in either direction. Ranked all together, ``position`` still goes tier by tier."""
    column, falling = ORDERS.get(sort.lstrip("-"), "position"), sort.startswith("-")
    if column == "position" and unified:
        column = "rank"
    key = F(column).desc(nulls_last=True) if falling else F(column).asc(nulls_last=True)
    return rows.order_by(key, "position")


def ranking_rows(
    results: Sequence[Result],
    visible: QuerySet[Result],
    *,
    first: int,
    cut_after: int | None,
    kept: Mapping[UUID, ResultDecision] | None = None,
) -> list[RankingRow]:
    """A page of results as rows. ``first`` is the place of the first one; ``cut_after`` where the award line stands;
    ``kept`` what the county keeps back, by result.
    """
    compared = _compared(results, _rivals(results, visible))
    rows = []
    for place, result in enumerate(results, start=first):
        ties = tuple((text, i < compared.get(result.pk, 0)) for i, text in enumerate(result.tie_texts))
        below = cut_after is not None and place == cut_after + 1
        decided = (kept or {}).get(result.pk)
        rows.append(RankingRow(result, ties, _margin(result), place, cut=below, kept=decided))
    return rows


def _margin(result: Result) -> str:
    """Words for the distance to the last awarded; that one itself is named."""
    last = result.verdict == Verdict.AWARDED and result.margin_text and not result.margin_text.strip("0.")
    return "末位授予" if last else result.margin_text


def _rivals(results: Sequence[Result], visible: QuerySet[Result]) -> list[Result]:
    """Neighbours in rank that are not on the page: entries with the same score stand next to each other."""
    if not any(result.tie_texts for result in results):
        return []
    shown = {result.position for result in results}
    beside = {position + step for position in shown for step in (-1, 1)} - shown - {-1}
    rows = visible.filter(position__in=beside, rank__isnull=False) if beside else []
    return list(rows)


def _compared(results: Iterable[Result], others: Iterable[Result]) -> dict[UUID, int]:
    """How many tie-breaks were looked at for each result: as far as it stayed equal to a neighbour, and one more."""
    found: dict[UUID, int] = {}
    ranked = [result for result in (*results, *others) if result.rank is not None]
    ranked.sort(key=lambda result: result.position)
    for one, other in pairwise(ranked):
        if one.score_units != other.score_units or one.tier != other.tier:
            continue
        count = _equal_prefix(one.tie_texts, other.tie_texts) + 1
        for result in (one, other):
            found[result.pk] = max(found.get(result.pk, 0), count)
    return found


def _equal_prefix(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for a, b in zip(one, other, strict=True):
        if a != b:
            break
        count += 1
    return count


# -- one result


def neighbours(membership: Membership, result: Result) -> tuple[Result | None, Result | None]:
    """The explainable results just before and after this one in its tier."""
    rows = explainable_results(membership).filter(computation=result.computation_id, tier=result.tier)
    beside = rows.filter(position__in=[result.position - 1, result.position + 1]).select_related("organization")
    found = {row.position: row for row in beside}
    return found.get(result.position - 1), found.get(result.position + 1)


@dataclass(frozen=True)
class Criterion:
    """One line of the criteria table; ``order`` 一、二 for items, 1、2 for criteria."""

    key: str
    name: str
    depth: int
    item: bool
    order: str
    full: str
    mean: str
    group_mean: str
    difference: Fraction
    lowest: str
    highest: str
    used: str


@dataclass(frozen=True)
class MarkRow:
    """One line of the matrix of single marks: a criterion with its marks, or an item with their sums."""

    name: str
    order: str
    item: bool
    full: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Mean:
    """One mean that goes into the score: its values lowest first with their use, sum, count and quotient.

    ``rounds`` says that the quotient is not yet the figure that was rounded from it.
    """

    name: str
    values: tuple[tuple[str, str], ...]
    total: str
    count: int
    quotient: str
    rounds: bool


@dataclass(frozen=True)
class Derivation:
    """An explanation laid out for a page."""

    explanation: Explanation
    criteria: tuple[Criterion, ...]
    marks: tuple[MarkRow, ...]
    means: tuple[Mean, ...]
    largest_difference: Fraction
    rounding: str
    full_marks: str


def derivation(explained: ExplainedResult) -> Derivation:
    scheme, explanation = explained.scheme, explained.explanation
    criteria = tuple(_criteria(scheme, explanation))
    return Derivation(
        explanation=explanation,
        criteria=criteria,
        marks=tuple(_mark_rows(scheme, explanation, criteria)),
        means=tuple(_means(explanation)),
        largest_difference=max((abs(line.difference) for line in criteria), default=Fraction(0)),
        rounding=score_rounding(scheme),
        full_marks=decimal_text(scheme.full_marks),
    )


HANZI = "一二三四五六七八九十"


def _criteria(scheme: Scheme, explanation: Explanation) -> Iterable[Criterion]:
    uses = _tie_nodes(scheme)
    items = leaves = 0
    for line in explanation.nodes:
        item = line.key not in scheme.column_keys
        items, leaves = items + (item and line.depth == 0), leaves + (not item)
        order = "" if item and line.depth else _chinese(items) if item else f"{leaves}."
        shown = Fraction(line.mean) - Fraction(line.group_mean)  # so that the row re-adds as printed
        yield Criterion(**vars(line) | {"difference": shown}, item=item, order=order, used=uses.get(line.key, ""))


def _chinese(number: int) -> str:
    """Item numbers up to 99 as a document writes them."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{HANZI[tens - 1]}十"
    return head + (HANZI[ones - 1] if ones else "")


def _tie_nodes(scheme: Scheme) -> dict[str, str]:
    """Which items break ties, and in what order."""
    nodes = [getattr(tie, "node", "") for tie in scheme.ranking.tie_breaks]
    return {node: "同分先比" if i == 0 else "同分再比" for i, node in enumerate(nodes) if node}


def _mark_rows(scheme: Scheme, explanation: Explanation, criteria: Iterable[Criterion]) -> Iterable[MarkRow]:
    for line in criteria:
        columns = scheme.columns_of(line.key)
        sums = [sum((Fraction(sheet.marks[i]) for i in columns), Fraction(0)) for sheet in explanation.sheets]
        texts = tuple(decimal_text(value, scheme.mark_places) for value in sums)
        yield MarkRow(line.name, line.order, line.item, line.full, texts)


def _means(explanation: Explanation) -> Iterable[Mean]:
    for term in explanation.terms:
        quotient = Fraction(term.total) / term.count if term.count else None
        values = tuple(zip(term.values, term.uses, strict=True))
        score = explanation.row.score
        rounds = quotient is not None and score is not None and quotient != Fraction(score)
        yield Mean(term.name, values, term.total, term.count, _quotient(quotient), rounds)


def _quotient(value: Fraction | None) -> str:
    """Exact where four decimals say it, else shortened and marked as such."""
    if value is None:
        return ""
    exact = (value * 10**4).denominator == 1
    return decimal_text(value) if exact else f"≈{decimal_text(value, 4)}"


def as_reinspection(explanation: Explanation) -> Explanation:
    """The same derivation in the words of a re-inspection: nobody is ranked, a title is kept or lost."""
    kept = explanation.row.outcome == Verdict.AWARDED
    words = ("结果：保留称号", "复评达到标准") if kept else ("结果：摘牌警示", "复评低于标准")
    steps = [step for step in explanation.steps if not step.title.startswith("名次")]
    if explanation.row.outcome in (Verdict.AWARDED, Verdict.BELOW_THRESHOLD):
        steps[-1] = replace(steps[-1], title=words[0], detail=words[1])
    return replace(explanation, steps=tuple(steps))


def without_names(explanation: Explanation, result: Result) -> Explanation:
    """Inspectors by number only, as a township sees them; a name that several bear loses its number too."""
    numbers: dict[str, set[str]] = {}
    for name, number in Inspector.objects.filter(sheets__nomination=result.nomination_id).values_list("name", "number"):
        numbers.setdefault(name, set()).add(number)
    labels = {name: f"评委 {next(iter(found))}" if len(found) == 1 else "评委" for name, found in numbers.items()}
    sheets = tuple(replace(sheet, inspector=labels.get(sheet.inspector, "评委")) for sheet in explanation.sheets)
    steps = []
    for step in explanation.steps:
        detail = step.detail
        for name, label in labels.items():
            detail = detail.replace(f"（{name}）", f"（{label}）")
        steps.append(replace(step, detail=detail))
    return replace(explanation, sheets=sheets, steps=tuple(steps))


def is_reinspection(result: Result) -> bool:
    return result.computation.round.kind == RoundKind.REINSPECTION
