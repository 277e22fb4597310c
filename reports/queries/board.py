"""Reads of the campaign board (挂图作战): rounds by stages, who is done, in time, late; with counts where they are known.

Responsible for comparing dates with a reference day that the caller gives. Counts of unpublished rounds are for the
county office only; dates are for everybody who may open the board.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.access import Permission, allowed
from accounts.models import Membership
from campaigns.enums import NominationState, PhaseKind, RoundKind, RoundState
from campaigns.models import Phase, Round
from campaigns.queries import board_rounds, visible_nominations
from scoring.counting import sheet_dues
from scoring.enums import ComputationState, Verdict
from scoring.models import Computation
from scoring.queries import visible_computations, visible_results
from sites.models import PanelMember

from .rounds import state_words

#: A stage that closes within so many days is shown as due.
SOON_DAYS = 3


@dataclass(frozen=True)
class Stage:
    """The variables of ``components/stages.html`` for one stage."""

    name: str
    dates: str
    count: str
    place: str
    light: str
    words: str
    done: int
    total: int


@dataclass(frozen=True)
class Progress:
    """How many sheets of a round are in, of how many there should be."""

    done: int
    expected: int


@dataclass(frozen=True)
class BoardRound:
    round: Round
    light: str
    words: str
    stages: tuple[Stage, ...]
    summary: str
    open: bool

    def number(self, light: str) -> int:
        return sum(stage.light == light for stage in self.stages)


@dataclass(frozen=True)
class BoardYear:
    year: int
    rounds: tuple[BoardRound, ...]

    @property
    def late(self) -> int:
        return sum(each.number("bad") for each in self.rounds)

    @property
    def due(self) -> int:
        return sum(each.number("warn") for each in self.rounds)


@dataclass(frozen=True)
class Counts:
    """Everything counted for the board, by round id."""

    computations: dict[UUID, Computation]
    nominated: Counter[UUID]
    approved: Counter[UUID]
    panel: Counter[UUID]
    sheets: dict[UUID, Progress]
    reviewed: dict[UUID, dict[str, int]]


def board(membership: Membership, today: date) -> list[BoardYear]:
    """Every round of the plan, latest year first; within a year in order of the day on site."""
    rounds = list(board_rounds(membership).order_by("onsite_date", "sequence"))
    counts = _counts(membership, rounds)
    drawn = [_board_round(membership, round, counts, today) for round in rounds]
    years = sorted({round.year for round in rounds}, reverse=True)
    return [BoardYear(year, tuple(each for each in drawn if each.round.year == year)) for year in years]


def _board_round(membership: Membership, round: Round, counts: Counts, today: date) -> BoardRound:
    computation = counts.computations.get(round.pk)
    light, words = state_words(round, computation)
    published, progress = round.state == RoundState.PUBLISHED, counts.sheets.get(round.pk)
    phases = round.phases.all()
    return BoardRound(
        round=round,
        light=light,
        words=words,
        stages=tuple(_stage(phase, _count(phase.kind, round, counts), progress, today) for phase in phases),
        summary=_summary(round, computation, counts),
        open=published or allowed(membership, Permission.VIEW_UNPUBLISHED),
    )


def _summary(round: Round, computation: Computation | None, counts: Counts) -> str:
    if computation is None:
        return ""
    if round.kind == RoundKind.REINSPECTION:
        verdicts = counts.reviewed.get(computation.pk, {})
        kept, lost = verdicts.get(Verdict.AWARDED, 0), verdicts.get(Verdict.BELOW_THRESHOLD, 0)
        return f"复评 {sum(verdicts.values())} 家，保留称号 {kept}，摘牌警示 {lost}"
    groups = [(group["tier"] or "参评", group["participants"], group["awarded"]) for group in computation.groups]
    return "；".join(f"{tier} {awarded} / {size}" for tier, size, awarded in groups)


# -- one stage against the day


def _stage(phase: Phase, count: str, progress: Progress | None, today: date) -> Stage:
    place, light, words = standing(phase, today)
    done, total = _how_far(phase, today)
    if phase.kind == PhaseKind.ONSITE and progress is not None and progress.expected:
        done, total = progress.done, progress.expected
    return Stage(phase.get_kind_display(), _dates(phase), count, place, light, words, done, total)


def standing(phase: Phase, today: date) -> tuple[str, str, str]:
    """Place on the pole, light and words of one stage on a day."""
    if phase.finished_on is not None:
        return "done", "ok", "已完成"
    if phase.closes_on < today:
        return "late", "bad", f"逾期 {(today - phase.closes_on).days} 天"
    if phase.opens_on > today:
        return "next", "idle", "未开始"
    left = (phase.closes_on - today).days
    if left == 0:
        return "now", "warn", "今日到期"
    return ("now", "warn", f"剩 {left} 天") if left <= SOON_DAYS else ("now", "run", f"进行中，剩 {left} 天")


def _how_far(phase: Phase, today: date) -> tuple[int, int]:
    """Days gone by of the days of a stage, both ends counted."""
    total = (phase.closes_on - phase.opens_on).days + 1
    return min(max((today - phase.opens_on).days + 1, 0), total), total


def _dates(phase: Phase) -> str:
    first, last = (f"{day:%m-%d}" for day in (phase.opens_on, phase.closes_on))
    return first if first == last else f"{first} 至 {last}"


def _count(kind: str, round: Round, counts: Counts) -> str:
    """What is known in numbers of one stage of a round."""
    computation, sheets = counts.computations.get(round.pk), counts.sheets.get(round.pk)
    groups = computation.groups if computation else []
    known = {
        PhaseKind.NOMINATION: (counts.nominated[round.pk] or sum(g["participants"] for g in groups), "申报 {} 家"),
        PhaseKind.REVIEW: (counts.approved[round.pk], "通过 {} 家"),
        PhaseKind.PANEL: (counts.panel[round.pk], "评委 {} 人"),
        PhaseKind.AWARD: (sum(g["awarded"] for g in groups) if groups else None, "授予 {} 家"),
    }
    if kind == PhaseKind.ONSITE and computation is not None:
        return f"评分单 {computation.sheet_count} 份"
    if kind == PhaseKind.ONSITE and sheets is not None:
        return f"评分单 {sheets.done}/{sheets.expected}"
    number, words = known.get(PhaseKind(kind), (None, ""))
    return words.format(number) if number is not None and (number or kind == PhaseKind.AWARD) else ""


# -- counting


def _counts(membership: Membership, rounds: list[Round]) -> Counts:
    rows = visible_computations(membership).filter(round__in=rounds).exclude(state=ComputationState.SUPERSEDED)
    computations = {c.round_id: c for c in rows.order_by("computed_at")}
    nominations = visible_nominations(membership).filter(round__in=rounds).order_by()
    states = list(nominations.values_list("round_id", "state").annotate(number=Count("pk")))
    office = allowed(membership, Permission.VIEW_UNPUBLISHED)
    reviews = [computations[r.pk] for r in rounds if r.kind == RoundKind.REINSPECTION and r.pk in computations]
    approved = ((pk, number) for pk, state, number in states if state == NominationState.APPROVED)
    live = [round for round in rounds if round.state in (RoundState.NOMINATING, RoundState.SCORING)]
    return Counts(
        computations=computations,
        nominated=_added((pk, number) for pk, _, number in states) if office else Counter(),
        approved=_added(approved) if office else Counter(),
        panel=_added(_panels(rounds).values_list("round_id").annotate(number=Count("pk"))) if office else Counter(),
        sheets=sheet_progress(membership, live) if office else {},
        reviewed=_reviewed(membership, reviews),
    )


def _added(pairs: Iterable[tuple[UUID, int]]) -> Counter[UUID]:
    total: Counter[UUID] = Counter()
    for key, number in pairs:
        total[key] += number
    return total


def _panels(rounds: list[Round]) -> QuerySet[PanelMember]:
    return PanelMember.objects.filter(round__in=rounds).order_by()


def _reviewed(membership: Membership, computations: list[Computation]) -> dict[UUID, dict[str, int]]:
    if not computations:
        return {}
    rows = visible_results(membership).filter(computation__in=computations).order_by()
    found: dict[UUID, dict[str, int]] = {}
    for row in rows.values("computation_id", "verdict").annotate(number=Count("pk")):
        found.setdefault(row["computation_id"], {})[row["verdict"]] = row["number"]
    return found


def sheet_progress(membership: Membership, rounds: list[Round]) -> dict[UUID, Progress]:
    """Sheets in and sheets due of these rounds, for who may see all sheets; for others nothing is in."""
    if not rounds:
        return {}
    office = allowed(membership, Permission.VIEW_UNPUBLISHED)
    dues = sheet_dues(rounds)
    return {key: Progress(len(each.sent) if office else 0, len(each.due)) for key, each in dues.items()}
