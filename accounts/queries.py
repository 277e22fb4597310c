"""Reads of accounts that need thought. They return querysets, so callers go on filtering.

Everything here stays in the open tenant scope except ``memberships_of``: a person's own memberships, over all
tenants, are what decides which scope to open. The operation log and people are not tenant-owned tables, so
their tenant is filtered here and nowhere else.
"""

from datetime import datetime

from axes.models import AccessAttempt
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Replace

from .enums import ADMINISTRATORS, OrganizationKind, Role, TenantKind
from .models import AuditEntry, Division, Job, Membership, Organization, Tenant, User
from .models.base import across_tenants


def memberships_of(user: User) -> list[Membership]:
    """Every active membership of one person, in whatever tenant: the one read that crosses tenants."""
    with across_tenants("a person's own memberships decide which scope to open"):
        rows = Membership.objects.filter(user_id=user.pk, active=True)
        held = list(rows.select_related("tenant", "organization"))
    return sorted(held, key=lambda membership: membership.tenant.kind == TenantKind.REHEARSAL)


def organizations(
    *, kind: str = "", township: str = "", text: str = "", retired: bool = False
) -> QuerySet[Organization]:
    """The tree in order of its paths, narrowed by kind, township code and a piece of name, code or pinyin."""
    rows = Organization.objects.select_related("parent")
    if not retired:
        rows = rows.filter(active=True)
    if kind:
        rows = rows.filter(kind=kind)
    if township:
        rows = rows.filter(subtree(township))
    if text:
        spelled = Replace("sort_key", Value(" "), Value(""))
        found = Q(name__icontains=text) | Q(code__startswith=text) | Q(spelled__contains=text.lower().replace(" ", ""))
        rows = rows.alias(spelled=spelled).filter(found)
    return rows.order_by("path")


def subtree(code: str) -> Q:
    """The organization with ``code`` and everything below it."""
    return Q(code=code) | Q(path__startswith=f"{code}/") | Q(path__contains=f"/{code}/")


def townships() -> QuerySet[Organization]:
    return Organization.objects.filter(kind=OrganizationKind.TOWNSHIP, active=True).order_by("sort_key", "code")


def members(tenant: Tenant, *, role: str = "", text: str = "", ended: bool = False) -> QuerySet[Membership]:
    """Memberships of the open tenant with their people."""
    rows = Membership.objects.filter(tenant=tenant).select_related("user", "organization")
    if not ended:
        rows = rows.filter(active=True)
    if role:
        rows = rows.filter(role=role)
    if text:
        rows = rows.filter(Q(user__display_name__icontains=text) | Q(user__username__icontains=text))
    return rows.order_by("role", "user__display_name", "user__username")


def visible_jobs(membership: Membership) -> QuerySet[Job]:
    """Administrators see every job of the tenant, others the ones they started."""
    if membership.role in {Role.COUNTY_ADMIN, Role.SYSTEM_ADMIN}:
        return Job.objects.all()
    return Job.objects.filter(created_by=membership.user_id)


def audit_entries(membership: Membership, *, verb: str = "", text: str = "") -> QuerySet[AuditEntry]:
    """The log of the tenant; the platform's auditor also sees what happened before a tenant was known."""
    whose = Q(tenant=membership.tenant_id)
    if membership.tenant.kind == TenantKind.PLATFORM:
        whose |= Q(tenant__isnull=True)
    rows = AuditEntry.objects.filter(whose).select_related("tenant")
    if verb:
        rows = rows.filter(verb=verb)
    if text:
        rows = rows.filter(Q(actor_name__icontains=text) | Q(target_label__icontains=text))
    return rows


def people_of(membership: Membership) -> QuerySet[User]:
    """Accounts whose sign-in the administrators of this tenant look after; the platform's look after all."""
    if membership.tenant.kind == TenantKind.PLATFORM:
        return User.objects.all()
    return User.objects.filter(pk__in=Membership.objects.filter(active=True).values("user_id"))


def grantable_roles(membership: Membership) -> list[Role]:
    """Roles this person may hand out: a county's administrator the working roles, the platform's the administrators."""
    if membership.role == Role.COUNTY_ADMIN:
        return [role for role in Role if role not in ADMINISTRATORS]
    if membership.role == Role.SYSTEM_ADMIN:
        return [role for role in Role if role in ADMINISTRATORS]
    return []


def divisions_below(code: str) -> QuerySet[Division]:
    """Streets and villages of a county, by its six digits; parents come before children."""
    return Division.objects.filter(code__startswith=code)


def locked_accounts(membership: Membership, *, since: datetime) -> QuerySet[AccessAttempt]:
    """Failed sign-ins that still count, of the people this administrator looks after."""
    rows = AccessAttempt.objects.filter(attempt_time__gte=since)
    if membership.tenant.kind != TenantKind.PLATFORM:
        rows = rows.filter(username__in=people_of(membership).values("username"))
    return rows.order_by("-failures_since_start", "-attempt_time")
