"""Routes: the order of a tour, planned times, arrivals, and the map that is drawn from the county's own data."""

import json
from datetime import date, datetime, time
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from accounts.models import AuditEntry
from campaigns.enums import NominationState
from campaigns.models import Nomination
from sites.mapping import HEIGHT, WIDTH, route_map
from sites.models import CountyMap, PanelMember, Route, Stop
from sites.places import distance, minutes_between, near_order, tour_length
from sites.services.maps import PlaceFacts, load_outline, put_places, read_outline
from sites.services.panels import PanelRefused
from sites.services.routes import (
    RouteFacts,
    assign_members,
    create_route,
    delete_route,
    move_stop,
    note_arrival,
    order_by_nearness,
    plan_times,
    put_stops,
    take_back_arrival,
)
from tests.scoring.cast import HIGH, fill, open_round, publish

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

#: A square of about four kilometres: start in the south-west.
PLACES = {"杨村": (119.30, 29.50), "赵村": (119.34, 29.54), "岭后村": (119.34, 29.50), "石塘村": (119.30, 29.54)}
BOX = [[[119.0, 29.2], [119.6, 29.2], [119.6, 29.8], [119.0, 29.8], [119.0, 29.2]]]


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


@pytest.fixture
def route(stage, round):
    facts = RouteFacts("一线", date(2026, 3, 15), time(8, 30), stage.county.county)
    route = create_route(round=round, facts=facts, actor=stage.first)
    put_stops(route=route, nominations=Nomination.objects.filter(round=round), actor=stage.first)
    return route


def place(stage, places=PLACES):
    rows = [PlaceFacts(row, *places[row.name]) for row in stage.villages if row.name in places]
    return put_places(rows=rows, actor=stage.first)


def names(route):
    return list(route.stops.order_by("sequence").values_list("nomination__organization__name", flat=True))


def stop(route, name):
    return Stop.objects.select_related("route__round").get(route=route, nomination__organization__name=name)


# --- distances and order -------------------------------------------------------------------------


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres():
    assert distance((119.0, 29.0), (119.0, 30.0)) == pytest.approx(111.195, abs=0.001)
    # at 60 degrees north a degree of longitude is half as long
    assert distance((10.0, 60.0), (11.0, 60.0)) == pytest.approx(55.6, abs=0.1)
    assert tour_length([(119.0, 29.0), None, (119.0, 30.0)]) == 0


def test_travelling_time_counts_the_detour_and_is_up_to_five_minutes():
    # 11.12 km as the crow flies, 15.57 on the road, at 40 km/h 23.4 minutes
    assert minutes_between((119.0, 29.0), (119.0, 29.1), speed=40) == 25
    assert minutes_between((119.0, 29.0), None, speed=40) == 0


def test_the_order_is_a_shortest_tour_of_a_few_places_and_always_the_same():
    points = {
        "a": (0.0, 0.0),
        "b": (0.05, 0.01),
        "c": (0.02, 0.04),
        "d": (0.06, 0.06),
        "e": (0.01, 0.07),
        "f": (0.09, 0.0),
    }
    start = (-0.01, -0.01)

    def length(order):
        return tour_length([start, *(points[name] for name in order)])

    found = near_order(sorted(points), points.__getitem__, start)
    assert length(found) == pytest.approx(min(length(order) for order in permutations(points)), rel=1e-9)
    assert near_order(sorted(points), points.__getitem__, start) == found


def test_stops_are_ordered_by_nearness_from_the_start(stage, route):
    place(stage)
    stage.county.county.refresh_from_db()
    put_places(rows=[PlaceFacts(stage.county.county, 119.29, 29.49)], actor=stage.first)
    assert order_by_nearness(route=route, actor=stage.first) == 0
    found = names(route)
    # around the square, beginning at its nearest corner; never across
    assert found[0] == "杨村" and found[2] == "赵村" and {found[1], found[3]} == {"岭后村", "石塘村"}
    assert list(route.stops.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3, 4]


def test_stops_without_a_place_come_last_and_one_place_is_no_order(stage, route):
    place(stage, {name: PLACES[name] for name in ("石塘村", "杨村")})
    assert order_by_nearness(route=route, actor=stage.first) == 2
    assert set(names(route)[:2]) == {"石塘村", "杨村"}
    put_places(rows=[PlaceFacts(stage.villages[0], 119.0, 29.0)], actor=stage.first)
    Stop.objects.filter(route=route).exclude(nomination__organization__name="杨村").delete()
    with pytest.raises(PanelRefused, match="有坐标的站点不到 2 个"):
        order_by_nearness(route=route, actor=stage.first)


