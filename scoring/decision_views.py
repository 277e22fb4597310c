"""The office's pages between computing and confirming: anomalies with notes, decisions about awards."""

import logging
from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Permission, get_permitted, require
from campaigns.enums import RoundKind

from .anomalies import rule_sentences
from .decision_forms import DecisionForm, NoteForm
from .enums import AnomalyKind, ComputationState, DecisionState, Verdict
from .explaining import NotReproducible
from .models import Computation, Result, ResultDecision
from .queries import visible_computations
from .reading import scheme_of
from .services import deciding, looking
from .traces import anomaly_list

DECIDE = Permission.DECIDE_RESULT
PER_PAGE = 50
log = logging.getLogger(__name__)


def find(request: HttpRequest, computation_id: UUID) -> Computation:
    rows = visible_computations(request.membership)
    rows = rows.select_related("round__campaign", "scheme_version__scheme", "round__scheme_version__scheme")
    found: Computation = get_permitted(request.membership, DECIDE, rows, pk=computation_id)
    return found


def frame(computation: Computation, here: str) -> dict[str, Any]:
    """What every page about one computation shows around its own."""
    back = f"{reverse('reports:round', args=[computation.round_id])}?computation={computation.pk}"
    crumbs = [
        {"label": "轮次与结果", "url": reverse("reports:rounds")},
        {"label": computation.round.title, "url": back},
        {"label": here},
    ]
    number = Computation.objects.filter(round=computation.round_id, computed_at__lte=computation.computed_at).count()
    return {
        "computation": computation, "round": computation.round, "crumbs": crumbs, "back": back,
        "number": f"{computation.round.label}-{number}",
    }  # fmt: skip


# -- anomalies


@require(DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def anomalies(request: HttpRequest, computation_id: UUID) -> HttpResponse:
    """The list; posting writes one note beside every ticked line."""
    computation = find(request, computation_id)
    context = frame(computation, "异常核查")
    try:
        found = anomaly_list(computation)
    except NotReproducible:
        log.exception("computation %s cannot be reproduced", computation.pk)
        return render(request, "scoring/anomalies.html", context | {"broken": True})
    form = NoteForm(request.POST if request.method == "POST" else None)
    ticked = request.POST.getlist("key")
    if form.is_valid() and _noted(request, computation, form, ticked, {line.anomaly.key for line in found.lines}):
        return redirect(request.get_full_path())
    counts = Counter(line.anomaly.kind for line in found.lines)
    chosen, waiting = request.GET.get("kind", ""), "open" in request.GET
    shown = [line for line in found.lines if chosen in ("", line.anomaly.kind) and not (waiting and line.note)]
    rules = rule_sentences(scheme_of(computation.round))
    context |= {
        "found": found, "form": form, "ticked": ticked, "chosen": chosen, "waiting": waiting,
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "filters": _filters(counts, chosen, waiting), "kinds": dict(AnomalyKind.choices),
        "rules": [(AnomalyKind(kind).label, counts[kind], text) for kind, text in rules.items()],
    }  # fmt: skip
    return render(request, "scoring/anomalies.html", context)


def _noted(request: HttpRequest, computation: Computation, form: NoteForm, ticked: list[str], known: set[str]) -> bool:
    note = form.cleaned_data["note"]
    try:
        count = looking.note_anomalies(computation=computation, keys=ticked, known=known, note=note, actor=request.user)
    except looking.NoteRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, f"已给 {count} 条异常写上核查意见。")
    return True


def _filters(counts: Counter[str], chosen: str, waiting: bool) -> list[dict[str, Any]]:
    """Chips of the kinds, zeros included: that nothing was found is worth knowing."""
    kept = "&open=1" if waiting else ""
    rows = [("", "全部", counts.total()), *((kind.value, kind.label, counts[kind]) for kind in AnomalyKind)]
    return [
        {"label": label, "count": count, "url": f"?kind={kind}{kept}", "pressed": kind == chosen}
        for kind, label, count in rows
    ]


