"""The tally sheet (核分单) of one result: a page to print and a document to go on editing."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import Permission, require
from accounts.services.audit import record
from scoring.explaining import ExplainedResult
from scoring.models import Result

from ..books.tally import Tally, tally_of
from ..books.tally_document import TYPE, write_tally
from ..queries import results as reads
from .books import attachment
from .results import explained_or_none, find, frame, worded


@require(Permission.VIEW_EXPLANATIONS)
@require_safe
def tally(request: HttpRequest, result_id: UUID) -> HttpResponse:
    """As it will lie on paper. A result that cannot be computed again has none: back to the page that says so."""
    found = find(request, result_id)
    context = frame(request, found)
    made = made_of(request, found, context["number"])
    if made is None:
        return redirect("reports:result", found.pk)
    return render(request, "reports/tally.html", context | {"tally": made})


@require(Permission.VIEW_EXPLANATIONS)
@require_safe
def tally_document(request: HttpRequest, result_id: UUID) -> HttpResponse:
    found = find(request, result_id)
    made = made_of(request, found, frame(request, found)["number"])
    if made is None:
        messages.error(request, "这份结果不能复算，不能出具核分单。请联系管理员核查。")
        return redirect("reports:result", found.pk)
    record(actor=request.user, verb="导出核分单", target=found.computation.round, new={"result": found})
    name = f"{found.organization.name}{found.computation.round.title}核分单.docx".replace(" ", "")
    return attachment(name, lambda out: write_tally(out, made), TYPE)


def made_of(request: HttpRequest, found: Result, number: str) -> Tally | None:
    """None when the result cannot be computed again. Inspectors stand by number, whoever asks: paper goes round."""
    explained = explained_or_none(found)
    if explained is None:
        return None
    shown = ExplainedResult(explained.scheme, worded(found, explained.explanation, names=False))
    return tally_of(found, shown, reads.derivation(shown), tenant=request.tenant, number=number)
