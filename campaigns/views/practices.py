"""Good practices: the shelf that everybody reads, one practice with its attachments, and writing them up."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, allowed, get_permitted, require
from accounts.enums import OrganizationKind, Role
from accounts.files.names import served_name
from accounts.models import Organization
from accounts.queries import townships

from ..enums import MaterialKind, MaterialState, PracticeState
from ..forms_titles import PracticeForm, WhoseForm, parsed_id
from ..models import Practice, PracticeMaterial, Round
from ..queries import material_organizations, visible_practices, visible_rounds, writable_practices
from ..services.practices import PracticeRefused, share_practice, withdraw_practice, write_practice
from .material_files import TYPES, sent

VIEW, WRITE, SHARE = Permission.VIEW_PRACTICES, Permission.WRITE_PRACTICES, Permission.MANAGE_TITLES
PAGE = 20
LIGHTS = {PracticeState.DRAFT: "run", PracticeState.SHARED: "ok", PracticeState.WITHDRAWN: "idle"}


@require(VIEW)
@require_safe
def practices(request: HttpRequest) -> HttpResponse:
    everything = visible_practices(request.membership)
    rows, wanted = narrowed(request, everything)
    writes = allowed(request.membership, WRITE)
    context = {
        "page": Paginator(rows.order_by("-shared_at", "-written_at"), PAGE).get_page(request.GET.get("page")),
        "wanted": wanted,
        "filters": filters(request, narrowed(request, everything, leave_out="state")[0]) if writes else [],
        "rounds": Round.objects.filter(practices__in=everything).distinct().order_by("-onsite_date"),
        "townships": townships(),
        "writes": writes,
        "lights": LIGHTS,
    }
    return render(request, "campaigns/practices.html", context)


def narrowed(
    request: HttpRequest, rows: QuerySet[Practice], *, leave_out: str = ""
) -> tuple[QuerySet[Practice], dict[str, Any]]:
    """By words, round, township and state; what is not a choice is no choice."""
    wanted = {name: request.GET.get(name, "").strip() for name in ("q", "round", "township", "state")}
    for word in wanted["q"].split():
        found = Q(title__icontains=word) | Q(summary__icontains=word) | Q(text__icontains=word)
        rows = rows.filter(found | Q(organization__name__icontains=word))
    if parsed_id(wanted["round"]):
        rows = rows.filter(round=wanted["round"])
    if wanted["township"]:
        rows = rows.filter(township__code=wanted["township"])
    if wanted["state"] in PracticeState.values and leave_out != "state":
        rows = rows.filter(state=wanted["state"])
    return rows, {**wanted, "any": any(wanted.values())}


def filters(request: HttpRequest, rows: QuerySet[Practice]) -> list[dict[str, Any]]:
    states = list(rows.order_by().values_list("state", flat=True))
    chosen, query = request.GET.get("state", ""), request.GET.copy()
    query.pop("page", None)
    links = []
    for value, label in (("", "全部"), *PracticeState.choices):
        query["state"] = value
        count = states.count(value) if value else len(states)
        links.append({"label": label, "count": count, "url": f"?{query.urlencode()}", "pressed": chosen == value})
    return links


@require(VIEW)
@require_safe
def practice(request: HttpRequest, practice_id: UUID) -> HttpResponse:
    uses = PracticeMaterial.objects.select_related("material").order_by("material__kind", "material__title")
    rows = visible_practices(request.membership).prefetch_related(Prefetch("uses", queryset=uses))
    found = get_permitted(request.membership, VIEW, rows, pk=practice_id)
    seen = visible_rounds(request.membership).filter(pk=found.round_id).exists()
    context = {
        "practice": found,
        "files": [use.material for use in found.uses.all() if use.material.state in SERVED],
        "light": LIGHTS[PracticeState(found.state)],
        "writes": writable_practices(request.membership).filter(pk=found.pk).exists(),
        "shares": allowed(request.membership, SHARE) and found.state != PracticeState.SHARED,
        "round": found.round if seen else None,
    }
    return render(request, "campaigns/practice.html", context)


#: A material that was withdrawn later stays where it is attached.
SERVED = (MaterialState.READY, MaterialState.WITHDRAWN)


@require(VIEW)
@require_safe
def practice_material(request: HttpRequest, practice_id: UUID, material_id: UUID) -> HttpResponseBase:
    """An attachment: a photo in place, a document to carry away. Who reads the practice reads what is attached to
    it.
    """
    rows = PracticeMaterial.objects.filter(practice__in=visible_practices(request.membership))
    rows = rows.filter(practice_id=practice_id, material__state__in=SERVED).select_related("material")
    material = get_permitted(request.membership, VIEW, rows, material_id=material_id).material
    if not material.served:
        raise Http404
    ending, kind = TYPES[MaterialKind(material.kind)]
    name = served_name(f"{material.title}.{ending}", inline=material.kind == MaterialKind.PHOTO)
    return sent(material, material.served, kind, name)


# --- writing ---------------------------------------------------------------------------------------


def subjects(request: HttpRequest) -> QuerySet[Organization]:
    """Organizations whose practice this person may write up: those below the townships and the county, and
    townships.
    """
    return material_organizations(request.membership).exclude(kind=OrganizationKind.COUNTY)


@require(WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice_new(request: HttpRequest) -> HttpResponse:
    """First whose practice it is, as rounds and attachments depend on it; then the practice."""
    asked = request.POST.get("organization") or request.GET.get("organization", "")
    if not asked:
        form = WhoseForm(organizations=list(subjects(request)))
        return render(request, "campaigns/practice_whose.html", {"form": form})
    organization = get_permitted(request.membership, WRITE, subjects(request), pk=asked)
    data = request.POST if request.method == "POST" else None
    written = PracticeForm(data, organization=organization, membership=request.membership)
    return answered(request, written, None)


@require(WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice_edit(request: HttpRequest, practice_id: UUID) -> HttpResponse:
    found = get_permitted(request.membership, WRITE, writable_practices(request.membership), pk=practice_id)
    if found.state == PracticeState.SHARED:
        messages.error(request, f"“{found.title}”已推广，请先撤下再修改。")
        return redirect("campaigns:practice", found.pk)
    kept = [str(pk) for pk in found.materials.values_list("pk", flat=True)]
    initial = {name: getattr(found, name) for name in ("title", "summary", "text")}
    initial |= {"round": str(found.round_id or ""), "materials": kept}
    data = request.POST if request.method == "POST" else None
    form = PracticeForm(data, organization=found.organization, membership=request.membership, initial=initial)
    return answered(request, form, found)


def answered(request: HttpRequest, form: PracticeForm, found: Practice | None) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            written = write_practice(facts=form.facts(), actor=request.user, practice=found)
        except PracticeRefused as refused:
            form.add_error(None, str(refused))
        else:
            own = request.membership.role == Role.COUNTY_ADMIN
            messages.success(request, f"“{written.title}”已保存。" + ("可以推广了。" if own else "县委组织部推广后全县可见。"))
            return redirect("campaigns:practice", written.pk)
    context = {"form": form, "practice": found, "organization": form.organization}
    return render(request, "campaigns/practice_form.html", context)


@require(SHARE)
@require_POST
def practice_share(request: HttpRequest, practice_id: UUID) -> HttpResponse:
    found = get_permitted(request.membership, SHARE, visible_practices(request.membership), pk=practice_id)
    attempt(request, lambda: share_practice(practice=found, actor=request.user), f"“{found.title}”已推广，全县可见。")
    return redirect("campaigns:practice", found.pk)


@require(WRITE)
@require_POST
def practice_withdraw(request: HttpRequest, practice_id: UUID) -> HttpResponse:
    found = get_permitted(request.membership, WRITE, writable_practices(request.membership), pk=practice_id)
    reason = request.POST.get("reason", "")
    act = lambda: withdraw_practice(practice=found, reason=reason, actor=request.user)  # noqa: E731
    attempt(request, act, f"“{found.title}”已撤下。")
    return redirect("campaigns:practice", found.pk)


def attempt(request: HttpRequest, service: Callable[[], Practice], done: str) -> None:
    try:
        service()
    except PracticeRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
