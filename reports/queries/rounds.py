"""Reads of rounds for people: the list with its figures, the generations of one round, the arithmetic of one tier.

Responsible for figures of whole rounds and groups; the rows of a ranking and single results are in ``results``.
A generation of results never changes, so what is counted in it is kept in the cache under its id.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, F, Max, Min, QuerySet
from django.utils import timezone

from accounts.models import Membership
from campaigns.enums import RoundKind, RoundState
from campaigns.models import Round, SchemeVersion
from campaigns.queries import visible_rounds
from schemes import Scheme, read_scheme
from schemes.exact import decimal_text, percent_text
from schemes.rules.limits import EliminationRate, Group, Limit
from scoring.enums import ComputationState, Verdict
from scoring.models import Computation, Result
from scoring.queries import visible_computations, visible_results

#: Light and words of a round's state, as pages show them.
STATE_LIGHTS: dict[str, tuple[str, str]] = {
    RoundState.PLANNED: ("idle", "未开始"),
    RoundState.NOMINATING: ("run", "申报中"),
    RoundState.SCORING: ("run", "评分中"),
    RoundState.SEALED: ("warn", "已封存，待计算"),
    RoundState.COMPUTED: ("warn", "已计算，待确认"),
    RoundState.CONFIRMED: ("warn", "已确认，待公布"),
    RoundState.PUBLISHED: ("ok", "已公布"),
}
#: Larger groups are not drawn as squares: nobody counts that many.
MOST_SQUARES = 240
SUMMARY_SECONDS = 600


@dataclass(frozen=True)
class TierFigures:
    """One tier of one round: how many took part, may win, won, and the share that did not."""

    tier: str
    participants: int
    limit: int | None
    awarded: int
    rate_text: str | None


@dataclass(frozen=True)
class RoundLine:
    """One row of the list. ``cells`` follow the tiers of the list: None where the round has no such tier."""

    round: Round
    light: str
    words: str
    computation: Computation | None
    tiers: dict[str, TierFigures]
    kept: int = 0
    lost: int = 0
    cells: tuple[TierFigures | None, ...] = ()

    @property
    def participants(self) -> int:
        return sum(figures.participants for figures in self.tiers.values())


@dataclass(frozen=True)
class RoundList:
    tiers: tuple[str, ...]
    creation: tuple[RoundLine, ...]
    reinspection: tuple[RoundLine, ...]
    years: tuple[tuple[int, int], ...]


@lru_cache(maxsize=64)
def _read(text: str) -> Scheme:
    return read_scheme(text)


def document_of(version: SchemeVersion) -> Scheme:
    """The version's document; equal texts are read once per process, as documents never change."""
    return _read(version.text)


def state_words(round: Round, computation: Computation | None) -> tuple[str, str]:
    """Light and words of a round, with the day of publication."""
    light, words = STATE_LIGHTS[round.state]
    if round.state == RoundState.PUBLISHED and computation is not None and computation.published_at:
        return light, f"{words} {timezone.localdate(computation.published_at).isoformat()}"
    return light, words


# -- the list


def round_list(membership: Membership, *, year: int | None = None, order: str = "-date") -> RoundList:
    """Every round the person may see, with the figures of the generation they may see."""
    found = list(visible_rounds(membership).select_related("scheme_version__scheme"))
    years = sorted({round.year for round in found}, reverse=True)
    counts = tuple((each, sum(round.year == each for round in found)) for each in years)
    shown = _ordered([round for round in found if year is None or round.year == year], order)
    current = _current(membership, shown)
    outcomes = _reviewed(membership, [c.pk for r, c in current.items() if r.kind == RoundKind.REINSPECTION])
    lines = [_line(round, current.get(round), outcomes) for round in shown]
    creation = [line for line in lines if line.round.kind == RoundKind.CREATION]
    tiers = tuple(dict.fromkeys(name for line in creation for name in _tier_names(line.round)))
    return RoundList(
        tiers=tiers,
        creation=tuple(_with_cells(line, tiers) for line in creation),
        reinspection=tuple(line for line in lines if line.round.kind == RoundKind.REINSPECTION),
        years=counts,
    )


