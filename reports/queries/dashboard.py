"""The figures of the overview: measures against targets, elimination by round, distribution of scores.

Everything is counted from what is published; shares are exact fractions until they are written. Sums are made by the
database over scaled integers.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, Count, ExpressionWrapper, F, IntegerField, Q, Sum, Value, When

from campaigns.enums import SubsidyKind, TitleEventKind, TitleState
from campaigns.models import Campaign, Subsidy, Title, TitleEvent
from scoring.enums import Verdict

from .figures import Frame, GroupFigures, RoundFigures, TierFacts, results_of

#: Full marks are cut into this many classes: 2.5 points each where they are 100.
CLASSES = 40


@dataclass(frozen=True)
class Lowest:
    """The lowest elimination rate of any tier of any round, and whether every group kept its floor."""

    rate: Fraction
    round: RoundFigures
    group: GroupFigures
    kept: bool


@dataclass(frozen=True)
class Headline:
    """``awarded`` per tier in the order of the tiers. Money in 万元, what was taken back subtracted.

    ``delisted``: organizations that lost a title by re-inspection or decision, of which ``revoked`` by decision;
    ``warned``: those that hold a title under a warning now.
    """

    organizations: int
    entries: int
    awarded: tuple[int, ...]
    lowest: Lowest | None
    promoted: int
    delisted: int
    subsidy: Decimal
    special: Decimal
    special_organizations: int
    revoked: int = 0
    expired: int = 0
    exceptional: int = 0
    warned: int = 0


@dataclass(frozen=True)
class ScoreClass:
    """Entries with a score of at least ``low`` and less than ``high`` (full marks belong to the last class)."""

    low: Fraction
    high: Fraction
    awarded: int
    others: int


@dataclass(frozen=True)
class Distribution:
    tier: TierFacts
    classes: tuple[ScoreClass, ...]
    entries: int
    awarded: int
    unscored: int


def class_width(frame: Frame) -> Fraction:
    """Points in one class of scores."""
    return (frame.scheme.full_marks if frame.scheme else Fraction(100)) / CLASSES


def headline(frame: Frame) -> Headline:
    """The measures of a campaign: three queries besides the frame."""
    took_part = results_of(frame.campaign).aggregate(n=Count("pk"), organizations=Count("organization", distinct=True))
    kinds = _events(frame.campaign)
    money = _money(frame.campaign)
    return Headline(
        organizations=took_part["organizations"],
        entries=took_part["n"],
        awarded=tuple(_awarded(frame, tier.name) for tier in frame.tiers),
        lowest=lowest_elimination(frame),
        promoted=len(kinds[TitleEventKind.PROMOTED]),
        delisted=len(kinds[TitleEventKind.DELISTED] | kinds[TitleEventKind.REVOKED]),
        revoked=len(kinds[TitleEventKind.REVOKED]),
        expired=len(kinds[TitleEventKind.EXPIRED]),
        exceptional=len(kinds[TitleEventKind.EXCEPTIONAL]),
        warned=_under_warning(frame.campaign) if kinds[TitleEventKind.WARNED] else 0,
        **money,
    )


def _awarded(frame: Frame, tier: str) -> int:
    return sum(group.awarded for each in frame.rounds for group in each.groups if group.tier == tier)


def _events(campaign: Campaign) -> dict[str, set[UUID]]:
    """Organizations by what happened to their titles; awards by the rules are counted from the results instead."""
    found: dict[str, set[UUID]] = defaultdict(set)
    rows = TitleEvent.objects.filter(campaign=campaign).exclude(kind=TitleEventKind.AWARDED).order_by()
    for kind, organization in rows.values_list("kind", "organization_id"):
        found[kind].add(organization)
    return found


def _under_warning(campaign: Campaign) -> int:
    """Organizations; asked only where there was a warning at all."""
    rows = Title.objects.filter(campaign=campaign, state=TitleState.HELD, warned_on__isnull=False)
    return rows.order_by().values("organization").distinct().count()


def _money(campaign: Campaign) -> dict[str, Any]:
    special = Q(kind=SubsidyKind.SPECIAL)
    sums = Subsidy.objects.filter(campaign=campaign).aggregate(
        subsidy=Sum("amount_wan", filter=Q(kind=SubsidyKind.AWARD)),
        special=Sum("amount_wan", filter=special),
    )
    kept = Subsidy.objects.filter(special, campaign=campaign).order_by().values("organization")
    sums["special_organizations"] = kept.annotate(sum=Sum("amount_wan")).filter(sum__gt=0).count()
    return {**sums, "subsidy": sums["subsidy"] or Decimal(0), "special": sums["special"] or Decimal(0)}


def lowest_elimination(frame: Frame) -> Lowest | None:
    """The group nearest to its floor or below; None while nobody took part in anything published."""
    groups = [(each, group) for each in frame.rounds for group in each.groups if group.participants]
    if not groups:
        return None
    kept = all(group.floor is None or _rate(group) >= group.floor for _, group in groups)
    each, group = min(groups, key=lambda pair: _rate(pair[1]))
    return Lowest(_rate(group), each, group, kept)


def _rate(group: GroupFigures) -> Fraction:
    return Fraction(group.participants - group.awarded, group.participants)


def distributions(frame: Frame) -> list[Distribution]:
    """Scores of each tier in classes, awarded and not: one query, as many rows as there are classes."""
    full = class_width(frame) * CLASSES
    counted = _class_counts(frame, full)
    numbers = [number for _, number, _ in counted if number is not None]
    span = range(min(numbers), max(numbers) + 1) if numbers else range(0)
    return [_distribution(tier, counted, span, full) for tier in frame.tiers]


def _class_counts(frame: Frame, full: Fraction) -> dict[tuple[str, int | None, bool], int]:
    """Number of entries by tier, class (None: no score) and whether awarded."""
    units, whole = F("score_units") * (CLASSES * full.denominator), F("score_unit") * full.numerator
    number = ExpressionWrapper(units / whole, output_field=BigIntegerField())
    last = Case(When(number__gte=CLASSES, then=Value(CLASSES - 1)), default=F("number"), output_field=IntegerField())
    won = Case(When(verdict=Verdict.AWARDED, then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = results_of(frame.campaign).annotate(number=number).annotate(klass=last, won=won)
    counted = rows.order_by().values_list("tier", "klass", "won").annotate(n=Count("pk"))
    return {(tier, klass, bool(flag)): n for tier, klass, flag, n in counted}


def _distribution(
    tier: TierFacts, counted: dict[tuple[str, int | None, bool], int], span: range, full: Fraction
) -> Distribution:
    step = full / CLASSES
    classes = tuple(
        ScoreClass(
            low=number * step,
            high=(number + 1) * step,
            awarded=counted.get((tier.name, number, True), 0),
            others=counted.get((tier.name, number, False), 0),
        )
        for number in span
    )
    mine = {key: n for key, n in counted.items() if key[0] == tier.name}
    return Distribution(
        tier=tier,
        classes=classes,
        entries=sum(mine.values()),
        awarded=sum(n for (_, _, won), n in mine.items() if won),
        unscored=sum(n for (_, number, _), n in mine.items() if number is None),
    )
