"""Reads for the workbooks: one round with the sheets that decided it, and the register's money and events.

What a person may see is asked of ``scoring.queries``: sheets come only for results that may be explained to them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership
from campaigns.enums import NominationState, RoundKind, RoundState, TitleEventKind
from campaigns.models import Campaign, Nomination, Round, Subsidy, TitleEvent
from campaigns.queries import visible_campaigns, visible_nominations, visible_rounds
from schemes import Scheme
from scoring.counting import Counting
from scoring.counting import counted_sheets as that_count
from scoring.enums import ComputationState
from scoring.models import Computation, ConsequenceRow, ParentPoints, Result, ResultDecision, ScoreSheet
from scoring.queries import current_computation, explainable_results, kept_back, visible_results, visible_sheets
from sites.models import Inspector
from sites.queries import Pair, recused_pairs

from .following import visible_consequences, visible_points
from .rounds import document_of, generations

#: Events that may end a title: an exceptional award ends the lower one that it promotes.
ENDINGS = (
    TitleEventKind.PROMOTED,
    TitleEventKind.DELISTED,
    TitleEventKind.EXCEPTIONAL,
    TitleEventKind.REVOKED,
    TitleEventKind.EXPIRED,
)


@dataclass(frozen=True)
class SheetFacts:
    """One inspector's sheet as it was counted: total in ``1/scheme.scale`` points, marks packed."""

    total: int
    marks: bytes


@dataclass(frozen=True)
class RoundFacts:
    """A generation of a round's results as one person sees it. ``sheets`` by nomination, then by inspector.

    ``number`` is the generation's number in files and talk (计算编号); read only for a round being corrected.
    """

    round: Round
    computation: Computation
    scheme: Scheme
    results: list[Result]
    sheets: dict[UUID, dict[UUID, SheetFacts]]
    inspectors: list[Inspector]
    explained: frozenset[UUID]
    subsidies: dict[UUID, Subsidy]
    number: str = ""
    consequences: list[ConsequenceRow] = field(default_factory=list)
    points: list[ParentPoints] = field(default_factory=list)
    kept: dict[UUID, ResultDecision] = field(default_factory=dict)
    recusals: frozenset[Pair] = frozenset()

    @property
    def correcting(self) -> bool:
        """Whether these published results still hold while the round was returned to be corrected."""
        return self.published and self.round.state != RoundState.PUBLISHED

    @property
    def published(self) -> bool:
        return self.computation.state == ComputationState.PUBLISHED

    @property
    def kept_words(self) -> list[str]:
        """That the county keeps some awards back, which changes no figure of the rules; nothing where it does not."""
        words = f"授予数按办法计算，其中 {len(self.kept)} 家由县里暂缓或不予授予，不列入公示名单和补助资金。"
        return [words] if self.kept else []

    @property
    def review(self) -> bool:
        return self.round.kind == RoundKind.REINSPECTION

    @cached_property
    def sheet_count(self) -> int:
        return sum(len(sheets) for sheets in self.sheets.values())

    def of_tier(self, tier: str) -> list[Result]:
        return [result for result in self.results if result.tier == tier]

    def recused(self, result: Result, inspector: Inspector) -> bool:
        """Whether the inspector had to leave this entry to the others."""
        return (inspector.pk, result.nomination_id) in self.recusals


def round_facts(membership: Membership, round: Round) -> RoundFacts | None:
    """What the person may see of the round's current results; None while there is nothing. Eight queries or nine."""
    computation = current_computation(membership, round.pk)
    if computation is None:
        return None
    document = document_of(computation.scheme_version)
    rows = visible_results(membership).filter(computation=computation)
    results = list(rows.select_related("organization", "township").order_by("tier", "position"))
    order = {name: place for place, name in enumerate(document.tier_names)}
    results.sort(key=lambda result: (order.get(result.tier, len(order)), result.position))
    explained = explainable_results(membership).filter(computation=computation)
    sheets = counted_sheets(computation, explained)
    named = {inspector for own in sheets.values() for inspector in own}
    panel = Q(pk__in=named) if named else Q(pk__in=[])
    on_panel = Q(panels__round=round)
    inspectors = Inspector.objects.filter(panel | on_panel).select_related("home").distinct().order_by("number")
    consequences = visible_consequences(membership, computation) if document.consequences else []
    points = visible_points(membership, computation) if document.propagation else []
    return RoundFacts(
        round=round,
        computation=computation,
        scheme=document.for_reinspection() if round.kind == RoundKind.REINSPECTION else document,
        results=results,
        sheets=sheets,
        inspectors=list(inspectors),
        explained=frozenset(explained.values_list("pk", flat=True)),
        subsidies={row.organization_id: row for row in standing_subsidies(round)},
        number=published_number(membership, round) if round.state != RoundState.PUBLISHED else "",
        consequences=list(consequences),
        points=list(points),
        kept=kept_back(computation),
        recusals=frozenset(recused_pairs(round)),
    )


