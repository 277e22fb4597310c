"""Reads of the campaign board (挂图作战): rounds by stages, who is done, in time, late; with counts where they are known.

Responsible for comparing dates with a reference day that the caller gives. Counts of unpublished rounds are for the
county office only; dates are for everybody who may open the board.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.access import Permission, allowed
from accounts.models import Membership
from campaigns.enums import CampaignKind, NominationState, PhaseKind, RoundKind, RoundState
from campaigns.models import Campaign, Phase, Round
from campaigns.queries import board_rounds, visible_nominations
from campaigns.standing import Standing, standing
from scoring.counting import sheet_dues
from scoring.enums import ComputationState, Verdict
from scoring.models import Computation
from scoring.queries import visible_computations, visible_results
from sites.models import PanelMember

from .rounds import state_words

#: What rounds of a kind of campaign are called by, where it is not 第 n 轮; {year} and {n} of the round.
OWN_NAMES = {
    CampaignKind.ANNUAL: ("{year} 年度考核", "{year} 年度第 {n} 次考核", "次"),
    CampaignKind.STAR: ("{year} 年星级评定", "{year} 年第 {n} 次星级评定", "次"),
    CampaignKind.ARENA: ("{year} 年擂台赛", "{year} 年第 {n} 场擂台赛", "场"),
    CampaignKind.CLASS: ("{year} 年分类定级", "{year} 年第 {n} 次分类定级", "次"),
}
#: Stages that a kind of campaign calls otherwise, and its day on site.
OWN_STAGES: dict[str, dict[str, str]] = {
    CampaignKind.ANNUAL: {
        PhaseKind.NOMINATION: "自评报送", PhaseKind.ONSITE: "考核评分", PhaseKind.AWARD: "结果通报",
        PhaseKind.AFTER: "结果运用",
    },
    CampaignKind.STAR: {PhaseKind.ONSITE: "评定", PhaseKind.AWARD: "挂星", PhaseKind.AFTER: "动态管理"},
    CampaignKind.ARENA: {PhaseKind.NOMINATION: "报名", PhaseKind.ONSITE: "擂台比拼", PhaseKind.AWARD: "颁旗"},
    CampaignKind.CLASS: {PhaseKind.NOMINATION: "自评报送", PhaseKind.ONSITE: "评定", PhaseKind.AWARD: "定级公布",
                         PhaseKind.AFTER: "整改提升"},
}  # fmt: skip
OWN_DAY = {CampaignKind.CREATION: "现场", CampaignKind.ARENA: "比拼"}
REVIEW_KEPT = "复评 {} 家，保留称号 {}，摘牌警示 {}"


@dataclass(frozen=True)
class Stage:
    """One cell of the board: ``planned`` where the dates were moved; ``done`` of ``total`` for the pole."""

    name: str
    dates: str
    count: str
    standing: Standing
    done: int
    total: int

    @property
    def planned(self) -> str:
        return _span(*self.standing.planned) if self.standing.planned else ""

    def lines(self, width: int) -> int:
        """Lines of print, at so many half-width places to the line; a hanzi takes two."""
        texts = [
            self.standing.words,
            self.dates,
            self.planned and f"原定 {self.planned}",
            self.standing.reason,
            self.count,
        ]
        return sum(-(-sum(1 + (sign > "⺀") for sign in text) // width) for text in texts)


@dataclass(frozen=True)
class Progress:
    """How many sheets of a round are in, of how many there should be."""

    done: int
    expected: int


@dataclass(frozen=True)
class BoardRound:
    """``cells`` has one place for each column of its table, empty where the round has no such stage."""

    round: Round
    name: str
    day: str
    light: str
    words: str
    cells: tuple[Stage | None, ...]
    summary: str
    open: bool

    @property
    def stages(self) -> list[Stage]:
        return [cell for cell in self.cells if cell is not None]


@dataclass(frozen=True)
class BoardTable:
    """The rounds of one campaign in one year, and the stages that any of them has, in its own words."""

    campaign: Campaign
    columns: tuple[str, ...]
    rounds: tuple[BoardRound, ...]
    unit: str


@dataclass(frozen=True)
class BoardYear:
    year: int
    tables: tuple[BoardTable, ...]

    @property
    def rounds(self) -> list[BoardRound]:
        return [each for table in self.tables for each in table.rounds]

    @property
    def number(self) -> str:
        """2 轮，考核 1 次."""
        return "，".join(f"{table.campaign.name} {len(table.rounds)} {table.unit}" for table in self.tables)

    @property
    def late(self) -> int:
        return self._count(lambda standing: standing.light == "bad")

    @property
    def behind(self) -> int:
        return self._count(lambda standing: standing.light == "warn")

    @property
    def due(self) -> int:
        return self._count(lambda standing: standing.soon)

    @property
    def density(self) -> str:
        """How closely a printed year is set, so that it stays on one sheet of A3."""
        return next((name for name, setting in SETTINGS.items() if self._height(*setting) <= SHEET), "tight")

    def _height(self, line: int, between: int, width: int) -> int:
        """About how high this year prints, in tenths of a point."""
        rows = [max([4, *(cell.lines(width) for cell in each.stages)]) for each in self.rounds]
        return TABLE_HEAD * len(self.tables) + sum(line * lines + between for lines in rows)

    def _count(self, fits: Callable[[Standing], bool]) -> int:
        return sum(fits(stage.standing) for each in self.rounds for stage in each.stages)


#: In tenths of a point: what a sheet of A3 across holds below its head, and the head of one table.
SHEET, TABLE_HEAD = 7000, 480
#: How closely a year may be set (board.css): height of a line, what stands between rows, half-width places to a line.
SETTINGS = {"loose": (129, 170, 21), "close": (107, 130, 24), "tight": (85, 30, 29)}


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
    """Every round of the plan, latest year first; within a year by campaign, in order of the day on site."""
    rows = board_rounds(membership).select_related("campaign").prefetch_related("phases__moves")
    rounds = list(rows.order_by("onsite_date", "sequence"))
    counts = _counts(membership, rounds)
    years = sorted({round.year for round in rounds}, reverse=True)
    return [
        BoardYear(year, tuple(_tables(membership, [r for r in rounds if r.year == year], counts, today)))
        for year in years
    ]


def _tables(membership: Membership, rounds: list[Round], counts: Counts, today: date) -> Iterator[BoardTable]:
    """Creations first, then the other kinds; of one kind the one that began first."""
    kinds_of = [kind.value for kind in CampaignKind]
    campaigns = {round.campaign_id: round.campaign for round in rounds}.values()
    for campaign in sorted(campaigns, key=lambda each: (kinds_of.index(each.kind), each.starts_on, each.name)):
        own = [round for round in rounds if round.campaign_id == campaign.pk]
        there = {phase.kind for round in own for phase in round.phases.all()}
        kinds = [kind for kind in PhaseKind if kind in there]
        drawn = tuple(_board_round(membership, round, kinds, counts, today) for round in own)
        unit = OWN_NAMES[CampaignKind(campaign.kind)][2] if campaign.kind in OWN_NAMES else "轮"
        yield BoardTable(campaign, tuple(stage_name(campaign.kind, kind) for kind in kinds), drawn, unit)


def stage_name(campaign_kind: str, kind: str) -> str:
    """A stage in the words of its kind of campaign."""
    return OWN_STAGES.get(campaign_kind, {}).get(kind, str(PhaseKind(kind).label))


def round_name(round: Round) -> str:
    """第 3 轮 is what a creation says; an annual assessment is 2026 年度考核, whatever its label is in files."""
    if round.campaign.kind not in OWN_NAMES or round.kind == RoundKind.REINSPECTION:
        return round.title
    only, numbered, _ = OWN_NAMES[CampaignKind(round.campaign.kind)]
    if not round.label.isdecimal():
        return round.label
    words = only if round.label == str(round.year) else numbered
    return words.format(year=round.year, n=round.label)


def _board_round(
    membership: Membership, round: Round, kinds: list[PhaseKind], counts: Counts, today: date
) -> BoardRound:
    computation, progress = counts.computations.get(round.pk), counts.sheets.get(round.pk)
    light, words = state_words(round, computation)
    phases = {phase.kind: phase for phase in round.phases.all()}
    cells = [
        _stage(round.campaign.kind, phases[kind], _count(kind, round, counts), progress, today)
        if kind in phases
        else None
        for kind in kinds
    ]
    day = OWN_DAY.get(CampaignKind(round.campaign.kind), "评定")
    return BoardRound(
        round=round,
        name=round_name(round),
        day=f"{day} {round.onsite_date:%Y-%m-%d}",
        light=light,
        words=words,
        cells=tuple(cells),
        summary=_summary(round, computation, counts),
        open=round.state == RoundState.PUBLISHED or allowed(membership, Permission.VIEW_UNPUBLISHED),
    )


def _summary(round: Round, computation: Computation | None, counts: Counts) -> str:
    if computation is None:
        return ""
    if round.kind == RoundKind.REINSPECTION:
        verdicts = counts.reviewed.get(computation.pk, {})
        kept, lost = verdicts.get(Verdict.AWARDED, 0), verdicts.get(Verdict.BELOW_THRESHOLD, 0)
        return REVIEW_KEPT.format(sum(verdicts.values()), kept, lost)
    if round.campaign.kind != CampaignKind.CREATION and not any(group["tier"] for group in computation.groups):
        return f"参评 {sum(group['participants'] for group in computation.groups)} 家"
    groups = [(group["tier"] or "参评", group["participants"], group["awarded"]) for group in computation.groups]
    return "；".join(f"{tier} {awarded} / {size}" for tier, size, awarded in groups)


# -- one stage against the day


def _stage(campaign_kind: str, phase: Phase, count: str, progress: Progress | None, today: date) -> Stage:
    done, total = _how_far(phase, today)
    if phase.kind == PhaseKind.ONSITE and progress is not None and progress.expected:
        done, total = progress.done, progress.expected
    name, dates = stage_name(campaign_kind, phase.kind), _span(phase.opens_on, phase.closes_on)
    return Stage(name, dates, count, standing(phase, phase.moves.all(), today), done, total)


def _how_far(phase: Phase, today: date) -> tuple[int, int]:
    """Days gone by of the days of a stage, both ends counted."""
    total = (phase.closes_on - phase.opens_on).days + 1
    return min(max((today - phase.opens_on).days + 1, 0), total), total


def _span(opens: date, closes: date) -> str:
    first, last = (f"{day:%m-%d}" for day in (opens, closes))
    return first if first == last else f"{first} 至 {last}"


def _count(kind: str, round: Round, counts: Counts) -> str:
    """What is known in numbers of one stage of a round."""
    computation, sheets = counts.computations.get(round.pk), counts.sheets.get(round.pk)
    groups = computation.groups if computation else []
    awards = round.campaign.kind == CampaignKind.CREATION or any(group["tier"] for group in groups)
    known = {
        PhaseKind.NOMINATION: (counts.nominated[round.pk] or sum(g["participants"] for g in groups), "申报 {} 家"),
        PhaseKind.REVIEW: (counts.approved[round.pk], "通过 {} 家"),
        PhaseKind.PANEL: (counts.panel[round.pk], "评委 {} 人"),
        PhaseKind.AWARD: (sum(g["awarded"] for g in groups) if groups and awards else None, "授予 {} 家"),
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
