"""Attaching material to nominations: the same file serves as many nominations and rounds as need it."""

from django.db import transaction

from accounts.models import User
from accounts.services.audit import record

from ..enums import MaterialState
from ..models import Evidence, Material, Nomination
from ..nominating import Ask, checklist
from .applying import NominationRefused, locked, require_editable


@transaction.atomic
def attach_evidence(*, nomination: Nomination, material: Material, requirement: str, actor: User | None) -> Evidence:
    """Attach material of the organization for one thing asked, or for none (""). Attaching twice changes nothing."""
    nomination = locked(nomination)
    require_editable(nomination)
    material = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
    if material.organization_id != nomination.organization_id:
        raise NominationRefused(f"“{material.title}”不是{nomination.organization.name}的材料，不能用在这份申报里。")
    if material.state != MaterialState.READY:
        raise NominationRefused(
            f"“{material.title}”{material.get_state_display()}，现在不能使用。请换一份，或等检查完成。"
        )
    known = {ask.piece.requirement for ask in asks_of(nomination)}
    if requirement and requirement not in known:
        raise NominationRefused("办法没有要求这一件材料。请从清单中选择。")
    facts = {"nomination": nomination, "material": material, "requirement": requirement}
    earlier = Evidence.objects.filter(**facts).first()
    if earlier is not None:
        return earlier
    evidence = Evidence(tenant_id=nomination.tenant_id, attached_by=actor, **facts)
    evidence.save()
    record(actor=actor, verb="附上佐证材料", target=nomination, new={"material": material, "requirement": requirement})
    return evidence


def asks_of(nomination: Nomination) -> list[Ask]:
    return checklist(nomination.round.scheme_version.document, ()).asks


@transaction.atomic
def detach_evidence(*, evidence: Evidence, actor: User | None) -> None:
    """Take material off a nomination; the material itself stays with the organization."""
    nomination = locked(evidence.nomination)
    require_editable(nomination)
    old = {"material": evidence.material, "requirement": evidence.requirement}
    evidence.delete()
    record(actor=actor, verb="取下佐证材料", target=nomination, old=old)
