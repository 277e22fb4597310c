"""Marking methods: what an inspector may write for one criterion."""

from .points import Points

#: Kinds of marking; a union on ``kind`` once there are several.
Marking = Points

__all__ = ["Marking", "Points"]
