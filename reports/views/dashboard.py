"""The overview of one campaign for those who look: measures, townships by year, ranking, elimination, scores.

``?hall=1`` shows the same figures on the hall screen. Only what is published; every number comes from queries.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import Permission, require
from schemes.exact import decimal_text

from ..queries import dashboard as reads
from ..queries.figures import Frame, chosen_campaign, frame_of
from ..queries.townships import Matrix, standings, township_matrix
from ..templatetags.drawings import heat_class
from . import charts
from .measures import measures

#: Up to this many awards each number has its own shade in the legend.
OWN_SHADES = 5


@require(Permission.VIEW_DASHBOARD)
def dashboard(request: HttpRequest) -> HttpResponse:
    campaign, campaigns = chosen_campaign(
        request.membership, Permission.VIEW_DASHBOARD, request.GET.get("campaign", "")
    )
    hall = request.GET.get("hall") == "1"
    context: dict[str, Any] = {"campaign": campaign, "campaigns": campaigns}
    if campaign is not None:
        size = charts.HALL_TEXT if hall else charts.PAGE_TEXT
        context |= overview(frame_of(campaign), request.GET.get("year", ""), size)
    return render(request, "reports/hall.html" if hall and "year" in context else "reports/dashboard.html", context)


def overview(frame: Frame, asked_year: str, size: int) -> dict[str, Any]:
    """Everything the page draws; only the frame while nothing is published."""
    year = frame.year_or_latest(asked_year)
    if year is None:
        return {"frame": frame}
    figures, matrix = reads.headline(frame), township_matrix(frame)
    places = standings(frame, matrix, year)
    return {
        "frame": frame,
        "year": year,
        "measures": measures(frame, figures),
        "matrix": matrix,
        "legend": legend(matrix),
        "standings": places,
        "largest": max((place.tally.points for place in places), default=0),
        "elimination": elimination(frame, figures.lowest, size),
        "distributions": distributions(frame, size),
        "class_width": decimal_text(reads.class_width(frame)),
        "years_words": years_words(frame),
    }


def legend(matrix: Matrix) -> list[tuple[str, str]]:
    """Number and class of each shade; a few even steps where there are many numbers."""
    step = max(1, -(-matrix.most // OWN_SHADES))
    numbers = sorted({*range(0, matrix.most + 1, step), matrix.most})
    return [(str(number), heat_class(number, matrix.most)) for number in numbers]


def elimination(frame: Frame, lowest: reads.Lowest | None, size: int) -> dict[str, Any] | None:
    if lowest is None:
        return None
    head, rows = charts.elimination_table(frame)
    floor = "" if lowest.group.floor is None else "，均不低于底线" if lowest.kept else "，有低于底线的"
    where = f"{lowest.round.round.title}{lowest.group.tier} {charts.percent(lowest.rate)}%"
    finding = f"{len(frame.rounds)} 轮淘汰率{floor}；最低为{where}"
    return {"option": charts.elimination_option(frame, lowest, size), "finding": finding, "head": head, "rows": rows}


def distributions(frame: Frame, size: int) -> list[dict[str, Any]]:
    """One chart per tier that anybody entered."""
    found = []
    for each in reads.distributions(frame):
        if not each.entries or not each.classes:
            continue
        head, rows = charts.distribution_table(each)
        finding = f"{each.tier.name}得分分布：参评 {each.entries} 次，授予 {each.awarded}"
        option = charts.distribution_option(each, size)
        found.append({"of": each, "option": option, "finding": finding, "head": head, "rows": rows})
    return found


def years_words(frame: Frame) -> str:
    """From when to when, and how many rounds."""
    first, last = frame.rounds[0].round.onsite_date, frame.rounds[-1].round.onsite_date
    span = f"{first.year} 年 {first.month} 月至 {last.year} 年 {last.month} 月"
    return f"{span}，{len(frame.rounds)} 轮"
