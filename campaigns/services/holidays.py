"""Writes of the county's calendar: days off and made-up working days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Tenant, User
from accounts.services.audit import record

from ..models import Holiday


@dataclass(frozen=True)
class HolidayFacts:
    on: date
    working: bool
    name: str


@transaction.atomic
def put_holidays(*, tenant: Tenant, rows: Iterable[HolidayFacts], actor: User | None) -> tuple[int, int]:
    """Enter these days; a day entered before is set anew. How many were added and how many changed."""
    wanted = {row.on: row for row in rows}
    known = {day.on: day for day in Holiday.objects.select_for_update().filter(on__in=wanted)}
    new, changed = [], []
    for on, row in sorted(wanted.items()):
        day = known.get(on)
        if day is None:
            new.append(Holiday(tenant=tenant, on=on, working=row.working, name=row.name))
        elif (day.working, day.name) != (row.working, row.name):
            day.working, day.name = row.working, row.name
            changed.append(day)
    Holiday.objects.bulk_create(new, batch_size=500)
    Holiday.objects.bulk_update(changed, ["working", "name"], batch_size=500)
    if new or changed:
        days = [f"{day.on} {day.name}{'（上班）' if day.working else ''}" for day in (*new, *changed)]
        record(actor=actor, verb="录入节假日", target=f"{len(days)} 天", new={"days": days})
    return len(new), len(changed)


@transaction.atomic
def remove_holiday(*, holiday: Holiday, actor: User | None) -> None:
    """The day follows the week again."""
    holiday = Holiday.objects.select_for_update().get(pk=holiday.pk)
    record(actor=actor, verb="删除节假日", target=holiday, old={"on": holiday.on, "working": holiday.working})
    holiday.delete()
