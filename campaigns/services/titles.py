"""Writes of titles, bonus points and subsidies: the register that the engine settled becomes rows.

The engine's ``settle`` walks all published awards and reviews again each time; here only the difference to what
stands in the tables is written, so publishing a correction changes exactly what it must, and history stays.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from accounts.models import Organization, User
from accounts.services.audit import record
from schemes import Problem, ProblemsFound
from schemes.exact import decimal_text
from schemes.register import Register
from schemes.register import TitleEventKind as Kind

from ..enums import SubsidyKind, TitleState
from ..models import BonusEntry, Campaign, Round, Subsidy, Title, TitleEvent

#: Events that end what the organization held, and how those titles end.
_ENDINGS = {Kind.PROMOTED: TitleState.PROMOTED, Kind.DELISTED: TitleState.REVOKED}
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
            )
            for e in register.events
        ]
        key = ("organization_id", "round_id", "kind", "tier", "on", "reason", "clause")
        added, removed = self._replace(TitleEvent.objects.filter(campaign=self.campaign), list(rows), TitleEvent, key)
        return {"added": added, "removed": removed}

    def titles(self, register: Register) -> None:
        """One title per award, held until its holder is promoted or delisted.

        Who wins again, or wins a lower tier beside a higher one, holds both; being delisted ends everything held.
        """
        rows: list[Title] = []
        held: dict[str, list[Title]] = {}
        for event in register.events:
            own, on = held.setdefault(event.org_code, []), date.fromisoformat(event.when)
            if event.kind in _ENDINGS:
                for title in own:
                    title.state, title.ended_on = _ENDINGS[event.kind], on
                own.clear()
            if event.kind is not Kind.DELISTED:
                township = self.townships.get((event.org_code, event.round))
                facts = self._of(event.org_code, event.round)
                own.append(Title(**facts, township=township, tier=event.tier, awarded_on=on))
                rows.append(own[-1])
        key = ("organization_id", "round_id", "township_id", "tier", "awarded_on", "state", "ended_on")
        self._replace(Title.objects.filter(campaign=self.campaign), list(rows), Title, key)

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
        rows = [
            Subsidy(
                **self._of(line.org_code, line.round),
                kind=SubsidyKind.AWARD,
                tier=line.tier,
                amount_wan=_decimal(line.wan),
            )
            for line in register.subsidies
        ]
        existing = Subsidy.objects.filter(campaign=self.campaign, kind=SubsidyKind.AWARD)
        self._replace(existing, list(rows), Subsidy, ("organization_id", "round_id", "tier", "amount_wan"))


@transaction.atomic
def put_special_subsidies(*, campaign: Campaign, amounts: Mapping[Organization, Decimal], actor: User | None) -> int:
    """Write special subsidies (万元) to remote villages, one per organization; known ones are set to the new amount."""
    for organization, amount in amounts.items():
        Subsidy.objects.update_or_create(
            tenant_id=campaign.tenant_id,
            campaign=campaign,
            organization=organization,
            kind=SubsidyKind.SPECIAL,
            round=None,
            defaults={"amount_wan": amount},
        )
    facts = {"organizations": len(amounts), "wan": sum(amounts.values())}
    record(actor=actor, verb="写入专项补助", target=campaign, new=facts)
    return len(amounts)
