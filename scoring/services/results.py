"""The only writer of results: one computed generation, whole or absent.

Rows go in with one statement's worth of data: COPY through a temporary table on PostgreSQL (row-level security
forbids COPY into the table itself), one executemany on SQLite.
"""

import io
from collections.abc import Iterator
from math import lcm
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from accounts.models import Job, User, require_tenant
from accounts.services.audit import record
from campaigns.enums import RoundKind
from schemes import ENGINE_VERSION, Outcome, Problem, ProblemsFound, digest_inputs, digest_outcome
from schemes.exact import decimal_text
from schemes.figures import Figure
from schemes.outcome import VERDICTS

from ..models import Computation, Result
from ..reading import LoadedRound
from ..wording import ResultWords
from .following import write_following

#: The largest number of a BIGINT column.
LARGEST = 2**63 - 1
COLUMNS = (
    "id", "tenant_id", "computation_id", "nomination_id", "organization_id", "township_id", "tier", "vetoed",
    "position", "score_units", "score_unit", "score_text", "rank", "tie_size", "verdict", "sheet_count",
    "recused_count", "tie_texts", "margin_text", "note", "group_label", "grade", "badges", "figures",
)  # fmt: skip


@transaction.atomic
def store_outcome(
    *, loaded: LoadedRound, outcome: Outcome, job: Job | None, actor: User | None
) -> tuple[Computation, bool]:
    """Keep an outcome. The same inputs, scheme version and engine give the row that is there, and False."""
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
        "fact_cut": loaded.cuts.facts,
        "event_cut": loaded.cuts.events,
        "sheet_count": len(loaded.inputs.sheet_entry),
        "groups": list(_groups(loaded, outcome)),
        "panel": loaded.counting.as_json(),
        "job": job,
        "computed_by": actor,
    }
    computation, created = Computation.objects.get_or_create(**key, defaults=facts)
    if not created:
        return computation, False
    _write(_columns(computation, loaded, outcome))
    write_following(computation, loaded, outcome)
    facts = {"computation": computation, "inputs": key["inputs_digest"]}
    record(actor=actor, verb="计算结果", target=loaded.round, new=facts)
    return computation, True


def _groups(loaded: LoadedRound, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """The arithmetic of each group in words and exact texts, as the pages show it."""
    limits = loaded.scheme.selection.limits
    for group in outcome.groups:
        rate = group.elimination_rate
        yield {
            "tier": group.group.tier,
            "label": group.group.label,
            "participants": group.group.participants,
            "ranked": group.group.ranked,
            "limit": group.limit,
            "working": limits[group.deciding_limit].working(group.group) if group.deciding_limit is not None else "",
            "awarded": group.awarded,
            "rate": decimal_text(rate, 4) if rate is not None else None,
            "rate_text": decimal_text(rate * 100, 2) if rate is not None else None,
        }


def _columns(computation: Computation, loaded: LoadedRound, outcome: Outcome) -> list[list[Any]]:
    """The values of every column of ``COLUMNS``, one per entry, in the order of display."""
    words = ResultWords(loaded, outcome, reinspection=loaded.round.kind == RoundKind.REINSPECTION)
    order, score = words.order, outcome.score
    nominations = [loaded.nominations[entry] for entry in order]

    def constant(value: Any) -> list[Any]:
        return [value] * len(order)

    def of_nomination(name: str) -> list[Any]:
        return [nomination[name] for nomination in nominations]

    def of_outcome(values: Any, absent: Any) -> list[Any]:
        return [value or absent for value in values[order].tolist()]

    units, unit = _stored(score)
    return [
        [uuid4() for _ in order], constant(computation.tenant_id), constant(computation.pk), of_nomination("id"),
        of_nomination("organization_id"), of_nomination("township_id"), of_nomination("tier"), of_nomination("vetoed"),
        list(range(len(order))), [units[entry] for entry in order], constant(unit), words.scores(),
        of_outcome(outcome.rank, None),
        of_outcome(outcome.tie_size, 1), [VERDICTS[code].value for code in outcome.verdict[order].tolist()],
        of_outcome(outcome.sheet_count, 0), words.recusals(), words.ties(), words.margins(), words.notes(),
        words.group_labels(), words.grades(), words.badges(), words.figures(),
    ]  # fmt: skip


def _stored(score: Figure) -> tuple[list[int | None], int]:
    """Exact scores over one unit, as two columns hold them. Raises ProblemsFound where they do not fit."""
    values = score.values()
    unit = score.unit
    for value in values:
        unit = lcm(unit, value.denominator) if value is not None else unit
    units = [None if value is None else int(value * unit) for value in values]
    if max([unit, *(abs(each) for each in units if each is not None)]) > LARGEST:
        raise ProblemsFound([Problem(reason="总分的分母太大，无法精确保存", remedy="请在办法里写明总分取几位小数。")])
    return units, unit


def _write(columns: list[list[Any]]) -> None:
    if connection.vendor == "postgresql":
        _copy(columns)
    else:
        _insert(columns)


def _insert(columns: list[list[Any]]) -> None:
    marks = ", ".join(["%s"] * len(COLUMNS))
    sql = f"INSERT INTO {Result._meta.db_table} ({', '.join(COLUMNS)}) VALUES ({marks})"
    plain = [[v.hex if isinstance(v, UUID) else v for v in column] for column in columns]
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(zip(*plain, strict=True)))


def _copy(columns: list[list[Any]]) -> None:
    table, names = Result._meta.db_table, ", ".join(COLUMNS)
    lines = zip(*(_copied(column) for column in columns), strict=True)
    text = io.StringIO("".join("\t".join(line) + "\n" for line in lines))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE result_load (LIKE {table}) ON COMMIT DROP")
        cursor.cursor.copy_expert(f"COPY result_load ({names}) FROM STDIN", text)
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM result_load")
        cursor.execute("DROP TABLE result_load")


def _copied(column: list[Any]) -> list[str]:
    """One column in COPY's text format; each different value is written once."""
    texts: dict[Any, str] = {}
    for value in set(column):
        text = "\\N" if value is None else str(value)
        texts[value] = text if value is None else text.translate(_ESCAPES)
    return [texts[value] for value in column]


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
