"""Facts about being there: inspectors, panels, conflicts, routes, visits."""

from .panel import Conflict, Inspector, PanelDraw, PanelMember
from .route import CountyMap, Route, RouteMember, Stop
from .visit import GuidanceVisit

__all__ = [
    "Conflict",
    "CountyMap",
    "GuidanceVisit",
    "Inspector",
    "PanelDraw",
    "PanelMember",
    "Route",
    "RouteMember",
    "Stop",
]
