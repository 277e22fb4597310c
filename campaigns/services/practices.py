"""Writes of good practices: written by a township or the county, shared with everybody by the county, taken down
again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from accounts.services.audit import record

from ..enums import PRACTICE_TRANSITIONS, MaterialState, PracticeState
from ..models import Material, Nomination, Practice, PracticeMaterial, Round
from ..queries import townships_by_code


class PracticeRefused(Exception):
    """A practice cannot be written, shared or taken down like that; the message is a Chinese sentence."""


@dataclass(frozen=True)
class PracticeFacts:
    """What a person wrote. ``round`` is the one after which it was written up, if any."""

    organization: Organization
    title: str
    text: str
    summary: str = ""
    round: Round | None = None
    materials: list[Material] = field(default_factory=list)


@transaction.atomic
def write_practice(*, facts: PracticeFacts, actor: User, practice: Practice | None = None) -> Practice:
    """Write a new practice, or change one that is not shared; one that was taken down becomes a draft again."""
    _check(facts)
    if practice is None:
        practice = Practice(tenant_id=facts.organization.tenant_id, written_by=actor)
        verb, old = "撰写经验做法", {}
    else:
        practice = Practice.objects.select_for_update(of=("self",)).get(pk=practice.pk)
        if practice.state == PracticeState.SHARED:
            raise PracticeRefused(f"“{practice.title}”已推广，不能直接修改。请由县委组织部先撤下。")
        verb, old = "修改经验做法", {"title": practice.title, "state": practice.state}
    practice.organization, practice.round = facts.organization, facts.round
    practice.township = townships_by_code().get(facts.organization.township_code)
    practice.title, practice.summary, practice.text = facts.title.strip(), facts.summary.strip(), facts.text.strip()
    practice.state = PracticeState.DRAFT
    practice.save()
    _attach(practice, facts.materials)
    record(
        actor=actor, verb=verb, target=practice, old=old, new={"title": practice.title, "materials": facts.materials}
    )
    return practice


def _check(facts: PracticeFacts) -> None:
    if facts.round is not None:
        if not Round.objects.filter(pk=facts.round.pk, published_at__isnull=False).exists():
            raise PracticeRefused(f"{facts.round.title}还没有公布，公布以后再总结。")
        if not Nomination.objects.filter(round=facts.round, organization=facts.organization).exists():
            raise PracticeRefused(f"{facts.organization.name}没有参加{facts.round.title}。请核对轮次。")
    for material in facts.materials:
        if material.organization_id != facts.organization.pk:
            raise PracticeRefused(f"“{material.title}”不是{facts.organization.name}的材料，不能作附件。")
        if material.state != MaterialState.READY:
            raise PracticeRefused(f"“{material.title}”{material.get_state_display()}，现在不能作附件。")


def _attach(practice: Practice, materials: Iterable[Material]) -> None:
    """Make these the attachments; those that stay keep their rows."""
    wanted = {material.pk for material in materials}
    known = {row.material_id: row.pk for row in PracticeMaterial.objects.filter(practice=practice)}
    PracticeMaterial.objects.filter(pk__in=[pk for key, pk in known.items() if key not in wanted]).delete()
    PracticeMaterial.objects.bulk_create(
        PracticeMaterial(tenant_id=practice.tenant_id, practice=practice, material_id=key)
        for key in sorted(wanted - known.keys(), key=str)
    )


@transaction.atomic
def share_practice(*, practice: Practice, actor: User) -> Practice:
    """From now on every township and leader of the county reads it."""
    practice = _move(practice, PracticeState.SHARED)
    practice.shared_by, practice.shared_at = actor, timezone.now()
    practice.save(update_fields=["state", "shared_by", "shared_at"])
    record(actor=actor, verb="推广经验做法", target=practice)
    return practice


@transaction.atomic
def withdraw_practice(*, practice: Practice, reason: str, actor: User) -> Practice:
    """Take it down: nobody but its writers and the county reads it. What was shared needs a reason."""
    was = practice.state
    practice = _move(practice, PracticeState.WITHDRAWN)
    if was == PracticeState.SHARED and not reason.strip():
        raise PracticeRefused("请写明撤下的原因。")
    practice.save(update_fields=["state"])
    record(actor=actor, verb="撤下经验做法", target=practice, old={"state": was}, new={"reason": reason.strip()})
    return practice


def _move(practice: Practice, to: PracticeState) -> Practice:
    practice = Practice.objects.select_for_update(of=("self",)).get(pk=practice.pk)
    if to not in PRACTICE_TRANSITIONS[practice.state]:
        raise PracticeRefused(f"“{practice.title}”{practice.get_state_display()}，不能转为“{to.label}”。")
    practice.state = to
    return practice
