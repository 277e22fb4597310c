"""Reads of the campaigns app: querysets within the open tenant, and what a membership may see of them."""

from django.db.models import Prefetch, Q, QuerySet

from accounts.access import Permission, allowed, permitted_objects
from accounts.enums import OrganizationKind, Role
from accounts.models import Membership, Organization
from accounts.queries import subtree

from .enums import NominationState, PracticeState
from .models import (
    Campaign,
    Evidence,
    Material,
    Nomination,
    Practice,
    Round,
    SchemeDraft,
    SchemeVersion,
    Title,
    TitleAct,
)


def townships_by_code() -> dict[str, Organization]:
    """Every township of the tenant by its code."""
    return {o.code: o for o in Organization.objects.filter(kind=OrganizationKind.TOWNSHIP)}


def visible_campaigns(membership: Membership) -> QuerySet[Campaign]:
    """Campaigns granted to the membership's role."""
    return permitted_objects(membership, "campaigns.view_campaign", Campaign.objects.all())


def visible_rounds(membership: Membership) -> QuerySet[Round]:
    """Rounds of those campaigns: all of them for who may see unpublished work, else those once published.

    Which results of a round are seen is a matter of ``scoring.queries``.
    """
    rounds = Round.objects.filter(campaign__in=visible_campaigns(membership)).select_related("campaign")
    if allowed(membership, Permission.VIEW_UNPUBLISHED):
        return rounds
    return rounds.filter(published_at__isnull=False)


def board_rounds(membership: Membership) -> QuerySet[Round]:
    """Every round of the plan with its phases, for the campaign board; no results."""
    return Round.objects.filter(campaign__in=visible_campaigns(membership)).prefetch_related("phases")


def visible_nominations(membership: Membership) -> QuerySet[Nomination]:
    """For the county office all but drafts; for a township those it had when they were made; for others none."""
    nominations = Nomination.objects.filter(round__campaign__in=visible_campaigns(membership))
    if membership.role == Role.COUNTY_ADMIN:
        return nominations.exclude(state=NominationState.DRAFT)
    if membership.role == Role.TOWNSHIP_SECRETARY and membership.organization is not None:
        return nominations.filter(township=membership.organization)
    return nominations.none()


def visible_materials(membership: Membership) -> QuerySet[Material]:
    """All for the county office; for a township those of its organizations; for others none."""
    materials = Material.objects.select_related("organization", "township", "created_by")
    if membership.role == Role.COUNTY_ADMIN:
        return materials
    if membership.role == Role.TOWNSHIP_SECRETARY and membership.organization is not None:
        return materials.filter(township=membership.organization)
    return materials.none()


def uses_of_materials(membership: Membership) -> Prefetch:
    """What each material was attached to, as far as this person may see: ``material.shown_uses``."""
    uses = Evidence.objects.filter(nomination__in=visible_nominations(membership))
    uses = uses.select_related("nomination__round", "nomination__organization").order_by("-attached_at")
    return Prefetch("uses", queryset=uses, to_attr="shown_uses")


def material_organizations(membership: Membership) -> QuerySet[Organization]:
    """Organizations that this person may hand in materials for, in the order of the tree."""
    organizations = Organization.objects.filter(active=True).order_by("path")
    if membership.role == Role.COUNTY_ADMIN:
        return organizations
    if membership.role == Role.TOWNSHIP_SECRETARY and membership.organization is not None:
        return organizations.filter(subtree(membership.organization.code))
    return organizations.none()


def visible_titles(membership: Membership) -> QuerySet[Title]:
    """Titles exist only for what was published, so they are seen with their campaign."""
    return Title.objects.filter(campaign__in=visible_campaigns(membership))


def visible_acts(membership: Membership) -> QuerySet[TitleAct]:
    """Decisions about titles are the office's until they stand in the history."""
    if not allowed(membership, Permission.MANAGE_TITLES):
        return TitleAct.objects.none()
    acts = TitleAct.objects.filter(campaign__in=visible_campaigns(membership))
    return acts.select_related("organization", "round", "campaign", "proposed_by", "decided_by")


def visible_practices(membership: Membership) -> QuerySet[Practice]:
    """All for the county office; for a township its own and what is shared; for others what is shared."""
    practices = Practice.objects.select_related("organization", "township", "round", "written_by", "shared_by")
    if not allowed(membership, Permission.VIEW_PRACTICES):
        return practices.none()
    if membership.role == Role.COUNTY_ADMIN:
        return practices
    seen = Q(state=PracticeState.SHARED)
    return practices.filter(seen | _own(membership))


def writable_practices(membership: Membership) -> QuerySet[Practice]:
    """Those that this person may change or take down: the office every one, a township what it has not shared."""
    practices = visible_practices(membership)
    if not allowed(membership, Permission.WRITE_PRACTICES):
        return practices.none()
    if membership.role == Role.COUNTY_ADMIN:
        return practices
    return practices.filter(_own(membership)).exclude(state=PracticeState.SHARED)


def _own(membership: Membership) -> Q:
    mine = membership.role == Role.TOWNSHIP_SECRETARY and membership.organization_id is not None
    return Q(township=membership.organization_id) if mine else Q(pk__in=[])


def visible_versions(membership: Membership) -> QuerySet[SchemeVersion]:
    """Published versions for everybody; drafts for the county office."""
    versions = SchemeVersion.objects.select_related("scheme")
    if membership.role == Role.COUNTY_ADMIN:
        return versions
    return versions.filter(published_at__isnull=False)


def visible_drafts(membership: Membership) -> QuerySet[SchemeDraft]:
    """Schemes that are being written, the newest first: for the county office."""
    drafts = SchemeDraft.objects.select_related("created_by", "updated_by", "based_on__scheme")
    return drafts if membership.role == Role.COUNTY_ADMIN else drafts.none()


def versions_of(membership: Membership, version: SchemeVersion) -> QuerySet[SchemeVersion]:
    """Versions of the same scheme, the newest first, with who made them and the rounds that this person may see."""
    rounds = Prefetch("rounds", queryset=visible_rounds(membership))
    found = visible_versions(membership).filter(scheme=version.scheme_id).order_by("-created_at", "-number")
    return found.select_related("created_by", "published_by").prefetch_related(rounds)
