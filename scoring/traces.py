"""Reads behind the list of anomalies: what is known of each sheet of a computation, and the lines with their notes.

For the office only: inspectors appear by name. Which lines there are is decided in ``anomalies``.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet

from schemes import compute, digest_outcome
from sites.models import Inspector, RouteMember, Stop

from .anomalies import Anomaly, Place, SheetTrace, find_anomalies, find_hinging
from .enums import AnomalyKind, QuarantineState, ReopeningState
from .explaining import NotReproducible
from .models import AnomalyNote, Computation, QuarantinedSheet, Result, ScoreSheet, SheetReopening
from .reading import LoadedRound, load_computed

#: What one mark can do never changes for a computation, and finding it takes the whole round many times over.
HINGING_SECONDS = 24 * 3600
COUNTED_SECONDS = 600


@dataclass(frozen=True)
class AnomalyLine:
    """One line for the page: the result it is about (None for an inspector's whole work), names, the office's note."""

    anomaly: Anomaly
    result: Result | None
    names: str
    note: AnomalyNote | None


@dataclass(frozen=True)
class AnomalyList:
    """``untried`` says why single marks were not tried; empty where they were."""

    lines: tuple[AnomalyLine, ...]
    untried: str = ""

    @property
    def open(self) -> int:
        """How many nobody has looked at."""
        return sum(line.note is None for line in self.lines)


def anomaly_list(computation: Computation) -> AnomalyList:
    """Every line of a computation. Raises NotReproducible when its figures are not those that are stored."""
    loaded = load_computed(computation, None)
    hinging, untried = _hinging(computation, loaded)
    places = {nomination["id"]: entry for entry, nomination in enumerate(loaded.nominations)}
    known = [(places[UUID(pk)], text) for pk, text in hinging.items()]
    found = find_anomalies(loaded, sheet_traces(computation), hinging=known)
    rows = Result.objects.filter(computation=computation).select_related("organization", "township")
    results = {row.nomination_id: row for row in rows} if found else {}
    notes = {note.key: note for note in computation.anomaly_notes.select_related("looked_by")}
    names = dict(Inspector.objects.values_list("number", "name"))
    lines = [
        AnomalyLine(
            each,
            results[loaded.nominations[each.entry]["id"]] if each.entry is not None else None,
            "、".join(names.get(number, number) for number in each.inspectors),
            notes.get(each.key),
        )
        for each in found
    ]
    order = {str(kind): place for place, kind in enumerate(AnomalyKind)}
    lines.sort(key=lambda line: (order[line.anomaly.kind], line.result.tier if line.result else "", _place(line)))
    return AnomalyList(tuple(lines), untried)


def _place(line: AnomalyLine) -> tuple[int, str]:
    return (line.result.position if line.result else -1, line.names)


def anomaly_counts(computation: Computation) -> tuple[int, int]:
    """How many lines there are, and how many nobody has looked at. The lines are kept for some minutes, notes are
    not.
    """
    key = f"{computation.tenant_id}:anomalies:{computation.pk}"
    keys: list[str] | None = cache.get(key)
    if keys is None:
        keys = [line.anomaly.key for line in anomaly_list(computation).lines]
        cache.set(key, keys, COUNTED_SECONDS)
    looked = set(computation.anomaly_notes.values_list("key", flat=True))
    return len(keys), len(set(keys) - looked)


def _hinging(computation: Computation, loaded: LoadedRound) -> tuple[dict[str, str], str]:
    """By the nomination's id why its award hangs on one mark; and why nobody was tried. Kept for a day."""
    key = f"{computation.tenant_id}:hinging:{computation.pk}"
    known: tuple[dict[str, str], str] | None = cache.get(key)
    if known is not None:
        return known
    outcome = compute(loaded.scheme, loaded.inputs)
    if digest_outcome(outcome) != computation.outcome_digest:
        raise NotReproducible(f"computation {computation.pk}: stored {computation.outcome_digest[:12]}")
    found, untried = find_hinging(loaded, outcome)
    answer = ({str(loaded.nominations[entry]["id"]): text for entry, text in found}, untried)
    cache.set(key, answer, HINGING_SECONDS)
    return answer


# -- what is known of a sheet


def sheet_traces(computation: Computation) -> dict[Place, SheetTrace]:
    """Of every sheet that went in: its times, its revisions, why it was reopened, why it had waited."""
    revisions = _revisions(computation)
    arrivals = _arrivals(computation)
    reasons = _reasons(computation)
    admitted = _admitted(computation)
    found = {}
    for (nomination, inspector, number), rows in revisions.items():
        last = rows[-1]
        found[nomination, number] = SheetTrace(
            started_at=last["started_at"],
            filled_at=last["client_time"],
            received_at=last["received_at"],
            arrived_at=arrivals.of(nomination, inspector),
            revision=last["revision"],
            earlier=tuple(row["total_scaled"] for row in rows[:-1]),
            reasons=tuple(reasons.get((nomination, inspector), ())),
            admitted=admitted.get((nomination, inspector), ""),
        )
    return found


def _sheets(computation: Computation) -> QuerySet[ScoreSheet]:
    return ScoreSheet.objects.filter(round=computation.round_id, id__lte=computation.sheet_cut)


def _revisions(computation: Computation) -> dict[tuple[UUID, UUID, str], list[dict[str, Any]]]:
    fields = ("revision", "total_scaled", "started_at", "client_time", "received_at")
    rows = _sheets(computation).order_by("revision")
    found = defaultdict(list)
    for row in rows.values("nomination_id", "inspector_id", "inspector__number", *fields):
        found[row["nomination_id"], row["inspector_id"], row["inspector__number"]].append(row)
    return found


@dataclass(frozen=True)
class _Arrivals:
    """When a tour arrived at an entry: of the inspector's own tours, else of those that are everybody's."""

    stops: dict[UUID, list[tuple[UUID, Any]]]
    members: dict[UUID, set[UUID]]

    def of(self, nomination: UUID, inspector: UUID) -> Any:
        times = [
            at
            for route, at in self.stops.get(nomination, [])
            if not self.members.get(route) or inspector in self.members[route]
        ]
        return min(times, default=None)


def _arrivals(computation: Computation) -> _Arrivals:
    rows = Stop.objects.filter(route__round=computation.round_id, arrived_at__isnull=False).order_by()
    stops, members = defaultdict(list), defaultdict(set)
    for nomination, route, at in rows.values_list("nomination_id", "route_id", "arrived_at"):
        stops[nomination].append((route, at))
    along = RouteMember.objects.filter(route__round=computation.round_id).order_by()
    for route, inspector in along.values_list("route_id", "member__inspector_id"):
        members[route].add(inspector)
    return _Arrivals(stops, members)


def _reasons(computation: Computation) -> dict[tuple[UUID, UUID], list[str]]:
    """Why sheets were reopened, oldest first; wishes that were declined are no reason."""
    rows = SheetReopening.objects.filter(nomination__round=computation.round_id)
    rows = rows.exclude(state__in=[ReopeningState.ASKED, ReopeningState.DECLINED]).order_by("asked_at")
    found = defaultdict(list)
    for nomination, inspector, reason in rows.values_list("nomination_id", "inspector_id", "reason"):
        found[nomination, inspector].append(reason)
    return found


def _admitted(computation: Computation) -> dict[tuple[UUID, UUID], str]:
    rows = QuarantinedSheet.objects.filter(round=computation.round_id, state=QuarantineState.ADMITTED)
    rows = rows.filter(sheet__id__lte=computation.sheet_cut).order_by("decided_at")
    fields = ("nomination_id", "inspector_id", "message", "decision_reason")
    return {
        (nomination, inspector): f"{message}处理意见：{reason}" if reason else message
        for nomination, inspector, message, reason in rows.values_list(*fields)
    }
