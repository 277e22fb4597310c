"""The register of titles and the record of one organization."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from accounts.access import Permission, allowed, get_permitted, require
from accounts.queries import townships
from campaigns.enums import ActState, TitleEventKind, TitleState
from campaigns.queries import visible_acts, visible_practices
from scoring.queries import explainable_results, kept_among

from ..queries import titles as reads
from ..queries.figures import chosen_campaign, frame_of

PAGE = 50
#: Light of each state of a title, and of each kind of event.
LIGHTS = {TitleState.HELD: "ok", TitleState.PROMOTED: "run", TitleState.REVOKED: "bad", TitleState.EXPIRED: "idle"}
EVENT_LIGHTS = {
    TitleEventKind.AWARDED: "ok", TitleEventKind.PROMOTED: "ok", TitleEventKind.DELISTED: "bad",
    TitleEventKind.EXCEPTIONAL: "ok", TitleEventKind.WARNED: "warn", TitleEventKind.RESTORED: "ok",
    TitleEventKind.REVOKED: "bad", TitleEventKind.EXPIRED: "idle",
}  # fmt: skip
#: Marks of held titles and their words; a chip stands only where there is one.
MARK_WORDS = {"warned": "警示中", "soon": "90 天内到期"}


@require(Permission.VIEW_TITLES)
def titles(request: HttpRequest) -> HttpResponse:
    campaign, campaigns = chosen_campaign(request.membership, Permission.VIEW_TITLES, request.GET.get("campaign", ""))
    if campaign is None:
        return render(request, "reports/titles.html", {"campaign": None})
    wanted = asked(request.GET, str(campaign.pk))
    sort = request.GET.get("sort") or reads.DEFAULT_ORDER
    frame = frame_of(campaign)
    found = reads.ordered(reads.titles(request.membership, wanted), sort)
    context = {
        "campaign": campaign,
        "campaigns": campaigns,
        "wanted": wanted,
        "sort": sort,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "positions": frame.positions,
        "lights": LIGHTS,
        "states": state_filters(request, wanted),
        "tiers": tier_choices(request, wanted, [tier.name for tier in frame.tiers]),
        "townships": townships(),
        "years": frame.years,
        "near": timezone.localdate() + reads.SOON,
        "manages": allowed(request.membership, Permission.MANAGE_TITLES),
    }
    return render(request, "reports/titles.html", context)


def asked(query: QueryDict, campaign: str) -> reads.TitleFilter:
    """What the address narrows the register to."""
    names = ("tier", "state", "township", "year")
    return reads.TitleFilter(
        campaign=campaign, text=query.get("q", "").strip(), **{name: query.get(name, "") for name in names}
    )


def state_filters(request: HttpRequest, wanted: reads.TitleFilter) -> list[dict[str, Any]]:
    """Filter links with counts, zeros included; every other choice stays."""
    found = reads.titles(request.membership, wanted, leave_out="state")
    counts = reads.counts_by(found, "state")
    marked = found.aggregate(**{name: Count("pk", filter=mark()) for name, mark in reads.MARKS.items()})
    rows = [("", "全部", sum(counts.values())), *((s.value, s.label, counts.get(s.value, 0)) for s in TitleState)]
    rows += [(name, words, marked[name]) for name, words in MARK_WORDS.items() if marked[name] or wanted.state == name]
    return [
        {"label": label, "count": count, "url": changed(request.GET, state=value), "pressed": wanted.state == value}
        for value, label, count in rows
    ]


def tier_choices(request: HttpRequest, wanted: reads.TitleFilter, known: list[str]) -> list[tuple[str, int]]:
    counts = reads.counts_by(reads.titles(request.membership, wanted, leave_out="tier"), "tier")
    return [(name, counts.get(name, 0)) for name in dict.fromkeys([*known, *counts])]


def changed(query: QueryDict, **changes: str) -> str:
    """The address with some parameters changed and the page dropped."""
    copy = query.copy()
    copy.pop("page", None)
    for name, value in changes.items():
        copy.pop(name, None)
        if value:
            copy[name] = value
    return f"?{copy.urlencode()}"


@require(Permission.VIEW_TITLES)
def title_history(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    membership = request.membership
    rows = reads.recorded_organizations(membership)
    organization = get_permitted(membership, Permission.VIEW_TITLES, rows, pk=organization_id)
    results = list(reads.organization_results(membership, organization))
    explained = explainable_results(membership).filter(pk__in=[row.pk for row in results])
    campaign, _ = chosen_campaign(membership, Permission.VIEW_TITLES, "")
    context = {
        "organization": organization,
        "events": [(event, EVENT_LIGHTS[event.kind]) for event in reads.title_events(membership, organization)],
        "title": reads.present_title(membership, organization),
        "positions": frame_of(campaign).positions if campaign else {},
        "lights": LIGHTS,
        "results": results,
        "kept": set(kept_among(results)),
        "explained": set(explained.values_list("pk", flat=True)),
        "bonus": list(reads.organization_bonus(membership, organization)),
        "subsidies": list(reads.organization_subsidies(membership, organization)),
        "money": reads.may_see_money(membership, organization),
        "titles": list(reads.visible_titles(membership).filter(organization=organization).select_related("round")),
        "waiting": list(visible_acts(membership).filter(organization=organization, state=ActState.PROPOSED)),
        "practices": list(visible_practices(membership).filter(organization=organization)),
        "manages": allowed(membership, Permission.MANAGE_TITLES),
    }
    return render(request, "reports/title_history.html", context)
