"""Begin, fill and end a rehearsal. Begun and ended in the county, filled from inside the rehearsal."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, get_permitted, require
from accounts.enums import TenantKind
from campaigns.enums import RoundState
from campaigns.queries import visible_rounds
from campaigns.services.campaigns import RoundRefused, move_round

from .services.rehearsal import RehearsalRefused, begin_rehearsal, end_rehearsal, fill_with_marks, open_rehearsal

REHEARSE = Permission.REHEARSE


@require(REHEARSE)
@require_safe
def rehearsals(request: HttpRequest) -> HttpResponse:
    """In the county: the open rehearsal and the rounds that can be rehearsed. Inside one: what can be filled in."""
    inside = request.tenant.kind == TenantKind.REHEARSAL
    rounds = visible_rounds(request.membership).select_related("campaign", "scheme_version")
    context = {
        "inside": inside,
        "rounds": rounds.exclude(state=RoundState.PUBLISHED).order_by("onsite_date"),
        "world": None if inside else open_rehearsal(request.tenant),
    }
    context["post"] = next((m for m in request.memberships if m.tenant == context["world"]), None)
    return render(request, "scoring/rehearsals.html", context)


@require(REHEARSE)
@never_cache
@require_POST
@sensitive_variables("accounts")
def begin(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The made-up accounts are shown on this one page; their passwords are nowhere else."""
    round = get_permitted(request.membership, REHEARSE, visible_rounds(request.membership), pk=round_id)
    try:
        world, accounts = begin_rehearsal(round=round, actor=request.user)
    except RehearsalRefused as refused:
        messages.error(request, str(refused))
        return redirect("scoring:rehearsals")
    return render(request, "scoring/rehearsal_accounts.html", {"world": world, "accounts": accounts, "round": round})


@require(REHEARSE)
@require_POST
def fill(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = get_permitted(request.membership, REHEARSE, visible_rounds(request.membership), pk=round_id)
    try:
        if round.state == RoundState.NOMINATING and request.tenant.kind == TenantKind.REHEARSAL:
            round = move_round(round=round, to=RoundState.SCORING, actor=request.user)
        count = fill_with_marks(round=round, actor=request.user)
    except (RehearsalRefused, RoundRefused) as refused:
        messages.error(request, str(refused))
        return redirect("scoring:rehearsals")
    messages.success(request, f"已填入 {count} 份假的评分单。")
    return redirect("reports:round", round.pk)


@require(REHEARSE)
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    try:
        world = end_rehearsal(county=request.tenant, actor=request.user)
    except RehearsalRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"“{world}”已结束，演练账号已停用。本县的数据没有任何变化。")
    return redirect("scoring:rehearsals")
