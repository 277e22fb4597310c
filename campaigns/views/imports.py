"""The door to the imports of a round; the imports themselves are pages of accounts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import Permission, require

from ..queries import visible_rounds


@require(Permission.IMPORT_DATA)
def imports(request: HttpRequest) -> HttpResponse:
    """Where the office hands in rounds, nominations, inspectors and sheets, and takes them out again."""
    return render(request, "campaigns/imports.html", {"rounds": visible_rounds(request.membership)})
