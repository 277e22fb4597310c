"""Sheets of one round, from checked rows to what the service stores, and how they compare with what stands."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

from accounts.enums import OrganizationKind
from accounts.imports import Problem, Table
from campaigns.models import Nomination, Round
from schemes import Entry, Scheme
from schemes.engine import scaled_totals
from schemes.exact import decimal_text
from schemes.intake import SheetTable, read_sheets, round_name
from sites.models import Inspector, PanelMember
from sites.queries import recused_pairs

from ..models import ScoreSheet
from ..reading import weighs_groups
from ..services.sheets import PackedSheet, digest_content


@dataclass
class RoundSheets:
    """The sheets a file holds for one round; ``joining`` are the inspectors that its empty panel would get.

    ``groups`` (组别) by inspector number, where the file or the list of inspectors says so.
    """

    round: Round
    document: Scheme
    rows: list[PackedSheet] = field(default_factory=list)
    joining: list[Inspector] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def changes(self) -> Counter[str]:
        """How many sheets are new, would be a new revision, or stand as they are."""
        standing = standing_content(self.round)
        return Counter(change_of(row, standing) for row in self.rows)

    def samples(self) -> list[list[str]]:
        scale = self.document.scale
        return [
            [self.round.title, row.nomination.organization.name, row.inspector.name, points(row.total_scaled, scale)]
            for row in self.rows[:10]
        ]


def points(scaled: int, scale: int) -> str:
    """A sheet's total as people write it."""
    return decimal_text(Fraction(scaled, scale))


def standing_content(round: Round) -> dict[tuple[UUID, UUID], str]:
    """Content of the newest revision of every sheet of the round."""
    rows = ScoreSheet.objects.filter(round=round).order_by("revision")
    fields = rows.values_list("nomination_id", "inspector_id", "content_hash")
    return {(nomination, inspector): content for nomination, inspector, content in fields}


def change_of(row: PackedSheet, standing: dict[tuple[UUID, UUID], str]) -> str:
    known = standing.get((row.nomination.pk, row.inspector.pk))
    if known is None:
        return "new"
    return "same" if known == digest_content(row.nomination.pk, row.inspector.pk, row.packed) else "revised"


def sheets_of_round(
    table: Table, document: Scheme, round: Round, nominations: list[Nomination], inspectors: dict[str, Inspector]
) -> RoundSheets:
    """Check the rows of one round against its entries, its panel and the rules of recusal."""
    label = round_name(round.label)
    entries = [Entry(label, n.organization.code, n.tier, n.vetoed) for n in nominations]
    homes = homes_that_recuse(inspectors.values())
    towns = {n.organization.code: n.township.code for n in nominations if n.township}
    panel = dict(PanelMember.objects.filter(round=round).values_list("inspector__number", "group"))
    usual = {number: row.group for number, row in inspectors.items()}
    read = read_sheets(
        table, document, entries, inspectors=inspectors, homes=homes, township_of=towns, groups=usual | panel
    )
    found = RoundSheets(round, document, problems=list(read.problems))
    found.rows = packed_sheets(read, document, nominations, inspectors)
    found.groups = groups_of(table, document, read, panel, found.problems)
    found.problems += by_period(table, read)
    if panel:
        found.problems += off_panel(table, read, set(panel))
        found.problems += by_conflict(table, read, round, nominations, inspectors)
    else:
        found.joining = [inspectors[number] for number in sorted(set(read.inspectors))]
    return found


def by_conflict(
    table: Table, read: SheetTable, round: Round, nominations: list[Nomination], inspectors: dict[str, Inspector]
) -> list[Problem]:
    """Sheets of pairs kept apart by a confirmed conflict; the home township is checked where the file is read."""
    recused, homes = recused_pairs(round), homes_that_recuse(inspectors.values())
    problems = []
    for line, entry, number in zip(read.lines.tolist(), read.entry_index.tolist(), read.inspectors, strict=True):
        nomination = nominations[entry]
        at_home = nomination.township is not None and homes.get(number) == nomination.township.code
        if (inspectors[number].pk, nomination.pk) in recused and not at_home:
            reason = f"这位评委应当回避“{nomination.organization.name}”"
            problems.append(table.problem(line, "inspector", number, reason, "请删去这一行，或先核对回避。"))
    return problems


def homes_that_recuse(inspectors: Iterable[Inspector]) -> dict[str, str]:
    """Home townships by inspector; who serves at the county is of no township."""
    return {row.number: row.home.code for row in inspectors if row.home.kind == OrganizationKind.TOWNSHIP}


def packed_sheets(
    read: SheetTable, document: Scheme, nominations: list[Nomination], inspectors: dict[str, Inspector]
) -> list[PackedSheet]:
    totals = scaled_totals(document, read.marks) if len(read.marks) else ()
    owners = zip(read.entry_index.tolist(), read.inspectors, read.marks, totals, strict=True)
    return [
        PackedSheet(nominations[entry], inspectors[number], marks.tobytes(), int(total))
        for entry, number, marks, total in owners
    ]


def off_panel(table: Table, read: SheetTable, panel: set[str]) -> list[Problem]:
    return [
        table.problem(line, "inspector", number, "这位评委不在这一轮的评委组", "请核对编号，或先调整评委组。")
        for line, number in zip(read.lines.tolist(), read.inspectors, strict=True)
        if number not in panel
    ]


def groups_of(
    table: Table, document: Scheme, read: SheetTable, panel: dict[str, str], problems: list[Problem]
) -> dict[str, str]:
    """Each inspector's group in this round, where the scheme weighs groups: the same on every sheet.

    Whether the scheme names it was checked when the sheets were read.
    """
    if not weighs_groups(document):
        return {}
    found: dict[str, str] = {}
    for line, number, group in zip(read.lines.tolist(), read.inspectors, read.groups, strict=False):
        if panel.get(number, group) != group or found.setdefault(number, group) != group:
            known = panel.get(number) or found[number]
            reason = f"评委 {number} 在这一轮属于“{known}”"
            problems.append(table.problem(line, "group", group, reason, "一名评委在一轮里只属于一组，请改正。"))
    return found


def by_period(table: Table, read: SheetTable) -> list[Problem]:
    """Sheets of single periods (考核期) are for the command line: the site holds one of an inspector for an entry."""
    return [
        table.problem(line, "period", period, "评分单不能按考核期分开", "请删去这一列；按期考核的，每期安排一轮。")
        for line, period in zip(read.lines.tolist(), read.periods, strict=False)
        if period
    ]
