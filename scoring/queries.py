"""Reads of scoring: what a membership may see of computations, results and sheets.

Unpublished results show nowhere else.
"""

from uuid import UUID

from django.db.models import QuerySet

from accounts.access import Permission, allowed
from accounts.enums import Role
from accounts.models import Membership
from campaigns.queries import visible_campaigns

from .enums import ComputationState
from .models import Computation, Result, ScoreSheet


def visible_computations(membership: Membership) -> QuerySet[Computation]:
    """Published ones; for the county office also those being worked on."""
    rows = Computation.objects.filter(round__campaign__in=visible_campaigns(membership))
    if allowed(membership, Permission.VIEW_UNPUBLISHED):
        return rows
    return rows.filter(state=ComputationState.PUBLISHED)


def visible_results(membership: Membership) -> QuerySet[Result]:
    return Result.objects.filter(computation__in=visible_computations(membership))


def explainable_results(membership: Membership) -> QuerySet[Result]:
    """Results whose single marks may be shown: all for county office and leaders, its own for a township."""
    rows = visible_results(membership)
    if not allowed(membership, Permission.VIEW_EXPLANATIONS):
        return rows.none()
    if membership.role == Role.TOWNSHIP_SECRETARY:
        return rows.filter(township=membership.organization)
    return rows


def visible_sheets(membership: Membership) -> QuerySet[ScoreSheet]:
    """All for the county office, their own for an inspector; for others none."""
    rows = ScoreSheet.objects.filter(round__campaign__in=visible_campaigns(membership))
    if membership.role == Role.COUNTY_ADMIN:
        return rows
    if membership.role == Role.INSPECTOR:
        return rows.filter(inspector__user_id=membership.user_id)
    return rows.none()


def published_results(kind: str = "creation") -> QuerySet[Result]:
    """Published results of the open tenant's rounds of one kind."""
    return Result.objects.filter(computation__state=ComputationState.PUBLISHED, computation__round__kind=kind)


def current_computation(membership: Membership, round_id: UUID | str) -> Computation | None:
    """The generation a person sees of a round: for the office the newest that is not superseded, else the published."""
    rows = visible_computations(membership).filter(round_id=round_id).exclude(state=ComputationState.SUPERSEDED)
    return rows.order_by("-computed_at").first()
