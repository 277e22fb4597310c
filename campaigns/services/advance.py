"""What the calendar does by itself: nomination and scoring open on their day, a phase whose work is plainly done is
marked so. It never closes anything a person has opened, and leaves alone what a person took back.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..enums import SEALED_STATES, NominationState, PhaseKind, RoundState, Switch
from ..models import Phase, PhaseMove, Round
from ..phases import is_open, phases_with
from ..standing import REOPENED
from .campaigns import move_round
from .phases import finish_phase

_UNSETTLED = (NominationState.SUBMITTED, NominationState.RETURNED)
_SCORED = (RoundState.SCORING, *SEALED_STATES)


@dataclass(frozen=True)
class Signs:
    """What a round shows of its own progress."""

    round: Round
    nominated: Counter[str]
    decided_on: date | None
    panel: bool
    titles: int
    unnumbered: int

    @property
    def published_on(self) -> date | None:
        if self.round.state != RoundState.PUBLISHED or self.round.published_at is None:
            return None
        return timezone.localdate(self.round.published_at)


def advance_by_date(*, today: date) -> dict[str, int]:
    """For every round of the open tenant; how many were opened and how many phases finished. Again: nothing more."""
    waiting = Q(state__in=[RoundState.PLANNED, RoundState.NOMINATING]) | Q(phases__finished_on__isnull=True)
    keys = Round.objects.filter(waiting, phases__opens_on__lte=today).order_by("pk").distinct()
    done: Counter[str] = Counter()
    for key in list(keys.values_list("pk", flat=True)):
        done += _advance(key, today)
    return dict(done)


@transaction.atomic
def _advance(key: UUID, today: date) -> Counter[str]:
    round = Round.objects.select_for_update().get(pk=key)
    done: Counter[str] = Counter()
    if round.state == RoundState.PLANNED and _opens(round, Switch.NOMINATE, today):
        round = move_round(round=round, to=RoundState.NOMINATING, actor=None)
        done["nominating"] += 1
    if round.state == RoundState.NOMINATING and _opens(round, Switch.SCORE, today) and _ready(round):
        round = move_round(round=round, to=RoundState.SCORING, actor=None)
        done["scoring"] += 1
    by_hand = set(PhaseMove.objects.filter(phase__round=round, reason__startswith=REOPENED).values_list("phase_id"))
    open_phases = [phase for phase in round.phases.filter(finished_on__isnull=True) if (phase.pk,) not in by_hand]
    signs = _signs(round) if open_phases else None
    for phase in open_phases:
        on = _done_on(phase, signs, today) if signs else None
        if on is not None and on <= today:
            finish_phase(phase=phase, on=on, actor=None, today=today)
            done["finished"] += 1
    return done


def _opens(round: Round, switch: str, today: date) -> bool:
    """Whether a dated phase opens it today; a round none of whose phases names it waits for a person."""
    return bool(phases_with(round, switch)) and is_open(round, switch, today=today)


def _ready(round: Round) -> bool:
    approved = round.nominations.filter(state=NominationState.APPROVED).exists()
    return approved and round.panel_members.filter(left_at__isnull=True).exists()


def _signs(round: Round) -> Signs:
    rows = list(round.nominations.values_list("state", "decided_at"))
    decided = [timezone.localdate(at) for _, at in rows if at is not None]
    titles = list(round.titles.values_list("plaque_no", flat=True))
    return Signs(
        round=round,
        nominated=Counter(state for state, _ in rows),
        decided_on=max(decided, default=None),
        panel=round.panel_members.filter(left_at__isnull=True).exists(),
        titles=len(titles),
        unnumbered=sum(not number for number in titles),
    )


def _done_on(phase: Phase, signs: Signs, today: date) -> date | None:
    """The day by which the work of a phase was plainly done; None while it is not, or where only a person can tell."""
    state, seen = signs.round.state, signs.published_on or today
    applied = signs.nominated.total() - signs.nominated[NominationState.DRAFT]
    over = phase.closes_on < today
    match phase.kind:
        case PhaseKind.NOMINATION:
            return min(phase.closes_on, today) if applied and (over or state in _SCORED) else None
        case PhaseKind.REVIEW:
            waiting = sum(signs.nominated[each] for each in _UNSETTLED)
            ended = state in _SCORED or _nomination_over(signs.round, today)
            settled = signs.nominated[NominationState.APPROVED] and not waiting and ended and phase.opens_on <= today
            return (signs.decided_on or min(phase.closes_on, today)) if settled else None
        case PhaseKind.PANEL:
            return seen if signs.panel and state in _SCORED else None
        case PhaseKind.ONSITE:
            return seen if state in SEALED_STATES else None
        case PhaseKind.DECISION:
            return seen if state in (RoundState.CONFIRMED, RoundState.PUBLISHED) else None
        case PhaseKind.NOTICE:
            return _notice_done(phase, signs, today)
        case PhaseKind.AWARD:
            numbered = signs.titles and not signs.unnumbered
            return today if state == RoundState.PUBLISHED and numbered else None
    return None


def _nomination_over(round: Round, today: date) -> bool:
    return not any(phase.kind == PhaseKind.NOMINATION and phase.closes_on >= today for phase in round.phases.all())


def _notice_done(phase: Phase, signs: Signs, today: date) -> date | None:
    """Publication ends a notice under way; of an outcome published before, the notice runs its days."""
    published = signs.published_on
    if published is None:
        return None
    if published >= phase.opens_on:
        return published
    return phase.closes_on if phase.closes_on < today else None
