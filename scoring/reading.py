"""From the database to arrays: the entries, sheets, facts and events of one round as the engine takes them.

One query per kind. The newest revision of each inspector's sheet and of each fact counts, up to a cut, so a
computation can be read again later exactly as it was. On PostgreSQL all sheets come as one value, not as rows.
"""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import F, Max, QuerySet

from campaigns.enums import NominationState, RoundKind
from campaigns.models import Nomination, Round
from schemes import Inputs, MarkCodec, Scheme
from schemes.rules.aggregation import WeightedGroups
from sites.models import Inspector

from .counting import Counting, counted_sheets, counting_now
from .models import Computation, Result, ScoreSheet
from .records import Cuts, cuts_now, load_facts


@dataclass(frozen=True)
class LoadedRound:
    """``inputs`` for the engine; ``nominations`` one per entry in the same order; the last ids seen.

    ``cut`` is that of sheets, ``cuts`` are those of facts and events, ``counting`` says whose sheets count.
    """

    round: Round
    scheme: Scheme
    inputs: Inputs
    nominations: list[dict[str, Any]]
    cut: int
    cuts: Cuts
    counting: Counting


def scheme_of(round: Round) -> Scheme:
    """The pinned scheme as it judges this kind of round."""
    document = round.scheme_version.document
    return document.for_reinspection() if round.kind == RoundKind.REINSPECTION else document


def load_round(round: Round) -> LoadedRound:
    """Read a round as it stands now: its approved nominations and every sheet, fact and event there is."""
    cut = ScoreSheet.objects.filter(round=round).aggregate(last=Max("id"))["last"] or 0
    nominations = Nomination.objects.filter(round=round, state=NominationState.APPROVED)
    fields = ("id", "organization_id", "township_id", "organization__code", "tier", "vetoed", "veto_reason")
    rows = list(nominations.order_by().values(*fields))
    counting = counting_now(round)
    return _load(round, rows, cut, ScoreSheet.objects.filter(round=round), cuts_now(round), counting)


def alone(scheme: Scheme) -> bool:
    """Whether a tier can be computed without the others: nothing in it is compared across the whole round."""
    compares = bool(scheme.recorded or scheme.events or scheme.panel.ballots)
    return scheme.ranking.per_tier and scheme.one_sheet and not compares


def load_computed(computation: Computation, tier: str | None) -> LoadedRound:
    """Read again what went into a computation, or into its group of one tier.

    Entries as they were decided on, sheets up to the cut.
    """
    results = Result.objects.filter(computation=computation)
    if tier is not None:
        results = results.filter(tier=tier)
    entries = results.order_by().annotate(veto_reason=F("nomination__veto_reason"))
    fields = ("organization_id", "township_id", "organization__code", "tier", "vetoed", "veto_reason")
    rows = [{"id": row.pop("nomination_id"), **row} for row in entries.values("nomination_id", *fields)]
    of_group = ScoreSheet.objects.filter(nomination__in=results.values("nomination_id"))
    cuts = Cuts(computation.fact_cut, computation.event_cut)
    counting = Counting.of(computation.panel) if computation.panel else counting_now(computation.round)
    return _load(computation.round, rows, computation.sheet_cut, of_group, cuts, counting)


def _load(
    round: Round,
    nominations: list[dict[str, Any]],
    cut: int,
    sheets: QuerySet[ScoreSheet],
    cuts: Cuts,
    counting: Counting,
) -> LoadedRound:
    scheme = scheme_of(round)
    counted = counted_sheets(sheets.filter(round=round, id__lte=cut), counting)
    codec = MarkCodec(scheme)
    records = _marked(_newest(_read_sheets(counted.order_by(), codec)), codec)
    inputs = _inputs(round, scheme, nominations, records, counting)
    facts = load_facts(round, scheme, nominations, cuts)
    return LoadedRound(round, scheme, replace(inputs, facts=facts), nominations, cut, cuts, counting)


def _record(codec: MarkCodec) -> np.dtype[Any]:
    """One sheet as bytes: nomination id, inspector id, revision, marks. Ids compare as text of 16 bytes."""
    marks = ("marks", codec.dtype, (len(codec.methods),))
    return np.dtype([("owner", "S16"), ("inspector", "S16"), ("revision", ">i4"), marks])


