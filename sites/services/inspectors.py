"""Writes of inspectors: who scores, where they serve, and which account is theirs."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.enums import Role
from accounts.models import Membership, Organization, Tenant, User
from accounts.services.audit import record

from ..models import Inspector


@dataclass(frozen=True)
class InspectorFacts:
    """``home`` is where the inspector serves; they are recused from what lies below it. ``group`` is 组别."""

    number: str
    name: str
    home: Organization
    group: str = ""


@transaction.atomic
def put_inspectors(*, tenant: Tenant, rows: Iterable[InspectorFacts], actor: User | None) -> dict[str, int]:
    """Add the new ones, set the known ones to these facts. Returns counts of ``new``, ``changed`` and ``same``."""
    known = {row.number: row for row in Inspector.objects.select_for_update()}
    new, changed, same = [], [], 0
    for facts in rows:
        inspector = known.get(facts.number)
        if inspector is None:
            new.append(Inspector(tenant=tenant, **vars(facts)))
        elif (inspector.name, inspector.home_id, inspector.group) == (facts.name, facts.home.pk, facts.group):
            same += 1
        else:
            inspector.name, inspector.home, inspector.group = facts.name, facts.home, facts.group
            changed.append(inspector)
    Inspector.objects.bulk_create(new, batch_size=500)
    Inspector.objects.bulk_update(changed, ["name", "home", "group"], batch_size=500)
    counts = {"new": len(new), "changed": len(changed), "same": same}
    if new or changed:
        numbers = [row.number for row in [*new, *changed]]
        record(actor=actor, verb="写入评委", new={**counts, "numbers": numbers})
    return counts


@transaction.atomic
def link_inspector(*, inspector: Inspector, user: User, actor: User | None) -> Inspector:
    """This account is this inspector's: their sheets are handed in under it. One account, one inspector."""
    if not Membership.objects.filter(user=user, role=Role.INSPECTOR, active=True).exists():
        raise ValidationError(f"“{user}”没有评委角色。请先在人员管理中加上。")
    if taken := Inspector.objects.filter(user=user).exclude(pk=inspector.pk).first():
        raise ValidationError(f"“{user}”的账号已对应评委 {taken.number}。请先解除。")
    old, inspector.user = inspector.user_id, user
    inspector.save(update_fields=["user"])
    record(actor=actor, verb="关联评委账号", target=inspector, old={"user": old}, new={"user": user})
    return inspector
