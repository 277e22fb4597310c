"""The live board (现场亮分): who may see it now, and what they see: the standings so far, or the picture of a frozen one.

A board that is shut or frozen shows nothing of what came since: no figure, no count, no hint that anything changed.
"""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from accounts.access import Permission, allowed
from accounts.changes import change_number
from accounts.enums import Role
from accounts.models import Membership
from campaigns.enums import RoundState, Switch
from campaigns.models import Round
from campaigns.phases import is_open, why_shut
from campaigns.queries import visible_campaigns
from scoring.models import BoardSnapshot
from scoring.services.board import standing_snapshot
from scoring.standings import standings

#: States in which the office looks at the board.
OF_OFFICE = (RoundState.SCORING, RoundState.SEALED, RoundState.COMPUTED, RoundState.CONFIRMED)
#: A rendered board is kept so long at most, whatever happens.
KEPT_SECONDS = 30


@dataclass(frozen=True)
class Board:
    """``shut``: why there is nothing to see, else empty. ``frozen``: the snapshot that stands; ``live`` what is
    shown is now.
    """

    shut: str = ""
    frozen: BoardSnapshot | None = None
    standings: dict[str, Any] | None = None
    live: bool = False

    @property
    def empty(self) -> bool:
        return not self.standings or not any(each["rows"] for each in self.standings["groups"])


def live_rounds(membership: Membership) -> QuerySet[Round]:
    """Rounds whose board somebody may ask for; whether it is open is another question."""
    rows = Round.objects.filter(campaign__in=visible_campaigns(membership))
    return rows.select_related("campaign", "scheme_version").prefetch_related("phases")


def board_for(membership: Membership, round: Round) -> Board:
    """What this person may see now."""
    if allowed(membership, Permission.CONTROL_ROUND):
        if round.state not in OF_OFFICE:
            return Board(shut=_of_state(round))
        return Board(frozen=standing_snapshot(round), standings=standings(round), live=True)
    switch = _switch(membership)
    if not is_open(round, switch):
        return Board(shut=_why_shut(round, switch))
    if snapshot := standing_snapshot(round):
        return Board(frozen=snapshot, standings=snapshot.standings)
    if round.state != RoundState.SCORING:
        return Board(shut=_of_state(round))
    return Board(standings=standings(round), live=True)


def _of_state(round: Round) -> str:
    if round.state == RoundState.PUBLISHED:
        return f"{round.title}结果已公布，请到“轮次与结果”查看。"
    return f"{round.title}现在没有在评分，现场亮分未开放。"


def _why_shut(round: Round, switch: str) -> str:
    """Dates are everybody's (they stand on the campaign board); nothing else is said."""
    why = why_shut(round, switch)
    return f"{round.title}的现场亮分没有对您开放。" if "没有开放" in why else why


def open_boards(membership: Membership) -> list[Round]:
    """Rounds that are being scored and whose board this person may see now."""
    rows = live_rounds(membership).filter(state=RoundState.SCORING).order_by("onsite_date", "sequence")
    return [
        round for round in rows if allowed(membership, Permission.CONTROL_ROUND) or is_open(round, _switch(membership))
    ]


def _switch(membership: Membership) -> str:
    return Switch.LIVE_TOWNSHIPS if membership.role == Role.TOWNSHIP_SECRETARY else Switch.LIVE_LEADERS


# -- asked for again and again


def kept_fragment(membership: Membership, round_id: UUID, look: str) -> tuple[str, str, str]:
    """(key, tag, html) of what was rendered while nothing happened since; tag is empty when there is none."""
    key = ":".join(
        ["live", str(membership.tenant_id), str(round_id), membership.role, look, timezone.localdate().isoformat(),
         change_number(membership.tenant)]
    )  # fmt: skip
    tag, html = cache.get(key) or ("", "")
    return key, tag, html


def keep_fragment(key: str, html: str) -> str:
    """Remember it; its tag is a digest of the very text, so it says no more than the text does."""
    tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:32]}"'
    cache.set(key, (tag, html), KEPT_SECONDS)
    return tag
