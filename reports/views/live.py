"""The live board on a desk and in the hall, and the fragment that both ask for again and again.

Looks only; freezing is in ``scoring.control_views``. Not changed answers 304, so that polling passes any office proxy.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.access import Permission, allowed, get_permitted, require
from campaigns.enums import RoundState
from campaigns.models import Round
from scoring.services.board import standing_snapshot

from ..queries.live import board_for, keep_fragment, kept_fragment, live_rounds, open_boards

#: Rows of one hall screen, in two columns.
HALL_ROWS = 20
LOOKS = {"desk": "reports/live_board.html", "hall": "reports/live_hall_board.html"}


def _round(request: HttpRequest, round_id: UUID) -> Round:
    rows = live_rounds(request.membership)
    return get_permitted(request.membership, Permission.VIEW_LIVE, rows, pk=round_id)


@require(Permission.VIEW_LIVE)
def live_boards(request: HttpRequest) -> HttpResponse:
    """The boards that are open to this person now; for the office with the way to the control room."""
    office = allowed(request.membership, Permission.CONTROL_ROUND)
    return render(request, "reports/live_boards.html", {"rounds": open_boards(request.membership), "office": office})


@require(Permission.VIEW_LIVE)
def live(request: HttpRequest, round_id: UUID) -> HttpResponse:
    return _page(request, round_id, "desk", "reports/live.html")


@require(Permission.VIEW_LIVE)
def hall(request: HttpRequest, round_id: UUID) -> HttpResponse:
    return _page(request, round_id, "hall", "reports/live_hall.html")


@require(Permission.VIEW_LIVE)
def live_board(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The fragment alone; 304 while it is the same."""
    look = "hall" if request.GET.get("look") == "hall" else "desk"
    tag, html = _fragment(request, round_id, look)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") in (tag, f"W/{tag}"):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(html, headers=headers)


def _page(request: HttpRequest, round_id: UUID, look: str, template: str) -> HttpResponse:
    found = _round(request, round_id)
    tag, html = _fragment(request, round_id, look)
    context = {
        "round": found,
        "board": html,
        "tag": tag,
        "feed": f"{reverse('reports:live_board', args=[round_id])}?look={look}",
        "office": allowed(request.membership, Permission.CONTROL_ROUND),
        "crumbs": [{"label": "轮次与结果", "url": reverse("reports:rounds")}, {"label": "现场亮分", "url": ""}],
        "freezable": _freezable(request, found),
    }
    return render(request, template, context)


def _freezable(request: HttpRequest, found: Round) -> str:
    """What the office may do with the board: ``freeze``, ``lift`` or nothing."""
    if not allowed(request.membership, Permission.CONTROL_ROUND):
        return ""
    return "lift" if standing_snapshot(found) else "freeze" if found.state == RoundState.SCORING else ""


def _fragment(request: HttpRequest, round_id: UUID, look: str) -> tuple[str, str]:
    """Tag and text for this person: made anew only when something was written since."""
    key, tag, html = kept_fragment(request.membership, round_id, look)
    if not tag:
        found = _round(request, round_id)
        board = board_for(request.membership, found)
        groups = board.standings["groups"] if board.standings else []
        context: dict[str, Any] = {"round": found, "board": board, "screens": list(_screens(groups))}
        html = render_to_string(LOOKS[look], context)
        tag = keep_fragment(key, html)
    return tag, html


def _screens(groups: list[dict[str, Any]]) -> Any:
    """Groups cut into screens of two columns for the hall."""
    for group in groups:
        rows = group["rows"]
        pages = [rows[at : at + HALL_ROWS] for at in range(0, len(rows), HALL_ROWS)]
        for number, page in enumerate(pages, start=1):
            half = (len(page) + 1) // 2 if len(page) > HALL_ROWS // 2 else len(page)
            columns = [part for part in (page[:half], page[half:]) if part]
            yield {"group": group, "columns": columns, "number": number, "pages": len(pages)}
