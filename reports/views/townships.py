"""Townships by year with their points and places, and one township's own record."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import Permission, get_permitted, require
from accounts.models import Membership, Organization
from campaigns.models import Campaign
from scoring.queries import explainable_results

from ..queries import townships as reads
from ..queries.figures import Frame, chosen_campaign, frame_of

PAGE = 50


@require(Permission.VIEW_TOWNSHIPS)
def townships(request: HttpRequest) -> HttpResponse:
    campaign, campaigns = chosen_campaign(
        request.membership, Permission.VIEW_TOWNSHIPS, request.GET.get("campaign", "")
    )
    context: dict[str, Any] = {"campaign": campaign, "campaigns": campaigns}
    if campaign is not None:
        context |= table(frame_of(campaign), request.GET.get("year", ""))
        context["open_ids"] = set(reads.detailed_townships(request.membership).values_list("pk", flat=True))
        context["own_id"] = request.membership.organization_id
    return render(request, "reports/townships.html", context)


def table(frame: Frame, asked_year: str) -> dict[str, Any]:
    """The year's table and the matrix of all years; only the frame while nothing is published."""
    year = frame.year_or_latest(asked_year)
    if year is None:
        return {"frame": frame}
    matrix = reads.township_matrix(frame)
    places = reads.standings(frame, matrix, year)
    return {
        "frame": frame,
        "year": year,
        "matrix": matrix,
        "standings": places,
        "direct": next((row.years[year] for row in matrix.rows if row.township is None), None),
        "total": matrix.totals[year],
        "largest": max((place.tally.points for place in places), default=0),
        "without": [place for place in places if not place.tally.first],
    }


@require(Permission.VIEW_TOWNSHIPS)
def township(request: HttpRequest, township_id: UUID) -> HttpResponse:
    rows = reads.detailed_townships(request.membership)
    found = get_permitted(request.membership, Permission.VIEW_TOWNSHIPS, rows, pk=township_id)
    campaign, campaigns = chosen_campaign(
        request.membership, Permission.VIEW_TOWNSHIPS, request.GET.get("campaign", "")
    )
    context: dict[str, Any] = {"township": found, "campaign": campaign, "campaigns": campaigns}
    if campaign is not None:
        context |= record(request.membership, found, campaign)
        context |= entries(request, found, campaign)
    return render(request, "reports/township.html", context)


def record(membership: Membership, found: Organization, campaign: Campaign) -> dict[str, Any]:
    """Awards and place of each year, titles, visits and money."""
    frame = frame_of(campaign)
    matrix = reads.township_matrix(frame)
    years = [
        next((place for place in reads.standings(frame, matrix, year) if place.row.township == found), None)
        for year in frame.years
    ]
    subsidies = list(reads.township_subsidies(found, campaign))
    visits = list(reads.township_visits(found, campaign))
    return {
        "frame": frame,
        "largest": max((place.tally.points for place in years if place), default=0),
        "positions": frame.positions,
        "year_places": [(year, place) for year, place in zip(frame.years, years, strict=True) if place],
        "total": next((row.total for row in matrix.rows if row.township == found), None),
        "count": len(matrix.rows),
        "waiting": reads.waiting_nominations(membership, found).filter(round__campaign=campaign),
        "titles": list(reads.township_titles(found, campaign)),
        "visits": visits,
        "solved": sum(visit.problems_solved for visit in visits),
        "subsidies": subsidies,
        "money": sum((row.amount_wan for row in subsidies), Decimal(0)),
    }


def entries(request: HttpRequest, found: Organization, campaign: Campaign) -> dict[str, Any]:
    """Published entries, of one year when asked, page by page."""
    rows = reads.township_results(request.membership, found, campaign)
    year = request.GET.get("year", "")
    if year.isdecimal():
        rows = rows.filter(computation__round__year=int(year))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    explained = explainable_results(request.membership).filter(pk__in=[row.pk for row in page])
    return {
        "page": page,
        "year": year if year.isdecimal() else "",
        "explained": set(explained.values_list("pk", flat=True)),
    }