# --- planning ------------------------------------------------------------------------------------


def test_stops_move_by_hand_and_planned_times_stay_with_the_places(stage, route):
    plan_times(route=route, minutes=40, speed=40, actor=stage.first)
    before = names(route)
    times = list(route.stops.order_by("sequence").values_list("planned_at", flat=True))
    move_stop(stop=stop(route, before[2]), by=-1, actor=stage.first)
    move_stop(stop=stop(route, before[0]), by=-1, actor=stage.first)  # the first stays the first
    assert names(route) == [before[0], before[2], before[1], before[3]]
    assert list(route.stops.order_by("sequence").values_list("planned_at", flat=True)) == times


def test_planned_times_are_start_travel_and_stay(stage, route):
    """From 8:30: 杨村 lies at the start; each leg of the square is 4 km or so, ten minutes at 40 km/h."""
    place(stage)
    put_places(rows=[PlaceFacts(stage.county.county, *PLACES["杨村"])], actor=stage.first)
    order_by_nearness(route=route, actor=stage.first)
    assert plan_times(route=Route.objects.get(pk=route.pk), minutes=40, speed=40, actor=stage.first) == 4
    planned = list(route.stops.order_by("sequence").values_list("planned_at", flat=True))
    assert planned == [time(8, 30), time(9, 20), time(10, 10), time(11, 0)]


@pytest.mark.parametrize(("minutes", "speed"), [(0, 40), (481, 40), (40, 4), (40, 200)])
def test_impossible_plans_are_refused(stage, route, minutes, speed):
    with pytest.raises(PanelRefused, match="请改正"):
        plan_times(route=route, minutes=minutes, speed=speed, actor=stage.first)
    with pytest.raises(PanelRefused, match="当天到不了最后一站"):
        plan_times(route=route, minutes=400, speed=40, actor=stage.first)


def test_stops_are_approved_entries_and_visited_ones_stay(stage, route):
    rows = list(Nomination.objects.filter(round=route.round).order_by("organization__path"))
    put_stops(route=route, nominations=rows[:2], actor=stage.first)
    note_arrival(stop=stop(route, "杨村"), actor=stage.first)
    with pytest.raises(PanelRefused, match="杨村已到达，不能移出路线"):
        put_stops(route=route, nominations=rows[1:], actor=stage.first)
    with pytest.raises(PanelRefused, match="已有到达记录，不能删除"):
        delete_route(route=route, actor=stage.first)
    Nomination.objects.filter(pk=rows[3].pk).update(state=NominationState.RETURNED)
    with pytest.raises(PanelRefused, match="没有通过审核"):
        put_stops(route=route, nominations=Nomination.objects.filter(round=route.round), actor=stage.first)


def test_who_goes_along_is_of_the_rounds_panel(stage, round, route):
    mine = PanelMember.objects.filter(round=round, inspector__number__in=["J1", "J3"])
    assert assign_members(route=route, members=mine, actor=stage.first) == 2
    assert assign_members(route=route, members=mine[:1], actor=stage.first) == 1
    other = open_round(stage, {stage.villages[0]: HIGH}, label="2")
    with pytest.raises(PanelRefused, match="不在第 1 轮的评委组"):
        assign_members(route=route, members=PanelMember.objects.filter(round=other), actor=stage.first)
    with pytest.raises(PanelRefused, match="已有路线“一线”"):
        create_route(round=round, facts=RouteFacts("一线", date(2026, 3, 16)), actor=stage.first)


def test_a_published_rounds_routes_stay_as_they_are(stage, round, route):
    fill(stage, round, dict.fromkeys(stage.villages, (9, 9)))
    publish(stage, round)
    with pytest.raises(PanelRefused, match="路线不再更改"):
        order_by_nearness(route=route, actor=stage.first)


# --- arrivals ------------------------------------------------------------------------------------


