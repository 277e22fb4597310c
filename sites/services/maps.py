"""Writes of what the map is drawn from: the county's outline and the coordinates of organizations.

An outline is GeoJSON (RFC 7946) of polygons; of a file only the rings are kept, at five decimals (about a metre).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import Organization, Tenant, User
from accounts.services.audit import record

from ..models import CountyMap
from .panels import PanelRefused

MOST_BYTES = 4_000_000
MOST_POINTS = 60_000
#: China with its seas; a swapped pair or metres instead of degrees lies outside.
EAST, NORTH = (73.0, 136.0), (3.0, 54.0)
NOT_A_MAP = "不是 GeoJSON 多边形。请从 GIS 软件导出为 GeoJSON（经纬度，类型 Polygon 或 MultiPolygon）。"

Ring = list[list[float]]


def within_china(longitude: float, latitude: float) -> bool:
    return EAST[0] <= longitude <= EAST[1] and NORTH[0] <= latitude <= NORTH[1]


@transaction.atomic
def load_outline(*, tenant: Tenant, content: bytes, actor: User | None) -> int:
    """Keep the outline of a file in place of the present one. Returns the number of points."""
    polygons = read_outline(content)
    points = sum(len(ring) for rings in polygons for ring in rings)
    kept = {"type": "MultiPolygon", "coordinates": polygons}
    CountyMap.objects.update_or_create(tenant=tenant, defaults={"geojson": kept, "loaded_by": actor})
    record(actor=actor, verb="载入县域轮廓", new={"polygons": len(polygons), "points": points})
    return points


@transaction.atomic
def remove_outline(*, tenant: Tenant, actor: User | None) -> None:
    removed, _ = CountyMap.objects.all().delete()
    if removed:
        record(actor=actor, verb="删除县域轮廓")


def read_outline(content: bytes) -> list[list[Ring]]:
    """Polygons as lists of rings. Raises PanelRefused with what is wrong and what to do."""
    if len(content) > MOST_BYTES:
        raise PanelRefused("轮廓文件超过 4 MB。请先在 GIS 软件里简化边界再导出。")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise PanelRefused(f"文件读不出来，{NOT_A_MAP}") from None
    polygons = list(_polygons(document, depth=0))
    if not polygons:
        raise PanelRefused(f"文件里没有多边形，{NOT_A_MAP}")
    rings = [[_ring(ring) for ring in polygon] for polygon in polygons]
    if sum(len(ring) for polygon in rings for ring in polygon) > MOST_POINTS:
        raise PanelRefused(f"轮廓多于 {MOST_POINTS} 个点。请先在 GIS 软件里简化边界再导出。")
    return rings


def _polygons(value: Any, *, depth: int) -> Iterator[list[Any]]:
    if not isinstance(value, dict) or depth > 4:
        raise PanelRefused(f"文件{NOT_A_MAP}")
    kind, coordinates = value.get("type"), value.get("coordinates")
    if kind == "FeatureCollection" and isinstance(value.get("features"), list):
        for feature in value["features"]:
            yield from _polygons(feature, depth=depth + 1)
    elif kind == "Feature":
        yield from _polygons(value.get("geometry"), depth=depth + 1)
    elif kind == "Polygon" and isinstance(coordinates, list):
        yield coordinates
    elif kind == "MultiPolygon" and isinstance(coordinates, list):
        yield from coordinates
    else:
        raise PanelRefused(f"含有“{str(kind)[:30]}”，{NOT_A_MAP}")


def _ring(value: Any) -> Ring:
    if not isinstance(value, list) or len(value) < 4:
        raise PanelRefused("有一段边界不足 4 个点，围不成面。请检查文件。")
    ring = []
    for point in value:
        if not (isinstance(point, list) and len(point) >= 2 and all(_is_number(each) for each in point[:2])):
            raise PanelRefused("边界里有的点不是一对经纬度。请检查文件。")
        longitude, latitude = float(point[0]), float(point[1])
        if not within_china(longitude, latitude):
            raise PanelRefused(
                f"点 {longitude:g}, {latitude:g} 不在中国范围内。请确认导出的是经纬度（先经度后纬度），不是平面坐标。"
            )
        ring.append([round(longitude, 5), round(latitude, 5)])
    return ring


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and -1e9 < value < 1e9


@dataclass(frozen=True)
class PlaceFacts:
    organization: Organization
    longitude: float
    latitude: float


@transaction.atomic
def put_places(*, rows: Iterable[PlaceFacts], actor: User | None) -> dict[str, int]:
    """Set coordinates of organizations. Returns counts of ``changed`` and ``same``."""
    facts = list(rows)
    changed = []
    for row in facts:
        if (row.organization.longitude, row.organization.latitude) != (row.longitude, row.latitude):
            row.organization.longitude, row.organization.latitude = row.longitude, row.latitude
            changed.append(row.organization)
    Organization.objects.bulk_update(changed, ["longitude", "latitude"], batch_size=500)
    if changed:
        record(actor=actor, verb="写入坐标", new={"organizations": [row.code for row in changed[:200]]})
    return {"changed": len(changed), "same": len(facts) - len(changed)}
