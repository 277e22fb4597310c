"""Receipts: what the server holds of an inspector, as one digest that the phone can compute too, signed by the
server.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from campaigns.enums import SEALED_STATES, RoundState, Switch
from campaigns.models import Round
from campaigns.phases import phases_with
from sites.models import Inspector

from .models import QuarantinedSheet, ScoreSheet

#: A round stays on the phone for so many days after its last day of scoring.
KEPT_DAYS = 30
_SALT = "scoring.receipts"


@dataclass(frozen=True)
class HeldReceipt:
    """``digest`` over every sheet of the inspector that is stored or in quarantine, in the rounds of the day."""

    inspector: UUID
    count: int
    digest: str
    server_time: datetime

    @property
    def signature(self) -> str:
        text = f"{self.inspector}\n{self.count}\n{self.digest}\n{self.server_time.isoformat()}"
        return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()

    def as_dict(self) -> dict[str, object]:
        return {
            "inspector": str(self.inspector),
            "count": self.count,
            "digest": self.digest,
            "server_time": self.server_time.isoformat(),
            "signature": self.signature,
        }


def is_signed(receipt: dict[str, object]) -> bool:
    """Whether this server gave the receipt."""
    try:
        held = HeldReceipt(
            UUID(str(receipt["inspector"])),
            int(str(receipt["count"])),
            str(receipt["digest"]),
            datetime.fromisoformat(str(receipt["server_time"])),
        )
    except (KeyError, ValueError):
        return False
    return constant_time_compare(held.signature, str(receipt.get("signature")))


def receipt_for(inspector: Inspector) -> HeldReceipt:
    """What the server holds of this inspector now."""
    rounds = [round.pk for round in rounds_of_day(inspector)]
    lines = held_lines(inspector, rounds)
    return HeldReceipt(inspector.pk, len(lines), digest_of(lines), timezone.localtime())


def held_lines(inspector: Inspector, rounds: Iterable[UUID]) -> set[str]:
    """``uuid:content hash`` of every revision and every quarantined sheet. Sheets of the desk have the server's
    hash.
    """
    mine = {"inspector": inspector, "round__in": list(rounds)}
    sheets = ScoreSheet.objects.filter(**mine).order_by().values_list("uuid", "client_hash", "content_hash")
    waiting = QuarantinedSheet.objects.filter(**mine).order_by().values_list("uuid", "client_hash", F("client_hash"))
    return {f"{uuid}:{client or server}" for uuid, client, server in [*sheets, *waiting]}


def digest_of(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in sorted(lines)).encode()).hexdigest()


def rounds_of_day(inspector: Inspector) -> list[Round]:
    """The rounds on an inspector's phone: being nominated or scored, or closed not long ago; phases come along."""
    states = (RoundState.NOMINATING, RoundState.SCORING, *SEALED_STATES)
    rows: QuerySet[Round] = Round.objects.filter(panel_members__inspector=inspector, state__in=states)
    rows = rows.select_related("campaign", "scheme_version__scheme").prefetch_related("phases")
    since = timezone.localdate() - timedelta(days=KEPT_DAYS)
    recent = [round for round in rows if round.state not in SEALED_STATES or _last_day(round) >= since]
    return sorted(recent, key=lambda round: (round.onsite_date, round.campaign_id, round.sequence))


def _last_day(round: Round) -> date:
    return max([round.onsite_date, *(phase.closes_on for phase in phases_with(round, Switch.SCORE))])
