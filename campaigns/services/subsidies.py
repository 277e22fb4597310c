"""Writes of money in 万元: what is due, what was issued with a document, what was taken back.

A line that was issued, or that takes one back, is never changed or removed; what contradicts it is a further line, so
the lines of one award are a chain whose sum is what the organization keeps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from accounts.services.audit import record

from ..enums import SubsidyKind
from ..models import Campaign, Subsidy

Key = tuple[UUID, UUID | None]
CORRECTED = "授予已更正，收回已下达的补助"
AGAIN = "更正后重新符合补助条件"


class SubsidyRefused(Exception):
    """Money cannot be written like that; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Due:
    """What one organization is due for one award: ``wan`` None means nothing any more, and ``reason`` says why."""

    wan: Decimal | None
    tier: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Issued:
    """What one document issued: lines and their exact sum in 万元."""

    lines: int
    wan: Decimal


@transaction.atomic
def put_due(*, campaign: Campaign, kind: str, due: Mapping[Key, Due], only: Iterable[Key] | None = None) -> int:
    """Make the open lines of this kind equal ``due``, by (organization, round); returns how many rows changed.

    Lines of other awards than those in ``due`` are due nothing any more, unless ``only`` says whose lines are meant.
    """
    lasts = last_lines(campaign, kind)
    keys = set(due) | (set(lasts) if only is None else set(only))
    ledger = _Ledger(campaign, kind)
    for key in sorted(keys, key=str):
        ledger.settle(key, lasts.get(key), due.get(key, Due(None, reason=CORRECTED)))
    return ledger.write()


def last_lines(campaign: Campaign, kind: str) -> dict[Key, Subsidy]:
    """The last line of every chain, by (organization, round); locked."""
    rows = list(Subsidy.objects.select_for_update().filter(campaign=campaign, kind=kind).order_by("pk"))
    countered = {row.counters_id for row in rows}
    return {(row.organization_id, row.round_id): row for row in rows if row.pk not in countered}


class _Ledger:
    """Collects what must be added, changed and removed, and writes it at once."""

    def __init__(self, campaign: Campaign, kind: str) -> None:
        self.campaign, self.kind = campaign, kind
        self.added: list[Subsidy] = []
        self.changed: list[Subsidy] = []
        self.removed: list[UUID] = []

    def settle(self, key: Key, last: Subsidy | None, due: Due) -> None:
        open_line = last if last is not None and last.amount_wan >= 0 else None
        if open_line is None:
            if due.wan is not None:
                self._add(key, due.wan, due.tier, counters=last, reason=AGAIN if last else "")
        elif (open_line.amount_wan, open_line.tier) == (due.wan, due.tier):
            return
        elif open_line.issued_on is None:
            self._replace(open_line, due)
        else:
            self._counter(key, open_line, due)

    def _replace(self, line: Subsidy, due: Due) -> None:
        """Not issued yet: it becomes what is due, or goes."""
        if due.wan is None:
            self.removed.append(line.pk)
            return
        line.amount_wan, line.tier = due.wan, due.tier
        line.reason = f"补助更正为 {plain(due.wan)} 万元" if line.counters_id else line.reason
        self.changed.append(line)

    def _counter(self, key: Key, line: Subsidy, due: Due) -> None:
        if due.wan is None:
            self._add(key, -line.amount_wan, line.tier, counters=line, reason=due.reason or CORRECTED)
            return
        reason = f"补助更正为 {plain(due.wan)} 万元，冲回原下达的 {plain(line.amount_wan)} 万元"
        counter = self._add(key, -line.amount_wan, line.tier, counters=line, reason=reason)
        self._add(key, due.wan, due.tier, counters=counter, reason=f"补助更正为 {plain(due.wan)} 万元")

    def _add(self, key: Key, wan: Decimal, tier: str, *, counters: Subsidy | None, reason: str) -> Subsidy:
        organization, round = key
        line = Subsidy(
            tenant_id=self.campaign.tenant_id,
            campaign=self.campaign,
            organization_id=organization,
            round_id=round,
            kind=self.kind,
            tier=tier,
            amount_wan=wan,
            counters=counters,
            reason=reason[:200],
        )
        self.added.append(line)
        return line

    def write(self) -> int:
        Subsidy.objects.filter(pk__in=self.removed).delete()
        Subsidy.objects.bulk_update(self.changed, ["amount_wan", "tier", "reason"], batch_size=500)
        Subsidy.objects.bulk_create(self.added, batch_size=500)
        return len(self.added) + len(self.changed) + len(self.removed)


@transaction.atomic
def put_special_subsidies(*, campaign: Campaign, amounts: Mapping[Organization, Decimal], actor: User | None) -> int:
    """Write special subsidies (万元) to remote villages, one per organization; known ones are set to the new amount.

    One that was issued with another amount gets a counter line and a new line.
    """
    due: dict[Key, Due] = {(organization.pk, None): Due(wan) for organization, wan in amounts.items()}
    put_due(campaign=campaign, kind=SubsidyKind.SPECIAL, due=due, only=due)
    facts = {"organizations": len(amounts), "wan": sum(amounts.values())}
    record(actor=actor, verb="写入专项补助", target=campaign, new=facts)
    return len(amounts)


@transaction.atomic
def issue_subsidies(*, subsidies: Iterable[Subsidy], document_no: str, on: date, actor: User) -> Issued:
    """Mark these lines as issued with one document on one day; a counter line so marked has been taken back.

    Raises SubsidyRefused, and changes nothing, when one of them was issued before or the document is missing.
    """
    rows = list(
        Subsidy.objects.select_for_update(of=("self",))
        .filter(pk__in=[row.pk for row in subsidies])
        .select_related("organization", "campaign")
        .order_by("pk")
    )
    number = document_no.strip()
    _check_issue(rows, number, on)
    for row in rows:
        row.document_no, row.issued_on = number, on
    Subsidy.objects.bulk_update(rows, ["document_no", "issued_on"], batch_size=500)
    issued = Issued(len(rows), sum((row.amount_wan for row in rows), Decimal(0)))
    facts = {"document_no": number, "on": on, "lines": issued.lines, "wan": issued.wan}
    record(actor=actor, verb="下达补助", target=rows[0].campaign, new=facts)
    return issued


def _check_issue(rows: list[Subsidy], number: str, on: date) -> None:
    if not rows:
        raise SubsidyRefused("没有选择补助。请先在表中勾选要下达的。")
    if not number:
        raise SubsidyRefused("没有填写文号。请填写下达补助的文号。")
    if on > timezone.localdate():
        raise SubsidyRefused(f"下达日期 {on} 还没有到。请填写文件印发的日期。")
    done = next((row for row in rows if row.issued_on is not None), None)
    if done is not None:
        raise SubsidyRefused(f"{done.organization.name}的补助已由“{done.document_no}”下达，不能重复下达。请取消勾选。")
    if len({row.campaign_id for row in rows}) > 1:
        raise SubsidyRefused("一个文号只能下达同一项活动的补助。请按活动分别下达。")


def plain(wan: Decimal) -> str:
    """An amount without needless zeros."""
    text = f"{wan:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
