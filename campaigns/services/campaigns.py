"""Writes of campaigns, their rounds and phases. The only writer of a round's state is :func:`move_round`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.access import role_group
from accounts.enums import Role
from accounts.models import Tenant, User
from accounts.services.audit import record

from ..enums import ROUND_TRANSITIONS, PhaseKind, RoundKind, RoundState, VersionState
from ..models import Campaign, Phase, Round, SchemeVersion

#: Roles that meet a new campaign at all; the three administrators do not.
CAMPAIGN_ROLES = (Role.COUNTY_ADMIN, Role.TOWNSHIP_SECRETARY, Role.INSPECTOR, Role.LEADER, Role.OBSERVER)


class RoundRefused(Exception):
    """A round cannot go to the state asked for; the message is a Chinese sentence."""


@dataclass(frozen=True)
class PhaseDates:
    kind: str
    opens_on: date
    closes_on: date
    finished_on: date | None = None


#: Days from the day on site to each phase's start, and its length: where planning begins, every date can be changed.
USUAL_PHASES = (
    (PhaseKind.NOMINATION, -75, 30),
    (PhaseKind.REVIEW, -43, 8),
    (PhaseKind.TRAINING, -29, 0),
    (PhaseKind.PANEL, -17, 2),
    (PhaseKind.ONSITE, 0, 0),
    (PhaseKind.DECISION, 2, 1),
    (PhaseKind.NOTICE, 5, 7),
    (PhaseKind.AWARD, 14, 0),
    (PhaseKind.AFTER, 15, 45),
)
#: A re-inspection visits those who hold a title: nobody applies, nothing is awarded.
_OF_REINSPECTION = (PhaseKind.PANEL, PhaseKind.ONSITE, PhaseKind.DECISION, PhaseKind.NOTICE)


def usual_phases(*, onsite_date: date, kind: str = RoundKind.CREATION) -> list[PhaseDates]:
    """The phases a round of this kind usually has around its day on site; writes nothing."""
    wanted = set(_OF_REINSPECTION) if kind == RoundKind.REINSPECTION else set(PhaseKind)
    found = []
    for phase, offset, length in USUAL_PHASES:
        if phase in wanted:
            opens = onsite_date + timedelta(days=offset)
            found.append(PhaseDates(phase, opens, opens + timedelta(days=length)))
    return found


@transaction.atomic
def create_campaign(*, tenant: Tenant, actor: User | None, **facts: Any) -> Campaign:
    """``facts`` are the fields of Campaign. Grants the county's roles sight of it."""
    campaign = Campaign(tenant=tenant, **facts)
    campaign.save()
    for role in CAMPAIGN_ROLES:
        assign_perm("campaigns.view_campaign", role_group(tenant, role), campaign)
    record(actor=actor, verb="新建活动", target=campaign, new=facts)
    return campaign


@transaction.atomic
def revise_campaign(*, campaign: Campaign, actor: User | None, **facts: Any) -> Campaign:
    """Set these fields. What changed is recorded, old beside new; when nothing did, nothing is written."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    old = {name: getattr(campaign, name) for name, value in facts.items() if getattr(campaign, name) != value}
    if not old:
        return campaign
    for name in old:
        setattr(campaign, name, facts[name])
    campaign.save(update_fields=list(old))
    record(actor=actor, verb="修改活动", target=campaign, old=old, new={name: facts[name] for name in old})
    return campaign


@transaction.atomic
def plan_round(
    *,
    campaign: Campaign,
    label: str,
    onsite_date: date,
    scheme_version: SchemeVersion,
    actor: User | None,
    kind: str = RoundKind.CREATION,
    year: int | None = None,
    phases: Iterable[PhaseDates] = (),
) -> Round:
    """Plan a round that pins a published version of the scheme; one that was withdrawn is not offered any more.

    Raises IntegrityError for a label that the campaign has, and for a phase that closes before it opens.
    """
    scheme_version = SchemeVersion.objects.select_for_update().get(pk=scheme_version.pk)
    if scheme_version.state == VersionState.WITHDRAWN:
        raise RoundRefused("这一版办法已停用，轮次不能再采用。请选择已发布的版本。")
    if scheme_version.state != VersionState.PUBLISHED:
        raise RoundRefused("轮次只能采用已发布的办法版本。请先发布。")
    sequence = campaign.rounds.count() + 1
    planned = Round(
        tenant=campaign.tenant,
        campaign=campaign,
        kind=kind,
        label=label,
        sequence=sequence,
        year=year or onsite_date.year,
        onsite_date=onsite_date,
        scheme_version=scheme_version,
    )
    planned.save()
    rows = [Phase(tenant=campaign.tenant, round=planned, sequence=i, **vars(dates)) for i, dates in enumerate(phases)]
    Phase.objects.bulk_create(rows)
    record(actor=actor, verb="安排轮次", target=planned, new={"onsite_date": onsite_date, "scheme": scheme_version})
    return planned


@transaction.atomic
def move_round(*, round: Round, to: str, actor: User | None, reason: str = "") -> Round:
    """Take a round to its next state (or back to scoring, with a reason). Locks the row."""
    round = Round.objects.select_for_update().get(pk=round.pk)
    if to not in ROUND_TRANSITIONS[round.state]:
        raise RoundRefused(f"{round.title}现为“{round.get_state_display()}”，不能转为“{RoundState(to).label}”。")
    old, round.state = round.state, to
    if to == RoundState.PUBLISHED and round.published_at is None:
        round.published_at = timezone.now()
    round.save(update_fields=["state", "published_at"])
    facts = {"state": to, "reason": reason}
    record(actor=actor, verb=f"轮次{RoundState(to).label}", target=round, old={"state": old}, new=facts)
    return round
