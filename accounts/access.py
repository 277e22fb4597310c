"""Who may do what: permissions, what each role holds, and the one way to fetch an object for a person.

Answers "may this person?". Whose data it is was answered before by the tenant scope; whether it is
the time is answered by the campaign's phase. Grants on single objects (a campaign) are guardian's,
given to the group of a role in a tenant, never to a person.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from guardian.models import GroupObjectPermission

from .enums import Role
from .models import Membership, Tenant

View = Callable[..., HttpResponseBase]


class Permission(StrEnum):
    VIEW_WORKBENCH = "view_workbench"
    VIEW_BOARD = "view_board"
    VIEW_SCHEME = "view_scheme"
    VIEW_ROUNDS = "view_rounds"
    VIEW_UNPUBLISHED = "view_unpublished"
    VIEW_EXPLANATIONS = "view_explanations"
    VIEW_NOMINATIONS = "view_nominations"
    VIEW_SHEETS = "view_sheets"
    VIEW_TITLES = "view_titles"
    VIEW_TOWNSHIPS = "view_townships"
    VIEW_DASHBOARD = "view_dashboard"
    MANAGE_ORGANIZATIONS = "manage_organizations"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_CAMPAIGNS = "manage_campaigns"
    IMPORT_DATA = "import_data"
    RUN_COMPUTATION = "run_computation"
    CONFIRM_RESULT = "confirm_result"
    PUBLISH_RESULT = "publish_result"
    SUBMIT_SHEET = "submit_sheet"
    VIEW_JOBS = "view_jobs"
    VIEW_AUDIT = "view_audit"
    VIEW_SECURITY = "view_security"
    MANAGE_TENANTS = "manage_tenants"
    VIEW_PREFECTURE = "view_prefecture"
    NOMINATE = "nominate"
    REVIEW_NOMINATIONS = "review_nominations"
    VIEW_MATERIALS = "view_materials"
    MANAGE_MATERIALS = "manage_materials"
    MANAGE_PANELS = "manage_panels"
    VIEW_ROUTES = "view_routes"
    CONTROL_ROUND = "control_round"
    ENTER_PAPER = "enter_paper"
    VIEW_LIVE = "view_live"
    DECIDE_RESULT = "decide_result"
    MANAGE_NOTICES = "manage_notices"
    VIEW_NOTICES = "view_notices"
    OBJECT = "object"
    MANAGE_TITLES = "manage_titles"
    VIEW_PRACTICES = "view_practices"
    WRITE_PRACTICES = "write_practices"
    MANAGE_MESSAGES = "manage_messages"
    REHEARSE = "rehearse"


P = Permission

#: What is never a county administrator's: the three administrators' work, the prefecture's view, a panel's sheets.
_NOT_COUNTY_ADMIN = {
    P.VIEW_AUDIT, P.VIEW_SECURITY, P.MANAGE_TENANTS, P.VIEW_PREFECTURE, P.SUBMIT_SHEET, P.NOMINATE, P.OBJECT,
}  # fmt: skip

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.COUNTY_ADMIN: frozenset(set(Permission) - _NOT_COUNTY_ADMIN),
    Role.TOWNSHIP_SECRETARY: frozenset({
        P.VIEW_WORKBENCH, P.VIEW_BOARD, P.VIEW_SCHEME, P.VIEW_ROUNDS, P.VIEW_EXPLANATIONS, P.VIEW_NOMINATIONS,
        P.VIEW_TITLES, P.VIEW_TOWNSHIPS, P.VIEW_JOBS, P.NOMINATE, P.VIEW_MATERIALS, P.MANAGE_MATERIALS, P.VIEW_LIVE,
        P.VIEW_NOTICES, P.OBJECT, P.VIEW_PRACTICES, P.WRITE_PRACTICES,
    }),
    Role.INSPECTOR: frozenset({P.VIEW_WORKBENCH, P.VIEW_SCHEME, P.SUBMIT_SHEET, P.VIEW_SHEETS, P.VIEW_ROUTES}),
    Role.LEADER: frozenset({
        P.VIEW_WORKBENCH, P.VIEW_BOARD, P.VIEW_SCHEME, P.VIEW_ROUNDS, P.VIEW_EXPLANATIONS, P.VIEW_TITLES,
        P.VIEW_TOWNSHIPS, P.VIEW_DASHBOARD, P.VIEW_LIVE, P.VIEW_NOTICES, P.VIEW_PRACTICES,
    }),
    Role.OBSERVER: frozenset({
        P.VIEW_WORKBENCH, P.VIEW_ROUNDS, P.VIEW_TITLES, P.VIEW_TOWNSHIPS, P.VIEW_DASHBOARD, P.VIEW_PREFECTURE,
    }),
    Role.SYSTEM_ADMIN: frozenset({P.VIEW_WORKBENCH, P.MANAGE_TENANTS, P.MANAGE_PEOPLE, P.VIEW_JOBS}),
    Role.SECURITY_ADMIN: frozenset({P.VIEW_WORKBENCH, P.VIEW_SECURITY}),
    Role.AUDIT_ADMIN: frozenset({P.VIEW_WORKBENCH, P.VIEW_AUDIT}),
}  # fmt: skip


def allowed(membership: Membership | None, permission: Permission) -> bool:
    """Whether the role of ``membership`` holds ``permission``; nobody without an active membership does."""
    if membership is None or not membership.active:
        return False
    return permission in GRANTS.get(Role(membership.role), frozenset())


def check(membership: Membership | None, permission: Permission) -> None:
    """Raise PermissionDenied (403) unless allowed."""
    if not allowed(membership, permission):
        raise PermissionDenied("您的角色没有这项权限。")


def get_permitted(membership: Membership | None, permission: Permission, queryset: QuerySet, **lookup: Any) -> Any:
    """The object, or 403 when the role lacks the permission, or 404: another tenant's id is a missing id."""
    check(membership, permission)
    try:
        return queryset.get(**lookup)
    except (queryset.model.DoesNotExist, ValidationError, ValueError) as error:
        raise Http404 from error


def role_group(tenant: Tenant, role: str) -> Group:
    """The group that holds guardian's grants of one role in one tenant."""
    return Group.objects.get_or_create(name=f"{tenant.pk}:{role}")[0]


def permitted_objects(membership: Membership, permission: str, queryset: QuerySet) -> QuerySet:
    """Rows of a scoped ``queryset`` granted to this membership's role, as ``"campaigns.view_campaign"``.

    Only the grants of this role count, not those of other groups the person is in: one who is both an
    inspector and a leader sees as an inspector what inspectors see.
    """
    app_label, codename = permission.split(".")
    granted = GroupObjectPermission.objects.filter(
        group__name=f"{membership.tenant_id}:{membership.role}",
        permission__codename=codename,
        permission__content_type__app_label=app_label,
        permission__content_type__model=queryset.model._meta.model_name,
    )
    return queryset.filter(pk__in=list(granted.values_list("object_pk", flat=True)))


def public(view: View) -> View:
    """Mark a view that anybody may open."""
    view.permission = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """A view for any person who signed in, whatever their role, even without one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    guarded.permission = "signed_in"  # type: ignore[attr-defined]
    return guarded


def require(permission: Permission) -> Callable[[View], View]:
    """A view for members whose role holds ``permission``; others sign in, learn why not, or meet a 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if request.membership is None:
                return render(request, "accounts/no_membership.html", status=403)
            check(request.membership, permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Redirect; a fragment request is told to move the whole page instead of pasting the sign-in form into it."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": resolve_url("accounts:signin")})
    return redirect_to_login(request.get_full_path(), resolve_url("accounts:signin"))
