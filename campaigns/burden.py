"""What was asked of each organization in a year: nominations, evidence, what was reused, what came back. Reads.

《整治形式主义为基层减负若干规定》(2024): asking is counted, so that it is seen; what was handed in once is not asked again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Membership, Organization
from schemes.asked import pieces

from .enums import NominationState, RoundKind
from .models import Evidence, Nomination, NominationStep, SchemeVersion
from .queries import visible_nominations

RULE = "《整治形式主义为基层减负若干规定》（2024 年）要求减少重复填表、报材料：交过的材料请重复使用，没有用处的不再要。"


@dataclass
class Burden:
    """``asked`` counts the pieces that had to be handed in, ``given`` what was attached, ``reused`` of these what had
    been attached before, ``returned`` how often a nomination came back."""

    organization: Organization
    township: Organization | None
    nominations: int = 0
    asked: int = 0
    given: int = 0
    reused: int = 0
    returned: int = 0

    @property
    def fresh(self) -> int:
        """What had to be made anew."""
        return self.given - self.reused


def burden_years(membership: Membership) -> list[int]:
    """Years with nominations, the newest first."""
    years = _submitted(membership).order_by().values_list("round__year", flat=True).distinct()
    return sorted(set(years), reverse=True)


def burdens(membership: Membership, year: int) -> list[Burden]:
    """Every organization put forward in a year, the most asked first."""
    rows = list(_submitted(membership).filter(round__year=year).select_related("organization", "township", "round"))
    found = _counted(rows)
    order = sorted(found.values(), key=lambda each: each.organization.path)
    return sorted(order, key=lambda each: (each.asked, each.given, each.returned, each.nominations), reverse=True)


def burden_of(nominations: Iterable[Nomination]) -> dict[UUID, Burden]:
    """The same for the organizations of these nominations, in the year of their round, by organization."""
    rows = list(nominations)
    if not rows:
        return {}
    ids, years = {row.organization_id for row in rows}, {row.round.year for row in rows}
    wider = Nomination.objects.filter(organization__in=ids, round__year__in=years, round__kind=RoundKind.CREATION)
    known = wider.exclude(state=NominationState.DRAFT).select_related("organization", "township", "round")
    return _counted(list(known))


def _submitted(membership: Membership) -> QuerySet[Nomination]:
    rows = visible_nominations(membership).filter(round__kind=RoundKind.CREATION)
    return rows.exclude(state=NominationState.DRAFT)


def _counted(rows: list[Nomination]) -> dict[UUID, Burden]:
    found: dict[UUID, Burden] = {}
    versions = SchemeVersion.objects.in_bulk({row.round.scheme_version_id for row in rows})
    asked = {pk: sum(each.required for each in pieces(version.document)) for pk, version in versions.items()}
    owner = {row.pk: row.organization_id for row in rows}
    for row in rows:
        burden = found.setdefault(row.organization_id, Burden(row.organization, row.township))
        burden.nominations += 1
        burden.asked += asked[row.round.scheme_version_id]
    for nomination, reused in _attached(list(owner)):
        found[owner[nomination]].given += 1
        found[owner[nomination]].reused += reused
    returned = NominationStep.objects.filter(nomination__in=list(owner), to_state=NominationState.RETURNED)
    for nomination in returned.values_list("nomination_id", flat=True):
        found[owner[nomination]].returned += 1
    return found


def _attached(nominations: list[UUID]) -> Iterable[tuple[UUID, bool]]:
    """Each attachment with whether its material had been attached to something else before."""
    before = Evidence.objects.filter(material=OuterRef("material"), attached_at__lt=OuterRef("attached_at"))
    rows = Evidence.objects.filter(nomination__in=nominations).order_by()
    return rows.annotate(again=Exists(before)).values_list("nomination_id", "again")


def shared_files(nominations: Iterable[Nomination]) -> dict[UUID, list[str]]:
    """By nomination, the other organizations of these nominations that handed in the very same file."""
    rows = Evidence.objects.filter(nomination__in=[row.pk for row in nominations]).exclude(material__sha256="")
    users: dict[str, dict[UUID, str]] = defaultdict(dict)
    for digest, nomination, name in rows.values_list(
        "material__sha256", "nomination_id", "nomination__organization__name"
    ):
        users[digest][nomination] = name
    found: dict[UUID, list[str]] = defaultdict(list)
    for of_file in users.values():
        for nomination in of_file if len(of_file) > 1 else ():
            found[nomination] += [name for other, name in of_file.items() if other != nomination]
    return {nomination: sorted(set(names)) for nomination, names in found.items()}
