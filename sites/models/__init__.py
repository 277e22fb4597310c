"""Facts about being there: inspectors, panels, visits."""

from .panel import Inspector, PanelMember
from .visit import GuidanceVisit

__all__ = ["GuidanceVisit", "Inspector", "PanelMember"]
