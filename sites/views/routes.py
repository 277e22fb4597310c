"""The office plans routes; everybody who goes along sees and prints theirs."""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, allowed, get_permitted, require
from accounts.models import Organization
from campaigns.enums import RoundState, Switch
from campaigns.models import Round
from campaigns.phases import is_open, why_shut

from ..enums import PanelRole
from ..forms import MembersForm, OutlineForm, PlacesForm, RouteForm, StopsForm, TimesForm
from ..mapping import route_map
from ..models import PanelMember, Route, Stop
from ..places import point_of, tour_length
from ..queries import county_map, own_inspector, panels_of, visible_routes, visible_stops
from ..services.maps import load_outline, put_places, remove_outline
from ..services.routes import (
    CLOSED,
    assign_members,
    create_route,
    delete_route,
    move_stop,
    order_by_nearness,
    plan_times,
    put_stops,
    revise_route,
)
from .shared import PANELS, crumbs, find_round, said_wrong, tried

VIEW = Permission.VIEW_ROUTES
FORM = ["GET", "HEAD", "POST"]
WITHOUT_PLACE_SHOWN = 40


def stops_of(route: Route) -> list[Stop]:
    rows = route.stops.select_related("nomination__organization", "nomination__township")
    return list(rows.order_by("sequence"))


