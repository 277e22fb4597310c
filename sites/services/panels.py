"""Writes of a round's panel."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.services.audit import record
from campaigns.enums import SEALED_STATES
from campaigns.models import Round

from ..models import Inspector, PanelMember


@transaction.atomic
def add_to_panel(
    *, round: Round, inspectors: Iterable[Inspector], actor: User | None, groups: Mapping[str, str] | None = None
) -> int:
    """Put inspectors on a round's panel; those on it stay. Returns how many joined. Refused once sheets are sealed.

    ``groups`` (组别) by inspector number; without it each serves in the group they usually serve in.
    """
    round = Round.objects.select_for_update().get(pk=round.pk)
    if round.state in SEALED_STATES:
        raise ValidationError(f"{round.title}“{round.get_state_display()}”，不能再改评委组。如确需更正，请先退回评分。")
    known = set(PanelMember.objects.filter(round=round).values_list("inspector_id", flat=True))
    joining = {row.pk: row for row in inspectors if row.pk not in known}
    said = groups or {}
    rows = [
        PanelMember(tenant_id=round.tenant_id, round=round, inspector=row, group=said.get(row.number, row.group))
        for row in joining.values()
    ]
    PanelMember.objects.bulk_create(rows, batch_size=500)
    if joining:
        record(actor=actor, verb="确定评委组", target=round, new={"joined": [row.number for row in joining.values()]})
    return len(joining)