def _read_sheets(sheets: QuerySet[ScoreSheet], codec: MarkCodec) -> Any:
    """Sheets as an array of records, in any order."""
    if connection.vendor == "postgresql":
        return np.frombuffer(_aggregated(sheets), dtype=_record(codec))
    rows = sheets.values_list("nomination_id", "inspector_id", "revision", "marks")
    packed = (o.bytes + i.bytes + r.to_bytes(4, "big") + bytes(m) for o, i, r, m in rows.iterator(chunk_size=5000))
    return np.frombuffer(b"".join(packed), dtype=_record(codec))


def _aggregated(sheets: QuerySet[ScoreSheet]) -> bytes:
    sql, params = sheets.values("nomination_id", "inspector_id", "revision", "marks").query.sql_with_params()
    joined = "uuid_send(s.nomination_id) || uuid_send(s.inspector_id) || int4send(s.revision) || s.marks"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg({joined}, ''::bytea) FROM ({sql}) s", params)
        return bytes(cursor.fetchone()[0] or b"")


def _newest(records: Any) -> Any:
    """Of every inspector's sheet for every entry the highest revision."""
    if not len(records) or records["revision"].max() == 1:
        return records
    ordered = records[np.lexsort((records["revision"], records["inspector"], records["owner"]))]
    same = (ordered["owner"][1:] == ordered["owner"][:-1]) & (ordered["inspector"][1:] == ordered["inspector"][:-1])
    return ordered[np.concatenate((~same, [True]))]


def _marked(records: Any, codec: MarkCodec) -> Any:
    """Without the sheets of who abstained (弃权) in the end: they have no marks and count nowhere."""
    if not len(records) or not codec.methods:
        return records
    return records[(records["marks"] != codec.missing).any(axis=1)]


def _inputs(
    round: Round, scheme: Scheme, nominations: list[dict[str, Any]], records: Any, counting: Counting
) -> Inputs:
    tiers = {name: i for i, name in enumerate(scheme.tier_names)}
    place, taking_part = _places([n["id"] for n in nominations], records["owner"])
    records = records[taking_part]
    inspectors = _numbers(records["inspector"])
    return Inputs(
        rounds=(round.label,),
        tiers=scheme.tier_names,
        entry_round=np.zeros(len(nominations), dtype=np.int32),
        entry_tier=np.array([tiers[n["tier"]] for n in nominations], dtype=np.int32),
        entry_org=[n["organization__code"] for n in nominations],
        entry_vetoed=np.array([n["vetoed"] for n in nominations], dtype=bool),
        sheet_entry=place[taking_part],
        sheet_inspector=inspectors,
        marks=records["marks"],
        sheet_group=[counting.groups.get(number, "") for number in inspectors] if weighs_groups(scheme) else (),
    )


def weighs_groups(scheme: Scheme) -> bool:
    """Whether the scheme weighs groups of inspectors (组别)."""
    return bool(group_names(scheme))


def group_names(scheme: Scheme) -> list[str]:
    """The groups of inspectors that the scheme names."""
    rules = (scheme.score, *(node.score for node in scheme.nodes.values()))
    return list(dict.fromkeys(name for rule in rules if isinstance(rule, WeightedGroups) for name in rule.groups))


def _places(ids: list[UUID], wanted: Any) -> tuple[Any, Any]:
    """For each wanted id its place in ``ids``, and whether it is there: a nomination may have been withdrawn."""
    keys = np.frombuffer(b"".join(value.bytes for value in ids), dtype="S16")
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.int32), np.zeros(len(wanted), dtype=bool)
    order = np.argsort(keys)
    place = order[np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)].astype(np.int32)
    return place, keys[place] == wanted


def _numbers(inspectors: Any) -> list[str]:
    """Inspector numbers (as in files) for their ids."""
    numbers = {pk.bytes.rstrip(b"\0"): number for pk, number in Inspector.objects.values_list("pk", "number")}
    different, place = np.unique(inspectors, return_inverse=True)
    names = np.array([numbers[bytes(value)] for value in different] + [""], dtype=object)
    return names[place].tolist()
