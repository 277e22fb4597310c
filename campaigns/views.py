"""Pages of the campaigns app: schemes in words, and the door to the imports of a round."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import Permission, get_permitted, require
from schemes.describe import criteria_lines, describe
from schemes.document import check_scheme

from .queries import visible_rounds, visible_versions


@require(Permission.VIEW_SCHEME)
def schemes(request: HttpRequest) -> HttpResponse:
    versions = visible_versions(request.membership).prefetch_related("rounds")
    return render(request, "campaigns/schemes.html", {"versions": versions})


@require(Permission.VIEW_SCHEME)
def scheme(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One version in words: blocks with their clauses, the criteria table, the articles, warnings for the office."""
    version = get_permitted(
        request.membership, Permission.VIEW_SCHEME, visible_versions(request.membership), pk=version_id
    )
    document = version.document
    context = {
        "version": version,
        "document": document,
        "paragraphs": describe(document),
        "criteria": criteria_lines(document),
        "warnings": check_scheme(document),
        "rounds": visible_rounds(request.membership).filter(scheme_version=version),
    }
    return render(request, "campaigns/scheme.html", context)


@require(Permission.IMPORT_DATA)
def imports(request: HttpRequest) -> HttpResponse:
    """Where the office hands in rounds, nominations, inspectors and sheets, and takes them out again."""
    return render(request, "campaigns/imports.html", {"rounds": visible_rounds(request.membership)})
