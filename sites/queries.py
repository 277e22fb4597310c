"""Reads of the sites app: who is on a panel and whose sheets count, who must not score whom, routes and the map.

Recusal is one helper, used by everybody who counts or takes sheets: the home township where the scheme says so, and
confirmed conflicts, of an organization itself or of anything below it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.access import Permission, allowed
from accounts.enums import OrganizationKind
from accounts.models import Membership
from campaigns.enums import NominationState
from campaigns.models import Nomination, Round, SchemeVersion
from campaigns.queries import visible_campaigns, visible_rounds
from schemes import Scheme
from schemes.rules.aggregation import WeightedGroups

from .enums import ConflictKind, ConflictState, PanelRole
from .models import Conflict, CountyMap, Inspector, PanelDraw, PanelMember, Route, RouteMember, Stop

#: An inspector and a nomination, by their ids.
Pair = tuple[UUID, UUID]

#: What an inspector is told, by the kind of conflict.
RECUSED = {
    ConflictKind.HOME: "这是您所在乡镇（街道）的组织，应当回避。",
    ConflictKind.CONTACT: "这是您的挂联村，应当回避。",
    ConflictKind.DECLARED: "您已申报与这家单位有利害关系，应当回避。",
    ConflictKind.OFFICE: "组织部已确定您回避这家单位。如有疑问，请联系组织部。",
}


@dataclass(frozen=True)
class Seat:
    """One member of a panel. ``before`` are those whose place they took, by inspector, the nearest first."""

    member: UUID
    inspector: UUID
    counts: bool
    left: bool
    before: tuple[UUID, ...]


@dataclass(frozen=True)
class Panel:
    """A round's seats, its approved entries, and the pairs that are recused."""

    seats: tuple[Seat, ...]
    entries: tuple[UUID, ...]
    recused: frozenset[Pair]

    @property
    def counting(self) -> int:
        """How many sit on the panel now whose sheets count."""
        return sum(seat.counts and not seat.left for seat in self.seats)


def panels_of(rounds: Iterable[Round]) -> dict[UUID, Panel]:
    """Panels of rounds by round: four queries, however many rounds, members and entries."""
    rounds = list(rounds)
    keys = [round.pk for round in rounds]
    members: dict[UUID, list[PanelMember]] = {key: [] for key in keys}
    for member in PanelMember.objects.filter(round__in=keys).select_related("inspector__home").order_by("pk"):
        members[member.round_id].append(member)
    approved = Nomination.objects.filter(round__in=keys, state=NominationState.APPROVED).order_by("pk")
    entries: dict[UUID, list[tuple[UUID, UUID | None, str]]] = {key: [] for key in keys}
    for key, pk, township, path in approved.values_list("round_id", "pk", "township_id", "organization__path"):
        entries[key].append((pk, township, path))
    versions = SchemeVersion.objects.filter(pk__in={round.scheme_version_id for round in rounds})
    recusing = {version.pk for version in versions if recuses(version.document)}
    conflicts = _confirmed(keys)
    found = {}
    for round in rounds:
        here = entries[round.pk]
        recused = _by_conflict(members[round.pk], here, conflicts, round.pk)
        if round.scheme_version_id in recusing:
            recused |= _by_home(members[round.pk], here)
        found[round.pk] = Panel(_seats(members[round.pk]), tuple(pk for pk, _, _ in here), frozenset(recused))
    return found


def recused_pairs(round: Round) -> set[Pair]:
    """Every member of the panel with every approved entry that they must not score."""
    return set(panels_of([round])[round.pk].recused)


def recuses(scheme: Scheme) -> bool:
    """Whether inspectors do not score organizations of their own township."""
    return scheme.panel.recusal == "home_township"


def _confirmed(rounds: list[UUID]) -> list[tuple[UUID, str, UUID | None]]:
    rows = Conflict.objects.filter(state=ConflictState.CONFIRMED, inspector__panels__round__in=rounds)
    rows = rows.filter(Q(round__isnull=True) | Q(round__in=rounds)).order_by("pk").distinct()
    return list(rows.values_list("inspector_id", "organization__path", "round_id"))


def _by_conflict(
    members: list[PanelMember],
    entries: list[tuple[UUID, UUID | None, str]],
    conflicts: list[tuple[UUID, str, UUID | None]],
    round: UUID,
) -> set[Pair]:
    on_panel = {member.inspector_id for member in members}
    return {
        (inspector, pk)
        for inspector, above, only in conflicts
        if inspector in on_panel and only in (None, round)
        for pk, _, path in entries
        if is_below(path, above)
    }


def _by_home(members: list[PanelMember], entries: list[tuple[UUID, UUID | None, str]]) -> set[Pair]:
    homes = [(m.inspector_id, m.inspector.home_id) for m in members if serves_in_a_township(m.inspector)]
    return {(inspector, pk) for inspector, home in homes for pk, township, _ in entries if township == home}


