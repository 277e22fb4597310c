"""Counties side by side for the level above: headline figures of what each has published, no way further in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import Permission, require

from ..queries.prefecture import counties_below


@require(Permission.VIEW_PREFECTURE)
def prefecture(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/prefecture.html", {"counties": counties_below(request.tenant)})
