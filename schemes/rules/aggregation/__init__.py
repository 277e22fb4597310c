"""How the sheets of one entry become its score: which of them count, then their mean, then rounding."""

from typing import Annotated

from pydantic import Field

from .base import Aggregation
from .mean import Mean
from .median import Median
from .trimmed_mean import TrimBand, TrimmedMean
from .weighted_groups import WeightedGroups

AnyAggregation = Annotated[Mean | TrimmedMean | Median | WeightedGroups, Field(discriminator="kind")]

__all__ = ["Aggregation", "AnyAggregation", "Mean", "Median", "TrimBand", "TrimmedMean", "WeightedGroups"]
