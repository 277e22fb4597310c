"""From published outcomes to the register: collect every award and review of a campaign, let the engine settle them."""

from fractions import Fraction

from django.db.models import QuerySet

from accounts.models import User
from campaigns.enums import RoundKind
from campaigns.models import Campaign, Round
from campaigns.services.titles import write_register
from schemes import Award, Register, Review, settle

from ..enums import ComputationState, Verdict
from ..models import Result


def settle_campaign(*, campaign: Campaign, actor: User | None) -> Register | None:
    """Bring titles, bonus and subsidies in line with what is published. None while nothing is."""
    rounds = list(Round.objects.filter(campaign=campaign).select_related("scheme_version"))
    if not rounds:
        return None
    scheme = max(rounds, key=lambda round: round.sequence).scheme_version.document
    register = settle(scheme, published_awards(campaign), published_reviews(campaign))
    write_register(campaign=campaign, register=register, rounds={round.label: round for round in rounds}, actor=actor)
    return register


def published_awards(campaign: Campaign) -> list[Award]:
    """Every published award of the campaign's creation rounds."""
    rows = _published(campaign, RoundKind.CREATION).filter(verdict=Verdict.AWARDED)
    return [
        Award(
            when=row.computation.round.onsite_date.isoformat(),
            round=row.computation.round.label,
            org_code=row.organization.code,
            tier=row.tier,
            township_code=row.township.code if row.township else "",
            year=str(row.computation.round.year),
        )
        for row in rows
    ]


def published_reviews(campaign: Campaign) -> list[Review]:
    """Every published re-inspection score, exact."""
    return [
        Review(
            when=row.computation.round.onsite_date.isoformat(),
            label=row.computation.round.label,
            org_code=row.organization.code,
            score=None if row.score_units is None else Fraction(row.score_units, row.score_unit),
        )
        for row in _published(campaign, RoundKind.REINSPECTION)
    ]


def _published(campaign: Campaign, kind: str) -> QuerySet[Result]:
    rows = Result.objects.filter(
        computation__round__campaign=campaign, computation__round__kind=kind, computation__state=ComputationState.PUBLISHED
    )
    return rows.select_related("computation__round", "organization", "township")