def _seats(members: list[PanelMember]) -> tuple[Seat, ...]:
    by_key = {member.pk: member for member in members}
    return tuple(
        Seat(
            member=member.pk,
            inspector=member.inspector_id,
            counts=member.role == PanelRole.MEMBER,
            left=member.left_at is not None,
            before=tuple(each.inspector_id for each in _before(member, by_key)),
        )
        for member in members
    )


def _before(member: PanelMember, by_key: dict[UUID, PanelMember]) -> list[PanelMember]:
    """Whose place they took, and whose place those had taken."""
    found: list[PanelMember] = []
    while member.replaces_id in by_key and len(found) < len(by_key):
        member = by_key[member.replaces_id]
        found.append(member)
    return found


def is_below(path: str, above: str) -> bool:
    """Whether the organization at ``path`` is the one at ``above`` or lies below it."""
    return path == above or path.startswith(f"{above}/")


def serves_in_a_township(inspector: Inspector) -> bool:
    return inspector.home.kind == OrganizationKind.TOWNSHIP


def predecessors(member: PanelMember) -> list[UUID]:
    """Inspectors whose place this member took: what they scored is not scored again."""
    if member.replaces_id is None:
        return []
    rows = {row.pk: row for row in PanelMember.objects.filter(round_id=member.round_id)}
    return [each.inspector_id for each in _before(member, rows)]


def recusal_reason(nomination: Nomination, inspector: Inspector) -> str:
    """Why this inspector must not score this entry, as a sentence to the inspector; empty when they may."""
    if recuses(nomination.round.scheme_version.document) and serves_in_a_township(inspector):
        if inspector.home_id == nomination.township_id:
            return RECUSED[ConflictKind.HOME]
    path = nomination.organization.path
    rows = Conflict.objects.filter(inspector=inspector, state=ConflictState.CONFIRMED)
    rows = rows.filter(Q(round__isnull=True) | Q(round=nomination.round_id)).select_related("organization")
    kinds = [row.kind for row in rows.order_by("kind") if is_below(path, row.organization.path)]
    return RECUSED[ConflictKind(kinds[0])] if kinds else ""


# -- groups and roles


def weighed_groups(scheme: Scheme) -> dict[str, Fraction]:
    """The groups of inspectors (组别) that the scheme weighs, with their weight where it is the same everywhere."""
    rules = (scheme.score, *(node.score for node in scheme.nodes.values()))
    found: dict[str, Fraction] = {}
    for rule in rules:
        if isinstance(rule, WeightedGroups):
            for name, share in rule.groups.items():
                found.setdefault(name, share)
    return found


# -- what a membership may see


def managed_rounds(membership: Membership) -> QuerySet[Round]:
    """Rounds whose panels the office keeps; creation and re-inspection alike."""
    return visible_rounds(membership).select_related("scheme_version__scheme", "campaign")


def visible_members(membership: Membership) -> QuerySet[PanelMember]:
    rows = PanelMember.objects.filter(round__in=managed_rounds(membership))
    return rows.select_related("inspector__home", "inspector__user", "round__scheme_version", "replaces__inspector")


def visible_conflicts(membership: Membership) -> QuerySet[Conflict]:
    """All for the office; their own for an inspector."""
    rows = Conflict.objects.select_related("inspector", "organization__parent", "round", "decided_by")
    if allowed(membership, Permission.MANAGE_PANELS):
        return rows
    return rows.filter(inspector__user_id=membership.user_id)


def visible_draws(membership: Membership) -> QuerySet[PanelDraw]:
    return PanelDraw.objects.filter(round__in=managed_rounds(membership)).select_related("round__campaign", "drawn_by")


def visible_routes(membership: Membership) -> QuerySet[Route]:
    """All for the office; for an inspector those they go along on, and those that are everybody's of their panels."""
    rows = Route.objects.filter(round__campaign__in=visible_campaigns(membership))
    rows = rows.select_related("round__campaign", "round__scheme_version", "start")
    if allowed(membership, Permission.MANAGE_PANELS):
        return rows
    mine = PanelMember.objects.filter(inspector__user_id=membership.user_id, left_at__isnull=True)
    along = RouteMember.objects.filter(member__in=mine).values("route")
    taken = RouteMember.objects.values("route")
    return rows.filter(Q(pk__in=along) | (Q(round__in=mine.values("round")) & ~Q(pk__in=taken)))


def visible_stops(membership: Membership) -> QuerySet[Stop]:
    rows = Stop.objects.filter(route__in=visible_routes(membership).order_by())
    return rows.select_related("route__round", "nomination__organization")


def own_inspector(membership: Membership) -> Inspector | None:
    """The inspector whose account this is."""
    return Inspector.objects.filter(user_id=membership.user_id).select_related("home").first()


def rows_by_day(rounds: QuerySet[Round]) -> QuerySet[Round]:
    return rounds.order_by("-onsite_date", "-sequence")


def county_map() -> CountyMap | None:
    return CountyMap.objects.first()
