"""Limits on how many of a group may win; of several, the strictest decides."""

from typing import Annotated

from pydantic import Field

from .base import Group, Limit
from .count import CountOfGroup
from .elimination_rate import EliminationRate
from .quota import Quota
from .share import ShareOfGroup

AnyLimit = Annotated[EliminationRate | Quota | ShareOfGroup | CountOfGroup, Field(discriminator="kind")]

__all__ = ["AnyLimit", "CountOfGroup", "EliminationRate", "Group", "Limit", "Quota", "ShareOfGroup"]
