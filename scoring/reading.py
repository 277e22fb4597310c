"""From the database to arrays: the entries and sheets of one round as the engine takes them.

One query per kind. The newest revision of each inspector's sheet counts, up to ``cut``, so a computation can be
read again later exactly as it was. On PostgreSQL the sheets come as three values, not as rows.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from campaigns.enums import NominationState, RoundKind
from campaigns.models import Nomination, Round
from schemes import Inputs, MarkCodec, Scheme
from sites.models import Inspector

from .models import Computation, Result, ScoreSheet


@dataclass(frozen=True)
class LoadedRound:
    """``inputs`` for the engine; ``nominations`` one per entry in the same order; ``cut`` the last sheet id seen."""

    round: Round
    scheme: Scheme
    inputs: Inputs
    nominations: list[dict[str, Any]]
    cut: int


def scheme_of(round: Round) -> Scheme:
    """The pinned scheme as it judges this kind of round."""
    document = round.scheme_version.document
    return document.for_reinspection() if round.kind == RoundKind.REINSPECTION else document


def load_round(round: Round) -> LoadedRound:
    """Read a round as it stands now: its approved nominations and every sheet there is."""
    cut = ScoreSheet.objects.filter(round=round).aggregate(last=Max("id"))["last"] or 0
    nominations = Nomination.objects.filter(round=round, state=NominationState.APPROVED)
    fields = ("id", "organization_id", "township_id", "organization__code", "tier", "vetoed", "veto_reason")
    rows = list(nominations.order_by().values(*fields))
    return _load(round, rows, cut, ScoreSheet.objects.filter(nomination__in=nominations))


def load_computed(computation: Computation, tier: str | None) -> LoadedRound:
    """Read again what went into a computation, or into its group of one tier: entries as decided then, sheets up to its cut."""
    results = Result.objects.filter(computation=computation)
    if tier is not None:
        results = results.filter(tier=tier)
    entries = results.order_by().annotate(veto_reason=F("nomination__veto_reason"))
    fields = ("organization_id", "township_id", "organization__code", "tier", "vetoed", "veto_reason")
    rows = [{"id": row.pop("nomination_id"), **row} for row in entries.values("nomination_id", *fields)]
    of_group = ScoreSheet.objects.filter(nomination__in=results.values("nomination_id"))
    return _load(computation.round, rows, computation.sheet_cut, of_group)


def _load(round: Round, nominations: list[dict[str, Any]], cut: int, sheets: QuerySet[ScoreSheet]) -> LoadedRound:
    scheme = scheme_of(round)
    owners, inspectors, packed = _read_sheets(_newest(sheets.filter(round=round), cut))
    return LoadedRound(round, scheme, _inputs(round, scheme, nominations, owners, inspectors, packed), nominations, cut)


def _newest(sheets: QuerySet[ScoreSheet], cut: int) -> QuerySet[ScoreSheet]:
    """Of every inspector's sheet for every entry the newest revision up to ``cut``."""
    newer = Q(nomination=OuterRef("nomination"), inspector=OuterRef("inspector"), revision__gt=OuterRef("revision"))
    return sheets.filter(~Exists(ScoreSheet.objects.filter(newer, id__lte=cut)), id__lte=cut).order_by()


def _read_sheets(sheets: QuerySet[ScoreSheet]) -> tuple[Any, Any, bytes]:
    """Nomination ids, inspector ids (both as arrays of 16 bytes) and all marks end to end, in one order."""
    if connection.vendor == "postgresql":
        return _read_aggregated(sheets)
    rows = list(sheets.values_list("nomination_id", "inspector_id", "marks"))
    owners = b"".join(row[0].bytes for row in rows)
    inspectors = b"".join(row[1].bytes for row in rows)
    return _ids(owners), _ids(inspectors), b"".join(bytes(row[2]) for row in rows)


def _read_aggregated(sheets: QuerySet[ScoreSheet]) -> tuple[Any, Any, bytes]:
    sql, params = sheets.values("id", "nomination_id", "inspector_id", "marks").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(uuid_send(s.nomination_id), ''::bytea ORDER BY s.id),"
            " string_agg(uuid_send(s.inspector_id), ''::bytea ORDER BY s.id),"
            f" string_agg(s.marks, ''::bytea ORDER BY s.id) FROM ({sql}) s",
            params,
        )
        owners, inspectors, packed = (bytes(value or b"") for value in cursor.fetchone())
    return _ids(owners), _ids(inspectors), packed


def _ids(joined: bytes) -> Any:
    return np.frombuffer(joined, dtype="S16")


def _inputs(
    round: Round, scheme: Scheme, nominations: list[dict[str, Any]], owners: Any, inspectors: Any, packed: bytes
) -> Inputs:
    tiers = {name: i for i, name in enumerate(scheme.tier_names)}
    return Inputs(
        rounds=(round.label,),
        tiers=scheme.tier_names,
        entry_round=np.zeros(len(nominations), dtype=np.int32),
        entry_tier=np.array([tiers[n["tier"]] for n in nominations], dtype=np.int32),
        entry_org=[n["organization__code"] for n in nominations],
        entry_vetoed=np.array([n["vetoed"] for n in nominations], dtype=bool),
        sheet_entry=_places([n["id"] for n in nominations], owners),
        sheet_inspector=_numbers(inspectors),
        marks=MarkCodec(scheme).matrix(packed),
    )


def _places(ids: list[UUID], wanted: Any) -> Any:
    """For each wanted id its place in ``ids``; all are there, as sheets point at nominations."""
    keys = _ids(b"".join(value.bytes for value in ids))
    order = np.argsort(keys)
    return order[np.searchsorted(keys[order], wanted)].astype(np.int32) if len(wanted) else np.array([], dtype=np.int32)


def _numbers(inspectors: Any) -> list[str]:
    """Inspector numbers (as in files) for their ids."""
    if not len(inspectors):
        return []
    numbers = {pk.bytes.rstrip(b"\0"): number for pk, number in Inspector.objects.values_list("pk", "number")}
    different, place = np.unique(inspectors, return_inverse=True)
    names = np.array([numbers[bytes(value)] for value in different], dtype=object)
    return names[place].tolist()
