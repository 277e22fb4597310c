"""The campaign board: every round of the plan by its stages. Looks only; nothing is moved here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import Permission, allowed, require

from ..queries.board import board as board_years


@require(Permission.VIEW_BOARD)
def board(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    years = board_years(request.membership, today)
    context = {
        "years": years,
        "today": today,
        "late": sum(year.late for year in years),
        "behind": sum(year.behind for year in years),
        "due": sum(year.due for year in years),
        "plans": allowed(request.membership, Permission.MANAGE_CAMPAIGNS),
    }
    return render(request, "reports/board.html", context)
