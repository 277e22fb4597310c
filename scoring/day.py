"""Everything of an inspector's day in one answer, so that a phone can score all of it without network.

A fixed number of queries, however many rounds, stops and sheets. The phone's protocol is the contract.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.enums import TenantKind
from accounts.models import Tenant
from campaigns.enums import NominationState, RoundState, Switch
from campaigns.models import Nomination, Round
from campaigns.phases import closes_at, is_open, phases_with, why_shut
from schemes import MarkCodec, Scheme
from schemes.document import Node
from schemes.exact import decimal_text
from schemes.rules.marking import Deduction, SheetMark
from schemes.rules.marking.choices import ChoiceMark
from sites.enums import ConflictKind, ConflictState
from sites.models import Conflict, Inspector, RouteMember, Stop
from sites.queries import RECUSED, Panel, Seat, is_below, panels_of

from .arrivals import may_not_apply
from .enums import QuarantineState, ReopeningState
from .models import QuarantinedSheet, ScoreSheet, SheetReopening
from .receipts import rounds_of_day

#: More keys than this are no keyboard: the phone asks for a number.
MOST_KEYS = 400
SCORED_BEFORE = "您接替的评委已评过这家单位，不用再评。"
#: How a reopening is called on the phone; what is used up or taken back is not shown.
REOPENED = {ReopeningState.ASKED: "asked", ReopeningState.OPEN: "open", ReopeningState.DECLINED: "declined"}


def day_of(inspector: Inspector, tenant: Tenant) -> dict[str, Any]:
    """The day as the protocol says, without the token."""
    rounds = [round for round in rounds_of_day(inspector) if round.scheme_version.document.leaves]
    rounds.sort(key=lambda round: round.state != RoundState.SCORING)  # what is scored now comes first
    reader = _Day(inspector, rounds)
    home = inspector.home
    return {
        "server_time": timezone.localtime().isoformat(),
        "inspector": {
            "id": str(inspector.pk), "number": inspector.number, "name": inspector.name, "home": home.name,
        },
        "tenant": {
            "name": tenant.name, "office": tenant.office, "demo": tenant.is_demo,
            "rehearsal": tenant.kind == TenantKind.REHEARSAL,
        },
        "rounds": [reader.round(round) for round in rounds],
    }  # fmt: skip


class _Day:
    """What belongs to one inspector in some rounds, read once."""

    def __init__(self, inspector: Inspector, rounds: list[Round]) -> None:
        self.inspector = inspector
        keys = [round.pk for round in rounds]
        self.panels = panels_of(rounds)
        self.nominations: dict[UUID, list[Nomination]] = defaultdict(list)
        approved = Nomination.objects.filter(round__in=keys, state=NominationState.APPROVED)
        for row in approved.select_related("organization", "township").order_by("organization__path"):
            self.nominations[row.round_id].append(row)
        self.stops = self._stops(keys)
        self.sheets, self.scored = self._sheets(keys)
        self.reopenings = self._reopenings(keys)
        self.held = self._held(keys)
        conflicts = Conflict.objects.filter(inspector=inspector, state=ConflictState.CONFIRMED).order_by("kind")
        self.conflicts = list(conflicts.values_list("kind", "organization__path", "round_id"))

    def _stops(self, keys: list[UUID]) -> dict[UUID, list[tuple[Stop, bool]]]:
        """Stops in order, each with whether this inspector goes along; a route without members is everybody's."""
        stops = Stop.objects.filter(route__round__in=keys).select_related("route")
        ordered = stops.order_by("route__on", "route__starts_at", "route__name", "sequence")
        members: dict[UUID, set[UUID]] = defaultdict(set)
        rows = RouteMember.objects.filter(route__round__in=keys, member__left_at__isnull=True)
        for route, who in rows.values_list("route_id", "member__inspector_id"):
            members[route].add(who)
        found: dict[UUID, list[tuple[Stop, bool]]] = defaultdict(list)
        for stop in ordered:
            along = not members[stop.route_id] or self.inspector.pk in members[stop.route_id]
            found[stop.route.round_id].append((stop, along))
        return found

    def _sheets(self, keys: list[UUID]) -> tuple[dict[UUID, ScoreSheet], set[tuple[UUID, UUID]]]:
        """The newest own sheet by nomination; and who among those whose place was taken scored what."""
        newest: dict[UUID, ScoreSheet] = {}
        before = {each for panel in self.panels.values() for each in self._seat(panel).before}
        scored: set[tuple[UUID, UUID]] = set()
        rows = ScoreSheet.objects.filter(round__in=keys, inspector__in=[self.inspector.pk, *before])
        for sheet in rows.order_by("revision"):
            scored.add((sheet.inspector_id, sheet.nomination_id))
            if sheet.inspector_id == self.inspector.pk:
                newest[sheet.nomination_id] = sheet
        return newest, scored

    def _reopenings(self, keys: list[UUID]) -> dict[tuple[UUID, int], SheetReopening]:
        rows = SheetReopening.objects.filter(inspector=self.inspector, nomination__round__in=keys, state__in=REOPENED)
        return {(row.nomination_id, row.revision): row for row in rows.order_by("asked_at")}

    def _held(self, keys: list[UUID]) -> dict[UUID, QuarantinedSheet]:
        rows = QuarantinedSheet.objects.filter(inspector=self.inspector, round__in=keys).defer("payload")
        return {row.nomination_id: row for row in rows.order_by("received_at")}

    def _seat(self, panel: Panel) -> Seat:
        return next(seat for seat in panel.seats if seat.inspector == self.inspector.pk)

    # -- one round

    def round(self, round: Round) -> dict[str, Any]:
        seat = self._seat(self.panels[round.pk])
        scheme = round.scheme_version.document
        open_, note = standing(round)
        if seat.left:
            open_, note = False, "您已不在这一轮的评委组，已交的评分单照常保留。"
        return {
            "id": str(round.pk),
            "title": round.title,
            "campaign": round.campaign.name,
            "state": round.state,
            "open": open_,
            "note": note,
            "counts": seat.counts,
            "scheme": {
                **scheme_of_sheet(scheme),
                "version": str(round.scheme_version_id),
                "number": round.scheme_version.number,
                "trainee": not seat.counts,
            },
            "stops": [] if _still_secret(round) else self._stops_of(round, seat, scheme),
        }

    def _stops_of(self, round: Round, seat: Seat, scheme: Scheme) -> list[dict[str, Any]]:
        """One's own stops in the order of the tour, then entries that are on no route, then what one has scored."""
        planned = self.stops[round.pk]
        mine = {stop.nomination_id: stop for stop, along in reversed(planned) if along}
        routed = {stop.nomination_id for stop, _ in planned}
        entries = {row.pk: row for row in self.nominations[round.pk]}
        order = [stop.nomination_id for stop, along in planned if along]
        order += [pk for pk in entries if pk not in routed or pk in self.sheets]
        recused = self.panels[round.pk].recused
        return [
            self._stop(round, entries[pk], mine.get(pk), place, self._reason(round, entries[pk], seat, recused), scheme)
            for place, pk in enumerate([pk for pk in dict.fromkeys(order) if pk in entries], start=1)
        ]

    def _reason(self, round: Round, entry: Nomination, seat: Seat, recused: frozenset[tuple[UUID, UUID]]) -> str:
        """Why this entry is not for this inspector; empty when it is."""
        if (self.inspector.pk, entry.pk) not in recused:
            return SCORED_BEFORE if any((who, entry.pk) in self.scored for who in seat.before) else ""
        kinds = [
            kind for kind, above, only in self.conflicts
            if only in (None, round.pk) and is_below(entry.organization.path, above)
        ]  # fmt: skip
        home = self.inspector.home_id == entry.township_id
        return RECUSED[ConflictKind.HOME if home or not kinds else ConflictKind(kinds[0])]

    def _stop(
        self, round: Round, entry: Nomination, stop: Stop | None, place: int, recused: str, scheme: Scheme
    ) -> dict[str, Any]:
        held = self.held.get(entry.pk)
        return {
            "nomination": str(entry.pk),
            "organization": entry.organization.name,
            "township": entry.township.name if entry.township else "",
            "tier": entry.tier,
            "sequence": place,
            "route": stop.route.name if stop else "",
            "on": (stop.route.on if stop else round.onsite_date).isoformat(),
            "time": f"{stop.planned_at:%H:%M}" if stop and stop.planned_at else "",
            "recused": recused,
            "self": {"statement": entry.statement, "marks": entry.self_marks},
            "sent": self._sent(entry, scheme),
            "quarantined": _quarantined(held) if held else None,
        }

    def _sent(self, entry: Nomination, scheme: Scheme) -> dict[str, Any] | None:
        sheet = self.sheets.get(entry.pk)
        if sheet is None:
            return None
        reopening = self.reopenings.get((entry.pk, sheet.revision))
        marks = MarkCodec(scheme).unpack(bytes(sheet.marks))
        texts = [None if mark is None else decimal_text(mark) for mark in marks]
        return {
            "uuid": str(sheet.uuid),
            "revision": sheet.revision,
            "total": None if sheet.abstained else decimal_text(Fraction(sheet.total_scaled, scheme.scale)),
            "marks": dict(zip(scheme.column_keys, texts, strict=True)),
            "details": {name: value for name, value in sheet.details.items() if name != "signature"},
            "received_at": timezone.localtime(sheet.received_at).isoformat(),
            "reopened": REOPENED[ReopeningState(reopening.state)] if reopening else None,
            "reopen_reason": (reopening.reply or reopening.reason) if reopening else "",
        }


