"""Writes of routes: a day's tour, who goes along, its stops in order with planned times, and when it arrived."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Organization, User
from accounts.services.audit import record
from campaigns.enums import NominationState, RoundState
from campaigns.models import Nomination, Round

from ..models import PanelMember, Route, RouteMember, Stop
from ..places import Point, minutes_between, near_order, point_of
from .panels import PanelRefused

#: A tour is planned and noted until its round is decided on.
CLOSED = (RoundState.CONFIRMED, RoundState.PUBLISHED)
MOST_STOPS = 200


@dataclass(frozen=True)
class RouteFacts:
    """What the office says of a route. ``start``: where it sets out, for the order and the first leg."""

    name: str
    on: date
    starts_at: time | None = None
    start: Organization | None = None


def _open_round(round: Round) -> Round:
    locked = Round.objects.select_for_update().get(pk=round.pk)
    if locked.state in CLOSED:
        raise PanelRefused(f"{locked.title}“{locked.get_state_display()}”，路线不再更改。")
    return locked


def _locked(route: Route) -> Route:
    _open_round(route.round)
    return Route.objects.select_for_update(of=("self",)).select_related("round", "start").get(pk=route.pk)


@transaction.atomic
def create_route(*, round: Round, facts: RouteFacts, actor: User | None) -> Route:
    round = _open_round(round)
    if Route.objects.filter(round=round, name=facts.name).exists():
        raise PanelRefused(f"{round.title}已有路线“{facts.name}”。请换一个名称。")
    route = Route(tenant_id=round.tenant_id, round=round, **vars(facts))
    route.save(force_insert=True)
    record(actor=actor, verb="新建路线", target=route, new={"round": round, **_said(facts)})
    return route


@transaction.atomic
def revise_route(*, route: Route, facts: RouteFacts, actor: User | None) -> Route:
    route = _locked(route)
    if Route.objects.filter(round=route.round, name=facts.name).exclude(pk=route.pk).exists():
        raise PanelRefused(f"{route.round.title}已有路线“{facts.name}”。请换一个名称。")
    old = _said(RouteFacts(route.name, route.on, route.starts_at, route.start))
    for name, value in vars(facts).items():
        setattr(route, name, value)
    route.save()
    record(actor=actor, verb="修改路线", target=route, old=old, new=_said(facts))
    return route


def _said(facts: RouteFacts) -> dict[str, Any]:
    starts = facts.starts_at.isoformat("minutes") if facts.starts_at else ""
    return {"name": facts.name, "on": facts.on, "starts_at": starts, "start": facts.start.name if facts.start else ""}


@transaction.atomic
def delete_route(*, route: Route, actor: User | None) -> None:
    """A route on which nobody has arrived anywhere."""
    route = _locked(route)
    if route.stops.filter(arrived_at__isnull=False).exists():
        raise PanelRefused(f"“{route}”已有到达记录，不能删除。")
    stops = list(route.stops.values_list("nomination__organization__name", flat=True))
    record(actor=actor, verb="删除路线", target=route, old={"round": route.round, "stops": stops})
    route.delete()


@transaction.atomic
def assign_members(*, route: Route, members: Iterable[PanelMember], actor: User | None) -> int:
    """These go along, nobody else; of none everybody goes. Returns how many go."""
    route = _locked(route)
    wanted = {member.pk: member for member in members}
    strange = [str(member) for member in wanted.values() if member.round_id != route.round_id]
    if strange:
        raise PanelRefused(f"{'、'.join(strange)}不在{route.round.title}的评委组。请刷新页面后重选。")
    old = set(RouteMember.objects.filter(route=route).values_list("member_id", flat=True))
    RouteMember.objects.filter(route=route).exclude(member__in=wanted).delete()
    RouteMember.objects.bulk_create(
        RouteMember(tenant_id=route.tenant_id, route=route, member=member)
        for pk, member in wanted.items()
        if pk not in old
    )
    if old != set(wanted):
        names = sorted(member.inspector.number for member in wanted.values())
        record(actor=actor, verb="安排随行评委", target=route, new={"members": names})
    return len(wanted)


@transaction.atomic
def put_stops(*, route: Route, nominations: Iterable[Nomination], actor: User | None) -> dict[str, int]:
    """The stops of a route are these: new ones at the end, others taken off. Returns ``added`` and ``removed``."""
    route = _locked(route)
    wanted = {nomination.pk: nomination for nomination in nominations}
    _require_entries(route, list(wanted.values()))
    standing = {stop.nomination_id: stop for stop in route.stops.select_related("nomination__organization")}
    gone = [stop for pk, stop in standing.items() if pk not in wanted]
    visited = [stop.nomination.organization.name for stop in gone if stop.arrived_at]
    if visited:
        raise PanelRefused(f"{'、'.join(visited)}已到达，不能移出路线。")
    Stop.objects.filter(pk__in=[stop.pk for stop in gone]).delete()
    last = route.stops.aggregate(last=Max("sequence"))["last"] or 0
    new = [nomination for pk, nomination in wanted.items() if pk not in standing]
    Stop.objects.bulk_create(
        Stop(tenant_id=route.tenant_id, route=route, nomination=nomination, sequence=last + place)
        for place, nomination in enumerate(new, start=1)
    )
    _number(route)
    if new or gone:
        added = [nomination.organization.name for nomination in new]
        removed = [stop.nomination.organization.name for stop in gone]
        record(actor=actor, verb="安排站点", target=route, old={"removed": removed}, new={"added": added})
    return {"added": len(new), "removed": len(gone)}


def _require_entries(route: Route, nominations: Sequence[Nomination]) -> None:
    strange = [
        nomination.organization.name
        for nomination in nominations
        if nomination.round_id != route.round_id or nomination.state != NominationState.APPROVED
    ]
    if strange:
        raise PanelRefused(f"{'、'.join(strange)}的申报没有通过审核，不能列为站点。请刷新页面后重选。")
    if len(nominations) > MOST_STOPS:
        raise PanelRefused(f"一条路线最多 {MOST_STOPS} 站。请分成几条。")


def _number(route: Route) -> None:
    """Sequence numbers without gaps."""
    stops = list(route.stops.order_by("sequence", "pk"))
    for place, stop in enumerate(stops, start=1):
        stop.sequence = place
    Stop.objects.bulk_update(stops, ["sequence"])


@transaction.atomic
def move_stop(*, stop: Stop, by: int, actor: User | None) -> Stop:
    """One place earlier (-1) or later (+1); at the end nothing happens. Planned times stay with the places."""
    route = _locked(stop.route)
    stops = list(route.stops.order_by("sequence", "pk"))
    at = next(i for i, each in enumerate(stops) if each.pk == stop.pk)
    to = at + (1 if by > 0 else -1)
    if 0 <= to < len(stops):
        times = [each.planned_at for each in stops]
        stops[at], stops[to] = stops[to], stops[at]
        _keep_order(stops, times)
        record(actor=actor, verb="调整站点顺序", target=route, new={"stop": stop.nomination_id, "to": to + 1})
    return Stop.objects.get(pk=stop.pk)


def _keep_order(stops: Sequence[Stop], times: Sequence[time | None]) -> None:
    for place, (stop, planned) in enumerate(zip(stops, times, strict=True), start=1):
        stop.sequence, stop.planned_at = place, planned
    Stop.objects.bulk_update(stops, ["sequence", "planned_at"])


@transaction.atomic
def order_by_nearness(*, route: Route, actor: User | None) -> int:
    """Put the stops in the order of a short tour; those without coordinates come last. Returns how many those are."""
    route = _locked(route)
    rows = route.stops.select_related("nomination__organization")
    stops = list(rows.order_by("nomination__organization__code"))
    where: dict[UUID, Point] = {}
    for stop in stops:
        if at := point_of(stop.nomination.organization):
            where[stop.pk] = at
    known = [stop for stop in stops if stop.pk in where]
    if len(known) < 2:
        raise PanelRefused("有坐标的站点不到 2 个，排不出顺序。请先在“地图与坐标”里填坐标，或用上移、下移调整。")
    start = point_of(route.start) if route.start else None
    ordered = near_order(known, lambda stop: where[stop.pk], start)
    rest = [stop for stop in stops if stop.pk not in where]
    _keep_order([*ordered, *rest], [None] * len(stops))
    record(actor=actor, verb="就近排序", target=route, new={"stops": len(ordered), "without_place": len(rest)})
    return len(rest)


@transaction.atomic
def plan_times(*, route: Route, minutes: int, speed: int, actor: User | None) -> int:
    """Planned arrivals: travelling time to each stop and so many minutes there. Returns how many stops."""
    route = _locked(route)
    if route.starts_at is None:
        raise PanelRefused("这条路线没有出发时间，算不出计划到达。请先填写出发时间。")
    if not (1 <= minutes <= 480 and 5 <= speed <= 120):
        raise PanelRefused("每站停留应在 1 至 480 分钟之间，车速应在 5 至 120 公里每小时之间。请改正。")
    clock = datetime.combine(route.on, route.starts_at)
    here = point_of(route.start) if route.start else None
    stops = list(route.stops.select_related("nomination__organization").order_by("sequence"))
    for stop in stops:
        there = point_of(stop.nomination.organization)
        clock += timedelta(minutes=minutes_between(here, there, speed=speed))
        if clock.date() != route.on:
            raise PanelRefused("按这样的安排，当天到不了最后一站。请减少站点、停留时间，或分成两条路线。")
        stop.planned_at = clock.time()
        clock += timedelta(minutes=minutes)
        here = there or here
    Stop.objects.bulk_update(stops, ["planned_at"])
    record(actor=actor, verb="排定到达时间", target=route, new={"minutes": minutes, "speed": speed})
    return len(stops)


@transaction.atomic
def note_arrival(*, stop: Stop, actor: User | None, left: bool = False, at: datetime | None = None) -> Stop:
    """Arrived, or with ``left`` gone on. A second note of the same changes nothing; the first one stands."""
    _open_round(stop.route.round)
    row = _locked_stop(stop)
    moment = at or timezone.now()
    name = row.nomination.organization.name
    if not left:
        if row.arrived_at is None:
            row.arrived_at = moment
            row.save(update_fields=["arrived_at"])
            record(actor=actor, verb="记录到达", target=row.route, new={"stop": name, "at": moment})
        return row
    if row.arrived_at is None or moment < row.arrived_at:
        raise PanelRefused(f"“{name}”还没有到达记录，不能记离开。请先记到达。")
    if row.left_at is None:
        row.left_at = moment
        row.save(update_fields=["left_at"])
        record(actor=actor, verb="记录离开", target=row.route, new={"stop": name, "at": moment})
    return row


def _locked_stop(stop: Stop) -> Stop:
    rows = Stop.objects.select_for_update(of=("self",)).select_related("route", "nomination__organization")
    return rows.get(pk=stop.pk)


@transaction.atomic
def take_back_arrival(*, stop: Stop, reason: str, actor: User | None) -> Stop:
    """A note made by mistake, with a reason."""
    _open_round(stop.route.round)
    row = _locked_stop(stop)
    if not reason.strip():
        raise PanelRefused("请写明撤销到达记录的原因。")
    old = {"arrived_at": row.arrived_at, "left_at": row.left_at}
    row.arrived_at = row.left_at = None
    row.save(update_fields=["arrived_at", "left_at"])
    facts = {"stop": row.nomination.organization.name, "reason": reason.strip()}
    record(actor=actor, verb="撤销到达记录", target=row.route, old=old, new=facts)
    return row
