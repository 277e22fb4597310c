"""Facts about what is agreed and who takes part."""

from .campaign import Campaign, Holiday, Phase, PhaseMove, Round
from .draft import SchemeDraft
from .material import Evidence, Material
from .nomination import Nomination, NominationStep
from .practice import Practice, PracticeMaterial
from .scheme import Scheme, SchemeVersion
from .title import BonusEntry, Subsidy, Title, TitleAct, TitleEvent

__all__ = [
    "BonusEntry",
    "Campaign",
    "Evidence",
    "Holiday",
    "Material",
    "Nomination",
    "NominationStep",
    "Phase",
    "PhaseMove",
    "Practice",
    "PracticeMaterial",
    "Round",
    "Scheme",
    "SchemeDraft",
    "SchemeVersion",
    "Subsidy",
    "Title",
    "TitleAct",
    "TitleEvent",
]
