"""The books of the register: a year's points, places, titles, money and elimination rates; and the titles themselves.

Figures and places are those of the pages (``reports.queries.townships``, ``titles``); nothing is counted anew here.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Membership, Tenant
from campaigns.enums import SubsidyKind
from campaigns.models import Campaign, Subsidy, Title
from reports.queries.books import corrections, endings, subsidies
from reports.queries.figures import Frame, RoundFigures
from reports.queries.titles import DEFAULT_ORDER, TitleFilter, ordered, titles
from reports.queries.townships import DIRECT, Matrix, Standing, Tally, standings, township_matrix
from schemes.exact import decimal_text, percent_text

from .layout import MISSING, Cell, Column, Formula, Sheet, letter
from .round_book import money_columns, places_of

TITLE_COLUMNS = (
    Column("序号", 6, 0, centred=True), Column("单位", 26), Column("所属乡镇", 14), Column("等次", 9, centred=True),
    Column("授予轮次", 11, centred=True), Column("授予日期", 13, centred=True), Column("标牌编号", 18),
    Column("有效期至", 13, centred=True), Column("状态", 9, centred=True),
    Column("终止日期", 13, centred=True), Column("事由", 40),
)  # fmt: skip


def sum_of(place: int, values: Iterable[Cell]) -> Formula:
    """The sum of a column beside its value."""
    name = letter(place)
    total = sum((value for value in values if isinstance(value, (int, Decimal))), Decimal(0))
    return Formula(f"=SUM({name}{{first}}:{name}{{last}})", total)


def title_rows(membership: Membership, rows: QuerySet[Title]) -> Iterator[list[Cell]]:
    """Titles as the register shows them, with why they ended."""
    found = list(rows)
    reasons = endings(membership, {row.organization_id for row in found})
    for number, row in enumerate(found, start=1):
        ended = row.ended_on
        yield [
            number, row.organization.name, row.township.name if row.township else None, row.tier, row.round.title,
            row.awarded_on.isoformat(), row.plaque_no or None, row.valid_until.isoformat() if row.valid_until else "长期",
            "警示中" if row.warned_on and not ended else row.get_state_display(),
            ended.isoformat() if ended else None, reasons.get((row.organization_id, ended), "") if ended else "",
        ]  # fmt: skip


class TitlesBook:
    """The register of titles, narrowed and ordered as on the page."""

    def __init__(
        self, tenant: Tenant, membership: Membership, campaign: Campaign, wanted: TitleFilter, order: str
    ) -> None:
        self.tenant, self.membership, self.campaign = tenant, membership, campaign
        self.rows = ordered(titles(membership, wanted), order or DEFAULT_ORDER)
        self.narrowed = wanted.any

    @cached_property
    def size(self) -> int:
        return self.rows.count()

    @property
    def filename(self) -> str:
        return f"{self.tenant.name}{self.campaign.name}称号台账.xlsx"

    def sheets(self) -> Iterator[Sheet]:
        narrowed = "（按页面筛选）" if self.narrowed else ""
        until = f"截至 {timezone.localdate().isoformat()}　　共 {self.size} 个"
        parts = [f"填报单位（盖章）：{self.tenant.office}", until, corrections(self.membership, self.campaign)]
        yield Sheet(
            name="称号台账",
            title=f"{self.tenant.name}“{self.campaign.name}”称号台账{narrowed}",
            line="　　".join(part for part in parts if part),
            columns=TITLE_COLUMNS,
            rows=title_rows(self.membership, self.rows),
        )


class YearBook:
    """One published year of a campaign."""

    def __init__(self, tenant: Tenant, membership: Membership, frame: Frame, year: int) -> None:
        self.tenant, self.membership, self.frame, self.year = tenant, membership, frame, year

    @property
    def filename(self) -> str:
        return f"{self.tenant.name}{self.frame.campaign.name}{self.year}年度表册.xlsx"

    @cached_property
    def matrix(self) -> Matrix:
        return township_matrix(self.frame)

    @cached_property
    def places(self) -> list[Standing]:
        return standings(self.frame, self.matrix, self.year)

    @cached_property
    def point_places(self) -> int:
        return places_of((place.tally.points for place in self.places), least=1)

    @cached_property
    def line(self) -> str:
        as_of = self.frame.as_of
        until = f"统计截至 {timezone.localdate(as_of).isoformat()}" if as_of else ""
        warning = corrections(self.membership, self.frame.campaign, self.year)
        return "　　".join(part for part in (f"填报单位（盖章）：{self.tenant.office}", until, warning) if part)

    def title(self, what: str) -> str:
        return f"{self.tenant.name}“{self.frame.campaign.name}”{self.year} 年度{what}"

    def sheets(self) -> Iterator[Sheet]:
        yield self.bonus()
        yield self.ranking()
        yield self.register()
        yield self.money("补助资金下达表", self.title("补助资金下达表"), subsidies(self.frame.campaign, self.year))
        special = self.own(subsidies(self.frame.campaign, None))
        if special:
            name = f"{self.tenant.name}“{self.frame.campaign.name}”偏远村专项补助表"
            yield self.money("偏远村专项补助", name, special, ["专项补助按活动下达，不分年度。"])
        yield self.elimination()

    def bonus(self) -> Sheet:
        """Per township: awards of each tier, points, place. Zeros stand."""
        tiers = [tier.name for tier in self.frame.tiers]
        given = [Column("加分", 12, self.point_places)] if self.frame.has_bonus else []
        counts = [Column(name, 12, 0) for name in tiers]
        columns = [Column("位次", 8, 0, centred=True), Column("乡镇（街道）", 26), *counts, *given]
        rows = [self.bonus_row(place.rank, place.row.name, place.tally) for place in self.places]
        direct = next((row.years[self.year] for row in self.matrix.rows if row.township is None), None)
        if direct:
            rows.append(self.bonus_row(None, DIRECT, direct))
        totals = ["", "合计", *(sum_of(i, [row[i] for row in rows]) for i in range(2, len(columns)))]
        words = f"加分：{self.frame.bonus_words}。" if self.frame.bonus_words else ""
        return Sheet("乡镇加分", self.title("乡镇（街道）考核加分表"), columns, rows, self.line, totals,
                     [f"{words}位次相同的为并列。"])  # fmt: skip

    def bonus_row(self, rank: int | None, name: str, tally: Tally) -> list[Cell]:
        return [rank, name, *tally.counts, *([tally.points] if self.frame.has_bonus else [])]

    def ranking(self) -> Sheet:
        """The annex of a circular: places with the change since the year before; first and last three marked."""
        first = self.frame.tiers[0].name if self.frame.tiers else ""
        rows: list[list[Cell]] = [
            [place.rank, place.row.name, self.score(place), change_words(place.change),
             f"未创成{first}" if not place.tally.first else ""]
            for place in self.places
        ]  # fmt: skip
        score = Column("得分", 12, self.point_places) if self.frame.has_bonus else Column("授予数", 12, 0)
        columns = [Column("位次", 8, 0, centred=True), Column("乡镇（街道）", 26), score,
                   Column("较上年±", 14, centred=True), Column("备注", 30)]  # fmt: skip
        return Sheet("排名通报附件", f"附件　{self.title('乡镇（街道）排名通报')}", columns, rows, self.line,
                     notes=["前三名、后三名加底色。较上年为位次变化：▲ 上升，▼ 下降。"], marked=self.outstanding())  # fmt: skip

    def score(self, place: Standing) -> Cell:
        return place.tally.points if self.frame.has_bonus else sum(place.tally.counts)

    def outstanding(self) -> frozenset[int]:
        """Rows of the first three and the last three places, ties included; none where all are one."""
        ranks = [place.rank for place in self.places]
        if len(ranks) < 7 or len(set(ranks)) == 1:
            return frozenset()
        return frozenset(i for i, rank in enumerate(ranks) if rank <= 3 or rank >= ranks[-3])

    def register(self) -> Sheet:
        wanted = TitleFilter(campaign=str(self.frame.campaign.pk), year=str(self.year))
        rows = ordered(titles(self.membership, wanted), "round")
        return Sheet(
            "称号台账", self.title("称号台账"), TITLE_COLUMNS, list(title_rows(self.membership, rows)), self.line
        )

    def own(self, rows: QuerySet[Subsidy]) -> list[Subsidy]:
        """Money is a township's business only where it is its own."""
        found = list(rows)
        if self.membership.role != Role.TOWNSHIP_SECRETARY:
            return found
        above = f"{self.membership.organization.path}/" if self.membership.organization else "?"
        return [row for row in found if row.organization.path.startswith(above)]

    def money(self, name: str, title: str, rows: Iterable[Subsidy], notes: Sequence[str] = ()) -> Sheet:
        shown = self.own(rows) if isinstance(rows, QuerySet) else list(rows)
        cells = [money_row(number, row) for number, row in enumerate(shown, start=1)]
        totals = ["", "合计", "", "", sum_of(4, [row[4] for row in cells]), "", "", "", ""]
        own = ["只列本乡镇（街道）的单位。"] if self.membership.role == Role.TOWNSHIP_SECRETARY else []
        return Sheet(name, title, money_columns(cells), cells, f"{self.line}　　单位：万元", totals, [*notes, *own])

    def elimination(self) -> Sheet:
        rounds = [figures for figures in self.frame.rounds if figures.round.year == self.year]
        rows = [row for figures in rounds for row in elimination_rows(figures)]
        columns = [Column("轮次", 12, centred=True), Column("现场日期", 14, centred=True), Column("组别", 10, centred=True),
                   Column("参评", 10, 0), Column("授予", 10, 0), Column("淘汰", 10, 0), Column("淘汰率（%）", 13, 2),
                   Column("最低淘汰率", 13, centred=True), Column("是否达到", 12, centred=True)]  # fmt: skip
        counts = [sum_of(i, [row[i] for row in rows]) for i in (3, 4)]
        gone = counts[0].value - counts[1].value
        rate = Decimal(decimal_text(Fraction(int(gone) * 100, int(counts[0].value)), 2)) if counts[0].value else None
        name = letter(5)
        totals = ["合计", "", "", *counts, Formula(f"=SUM({name}{{first}}:{name}{{last}})", gone), rate, "", ""]
        return Sheet("各轮淘汰率", self.title("各轮淘汰率"), columns, rows, self.line, totals, frozen=1)


def elimination_rows(figures: RoundFigures) -> Iterator[list[Cell]]:
    for group in figures.groups:
        rate = group.elimination_rate
        floor = group.floor
        kept = "" if rate is None or floor is None else "达到" if rate >= floor else "未达到"
        yield [
            figures.round.title, figures.round.onsite_date.isoformat(), group.tier or "全部", group.participants,
            group.awarded, Formula("=D{row}-E{row}", group.participants - group.awarded),
            None if rate is None else Decimal(decimal_text(rate * 100, 2)),
            MISSING if floor is None else percent_text(floor), kept,
        ]  # fmt: skip


def money_row(number: int, row: Subsidy) -> list[Cell]:
    special = row.kind == SubsidyKind.SPECIAL
    parent = row.organization.parent
    return [
        number, row.organization.name, parent.name if parent else None, "偏远村" if special else row.tier,
        row.amount_wan, row.document_no, "", "", row.reason or row.get_kind_display(),
    ]  # fmt: skip


def change_words(change: int | None) -> str:
    """Places gained or lost since the year before."""
    if change is None:
        return MISSING
    if change == 0:
        return "持平"
    return f"{'▲' if change > 0 else '▼'}{abs(change)}"
