"""Files that people carry away: books of a round, a year, the register; and tables that can be handed in again."""

import tempfile
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import IO, Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.access import Permission, allowed, get_permitted, require
from accounts.exports import TYPES, download
from accounts.services.audit import record
from campaigns.models import Round
from campaigns.queries import visible_rounds
from scoring.queries import visible_computations

from ..books.bundle import NotSealed, bundle_name, seal
from ..books.files import inspector_table, nomination_table, sheet_table
from ..books.round_book import RoundBook
from ..books.writer import write_book, write_table
from ..books.year_book import TitlesBook, YearBook
from ..queries.books import inspector_rows, nomination_rows, round_facts, sheet_rows
from ..queries.figures import chosen_campaign, frame_of
from ..queries.rounds import generations
from .titles import asked

XLSX, ZIP = TYPES["xlsx"], "application/zip"


def attachment(name: str, write: Callable[[IO[bytes]], object], content_type: str = XLSX) -> FileResponse:
    """What ``write`` puts into a file, sent under a Chinese name, never opened in place."""
    # The response closes the file; on disk it needs no memory however large it is.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write(file)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def find_round(request: HttpRequest, round_id: UUID) -> Round:
    rows = visible_rounds(request.membership).select_related("scheme_version__scheme", "campaign")
    return get_permitted(request.membership, Permission.VIEW_ROUNDS, rows, pk=round_id)


def demo_note(request: HttpRequest) -> str:
    return "演示数据，分值为合成" if request.tenant.is_demo else ""


@require(Permission.VIEW_ROUNDS)
@require_safe
def round_book(request: HttpRequest, round_id: UUID) -> HttpResponse:
    found = find_round(request, round_id)
    facts = round_facts(request.membership, found)
    if facts is None:
        if not allowed(request.membership, Permission.VIEW_UNPUBLISHED):
            raise Http404
        messages.error(request, f"{found.title}还没有计算结果，没有可导出的表册。请先计算。")
        return redirect("reports:round", found.pk)
    book = RoundBook(request.tenant, facts)
    record(actor=request.user, verb="导出轮次表册", target=found)
    return attachment(
        book.filename, lambda out: write_book(out, book.sheets(), size=book.size, demo_note=demo_note(request))
    )


@require(Permission.IMPORT_DATA)
@require_safe
def bundle(request: HttpRequest, computation_id: UUID) -> HttpResponse:
    """Every mark is in it, so it is the office's, like the file of sheets."""
    rows = visible_computations(request.membership).select_related("round__campaign", "scheme_version")
    found = get_permitted(request.membership, Permission.IMPORT_DATA, rows, pk=computation_id)
    number = next(each.number for each in generations(request.membership, found.round) if each.computation == found)
    try:
        data = seal(found)
    except NotSealed as why:
        messages.error(request, str(why))
        return redirect("reports:round", found.round_id)
    facts = {"computation": found, "sha256": sha256(data).hexdigest()}
    record(actor=request.user, verb="导出封存包", target=found.round, new=facts)
    return attachment(bundle_name(request.tenant.name, found.round, number), lambda out: out.write(data), ZIP)


@require(Permission.VIEW_TOWNSHIPS)
@require_safe
def year_book(request: HttpRequest, year: int) -> HttpResponse:
    campaign, _ = chosen_campaign(request.membership, Permission.VIEW_TOWNSHIPS, request.GET.get("campaign", ""))
    if campaign is None:
        raise Http404
    frame = frame_of(campaign)
    if year not in frame.years:
        raise Http404
    book = YearBook(request.tenant, request.membership, frame, year)
    record(actor=request.user, verb="导出年度表册", target=campaign, new={"year": year})
    return attachment(book.filename, lambda out: write_book(out, book.sheets(), size=0, demo_note=demo_note(request)))


@require(Permission.VIEW_TITLES)
@require_safe
def titles_book(request: HttpRequest) -> HttpResponse:
    """The register as the page shows it: the same filter, the same order."""
    campaign, _ = chosen_campaign(request.membership, Permission.VIEW_TITLES, request.GET.get("campaign", ""))
    if campaign is None:
        raise Http404
    wanted = asked(request.GET, str(campaign.pk))
    book = TitlesBook(request.tenant, request.membership, campaign, wanted, request.GET.get("sort", ""))
    record(actor=request.user, verb="导出称号台账", target=campaign)
    return attachment(
        book.filename, lambda out: write_book(out, book.sheets(), size=book.size, demo_note=demo_note(request))
    )


@require(Permission.VIEW_NOMINATIONS)
@require_safe
def round_nominations(request: HttpRequest, round_id: UUID, extension: str) -> HttpResponse:
    found = find_round(request, round_id)
    header, rows = nomination_table(found, nomination_rows(request.membership, found))
    return table(f"{request.tenant.name}{found.title}申报".replace(" ", ""), extension, header, rows)


@require(Permission.IMPORT_DATA)
@require_safe
def round_sheets(request: HttpRequest, round_id: UUID, extension: str) -> HttpResponse:
    found = find_round(request, round_id)
    header, rows = sheet_table(found, sheet_rows(request.membership, found))
    record(actor=request.user, verb="导出评分单", target=found)
    return table(f"{request.tenant.name}{found.title}评分单".replace(" ", ""), extension, header, rows)


@require(Permission.IMPORT_DATA)
@require_safe
def inspectors_file(request: HttpRequest, extension: str) -> HttpResponse:
    header, rows = inspector_table(inspector_rows())
    return table(f"{request.tenant.name}评委", extension, header, rows)


def table(name: str, extension: str, header: tuple[str, ...], rows: Iterable[Any]) -> HttpResponse:
    """A table in the columns of the imports: what goes out here goes in there."""
    if extension == "csv":
        return download(name, extension, header, rows)
    if extension != "xlsx":
        raise Http404
    listed = list(rows)
    return attachment(f"{name}.xlsx", lambda out: write_table(out, name, header, listed, size=len(listed)))
