"""Corrections between panels (检查组间校正): panels that mark harder or easier are brought to a common level."""

from typing import Annotated

from pydantic import Field

from .base import Correction, Scores
from .coefficient import Coefficient
from .standardised import Standardised

AnyCorrection = Annotated[Coefficient | Standardised, Field(discriminator="kind")]

__all__ = ["AnyCorrection", "Coefficient", "Correction", "Scores", "Standardised"]
