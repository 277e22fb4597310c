"""Writes of facts and events: append-only lines, the only writers of both tables. Refused in a sealed round.

Writing the same again changes nothing; a correction is a new line; what is taken back stays readable.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import Organization, User
from accounts.services.audit import record
from campaigns.enums import SEALED_STATES
from campaigns.models import Round

from ..models import EventRevision, FactRevision
from ..records import problem_of, standing_events, standing_facts


@dataclass(frozen=True)
class FactCell:
    """One cell to write; an empty text takes back what stands. ``note`` says where it comes from."""

    organization: Organization
    key: str
    text: str
    period: str = ""
    note: str = ""


@dataclass(frozen=True)
class EventFacts:
    """One event to write; ``amount`` has at most six decimals."""

    organization: Organization
    key: str
    day: date
    amount: Decimal = Decimal(1)
    subject: str = ""
    note: str = ""
    period: str = ""


@transaction.atomic
def put_facts(*, round: Round, cells: Iterable[FactCell], actor: User | None, drawn: bool = False) -> dict[str, int]:
    """Write cells that differ from what stands. Returns counts of ``new``, ``changed``, ``same`` and ``taken_back``."""
    round = _unsealed(round)
    standing = standing_facts(round)
    counts: Counter[str] = Counter()
    lines = []
    for cell in cells:
        known = standing.get((cell.organization.pk, cell.period, cell.key))
        what = change_of(cell, known.text if known else "")
        counts[what] += 1
        if what != "same" or (known and (known.drawn, drawn) == (False, True)):
            lines.append(_fact(round, cell, actor, drawn=drawn))
    FactRevision.objects.bulk_create(lines, batch_size=1000)
    if lines:
        record(actor=actor, verb="取来数据" if drawn else "写入数据", target=round, new=dict(counts))
    return {name: counts[name] for name in ("new", "changed", "same", "taken_back")}


def change_of(cell: FactCell, known: str) -> str:
    """What writing a cell does to what stands (empty: nothing does)."""
    if cell.text == known:
        return "same"
    return "taken_back" if not cell.text else "changed" if known else "new"


def _fact(round: Round, cell: FactCell, actor: User | None, *, drawn: bool) -> FactRevision:
    return FactRevision(
        tenant_id=round.tenant_id, round=round, organization=cell.organization, period=cell.period, key=cell.key,
        text=cell.text, note=cell.note, drawn=drawn, recorded_by=actor,
    )  # fmt: skip


@transaction.atomic
def put_events(*, round: Round, rows: Iterable[EventFacts], actor: User | None) -> dict[str, int]:
    """Write events that are not recorded yet; the very same one again changes nothing. Counts ``new`` and ``same``."""
    round = _unsealed(round)
    standing = {identity(event) for event in standing_events(round)}
    lines = []
    same = 0
    for row in rows:
        if identity(row) in standing:
            same += 1
            continue
        standing.add(identity(row))
        lines.append(EventRevision(tenant_id=round.tenant_id, round=round, recorded_by=actor, **vars(row)))
    EventRevision.objects.bulk_create(lines, batch_size=1000)
    if lines:
        record(actor=actor, verb="写入事项", target=round, new={"new": len(lines), "same": same})
    return {"new": len(lines), "same": same}


def identity(event: EventFacts | EventRevision) -> tuple[object, ...]:
    """What makes two records of an event the same."""
    return (event.organization.pk if isinstance(event, EventFacts) else event.organization_id, event.key, event.day,
            event.amount, event.subject, event.note, event.period)  # fmt: skip


@transaction.atomic
def withdraw_event(*, event: EventRevision, reason: str, actor: User) -> EventRevision:
    """Take a recorded event back, with a reason; the record stays readable and no longer counts."""
    round = _unsealed(event.round)
    if not reason.strip():
        raise problem_of("没有写撤回的原因", "请写明原因。")
    if not standing_events(round).filter(pk=event.pk).exists():
        raise problem_of("这条记录已经撤回", "请刷新页面。")
    fields = ("organization_id", "key", "day", "amount", "subject", "period")
    line = EventRevision(
        tenant_id=round.tenant_id, round=round, withdrawn_of=event, note=reason.strip()[:500], recorded_by=actor,
        **{name: getattr(event, name) for name in fields},
    )  # fmt: skip
    line.save(force_insert=True)
    record(actor=actor, verb="撤回事项", target=round, old={"event": str(event)}, new={"reason": reason})
    return line


def _unsealed(round: Round) -> Round:
    """The round, locked. Raises ProblemsFound once it is sealed: what has been decided on does not change under it."""
    round = Round.objects.select_for_update().select_related("scheme_version").get(pk=round.pk)
    if round.state in SEALED_STATES:
        raise problem_of(f"{round.title}“{round.get_state_display()}”，不能再改数据和事项", "如需更正，请先退回评分。")
    return round
