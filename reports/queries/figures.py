"""What the pages of figures share: the campaign shown, its tiers and targets, its published rounds.

Only published creation rounds count. Targets, thresholds and limits come from the scheme version a round pinned;
nothing here knows a county. Leaves alone: what each page makes of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.access import Permission, get_permitted
from accounts.models import Membership
from campaigns.enums import CampaignKind, RoundKind
from campaigns.models import Campaign, Round, SchemeVersion
from campaigns.queries import visible_campaigns
from schemes import Scheme, read_scheme
from schemes.exact import decimal_text
from schemes.rules.limits import EliminationRate
from scoring.enums import ComputationState
from scoring.models import Computation, Result
from scoring.queries import published_results


@dataclass(frozen=True)
class TierFacts:
    """One award tier as figures need it. ``position`` is 1 for the highest."""

    name: str
    position: int
    target: int | None
    threshold: Fraction | None


@dataclass(frozen=True)
class GroupFigures:
    """One tier of one published round. ``floor`` is the elimination rate its scheme demands, if any."""

    tier: str
    participants: int
    awarded: int
    floor: Fraction | None

    @property
    def elimination_rate(self) -> Fraction | None:
        """Share of the participants without an award; None where nobody took part."""
        return Fraction(self.participants - self.awarded, self.participants) if self.participants else None


@dataclass(frozen=True)
class RoundFigures:
    round: Round
    published_at: datetime | None
    groups: tuple[GroupFigures, ...]

    def group(self, tier: str) -> GroupFigures | None:
        return next((group for group in self.groups if group.tier == tier), None)


@dataclass(frozen=True)
class Frame:
    """A campaign with what is published of it, rounds in their order, years ascending."""

    campaign: Campaign
    scheme: Scheme | None
    tiers: tuple[TierFacts, ...]
    rounds: tuple[RoundFigures, ...]

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({each.round.year for each in self.rounds}))

    @property
    def positions(self) -> dict[str, int]:
        """Place of each tier by its name, 1 for the highest."""
        return {tier.name: tier.position for tier in self.tiers}

    @property
    def as_of(self) -> datetime | None:
        """When the newest of these figures was published (统计截至)."""
        return max((each.published_at for each in self.rounds if each.published_at), default=None)

    @property
    def has_bonus(self) -> bool:
        return self.scheme is not None and self.scheme.bonus is not None

    @property
    def bonus_words(self) -> str:
        """标杆 1 分、进位 0.3 分."""
        if self.scheme is None or self.scheme.bonus is None:
            return ""
        return "、".join(f"{tier} {decimal_text(points)} 分" for tier, points in self.scheme.bonus.points.items())

    def year_or_latest(self, asked: str) -> int | None:
        """The year asked for when something was published in it, else the latest such year."""
        years = self.years
        if asked.isdecimal() and int(asked) in years:
            return int(asked)
        return years[-1] if years else None


def campaign_choices(membership: Membership) -> QuerySet[Campaign]:
    """Campaigns the person may see; creation campaigns with something published first, then the newest."""
    published = Computation.objects.filter(
        round__campaign=OuterRef("pk"),
        round__campaign__kind=CampaignKind.CREATION,
        round__kind=RoundKind.CREATION,
        state=ComputationState.PUBLISHED,
    )
    rows = visible_campaigns(membership).annotate(has_published=Exists(published))
    return rows.order_by("-has_published", "-starts_on", "name")


def chosen_campaign(
    membership: Membership, permission: Permission, asked: str
) -> tuple[Campaign | None, list[Campaign]]:
    """The campaign of a page and all that may be chosen. An id that is not among them is a missing page."""
    campaigns = list(campaign_choices(membership))
    if asked:
        chosen = get_permitted(membership, permission, visible_campaigns(membership), pk=asked)
        return chosen, campaigns
    return (campaigns[0] if campaigns else None), campaigns


def results_of(campaign: Campaign) -> QuerySet[Result]:
    """Published results of the campaign's creation rounds."""
    return published_results(RoundKind.CREATION).filter(computation__round__campaign=campaign)


def frame_of(campaign: Campaign) -> Frame:
    """Read what is published of a campaign: two queries, three while nothing is."""
    rows = Computation.objects.filter(
        round__campaign=campaign, round__kind=RoundKind.CREATION, state=ComputationState.PUBLISHED
    )
    computations = list(rows.select_related("round").order_by("round__sequence"))
    documents = documents_of({computation.scheme_version_id for computation in computations})
    rounds = tuple(_round_figures(each, documents[each.scheme_version_id]) for each in computations)
    scheme = documents[computations[-1].scheme_version_id] if computations else _planned_scheme(campaign)
    named = [group.tier for each in rounds for group in each.groups]
    return Frame(campaign, scheme, _tiers(scheme, named), rounds)


def documents_of(versions: Iterable[UUID]) -> dict[UUID, Scheme]:
    """The documents of scheme versions by their id: one query; each text is read once per process."""
    rows = SchemeVersion.objects.filter(pk__in=versions).values_list("pk", "text")
    return {pk: _document(text) for pk, text in rows}


@lru_cache(maxsize=64)
def _document(text: str) -> Scheme:
    """A published text never changes, so neither does what it means."""
    return read_scheme(text)


def _planned_scheme(campaign: Campaign) -> Scheme | None:
    rows = Round.objects.filter(campaign=campaign).order_by("-sequence")
    text = rows.values_list("scheme_version__text", flat=True).first()
    return _document(text) if text else None


def _round_figures(computation: Computation, scheme: Scheme) -> RoundFigures:
    floor = elimination_floor(scheme)
    groups = tuple(GroupFigures(g["tier"], g["participants"], g["awarded"], floor) for g in computation.groups)
    return RoundFigures(computation.round, computation.published_at, groups)


def elimination_floor(scheme: Scheme) -> Fraction | None:
    """The strictest elimination rate that the scheme demands; None when it demands none."""
    minimums = [limit.minimum for limit in scheme.selection.limits if isinstance(limit, EliminationRate)]
    return max(minimums, default=None)


def _tiers(scheme: Scheme | None, named: list[str]) -> tuple[TierFacts, ...]:
    """The tiers of the newest scheme, highest first; then those only an earlier version knew."""
    known = list(scheme.tiers) if scheme else []
    facts = [TierFacts(tier.name, i, tier.target, tier.threshold) for i, tier in enumerate(known, start=1)]
    names = {tier.name for tier in known}
    earlier = [name for name in dict.fromkeys(named) if name not in names]
    return (*facts, *(TierFacts(name, len(facts) + i, None, None) for i, name in enumerate(earlier, start=1)))


def points_text(points: Decimal) -> str:
    """Points as people write them: at least one decimal, more only when there are more (4.0, 2.6, 0.25)."""
    whole = points.normalize()
    exponent = whole.as_tuple().exponent
    places = max(1, -exponent if isinstance(exponent, int) else 1)
    return f"{points:.{places}f}".replace("-", "−")


def plain_text(number: Decimal) -> str:
    """An amount without needless zeros: 99.7, 330."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
