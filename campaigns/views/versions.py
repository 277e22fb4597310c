"""The versions of one scheme: what stands beside a version, two of them compared in words, a draft thrown away.

What differs is the engine's to say (``schemes.difference``); here it is only shown.
"""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, allowed, get_permitted, require
from accounts.models import Membership
from schemes.difference import by_block, compare_schemes

from ..models import SchemeVersion
from ..queries import versions_of, visible_versions
from ..services.schemes import VersionRefused, delete_draft


@dataclass(frozen=True)
class Line:
    """A version in the list of its scheme; ``before`` is the one made before it, of those that the person may see."""

    version: SchemeVersion
    before: SchemeVersion | None

    @property
    def comparison(self) -> str:
        """Address of the comparison with the version before; empty for the first."""
        path = reverse("campaigns:scheme_diff", args=[self.version.pk])
        return f"{path}?old={self.before.pk}" if self.before else ""


def version_lines(membership: Membership, version: SchemeVersion) -> list[Line]:
    """Every version of the same scheme that the person may see, the newest first."""
    versions = list(versions_of(membership, version))
    return [Line(*pair) for pair in zip(versions, [*versions[1:], None], strict=True)]


@require(Permission.VIEW_SCHEME)
@require_safe
def scheme_diff(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Two versions of a scheme in words: ``?old=`` beside this one (or ``?new=``), without it the one before."""
    found = visible_versions(request.membership)
    version = get_permitted(request.membership, Permission.VIEW_SCHEME, found, pk=version_id)
    lines = version_lines(request.membership, version)
    if wanted := request.GET.get("new", ""):
        version = chosen(lines, wanted).version
    old = chosen(lines, request.GET["old"]).version if request.GET.get("old") else chosen(lines, version.pk).before
    changes = compare_schemes(old.document, version.document) if old else ()
    context = {
        "version": version,
        "old": old,
        "lines": lines,
        "total": len(changes),
        "blocks": by_block(changes),
        "manages": allowed(request.membership, Permission.MANAGE_CAMPAIGNS),
    }
    return render(request, "campaigns/scheme_diff.html", context)


def chosen(lines: list[Line], wanted: object) -> Line:
    """The line of a version by its id. Raises Http404 for any other: of another scheme, county or of nobody."""
    line = next((line for line in lines if str(line.version.pk) == str(wanted)), None)
    if line is None:
        raise Http404
    return line


@require(Permission.MANAGE_CAMPAIGNS)
@require_POST
def scheme_delete(request: HttpRequest, version_id: UUID) -> HttpResponse:
    found = visible_versions(request.membership)
    version = get_permitted(request.membership, Permission.MANAGE_CAMPAIGNS, found, pk=version_id)
    name = str(version)
    try:
        delete_draft(version=version, actor=request.user)
    except VersionRefused as refused:
        messages.error(request, str(refused))
        return redirect("campaigns:scheme", version.pk)
    messages.success(request, f"{name}草稿已删除。")
    return redirect("campaigns:schemes")
