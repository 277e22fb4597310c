"""Freezing the live board (封盘): what everybody but the office sees is a picture of that moment, until it is lifted."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from campaigns.enums import RoundState
from campaigns.models import Round

from ..models import BoardSnapshot
from ..standings import standings


class BoardRefused(Exception):
    """The board cannot be frozen or lifted now; the message is a Chinese sentence."""


@transaction.atomic
def freeze_board(*, round: Round, reason: str, actor: User) -> BoardSnapshot:
    """Keep the standings of this moment. One at a time; only while sheets are taken."""
    rows = Round.objects.select_for_update(no_key=True, of=("self",)).select_related("scheme_version")
    round = rows.get(pk=round.pk)
    if round.state != RoundState.SCORING:
        raise BoardRefused(f"{round.title}“{round.get_state_display()}”，没有在评分，不能封盘。")
    if standing_snapshot(round) is not None:
        raise BoardRefused(f"{round.title}已经封盘。如要按现在的分数重新封盘，请先解除。")
    shown = standings(round)
    snapshot = BoardSnapshot(
        tenant_id=round.tenant_id,
        round=round,
        standings=shown,
        sheet_cut=shown["cut"],
        reason=reason.strip()[:200],
        taken_by=actor,
    )
    snapshot.save(force_insert=True)
    record(actor=actor, verb="封盘", target=snapshot, new={"reason": snapshot.reason, "cut": snapshot.sheet_cut})
    return snapshot


@transaction.atomic
def lift_board(*, round: Round, actor: User) -> BoardSnapshot:
    """The board is live again for whom the phase allows."""
    snapshot = BoardSnapshot.objects.select_for_update().filter(round=round, lifted_at__isnull=True).first()
    if snapshot is None:
        raise BoardRefused(f"{round.title}没有封盘，不用解除。")
    snapshot.lifted_at = timezone.now()
    snapshot.save(update_fields=["lifted_at"])
    record(actor=actor, verb="解除封盘", target=snapshot, new={"lifted_at": snapshot.lifted_at})
    return snapshot


def standing_snapshot(round: Round) -> BoardSnapshot | None:
    """The picture that others see instead of the live board; None while it is live."""
    return BoardSnapshot.objects.filter(round=round, lifted_at__isnull=True).select_related("taken_by").first()
