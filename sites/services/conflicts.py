"""Writes of conflicts of interest (回避): found by the rules, declared, said by the office; confirmed or dismissed.

What stands without a round is so in every round: contact villages (挂联), declarations. A conflict of one round decides
there also about sheets that are in already; one that stands keeps new sheets away and leaves past rounds as they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.enums import OrganizationKind
from accounts.models import Organization, Tenant, User
from accounts.services.audit import record
from campaigns.enums import NominationState
from campaigns.models import Round

from ..enums import CONFLICT_TRANSITIONS, ConflictKind, ConflictState
from ..models import Conflict, Inspector, PanelMember
from ..queries import is_below, recuses, serves_in_a_township
from .panels import PanelRefused, open_round


@dataclass(frozen=True)
class ContactFacts:
    """One line of the list of contact villages: whose, which."""

    inspector: Inspector
    organization: Organization
    note: str = ""


# -- finding


def unrecorded_homes(round: Round) -> list[Conflict]:
    """Home conflicts of the panel with the entries' townships that nobody has recorded yet; not saved."""
    towns = {n.township_id: n.township for n in _approved(round) if n.township_id}
    members = PanelMember.objects.filter(round=round, left_at__isnull=True).select_related("inspector__home__parent")
    known = set(
        Conflict.objects.filter(Q(round=round) | Q(round__isnull=True), kind=ConflictKind.HOME).values_list(
            "inspector_id", "organization_id"
        )
    )
    found = []
    for member in members.order_by("inspector__number"):
        home = _township_of(member.inspector.home)
        if home and home.pk in towns and (member.inspector_id, home.pk) not in known:
            found.append(
                Conflict(
                    tenant_id=round.tenant_id,
                    inspector=member.inspector,
                    organization=home,
                    round=round,
                    kind=ConflictKind.HOME,
                )
            )
    return found


def _township_of(home: Organization) -> Organization | None:
    if home.kind == OrganizationKind.TOWNSHIP:
        return home
    above = home.parent
    return above if above and above.kind == OrganizationKind.TOWNSHIP else None


def _approved(round: Round) -> QuerySet:
    return round.nominations.filter(state=NominationState.APPROVED).select_related("township", "organization")


def touching(round: Round) -> list[Conflict]:
    """Conflicts recorded so far between the panel and the entries of a round, standing ones included."""
    paths = [nomination.organization.path for nomination in _approved(round)]
    rows = Conflict.objects.filter(inspector__panels__round=round).filter(Q(round=round) | Q(round__isnull=True))
    rows = rows.select_related("inspector__home", "organization__parent", "decided_by").distinct()
    return [row for row in rows if any(is_below(path, row.organization.path) for path in paths)]


@transaction.atomic
def find_conflicts(*, round: Round, actor: User | None) -> dict[str, int]:
    """Record the home conflicts of the panel. Where the scheme demands recusal they hold at once, unless sheets are in:

    those a person confirms, as they then stop counting. Contact villages and declarations are recorded where they come
    from; ``waiting`` counts all that touch this round and wait for a person.
    """
    round = open_round(round)
    rows = unrecorded_homes(round)
    rule = recuses(round.scheme_version.document)
    for row in rows:
        if rule and serves_in_a_township(row.inspector) and not sheets_in(row, round):
            row.state, row.decided_at, row.note = ConflictState.CONFIRMED, timezone.now(), "按办法自动回避"
    Conflict.objects.bulk_create(rows, batch_size=500)
    if rows:
        facts = {"found": len(rows), "inspectors": sorted({row.inspector.number for row in rows})}
        record(actor=actor, verb="查找回避", target=round, new=facts)
    waiting = sum(row.state == ConflictState.PROPOSED for row in touching(round))
    return {"found": len(rows), "waiting": waiting}


def sheets_in(conflict: Conflict, round: Round) -> int:
    """Sheets that the inspector has sent in this round where they should not score."""
    rows = round.sheets.filter(inspector=conflict.inspector_id, revision=1)
    paths = rows.values_list("nomination__organization__path", flat=True)
    return sum(is_below(path, conflict.organization.path) for path in paths)


# -- telling


@transaction.atomic
def put_contacts(*, tenant: Tenant, rows: Iterable[ContactFacts], actor: User | None) -> dict[str, int]:
    """Record contact villages (挂联村), to be confirmed. Returns counts of ``new`` and ``same``."""
    facts = list(rows)
    standing = Conflict.objects.filter(kind=ConflictKind.CONTACT, round__isnull=True)
    known = set(standing.values_list("inspector_id", "organization_id"))
    new = {(row.inspector.pk, row.organization.pk): row for row in facts}
    new = {key: row for key, row in new.items() if key not in known}
    Conflict.objects.bulk_create(
        Conflict(
            tenant=tenant, inspector=row.inspector, organization=row.organization, kind=ConflictKind.CONTACT,
            note=row.note[:200],
        )
        for row in new.values()
    )  # fmt: skip
    counts = {"new": len(new), "same": len(facts) - len(new)}
    if new:
        record(actor=actor, verb="登记挂联村", new=counts)
    return counts


