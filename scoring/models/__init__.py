"""Facts from the first mark to the published outcome."""

from .arrival import BoardSnapshot, KeyedSheet, QuarantinedSheet, SheetPhoto, SheetReopening
from .computation import Computation, Result
from .decision import AnomalyNote, Objection, PublicNotice, ResultDecision
from .following import ConsequenceRow, ParentPoints
from .record import EventRevision, FactRevision
from .sheet import ScoreSheet

__all__ = [
    "AnomalyNote",
    "BoardSnapshot",
    "Computation",
    "ConsequenceRow",
    "EventRevision",
    "FactRevision",
    "KeyedSheet",
    "Objection",
    "ParentPoints",
    "PublicNotice",
    "QuarantinedSheet",
    "Result",
    "ResultDecision",
    "ScoreSheet",
    "SheetPhoto",
    "SheetReopening",
]
