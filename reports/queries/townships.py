"""Figures by township: awards per tier and points for each year, places with ties, and one township's own record.

A zero is a value and stands in the table (剃光头); a year with nothing published is not shown at all.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from accounts.access import Permission, allowed
from accounts.enums import OrganizationKind, Role
from accounts.models import Membership, Organization
from campaigns.enums import RoundState
from campaigns.models import BonusEntry, Campaign, Nomination, Subsidy, Title
from campaigns.queries import visible_nominations
from scoring.enums import DecisionState, Verdict
from scoring.models import Result
from scoring.queries import visible_results
from sites.models import GuidanceVisit

from .figures import Frame, points_text, results_of

#: Entries that belong to no township.
DIRECT = "县直单位"


@dataclass(frozen=True)
class Tally:
    """Awards per tier, in the order of the tiers, and the points they gave."""

    counts: tuple[int, ...]
    points: Decimal = Decimal(0)

    @property
    def first(self) -> int:
        return self.counts[0] if self.counts else 0

    @property
    def others(self) -> tuple[int, ...]:
        return self.counts[1:]

    @property
    def points_text(self) -> str:
        return points_text(self.points)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(tuple(a + b for a, b in zip(self.counts, other.counts, strict=True)), self.points + other.points)


@dataclass(frozen=True)
class MatrixRow:
    """One township (None: entries of no township) with a tally for each year."""

    township: Organization | None
    years: dict[int, Tally]
    total: Tally

    @property
    def name(self) -> str:
        return self.township.name if self.township else DIRECT

    @property
    def cells(self) -> list[tuple[int, Tally]]:
        return sorted(self.years.items())


@dataclass(frozen=True)
class Matrix:
    rows: tuple[MatrixRow, ...]
    years: tuple[int, ...]
    totals: dict[int, Tally]
    total: Tally

    @property
    def most(self) -> int:
        """The largest number of first-tier awards of one township in one year: the darkest shade."""
        return max((tally.first for row in self.rows for tally in row.years.values()), default=0)

    @property
    def total_cells(self) -> list[tuple[int, Tally]]:
        return sorted(self.totals.items())


@dataclass(frozen=True)
class Standing:
    """A place in one year. ``change`` is places gained since the year before, None when there was none."""

    row: MatrixRow
    tally: Tally
    rank: int
    shared: bool
    change: int | None


def township_matrix(frame: Frame) -> Matrix:
    """Every township of the county with its awards and points of each published year: three queries."""
    years, blank = frame.years, Tally((0,) * len(frame.tiers))
    tallies: dict[tuple[UUID | None, int], Tally] = {}
    for township, year, counts in _awards(frame):
        tallies[township, year] = tallies.get((township, year), blank) + Tally(counts)
    for township, year, points in _points(frame.campaign):
        if year in years:
            tallies[township, year] = tallies.get((township, year), blank) + Tally(blank.counts, points)
    rows = tuple(_row(township, years, tallies, blank) for township in _townships({key[0] for key in tallies}))
    totals = {year: sum((row.years[year] for row in rows), blank) for year in years}
    return Matrix(rows, years, totals, sum(totals.values(), blank))


def _awards(frame: Frame) -> list[tuple[UUID | None, int, tuple[int, ...]]]:
    names = [tier.name for tier in frame.tiers]
    awarded = results_of(frame.campaign).filter(verdict=Verdict.AWARDED)
    awarded = awarded.exclude(decisions__state=DecisionState.APPLIED)
    rows = awarded.order_by().values_list("township_id", "computation__round__year", "tier").annotate(n=Count("pk"))
    return [(town, year, tuple(n * (tier == name) for name in names)) for town, year, tier, n in rows]


def _points(campaign: Campaign) -> list[tuple[UUID, int, Decimal]]:
    rows = BonusEntry.objects.filter(campaign=campaign).order_by()
    return list(rows.values_list("township_id", "year").annotate(sum=Sum("points")))


def _townships(seen: set[UUID | None]) -> list[Organization | None]:
    """Townships in use and those that won before they were dissolved; entries of no township last."""
    wanted = Q(active=True) | Q(pk__in=seen - {None})
    known = Organization.objects.filter(wanted, kind=OrganizationKind.TOWNSHIP).order_by("path")
    return [*known, *([None] if None in seen else [])]


def _row(
    township: Organization | None,
    years: Sequence[int],
    tallies: dict[tuple[UUID | None, int], Tally],
    blank: Tally,
) -> MatrixRow:
    key = township.pk if township else None
    cells = {year: tallies.get((key, year), blank) for year in years}
    return MatrixRow(township, cells, sum(cells.values(), blank))


def standings(frame: Frame, matrix: Matrix, year: int) -> list[Standing]:
    """Townships of one year by points (by awards, highest tier first, where there are none); ties share a place."""
    now = _places(frame, matrix, year)
    before = _places(frame, matrix, year - 1) if year - 1 in matrix.years else {}
    together = Counter(now.values())
    order = sorted((row for row in matrix.rows if row.township), key=lambda row: now[row.township])
    return [
        Standing(
            row=row,
            tally=row.years[year],
            rank=now[row.township],
            shared=together[now[row.township]] > 1,
            change=before[row.township] - now[row.township] if before else None,
        )
        for row in order
    ]


def _places(frame: Frame, matrix: Matrix, year: int) -> dict[Organization | None, int]:
    """Places 1, 2, 2, 4: one more than the number of townships that stand higher."""
    rows = [row for row in matrix.rows if row.township]
    years = {row.township: row.years[year] for row in rows}
    keys = {township: tally.points if frame.has_bonus else tally.counts for township, tally in years.items()}
    first: dict[object, int] = {}
    for place, key in enumerate(sorted(keys.values(), reverse=True), start=1):  # type: ignore[type-var]
        first.setdefault(key, place)
    return {township: first[key] for township, key in keys.items()}


def detailed_townships(membership: Membership) -> QuerySet[Organization]:
    """Townships whose own record the person may open: a secretary only their own."""
    rows = Organization.objects.filter(kind=OrganizationKind.TOWNSHIP)
    if membership.role == Role.TOWNSHIP_SECRETARY:
        return rows.filter(pk__in=[membership.organization_id] if membership.organization_id else [])
    return rows


def township_results(membership: Membership, township: Organization, campaign: Campaign) -> QuerySet[Result]:
    """Published entries of one township, the newest round first."""
    rows = visible_results(membership).filter(pk__in=results_of(campaign).values("pk"), township=township)
    rows = rows.select_related("organization", "computation__round")
    return rows.order_by("-computation__round__sequence", "tier", "position")


def waiting_nominations(membership: Membership, township: Organization) -> QuerySet[Nomination]:
    """Entries whose round has not been published, for those who may see entries at all."""
    if not allowed(membership, Permission.VIEW_NOMINATIONS):
        return Nomination.objects.none()
    rows = visible_nominations(membership).filter(township=township).exclude(round__state=RoundState.PUBLISHED)
    return rows.select_related("organization", "round").order_by("round__sequence", "tier", "organization__path")


def township_titles(township: Organization, campaign: Campaign) -> QuerySet[Title]:
    rows = Title.objects.filter(township=township, campaign=campaign)
    return rows.select_related("organization", "round").order_by("-awarded_on", "tier", "organization__path")


def township_visits(township: Organization, campaign: Campaign) -> QuerySet[GuidanceVisit]:
    rows = GuidanceVisit.objects.filter(township=township, round__campaign=campaign)
    return rows.select_related("organization", "round").order_by("-on", "organization__path")


def township_subsidies(township: Organization, campaign: Campaign) -> QuerySet[Subsidy]:
    """Money for organizations now below the township."""
    rows = Subsidy.objects.filter(campaign=campaign, organization__path__startswith=f"{township.path}/")
    return rows.select_related("organization", "round").order_by("kind", "-round__sequence", "organization__path")
