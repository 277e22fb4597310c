"""The only writer of results: one computed generation, whole or absent.

Rows go in with one statement's worth of data: COPY through a temporary table on PostgreSQL (row-level security
forbids COPY into the table itself), one executemany on SQLite.
"""

import io
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from accounts.models import Job, User, require_tenant
from accounts.services.audit import record
from campaigns.enums import RoundKind
from schemes import ENGINE_VERSION, Outcome, digest_inputs, digest_outcome
from schemes.exact import decimal_text

from ..models import Computation, Result
from ..reading import LoadedRound
from ..wording import ResultWords

COLUMNS = (
    "id", "tenant_id", "computation_id", "nomination_id", "organization_id", "township_id", "tier", "vetoed", "position",
    "score_units", "score_unit", "score_text", "rank", "tie_size", "verdict", "sheet_count", "recused_count", "tie_texts",
    "margin_text", "note",
)  # fmt: skip


@transaction.atomic
def store_outcome(*, loaded: LoadedRound, outcome: Outcome, job: Job | None, actor: User | None) -> tuple[Computation, bool]:
    """Keep an outcome. The same inputs, scheme version and engine give the row that is already there (second value False)."""
    require_tenant(loaded.round.tenant_id)
    key = {
        "tenant_id": loaded.round.tenant_id,
        "round": loaded.round,
        "scheme_version": loaded.round.scheme_version,
        "engine_version": ENGINE_VERSION,
        "inputs_digest": digest_inputs(loaded.inputs),
    }
    facts = {
        "outcome_digest": digest_outcome(outcome),
        "sheet_cut": loaded.cut,
        "sheet_count": len(loaded.inputs.sheet_entry),
        "groups": list(_groups(loaded, outcome)),
        "job": job,
        "computed_by": actor,
    }
    computation, created = Computation.objects.get_or_create(**key, defaults=facts)
    if not created:
        return computation, False
    _write_rows(list(_rows(computation, loaded, outcome)))
    record(actor=actor, verb="计算结果", target=loaded.round, new={"computation": computation, "inputs": key["inputs_digest"]})
    return computation, True


def _groups(loaded: LoadedRound, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """The arithmetic of each group in words and exact texts, as the pages show it."""
    limits = loaded.scheme.selection.limits
    for group in outcome.groups:
        rate = group.elimination_rate
        yield {
            "tier": group.group.tier,
            "participants": group.group.participants,
            "ranked": group.group.ranked,
            "limit": group.limit,
            "working": limits[group.deciding_limit].working(group.group) if group.deciding_limit is not None else "",
            "awarded": group.awarded,
            "rate": decimal_text(rate, 4) if rate is not None else None,
            "rate_text": decimal_text(rate * 100, 2) if rate is not None else None,
        }


def _rows(computation: Computation, loaded: LoadedRound, outcome: Outcome) -> Iterator[tuple[Any, ...]]:
    words = ResultWords(loaded, outcome, reinspection=loaded.round.kind == RoundKind.REINSPECTION)
    unit, score = outcome.score.unit, outcome.score
    for position, entry in enumerate(words.order):
        nomination = loaded.nominations[entry]
        known = bool(score.known[entry])
        yield (
            uuid4(), computation.tenant_id, computation.pk, nomination["id"], nomination["organization_id"],
            nomination["township_id"], nomination["tier"], nomination["vetoed"], position,
            int(score.numerators[entry]) if known else None, unit, words.score(entry), int(outcome.rank[entry]) or None,
            int(outcome.tie_size[entry]) or 1, outcome.verdict_of(entry).value, int(outcome.sheet_count[entry]),
            words.recused(entry), words.ties(entry), words.margin(entry), words.note(entry),
        )  # fmt: skip


def _write_rows(rows: list[tuple[Any, ...]]) -> None:
    if connection.vendor == "postgresql":
        _copy(rows)
    else:
        _insert(rows)


def _insert(rows: list[tuple[Any, ...]]) -> None:
    columns = ", ".join(COLUMNS)
    marks = ", ".join(["%s"] * len(COLUMNS))
    hexed = [tuple(v.hex if hasattr(v, "hex") and hasattr(v, "bytes") else _json(v) for v in row) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {Result._meta.db_table} ({columns}) VALUES ({marks})", hexed)


def _copy(rows: list[tuple[Any, ...]]) -> None:
    table, columns = Result._meta.db_table, ", ".join(COLUMNS)
    text = io.StringIO("".join("\t".join(_copied(v) for v in row) + "\n" for row in rows))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE result_load (LIKE {table}) ON COMMIT DROP")
        cursor.cursor.copy_expert(f"COPY result_load ({columns}) FROM STDIN", text)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM result_load")
        cursor.execute("DROP TABLE result_load")


def _json(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def _copied(value: Any) -> str:
    """One value in COPY's text format."""
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    text = str(_json(value))
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        for plain, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            text = text.replace(plain, escaped)
    return text
