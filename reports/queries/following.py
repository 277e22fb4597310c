"""What follows from a generation of results, as one person sees it: consequences, points for the organizations above.

Everybody sees only what is theirs: the county office and leaders all, a township its own, others nothing.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Q, QuerySet

from accounts.access import Permission, allowed
from accounts.enums import Role
from accounts.models import Membership
from schemes.exact import decimal_text
from scoring.models import Computation, ConsequenceRow, ParentPoints
from scoring.queries import visible_computations


def visible_consequences(membership: Membership, computation: Computation) -> QuerySet[ConsequenceRow]:
    rows = ConsequenceRow.objects.filter(computation__in=visible_computations(membership), computation=computation)
    rows = rows.select_related("organization", "township").order_by("position")
    if not allowed(membership, Permission.VIEW_EXPLANATIONS):
        return rows.none()
    if membership.role == Role.TOWNSHIP_SECRETARY:
        own = membership.organization
        return rows.filter(Q(township=own) | Q(organization=own)) if own else rows.none()
    return rows


def visible_points(membership: Membership, computation: Computation) -> QuerySet[ParentPoints]:
    rows = ParentPoints.objects.filter(computation__in=visible_computations(membership), computation=computation)
    rows = rows.select_related("parent").order_by("position")
    if not allowed(membership, Permission.VIEW_EXPLANATIONS):
        return rows.none()
    if membership.role == Role.TOWNSHIP_SECRETARY:
        return rows.filter(parent=membership.organization) if membership.organization else rows.none()
    return rows


@dataclass(frozen=True)
class Kind:
    """One kind of consequence: how many it concerns, and the sum of its amounts where they are plain numbers."""

    key: str
    name: str
    count: int
    total: str


def kinds(rows: list[ConsequenceRow]) -> list[Kind]:
    """In the order of the scheme."""
    counts = Counter(row.key for row in rows)
    sums: dict[str, Fraction] = {}
    units: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in rows:
        names.setdefault(row.key, row.name)
        if row.amount:
            sums[row.key] = sums.get(row.key, Fraction(0)) + Fraction(row.amount)
            units[row.key] = row.unit
    return [
        Kind(key, name, counts[key], f"{decimal_text(sums[key])} {units[key]}" if key in sums else "")
        for key, name in names.items()
    ]


def any_following(membership: Membership, computation: Computation) -> bool:
    """Whether there is anything on the page for this person."""
    return visible_consequences(membership, computation).exists() or visible_points(membership, computation).exists()