@require(PANELS)
@require_http_methods(FORM)
def routes(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = find_round(request, round_id)
    form = RouteForm(request.POST if request.method == "POST" else None, round=round)
    if form.is_valid():

        def act() -> Route:
            return create_route(round=round, facts=form.facts(), actor=request.user)

        if made := tried(request, act, lambda row: f"路线“{row}”已新建，请安排站点和随行评委。", form):
            return redirect("sites:route", made.pk)
    found = list(visible_routes(request.membership).filter(round=round).order_by("on", "name"))
    context = {
        "round": round,
        "rows": [route_row(route) for route in found],
        "without": unplanned(round),
        "form": form,
        "open": round.state not in CLOSED,
        "crumbs": crumbs(round, ("路线", "")),
    }
    return render(request, "sites/routes.html", context)


def route_row(route: Route) -> dict[str, Any]:
    stops = stops_of(route)
    points = [point_of(stop.nomination.organization) for stop in stops]
    begin = [point_of(route.start)] if route.start else []
    return {
        "route": route,
        "stops": stops,
        "members": list(route.members.select_related("inspector")),
        "arrived": sum(stop.arrived_at is not None for stop in stops),
        "km": round(tour_length([*begin, *points])),
        "unplaced": sum(point is None for point in points),
    }


def unplanned(round: Round) -> list[str]:
    """Approved entries that are on no route."""
    on_routes = Stop.objects.filter(route__round=round).values("nomination")
    rows = round.nominations.filter(state="approved").exclude(pk__in=on_routes)
    return list(rows.order_by("organization__path").values_list("organization__name", flat=True))


# -- one route


@require(PANELS)
@require_http_methods(FORM)
def route(request: HttpRequest, route_id: UUID) -> HttpResponse:
    found: Route = get_permitted(request.membership, PANELS, visible_routes(request.membership), pk=route_id)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = RouteForm(request.POST if act == "revise" else None, route=found)
    if act == "revise" and form.is_valid():
        facts = form.facts()
        if tried(request, lambda: revise_route(route=found, facts=facts, actor=request.user), "路线已保存。", form):
            return redirect("sites:route", found.pk)
    elif act == "delete":
        if tried(request, lambda: delete_route(route=found, actor=request.user), f"路线“{found}”已删除。"):
            return redirect("sites:routes", found.round_id)
        return redirect("sites:route", found.pk)
    elif act and act != "revise":
        arrange(request, found, act)
        return redirect("sites:route", found.pk)
    row = route_row(found)
    stops = row["stops"]
    context = {
        **row,
        "round": found.round,
        "form": form,
        "map": drawn(found, stops),
        "choose_stops": StopsForm(route=found),
        "choose_members": MembersForm(route=found),
        "times": TimesForm(),
        "open": found.round.state not in CLOSED,
        "crumbs": crumbs(found.round, ("路线", reverse("sites:routes", args=[found.round_id])), (found.name, "")),
    }
    return render(request, "sites/route.html", context)


def arrange(request: HttpRequest, found: Route, act: str) -> None:
    """The small acts on a route, each with its own form."""
    user = request.user
    if act == "near":
        tried(request, lambda: order_by_nearness(route=found, actor=user),
              lambda left: f"已按就近排序，原计划到达已清空。{f'{left} 站没有坐标，排在最后。' if left else ''}")  # fmt: skip
        return
    forms = {"stops": StopsForm, "members": MembersForm}
    form = forms[act](request.POST, route=found) if act in forms else TimesForm(request.POST)
    if not form.is_valid():
        said_wrong(request, form)
    elif act == "stops":
        chosen = form.cleaned_data["nominations"]
        tried(request, lambda: put_stops(route=found, nominations=chosen, actor=user),
              lambda n: f"站点已保存：加入 {n['added']} 站，移出 {n['removed']} 站。")  # fmt: skip
    elif act == "members":
        chosen = form.cleaned_data["members"]
        tried(request, lambda: assign_members(route=found, members=chosen, actor=user),
              lambda n: f"随行评委 {n} 人。" if n else "没有指定随行评委，这条路线全体评委都去。")  # fmt: skip
    elif act == "times":
        facts = form.cleaned_data
        tried(request, lambda: plan_times(route=found, actor=user, **facts), lambda n: f"{n} 站的计划到达已排定。")


def drawn(found: Route, stops: list[Stop]) -> Any:
    places = [(str(stop.sequence), stop.nomination.organization) for stop in stops]
    return route_map(places, found.start, county_map())


@require(PANELS)
@require_POST
def stop_move(request: HttpRequest, stop_id: UUID) -> HttpResponse:
    rows = visible_stops(request.membership)
    stop = get_permitted(request.membership, PANELS, rows, pk=stop_id)
    by = -1 if request.POST.get("to") == "up" else 1
    tried(request, lambda: move_stop(stop=stop, by=by, actor=request.user), f"{stop.nomination.organization.name}已移动。")
    return redirect(f"{reverse('sites:route', args=[stop.route_id])}#stops")


# -- what is carried along


@require(VIEW)
@require_safe
def route_sheet(request: HttpRequest, route_id: UUID) -> HttpResponse:
    """The route on paper, with a code per stop that opens its sheet on the phone."""
    found: Route = get_permitted(request.membership, VIEW, visible_routes(request.membership), pk=route_id)
    office = allowed(request.membership, PANELS)
    if not office and not is_open(found.round, Switch.ROUTE):
        messages.error(request, why_shut(found.round, Switch.ROUTE))
        return redirect("sites:my_day")
    members = going_along(found)
    recused = panels_of([found.round])[found.round_id].recused
    stops = [
        {
            "stop": stop,
            "code": code_of(request, stop),
            "recused": [str(each) for each in members if (each.inspector_id, stop.nomination_id) in recused],
        }
        for stop in stops_of(found)
    ]
    context = {
        "route": found,
        "round": found.round,
        "members": members,
        "stops": stops,
        "map": drawn(found, [each["stop"] for each in stops]),
        "back": reverse("sites:route", args=[found.pk]) if office else reverse("sites:my_day"),
    }
    return render(request, "sites/route_sheet.html", context)


def going_along(found: Route) -> list[PanelMember]:
    """Who was named; of a route that names nobody everybody of the panel."""
    rows = PanelMember.objects.filter(left_at__isnull=True).select_related("inspector__home")
    named = list(rows.filter(routes=found).order_by("inspector__number"))
    return named or list(rows.filter(round=found.round_id).order_by("role", "inspector__number"))


def code_of(request: HttpRequest, stop: Stop) -> SafeString:
    """The QR code of a stop's sheet as SVG; it holds an address with an id and nothing else."""
    address = request.build_absolute_uri(f"/phone/?stop={stop.nomination_id}")
    drawing = segno.make(address, error="m", micro=False)
    return SafeString(drawing.svg_inline(border=2, svgclass="qr", lineclass=None, omitsize=True))


@require(VIEW)
@require_safe
def my_day(request: HttpRequest) -> HttpResponse:
    """An inspector's own routes; scoring itself is on the phone."""
    inspector = own_inspector(request.membership)
    mine = PanelMember.objects.filter(inspector=inspector, left_at__isnull=True) if inspector else None
    roles = {each.round_id: each for each in mine} if mine is not None else {}
    found = visible_routes(request.membership).filter(round__in=roles).order_by("on", "starts_at", "name")
    rows, shut = [], []
    for each in found.prefetch_related("round__phases").exclude(round__state=RoundState.PUBLISHED):
        if is_open(each.round, Switch.ROUTE):
            counts = roles[each.round_id].role == PanelRole.MEMBER
            rows.append({"route": each, "stops": stops_of(each), "counts": counts, "role": roles[each.round_id]})
        elif why_shut(each.round, Switch.ROUTE) not in shut:
            shut.append(why_shut(each.round, Switch.ROUTE))
    recused = {pair for panel in panels_of([row["route"].round for row in rows]).values() for pair in panel.recused}
    for row in rows:
        row["stops"] = [(stop, (inspector.pk, stop.nomination_id) in recused) for stop in row["stops"]]
    context = {"inspector": inspector, "rows": rows, "shut": shut, "today": timezone.localdate()}
    return render(request, "sites/my_day.html", context)


# -- the map


@require(PANELS)
@require_http_methods(FORM)
def places(request: HttpRequest) -> HttpResponse:
    """The county's outline and the coordinates of organizations."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    outline = OutlineForm(request.POST, request.FILES) if act == "outline" else OutlineForm()
    lines = PlacesForm(request.POST if act == "places" else None)
    done = None
    if act == "outline" and outline.is_valid():
        content = outline.cleaned_data["file"].read()
        done = tried(request, lambda: load_outline(tenant=request.tenant, content=content, actor=request.user),
                     lambda n: f"县域轮廓已载入，{n} 个点。", outline)  # fmt: skip
    elif act == "remove":
        done = tried(request, lambda: remove_outline(tenant=request.tenant, actor=request.user), "县域轮廓已删除。")
    elif act == "places" and lines.is_valid():
        done = tried(request, lambda: put_places(rows=lines.facts, actor=request.user),
                     lambda n: f"坐标已保存：更改 {n['changed']} 个，{n['same']} 个不变。", lines)  # fmt: skip
    if done is not None:
        return redirect("sites:places")
    known = Organization.objects.filter(active=True, longitude__isnull=False).count()
    without = Organization.objects.filter(active=True, longitude__isnull=True).order_by("path")
    context = {
        "outline": outline,
        "lines": lines,
        "county": county_map(),
        "known": known,
        "without": without.count(),
        "sample": without.select_related("parent")[:WITHOUT_PLACE_SHOWN],
    }
    return render(request, "sites/places.html", context)
