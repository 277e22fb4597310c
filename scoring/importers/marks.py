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

from ..models import ScoreSheet
from ..services.sheets import PackedSheet, digest_content


@dataclass
class RoundSheets:
    """The sheets a file holds for one round; ``joining`` are the inspectors that its empty panel would get."""

    round: Round
    document: Scheme
    rows: list[PackedSheet] = field(default_factory=list)
    joining: list[Inspector] = field(default_factory=list)
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
    read = read_sheets(table, document, entries, inspectors=inspectors, homes=homes, township_of=towns)
    found = RoundSheets(round, document, problems=list(read.problems))
    found.rows = packed_sheets(read, document, nominations, inspectors)
    panel = set(PanelMember.objects.filter(round=round).values_list("inspector__number", flat=True))
    if panel:
        found.problems += off_panel(table, read, panel)
    else:
        found.joining = [inspectors[number] for number in sorted(set(read.inspectors))]
    return found


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
