"""The control room's pages: the room itself, one sheet, one sheet in quarantine beside its rival. Looks only."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.access import Permission, get_permitted, require
from accounts.changes import change_number
from campaigns.enums import RoundState
from campaigns.models import Round
from campaigns.queries import visible_rounds
from schemes import MarkCodec, Scheme
from schemes.exact import decimal_text
from scoring.arrivals import Unreadable, read_arrival
from scoring.day import standing
from scoring.enums import QUARANTINE_WORDS, QuarantineState
from scoring.models import QuarantinedSheet, ScoreSheet, SheetPhoto, SheetReopening
from scoring.queries import visible_quarantined, visible_sheets
from scoring.services.arriving import judge_marks
from scoring.services.board import standing_snapshot
from scoring.services.sheets import scaled_total

from ..queries.control import SIGNS, control_room, sheet_rows, total_of


def _round(request: HttpRequest, round_id: UUID) -> Round:
    rows = visible_rounds(request.membership).select_related("campaign", "scheme_version").prefetch_related("phases")
    return get_permitted(request.membership, Permission.CONTROL_ROUND, rows, pk=round_id)


@require(Permission.CONTROL_ROUND)
def control(request: HttpRequest, round_id: UUID) -> HttpResponse:
    found = _round(request, round_id)
    open_, note = standing(found)
    tag = _tag(request)
    members = found.panel_members.select_related("inspector").order_by("inspector__number")
    context = {
        "round": found,
        "open": open_,
        "note": note,
        "tag": tag,
        "feed": reverse("reports:control_board", args=[round_id]),
        "crumbs": _crumbs(found),
        "inspectors": [member.inspector for member in members],
        **_room(found),
    }
    return render(request, "reports/control.html", context)


@require(Permission.CONTROL_ROUND)
def control_board(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """What changes while sheets come in; 304 while nothing was written at all, for the price of one query."""
    tag = _tag(request)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    found = _round(request, round_id)
    if request.headers.get("If-None-Match") in (tag, f"W/{tag}"):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(render_to_string("reports/control_board.html", _room(found), request), headers=headers)


def _tag(request: HttpRequest) -> str:
    return f'"{change_number(request.membership.tenant)}"'


def _room(found: Round) -> dict[str, Any]:
    return {
        "round": found,
        "room": control_room(found),
        "signs": SIGNS.values(),
        "snapshot": standing_snapshot(found),
        "scoring": found.state == RoundState.SCORING,
    }


def _crumbs(found: Round, *more: str) -> list[dict[str, str]]:
    room = "" if not more else reverse("reports:control", args=[found.pk])
    crumbs = [
        {"label": "轮次与结果", "url": reverse("reports:rounds")},
        {"label": found.title, "url": reverse("reports:round", args=[found.pk])},
        {"label": "现场调度", "url": room},
    ]
    return [*crumbs, *({"label": label, "url": ""} for label in more)]


# -- one sheet, and one in quarantine


@require(Permission.CONTROL_ROUND)
def control_sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Every revision of one inspector's sheet for one entry, the newest first, with what stands beside the marks."""
    rows = visible_sheets(request.membership).select_related("nomination__organization", "inspector")
    sheet = get_permitted(request.membership, Permission.CONTROL_ROUND, rows, pk=sheet_id)
    found = _round(request, sheet.round_id)
    revisions = ScoreSheet.objects.filter(nomination=sheet.nomination_id, inspector=sheet.inspector_id)
    shown = list(revisions.select_related("submitted_by").order_by("-revision"))
    scheme = found.scheme_version.document
    columns = [_column(each, scheme) for each in shown]
    reopenings = SheetReopening.objects.filter(nomination=sheet.nomination_id, inspector=sheet.inspector_id)
    context = {
        "round": found,
        "sheet": shown[0],
        "columns": columns,
        "rows": sheet_rows(scheme, *columns),
        "reopenings": reopenings.select_related("asked_by", "decided_by"),
        "photos": _photos(sheet.nomination_id, sheet.inspector_id),
        "reopened": reopenings.filter(state__in=("asked", "open")).first(),
        "scoring": found.state == RoundState.SCORING,
        "crumbs": _crumbs(found, "评分单"),
    }
    return render(request, "reports/control_sheet.html", context)


@require(Permission.CONTROL_ROUND)
def quarantined(request: HttpRequest, quarantined_id: UUID) -> HttpResponse:
    """One sheet that was kept apart, beside the one that stands."""
    rows = visible_quarantined(request.membership)
    held = get_permitted(request.membership, Permission.CONTROL_ROUND, rows, pk=quarantined_id)
    found = _round(request, held.round_id)
    scheme = found.scheme_version.document
    own = ScoreSheet.objects.filter(nomination=held.nomination_id, inspector=held.inspector_id)
    standing_sheet = own.exclude(pk=held.sheet_id).order_by("-revision").first() or held.rival
    columns = [_held_column(held, found), *([_column(standing_sheet, scheme)] if standing_sheet else [])]
    context = {
        "round": found,
        "held": held,
        "reason": QUARANTINE_WORDS.get(held.code, held.code),
        "columns": columns,
        "rows": sheet_rows(scheme, *columns),
        "waiting": held.state == QuarantineState.WAITING,
        "admissible": held.state != QuarantineState.ADMITTED and found.state == RoundState.SCORING,
        "photos": _photos(held.nomination_id, held.inspector_id),
        "crumbs": _crumbs(found, "待核评分单"),
    }
    return render(request, "reports/quarantined.html", context)


def _column(sheet: ScoreSheet, scheme: Scheme) -> dict[str, Any]:
    marks = MarkCodec(scheme).unpack(bytes(sheet.marks))
    texts = [None if mark is None else decimal_text(mark) for mark in marks]
    return {
        "title": f"第 {sheet.revision} 次修订",
        "marks": dict(zip(scheme.column_keys, texts, strict=True)),
        "details": sheet.details,
        "total": total_of(sheet, scheme),
        "source": sheet.get_source_display(),
        "received_at": sheet.received_at,
        "client_time": sheet.client_time,
        "started_at": sheet.started_at,
        "device": sheet.device,
        "by": sheet.submitted_by,
    }


def _held_column(held: QuarantinedSheet, found: Round) -> dict[str, Any]:
    """As it was sent; with a total where its marks are right under the round's scheme."""
    shown = {"title": "待核的这一份", "total": "", "source": held.get_source_display(), "device": held.device,
             "received_at": held.received_at, "by": None, "marks": {}, "details": {}}  # fmt: skip
    try:
        arrival = read_arrival(held.payload)
    except Unreadable:
        return shown
    judged, packed = judge_marks(found.scheme_version, arrival)
    document = found.scheme_version.document
    total = (
        "弃权"
        if judged.abstained
        else decimal_text(Fraction(scaled_total(document, packed), document.scale))
        if packed
        else ""
    )
    return {**shown, "marks": arrival.marks, "details": arrival.details, "client_time": arrival.client_time,
            "started_at": arrival.started_at, "total": total}  # fmt: skip


def _photos(nomination: UUID, inspector: UUID) -> list[SheetPhoto]:
    return list(SheetPhoto.objects.filter(nomination=nomination, inspector=inspector))
