"""The page of one nomination: the township fills it in and submits it, the county reads and decides there."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, allowed, get_permitted, require
from accounts.enums import Role
from schemes.exact import decimal_text

from ..burden import burden_of, shared_files
from ..eligibility import Grounds, load_grounds
from ..enums import NOMINATION_TRANSITIONS, MaterialState, NominationState, Switch
from ..models import Evidence, Material, Nomination
from ..nominating import (
    EDITABLE,
    Checklist,
    checklist,
    self_total,
    usable_evidence,
    why_not_nominate,
    why_not_review,
)
from ..nomination_forms import NominationForm
from ..queries import visible_nominations
from ..services.applying import (
    NominationRefused,
    revise_nomination,
    submit_nomination,
    what_stops,
    withdraw_nomination,
)
from ..services.evidence import attach_evidence, detach_evidence
from ..services.materials import MaterialRefused, keep_material
from ..services.reviewing import DECISIONS, decide_many
from .nominations import LIGHTS, last_day

VIEW, APPLY, REVIEW = Permission.VIEW_NOMINATIONS, Permission.NOMINATE, Permission.REVIEW_NOMINATIONS


def find(request: HttpRequest, permission: Permission, nomination_id: UUID) -> Nomination:
    rows = visible_nominations(request.membership)
    rows = rows.select_related("round__campaign", "round__scheme_version", "organization", "township", "decided_by")
    return get_permitted(request.membership, permission, rows, pk=nomination_id)


@require(VIEW)
@require_safe
def nomination(request: HttpRequest, nomination_id: UUID) -> HttpResponse:
    return show(request, find(request, VIEW, nomination_id))


def show(request: HttpRequest, found: Nomination, form: NominationForm | None = None) -> HttpResponse:
    """The whole page; ``form`` is one that was handed in and must be mended."""
    scheme = found.round.scheme_version.document
    asked = checklist(scheme, usable_evidence([found]).get(found.pk, ()))
    grounds = load_grounds(found.round, [found.organization])
    answer = grounds.answer(found.organization, found.tier, own=found, timely=found.state not in EDITABLE)
    editable = allowed(request.membership, APPLY) and found.state in EDITABLE and not grounds.shut
    if editable and form is None:
        form = form_of(found, grounds, asked)
    context = {
        "nomination": found, "round": found.round, "scheme": scheme, "answer": answer, "asked": asked,
        "editable": editable, "form": form if editable else None, "light": LIGHTS[NominationState(found.state)],
        "stops": what_stops(found) if editable else [], "marks": marks_of(found), "total": self_total(scheme, found),
        "steps": found.steps.select_related("actor").order_by("at"), "shut": grounds.shut,
        "last_day": last_day(found.round, Switch.NOMINATE), "withdrawable": withdrawable(request, found),
        "full": decimal_text(scheme.full_marks),
        "shared": shared_files(found.round.nominations.all()).get(found.pk, []),
        "burden": burden_of([found]).get(found.organization_id), "crumbs": crumbs(request, found),
        **decisions(request, found),
    }  # fmt: skip
    return render(request, "campaigns/nomination.html", context)


def form_of(found: Nomination, grounds: Grounds, asked: Checklist, *data: Any) -> NominationForm:
    """Tiers that are not allowed are not offered, save the one that is named already."""
    tiers = [
        name for name in grounds.scheme.tier_names
        if name == found.tier or grounds.answer(found.organization, name, own=found).allowed
    ]  # fmt: skip
    ready = Material.objects.filter(organization=found.organization_id, state=MaterialState.READY)
    library = ready.order_by("-created_at")
    return NominationForm(*data, nomination=found, tiers=tiers, asks=asked.asks, library=library)


def marks_of(found: Nomination) -> list[dict[str, Any]]:
    """The self-assessment as it stands, with full marks; an empty text where nothing was marked."""
    scheme = found.round.scheme_version.document
    leaves = scheme.leaves if scheme.nomination.self_assessment else ()
    return [
        {"name": leaf.name, "full": decimal_text(scheme.points_of(leaf.key)), "mark": found.self_marks.get(leaf.key)}
        for leaf in leaves
    ]


def withdrawable(request: HttpRequest, found: Nomination) -> bool:
    own = allowed(request.membership, APPLY) and not why_not_nominate(found.round)
    return own and NominationState.WITHDRAWN in NOMINATION_TRANSITIONS[found.state]


def decisions(request: HttpRequest, found: Nomination) -> dict[str, Any]:
    """What the county may decide now, or why it may not."""
    if not allowed(request.membership, REVIEW):
        return {}
    possible = [(state, words) for state, words in DECISIONS.items() if state in NOMINATION_TRANSITIONS[found.state]]
    shut = why_not_review(found.round)
    return {"reviews": True, "review_shut": shut, "decisions": [] if shut else possible}


def crumbs(request: HttpRequest, found: Nomination) -> list[dict[str, str]]:
    last = {"label": found.organization.name}
    if request.membership.role == Role.COUNTY_ADMIN:
        table = reverse("campaigns:review", args=[found.round_id])
        return [{"label": "申报审核", "url": reverse("campaigns:reviews")},
                {"label": f"{found.round.title}申报审核", "url": table}, last]  # fmt: skip
    return [{"label": "申报", "url": reverse("campaigns:nominations")}, last]


# -- the township writes


@require(APPLY)
@require_POST
def nomination_save(request: HttpRequest, nomination_id: UUID) -> HttpResponse:
    """Texts, marks, material chosen or uploaded, material taken off; then, where that was pressed, submission."""
    found = find(request, APPLY, nomination_id)
    here = redirect("campaigns:nomination", found.pk)
    shut = why_not_nominate(found.round)
    if shut or found.state not in EDITABLE:
        messages.error(request, shut or f"这份申报现为“{found.get_state_display()}”，不能再修改。")
        return here
    asked = checklist(found.round.scheme_version.document, usable_evidence([found]).get(found.pk, ()))
    grounds = load_grounds(found.round, [found.organization])
    form = form_of(found, grounds, asked, request.POST, request.FILES)
    if not form.is_valid():
        return show(request, found, form)
    try:
        revise_nomination(nomination=found, actor=request.user, **form.facts())
    except NominationRefused as refused:
        form.add_error(None, refused.reasons)
        return show(request, found, form)
    whole = change_material(request, found, form)
    if "submit" not in request.POST:
        messages.success(request, "申报已保存。")
        return here
    return handed_in(request, found) if whole else here


def change_material(request: HttpRequest, found: Nomination, form: NominationForm) -> bool:
    """Take off, attach, upload and attach; what is refused is said, the rest stands. Whether nothing was refused."""
    whole = True
    wanted = set(request.POST.getlist("off"))
    for evidence in Evidence.objects.filter(nomination=found).select_related("material", "nomination"):
        if str(evidence.pk) in wanted:
            whole &= attempt(request, lambda e=evidence: detach_evidence(evidence=e, actor=request.user))
    for requirement, material in form.chosen():
        whole &= attach(request, found, material, requirement)
    for requirement, file in form.uploads():
        material = uploaded(request, found, file)
        whole &= material is not None and attach(request, found, material, requirement)
    return whole


def attach(request: HttpRequest, found: Nomination, material: Material, requirement: str) -> bool:
    facts = {"nomination": found, "material": material, "requirement": requirement}
    return attempt(request, lambda: attach_evidence(actor=request.user, **facts))


def attempt(request: HttpRequest, service: Any) -> bool:
    try:
        service()
    except NominationRefused as refused:
        messages.error(request, str(refused))
        return False
    return True


def uploaded(request: HttpRequest, found: Nomination, file: Any) -> Material | None:
    """A file that came with the form, checked; None when it is not taken in, and the reason is said."""
    try:
        material = keep_material(
            organization=found.organization, filename=file.name, size=file.size, chunks=file.chunks(), title="",
            actor=request.user,
        )  # fmt: skip
    except MaterialRefused as refused:
        messages.error(request, str(refused))
        return None
    if material.state != MaterialState.READY:
        messages.error(request, material.problem or f"“{file.name}”还在检查，检查完成后请从已有材料中选用。")
        return None
    return material


def handed_in(request: HttpRequest, found: Nomination) -> HttpResponse:
    try:
        submit_nomination(nomination=found, actor=request.user)
    except NominationRefused as refused:
        messages.error(request, f"已保存，还不能提交：{''.join(refused.reasons)}")
        return redirect("campaigns:nomination", found.pk)
    messages.success(request, f"{found.organization.name}的申报已提交，等待县里审核。")
    return redirect("campaigns:nominations")


@require(APPLY)
@require_POST
def nomination_withdraw(request: HttpRequest, nomination_id: UUID) -> HttpResponse:
    found = find(request, APPLY, nomination_id)
    try:
        withdraw_nomination(nomination=found, actor=request.user, note=request.POST.get("reason", ""))
    except NominationRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{found.organization.name}的申报已撤回，申报期内可以重新提交。")
    return redirect("campaigns:nomination", found.pk)


# -- the county decides


@require(REVIEW)
@require_POST
def nomination_decide(request: HttpRequest, nomination_id: UUID) -> HttpResponse:
    found = find(request, REVIEW, nomination_id)
    decision, reason = request.POST.get("decision", ""), request.POST.get("reason", "")
    try:
        decide_many(nominations=[found], decision=decision, reason=reason, actor=request.user)
    except NominationRefused as refused:
        messages.error(request, str(refused))
        return show(request, found)
    messages.success(request, f"{found.organization.name}的申报已办理：{DECISIONS[NominationState(decision)]}。")
    return redirect("campaigns:nomination", found.pk)