# -- decisions


@require(DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def decisions(request: HttpRequest, computation_id: UUID) -> HttpResponse:
    """Every awarded result with what was decided about it; posting stages a decision about the ticked ones."""
    computation = find(request, computation_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    ticked = request.POST.getlist("result")
    if form.is_valid() and _staged(request, computation, form, ticked):
        return redirect("scoring:decisions", computation.pk)
    return render(request, "scoring/decisions.html", _decisions(request, computation, form, ticked))


def _decisions(request: HttpRequest, computation: Computation, form: DecisionForm, ticked: list[str]) -> dict[str, Any]:
    people = ("staged_by", "applied_by", "result__organization", "result__township")
    every = list(ResultDecision.objects.filter(computation=computation).select_related(*people).order_by("-staged_at"))
    standing = {each.result_id: each for each in every if each.state in deciding.STANDING}
    staged = [each for each in every if each.state == DecisionState.STAGED]
    results = Result.objects.filter(computation=computation, verdict=Verdict.AWARDED)
    rows = list(results.select_related("organization", "township").order_by("tier", "position"))
    order = {name: place for place, name in enumerate(scheme_of(computation.round).tier_names)}
    rows.sort(key=lambda row: (order.get(row.tier, len(order)), row.position))
    open_now = computation.state == ComputationState.COMPUTED and computation.round.kind == RoundKind.CREATION
    return frame(computation, "授予决定") | {
        "form": form, "ticked": ticked, "history": every, "staged": staged, "open": open_now,
        "rows": [(row, standing.get(row.pk)) for row in rows],
        "mine": sum(each.staged_by_id == request.user.pk for each in staged),
        "applied": sum(each.state == DecisionState.APPLIED for each in every),
        "releasable": computation.state in (ComputationState.COMPUTED, ComputationState.PUBLISHED),
        "review": computation.round.kind == RoundKind.REINSPECTION,
        "tiers": {name: place for place, name in enumerate(order, start=1)},
    }  # fmt: skip


def _staged(request: HttpRequest, computation: Computation, form: DecisionForm, ticked: list[str]) -> bool:
    try:
        wanted = {UUID(text) for text in ticked}
    except ValueError:
        raise Http404 from None
    results = list(Result.objects.filter(computation=computation, pk__in=wanted).select_related("computation"))
    if len(results) != len(wanted):
        raise Http404
    try:
        made = deciding.stage_decisions(results=results, actor=request.user, **form.cleaned_data)
    except deciding.DecisionRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, f"已拟定 {len(made)} 条决定，须由另一位管理员核对执行。")
    return True


@require(DECIDE)
@require_POST
def apply(request: HttpRequest, computation_id: UUID) -> HttpResponse:
    computation = find(request, computation_id)
    try:
        count = deciding.apply_decisions(computation=computation, actor=request.user)
    except deciding.DecisionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已执行 {count} 条决定。")
    return redirect("scoring:decisions", computation.pk)


def _decision(request: HttpRequest, decision_id: UUID) -> ResultDecision:
    rows = ResultDecision.objects.filter(computation__in=visible_computations(request.membership))
    rows = rows.select_related("computation__round__campaign")
    found: ResultDecision = get_permitted(request.membership, DECIDE, rows, pk=decision_id)
    return found


@require(DECIDE)
@require_POST
def drop(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    decision = _decision(request, decision_id)
    try:
        deciding.drop_decision(decision=decision, actor=request.user)
    except deciding.DecisionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "拟定的决定已撤销，记录留存。")
    return redirect("scoring:decisions", decision.computation_id)


@require(DECIDE)
@require_POST
def release(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    decision = _decision(request, decision_id)
    try:
        deciding.release_decision(decision=decision, reason=request.POST.get("reason", ""), actor=request.user)
    except deciding.DecisionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "决定已解除。已公布的，称号、加分和补助随即更新。")
    return redirect("scoring:decisions", decision.computation_id)
