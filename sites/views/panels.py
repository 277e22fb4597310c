"""The office builds a round's panel: members, groups and roles, a random draw, who leaves and who comes."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_permitted, require
from accounts.models import Organization
from campaigns.enums import SEALED_STATES
from campaigns.models import Round
from schemes.exact import share_text

from ..enums import ConflictState, PanelRole
from ..forms import AddForm, DrawForm, MemberForm, PinForm, ReplaceForm, outside
from ..models import Conflict, PanelMember
from ..queries import managed_rounds, panels_of, recuses, rows_by_day, visible_draws, visible_members, weighed_groups
from ..services.conflicts import find_conflicts, sheets_in, touching, unrecorded_homes
from ..services.drawing import apply_draw, candidates_of, draw_panel, lot, repeat, steps_of
from ..services.panels import add_to_panel, change_member, has_scored, leave_panel, remove_member, replace_member
from .shared import PANELS, crumbs, find_round, said_wrong, tried

FORM = ["GET", "HEAD", "POST"]
ROUNDS_SHOWN = 30


@require(PANELS)
@require_safe
def panels(request: HttpRequest) -> HttpResponse:
    rounds = list(rows_by_day(managed_rounds(request.membership))[:ROUNDS_SHOWN])
    members = PanelMember.objects.filter(round__in=rounds, left_at__isnull=True, role=PanelRole.MEMBER).order_by()
    counts = dict(members.values_list("round_id").annotate(n=Count("pk")))
    rows = [
        {"round": round, "members": counts.get(round.pk, 0), "routes": round.routes.count(),
         "open": round.state not in SEALED_STATES}
        for round in rounds
    ]  # fmt: skip
    return render(request, "sites/panels.html", {"rows": rows})


@require(PANELS)
@require_safe
def panel(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = find_round(request, round_id)
    members = list(
        visible_members(request.membership)
        .filter(round=round)
        .order_by(F("left_at").asc(nulls_first=True), "inspector__number")
    )
    open_ = round.state not in SEALED_STATES
    conflicts = touching(round)
    context = {
        "round": round,
        "crumbs": [*crumbs(round)[:1], {"label": round.title, "url": ""}],
        "open": open_,
        "members": member_rows(round, members),
        "groups": group_rows(round, members),
        "size": round.scheme_version.document.panel.size,
        "counted": sum(each.role == PanelRole.MEMBER and each.left_at is None for each in members),
        "conflicts": conflict_rows(round, conflicts),
        "waiting": sum(row.state == ConflictState.PROPOSED for row in conflicts),
        "unrecorded": len(unrecorded_homes(round)) if open_ else 0,
        "rule": recuses(round.scheme_version.document),
        "draws": visible_draws(request.membership).filter(round=round),
        "add": AddForm(round=round) if open_ else None,
        "pin": PinForm(round=round) if open_ else None,
        "anybody": outside(round).exists(),
    }
    return render(request, "sites/panel.html", context)


def member_rows(round: Round, members: list[PanelMember]) -> list[dict[str, Any]]:
    """Each member with what they have sent and from how many entries they are recused."""
    sent: Counter[Any] = Counter(round.sheets.filter(revision=1).order_by().values_list("inspector_id", flat=True))
    facts = panels_of([round])[round.pk]
    recused = Counter(inspector for inspector, _ in facts.recused)
    return [
        {"member": each, "sent": sent[each.inspector_id], "recused": recused[each.inspector_id],
         "due": len(facts.entries) - recused[each.inspector_id]}
        for each in members
    ]  # fmt: skip


def group_rows(round: Round, members: list[PanelMember]) -> list[dict[str, Any]]:
    """Groups as the scheme weighs them, with how many serve in each; groups it does not know last."""
    there = Counter(each.group for each in members if each.role == PanelRole.MEMBER and each.left_at is None)
    weighed = weighed_groups(round.scheme_version.document)
    if not weighed:
        return []
    rows = [{"name": name, "weight": share_text(share), "number": there.pop(name, 0), "known": True}
            for name, share in weighed.items()]  # fmt: skip
    return rows + [{"name": name, "weight": "", "number": number, "known": False} for name, number in there.items()]


def conflict_rows(round: Round, conflicts: list[Conflict]) -> list[dict[str, Any]]:
    lights = {ConflictState.PROPOSED: "warn", ConflictState.CONFIRMED: "ok", ConflictState.DISMISSED: "idle"}
    return [
        {"conflict": row, "light": lights[ConflictState(row.state)], "sheets": sheets_in(row, round)}
        for row in sorted(conflicts, key=lambda row: row.state != ConflictState.PROPOSED)
    ]


@require(PANELS)
@require_POST
def panel_add(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = find_round(request, round_id)
    form = AddForm(request.POST, round=round)
    if not form.is_valid():
        said_wrong(request, form)
        return redirect("sites:panel", round.pk)
    chosen, group = list(form.cleaned_data["inspectors"]), form.cleaned_data["group"]
    groups = {row.number: group for row in chosen} if group else None

    def act() -> int:
        role = form.cleaned_data["role"]
        joined = add_to_panel(round=round, inspectors=chosen, groups=groups, role=role, actor=request.user)
        find_conflicts(round=round, actor=request.user)
        return joined

    tried(request, act, lambda joined: f"已加入评委组 {joined} 人。")
    return redirect("sites:panel", round.pk)


@require(PANELS)
@require_http_methods(FORM)
def member(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """One member: role and group, leaving and being replaced, being taken off."""
    rows = visible_members(request.membership)
    found: PanelMember = get_permitted(request.membership, PANELS, rows, pk=member_id)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    change = MemberForm(request.POST if act == "change" else None, member=found)
    swap = ReplaceForm(request.POST if act == "replace" else None, member=found)
    done = None
    if act == "change" and change.is_valid():
        done = tried(request, lambda: change_member(member=found, actor=request.user, **change.cleaned_data),
                     f"{found}的身份和组别已保存。", change)  # fmt: skip
    elif act == "replace" and swap.is_valid():
        done = tried(request, lambda: replaced(request, found, swap), replaced_words(found, swap), swap)
    elif act == "remove":
        done = tried(request, lambda: remove_member(member=found, actor=request.user), f"{found}已移出评委组。")
    if done is not None:
        return redirect("sites:panel", found.round_id)
    context = {
        "member": found,
        "crumbs": crumbs(found.round, (f"评委 {found.inspector.number}", "")),
        "open": found.round.state not in SEALED_STATES,
        "scored": has_scored(found),
        "change": change,
        "swap": swap,
    }
    return render(request, "sites/member.html", context)


def replaced(request: HttpRequest, found: PanelMember, form: ReplaceForm) -> PanelMember:
    reason, by = form.cleaned_data["left_reason"], form.cleaned_data["by"]
    if by is None:
        return leave_panel(member=found, reason=reason, actor=request.user)
    comer = replace_member(member=found, by=by, reason=reason, actor=request.user)
    find_conflicts(round=found.round, actor=request.user)
    return comer


def replaced_words(found: PanelMember, form: ReplaceForm) -> str:
    by = form.cleaned_data["by"]
    kept = "已交的评分单照常保留。"
    return f"{by.name}已接替{found}。{found}{kept}" if by else f"{found}已离开评委组，{kept}"


# -- drawing


@require(PANELS)
@require_http_methods(FORM)
def draw_new(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = find_round(request, round_id)
    form = DrawForm(request.POST if request.method == "POST" else None, round=round)
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("seed", "spread", "excluded")}

        def act() -> Any:
            return draw_panel(round=round, sizes=form.sizes(), actor=request.user, **facts)

        if drawn := tried(request, act, lambda row: f"已抽出 {len(row.drawn)} 人，尚未采用。", form):
            return redirect("sites:draw", drawn.pk)
    context = {
        "round": round,
        "form": form,
        "earlier": visible_draws(request.membership).filter(round=round).count(),
        "open": round.state not in SEALED_STATES,
        "crumbs": crumbs(round, ("随机抽取", "")),
    }
    return render(request, "sites/draw_new.html", context)


@require(PANELS)
@require_http_methods(FORM)
def draw(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """A recorded draw: who was drawn, and how anybody repeats it."""
    row = get_permitted(request.membership, PANELS, visible_draws(request.membership), pk=draw_id)
    if request.method == "POST":

        def act() -> int:
            joined = apply_draw(draw=row, actor=request.user)
            find_conflicts(round=row.round, actor=request.user)
            return joined

        tried(request, act, lambda joined: f"抽取结果已采用，{joined} 人加入评委组。")
        return redirect("sites:panel", row.round_id)
    places = Organization.objects.filter(code__in={each.home for each in candidates_of(row)})
    homes = dict(places.values_list("code", "name"))
    steps = [
        {"step": step, "lines": [
            {"candidate": each, "lot": lot(row.seed, each.number), "drawn": place < step.size,
             "home": homes.get(each.home, each.home)}
            for place, each in enumerate(step.ordered)
        ]}
        for step in steps_of(row)
    ]  # fmt: skip
    if row.rule and repeat(row) != row.drawn:
        messages.error(request, "按记录重算，抽中的人与记录不一致。请不要采用，并报告审计管理员。")
    context = {
        "draw": row,
        "steps": steps,
        "out": [each for each in candidates_of(row) if each.out],
        "spread": bool(row.rule.get("spread")),
        "crumbs": crumbs(row.round, ("随机抽取", reverse("sites:draw_new", args=[row.round_id])), ("抽取记录", "")),
        "open": row.round.state not in SEALED_STATES,
    }
    return render(request, "sites/draw.html", context)
