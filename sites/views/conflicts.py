"""Conflicts of interest: an inspector's own declarations, the office's list of contact villages, and its decisions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Permission, allowed, get_permitted, require

from ..forms import ContactsForm, DeclareForm, PinForm
from ..queries import managed_rounds, own_inspector, visible_conflicts
from ..services.conflicts import (
    confirm_all,
    confirm_conflict,
    declare_conflict,
    dismiss_conflict,
    find_conflicts,
    pin_conflict,
    put_contacts,
    take_back_declaration,
)
from .shared import PANELS, find_round, said_wrong, tried

VIEW = Permission.VIEW_ROUTES
FORM = ["GET", "HEAD", "POST"]
PER_PAGE = 50


@require(VIEW)
@require_http_methods(FORM)
def own_conflicts(request: HttpRequest) -> HttpResponse:
    """An inspector declares what keeps them from an organization. The office meets the list of all there is."""
    if allowed(request.membership, PANELS):
        return redirect("sites:contacts")
    inspector = own_inspector(request.membership)
    form = DeclareForm(request.POST if request.method == "POST" else None)
    if inspector is not None and form.is_valid():
        facts = form.cleaned_data

        def act() -> Any:
            return declare_conflict(inspector=inspector, actor=request.user, **facts)

        if tried(request, act, f"已申报回避“{facts['organization'].name}”，待组织部确认。", form):
            return redirect("sites:conflicts")
    rows = visible_conflicts(request.membership).order_by("-found_at")
    context = {"inspector": inspector, "form": form, "conflicts": rows}
    return render(request, "sites/conflicts_own.html", context)


@require(VIEW)
@require_POST
def take_back(request: HttpRequest, conflict_id: UUID) -> HttpResponse:
    """Declarations are taken back by who made them."""
    mine = visible_conflicts(request.membership).filter(inspector__user_id=request.user.pk)
    row = mine.filter(pk=conflict_id).first()
    if row is None:
        get_permitted(request.membership, VIEW, visible_conflicts(request.membership), pk=conflict_id)
        messages.error(request, "只有申报人本人可以撤回申报。")
        return redirect("sites:conflicts")
    tried(request, lambda: take_back_declaration(conflict=row, actor=request.user), "申报已撤回。")
    return redirect("sites:conflicts")


@require(PANELS)
@require_http_methods(FORM)
def contacts(request: HttpRequest) -> HttpResponse:
    """Conflicts that stand in every round; contact villages are pasted in."""
    form = ContactsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():

        def act() -> dict[str, int]:
            return put_contacts(tenant=request.tenant, rows=form.facts, actor=request.user)

        if tried(request, act, lambda n: f"新增 {n['new']} 条挂联，{n['same']} 条已有。", form):
            return redirect("sites:contacts")
    rows = visible_conflicts(request.membership).order_by("round__sequence", "inspector__number", "organization__path")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "sites/contacts.html", {"form": form, "page": page})


@require(PANELS)
@require_POST
def round_conflicts(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """What concerns a round as a whole: find, confirm all, pin one."""
    round = find_round(request, round_id)
    acts: dict[str, tuple[Callable[[], Any], Callable[[Any], str]]] = {
        "find": (
            lambda: find_conflicts(round=round, actor=request.user),
            lambda n: f"查找完毕：新登记 {n['found']} 条，待确认 {n['waiting']} 条。",
        ),
        "confirm_all": (
            lambda: confirm_all(round=round, actor=request.user),
            lambda n: f"已确认 {n} 条回避。",
        ),
    }
    act = request.POST.get("act", "")
    if act in acts:
        tried(request, *acts[act])
    elif act == "pin":
        _pin(request, round)
    return redirect("sites:panel", round.pk)


def _pin(request: HttpRequest, round: Any) -> None:
    form = PinForm(request.POST, round=round)
    if not form.is_valid():
        said_wrong(request, form)
        return
    facts = form.cleaned_data
    where = None if facts["everywhere"] else round

    def act() -> Any:
        return pin_conflict(
            inspector=facts["inspector"],
            organization=facts["organization"],
            round=where,
            note=facts["note"],
            actor=request.user,
        )

    tried(request, act, lambda row: f"已确定：{row}。")


@require(PANELS)
@require_POST
def decide(request: HttpRequest, conflict_id: UUID) -> HttpResponse:
    """Confirm or dismiss one, from the page of a round (``round``) or from the list of all."""
    row = get_permitted(request.membership, PANELS, visible_conflicts(request.membership), pk=conflict_id)
    round = _asked_round(request, row)
    if request.POST.get("act") == "dismiss":
        reason = request.POST.get("reason", "")
        tried(request, lambda: dismiss_conflict(conflict=row, reason=reason, actor=request.user), f"{row}：不须回避。")
    elif request.POST.get("act") == "confirm":
        tried(request, lambda: confirm_conflict(conflict=row, actor=request.user, round=round), f"已确认：{row}。")
    return redirect("sites:panel", round.pk) if round is not None else redirect("sites:contacts")


def _asked_round(request: HttpRequest, row: Any) -> Any:
    asked = request.POST.get("round", "")
    if not asked:
        return None
    try:
        return managed_rounds(request.membership).filter(pk=asked, panel_members__inspector=row.inspector_id).first()
    except ValueError:
        return None