def _ordered(rounds: list[Round], order: str) -> list[Round]:
    """By ``date`` or ``round`` (kind and sequence), falling with a leading minus."""
    keys: dict[str, Callable[[Round], Any]] = {
        "date": lambda round: (round.onsite_date, round.sequence),
        "round": lambda round: (round.campaign.name, round.sequence),
    }
    order = order if order.lstrip("-") in keys else "-date"
    return sorted(rounds, key=keys[order.lstrip("-")], reverse=order.startswith("-"))


def _tier_names(round: Round) -> tuple[str, ...]:
    """Tiers that are awarded; none where everybody is only rated."""
    document = document_of(round.scheme_version)
    return document.tier_names if "tiers" in document.model_fields_set else ()


def _current(membership: Membership, rounds: Iterable[Round]) -> dict[Round, Computation]:
    """The newest generation of each round that is not superseded, as ``current_computation`` chooses it for one."""
    rows = visible_computations(membership).filter(round__in=[round.pk for round in rounds])
    newest = {c.round_id: c for c in rows.exclude(state=ComputationState.SUPERSEDED).order_by("computed_at")}
    return {round: newest[round.pk] for round in rounds if round.pk in newest}


def _reviewed(membership: Membership, computations: list[UUID]) -> dict[tuple[UUID, str], int]:
    """How many kept and lost their title in each of these re-inspections."""
    if not computations:
        return {}
    rows = visible_results(membership).filter(computation__in=computations).order_by()
    counted = rows.values("computation_id", "verdict").annotate(number=Count("pk"))
    return {(row["computation_id"], row["verdict"]): row["number"] for row in counted}


def _line(round: Round, computation: Computation | None, outcomes: dict[tuple[UUID, str], int]) -> RoundLine:
    light, words = state_words(round, computation)
    key = computation.pk if computation else None
    return RoundLine(
        round=round,
        light=light,
        words=words,
        computation=computation,
        tiers={figures.tier: figures for figures in tier_figures(computation)},
        kept=outcomes.get((key, Verdict.AWARDED), 0) if key else 0,
        lost=outcomes.get((key, Verdict.BELOW_THRESHOLD), 0) if key else 0,
    )


def _with_cells(line: RoundLine, tiers: tuple[str, ...]) -> RoundLine:
    return RoundLine(**{**vars(line), "cells": tuple(line.tiers.get(tier) for tier in tiers)})


def tier_figures(computation: Computation | None) -> list[TierFigures]:
    """The groups of a generation as figures; none before there is one. Tier '' is a round that ranks all together."""
    groups = computation.groups if computation else []
    return [TierFigures(g["tier"], g["participants"], g["limit"], g["awarded"], g["rate_text"]) for g in groups]


# -- one round


@dataclass(frozen=True)
class Generation:
    """One computation of a round with its number in files and talk: round and how many-th."""

    number: str
    computation: Computation


def generations(membership: Membership, round: Round) -> list[Generation]:
    """Every computation of the round the person may see, oldest first."""
    people = ("computed_by", "confirmed_by", "published_by")
    rows = visible_computations(membership).filter(round=round).select_related(*people).order_by("computed_at")
    return [Generation(f"{round.label}-{i}", computation) for i, computation in enumerate(rows, start=1)]


def chosen(found: list[Generation], wanted: UUID | None) -> Generation | None:
    """The generation asked for, else the newest that stands."""
    if wanted is not None:
        return next((each for each in found if each.computation.pk == wanted), None)
    standing = [each for each in found if each.computation.state != ComputationState.SUPERSEDED]
    return standing[-1] if standing else None