def test_an_arrival_is_noted_once_and_taken_back_with_a_reason(stage, route):
    row = stop(route, "杨村")
    with pytest.raises(PanelRefused, match="还没有到达记录"):
        note_arrival(stop=row, left=True, actor=stage.first)
    at = datetime(2026, 3, 15, 9, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert note_arrival(stop=row, at=at, actor=stage.first).arrived_at == at
    later = datetime(2026, 3, 15, 9, 50, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert note_arrival(stop=row, at=later, actor=stage.first).arrived_at == at
    assert note_arrival(stop=row, at=later, left=True, actor=stage.first).left_at == later
    assert AuditEntry.objects.filter(verb="记录到达").count() == 1
    with pytest.raises(PanelRefused, match="原因"):
        take_back_arrival(stop=row, reason="", actor=stage.first)
    assert take_back_arrival(stop=row, reason="点错了", actor=stage.first).arrived_at is None


# --- the map -------------------------------------------------------------------------------------


def geo(value):
    return json.dumps(value).encode()


def test_an_outline_is_kept_as_rings_only(stage):
    feature = {"type": "Feature", "properties": {"secret": "x"}, "geometry": {"type": "Polygon", "coordinates": BOX}}
    content = geo({"type": "FeatureCollection", "features": [feature, feature]})
    assert load_outline(tenant=stage.tenant, content=content, actor=stage.first) == 10
    assert CountyMap.objects.get().geojson == {"type": "MultiPolygon", "coordinates": [BOX, BOX]}
    assert load_outline(tenant=stage.tenant, content=geo({"type": "Polygon", "coordinates": BOX}), actor=None) == 5
    assert CountyMap.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "文件读不出来"),
        (b"<kml/>", "文件读不出来"),
        (b"[" * 100_000, "文件读不出来"),
        (geo([]), "不是 GeoJSON 多边形"),
        (geo({"type": "Point", "coordinates": [119, 29]}), "含有“Point”"),
        (geo({"type": "FeatureCollection", "features": []}), "没有多边形"),
        (geo({"type": "Polygon", "coordinates": [[[119, 29], [120, 29], [119, 29]]]}), "不足 4 个点"),
        (geo({"type": "Polygon", "coordinates": [[["119", 29]] * 4]}), "不是一对经纬度"),
        (geo({"type": "Polygon", "coordinates": [[[29, 119]] * 4]}), "不在中国范围内"),
        (geo({"type": "Polygon", "coordinates": [[[3263000, 500000]] * 4]}), "不是平面坐标"),
        (b'{"type": "Polygon", "coordinates": [[[NaN, 29], [119, 29], [119, 29], [119, 29]]]}', "不是一对经纬度"),
        (geo({"type": "Polygon", "coordinates": [[[119.0, 29.0]] * 60_001]}), "多于 60000 个点"),
        (b" " * 4_000_001, "超过 4 MB"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_outline_is_refused_in_words(content, said):
    with pytest.raises(PanelRefused) as refused:
        read_outline(content)
    assert said in str(refused.value)


def test_the_map_shows_what_has_a_place_within_its_edges(stage, route):
    place(stage, {name: PLACES[name] for name in ("杨村", "赵村", "石塘村")})
    load_outline(tenant=stage.tenant, content=geo({"type": "Polygon", "coordinates": BOX}), actor=None)
    rows = route.stops.select_related("nomination__organization").order_by("sequence")
    drawn = route_map([(str(row.sequence), row.nomination.organization) for row in rows], None, CountyMap.objects.get())
    assert [mark.name for mark in drawn.marks] == [name for name in names(route) if name != "岭后村"]
    assert drawn.missing == ("岭后村",)
    at = {mark.name: (mark.x, mark.y) for mark in drawn.marks}
    assert at["赵村"][0] > at["石塘村"][0] and at["石塘村"][1] < at["杨村"][1]  # east is right, north is up
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in at.values())
    assert drawn.outline.startswith("M") and drawn.outline.endswith("Z") and drawn.line.count("L") == 2
    assert route_map([("1", stage.villages[2])], None, CountyMap.objects.get()) is None


def test_names_on_the_map_do_not_cover_each_other(stage, route):
    """Four stops within a few hundred metres of each other."""
    near = {name: (119.3 + i / 400, 29.5 + (i % 2) / 400) for i, name in enumerate(PLACES)}
    near["赵村"] = (119.5, 29.7)
    place(stage, near)
    rows = route.stops.select_related("nomination__organization").order_by("sequence")
    drawn = route_map([(str(row.sequence), row.nomination.organization) for row in rows], None, None)
    boxes = []
    for mark in drawn.marks:
        wide = 13.2 * len(mark.name)
        left = mark.text_x - {"start": 0, "middle": wide / 2, "end": wide}[mark.anchor]
        boxes.append((left, mark.text_y - 12, left + wide, mark.text_y + 3))
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
