"""The control room (现场调度): which sheets are in, waiting, in conflict; who is where; what waits for a person.

Responsible for reading one round for the office in a fixed number of queries. Acts are in ``scoring.control_views``.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from campaigns.enums import NominationState
from campaigns.models import Nomination, Round
from schemes import Scheme
from schemes.exact import decimal_text
from scoring.counting import Dues, dues_of
from scoring.enums import QUARANTINE_WORDS, QuarantineState, ReopeningState
from scoring.models import QuarantinedSheet, ScoreSheet, SheetReopening
from sites.models import PanelMember, Route, Stop
from sites.queries import Panel, panels_of

#: State of a cell: its sign and its words. The sign never stands alone.
SIGNS = {
    "in": ("●", "已到"),
    "abstained": ("◇", "弃权"),
    "open": ("◐", "已重开，等重交"),
    "held": ("▲", "待核"),
    "recused": ("⊘", "回避"),
    "out": ("–", "不用评"),
    "due": ("○", "未到"),
}


@dataclass(frozen=True)
class Cell:
    """One inspector's sheet for one entry: its state, the total that is in, and where more is to be seen."""

    state: str
    total: str = ""
    sheet: int | None = None
    held: UUID | None = None
    note: str = ""

    @property
    def sign(self) -> str:
        return SIGNS[self.state][0]

    @property
    def words(self) -> str:
        return "，".join(part for part in (SIGNS[self.state][1], self.note) if part)


@dataclass(frozen=True)
class Seat:
    """A column: one member of the panel."""

    member: PanelMember
    sent: int
    due: int
    last: datetime | None

    @property
    def mark(self) -> str:
        if self.member.left_at is not None:
            return "已离开"
        return "" if self.member.role == "member" else self.member.get_role_display()


@dataclass(frozen=True)
class Line:
    """A row: one entry with a cell per seat."""

    nomination: Nomination
    cells: tuple[tuple[Seat, Cell], ...]
    sent: int
    due: int


@dataclass(frozen=True)
class ControlRoom:
    """Everything the page shows of a round."""

    seats: tuple[Seat, ...]
    lines: tuple[Line, ...]
    sent: int
    due: int
    held: tuple[QuarantinedSheet, ...]
    decided: tuple[QuarantinedSheet, ...]
    wishes: tuple[SheetReopening, ...]
    opened: tuple[SheetReopening, ...]
    last: ScoreSheet | None
    tours: tuple[tuple[Route, tuple[Stop, ...]], ...]

    @property
    def missing(self) -> int:
        return self.due - self.sent

    @property
    def here(self) -> str:
        """Where the tours are just now, in words."""
        places = [stop.nomination.organization.name for _, stops in self.tours for stop in stops
                  if stop.arrived_at and not stop.left_at]  # fmt: skip
        return "、".join(places)


def control_room(round: Round) -> ControlRoom:
    scheme = round.scheme_version.document
    panel = panels_of([round])[round.pk]
    newest = _newest(round)
    dues = dues_of(panel, set(newest))
    waiting, decided = _quarantined(round)
    reopenings = _reopenings(round)
    members = PanelMember.objects.filter(round=round).select_related("inspector__home")
    ordered = sorted(members, key=_place)
    seats = tuple(_seat(member, dues, newest) for member in ordered)
    held = {(row.inspector_id, row.nomination_id): row for row in waiting}
    opened = {(row.inspector_id, row.nomination_id) for row in reopenings if row.state == ReopeningState.OPEN}
    entries = Nomination.objects.filter(round=round, state=NominationState.APPROVED)
    tours = _tours(round)
    order = _order(tours)
    lines = []
    for entry in entries.select_related("organization", "township"):
        cells = []
        for seat in seats:
            pair = (seat.member.inspector_id, entry.pk)
            cells.append((seat, _cell(pair, newest.get(pair), held.get(pair), pair in opened, panel, dues, scheme)))
        sent = sum(pair[1] == entry.pk for pair in dues.sent)
        lines.append(Line(entry, tuple(cells), sent, sum(pair[1] == entry.pk for pair in dues.due)))
    lines.sort(key=lambda line: (order.get(line.nomination.pk, 10**6), line.nomination.organization.path))
    last = max(newest.values(), key=lambda sheet: sheet.pk, default=None)
    return ControlRoom(
        seats, tuple(lines), len(dues.sent), len(dues.due), tuple(waiting), tuple(decided),
        tuple(row for row in reopenings if row.state == ReopeningState.ASKED),
        tuple(row for row in reopenings if row.state == ReopeningState.OPEN), last, tours,
    )  # fmt: skip


def _place(member: PanelMember) -> tuple[bool, bool, int, str]:
    """Members before observers, those who left after those who stay; J2 before J10."""
    number = member.inspector.number
    return member.role != "member", member.left_at is not None, len(number), number


def _newest(round: Round) -> dict[tuple[UUID, UUID], ScoreSheet]:
    rows = ScoreSheet.objects.filter(round=round).defer("marks", "details").select_related("inspector", "nomination")
    rows = rows.select_related("inspector", "nomination__organization").order_by("revision")
    return {(row.inspector_id, row.nomination_id): row for row in rows}


