"""Facts from the first mark to the published outcome."""

from .computation import Computation, Result
from .following import ConsequenceRow, ParentPoints
from .record import EventRevision, FactRevision
from .sheet import ScoreSheet

__all__ = ["Computation", "ConsequenceRow", "EventRevision", "FactRevision", "ParentPoints", "Result", "ScoreSheet"]
