"""What follows from a computed generation as rows: consequences of entries, points for parents.

Called by ``results.store_outcome`` only, inside its transaction.
"""

from collections.abc import Iterable

from accounts.models import Organization
from schemes import Outcome
from schemes.exact import decimal_text
from schemes.outcome import ParentRow

from ..models import Computation, ConsequenceRow, ParentPoints
from ..reading import LoadedRound


def write_following(computation: Computation, loaded: LoadedRound, outcome: Outcome) -> None:
    consequences = [
        ConsequenceRow(
            tenant_id=computation.tenant_id,
            computation=computation,
            organization_id=loaded.nominations[row.entry]["organization_id"],
            township_id=loaded.nominations[row.entry]["township_id"],
            position=position,
            key=row.key,
            name=row.name,
            amount="" if row.amount is None else decimal_text(row.amount),
            unit=row.unit,
            reason=row.reason,
            clause=row.clause,
            who=row.who,
            within_days=row.within_days,
        )
        for position, row in enumerate(outcome.consequences)
    ]
    ConsequenceRow.objects.bulk_create(consequences, batch_size=1000)
    ParentPoints.objects.bulk_create(_parents(computation, outcome.parents), batch_size=1000)


def _parents(computation: Computation, rows: Iterable[ParentRow]) -> list[ParentPoints]:
    rows = list(rows)
    texts = {row.parent for row in rows}
    found = {each.code: each for each in Organization.objects.filter(code__in=texts)}
    codes = {code for row in rows for code, _, _ in row.lines}
    names = dict(Organization.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        ParentPoints(
            tenant_id=computation.tenant_id,
            computation=computation,
            parent=found.get(row.parent),
            parent_text=row.parent,
            position=position,
            key=row.key,
            name=row.name,
            points=decimal_text(row.points),
            uncapped=decimal_text(row.uncapped),
            lines=[[names.get(code, code), won, decimal_text(points)] for code, won, points in row.lines],
            clause=row.clause,
        )
        for position, row in enumerate(rows)
    ]
