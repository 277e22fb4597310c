"""Reads for awarding and money: a round's titles with their plaques, and the ledger of subsidies in 万元.

A line of the ledger is to be issued, issued, countered (its counter line stands beside it), to be taken back, or taken
back. Sums are exact; what is missing is not zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.enums import Role
from accounts.models import Membership
from campaigns.enums import RoundKind, SubsidyKind, TitleEventKind, TitleState
from campaigns.models import Campaign, Round, Subsidy, Title, TitleEvent
from campaigns.queries import visible_campaigns, visible_rounds, visible_titles

#: What the address calls a line's state: its words and its light.
STATES: dict[str, tuple[str, str]] = {
    "planned": ("待下达", "run"),
    "issued": ("已下达", "ok"),
    "countered": ("已冲回", "idle"),
    "due_back": ("待收回", "warn"),
    "back": ("已收回", "idle"),
}
SPECIAL_YEAR = "special"
#: How titles end against the holder's wish; what a circular on delisting lists.
DELISTINGS = (TitleEventKind.DELISTED, TitleEventKind.REVOKED)


# --- a round's titles ------------------------------------------------------------------------------


@dataclass(frozen=True)
class AwardedRound:
    """A published round with how far its awarding has come. Money of its lines in 万元."""

    round: Round
    held: int
    numbered: int
    planned: Decimal
    issued: Decimal


def awarded_rounds(membership: Membership, campaign: Campaign) -> list[AwardedRound]:
    """Published creation rounds of a campaign, the newest first: three queries."""
    rows = visible_rounds(membership).filter(campaign=campaign, kind=RoundKind.CREATION, published_at__isnull=False)
    held = Q(titles__state=TitleState.HELD)
    rows = rows.annotate(
        held=Count("titles", filter=held), numbered=Count("titles", filter=held & ~Q(titles__plaque_no=""))
    )
    money: dict[UUID | None, list[Subsidy]] = {}
    for line in Subsidy.objects.filter(round__in=rows.order_by().values("pk")):
        money.setdefault(line.round_id, []).append(line)
    return [
        AwardedRound(
            round=row,
            held=row.held,
            numbered=row.numbered,
            planned=total(line for line in money.get(row.pk, []) if line.issued_on is None),
            issued=total(line for line in money.get(row.pk, []) if line.issued_on is not None),
        )
        for row in rows.order_by("-onsite_date", "-sequence")
    ]


def round_titles(membership: Membership, round: Round) -> list[Title]:
    """Every title of a round, in the order of its tiers, then of the organizations' codes."""
    order = {name: place for place, name in enumerate(round.scheme_version.document.tier_names)}
    rows = visible_titles(membership).filter(round=round).select_related("organization", "township", "round")
    return sorted(rows, key=lambda title: (order.get(title.tier, len(order)), title.organization.path))


def delistings(membership: Membership, campaign: Campaign, since: date, until: date) -> list[TitleEvent]:
    rows = TitleEvent.objects.filter(campaign=campaign, kind__in=DELISTINGS, on__range=(since, until))
    rows = rows.filter(campaign__in=visible_campaigns(membership)).select_related("organization", "round")
    return list(rows.order_by("on", "organization__path"))


# --- the ledger ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyFilter:
    """What the person narrowed the ledger to; empty means everything. ``year`` may be the special subsidies."""

    campaign: str = ""
    year: str = ""
    township: str = ""
    state: str = ""
    document: str = ""

    @property
    def any(self) -> bool:
        return any((self.year, self.township, self.state, self.document))


@dataclass
class Sums:
    """Money of one township, or of all, by what became of it. ``net`` is what the organizations keep."""

    name: str = ""
    lines: int = 0
    by_state: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(STATES, Decimal(0)))

    def add(self, state: str, wan: Decimal) -> None:
        self.lines += 1
        self.by_state[state] += wan

    @property
    def planned(self) -> Decimal:
        return self.by_state["planned"]

    @property
    def issued(self) -> Decimal:
        """Issued at any time, whether countered since or not."""
        return self.by_state["issued"] + self.by_state["countered"]

    @property
    def taken(self) -> Decimal:
        """To be taken back or taken back, as a negative number."""
        return self.by_state["due_back"] + self.by_state["back"]

    @property
    def net(self) -> Decimal:
        return sum(self.by_state.values(), Decimal(0))


def ledger(membership: Membership, wanted: MoneyFilter, *, leave_out: str = "") -> QuerySet[Subsidy]:
    """Lines that the person may see and that meet the filter; a township's own people see its own."""
    rows = Subsidy.objects.filter(campaign__in=visible_campaigns(membership)).annotate(
        countered=Exists(Subsidy.objects.filter(counters=OuterRef("pk")))
    )
    if membership.role == Role.TOWNSHIP_SECRETARY:
        own = membership.organization
        rows = rows.filter(organization__path__startswith=f"{own.path}/") if own else rows.none()
    if wanted.campaign:
        rows = rows.filter(campaign_id=wanted.campaign)
    if wanted.year == SPECIAL_YEAR:
        rows = rows.filter(kind=SubsidyKind.SPECIAL)
    elif wanted.year.isdecimal():
        rows = rows.filter(round__year=int(wanted.year))
    if wanted.township:
        rows = rows.filter(organization__path__contains=f"/{wanted.township}/")
    if wanted.document:
        rows = rows.filter(document_no=wanted.document)
    if wanted.state in STATES and leave_out != "state":
        rows = rows.filter(in_state(wanted.state))
    rows = rows.select_related("organization__parent", "round", "counters")
    return rows.order_by("kind", "-round__sequence", "tier", "organization__path", "-amount_wan", "pk")


def in_state(state: str) -> Q:
    back, out = Q(amount_wan__lt=0), Q(issued_on__isnull=False)
    return {
        "planned": ~back & ~out,
        "issued": ~back & out & Q(countered=False),
        "countered": ~back & out & Q(countered=True),
        "due_back": back & ~out,
        "back": back & out,
    }[state]


def state_of(row: Any) -> str:
    """The state of a line of :func:`ledger`."""
    if row.amount_wan < 0:
        return "due_back" if row.issued_on is None else "back"
    if row.issued_on is None:
        return "planned"
    return "countered" if row.countered else "issued"


def sums(rows: Iterable[Any], townships: dict[str, str]) -> tuple[Sums, list[Sums]]:
    """The sums of these lines, and by township in the order given (code to name); others last as 县直单位."""
    every, parts = Sums(), {code: Sums(name) for code, name in townships.items()}
    direct = Sums("县直单位")
    for row in rows:
        state = state_of(row)
        for part in (every, parts.get(row.organization.township_code, direct)):
            part.add(state, row.amount_wan)
    return every, [part for part in (*parts.values(), direct) if part.lines]


def documents(membership: Membership, campaign: Campaign) -> list[str]:
    """Document numbers that issued something, the newest first."""
    rows = ledger(membership, MoneyFilter(campaign=str(campaign.pk))).exclude(document_no="")
    pairs = rows.order_by("-issued_on", "document_no").values_list("document_no", flat=True)
    return list(dict.fromkeys(pairs))


def total(rows: Iterable[Subsidy]) -> Decimal:
    return sum((row.amount_wan for row in rows), Decimal(0))
