"""Reads of scoring: what a membership may see of computations, results and sheets.

Unpublished results show nowhere else.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.access import Permission, allowed
from accounts.enums import Role
from accounts.models import Membership
from campaigns.queries import visible_campaigns

from .enums import ComputationState, DecisionState
from .models import (
    Computation,
    Objection,
    PublicNotice,
    QuarantinedSheet,
    Result,
    ResultDecision,
    ScoreSheet,
    SheetPhoto,
    SheetReopening,
)


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


# -- the control room


def visible_quarantined(membership: Membership) -> QuerySet[QuarantinedSheet]:
    """Sheets kept apart in the rounds that this person works on."""
    rows = QuarantinedSheet.objects.filter(round__campaign__in=visible_campaigns(membership))
    rows = rows if allowed(membership, Permission.CONTROL_ROUND) else rows.none()
    related = ("inspector", "nomination__organization", "round__scheme_version", "decided_by", "rival", "sheet")
    return rows.select_related(*related)


def visible_reopenings(membership: Membership) -> QuerySet[SheetReopening]:
    rows = SheetReopening.objects.filter(nomination__round__campaign__in=visible_campaigns(membership))
    rows = rows if allowed(membership, Permission.CONTROL_ROUND) else rows.none()
    return rows.select_related("nomination__organization", "inspector")


def visible_photos(membership: Membership) -> QuerySet[SheetPhoto]:
    rows = SheetPhoto.objects.filter(nomination__round__campaign__in=visible_campaigns(membership))
    return rows if allowed(membership, Permission.CONTROL_ROUND) else rows.none()


# -- decisions, notices, objections


def kept_back(computation: Computation) -> dict[UUID, ResultDecision]:
    """What the county keeps back of a computation (暂缓, 不予), by result: applied and not lifted."""
    return applied(ResultDecision.objects.filter(computation=computation, state=DecisionState.APPLIED))


def applied(decisions: Iterable[ResultDecision]) -> dict[UUID, ResultDecision]:
    """Those of the decisions that stand, by result."""
    return {decision.result_id: decision for decision in decisions if decision.state == DecisionState.APPLIED}


def kept_among(results: Iterable[Result]) -> dict[UUID, ResultDecision]:
    """The same for results of any computations."""
    rows = ResultDecision.objects.filter(result__in=[result.pk for result in results], state=DecisionState.APPLIED)
    return {decision.result_id: decision for decision in rows}


def visible_notices(membership: Membership, *, today: date | None = None) -> QuerySet[PublicNotice]:
    """For the office all of its campaigns; for others who may see notices those whose first day has come."""
    rows = PublicNotice.objects.filter(computation__round__campaign__in=visible_campaigns(membership))
    if allowed(membership, Permission.VIEW_UNPUBLISHED):
        return rows
    if not allowed(membership, Permission.VIEW_NOTICES):
        return rows.none()
    return rows.filter(opens_on__lte=today or timezone.localdate())


def visible_objections(membership: Membership) -> QuerySet[Objection]:
    """All for the office; for a township those it raised or that were noted for it; for others none."""
    rows = Objection.objects.filter(notice__computation__round__campaign__in=visible_campaigns(membership))
    if allowed(membership, Permission.VIEW_UNPUBLISHED):
        return rows
    if membership.role == Role.TOWNSHIP_SECRETARY and membership.organization is not None:
        return rows.filter(township=membership.organization)
    return rows.none()
