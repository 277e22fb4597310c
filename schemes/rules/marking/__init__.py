"""Marking methods: marks that people give (on sheets, or once by a department) and measures of recorded figures."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from .ballots import Ballots
from .bands import Bands
from .base import Measure, SheetMark
from .by_formula import ByFormula
from .deduction import Deduction
from .events import EventPoints
from .figure import RecordedFigure
from .grades import Grades
from .linear import Linear
from .per_unit import PerUnit
from .points import Points
from .rank_points import RankPoints
from .ratio_to_best import RatioToBest
from .yes_no import YesNoMark


def _points_unless_said(value: Any) -> Any:
    """Points are so common that ``mark: {max: 5}`` means them."""
    return {"kind": "points", **value} if isinstance(value, dict) and "kind" not in value else value


AnyMarking = Annotated[
    Annotated[
        Points
        | Grades
        | YesNoMark
        | Deduction
        | Bands
        | PerUnit
        | Linear
        | RankPoints
        | RatioToBest
        | RecordedFigure
        | Ballots
        | EventPoints
        | ByFormula,
        Field(discriminator="kind"),
    ],
    BeforeValidator(_points_unless_said),
]

__all__ = [
    "AnyMarking", "Ballots", "Bands", "ByFormula", "Deduction", "EventPoints", "Grades", "Linear", "Measure", "PerUnit",
    "Points", "RankPoints", "RatioToBest", "RecordedFigure", "SheetMark", "YesNoMark",
]  # fmt: skip
