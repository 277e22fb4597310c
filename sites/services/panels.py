"""Writes of a round's panel: who joins, in which group and role, who leaves and who comes for them."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from campaigns.enums import SEALED_STATES
from campaigns.models import Round

from ..enums import PanelRole
from ..models import Inspector, PanelMember, RouteMember


class PanelRefused(ValidationError):
    """A change of a panel cannot be made; the message is a Chinese sentence."""

    def __str__(self) -> str:
        return "".join(self.messages)


def open_round(round: Round) -> Round:
    """The round, locked, while its panel may change. Refused once sheets are sealed."""
    locked = Round.objects.select_for_update().get(pk=round.pk)
    if locked.state in SEALED_STATES:
        raise PanelRefused(
            f"{locked.title}“{locked.get_state_display()}”，不能再改评委组。如确需更正，请先退回评分。"
        )
    return locked


@transaction.atomic
def add_to_panel(
    *,
    round: Round,
    inspectors: Iterable[Inspector],
    actor: User | None,
    groups: Mapping[str, str] | None = None,
    role: str = PanelRole.MEMBER,
) -> int:
    """Put inspectors on a round's panel; those on it stay. Returns how many joined. Refused once sheets are sealed.

    ``groups`` (组别) by inspector number; without it each serves in the group they usually serve in.
    """
    round = open_round(round)
    known = set(PanelMember.objects.filter(round=round).values_list("inspector_id", flat=True))
    joining = {row.pk: row for row in inspectors if row.pk not in known}
    said = groups or {}
    rows = [
        PanelMember(
            tenant_id=round.tenant_id, round=round, inspector=row, group=said.get(row.number, row.group), role=role
        )
        for row in joining.values()
    ]
    PanelMember.objects.bulk_create(rows, batch_size=500)
    if joining:
        facts = {"joined": [row.number for row in joining.values()], "role": role}
        record(actor=actor, verb="确定评委组", target=round, new=facts)
    return len(joining)


@transaction.atomic
def change_member(*, member: PanelMember, role: str, group: str, reason: str, actor: User | None) -> PanelMember:
    """Set role and group. Once the member has sent a sheet this decides what counts, so it needs a reason."""
    open_round(member.round)
    member = _locked(member)
    old = {"role": member.role, "group": member.group}
    new = {"role": PanelRole(role).value, "group": group.strip()}
    if old == new:
        return member
    if has_scored(member) and not reason.strip():
        raise PanelRefused(f"{member}已交评分单，改身份或组别会改变计分。请写明原因。")
    member.role, member.group = new["role"], new["group"]
    member.save(update_fields=["role", "group"])
    record(actor=actor, verb="改评委身份", target=member, old=old, new={**new, "reason": reason.strip()})
    return member


@transaction.atomic
def remove_member(*, member: PanelMember, actor: User | None) -> None:
    """Take off the panel who has scored nothing; who has scored is replaced or leaves, so that their sheets stay."""
    round = open_round(member.round)
    member = _locked(member)
    if has_scored(member):
        raise PanelRefused(f"{member}已交评分单，不能移出。请改用“接替”或“离开”，已交的评分单照常保留。")
    if member.replaces_id:
        raise PanelRefused(f"{member}是来接替{member.replaces}的，不能移出。请改用“接替”。")
    facts = {"inspector": member.inspector.number, "group": member.group, "role": member.role}
    member.delete()
    record(actor=actor, verb="移出评委组", target=round, old=facts)


@transaction.atomic
def replace_member(*, member: PanelMember, by: Inspector, reason: str, actor: User | None) -> PanelMember:
    """``by`` comes for a member who leaves: same group, role and routes, for whatever is not scored yet.

    What the leaving member sent stays and counts; they send nothing new.
    """
    round = open_round(member.round)
    member = _locked(member)
    if PanelMember.objects.filter(round=round, inspector=by).exists():
        raise PanelRefused(f"{by}已经或曾经在这一轮的评委组，不能来接替。请选另一位。")
    _leave(member, reason)
    comer = PanelMember(
        tenant_id=round.tenant_id, round=round, inspector=by, group=member.group, role=member.role, replaces=member
    )
    comer.save(force_insert=True)
    along = RouteMember.objects.filter(member=member).values_list("route_id", flat=True)
    RouteMember.objects.bulk_create(
        RouteMember(tenant_id=round.tenant_id, route_id=route, member=comer) for route in along
    )
    facts = {"left": member.inspector.number, "came": by.number, "reason": member.left_reason}
    record(actor=actor, verb="接替评委", target=round, new=facts)
    return comer


@transaction.atomic
def leave_panel(*, member: PanelMember, reason: str, actor: User | None) -> PanelMember:
    """A member leaves and nobody comes: what they have not scored is not waited for."""
    round = open_round(member.round)
    member = _locked(member)
    _leave(member, reason)
    facts = {"left": member.inspector.number, "reason": member.left_reason}
    record(actor=actor, verb="评委离开", target=round, new=facts)
    return member


def _leave(member: PanelMember, reason: str) -> None:
    if member.left_at is not None:
        raise PanelRefused(f"{member}已离开评委组（{timezone.localtime(member.left_at):%m-%d %H:%M}）。请刷新页面。")
    if not reason.strip():
        raise PanelRefused("请写明离开的原因，如：临时有紧急公务。")
    member.left_at, member.left_reason = timezone.now(), reason.strip()[:200]
    member.save(update_fields=["left_at", "left_reason"])


def _locked(member: PanelMember) -> PanelMember:
    rows = PanelMember.objects.select_for_update(of=("self",)).select_related("inspector", "round", "replaces")
    return rows.get(pk=member.pk)


def has_scored(member: PanelMember) -> bool:
    """Whether there is a sheet of this member in the round, counted or waiting for a decision."""
    scored: bool = member.inspector.sheets.filter(round=member.round_id).exists()
    return scored or member.inspector.quarantined.filter(round=member.round_id).exists()
