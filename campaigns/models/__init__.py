"""Facts about what is agreed and who takes part."""

from .campaign import Campaign, Phase, Round
from .draft import SchemeDraft
from .nomination import Nomination
from .scheme import Scheme, SchemeVersion
from .title import BonusEntry, Subsidy, Title, TitleEvent

__all__ = [
    "BonusEntry",
    "Campaign",
    "Nomination",
    "Phase",
    "Round",
    "Scheme",
    "SchemeDraft",
    "SchemeVersion",
    "Subsidy",
    "Title",
    "TitleEvent",
]
