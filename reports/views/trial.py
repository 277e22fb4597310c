"""Trying a version of a scheme (试算) on past rounds or on files: a form, a page, a workbook; nothing is kept."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, require
from accounts.services.audit import record
from campaigns.models import SchemeVersion
from schemes import ProblemsFound
from schemes.problems import Problem, errors
from schemes.trial import Change

from ..books.trial_book import TrialBook
from ..books.writer import write_book
from ..forms import FileTrialForm, RoundTrialForm, TrialForm
from ..queries.trial import Report, try_files, try_rounds
from ..queries.trial_files import read_trial_files
from .books import attachment, demo_note
from .titles import changed

MANAGE = Permission.MANAGE_CAMPAIGNS
PAGE = 50
#: Rows of a trial on files that a page shows; it cannot be asked for more, as the files are not kept.
MOST_SHOWN = 500
#: Of many problems these are shown.
MOST_PROBLEMS = 200


@require(MANAGE)
@require_safe
def trial(request: HttpRequest) -> HttpResponse:
    """The form, and once rounds were chosen what came of it. Only a look at a new result is written to the log."""
    if "rounds" not in request.GET and "go" not in request.GET:
        return page(request, RoundTrialForm(membership=request.membership, initial=beginning(request)))
    form = RoundTrialForm(request.GET, membership=request.membership)
    report, problems = asked_rounds(request, form)
    if report is None:
        return page(request, form, problems=problems)
    if not {"change", "page"} & request.GET.keys():
        note(request, report, "试算办法")
    change = wanted_change(request.GET.get("change", ""))
    context = {
        "form": form,
        "page": Paginator(report.of(change), PAGE).get_page(request.GET.get("page")),
        "filters": filters(request, report, change),
        "query": changed(request.GET, change="", go=""),
    }
    return render(request, "reports/trial_result.html", {**shared(report), **context})


@require(MANAGE)
@require_safe
def trial_book(request: HttpRequest) -> HttpResponse:
    """The same trial as a workbook, whatever was filtered on the page."""
    form = RoundTrialForm(request.GET, membership=request.membership)
    report, _ = asked_rounds(request, form)
    if report is None:
        return redirect("reports:trial")
    return book(request, report)


@require(MANAGE)
@require_POST
def trial_files(request: HttpRequest) -> HttpResponse:
    """A trial on two files; the page shows the first rows, the workbook, asked for by its own button, has all."""
    form = FileTrialForm(request.POST, request.FILES, membership=request.membership)
    if not form.is_valid():
        return page(request, files=form)
    try:
        report = from_files(form)
    except ProblemsFound as found:
        return page(request, files=form, problems=list(found.problems))
    if "book" in request.POST:
        return book(request, report)
    note(request, report, "试算办法")
    rows = report.lines[:MOST_SHOWN]
    context = {"page": rows, "left_out": len(report.lines) - len(rows), "filters": filters(None, report, "")}
    return render(request, "reports/trial_result.html", {**shared(report), **context})


# --- asking ----------------------------------------------------------------------------------------


def asked_rounds(request: HttpRequest, form: RoundTrialForm) -> tuple[Report | None, list[Problem]]:
    """What the trial came to; None where something is wrong, with the problems that the form does not show."""
    if not form.is_valid():
        return None, []
    version, rounds = form.cleaned_data["version"], form.cleaned_data["rounds"]
    try:
        return try_rounds(request.membership, version, rounds, form.wishes()), []
    except ProblemsFound as found:
        return None, list(found.problems)


def from_files(form: FileTrialForm) -> Report:
    """Raises ProblemsFound with every problem of the files, or of carrying their marks over."""
    version: SchemeVersion = form.cleaned_data["version"]
    against: SchemeVersion | None = form.cleaned_data["against"]
    inputs, notes = read_trial_files((against or version).document, form.file("nominations"), form.file("sheets"))
    return try_files(version, against, inputs, form.wishes(), notes)


def beginning(request: HttpRequest) -> dict[str, str]:
    """The version whose page led here."""
    return {"version": request.GET.get("version", "")}


def note(request: HttpRequest, report: Report, verb: str) -> None:
    """The one line that a trial leaves."""
    counted = {report.words[change]: number for change, number in report.changes.items() if number}
    facts = {"用什么试算": report.source, "对照": report.against, **counted}
    record(actor=request.user, verb=verb, target=report.version, new=facts)


# --- answering -------------------------------------------------------------------------------------


def page(
    request: HttpRequest,
    form: TrialForm | None = None,
    files: TrialForm | None = None,
    problems: list[Problem] | None = None,
) -> HttpResponse:
    """Both forms; the one that was not sent is empty. Notes beside problems wait for a trial that runs."""
    wrong = errors(problems or [])
    initial = {"initial": beginning(request)}
    context = {
        "form": form or RoundTrialForm(membership=request.membership, **initial),
        "files": files or FileTrialForm(membership=request.membership, **initial),
        "sent_files": files is not None,
        "problems": wrong[:MOST_PROBLEMS],
        "more_problems": len(wrong[MOST_PROBLEMS:]),
    }
    return render(request, "reports/trial.html", context)


def shared(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "changes": [(change.value, report.words[change], report.changes[change]) for change in Change],
    }


def filters(request: HttpRequest | None, report: Report, chosen: str) -> list[dict[str, Any]]:
    """Links for a trial that can be asked again, buttons for one on files."""
    rows = [("", "全部", len(report.lines))]
    rows += [(change.value, report.words[change], report.changes[change]) for change in Change if shows(report, change)]
    return [
        {
            "value": value,
            "label": label,
            "count": count,
            "pressed": value == chosen,
            "url": changed(request.GET, change=value or "all") if request else "",
        }
        for value, label, count in rows
    ]


def wanted_change(text: str) -> str:
    """A kind of change, or "" for all of them."""
    return text if text in list(Change) else ""


def shows(report: Report, change: Change) -> bool:
    return change is not Change.ALONE or bool(report.changes[change])


def book(request: HttpRequest, report: Report) -> HttpResponse:
    made = TrialBook(request.tenant, report)
    note(request, report, "导出试算表")
    return attachment(
        made.filename,
        lambda out: write_book(out, made.sheets(), size=len(report.lines), demo_note=demo_note(request)),
    )