def _quarantined(held: QuarantinedSheet) -> dict[str, Any]:
    """A sheet of one's own that waits for the office, or what the office said of it."""
    state = QuarantineState(held.state)
    return {
        "uuid": str(held.uuid), "code": held.code, "message": held.message, "state": state.value,
        "state_text": state.label, "reply": held.decision_reason,
    }  # fmt: skip


def standing(round: Round) -> tuple[bool, str]:
    """Whether sheets are taken now, and a sentence about until or since when."""
    if round.state == RoundState.NOMINATING:
        return False, f"{round.title}还没有开放评分。"
    if round.state != RoundState.SCORING:
        return False, f"{round.title}“{round.get_state_display()}”，不再收评分单。"
    end = closes_at(round, Switch.SCORE)
    if end is None:
        return True, ""
    last, late = timezone.localtime(end) - timedelta(minutes=1), end + timedelta(minutes=round.grace_minutes)
    if timezone.now() >= late:
        return False, f"评分已于 {last:%Y-%m-%d} 截止，此后送到的要由组织部核对。"
    if timezone.now() < end and not is_open(round, Switch.SCORE):
        return False, why_shut(round, Switch.SCORE)
    return True, f"评分至 {last.month} 月 {last.day} 日 24:00（宽限 {round.grace_minutes} 分钟）"


