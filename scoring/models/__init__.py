"""Facts from the first mark to the published outcome."""

from .computation import Computation, Result
from .sheet import ScoreSheet

__all__ = ["Computation", "Result", "ScoreSheet"]
