"""Across the counties below: headline figures of what each published, read in that county's own scope.

This is the one read that opens other tenants' scopes for a person. It takes nothing but counts and sums out of them.
"""

from dataclasses import dataclass
from datetime import datetime

from accounts.enums import TenantKind
from accounts.models import Tenant, tenant_scope
from campaigns.enums import RoundKind
from campaigns.models import Campaign
from scoring.enums import ComputationState

from .dashboard import Headline, headline
from .figures import Frame, frame_of


@dataclass(frozen=True)
class CampaignFigures:
    """One campaign of a county. ``awards``: tier name, position, number. What a scheme lacks is missing, not zero."""

    name: str
    rounds: int
    awards: tuple[tuple[str, int, int], ...]
    figures: Headline
    promotes: bool
    reinspects: bool
    subsidises: bool
    as_of: datetime | None


@dataclass(frozen=True)
class CountyFigures:
    county: Tenant
    campaigns: tuple[CampaignFigures, ...]


def counties_below(tenant: Tenant) -> list[CountyFigures]:
    """Every county whose parent is ``tenant``, with its campaigns that published something."""
    counties = Tenant.objects.filter(parent=tenant, kind=TenantKind.COUNTY).order_by("code")
    return [CountyFigures(county, _campaigns(county)) for county in counties]


def _campaigns(county: Tenant) -> tuple[CampaignFigures, ...]:
    with tenant_scope(county):
        published = Campaign.objects.filter(
            rounds__kind=RoundKind.CREATION, rounds__computations__state=ComputationState.PUBLISHED
        )
        frames = [frame_of(campaign) for campaign in published.distinct().order_by("-starts_on", "name")]
        return tuple(_figures(frame) for frame in frames)


def _figures(frame: Frame) -> CampaignFigures:
    figures = headline(frame)
    awards = tuple((tier.name, tier.position, count) for tier, count in zip(frame.tiers, figures.awarded, strict=True))
    scheme = frame.scheme
    return CampaignFigures(
        name=frame.campaign.name,
        rounds=len(frame.rounds),
        awards=awards,
        figures=figures,
        promotes=scheme is not None and bool(scheme.titles.promotions),
        reinspects=scheme is not None and scheme.titles.reinspection is not None,
        subsidises=(scheme is not None and scheme.subsidy is not None) or bool(figures.subsidy + figures.special),
        as_of=frame.as_of,
    )
