"""Schemes in words, and how a version comes to be: handed in, checked, previewed, kept, published, withdrawn.

What a document means, and what is wrong with it, is the engine's to say; here it is only shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, allowed, get_permitted, require
from schemes import Problem, ProblemsFound, Scheme, examine_scheme
from schemes.checking import check_scheme
from schemes.describe import criteria_lines, describe
from schemes.problems import errors

from ..enums import VersionState
from ..forms import SchemeTextForm
from ..models import SchemeVersion
from ..queries import visible_drafts, visible_rounds, visible_versions
from ..services.schemes import VersionRefused, add_version, publish_version, withdraw_version
from .versions import version_lines

MANAGE = Permission.MANAGE_CAMPAIGNS


@require(Permission.VIEW_SCHEME)
def schemes(request: HttpRequest) -> HttpResponse:
    versions = visible_versions(request.membership).prefetch_related("rounds__campaign")
    manages = allowed(request.membership, MANAGE)
    drafts = visible_drafts(request.membership) if manages else ()
    context = {"versions": versions, "manages": manages, "drafts": drafts}
    return render(request, "campaigns/schemes.html", context)


@require(Permission.VIEW_SCHEME)
def scheme(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One version in words: blocks with their clauses, the criteria table, the articles, warnings for the office."""
    version = find(request, Permission.VIEW_SCHEME, version_id)
    context = {
        "version": version,
        "warnings": check_scheme(version.document),
        "rounds": visible_rounds(request.membership).filter(scheme_version=version),
        **in_words(version.document),
        "lines": version_lines(request.membership, version),
        **acts(request, version),
    }
    return render(request, "campaigns/scheme.html", context)


def find(request: HttpRequest, permission: Permission, version_id: UUID) -> SchemeVersion:
    return get_permitted(request.membership, permission, visible_versions(request.membership), pk=version_id)


def in_words(document: Scheme) -> dict[str, Any]:
    return {"document": document, "paragraphs": describe(document), "criteria": criteria_lines(document)}


def acts(request: HttpRequest, version: SchemeVersion) -> dict[str, Any]:
    """What this person may do with the version now; ``own`` is theirs and waits for a colleague."""
    if not allowed(request.membership, MANAGE):
        return {}
    draft = version.state == VersionState.DRAFT
    own = draft and version.created_by_id == request.user.pk
    unused = version.state == VersionState.PUBLISHED and not version.rounds.exists()
    return {"manages": True, "publishes": draft and not own, "own": own, "withdraws": unused, "deletes": draft}


@require(Permission.VIEW_SCHEME)
@require_safe
def scheme_document(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The text as it was handed in, for the engine's command line or as the beginning of the next version."""
    version = find(request, Permission.VIEW_SCHEME, version_id)
    name = f"{version.scheme.key}-{version.number}.yaml"
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(version.text, content_type="application/yaml; charset=utf-8", headers=headers)


# --- a new version ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Examined:
    """A document as far as it could be read."""

    document: Scheme | None
    problems: list[Problem]

    @property
    def wrong(self) -> list[Problem]:
        return errors(self.problems)

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity != "error"]

    @property
    def right(self) -> bool:
        return self.document is not None and not self.wrong


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def scheme_upload(request: HttpRequest) -> HttpResponse:
    """Check as often as needed; what was seen in the preview is what is kept."""
    if request.method != "POST":
        return render(request, "campaigns/scheme_upload.html", {"form": SchemeTextForm(initial=beginning(request))})
    form = SchemeTextForm(request.POST, request.FILES)
    seen = examine(form) if form.is_valid() else None
    if seen and seen.right and not form.errors and "save" in request.POST:
        if not form.was_previewed:
            messages.warning(request, "文本在检查之后有改动，还没有保存。请看过下面的预览，再保存为草稿。")
        elif version := keep(request, form):
            messages.success(request, f"{version} 已保存为草稿，待另一位管理员发布。")
            return redirect("campaigns:scheme", version.pk)
    return render(request, "campaigns/scheme_upload.html", {"form": form, **preview(request, form, seen)})


def beginning(request: HttpRequest) -> dict[str, str]:
    """The text of the version that a new one begins from, when one was named."""
    chosen = request.GET.get("from")
    return {"text": find(request, MANAGE, chosen).text} if chosen else {}  # type: ignore[arg-type]


def examine(form: SchemeTextForm) -> Examined:
    """Read the text; a number that is taken is told now rather than when it is saved."""
    document, problems = examine_scheme(form.cleaned_data["text"])
    if document is not None:
        key, number = document.identity.key, document.identity.version
        if SchemeVersion.objects.filter(scheme__key=key, number=number).exists():
            form.add_error("text", f"已有 {number} 版。请在 identity.version 换一个版本号，再检查一遍。")
    return Examined(document, problems)


def keep(request: HttpRequest, form: SchemeTextForm) -> SchemeVersion | None:
    """Save it, or say beside the text why not: somebody may have taken the number since the check."""
    try:
        return add_version(tenant=request.tenant, text=form.cleaned_data["text"], actor=request.user)
    except (VersionRefused, ProblemsFound) as refused:
        form.add_error("text", str(refused))
        return None


def preview(request: HttpRequest, form: SchemeTextForm, seen: Examined | None) -> dict[str, Any]:
    """What the page shows of an examined document: problems, or the scheme in words. The text stays in the form."""
    if seen is None:
        return {}
    problems = [{**problem.as_dict(), "column": problem.place} for problem in seen.wrong]
    context: dict[str, Any] = {"problems": problems, "warnings": seen.warnings}
    if seen.document is not None and seen.right and not form.errors:
        county = seen.document.identity.county
        form.mark_previewed()
        context |= {"ready": True, "foreign": county.code != request.tenant.code, **in_words(seen.document)}
    return context


# --- what becomes of it ----------------------------------------------------------------------------


@require(MANAGE)
@require_POST
def scheme_publish(request: HttpRequest, version_id: UUID) -> HttpResponse:
    version = find(request, MANAGE, version_id)
    return change(request, version, publish_version, f"{version} 已发布，轮次可以采用。")


@require(MANAGE)
@require_POST
def scheme_withdraw(request: HttpRequest, version_id: UUID) -> HttpResponse:
    version = find(request, MANAGE, version_id)
    return change(request, version, withdraw_version, f"{version} 已停用，新的轮次不能再采用。")


def change(
    request: HttpRequest, version: SchemeVersion, service: Callable[..., SchemeVersion], done: str
) -> HttpResponse:
    try:
        service(version=version, actor=request.user)
    except VersionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("campaigns:scheme", version.pk)