@dataclass(frozen=True)
class GroupSummary:
    """What is counted in one group of a generation: entries per verdict and grade, first ranks, townships."""

    verdicts: dict[str, int] = field(default_factory=dict)
    first_rank: dict[str, int] = field(default_factory=dict)
    townships: tuple[tuple[str, str], ...] = ()
    largest_margin: Decimal = Decimal(0)
    grades: dict[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(self.verdicts.values())


def group_summary(visible: QuerySet[Result], computation: Computation, tier: str, label: str = "") -> GroupSummary:
    """Counts of one group ('' for all tiers together) of the results of ``computation``, kept for some minutes.

    ``visible`` are those of the group's ``label``, where groups have one.
    """
    key = f"round-figures:{computation.pk}:{tier.encode().hex()}:{label.encode().hex()[:120]}"
    known = cache.get(key)
    if known is None:
        known = _summarize(visible, tier)
        cache.set(key, known, SUMMARY_SECONDS)
    return known


def _summarize(visible: QuerySet[Result], tier: str) -> GroupSummary:
    rows = visible.filter(tier=tier).order_by() if tier else visible.order_by()
    figures = {"number": Count("pk"), "first": Min("rank"), "low": Min("score_units"), "high": Max("score_units")}
    counted: list[dict[str, Any]] = [dict(row) for row in rows.values("verdict", "score_unit").annotate(**figures)]
    grades = rows.exclude(grade="").values_list("grade").annotate(number=Count("pk"))
    places = rows.exclude(township=None).values_list("township_id", "township__name", "township__path").distinct()
    return GroupSummary(
        verdicts={row["verdict"]: row["number"] for row in counted},
        first_rank={row["verdict"]: row["first"] for row in counted if row["first"] is not None},
        townships=tuple((str(pk), name) for pk, name, _ in sorted(places, key=lambda place: place[2])),
        largest_margin=_largest_margin(counted),
        grades=dict(grades),
    )


def _largest_margin(counted: list[dict[str, Any]]) -> Decimal:
    """The largest distance to the last awarded, in points: the scale of the difference bars."""
    scored = [row for row in counted if row["low"] is not None]
    won = [row["low"] for row in scored if row["verdict"] == Verdict.AWARDED]
    if not won:
        return Decimal(0)
    last = min(won)
    gap = max(max(row["high"] - last, last - row["low"]) for row in scored)
    return Decimal(gap) / Decimal(scored[0]["score_unit"])


def squares(visible: QuerySet[Result], tier: str) -> list[dict[str, str]]:
    """One square per entry in rank order: outcome and title."""
    by_rank = (F("rank").asc(nulls_last=True), "position")
    rows = visible.filter(tier=tier).order_by("position") if tier else visible.order_by(*by_rank)
    values = rows.values_list("verdict", "rank", "organization__name", "score_text")[:MOST_SQUARES]
    places = [(outcome, f"第 {rank} 名 " if rank else "", name, score) for outcome, rank, name, score in values]
    return [{"outcome": outcome, "title": f"{place}{name} {score}".strip()} for outcome, place, name, score in places]


# -- the proof that enough were eliminated, and the line in the ranking


@dataclass(frozen=True)
class Proof:
    """The variables of ``components/proof.html``."""

    participants: int
    share: str
    allowed: int | None
    allowed_note: str
    awarded: int
    awarded_note: str
    rate: str | None
    rate_note: str
    state: str
    verdict: str
    quota: int | None


def deciding_limit(scheme: Scheme, group: dict[str, Any], round: Round) -> Limit | None:
    """The limit whose arithmetic was stored with the group."""
    size = Group(round.label, group["tier"], group["participants"], group["ranked"], group.get("label", ""))
    limits = [limit for limit in scheme.selection.limits if limit.at_most(size) is not None]
    return next((limit for limit in limits if limit.working(size) == group["working"]), None)


def proof(scheme: Scheme, round: Round, group: dict[str, Any], summary: GroupSummary) -> Proof:
    """The arithmetic of a group: how many took part, might win, won; and whether the scheme's rate is kept."""
    limit = deciding_limit(scheme, group, round)
    clause = (limit.clause if limit else "") or scheme.selection.clause
    state, verdict = _kept(scheme, group, clause)
    share, note = _allowance(limit, group)
    return Proof(
        participants=group["participants"],
        share=share,
        allowed=group["limit"],
        allowed_note=note,
        awarded=group["awarded"],
        awarded_note=_shortfall(scheme, summary),
        rate=f"{group['rate_text']}%" if group["rate_text"] is not None else None,
        rate_note=_rate_note(scheme, group),
        state=state,
        verdict=verdict,
        quota=group["limit"],
    )


def _allowance(limit: Limit | None, group: dict[str, Any]) -> tuple[str, str]:
    """The share of the participants that may win, and the product before it was cut to a whole number."""
    if limit is None:
        return "", "不限名额"
    share = getattr(limit, "at_most_share", None)
    if isinstance(limit, EliminationRate):
        share = 1 - limit.minimum
    if share is None:
        return "", group["working"]
    size = group["participants"] if getattr(limit, "basis", "participants") == "participants" else group["ranked"]
    exact = Fraction(share) * size
    return percent_text(share), f"{decimal_text(exact)} 取整" if exact.denominator != 1 else ""


def _least_rate(scheme: Scheme) -> Fraction | None:
    return max((limit.minimum for limit in scheme.selection.limits if isinstance(limit, EliminationRate)), default=None)


def _kept(scheme: Scheme, group: dict[str, Any], clause: str) -> tuple[str, str]:
    least, rate = _least_rate(scheme), _rate(group)
    if least is None or rate is None:
        return "ok", f"按{clause_words(clause)}授予" if clause else "按名次授予"
    words = clause_words(clause) if clause else "办法"
    return ("ok", f"符合{words}") if rate >= least else ("bad", f"不符合{words}")


def _rate(group: dict[str, Any]) -> Fraction | None:
    size = group["participants"]
    return Fraction(size - group["awarded"], size) if size else None


def _rate_note(scheme: Scheme, group: dict[str, Any]) -> str:
    least, rate = _least_rate(scheme), _rate(group)
    if rate is None:
        return "无参评单位"
    working = f"{group['participants'] - group['awarded']} ÷ {group['participants']}"
    return working if least is None else f"{working} {'≥' if rate >= least else '<'} {percent_text(least)}"


def _shortfall(scheme: Scheme, summary: GroupSummary) -> str:
    """Why fewer won than might have."""
    tied, low = summary.verdicts.get(Verdict.TIED_AT_CUT, 0), summary.verdicts.get(Verdict.BELOW_THRESHOLD, 0)
    if tied:
        return f"并列 {tied} 家不授"
    if low and not summary.verdicts.get(Verdict.OVER_QUOTA):
        return f"{low} 家低于标准"
    return "名额用满" if summary.verdicts.get(Verdict.OVER_QUOTA) else ""


def clause_words(clause: str) -> str:
    """第六条 stays; a bare 六 becomes 第六条."""
    return clause if clause.startswith("第") or not clause else f"第{clause}条"


def with_clause(sentence: str, clause: str) -> str:
    return f"{sentence}（{clause_words(clause)}）" if clause else sentence


def award_line(group: dict[str, Any], summary: GroupSummary, threshold: Fraction | None, places: int) -> str:
    """Why the line in the ranking stands where it stands."""
    limit, awarded = group["limit"], group["awarded"]
    head = f"授予线 · 名额至多 {limit} 名" if limit is not None else "授予线 · 不限名额"
    tied = summary.verdicts.get(Verdict.TIED_AT_CUT, 0)
    if tied:
        rank = summary.first_rank[Verdict.TIED_AT_CUT]
        return f"{head}，第 {rank} 名并列 {tied} 家，整组不授予，实授 {awarded} 名"
    low = summary.first_rank.get(Verdict.BELOW_THRESHOLD)
    if low is not None and low == awarded + 1:
        least = f" {decimal_text(threshold, places)}" if threshold is not None else ""
        return f"{head}，第 {low} 名起低于标准{least}，实授 {awarded} 名"
    if limit is not None and awarded > limit:
        return f"{head}，末位并列整组授予，实授 {awarded} 名"
    return f"{head}，实授 {awarded} 名"