@transaction.atomic
def declare_conflict(*, inspector: Inspector, organization: Organization, note: str, actor: User) -> Conflict:
    """An inspector says that they should not score an organization; the office confirms it."""
    if not note.strip():
        raise PanelRefused("请写明应当回避的原因，如：近亲属任村党支部书记。")
    same = Conflict.objects.filter(
        inspector=inspector, organization=organization, kind=ConflictKind.DECLARED, round__isnull=True
    )
    if known := same.first():
        raise PanelRefused(f"您已申报过回避“{organization.name}”，现为“{known.get_state_display()}”。")
    row = Conflict(
        tenant_id=inspector.tenant_id,
        inspector=inspector,
        organization=organization,
        kind=ConflictKind.DECLARED,
        note=note.strip()[:200],
    )
    row.save(force_insert=True)
    record(actor=actor, verb="申报回避", target=row, new={"note": row.note})
    return row


@transaction.atomic
def take_back_declaration(*, conflict: Conflict, actor: User) -> None:
    """What nobody has decided on yet may be taken back by who declared it."""
    row = _locked(conflict)
    if row.kind != ConflictKind.DECLARED or row.state != ConflictState.PROPOSED:
        raise PanelRefused(f"这一条“{row.get_state_display()}”，不能撤回。如情况有变，请联系组织部。")
    facts = {"organization": row.organization.name, "note": row.note}
    row.delete()
    record(actor=actor, verb="撤回回避申报", target=str(row), old=facts)


@transaction.atomic
def pin_conflict(
    *, inspector: Inspector, organization: Organization, round: Round | None, note: str, actor: User
) -> Conflict:
    """The office's word: it holds at once, in one round or in every one, and no search changes it."""
    if not note.strip():
        raise PanelRefused("请写明要求回避的原因。")
    if round is not None:
        open_round(round)
    row, created = Conflict.objects.get_or_create(
        tenant_id=inspector.tenant_id,
        inspector=inspector,
        organization=organization,
        round=round,
        kind=ConflictKind.OFFICE,
        defaults={"note": note.strip()[:200], "pinned": True},
    )
    if not created and row.state == ConflictState.CONFIRMED:
        raise PanelRefused(f"“{row}”已经登记。请刷新页面。")
    row.note, row.pinned = note.strip()[:200], True
    return _decide(row, ConflictState.CONFIRMED, actor, verb="确定回避")


# -- deciding


@transaction.atomic
def confirm_conflict(*, conflict: Conflict, actor: User | None, round: Round | None = None) -> Conflict:
    """The inspector does not score there. ``round``: the round in which it was looked at.

    What they have sent in that round already does not count any more: for a standing conflict a row of that round says
    so.
    """
    row = _locked(conflict)
    for place in filter(None, (row.round, round)):
        open_round(place)
    _require_step(row, ConflictState.CONFIRMED)
    row = _decide(row, ConflictState.CONFIRMED, actor, verb="确认回避")
    if round is not None and row.round_id is None and sheets_in(row, round):
        _of_this_round(row, round, actor)
    return row


def _of_this_round(standing: Conflict, round: Round, actor: User | None) -> None:
    row, _ = Conflict.objects.get_or_create(
        tenant_id=standing.tenant_id,
        inspector=standing.inspector,
        organization=standing.organization,
        kind=standing.kind,
        round=round,
        defaults={"note": standing.note},
    )
    _decide(row, ConflictState.CONFIRMED, actor, verb="确认回避")


@transaction.atomic
def confirm_all(*, round: Round, actor: User | None) -> int:
    """Find and confirm everything that touches this round and waits. Returns how many were confirmed."""
    round = open_round(round)
    find_conflicts(round=round, actor=actor)
    waiting = [row for row in touching(round) if row.state == ConflictState.PROPOSED]
    for row in waiting:
        confirm_conflict(conflict=row, actor=actor, round=round)
    return len(waiting)


@transaction.atomic
def dismiss_conflict(*, conflict: Conflict, reason: str, actor: User) -> Conflict:
    """The inspector may score there after all. Not where the scheme itself demands recusal."""
    row = _locked(conflict)
    if row.round is not None:
        open_round(row.round)
        demanded = recuses(row.round.scheme_version.document) and serves_in_a_township(row.inspector)
        if row.kind == ConflictKind.HOME and demanded:
            raise PanelRefused("办法规定评委不评本乡镇（街道）的组织，这一条不能解除。")
    if not reason.strip():
        raise PanelRefused("请写明不须回避的原因。")
    _require_step(row, ConflictState.DISMISSED)
    row.note, row.pinned = reason.strip()[:200], False
    return _decide(row, ConflictState.DISMISSED, actor, verb="解除回避")


def _require_step(row: Conflict, to: str) -> None:
    if to not in CONFLICT_TRANSITIONS[row.state]:
        raise PanelRefused(f"“{row}”现为“{row.get_state_display()}”，不用再办。请刷新页面。")


def _decide(row: Conflict, to: str, actor: User | None, *, verb: str) -> Conflict:
    old = row.state
    row.state, row.decided_by, row.decided_at = to, actor, timezone.now()
    row.save()
    facts = {"state": to, "kind": row.kind, "round": row.round_id, "note": row.note}
    record(actor=actor, verb=verb, target=row, old={"state": old}, new=facts)
    return row


def _locked(conflict: Conflict) -> Conflict:
    rows = Conflict.objects.select_for_update(of=("self",))
    return rows.select_related("inspector__home", "organization", "round__scheme_version").get(pk=conflict.pk)
