"""Tie-breaks, tried in the scheme's order; what is still equal shares the rank."""

from typing import Annotated

from pydantic import Field

from .base import TieBreak
from .draw import Draw
from .figure import FigureTie
from .node_mean import NodeMean
from .untrimmed_mean import UntrimmedMean

AnyTieBreak = Annotated[NodeMean | UntrimmedMean | FigureTie | Draw, Field(discriminator="kind")]

__all__ = ["AnyTieBreak", "Draw", "FigureTie", "NodeMean", "TieBreak", "UntrimmedMean"]
