"""Plain tables with exactly the columns that the importers read: what is carried out can be handed in again."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db.models import QuerySet

from campaigns.enums import RoundKind
from campaigns.models import Nomination, Round
from schemes import MarkCodec, Scheme
from schemes.exact import decimal_text
from scoring.models import ScoreSheet
from sites.models import Inspector

Row = tuple[str | int | Decimal | None, ...]
Table = tuple[tuple[str, ...], Iterator[Row]]


def nomination_table(round: Round, nominations: Iterable[Nomination]) -> Table:
    header = ("round", "org_code", "tier", "vetoed")
    return header, ((round.label, row.organization.code, row.tier, int(row.vetoed)) for row in nominations)


def sheet_table(round: Round, sheets: QuerySet[ScoreSheet]) -> Table:
    """One row per sheet; a mark that is missing is an empty cell, zero is 0."""
    document = round.scheme_version.document
    first = "month" if round.kind == RoundKind.REINSPECTION else "round"
    header = (first, "org_code", "inspector", *document.column_keys)
    return header, _sheet_rows(round, sheets)


def _sheet_rows(round: Round, sheets: QuerySet[ScoreSheet]) -> Iterator[Row]:
    marks = Marks(round.scheme_version.document)
    fields = ("nomination__organization__code", "inspector__number", "marks")
    for code, number, packed in sheets.values_list(*fields):
        yield (round.label, code, number, *marks.of(bytes(packed)))


class Marks:
    """Packed marks as exact numbers; each different mark of a criterion is made once."""

    def __init__(self, scheme: Scheme) -> None:
        self.codec = MarkCodec(scheme)
        self.made: list[dict[int, Decimal]] = [{} for _ in scheme.methods]

    def of(self, packed: bytes) -> list[Decimal | None]:
        """One number per criterion, None where nothing was marked."""
        row = self.codec.matrix(packed)[0].tolist()
        return [None if units == self.codec.missing else self._mark(place, units) for place, units in enumerate(row)]

    def _mark(self, place: int, units: int) -> Decimal:
        made = self.made[place]
        if units not in made:
            made[units] = Decimal(decimal_text(self.codec.methods[place].to_mark(units)))
        return made[units]


def inspector_table(inspectors: Iterable[Inspector]) -> Table:
    return ("inspector", "name", "home_code"), ((row.number, row.name, row.home.code) for row in inspectors)
