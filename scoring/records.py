"""Reads of facts and events: what stands in a round up to a cut, and the same as the engine takes it.

One query per kind, however many organizations. Texts are read by the very functions that read files
(``schemes.fact_tables``), so a cell means on the site what it means in a table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.urls import reverse

from campaigns.models import Round
from schemes import Entry, ProblemsFound, Scheme
from schemes.fact_tables import read_events, read_facts
from schemes.intake import round_name
from schemes.problems import Problem, errors
from schemes.recorded import Facts
from schemes.tables import Table

from .models import EventRevision, FactRevision

#: Organization, period and key: what a fact is of.
Place = tuple[UUID, str, str]


@dataclass(frozen=True)
class Standing:
    """A fact as it stands: its text, whether the platform took it over, and where from."""

    text: str
    drawn: bool
    note: str


@dataclass(frozen=True)
class Cuts:
    """The last ids of facts and events that are looked at."""

    facts: int
    events: int


def cuts_now(round: Round) -> Cuts:
    def last(model: type[FactRevision] | type[EventRevision]) -> int:
        return model.objects.filter(round=round).aggregate(last=Max("id"))["last"] or 0

    return Cuts(last(FactRevision), last(EventRevision))


def standing_facts(round: Round, *, cut: int | None = None) -> dict[Place, Standing]:
    """The newest revision of every fact, without those that were taken back."""
    rows = FactRevision.objects.filter(round=round)
    rows = rows if cut is None else rows.filter(id__lte=cut)
    fields = ("organization_id", "period", "key", "text", "drawn", "note")
    found: dict[Place, Standing] = {}
    for organization, period, key, text, drawn, note in rows.order_by("id").values_list(*fields).iterator():
        found[organization, period, key] = Standing(text, drawn, note)
    return {place: fact for place, fact in found.items() if fact.text}


def standing_events(round: Round, *, cut: int | None = None) -> QuerySet[EventRevision]:
    """Recorded events that nobody took back."""
    rows = EventRevision.objects.filter(round=round)
    withdrawals = EventRevision.objects.filter(withdrawn_of=OuterRef("pk"))
    if cut is not None:
        rows, withdrawals = rows.filter(id__lte=cut), withdrawals.filter(id__lte=cut)
    return rows.filter(withdrawn_of__isnull=True).exclude(Exists(withdrawals))


def load_facts(round: Round, scheme: Scheme, nominations: Sequence[dict[str, Any]], cuts: Cuts) -> Facts:
    """Facts and events of these nominations, in their order.

    Raises ProblemsFound where what was recorded does not fit the scheme.
    """
    if not cuts.facts and not cuts.events:
        return Facts()
    name = round_name(round.label)
    entries = [Entry(name, row["organization__code"], row["tier"]) for row in nominations]
    codes = {row["organization_id"]: row["organization__code"] for row in nominations}
    facts = read_facts(_table(_fact_rows(round, codes, cuts.facts)), scheme, entries)
    events = read_events(_table(_event_rows(round, codes, cuts.events)), scheme, entries)
    if wrong := errors([*facts.problems, *events.problems]):
        raise ProblemsFound([replace(problem, file="", row=None) for problem in wrong])
    return Facts(cells=facts.facts.cells, events=events.events)


def _table(rows: Iterator[dict[str, str]]) -> Table:
    return Table("", "", {}, list(enumerate(rows, start=1)), [])


def _fact_rows(round: Round, codes: dict[UUID, str], cut: int) -> Iterator[dict[str, str]]:
    """One row per organization and period."""
    rows: dict[tuple[UUID, str], dict[str, str]] = {}
    for (organization, period, key), fact in standing_facts(round, cut=cut).items():
        if organization in codes:
            start = {"org_code": codes[organization], "period": period}
            rows.setdefault((organization, period), start)[key] = fact.text
    return iter(rows.values())


def _event_rows(round: Round, codes: dict[UUID, str], cut: int) -> Iterator[dict[str, str]]:
    for event in standing_events(round, cut=cut).iterator():
        if event.organization_id in codes:
            yield {
                "org_code": codes[event.organization_id], "event": event.key, "date": event.day.isoformat(),
                "amount": f"{event.amount.normalize():f}", "subject": event.subject, "note": event.note,
                "period": event.period,
            }  # fmt: skip


def records_url(round: Round) -> str:
    """The page of a round's facts and events."""
    return reverse("scoring:records", args=[round.pk])


def problem_of(reason: str, remedy: str) -> ProblemsFound:
    """A refusal with one reason."""
    return ProblemsFound([Problem(reason=reason, remedy=remedy)])
