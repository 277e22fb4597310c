"""What the office does in the control room: decide on sheets kept apart, reopen, note arrivals, take in a phone's
file, freeze.

One service call each, then back to the room.
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import Permission, get_permitted, require
from accounts.services.uploads import stored_path
from campaigns.models import Round
from campaigns.queries import visible_rounds
from sites.models import Inspector, Stop
from sites.services.panels import PanelRefused
from sites.services.routes import note_arrival, take_back_arrival

from .models import QuarantinedSheet, SheetReopening
from .queries import visible_photos, visible_quarantined, visible_reopenings, visible_sheets
from .services import board, quarantine, reopening
from .services.queue_files import MOST_BYTES, QueueFileRefused, import_queue

REFUSALS = (quarantine.QuarantineRefused, reopening.ReopeningRefused, board.BoardRefused, PanelRefused)


def _answer(request: HttpRequest, act: Callable[[], object], success: str, url: str) -> HttpResponse:
    """Do it, say how it went, go back."""
    try:
        act()
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, success)
    return redirect(url)


def _room(round_id: UUID) -> str:
    return reverse("reports:control", args=[round_id])


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")


def _round(request: HttpRequest, round_id: UUID) -> Round:
    rows = visible_rounds(request.membership)
    return get_permitted(request.membership, Permission.CONTROL_ROUND, rows, pk=round_id)


def _held(request: HttpRequest, quarantined_id: UUID) -> QuarantinedSheet:
    rows = visible_quarantined(request.membership)
    return get_permitted(request.membership, Permission.CONTROL_ROUND, rows, pk=quarantined_id)


def _wish(request: HttpRequest, reopening_id: UUID) -> SheetReopening:
    rows = visible_reopenings(request.membership)
    return get_permitted(request.membership, Permission.CONTROL_ROUND, rows, pk=reopening_id)


# -- sheets kept apart


@require(Permission.CONTROL_ROUND)
@require_POST
def admit(request: HttpRequest, quarantined_id: UUID) -> HttpResponse:
    held = _held(request, quarantined_id)
    act = lambda: quarantine.admit(quarantined=held, reason=_reason(request), actor=request.user)  # noqa: E731
    return _answer(
        request, act, "已采用，成为这位评委评分单的最新修订。", reverse("reports:quarantined", args=[held.pk])
    )


@require(Permission.CONTROL_ROUND)
@require_POST
def set_aside(request: HttpRequest, quarantined_id: UUID) -> HttpResponse:
    held = _held(request, quarantined_id)
    act = lambda: quarantine.set_aside(quarantined=held, reason=_reason(request), actor=request.user)  # noqa: E731
    return _answer(
        request, act, "没有采用，原件留存，评委看得到处理意见。", reverse("reports:quarantined", args=[held.pk])
    )


# -- reopening


@require(Permission.CONTROL_ROUND)
@require_POST
def reopen(request: HttpRequest, sheet_id: int) -> HttpResponse:
    rows = visible_sheets(request.membership).select_related("nomination", "inspector")
    sheet = get_permitted(request.membership, Permission.CONTROL_ROUND, rows, pk=sheet_id)
    whose = {"nomination": sheet.nomination, "inspector": sheet.inspector}
    act = lambda: reopening.reopen_sheet(**whose, reason=_reason(request), actor=request.user)  # noqa: E731
    return _answer(request, act, "已重开，评委可以重新提交一次。", reverse("reports:control_sheet", args=[sheet.pk]))


@require(Permission.CONTROL_ROUND)
@require_POST
def decide_reopening(request: HttpRequest, reopening_id: UUID) -> HttpResponse:
    """``to``: grant, decline or back."""
    wish, to = _wish(request, reopening_id), request.POST.get("to", "")
    facts = {"reopening": wish, "reply": _reason(request), "actor": request.user}
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "grant": (lambda: reopening.grant(**facts), "已同意重开，评委可以重新提交一次。"),
        "decline": (lambda: reopening.decline(**facts), "没有同意重开，评委看得到理由。"),
        "back": (lambda: reopening.take_back(**facts), "已收回，原评分单不变。"),
    }
    if to not in acts:
        messages.error(request, "请选择同意、不同意或收回。")
        return redirect(_room(wish.nomination.round_id))
    return _answer(request, *acts[to], _room(wish.nomination.round_id))


# -- where the tours are


@require(Permission.CONTROL_ROUND)
@require_POST
def arrival(request: HttpRequest, stop_id: UUID) -> HttpResponse:
    """``what``: arrived, left, or back with a reason."""
    rows = Stop.objects.filter(route__round__in=visible_rounds(request.membership)).select_related("route__round")
    stop = get_permitted(request.membership, Permission.CONTROL_ROUND, rows, pk=stop_id)
    what = request.POST.get("what", "arrived")
    if what == "back":
        act = lambda: take_back_arrival(stop=stop, reason=_reason(request), actor=request.user)  # noqa: E731
        return _answer(request, act, "已撤销到达记录。", _room(stop.route.round_id))
    note = lambda: note_arrival(stop=stop, left=what == "left", actor=request.user)  # noqa: E731
    return _answer(request, note, "已记离开。" if what == "left" else "已记到达。", _room(stop.route.round_id))


# -- a phone's file


@require(Permission.CONTROL_ROUND)
def queue_file(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Take in the exported file of one inspector; what became of each sheet is shown at once."""
    found = _round(request, round_id)
    members = found.panel_members.select_related("inspector").order_by("inspector__number")
    context = {"round": found, "inspectors": [member.inspector for member in members], "error": "", "report": None}
    context["crumbs"] = [
        {"label": found.title, "url": reverse("reports:round", args=[found.pk])},
        {"label": "现场调度", "url": _room(found.pk)},
        {"label": "导入手机文件", "url": ""},
    ]
    if request.method == "POST":
        context |= _take_in(request, [member.inspector for member in members])
    return render(request, "scoring/queue_file.html", context)


def _take_in(request: HttpRequest, inspectors: list[Inspector]) -> dict[str, object]:
    chosen = next((row for row in inspectors if str(row.pk) == request.POST.get("inspector")), None)
    file = request.FILES.get("file")
    if chosen is None or file is None:
        return {"error": "请选择评委和文件。", "chosen": chosen}
    try:
        report = import_queue(inspector=chosen, data=file.read(MOST_BYTES + 1), actor=request.user)
    except QueueFileRefused as refused:
        return {"error": str(refused), "chosen": chosen}
    return {"report": report, "chosen": chosen}


@require(Permission.CONTROL_ROUND)
def photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """A photo beside a sheet, as it was drawn anew."""
    rows = visible_photos(request.membership)
    found = get_permitted(request.membership, Permission.CONTROL_ROUND, rows, pk=photo_id)
    try:
        data = stored_path(found.tenant_id, found.served).read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


# -- the live board


@require(Permission.CONTROL_ROUND)
@require_POST
def freeze(request: HttpRequest, round_id: UUID) -> HttpResponse:
    found = _round(request, round_id)
    act = lambda: board.freeze_board(round=found, reason=_reason(request), actor=request.user)  # noqa: E731
    return _answer(request, act, "已封盘，其他人看到的停在这一刻。", reverse("reports:live", args=[found.pk]))


@require(Permission.CONTROL_ROUND)
@require_POST
def lift(request: HttpRequest, round_id: UUID) -> HttpResponse:
    found = _round(request, round_id)
    act = lambda: board.lift_board(round=found, actor=request.user)  # noqa: E731
    return _answer(request, act, "已解除封盘，榜单恢复实时。", reverse("reports:live", args=[found.pk]))
