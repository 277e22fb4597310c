"""Blank score sheets on paper, and the roster of a panel: files and prints for the days without a phone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import Permission, get_permitted, require
from accounts.services.audit import record
from campaigns.enums import NominationState
from campaigns.models import Nomination, Round
from sites.models import PanelMember, Route
from sites.queries import Pair, managed_rounds, panels_of, visible_routes

from ..books.official import TYPE
from ..books.panel_book import panel_sheet
from ..books.paper_document import write_forms
from ..books.paper_form import PaperForm, form_items, form_of
from ..books.writer import write_book
from .books import attachment, demo_note

ENTER = Permission.ENTER_PAPER
#: Sheets of one print; more are asked for by route.
MOST = 300


def _round(request: HttpRequest, round_id: UUID) -> Round:
    found: Round = get_permitted(request.membership, ENTER, managed_rounds(request.membership), pk=round_id)
    return found


@require(ENTER)
@require_safe
def paper_forms(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Choose by route, inspector or entry; then the sheets, ready to print."""
    round = _round(request, round_id)
    chosen = asked(request, round)
    context = {
        "round": round,
        "crumbs": [
            {"label": "评委与路线", "url": reverse("sites:panels")},
            {"label": round.title, "url": reverse("sites:panel", args=[round.pk])},
            {"label": "纸质评分表", "url": ""},
        ],
        "routes": visible_routes(request.membership).filter(round=round).order_by("on", "name"),
        "members": panel_members(round),
        "entries": entries_of(round),
        "chosen": {name: request.GET.get(name, "") for name in ("route", "inspector", "nomination")},
        "query": request.GET.urlencode(),
        "narrowed": chosen is not None,
        "forms": forms_of(request, round, chosen) if chosen else [],
        "too_many": chosen is not None and len(chosen) > MOST,
        "most": MOST,
        "number": len(chosen or ()),
    }
    return render(request, "reports/paper_forms.html", context)


@require(ENTER)
@require_safe
def paper_forms_document(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = _round(request, round_id)
    chosen = asked(request, round)
    if not chosen or len(chosen) > MOST:
        messages.error(request, f"请先选路线、评委或单位，一次最多 {MOST} 张。")
        return redirect("reports:paper_forms", round.pk)
    forms = forms_of(request, round, chosen)
    return attachment(f"{round.title}评分表.docx".replace(" ", ""), lambda out: write_forms(out, forms), TYPE)


Pairs = list[tuple[PanelMember, Nomination]]


def panel_members(round: Round) -> list[PanelMember]:
    rows = PanelMember.objects.filter(round=round, left_at__isnull=True).select_related("inspector__home")
    return list(rows.order_by("inspector__number"))


def entries_of(round: Round) -> list[Nomination]:
    rows = Nomination.objects.filter(round=round, state=NominationState.APPROVED)
    return list(rows.select_related("organization", "township").order_by("township__path", "organization__path"))


def asked(request: HttpRequest, round: Round) -> Pairs | None:
    """The sheets asked for, without those that nobody is to fill in; None when nothing was chosen."""
    wanted = {name: request.GET.get(name, "") for name in ("route", "inspector", "nomination")}
    if not any(wanted.values()):
        return None
    members, entries = panel_members(round), entries_of(round)
    if wanted["route"]:
        members, entries = along(request, round, wanted["route"], members, entries)
    if wanted["inspector"]:
        members = [each for each in members if str(each.inspector_id) == wanted["inspector"]]
    if wanted["nomination"]:
        entries = [each for each in entries if str(each.pk) == wanted["nomination"]]
    closed = closed_pairs(round)
    return [
        (member, entry) for member in members for entry in entries if (member.inspector_id, entry.pk) not in closed
    ]


def closed_pairs(round: Round) -> set[Pair]:
    """Recusals, and what somebody scored whose place the member took."""
    panel = panels_of([round])[round.pk]
    sent = set(round.sheets.filter(revision=1).values_list("inspector_id", "nomination_id"))
    taken = {
        (seat.inspector, entry)
        for seat in panel.seats
        for entry in panel.entries
        if any((before, entry) in sent for before in seat.before)
    }
    return taken | panel.recused


def along(
    request: HttpRequest, round: Round, route_id: str, members: list[PanelMember], entries: list[Nomination]
) -> tuple[list[PanelMember], list[Nomination]]:
    """Who goes along on a route and where it stops, in its order."""
    rows = visible_routes(request.membership).filter(round=round)
    route: Route = get_permitted(request.membership, ENTER, rows, pk=route_id)
    named = set(route.members.values_list("pk", flat=True))
    order: dict[Any, int] = dict(route.stops.values_list("nomination_id", "sequence"))
    stops = sorted((each for each in entries if each.pk in order), key=lambda each: order[each.pk])
    return [each for each in members if not named or each.pk in named], stops


def forms_of(request: HttpRequest, round: Round, chosen: Sequence[tuple[PanelMember, Nomination]]) -> list[PaperForm]:
    if len(chosen) > MOST:
        return []
    items = form_items(round.scheme_version.document)
    demo = request.tenant.is_demo
    return [form_of(round, items, entry, member, demo=demo) for member, entry in chosen]


@require(ENTER)
@require_safe
def panel_book(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = _round(request, round_id)
    sheet = panel_sheet(round, request.tenant)
    record(actor=request.user, verb="导出评委花名册", target=round)
    name = f"{request.tenant.name}{round.title}评委花名册.xlsx".replace(" ", "")
    return attachment(name, lambda out: write_book(out, [sheet], size=100, demo_note=demo_note(request)))