def _still_secret(round: Round) -> bool:
    """Whether inspectors may not know yet where they go."""
    if is_open(round, Switch.ROUTE):
        return False
    return min(phase.opens_on for phase in phases_with(round, Switch.ROUTE)) > timezone.localdate()


# -- the sheet to fill in


def scheme_of_sheet(scheme: Scheme) -> dict[str, Any]:
    """Items and criteria as inspectors mark them, in the order of the sheet's columns."""
    items = []
    for node in scheme.criteria.tree:
        leaves = [leaf for leaf in node.leaves if leaf.on_sheets]
        if leaves:
            full = sum((leaf.mark.full for leaf in leaves if isinstance(leaf.mark, SheetMark)), Fraction(0))
            criteria = [_criterion(scheme, leaf) for leaf in leaves]
            items.append({"key": node.key, "name": node.name, "full": decimal_text(full), "criteria": criteria})
    full = sum((method.full for method in scheme.methods), Fraction(0))
    return {"full": decimal_text(full), "abstention": scheme.panel.abstention, "items": items}


def _criterion(scheme: Scheme, leaf: Node) -> dict[str, Any]:
    method = leaf.mark
    assert isinstance(method, SheetMark)
    choices: Iterable[tuple[str, Fraction]] = method.choices if isinstance(method, ChoiceMark) else ()
    worths = sorted({points for _, points in choices})
    if not worths and method.units_at_most < MOST_KEYS:
        worths = [method.to_mark(units) for units in range(method.units_at_most + 1)]
    items = method.items if isinstance(method, Deduction) else ()
    return {
        "key": leaf.key,
        "name": leaf.name,
        "guidance": leaf.guidance,
        "evidence": list(leaf.evidence),
        "kind": method.kind,  # type: ignore[attr-defined]
        "max": decimal_text(method.full),
        "min": decimal_text(method.lowest),
        "step": decimal_text(method.finest),
        "marks": [decimal_text(worth) for worth in worths] or None,
        "options": [{"label": name, "mark": decimal_text(points)} for name, points in choices],
        "deductions": [
            {
                "name": item.name,
                "points": decimal_text(item.points),
                "most": None if item.most is None else decimal_text(item.most),
            }
            for item in items
        ],
        "may_not_apply": may_not_apply(scheme, leaf.key),
    }
