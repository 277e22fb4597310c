"""Writes of guidance visits: a township secretary on site during a round, and the problems solved.

Several visits on one day are several visits, so a visit has no name but its facts: what equals a recorded visit in
everything is that visit, each of them once.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from accounts.models import Organization, Tenant, User
from accounts.services.audit import record
from campaigns.models import Round

from ..models import GuidanceVisit

Key = tuple[UUID, UUID, UUID, date, int]


@dataclass(frozen=True)
class VisitFacts:
    """One visit."""

    round: Round
    township: Organization
    organization: Organization
    on: date
    problems_solved: int

    @property
    def key(self) -> Key:
        return self.round.pk, self.township.pk, self.organization.pk, self.on, self.problems_solved


@transaction.atomic
def put_visits(*, tenant: Tenant, rows: Iterable[VisitFacts], actor: User | None) -> dict[str, int]:
    """Add the visits that are not recorded yet. Returns counts of ``new`` and ``same``."""
    facts = list(rows)
    new = unrecorded(facts)
    GuidanceVisit.objects.bulk_create([GuidanceVisit(tenant=tenant, **vars(row)) for row in new], batch_size=500)
    counts = {"new": len(new), "same": len(facts) - len(new)}
    if new:
        record(actor=actor, verb="写入现场指导", new=counts)
    return counts


def unrecorded(rows: Iterable[VisitFacts]) -> list[VisitFacts]:
    """Those of the visits that are not recorded; of two equal ones, one may be."""
    facts = list(rows)
    standing = GuidanceVisit.objects.filter(round__in={row.round for row in facts})
    fields = ("round_id", "township_id", "organization_id", "on", "problems_solved")
    left: Counter[Key] = Counter(standing.values_list(*fields))
    new = []
    for row in facts:
        if left[row.key]:
            left[row.key] -= 1
        else:
            new.append(row)
    return new
