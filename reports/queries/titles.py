"""The register of titles: who holds what since when, how it ended, and the record of one organization.

Titles, points and award subsidies exist only for what was published, so they need no state of a round.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.utils import timezone

from accounts.access import Permission, allowed
from accounts.enums import Role
from accounts.models import Membership, Organization
from campaigns.enums import TitleState
from campaigns.models import BonusEntry, Subsidy, Title, TitleEvent
from campaigns.queries import visible_campaigns, visible_titles
from scoring.enums import ComputationState
from scoring.models import Result
from scoring.queries import visible_results

#: What the address calls an order, and the columns behind it.
ORDERS = {
    "organization": ("organization__sort_key", "organization__path"),
    "township": ("township__path", "organization__path"),
    "tier": ("tier", "organization__path"),
    "round": ("round__sequence", "organization__path"),
    "date": ("awarded_on", "round__sequence", "organization__path"),
    "state": ("state", "awarded_on", "organization__path"),
}
DEFAULT_ORDER = "-date"


#: Held titles that are this near their last day are marked, and asked for in time.
SOON = timedelta(days=90)


def under_warning() -> Q:
    return Q(state=TitleState.HELD, warned_on__isnull=False)


def ending_soon() -> Q:
    return Q(state=TitleState.HELD, valid_until__lte=timezone.localdate() + SOON)


#: Marks of held titles that the register can be narrowed to, beside the states.
MARKS = {"warned": under_warning, "soon": ending_soon}


@dataclass(frozen=True)
class TitleFilter:
    """What the person narrowed the register to; empty means everything."""

    campaign: str = ""
    tier: str = ""
    state: str = ""
    township: str = ""
    year: str = ""
    text: str = ""

    @property
    def any(self) -> bool:
        return any((self.tier, self.state, self.township, self.year, self.text))


def present_title(membership: Membership, organization: Organization) -> Title | None:
    """What the organization holds now; when it holds nothing, what it lost last."""
    rows = visible_titles(membership).filter(organization=organization)
    held = rows.filter(state=TitleState.HELD).order_by("-awarded_on").first()
    return held or rows.order_by("-ended_on", "-awarded_on").first()


def titles(membership: Membership, wanted: TitleFilter, *, leave_out: str = "") -> QuerySet[Title]:
    """Titles that meet the filter; ``leave_out`` names a part not applied, to count its other values."""
    rows = visible_titles(membership)
    if wanted.campaign:
        rows = rows.filter(campaign_id=wanted.campaign)
    if wanted.tier and leave_out != "tier":
        rows = rows.filter(tier=wanted.tier)
    if wanted.state and leave_out != "state":
        rows = rows.filter(MARKS[wanted.state]()) if wanted.state in MARKS else rows.filter(state=wanted.state)
    if wanted.township:
        rows = rows.filter(township__code=wanted.township)
    if wanted.year.isdecimal():
        rows = rows.filter(round__year=int(wanted.year))
    return _containing(rows, wanted.text)


def _containing(rows: QuerySet[Title], text: str) -> QuerySet[Title]:
    if not text:
        return rows
    letters = text.lower().replace(" ", "")
    rows = rows.annotate(spelled=Replace("organization__sort_key", Value(" "), Value("")))
    named = Q(organization__name__icontains=text) | Q(organization__code__startswith=text)
    return rows.filter(named | Q(spelled__contains=letters))


def ordered(rows: QuerySet[Title], order: str) -> QuerySet[Title]:
    """Rows in the order the address names; an unknown one is the default."""
    name = order.removeprefix("-")
    if name not in ORDERS:
        order, name = DEFAULT_ORDER, DEFAULT_ORDER.removeprefix("-")
    sign = "-" if order.startswith("-") else ""
    first, *rest = ORDERS[name]
    return rows.select_related("organization", "township", "round").order_by(f"{sign}{first}", *rest)


def counts_by(rows: QuerySet[Title], field: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(field).annotate(n=Count("pk")))


def recorded_organizations(membership: Membership) -> QuerySet[Organization]:
    """Organizations with something on record that this person may see: a result, or a title."""
    published = visible_results(membership).filter(computation__state=ComputationState.PUBLISHED)
    results = published.filter(organization=OuterRef("pk"))
    held = visible_titles(membership).filter(organization=OuterRef("pk"))
    return Organization.objects.select_related("parent").filter(Exists(results) | Exists(held))


def title_events(membership: Membership, organization: Organization) -> QuerySet[TitleEvent]:
    rows = TitleEvent.objects.filter(organization=organization, campaign__in=visible_campaigns(membership))
    return rows.select_related("round", "campaign").order_by("on", "round__sequence")


def organization_results(membership: Membership, organization: Organization) -> QuerySet[Result]:
    """Published results of one organization, re-inspections too, the newest first."""
    rows = visible_results(membership).filter(organization=organization, computation__state=ComputationState.PUBLISHED)
    rows = rows.select_related("computation__round__campaign", "township")
    return rows.order_by("-computation__round__onsite_date", "-computation__round__sequence")


def organization_bonus(membership: Membership, organization: Organization) -> QuerySet[BonusEntry]:
    rows = BonusEntry.objects.filter(organization=organization, campaign__in=visible_campaigns(membership))
    return rows.select_related("round", "township").order_by("-year", "-round__sequence", "-points")


def organization_subsidies(membership: Membership, organization: Organization) -> QuerySet[Subsidy]:
    """Money is shown to the county's own people; to a township only that of its own organizations."""
    rows = Subsidy.objects.filter(organization=organization, campaign__in=visible_campaigns(membership))
    if not may_see_money(membership, organization):
        return rows.none()
    return rows.select_related("round").order_by("kind", "-round__sequence", "-amount_wan")


def may_see_money(membership: Membership, organization: Organization) -> bool:
    if membership.role == Role.TOWNSHIP_SECRETARY:
        own = membership.organization
        return own is not None and organization.path.startswith(f"{own.path}/")
    return allowed(membership, Permission.VIEW_TOWNSHIPS)
