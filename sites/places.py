"""Where organizations lie: distances, the order of a tour by nearness, travelling times. Plans; nothing here decides.

Coordinates are the county's own (longitude, latitude in degrees). The order is the same for the same places, always:
nearest neighbour from the start, then pairs of legs are swapped while that makes the tour shorter.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from accounts.models import Organization

EARTH_KM = 6371.0088
#: Roads are longer than the straight line.
DETOUR = 1.4
#: Metres below which two tours are equally long: the first found stays.
EQUAL_KM = 1e-6

Place = TypeVar("Place")
Point = tuple[float, float]


def point_of(organization: Organization) -> Point | None:
    if organization.longitude is None or organization.latitude is None:
        return None
    return organization.longitude, organization.latitude


def distance(one: Point, other: Point) -> float:
    """Kilometres along the great circle (haversine)."""
    (x1, y1), (x2, y2) = one, other
    a, b = math.radians(y1), math.radians(y2)
    height = math.sin((b - a) / 2) ** 2
    width = math.sin(math.radians(x2 - x1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, height + math.cos(a) * math.cos(b) * width)))


def near_order(places: Sequence[Place], where: Callable[[Place], Point], start: Point | None) -> list[Place]:
    """The places as a tour that goes to what is near; it begins at ``start``, else at the first of them."""
    left = list(places)
    tour: list[Place] = []
    here = start
    while left:
        at = here
        found = left[0] if at is None else min(left, key=lambda each: distance(at, where(each)))
        left.remove(found)
        tour.append(found)
        here = where(found)
    return _untangled(tour, where, start)


def _untangled(tour: list[Place], where: Callable[[Place], Point], start: Point | None) -> list[Place]:
    """2-opt: turn a stretch around wherever that shortens the way; the way out stays open at its end."""
    fixed = 0 if start is not None else 1
    points = [where(each) for each in tour]
    better = True
    while better:
        better = False
        for i in range(fixed, len(tour) - 1):
            for j in range(i + 1, len(tour)):
                if _gain(points, i, j, start) > EQUAL_KM:
                    tour[i : j + 1] = tour[i : j + 1][::-1]
                    points[i : j + 1] = points[i : j + 1][::-1]
                    better = True
    return tour


def _gain(points: Sequence[Point], i: int, j: int, start: Point | None) -> float:
    """Kilometres saved by turning around the stretch from ``i`` to ``j``."""
    before = points[i - 1] if i else start
    after = points[j + 1] if j + 1 < len(points) else None
    old = new = 0.0
    if before is not None:
        old, new = old + distance(before, points[i]), new + distance(before, points[j])
    if after is not None:
        old, new = old + distance(points[j], after), new + distance(points[i], after)
    return old - new


def minutes_between(one: Point | None, other: Point | None, *, speed: int) -> int:
    """Travelling time at ``speed`` km/h, up to the next five minutes; 0 where a place is unknown."""
    if one is None or other is None:
        return 0
    return math.ceil(distance(one, other) * DETOUR / speed * 60 / 5) * 5


def tour_length(points: Sequence[Point | None]) -> float:
    """Kilometres as the crow flies between neighbours that are both known."""
    pairs = pairwise(points)
    return sum(distance(one, other) for one, other in pairs if one is not None and other is not None)
