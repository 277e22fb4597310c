"""The map of a route as figures for a drawing: no tiles, no network, only the county's own outline and coordinates.

An equirectangular projection around the middle of what is shown; the page writes it as SVG. Names are put where they
cover no other name as far as one of eight places beside the point is free.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from accounts.models import Organization

from .models import CountyMap
from .places import Point, point_of

WIDTH, HEIGHT, EDGE = 760, 540, 34
#: Half-width of a character of a name, and the height of its line, in the drawing's units.
LETTER, LINE = 6.6, 15.0
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Mark:
    """A numbered stop; ``anchor``, ``text_x`` and ``text_y`` place its name."""

    number: str
    name: str
    x: float
    y: float
    text_x: float
    text_y: float
    anchor: str
    kind: str = "stop"


@dataclass(frozen=True)
class RouteMap:
    """``outline`` and ``line`` are path data; ``missing`` are stops whose coordinates nobody has entered."""

    width: int
    height: int
    outline: str
    line: str
    marks: tuple[Mark, ...]
    missing: tuple[str, ...]
    scale_km: int
    scale_length: float


class _Projection:
    """Degrees to the drawing, north up; everything of ``points`` fits within the edges."""

    def __init__(self, points: Sequence[Point]) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        middle = (min(ys) + max(ys)) / 2
        self.shrink = math.cos(math.radians(middle))
        wide, high = max((max(xs) - min(xs)) * self.shrink, 1e-3), max(max(ys) - min(ys), 1e-3)
        self.factor = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)
        self.left = (min(xs) + max(xs)) / 2 * self.shrink - WIDTH / 2 / self.factor
        self.top = middle + HEIGHT / 2 / self.factor

    def __call__(self, point: Point) -> Point:
        x, y = point
        return (x * self.shrink - self.left) * self.factor, (self.top - y) * self.factor


def route_map(
    stops: Sequence[tuple[str, Organization]], start: Organization | None, county: CountyMap | None
) -> RouteMap | None:
    """``stops``: numbers and organizations in the order of the tour. None where no place is known."""
    known = [(number, row, point) for number, row in stops if (point := point_of(row))]
    missing = tuple(row.name for _, row in stops if point_of(row) is None)
    begins = point_of(start) if start else None
    points = [point for _, _, point in known] + ([begins] if begins else [])
    if not points:
        return None
    rings = rings_of(county)
    place = _Projection([*points, *(point for ring in rings for point in ring)])
    tour = [place(point) for point in ([begins] if begins else []) + [point for _, _, point in known]]
    names = [("起", start.name, "start")] if start and begins else []
    names += [(number, row.name, "stop") for number, row, _ in known]
    km, length = _scale(place)
    return RouteMap(
        width=WIDTH,
        height=HEIGHT,
        outline=" ".join(_path([place(point) for point in ring], closed=True) for ring in rings),
        line=_path(tour, closed=False) if len(tour) > 1 else "",
        marks=tuple(_marks(names, tour)),
        missing=missing,
        scale_km=km,
        scale_length=length,
    )


def rings_of(county: CountyMap | None) -> list[list[Point]]:
    polygons = county.geojson.get("coordinates", []) if county else []
    return [[(float(x), float(y)) for x, y in ring] for polygon in polygons for ring in polygon]


def _path(points: Iterable[Point], *, closed: bool) -> str:
    steps = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f"M{steps}{'Z' if closed else ''}"


def _scale(place: _Projection) -> tuple[int, float]:
    """A length for the scale bar: a round number of kilometres that fills at most a fifth of the width."""
    per_km = place.factor / 111.195
    for km in (100, 50, 20, 10, 5, 2, 1):
        if km * per_km <= WIDTH / 5:
            return km, round(km * per_km, 1)
    return 1, round(per_km, 1)


def _marks(names: Sequence[tuple[str, str, str]], points: Sequence[Point]) -> Iterable[Mark]:
    taken: list[Box] = [(x - 10, y - 10, x + 10, y + 10) for x, y in points]
    lines = [dot for one, other in pairwise(points) for dot in _dots(one, other)]
    for (number, name, kind), (x, y) in zip(names, points, strict=True):
        text_x, text_y, anchor, box = _free_place(name, x, y, taken, lines)
        taken.append(box)
        yield Mark(number, name, round(x, 1), round(y, 1), round(text_x, 1), round(text_y, 1), anchor, kind)


def _dots(one: Point, other: Point) -> Iterable[Box]:
    """A leg of the tour as small boxes, so that names keep off it where they can."""
    steps = max(int(math.dist(one, other) / 6), 1)
    for i in range(steps + 1):
        x, y = (a + (b - a) * i / steps for a, b in zip(one, other, strict=True))
        yield x - 2, y - 2, x + 2, y + 2


def _free_place(
    name: str, x: float, y: float, taken: Sequence[Box], lines: Sequence[Box]
) -> tuple[float, float, str, Box]:
    """The first of the places around a point where a name stays inside and covers no name and, if possible, no line."""
    wide = sum(2 * LETTER if ord(letter) > 255 else LETTER for letter in name)
    tries = []
    for dx, dy in ((13, 4), (-13, 4), (0, -14), (0, 24), (11, -9), (-11, -9), (11, 18), (-11, 18)):
        anchor = "middle" if dx == 0 else "start" if dx > 0 else "end"
        left = x + dx - {"middle": wide / 2, "start": 0, "end": wide}[anchor]
        box = (left, y + dy - LINE + 3, left + wide, y + dy + 3)
        tries.append((x + dx, y + dy, anchor, box))
    inside = [each for each in tries if each[3][0] >= 2 and each[3][2] <= WIDTH - 2 and 2 <= each[3][1] < HEIGHT - LINE]
    free = [each for each in inside if not any(_meet(each[3], other) for other in taken)]
    clear = [each for each in free if not any(_meet(each[3], other) for other in lines)]
    return (clear or free or inside or tries)[0]


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
