"""Taking over, before a round is computed, what the platform knows by itself; and saying when that has changed
since.
"""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from campaigns.models import Round

from ..models import Computation
from ..records import standing_facts
from ..sources import participants, place_keys, sourced_facts, values_from_outcomes, values_from_places
from .facts import FactCell, put_facts


@transaction.atomic
def draw_facts(*, round: Round, actor: User | None) -> dict[str, int]:
    """Write what other schemes' published outcomes and the list of organizations say, each with a note of its source.

    What a person wrote of 组织类别 and 所属乡镇 stays; where another outcome speaks, it is the one that counts. What was
    drawn and is no longer said is taken back. Raises ProblemsFound in a sealed round.
    """
    scheme = round.scheme_version.document
    if not sourced_facts(scheme) and not place_keys(scheme):
        return {}
    entries = participants(round)
    owners = {entry.organization_id: entry.organization for entry in entries}
    standing = standing_facts(round)
    own = {(owner, key) for (owner, _, key), fact in standing.items() if not fact.drawn}
    places = {at: drawn for at, drawn in values_from_places(scheme, entries).items() if at not in own}
    wanted = places | values_from_outcomes(round, owners.values())
    cells = [FactCell(owners[owner], key, each.text, note=each.note) for (owner, key), each in wanted.items()]
    gone = {(owner, key) for (owner, _, key), fact in standing.items() if fact.drawn} - wanted.keys()
    cells += [FactCell(owners[owner], key, "", note="来源不再有") for owner, key in gone if owner in owners]
    return put_facts(round=round, cells=cells, actor=actor, drawn=True)


def changed_sources(computation: Computation) -> list[str]:
    """Which drawn facts other outcomes say differently now, in words; empty while the computation's grounds stand."""
    round = computation.round
    scheme = computation.scheme_version.document
    if not sourced_facts(scheme):
        return []
    organizations = [entry.organization for entry in participants(round)]
    names: dict[UUID, str] = {row.pk: row.name for row in organizations}
    standing = standing_facts(round, cut=computation.fact_cut)
    now = values_from_outcomes(round, organizations)
    then = {(owner, key): fact.text for (owner, _, key), fact in standing.items() if fact.drawn}
    sourced = set(sourced_facts(scheme))
    places = sorted({at for at in {*now, *then} if at[1] in sourced}, key=lambda at: (names.get(at[0], ""), at[1]))
    found = []
    for owner, key in places:
        old, new = then.get((owner, key), ""), now[owner, key].text if (owner, key) in now else ""
        if old != new and owner in names:
            found.append(f"{names[owner]}“{scheme.name_of(key)}”由 {old or '无'} 变为 {new or '无'}")
    return found
