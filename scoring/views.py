"""A person's acts on a round: open scoring, compute, confirm, publish, return.

One service call each, then back to the round.
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import Permission, get_permitted, require
from campaigns.enums import RoundState
from campaigns.models import Round
from campaigns.queries import visible_rounds
from campaigns.services.campaigns import RoundRefused, move_round
from schemes import ProblemsFound

from .queries import visible_computations
from .services import computing, publication

REFUSALS = (RoundRefused, computing.ComputeRefused, publication.PublicationRefused, ProblemsFound)


def _answer(request: HttpRequest, act: Callable[[], object], success: str, round_id: UUID) -> HttpResponse:
    """Do it, say how it went, go back to the round."""
    try:
        act()
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, success)
    return redirect("reports:round", round_id)


def _round_to_work_on(request: HttpRequest, round_id: UUID) -> Round:
    rows = visible_rounds(request.membership)
    return get_permitted(request.membership, Permission.RUN_COMPUTATION, rows, pk=round_id)


@require(Permission.RUN_COMPUTATION)
@require_POST
def open_scoring(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = _round_to_work_on(request, round_id)
    act = lambda: move_round(round=round, to=RoundState.SCORING, actor=request.user)  # noqa: E731
    return _answer(request, act, "已开放评分。", round_id)


@require(Permission.RUN_COMPUTATION)
@require_POST
def compute(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = _round_to_work_on(request, round_id)
    try:
        job = computing.request_computation(round=round, actor=request.user)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("reports:round", round_id)
    return redirect("accounts:job", job.pk)


@require(Permission.RUN_COMPUTATION)
@require_POST
def return_to_scoring(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = _round_to_work_on(request, round_id)
    reason = request.POST.get("reason", "")
    act = lambda: publication.return_to_scoring(round=round, reason=reason, actor=request.user)  # noqa: E731
    return _answer(request, act, "已退回评分，可以更正评分单。", round_id)


@require(Permission.CONFIRM_RESULT)
@require_POST
def confirm(request: HttpRequest, computation_id: UUID) -> HttpResponse:
    rows = visible_computations(request.membership)
    computation = get_permitted(request.membership, Permission.CONFIRM_RESULT, rows, pk=computation_id)
    act = lambda: publication.confirm_computation(computation=computation, actor=request.user)  # noqa: E731
    return _answer(request, act, "结果已确认。", computation.round_id)


@require(Permission.PUBLISH_RESULT)
@require_POST
def publish(request: HttpRequest, computation_id: UUID) -> HttpResponse:
    rows = visible_computations(request.membership)
    computation = get_permitted(request.membership, Permission.PUBLISH_RESULT, rows, pk=computation_id)
    act = lambda: publication.publish_computation(computation=computation, actor=request.user)  # noqa: E731
    return _answer(request, act, "结果已公布，称号、加分和补助已更新。", computation.round_id)
