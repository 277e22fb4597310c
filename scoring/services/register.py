"""From published outcomes to the register: collect every award, review and confirmed act of a campaign, let the engine
settle them as of today.
"""

from datetime import date
from fractions import Fraction

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from campaigns.enums import RoundKind, TitleState
from campaigns.models import Campaign, Round, Title
from campaigns.services.title_acts import confirmed_acts
from campaigns.services.titles import write_register
from schemes import Award, Register, Review, settle

from ..enums import ComputationState, DecisionState, Verdict
from ..models import Result


@transaction.atomic
def settle_campaign(*, campaign: Campaign, actor: User | None) -> Register | None:
    """Bring titles, bonus and subsidies in line with what is published and decided. None while there is no round."""
    Campaign.objects.select_for_update().get(pk=campaign.pk)  # two settlings at once would write the same rows
    rounds = list(Round.objects.filter(campaign=campaign).select_related("scheme_version"))
    if not rounds:
        return None
    scheme = max(rounds, key=lambda round: round.sequence).scheme_version.document
    won = _published(campaign, RoundKind.CREATION).filter(verdict=Verdict.AWARDED)
    won = won.exclude(decisions__state=DecisionState.APPLIED)  # kept back by the county: 暂缓、不予授予
    awards = {(row.organization.code, _name(row)): (_award(row), row.township) for row in won}
    acts, given = confirmed_acts(campaign)
    today = timezone.localdate().isoformat()
    register = settle(scheme, [award for award, _ in awards.values()], published_reviews(campaign), acts, today)
    write_register(
        campaign=campaign,
        register=register,
        rounds={str(round.pk): round for round in rounds},
        townships={**given, **{key: township for key, (_, township) in awards.items()}},
        actor=actor,
    )
    return register


def settle_expired(*, today: date) -> int:
    """Settle every campaign of the open tenant with a title whose last day has passed; how many campaigns."""
    over = Title.objects.filter(state=TitleState.HELD, valid_until__lt=today)
    campaigns = list(Campaign.objects.filter(pk__in=over.values("campaign_id")))
    for campaign in campaigns:
        settle_campaign(campaign=campaign, actor=None)
    return len(campaigns)


def _name(result: Result) -> str:
    """What the register calls the round: its id, as a creation round and a re-inspection may share a label."""
    return str(result.computation.round_id)


def _award(row: Result) -> Award:
    return Award(
        when=row.computation.round.onsite_date.isoformat(),
        round=_name(row),
        org_code=row.organization.code,
        tier=row.tier,
        township_code=row.township.code if row.township else "",
        year=str(row.computation.round.year),
    )


def published_reviews(campaign: Campaign) -> list[Review]:
    """Every published re-inspection score, exact."""
    return [
        Review(
            when=row.computation.round.onsite_date.isoformat(),
            label=_name(row),
            org_code=row.organization.code,
            score=None if row.score_units is None else Fraction(row.score_units, row.score_unit),
        )
        for row in _published(campaign, RoundKind.REINSPECTION)
    ]


def _published(campaign: Campaign, kind: str) -> QuerySet[Result]:
    published = Result.objects.filter(computation__state=ComputationState.PUBLISHED)
    rows = published.filter(computation__round__campaign=campaign, computation__round__kind=kind)
    rows = rows.select_related("computation__round", "organization", "township")
    return rows.order_by("computation__round__sequence", "organization__code")
