"""How firmly a computed outcome stands: margins, removing any one inspector, severity of inspectors.

Reads an outcome and decides nothing: no figure made here ever changes a score, a rank or a verdict. Margins and
removals are exact; severity is an estimate in binary floats, to be shown as 参考 and never fed back into a computation.
"""

from .margins import Margin, Margins, margins
from .removal import Change, Removal, Removals, removals
from .severity import Finding, Severities, Severity, severities

__all__ = [
    "Change",
    "Finding",
    "Margin",
    "Margins",
    "Removal",
    "Removals",
    "Severities",
    "Severity",
    "margins",
    "removals",
    "severities",
]