# --- results that are being corrected ---


def published_number(membership: Membership, round: Round) -> str:
    """Number of the generation that holds until the correction is published; empty where nothing was published."""
    found = generations(membership, round)
    states = ((each.number, each.computation.state) for each in found)
    return next((number for number, state in states if state == ComputationState.PUBLISHED), "")


def corrections(membership: Membership, campaign: Campaign, year: int | None = None) -> str:
    """A sentence on the campaign's published rounds that are being corrected; empty when none is."""
    held = Computation.objects.filter(round=OuterRef("pk"), state=ComputationState.PUBLISHED)
    rows = visible_rounds(membership).filter(Exists(held), campaign=campaign).exclude(state=RoundState.PUBLISHED)
    rows = rows if year is None else rows.filter(year=year)
    found = list(rows.order_by("onsite_date", "sequence"))
    numbers = "、".join(f"{round.title} {published_number(membership, round)}" for round in found)
    return correction_words(numbers) if found else ""


def correction_words(numbers: str) -> str:
    return f"计算编号 {numbers}，正在更正，以更正后公布的为准"


def counted_sheets(computation: Computation, results: QuerySet[Result]) -> dict[UUID, dict[UUID, SheetFacts]]:
    """Of these results the newest revision of every sheet up to the computation's last: what went in."""
    rows = newest(ScoreSheet.objects.filter(round_id=computation.round_id), cut=computation.sheet_cut)
    rows = rows.filter(nomination__in=results.values("nomination_id"), abstained=False)
    if computation.panel:
        rows = that_count(rows, Counting.of(computation.panel))
    found: dict[UUID, dict[UUID, SheetFacts]] = {}
    fields = ("nomination_id", "inspector_id", "total_scaled", "marks")
    for nomination, inspector, total, marks in rows.values_list(*fields).iterator():
        found.setdefault(nomination, {})[inspector] = SheetFacts(total, bytes(marks))
    return found


def newest(sheets: QuerySet[ScoreSheet], *, cut: int | None = None) -> QuerySet[ScoreSheet]:
    """The newest revision of each inspector's sheet for each entry, of those received up to ``cut``."""
    later = Q(nomination=OuterRef("nomination"), inspector=OuterRef("inspector"), revision__gt=OuterRef("revision"))
    until = Q() if cut is None else Q(id__lte=cut)
    return sheets.filter(until).exclude(Exists(ScoreSheet.objects.filter(later & until)))


# --- files that can be handed in again ---


def nomination_rows(membership: Membership, round: Round) -> QuerySet[Nomination]:
    """Those that take part: a file of these can be handed in again, and what is handed in is approved by that."""
    rows = visible_nominations(membership).filter(round=round, state=NominationState.APPROVED)
    return rows.select_related("organization").order_by("tier", "organization__path")


def sheet_rows(membership: Membership, round: Round) -> QuerySet[ScoreSheet]:
    """Newest sheets of a round in the order of entries and inspectors; who abstained has no marks to hand in again."""
    rows = newest(visible_sheets(membership).filter(round=round)).filter(abstained=False)
    return rows.order_by("nomination__tier", "nomination__organization__path", "inspector__number")


def inspector_rows() -> QuerySet[Inspector]:
    return Inspector.objects.select_related("home").order_by("number")


# --- the register ---


def standing_subsidies(round: Round) -> QuerySet[Subsidy]:
    """What each organization is due or has got for the round: lines that no counter line took back."""
    countered = Exists(Subsidy.objects.filter(counters=OuterRef("pk")))
    return Subsidy.objects.filter(round=round, amount_wan__gte=0).exclude(countered)


def subsidies(campaign: Campaign, year: int | None) -> QuerySet[Subsidy]:
    """Award subsidies of one year; with None the special ones, which belong to no year."""
    rows = Subsidy.objects.filter(campaign=campaign).select_related("organization__parent", "round")
    rows = rows.filter(round=None) if year is None else rows.filter(round__year=year)
    return rows.order_by("round__sequence", "tier", "organization__path")


def endings(membership: Membership, organizations: Iterable[UUID]) -> dict[tuple[UUID, object], str]:
    """Why a title ended, by organization and day."""
    rows = TitleEvent.objects.filter(campaign__in=visible_campaigns(membership), organization__in=list(organizations))
    return {(row.organization_id, row.on): row.reason for row in rows.filter(kind__in=ENDINGS)}
