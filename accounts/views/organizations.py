"""The tree of organizations: list, filter, export, add, rename, move, retire, adopt from the national list."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..access import Permission, get_permitted, require
from ..enums import OrganizationKind
from ..exports import ORGANIZATION_HEADER, TYPES, download, organization_rows
from ..forms import AdoptForm, MoveForm, OrganizationForm, RenameForm
from ..models import Division, Organization
from ..queries import organizations as organizations_query
from ..queries import townships
from ..services.organizations import add_organization, adopt_divisions, move, rename, retire
from .answers import attempt, attempt_plainly, page_of

MANAGE = Permission.MANAGE_ORGANIZATIONS


@require(MANAGE)
@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    rows = chosen(request)
    shown = page_of(request, rows, 100)
    for row in shown:
        row.indent = "\u3000" * row.depth  # one hanzi a level: the tree is read by the eye, the path by the machine
    context = {
        "page": shown,
        "kinds": OrganizationKind.choices,
        "townships": townships(),
        "kind": request.GET.get("kind", ""),
        "township": request.GET.get("township", ""),
        "text": request.GET.get("q", ""),
        "has_divisions": Division.objects.exists(),
        "query": request.GET.urlencode(),
    }
    return render(request, "accounts/organizations.html", context)


def chosen(request: HttpRequest) -> QuerySet[Organization]:
    """The rows on screen; the export holds the same."""
    get = request.GET.get
    return organizations_query(kind=get("kind", ""), township=get("township", ""), text=get("q", "").strip())


@require(MANAGE)
@require_safe
def organizations_export(request: HttpRequest, extension: str) -> HttpResponse:
    if extension not in TYPES:
        return redirect("accounts:organizations")
    return download("组织机构", extension, ORGANIZATION_HEADER, organization_rows(chosen(request)))


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def organization_new(request: HttpRequest) -> HttpResponse:
    form = OrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        made = attempt(form, lambda: add_organization(tenant=request.tenant, actor=request.user, **facts))
        if made:
            messages.success(request, f"已新增“{made}”。")
            return redirect("accounts:organization", made.pk)
    return render(request, "accounts/form_page.html", page("新增组织", form, "新增"))


@require(MANAGE)
@require_safe
def organization(request: HttpRequest, organization_id: str) -> HttpResponse:
    row = find(request, organization_id)
    context = {
        "organization": row,
        "children": Organization.objects.filter(parent=row, active=True).order_by("path"),
        "members": row.memberships.filter(active=True).select_related("user"),
    }
    return render(request, "accounts/organization.html", context)


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def organization_rename(request: HttpRequest, organization_id: str) -> HttpResponse:
    row = find(request, organization_id)
    form = RenameForm(request.POST or None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        if attempt(form, lambda: rename(organization=row, actor=request.user, **form.cleaned_data)):
            messages.success(request, f"已更名为“{row.name}”。")
            return redirect("accounts:organization", row.pk)
    return render(request, "accounts/form_page.html", page(f"更名：{row.name}", form, "更名"))


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def organization_move(request: HttpRequest, organization_id: str) -> HttpResponse:
    row = find(request, organization_id)
    form = MoveForm(request.POST or None, organization=row)
    if request.method == "POST" and form.is_valid():
        if attempt(form, lambda: move(organization=row, actor=request.user, **form.cleaned_data)):
            messages.success(request, f"“{row.name}”已调整到“{row.parent}”之下。")
            return redirect("accounts:organization", row.pk)
    return render(request, "accounts/form_page.html", page(f"调整隶属：{row.name}", form, "调整"))


@require(MANAGE)
@require_POST
def organization_retire(request: HttpRequest, organization_id: str) -> HttpResponse:
    row = find(request, organization_id)
    attempt_plainly(request, lambda: retire(organization=row, actor=request.user), f"“{row.name}”已撤销。")
    return redirect("accounts:organizations")


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def organizations_adopt(request: HttpRequest) -> HttpResponse:
    form = AdoptForm(request.POST or None, initial={"county_code": request.tenant.code})
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["county_code"]
        counts = attempt(form, lambda: adopt_divisions(tenant=request.tenant, county_code=code, actor=request.user))
        if counts:
            messages.success(request, f"已新建 {counts['new']} 个组织，{counts['kept']} 个已有的保持不变。")
            return redirect("accounts:organizations")
    return render(request, "accounts/form_page.html", page("从区划清单建立组织", form, "建立组织"))


def find(request: HttpRequest, organization_id: str) -> Organization:
    return get_permitted(request.membership, MANAGE, Organization.objects.select_related("parent"), pk=organization_id)


def page(heading: str, form: object, button: str) -> dict[str, object]:
    return {
        "heading": heading,
        "form": form,
        "button": button,
        "back": "accounts:organizations",
        "back_label": "组织机构",
    }
