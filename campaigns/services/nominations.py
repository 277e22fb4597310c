"""Writes of nominations that the county makes itself: from files, and the veto. A township's are in ``applying``."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Organization, User
from accounts.services.audit import record

from ..enums import NominationState, RoundState
from ..models import Nomination, NominationStep, Round
from ..queries import townships_by_code
from .campaigns import RoundRefused, move_round

#: What has been decided on does not change under it.
_BEFORE_THE_SEAL = (RoundState.PLANNED, RoundState.NOMINATING, RoundState.SCORING)


@dataclass(frozen=True)
class NominationFacts:
    """One row to write: an organization of the tenant, a tier of the round's scheme."""

    organization: Organization
    tier: str
    vetoed: bool = False


@transaction.atomic
def put_nominations(*, round: Round, rows: Iterable[NominationFacts], actor: User | None) -> int:
    """Write approved nominations of a round: new ones added, known ones set to these facts. Returns how many changed.

    Raises RoundRefused once the sheets of the round are sealed: what has been decided on does not change under it.
    """
    round = Round.objects.select_for_update().get(pk=round.pk)
    if round.state not in _BEFORE_THE_SEAL:
        raise RoundRefused(f"{round.title}“{round.get_state_display()}”，不能再改申报。如确需更正，请先退回评分。")
    known = {n.organization_id: n for n in Nomination.objects.filter(round=round)}
    townships = townships_by_code()
    new, changed, steps = [], [], []
    for row in rows:
        nomination = known.get(row.organization.pk)
        if nomination is None:
            new.append(_nomination(round, row, townships))
            steps.append(_step(new[-1], "", actor))
        elif (nomination.tier, nomination.vetoed, nomination.state) != (row.tier, row.vetoed, NominationState.APPROVED):
            steps += (
                [_step(nomination, nomination.state, actor)] if nomination.state != NominationState.APPROVED else []
            )
            nomination.tier, nomination.vetoed, nomination.state = row.tier, row.vetoed, NominationState.APPROVED
            nomination.veto_reason = nomination.veto_reason if row.vetoed else ""
            changed.append(nomination)
    Nomination.objects.bulk_create(new, batch_size=500)
    Nomination.objects.bulk_update(changed, ["tier", "vetoed", "veto_reason", "state"], batch_size=500)
    NominationStep.objects.bulk_create(steps, batch_size=500)
    if new or changed:
        record(actor=actor, verb="写入申报", target=round, new={"added": len(new), "changed": len(changed)})
    if round.state == RoundState.PLANNED:
        move_round(round=round, to=RoundState.NOMINATING, actor=actor)
    return len(new) + len(changed)


def _nomination(round: Round, row: NominationFacts, townships: dict[str, Organization]) -> Nomination:
    return Nomination(
        tenant_id=round.tenant_id,
        round=round,
        organization=row.organization,
        township=townships.get(row.organization.township_code),
        tier=row.tier,
        vetoed=row.vetoed,
        state=NominationState.APPROVED,
    )


def _step(nomination: Nomination, old: str, actor: User | None) -> NominationStep:
    """What a file of the county puts in is approved by that."""
    facts = {"tenant_id": nomination.tenant_id, "nomination": nomination, "actor": actor, "note": "由县里导入"}
    return NominationStep(from_state=old, to_state=NominationState.APPROVED, **facts)


@transaction.atomic
def declare_veto(*, nomination: Nomination, reason: str, actor: User) -> Nomination:
    """Register a 一票否决 with its reason; the round must not be sealed."""
    round = Round.objects.select_for_update().get(pk=nomination.round_id)
    if round.state not in _BEFORE_THE_SEAL:
        raise RoundRefused(f"{round.title}“{round.get_state_display()}”，不能再登记否决。如确需更正，请先退回评分。")
    nomination.vetoed, nomination.veto_reason = True, reason
    nomination.save(update_fields=["vetoed", "veto_reason"])
    record(actor=actor, verb="登记一票否决", target=nomination, new={"reason": reason})
    return nomination
