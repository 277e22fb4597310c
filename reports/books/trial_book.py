"""The book of a trial: 变化汇总 (rates of every tier, or how many have each grade) and 逐家对照 with both sides and why."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils import timezone

from accounts.models import Tenant
from reports.queries.trial import Report, Shown, ShownSide
from schemes.exact import decimal_text
from schemes.trial import Change, Count, Side, Tally

from .layout import Cell, Column, Sheet
from .round_book import places_of

#: Sign before the word: a printed page has no colours.
SIGNS: dict[str, str] = {
    Change.GAINS: "＋",
    Change.LOSES: "－",
    Change.MOVES: "↕",
    Change.UNCHANGED: "＝",
    Change.ALONE: "？",
}
TRIED = "试算"


class TrialBook:
    def __init__(self, tenant: Tenant, report: Report) -> None:
        self.tenant, self.report = tenant, report

    @property
    def filename(self) -> str:
        version = self.report.version
        return f"{self.tenant.name}{version.scheme.name}{version.number}版试算.xlsx"

    @property
    def line(self) -> str:
        against = f"对照：{self.report.against}" if self.report.against else "没有对照"
        made = timezone.localdate().isoformat()
        return f"试算：{self.report.version}　　{against}　　{made}　　试算不改变任何结果"

    def sheets(self) -> Iterator[Sheet]:
        yield self.results() if self.report.graded else self.summary()
        yield self.side_by_side()

    def summary(self) -> Sheet:
        """Per round and tier: how many take part and win on both sides, and the elimination rates."""
        columns = [
            Column("轮次", 16), Column("等次", 12, centred=True),
            Column("参评", 9, 0, group="原办法"), Column("授予", 9, 0, group="原办法"),
            Column("淘汰率（%）", 12, 2, group="原办法"),
            Column("参评", 9, 0, group=TRIED), Column("授予", 9, 0, group=TRIED),
            Column("淘汰率（%）", 12, 2, group=TRIED), Column("授予增减", 11, centred=True),
        ]  # fmt: skip
        rows = [count_row(title, count) for title, count in self.report.counts]
        return self.summary_sheet(columns, rows)

    def summary_sheet(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> Sheet:
        notes = [f"用{self.report.source}试算。{self.changes()}。", *(str(problem) for problem in self.report.notes)]
        return Sheet("变化汇总", f"{self.tenant.name}办法试算变化汇总", columns, rows, self.line, notes=notes)

    def results(self) -> Sheet:
        """Per round and tier: how many have each grade on both sides."""
        columns = [Column("轮次", 16), Column("等次", 12, centred=True), Column("结果", 24), Column("原办法", 11, 0),
                   Column(TRIED, 11, 0), Column("增减", 11, centred=True)]  # fmt: skip
        rows: list[list[Cell]] = [
            [title, count.tier, words, before, after, signed(gained)]
            for title, count in self.report.counts
            for words, before, after, gained in count.results
        ]
        return self.summary_sheet(columns, rows)

    def changes(self) -> str:
        found = self.report.changes.items()
        return "，".join(f"{self.report.words[change]} {number} 家" for change, number in found if number)

    def side_by_side(self) -> Sheet:
        """Every organization: both scores, ranks, results and rules that decided. Gains and losses are marked."""
        before, after = (self.score_places(side) for side in ("before", "after"))
        columns = [
            Column("轮次", 11), Column("单位", 20), Column("所属乡镇", 12), Column("等次", 7, centred=True),
            *side_columns("原办法", before), *side_columns(TRIED, after),
            Column("名次升降", 8, centred=True), Column("变化", 11, centred=True),
            Column("原办法的决定", 34), Column("试算的决定", 34),
        ]  # fmt: skip
        marked = frozenset(
            i for i, shown in enumerate(self.report.lines) if shown.line.change in (Change.GAINS, Change.LOSES)
        )
        gains, loses = self.report.words[Change.GAINS], self.report.words[Change.LOSES]
        return Sheet(
            "逐家对照", f"{self.tenant.name}办法试算逐家对照", columns, (line_row(shown) for shown in self.report.lines),
            self.line, notes=[f"{gains}、{loses}的加底色。名次升降：▲ 升，▼ 降。"], small=True, marked=marked,
        )  # fmt: skip

    def score_places(self, name: str) -> int:
        """Decimals that every score of one side needs."""
        sides: list[Side | None] = [getattr(shown.line, name) for shown in self.report.lines]
        return places_of((score_cell(side.row.score) for side in sides if side), least=0)


def side_columns(group: str, places: int) -> list[Column]:
    return [Column("得分", 9, places, group=group), Column("名次", 6, 0, group=group),
            Column("结果", 10, group=group, centred=True)]  # fmt: skip


def count_row(title: str, count: Count) -> list[Cell]:
    return [title, count.tier, *tally_cells(count.before), *tally_cells(count.after), signed(count.gained)]


def tally_cells(tally: Tally | None) -> list[Cell]:
    if tally is None:
        return [None, None, None]
    rate = tally.elimination_rate
    return [tally.participants, tally.awarded, None if rate is None else Decimal(decimal_text(rate * 100, 2))]


def signed(number: int | None) -> Cell:
    return None if number is None else f"＋{number}" if number > 0 else f"－{-number}" if number else "0"


def line_row(shown: Shown) -> list[Cell]:
    line = shown.line
    return [
        shown.round_title, shown.organization, shown.township or None, line.tier,
        *side_cells(shown.before), *side_cells(shown.after), climbed_words(line.climbed),
        f"{SIGNS[line.change]} {shown.word}", why_words(line.before), why_words(line.after),
    ]  # fmt: skip


def side_cells(shown: ShownSide | None) -> list[Cell]:
    if shown is None:
        return [None, None, None]
    return [score_cell(shown.side.row.score), shown.side.row.rank, shown.result]


def score_cell(text: str | None) -> Cell:
    """A number as the page shows it; a fraction that no decimal writes exactly stays a text."""
    if text is None:
        return None
    return text if "/" in text else Decimal(text)


def climbed_words(climbed: int | None) -> str | None:
    if climbed is None:
        return None
    return "持平" if not climbed else f"▲{climbed}" if climbed > 0 else f"▼{-climbed}"


def why_words(side: Side | None) -> str | None:
    if side is None:
        return None
    why = side.why
    return f"{why.text}（{why.clause}）" if why.clause else why.text
