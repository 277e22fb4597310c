"""The office's page of a round's facts and events: what is there, what is missing, files in and out, taking back."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, get_permitted, require
from accounts.exports import TYPES, download
from accounts.services.audit import record
from campaigns.enums import SEALED_STATES
from campaigns.models import Round
from campaigns.queries import visible_rounds
from schemes import ProblemsFound

from .models import EventRevision
from .overview import event_lines, fact_lines, facts_table
from .records import standing_events
from .services.facts import withdraw_event

PER_PAGE = 50


def _round(request: HttpRequest, round_id: UUID) -> Round:
    rows = visible_rounds(request.membership).select_related("campaign", "scheme_version__scheme")
    found: Round = get_permitted(request.membership, Permission.IMPORT_DATA, rows, pk=round_id)
    return found


@require(Permission.IMPORT_DATA)
@require_safe
def records(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = _round(request, round_id)
    scheme = round.scheme_version.document
    events = standing_events(round).select_related("organization", "recorded_by").order_by("-day", "-id")
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    crumbs = [
        {"label": "轮次与结果", "url": reverse("reports:rounds")},
        {"label": round.title, "url": reverse("reports:round", args=[round.pk])},
        {"label": "数据与事项"},
    ]
    lines = fact_lines(round) if scheme.recorded else []
    context = {
        "round": round, "scheme": scheme, "crumbs": crumbs, "open": round.state not in SEALED_STATES,
        "facts": lines, "events": event_lines(round), "page": page,
        "names": {event.key: event.name for event in scheme.events},
        "lacking": sum(len(line.lacking) for line in lines if line.required),
        "entries": round.nominations.count(),
    }  # fmt: skip
    return render(request, "scoring/records.html", context)


@require(Permission.IMPORT_DATA)
@require_safe
def facts_file(request: HttpRequest, round_id: UUID, extension: str) -> HttpResponse:
    """The facts as a table that can be filled in and handed in again."""
    round = _round(request, round_id)
    if extension not in TYPES:
        raise Http404
    if not round.scheme_version.document.recorded:
        messages.error(request, "这一轮的办法没有数据项，没有数据表。")
        return redirect("scoring:records", round.pk)
    header, rows = facts_table(round)
    record(actor=request.user, verb="导出数据表", target=round)
    return download(f"{request.tenant.name}{round.title}数据表".replace(" ", ""), extension, header, rows)


@require(Permission.IMPORT_DATA)
@require_POST
def withdraw(request: HttpRequest, event_id: int) -> HttpResponse:
    rows = EventRevision.objects.filter(round__in=visible_rounds(request.membership)).select_related("round")
    event = get_permitted(request.membership, Permission.IMPORT_DATA, rows, pk=event_id)
    try:
        withdraw_event(event=event, reason=request.POST.get("reason", ""), actor=request.user)
    except ProblemsFound as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "这条记录已撤回，原记录留存备查。")
    return redirect("scoring:records", event.round_id)
