"""The importer of events (事项表): one row per recorded event of an organization that takes part in the round."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accounts.access import Permission
from accounts.imports import Problem, Table
from accounts.models import Organization, Upload, User
from accounts.services.uploads import Report, importer
from campaigns.importers.shared import open_table, refuse, remarks_of
from campaigns.models import Round
from schemes import Scheme
from schemes.cells import parse_date
from schemes.exact import decimal_text, parse_number
from schemes.fact_tables import EVENT_COLUMNS, read_events
from schemes.problems import errors

from ..records import records_url, standing_events
from ..services.facts import EventFacts, identity, put_events
from .open_rounds import EventsForm, engine_entries, entries_of, in_this_round, newest_document, round_of

#: Decimals of an amount, and the longest texts, as the columns hold them.
PLACES, LONGEST = 6, {"subject": 200, "note": 500, "period": 40}


@dataclass
class EventsPlan:
    table: Table
    round: Round
    rows: list[EventFacts] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


@importer("events")
class EventsImporter:
    title = "事项表"
    permission = Permission.IMPORT_DATA
    columns = EVENT_COLUMNS
    params_form = EventsForm

    @property
    def example(self) -> tuple[tuple[str, ...], ...]:
        document = newest_document(lambda scheme: bool(scheme.events))
        name = document.events[0].name if document else "通报表扬"
        return (("1", "990101001201", name, "2026-03-15", "1", "", "县委〔2026〕3 号", ""),)

    def preview(self, upload: Upload) -> Report:
        plan = plan_events(upload)
        standing = {identity(event) for event in standing_events(plan.round)}
        new = [row for row in plan.rows if identity(row) not in standing]
        names = plan.round.scheme_version.document.name_of
        return Report(
            counts=[("事项", len(plan.rows)), ("新增", len(new)), ("不变", len(plan.rows) - len(new))],
            header=["组织代码", "组织", "事项", "日期", "数量", "对象"],
            sample_rows=[[row.organization.code, row.organization.name, names(row.key), row.day.isoformat(),
                          f"{row.amount.normalize():f}", row.subject or "—"] for row in plan.rows[:10]],
            rows=len(plan.rows),
            remarks=remarks_of(plan.table, EVENT_COLUMNS, plan.notes),
        )  # fmt: skip

    def apply(self, upload: Upload, actor: User | None) -> dict[str, Any]:
        plan = plan_events(upload)
        counts = put_events(round=plan.round, rows=plan.rows, actor=actor)
        return {**counts, "url": records_url(plan.round)}


def plan_events(upload: Upload) -> EventsPlan:
    """Raises ImportFailed with every problem of every row."""
    round = round_of(upload)
    scheme = round.scheme_version.document
    table = open_table(upload, EVENT_COLUMNS)
    problems: list[Problem] = []
    in_this_round(table, round, problems)
    organizations = {code: entry.organization for code, entry in entries_of(round).items()}
    if not organizations:
        reason = f"{round.title}还没有参评单位。"
        problems.append(table.problem(None, "", "", reason, "请先导入申报，没有申报环节的先导入数据表。"))
    refuse(problems)
    read = read_events(table, scheme, engine_entries(round, list(organizations)))
    check_sizes(table, problems)
    refuse([*problems, *read.problems])
    rows = list(dict.fromkeys(events_of(table, scheme, organizations)))
    return EventsPlan(table, round, rows, [each for each in read.problems if not errors([each])])


def check_sizes(table: Table, problems: list[Problem]) -> None:
    """What the columns cannot hold."""
    for line, row in table.rows:
        for key, most in LONGEST.items():
            if len(row.get(key, "")) > most:
                problems.append(table.problem(line, key, row[key][:20], f"超过 {most} 字。", "请改短。"))
        try:
            amount_of(row.get("amount", ""))
        except ArithmeticError:
            remedy = f"请填至多 {PLACES} 位小数的数。"
            problems.append(table.problem(line, "amount", row["amount"], "数量无法精确记录。", remedy))
        except ValueError:
            continue  # told by the reader of events


def events_of(table: Table, scheme: Scheme, organizations: dict[str, Organization]) -> Iterator[EventFacts]:
    keys = {event.name: event.key for event in scheme.events} | {event.key: event.key for event in scheme.events}
    for _, row in table.rows:
        day: date | None = parse_date(row["date"])
        assert day is not None
        yield EventFacts(
            organization=organizations[row["org_code"]], key=keys[row["event"]], day=day,
            amount=amount_of(row.get("amount", "")), subject=row.get("subject", ""), note=row.get("note", ""),
            period=row.get("period", ""),
        )  # fmt: skip


def amount_of(text: str) -> Decimal:
    """One where nothing is written. Raises ArithmeticError where six decimals and twelve digits do not hold it."""
    amount = parse_number(text) if text else Fraction(1)
    if (amount * 10**PLACES).denominator != 1 or abs(amount) >= 10**12:
        raise ArithmeticError
    return Decimal(decimal_text(amount))