def _quarantined(round: Round) -> tuple[list[QuarantinedSheet], list[QuarantinedSheet]]:
    """Those that wait, the oldest first; those decided, the newest first."""
    rows = QuarantinedSheet.objects.filter(round=round).defer("payload")
    found = list(rows.select_related("inspector", "nomination__organization", "decided_by").order_by("received_at"))
    for row in found:
        row.reason_word = QUARANTINE_WORDS.get(row.code, row.code)  # type: ignore[attr-defined]
    waiting = [row for row in found if row.state == QuarantineState.WAITING]
    return waiting, [row for row in reversed(found) if row.state != QuarantineState.WAITING]


def _reopenings(round: Round) -> list[SheetReopening]:
    active = (ReopeningState.ASKED, ReopeningState.OPEN)
    rows = SheetReopening.objects.filter(nomination__round=round, state__in=active)
    return list(rows.select_related("inspector", "nomination__organization", "asked_by").order_by("asked_at"))


def _tours(round: Round) -> tuple[tuple[Route, tuple[Stop, ...]], ...]:
    stops: dict[UUID, list[Stop]] = defaultdict(list)
    rows = Stop.objects.filter(route__round=round).select_related("nomination__organization").order_by("sequence")
    for stop in rows:
        stops[stop.route_id].append(stop)
    routes = Route.objects.filter(round=round).order_by("on", "starts_at", "name")
    return tuple((route, tuple(stops[route.pk])) for route in routes)


def _order(tours: tuple[tuple[Route, tuple[Stop, ...]], ...]) -> dict[UUID, int]:
    stops = [stop.nomination_id for _, each in tours for stop in each]
    return {nomination: place for place, nomination in reversed(list(enumerate(stops)))}


def _seat(member: PanelMember, dues: Dues, newest: dict[tuple[UUID, UUID], ScoreSheet]) -> Seat:
    own = [sheet for (inspector, _), sheet in newest.items() if inspector == member.inspector_id]
    due = sum(inspector == member.inspector_id for inspector, _ in dues.due)
    sent = sum(inspector == member.inspector_id for inspector, _ in dues.sent)
    return Seat(member, sent, due, max((sheet.received_at for sheet in own), default=None))


def _cell(
    pair: tuple[UUID, UUID],
    sheet: ScoreSheet | None,
    held: QuarantinedSheet | None,
    opened: bool,
    panel: Panel,
    dues: Dues,
    scheme: Scheme,
) -> Cell:
    total = total_of(sheet, scheme) if sheet else ""
    pk = sheet.pk if sheet else None
    if held is not None:
        return Cell("held", total, pk, held.pk, QUARANTINE_WORDS.get(held.code, ""))
    if sheet is None:
        if pair in panel.recused:
            return Cell("recused")
        if pair in dues.due or any(
            seat.inspector == pair[0] and not seat.counts and not seat.left for seat in panel.seats
        ):
            return Cell("due")
        return Cell("out")
    if pair in panel.recused:
        return Cell("recused", total, pk, note="已交的不计")
    if opened:
        return Cell("open", total, pk)
    return Cell(
        "abstained" if sheet.abstained else "in",
        total,
        pk,
        note=f"第 {sheet.revision} 次修订" if sheet.revision > 1 else "",
    )


def total_of(sheet: ScoreSheet, scheme: Scheme) -> str:
    return "弃权" if sheet.abstained else decimal_text(Fraction(sheet.total_scaled, scheme.scale))


def sheet_rows(scheme: Scheme, *columns: dict[str, Any]) -> list[dict[str, Any]]:
    """The criteria with what each sheet (``marks``, ``details``) says, and whether they differ: for standing side
    by side.
    """
    rows = []
    for node in scheme.criteria.tree:
        for leaf in node.leaves:
            if leaf.on_sheets:
                given = [_given(leaf.key, column) for column in columns]
                rows.append({
                    "item": node.name if leaf is not node else "",
                    "name": leaf.name,
                    "given": given,
                    "differs": len({each["mark"] for each in given}) > 1,
                    "reads": len({each["notes"] for each in given}) > 1,
                })  # fmt: skip
    return rows


def _given(key: str, column: dict[str, Any]) -> dict[str, Any]:
    """One mark as text with what stands beside it."""
    details, mark = column["details"], column["marks"].get(key)
    notes = []
    if key in (details.get("not_applicable") or {}):
        notes.append(f"不涉及：{details['not_applicable'][key]}")
    for line in (details.get("deductions") or {}).get(key) or []:
        times = f" {line['times']} 次" if line.get("times", 1) != 1 else ""
        reason = f"（{line['reason']}）" if line.get("reason") else ""
        notes.append(f"{line.get('name')}{times}扣 {line.get('points')} 分{reason}")
    if remark := (details.get("remarks") or {}).get(key):
        notes.append(str(remark))
    return {"mark": mark, "notes": tuple(notes)}
