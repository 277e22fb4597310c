"""From computed to published: the only writer of a computation's state. Four eyes, then one transaction.

A correction never edits: the round goes back to scoring with a reason, a new computation is made, and when that is
published the old one is kept as superseded.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from campaigns.enums import RoundState
from campaigns.models import Round
from campaigns.services.campaigns import move_round

from ..enums import COMPUTATION_TRANSITIONS, ComputationState
from ..gate import why_not_confirm, why_not_publish
from ..models import Computation
from ..signals import outcome_published
from .notices import withdraw_of_round
from .register import settle_campaign


class PublicationRefused(Exception):
    """A computation cannot go on like that; the message is a Chinese sentence."""


@transaction.atomic
def confirm_computation(*, computation: Computation, actor: User) -> Computation:
    """A second person has checked the outcome. Raises PublicationRefused for the one who computed it, and while
    decisions about awards are staged and not applied.
    """
    round = _locked_round(computation)
    if computation.computed_by_id == actor.pk:
        raise PublicationRefused("计算人不能确认自己的计算。请由另一位管理员确认。")
    if why_not := why_not_confirm(computation):
        raise PublicationRefused(why_not)
    values = {"confirmed_by": actor, "confirmed_at": timezone.now()}
    computation = move_computation(computation=computation, to=ComputationState.CONFIRMED, actor=actor, **values)
    move_round(round=round, to=RoundState.CONFIRMED, actor=actor)
    return computation


@transaction.atomic
def publish_computation(*, computation: Computation, actor: User) -> Computation:
    """Publish a confirmed computation; an earlier published one of the round is superseded; titles and money follow.

    Refused while an objection or a public notice is open, or while one that the round plans is still to come.
    """
    round = _locked_round(computation)
    if why_not := why_not_publish(Computation.objects.get(pk=computation.pk)):
        raise PublicationRefused(why_not)
    published = Computation.objects.filter(round=round, state=ComputationState.PUBLISHED)
    for earlier in published.exclude(pk=computation.pk):
        move_computation(computation=earlier, to=ComputationState.SUPERSEDED, actor=actor)
    values = {"published_by": actor, "published_at": timezone.now()}
    computation = move_computation(computation=computation, to=ComputationState.PUBLISHED, actor=actor, **values)
    move_round(round=round, to=RoundState.PUBLISHED, actor=actor)
    settle_campaign(campaign=round.campaign, actor=actor)
    transaction.on_commit(lambda: outcome_published.send(sender=Computation, computation=computation))
    return computation


@transaction.atomic
def return_to_scoring(*, round: Round, reason: str, actor: User) -> Round:
    """Open a sealed, computed or published round for corrections; what was published stays published until replaced.

    A public notice of what is to be corrected comes down.
    """
    if not reason.strip():
        raise PublicationRefused("请写明退回评分的原因。")
    # The round first, as confirming and publishing do: two people at once wait for each other instead of both failing.
    round = Round.objects.select_for_update().get(pk=round.pk)
    waiting = Computation.objects.filter(round=round, state__in=[ComputationState.COMPUTED, ComputationState.CONFIRMED])
    for computation in waiting:
        move_computation(computation=computation, to=ComputationState.SUPERSEDED, actor=actor)
    withdraw_of_round(round=round, reason=f"退回更正：{reason.strip()}", actor=actor)
    return move_round(round=round, to=RoundState.SCORING, actor=actor, reason=reason)


def move_computation(*, computation: Computation, to: str, actor: User | None, **values: Any) -> Computation:
    """Lock, check the table, write, audit. Call inside a transaction."""
    computation = Computation.objects.select_for_update().get(pk=computation.pk)
    if to not in COMPUTATION_TRANSITIONS[computation.state]:
        now, then = computation.get_state_display(), ComputationState(to).label
        raise PublicationRefused(f"这次计算“{now}”，不能转为“{then}”。")
    old, computation.state = computation.state, to
    for name, value in values.items():
        setattr(computation, name, value)
    computation.save(update_fields=["state", *values])
    verb = f"结果{ComputationState(to).label}"
    record(actor=actor, verb=verb, target=computation, old={"state": old}, new={"state": to})
    return computation


def _locked_round(computation: Computation) -> Round:
    return Round.objects.select_for_update().select_related("campaign").get(pk=computation.round_id)
