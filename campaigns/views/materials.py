"""The library of materials, one material with its preview, and the plain form that takes a file in one piece."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, allowed, get_permitted, require
from accounts.enums import Role

from ..enums import MaterialKind, MaterialState
from ..forms_materials import MaterialForm, TitleForm
from ..models import Material
from ..queries import material_organizations, uses_of_materials, visible_materials
from ..services.materials import (
    CHUNK,
    MaterialRefused,
    finish_material,
    keep_material,
    retitle_material,
    withdraw_material,
)

VIEW, MANAGE = Permission.VIEW_MATERIALS, Permission.MANAGE_MATERIALS
PAGE = 24


@require(VIEW)
@require_safe
def materials(request: HttpRequest) -> HttpResponse:
    rows, wanted = narrowed(request, visible_materials(request.membership).exclude(state=MaterialState.WITHDRAWN))
    page = Paginator(rows.prefetch_related(uses_of_materials(request.membership)), PAGE)
    organizations = material_organizations(request.membership)
    context = {
        "page": page.get_page(request.GET.get("page")), "wanted": wanted, "kinds": MaterialKind.choices,
        "states": [choice for choice in MaterialState.choices if choice[0] != MaterialState.WITHDRAWN],
        "organizations": organizations.filter(materials__isnull=False).distinct(),
        "may_manage": allowed(request.membership, MANAGE),
        "of_county": request.membership.role == Role.COUNTY_ADMIN,
    }  # fmt: skip
    return render(request, "campaigns/materials.html", context)


def narrowed(request: HttpRequest, rows: QuerySet[Material]) -> tuple[QuerySet[Material], dict[str, Any]]:
    """By organization, kind, state and words; what is not a choice is no choice."""
    wanted = {name: request.GET.get(name, "").strip() for name in ("organization", "kind", "state", "q")}
    if wanted["kind"] in MaterialKind.values:
        rows = rows.filter(kind=wanted["kind"])
    if wanted["state"] in MaterialState.values:
        rows = rows.filter(state=wanted["state"])
    if wanted["q"]:
        rows = rows.filter(Q(title__icontains=wanted["q"]) | Q(organization__name__icontains=wanted["q"]))
    if wanted["organization"]:
        rows = rows.filter(organization__code=wanted["organization"])
    return rows, {**wanted, "any": any(wanted.values())}


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def material_new(request: HttpRequest) -> HttpResponse:
    posted = request.method == "POST"
    form = MaterialForm(request.POST if posted else None, request.FILES if posted else None,
                        membership=request.membership, initial=request.GET.dict())  # fmt: skip
    if posted and form.is_valid():
        file, facts = form.cleaned_data["file"], form.cleaned_data
        try:
            made = keep_material(organization=facts["organization"], title=facts["title"], filename=file.name,
                                 size=file.size, chunks=file.chunks(CHUNK), actor=request.user)  # fmt: skip
        except MaterialRefused as refused:
            form.add_error("file", str(refused))
        else:
            return settled(request, made)
    unfinished = visible_materials(request.membership).filter(created_by=request.user, state=MaterialState.RECEIVING)
    return render(request, "campaigns/material_new.html", {"form": form, "unfinished": unfinished, "chunk": CHUNK // 2})


def settled(request: HttpRequest, material: Material) -> HttpResponse:
    """To the page of what was taken in or refused, which says the rest."""
    if material.state == MaterialState.READY:
        messages.success(request, f"“{material.title}”已收到，检查通过。")
    return redirect("campaigns:material", material.pk)


def find(request: HttpRequest, material_id: UUID, permission: Permission = MANAGE) -> Material:
    return get_permitted(request.membership, permission, visible_materials(request.membership), pk=material_id)


@require(VIEW)
@require_safe
def material(request: HttpRequest, material_id: UUID) -> HttpResponse:
    rows = visible_materials(request.membership).prefetch_related(uses_of_materials(request.membership))
    found = get_permitted(request.membership, VIEW, rows, pk=material_id)
    context = {
        "material": found, "may_manage": allowed(request.membership, MANAGE),
        "of_county": request.membership.role == Role.COUNTY_ADMIN, "form": TitleForm(initial={"title": found.title}),
    }  # fmt: skip
    return render(request, "campaigns/material.html", context)


@require(MANAGE)
@require_POST
def material_retitle(request: HttpRequest, material_id: UUID) -> HttpResponse:
    found = find(request, material_id)
    form = TitleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "名称没有保存：" + "".join(form.errors["title"]))
        return redirect("campaigns:material", found.pk)
    title = form.cleaned_data["title"]
    attempt(request, lambda: retitle_material(material=found, title=title, actor=request.user), "名称已保存。")
    return redirect("campaigns:material", found.pk)


@require(MANAGE)
@require_POST
def material_check(request: HttpRequest, material_id: UUID) -> HttpResponse:
    """Check once more what a server that died in between left unchecked."""
    found = find(request, material_id)
    attempt(request, lambda: finish_material(material=found, actor=request.user), "检查已完成。")
    return redirect("campaigns:material", found.pk)


@require(MANAGE)
@require_POST
def material_withdraw(request: HttpRequest, material_id: UUID) -> HttpResponse:
    found = find(request, material_id)
    done = attempt(
        request, lambda: withdraw_material(material=found, actor=request.user), f"“{found.title}”已撤下。"
    )
    return redirect("campaigns:materials") if done else redirect("campaigns:material", found.pk)


def attempt(request: HttpRequest, service: Callable[[], Material], done: str) -> Material | None:
    try:
        result = service()
    except MaterialRefused as refused:
        messages.error(request, str(refused))
        return None
    messages.success(request, done)
    return result
