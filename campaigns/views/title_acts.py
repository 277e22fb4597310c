"""Decisions about titles: who waits for a second person, what was decided, and the form that proposes one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, get_permitted, require
from accounts.models import Organization
from accounts.queries import organizations
from schemes import ProblemsFound

from ..enums import ActState, TitleActKind
from ..forms_titles import ActForm, today
from ..models import TitleAct, TitleEvent
from ..queries import visible_acts, visible_campaigns
from ..services.title_acts import EVENT_OF, TitleActRefused, confirm_act, decline_act, propose_act

MANAGE = Permission.MANAGE_TITLES
PAGE, FOUND = 50, 20
LIGHTS = {ActState.PROPOSED: "warn", ActState.CONFIRMED: "ok", ActState.DECLINED: "idle"}


@require(MANAGE)
@require_safe
def title_acts(request: HttpRequest) -> HttpResponse:
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()
    rows = visible_acts(request.membership)
    counts = {value: rows.filter(state=value).count() for value in ActState.values}
    chosen = rows.filter(state=state) if state in counts else rows
    page = Paginator(chosen.order_by("-proposed_at"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": shown(list(page), request.user.pk),
        "filters": filters(counts, state),
        "state": state,
        "text": text,
        "found": organizations(text=text)[:FOUND] if text else [],
        "today": today(),
        "year_start": today().replace(month=1, day=1),
        "campaigns": visible_campaigns(request.membership).filter(titles__isnull=False).distinct(),
    }
    return render(request, "campaigns/title_acts.html", context)


def filters(counts: dict[str, int], state: str) -> list[dict[str, Any]]:
    rows = [("", "全部", sum(counts.values())), *((s.value, s.label, counts[s.value]) for s in ActState)]
    return [
        {"label": label, "count": count, "url": f"?state={value}" if value else "?", "pressed": state == value}
        for value, label, count in rows
    ]


def shown(acts: list[TitleAct], person: Any) -> list[dict[str, Any]]:
    """Each act with its light, whether it is one's own, and whether the register still follows it."""
    kept = {(row.organization_id, row.round_id, row.kind, row.on, row.document_no)
            for row in TitleEvent.objects.filter(organization__in=[act.organization_id for act in acts])}  # fmt: skip
    return [
        {
            "act": act,
            "light": LIGHTS[ActState(act.state)],
            "own": act.proposed_by_id == person,
            "idle": act.state == ActState.CONFIRMED
            and (act.organization_id, act.round_id, EVENT_OF[TitleActKind(act.kind)], act.on, act.document_no)
            not in kept,
        }
        for act in acts
    ]


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def act_new(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    rows = Organization.objects.select_related("parent")
    organization = get_permitted(request.membership, MANAGE, rows, pk=organization_id)
    data = request.POST if request.method == "POST" else None
    initial = {"on": today(), "kind": request.GET.get("kind", ""), "round": request.GET.get("round", "")}
    form = ActForm(data, organization=organization, membership=request.membership, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            act = propose_act(
                organization=organization, round=form.chosen_round(), facts=form.facts(), actor=request.user
            )
        except TitleActRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{act}已提出，由另一位管理员复核后生效。")
            return redirect("campaigns:title_acts")
    return render(request, "campaigns/title_act_form.html", {"form": form, "organization": organization})


@require(MANAGE)
@require_POST
def act_confirm(request: HttpRequest, act_id: UUID) -> HttpResponse:
    act = find(request, act_id)
    done = attempt(request, lambda: confirm_act(act=act, actor=request.user), f"{act}已生效，称号、加分和补助已更新。")
    return redirect("reports:title_history", act.organization_id) if done else redirect("campaigns:title_acts")


@require(MANAGE)
@require_POST
def act_decline(request: HttpRequest, act_id: UUID) -> HttpResponse:
    act = find(request, act_id)
    done = f"{act}已撤回。" if act.proposed_by_id == request.user.pk else f"{act}未采纳，称号没有变化。"
    attempt(request, lambda: decline_act(act=act, actor=request.user), done)
    return redirect("campaigns:title_acts")


def find(request: HttpRequest, act_id: UUID) -> TitleAct:
    return get_permitted(request.membership, MANAGE, visible_acts(request.membership), pk=act_id)


def attempt(request: HttpRequest, service: Callable[[], TitleAct], done: str) -> TitleAct | None:
    try:
        result = service()
    except (TitleActRefused, ProblemsFound) as refused:
        messages.error(request, str(refused))
        return None
    messages.success(request, done)
    return result
