"""Writes of titles, bonus points and award subsidies: the register that the engine settled becomes rows.

The engine's ``settle`` walks all published awards and reviews and all confirmed acts again each time; here only the
difference to what stands in the tables is written, so publishing a correction changes exactly what it must. Rows that
stay keep their keys, titles their plaque numbers; money is the business of ``subsidies``.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from accounts.services.audit import record
from schemes import Problem, ProblemsFound
from schemes.exact import decimal_text
from schemes.register import Register, TitleLine

from ..enums import SubsidyKind, TitleState
from ..models import BonusEntry, Campaign, Round, Title, TitleEvent
from .subsidies import Due, put_due

#: Whose award it was and in which round, as the register names both; the township it belonged to then.
Townships = Mapping[tuple[str, str], Organization | None]


def _decimal(value: Fraction) -> Decimal:
    """An exact amount with at most four decimals; a scheme whose amounts need more is refused, not rounded."""
    scaled = value * 10_000
    if scaled.denominator != 1:
        reason = f"加分或补助 {decimal_text(value)} 多于 4 位小数，无法精确记账"
        raise ProblemsFound(
            [Problem(value=decimal_text(value), reason=reason, remedy="。请在办法中改为至多 4 位小数。")]
        )
    return Decimal(int(scaled)).scaleb(-4)


@transaction.atomic
def write_register(
    *,
    campaign: Campaign,
    register: Register,
    rounds: Mapping[str, Round],
    townships: Townships,
    actor: User | None,
) -> dict[str, int]:
    """Make titles, their history, bonus entries and award subsidies equal the register.

    ``rounds`` by what the register calls them; ``townships`` those of the awards when they were won, so that an
    organization that moves later keeps its history. Returns how many rows of history were added and removed.
    Special subsidies are not touched.
    """
    codes = {event.org_code for event in register.events}
    organizations = {o.code: o for o in Organization.objects.filter(code__in=codes)}
    writer = _Writer(campaign, rounds, organizations, townships)
    counts = writer.events(register)
    writer.titles(register)
    writer.bonus(register)
    writer.subsidies(register)
    record(actor=actor, verb="更新称号与加分", target=campaign, new=counts)
    return counts


class _Writer:
    def __init__(
        self,
        campaign: Campaign,
        rounds: Mapping[str, Round],
        organizations: Mapping[str, Organization],
        townships: Townships,
    ) -> None:
        self.campaign, self.rounds = campaign, rounds
        self.organizations, self.townships = organizations, townships
        self.tenant_id = campaign.tenant_id

    def _of(self, code: str, label: str) -> dict[str, object]:
        return {
            "tenant_id": self.tenant_id,
            "campaign": self.campaign,
            "organization": self.organizations[code],
            "round": self.rounds[label],
        }

    def _replace(
        self, existing: Iterable[object], wanted: list[object], model: type, key: tuple[str, ...]
    ) -> tuple[int, int]:
        """Add the missing rows and delete the superfluous; rows that are equal by ``key`` stay as they are."""

        def identity(row: object) -> tuple[object, ...]:
            return tuple(getattr(row, name) for name in key)

        old = {identity(row): row for row in existing}
        new = {identity(row): row for row in wanted}
        gone = [old[k].pk for k in old.keys() - new.keys()]  # type: ignore[attr-defined]
        model.objects.filter(pk__in=gone).delete()  # type: ignore[attr-defined]
        added = [new[k] for k in new.keys() - old.keys()]
        model.objects.bulk_create(added, batch_size=500)  # type: ignore[attr-defined]
        return len(added), len(gone)

    def events(self, register: Register) -> dict[str, int]:
        rows = [
            TitleEvent(
                **self._of(e.org_code, e.round),
                kind=e.kind.value,
                tier=e.tier,
                on=date.fromisoformat(e.when),
                reason=e.reason,
                clause=e.clause,
                document_no=e.document_no,
            )
            for e in register.events
        ]
        key = ("organization_id", "round_id", "kind", "tier", "on", "reason", "clause", "document_no")
        added, removed = self._replace(TitleEvent.objects.filter(campaign=self.campaign), list(rows), TitleEvent, key)
        return {"added": added, "removed": removed}

    def titles(self, register: Register) -> None:
        """One title per award. A row whose award fell away is deleted, unless its plaque number was given out."""
        known = {(row.organization_id, row.round_id): row for row in Title.objects.filter(campaign=self.campaign)}
        new, changed = [], []
        for line in register.titles:
            facts = self._title_facts(line)
            row = known.pop((self.organizations[line.org_code].pk, self.rounds[line.round].pk), None)
            if row is None:
                new.append(Title(**self._of(line.org_code, line.round), **facts))
            elif _set(row, facts):
                changed.append(row)
        for row in known.values():
            if row.plaque_no and row.state == TitleState.HELD:
                _set(row, {"state": TitleState.REVOKED, "ended_on": timezone.localdate(), "valid_until": None})
                changed.append(row)
        Title.objects.filter(pk__in=[row.pk for row in known.values() if not row.plaque_no]).delete()
        Title.objects.bulk_update(changed, _TITLE_FIELDS, batch_size=500)
        Title.objects.bulk_create(new, batch_size=500)

    def _title_facts(self, line: TitleLine) -> dict[str, object]:
        township = self.townships.get((line.org_code, line.round))
        return {
            "township_id": township.pk if township else None,
            "tier": line.tier,
            "awarded_on": date.fromisoformat(line.awarded_on),
            "state": TitleState(line.standing.value),
            "ended_on": _day(line.ended_on),
            "valid_until": _day(line.valid_until),
            "warned_on": _day(line.warned_on),
        }

    def bonus(self, register: Register) -> None:
        """An organization directly below the county has no township that could get its points, or lose them."""
        rows = [
            BonusEntry(
                **self._of(line.org_code, line.round),
                township=township,
                tier=line.tier,
                year=int(line.year),
                points=_decimal(line.points),
                taken_back_in=self.rounds[line.taken_back_in] if line.taken_back_in else None,
                reason=line.reason,
            )
            for line in register.bonus
            if (township := self.townships.get((line.org_code, line.round))) is not None
        ]
        key = ("organization_id", "round_id", "township_id", "tier", "year", "points", "taken_back_in_id", "reason")
        self._replace(BonusEntry.objects.filter(campaign=self.campaign), list(rows), BonusEntry, key)

    def subsidies(self, register: Register) -> None:
        """What is due for each award, or, where a counter line took it back, why nothing is."""
        due: dict[tuple[UUID, UUID | None], Due] = {}
        for line in register.subsidies:
            key = (self.organizations[line.org_code].pk, self.rounds[line.round].pk)
            due[key] = Due(None, line.tier, line.reason) if line.wan < 0 else Due(_decimal(line.wan), line.tier)
        put_due(campaign=self.campaign, kind=SubsidyKind.AWARD, due=due)


_TITLE_FIELDS = ("township", "tier", "awarded_on", "state", "ended_on", "valid_until", "warned_on")


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _set(row: Title, facts: Mapping[str, object]) -> bool:
    """Put the facts on the row; whether any of them was different."""
    changed = any(getattr(row, name) != value for name, value in facts.items())
    for name, value in facts.items():
        setattr(row, name, value)
    return changed
