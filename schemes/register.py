"""What follows from awards over the years: titles, promotions, delistings, bonus points and subsidies.

A pure function of the awards of all rounds, the re-inspections and the special subsidies; it knows nothing of
who holds the plaque today in a database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from .document import Scheme
from .exact import decimal_text


class TitleEventKind(StrEnum):
    AWARDED = "awarded"
    PROMOTED = "promoted"
    DELISTED = "delisted"


TITLE_EVENT_WORDS: dict[str, str] = {
    TitleEventKind.AWARDED: "授予",
    TitleEventKind.PROMOTED: "进阶",
    TitleEventKind.DELISTED: "摘牌警示",
}


@dataclass(frozen=True)
class Award:
    """An organization won a tier in a round. ``when`` orders awards and reviews in time (``2022-03-15``).

    ``year`` is the assessment year that the round counts for; empty means the calendar year of ``when``.
    """

    when: str
    round: str
    org_code: str
    tier: str
    township_code: str
    year: str = ""


@dataclass(frozen=True)
class Review:
    """The score of one re-inspection of a title holder; None when it could not be scored."""

    when: str
    label: str
    org_code: str
    score: Fraction | None


@dataclass(frozen=True)
class TitleEvent:
    """One line of a title's history; ``reason`` is a Chinese sentence naming the rule."""

    when: str
    kind: TitleEventKind
    org_code: str
    tier: str
    round: str
    reason: str
    clause: str


@dataclass(frozen=True)
class BonusLine:
    """Points of one award for the township in one year.

    A counter line takes the points of a revoked title back: negative, with ``taken_back_in`` (the re-inspection) and
    the reason; year and round are those of the award.
    """

    year: str
    township_code: str
    org_code: str
    tier: str
    round: str
    points: Fraction
    taken_back_in: str = ""
    reason: str = ""


@dataclass(frozen=True)
class SubsidyLine:
    org_code: str
    tier: str
    round: str
    wan: Fraction


@dataclass
class Register:
    """``holders``: tier held now by organization code; the rest in order of time.

    ``held_bonus``: the bonus lines of the titles that an organization holds, which end by promotion or delisting.
    """

    holders: dict[str, str] = field(default_factory=dict)
    events: list[TitleEvent] = field(default_factory=list)
    bonus: list[BonusLine] = field(default_factory=list)
    subsidies: list[SubsidyLine] = field(default_factory=list)
    held_bonus: dict[str, list[BonusLine]] = field(default_factory=dict)

    def organizations(self, kind: TitleEventKind) -> list[str]:
        """Codes of the organizations with an event of this kind, each once, sorted."""
        return sorted({event.org_code for event in self.events if event.kind == kind})

    def bonus_by_township(self, townships: Iterable[str], years: Iterable[str]) -> dict[str, dict[str, Fraction]]:
        """Points per year and township, zero where nothing was won."""
        table = {year: {code: Fraction(0) for code in townships} for year in years}
        for line in self.bonus:
            table[line.year][line.township_code] += line.points
        return table


def settle(scheme: Scheme, awards: Sequence[Award], reviews: Sequence[Review] = ()) -> Register:
    """Walk awards and reviews in order of time. An award of the same day counts before a review."""
    register = Register()
    steps: list[tuple[str, int, Award | Review]] = [(a.when, 0, a) for a in awards]
    steps += [(review.when, 1, review) for review in reviews]
    for _, _, step in sorted(steps, key=lambda s: (s[0], s[1], s[2].org_code)):
        if isinstance(step, Award):
            _award(scheme, register, step)
        else:
            _review(scheme, register, step)
    return register


def _award(scheme: Scheme, register: Register, award: Award) -> None:
    held = register.holders.get(award.org_code)
    promoted = any(p.from_tier == held and p.to_tier == award.tier for p in scheme.titles.promotions)
    kind = TitleEventKind.PROMOTED if promoted else TitleEventKind.AWARDED
    reason = f"由“{held}”进阶为“{award.tier}”" if promoted else f"创成“{award.tier}”"
    clause = scheme.titles.clause if promoted else scheme.selection.clause
    register.events.append(TitleEvent(award.when, kind, award.org_code, award.tier, award.round, reason, clause))
    if not _outranked(scheme, held, award.tier):
        register.holders[award.org_code] = award.tier
    if promoted:
        register.held_bonus.pop(award.org_code, None)
    if scheme.bonus and award.tier in scheme.bonus.points:
        points = scheme.bonus.points[award.tier]
        year = award.year or award.when[:4]
        line = BonusLine(year, award.township_code, award.org_code, award.tier, award.round, points)
        register.bonus.append(line)
        register.held_bonus.setdefault(award.org_code, []).append(line)
    if scheme.subsidy and award.tier in scheme.subsidy.wan:
        register.subsidies.append(SubsidyLine(award.org_code, award.tier, award.round, scheme.subsidy.wan[award.tier]))


def _outranked(scheme: Scheme, held: str | None, won: str) -> bool:
    """Whether the title held stands above the one won: tiers are listed highest first."""
    return held is not None and scheme.tier_names.index(held) < scheme.tier_names.index(won)


def _review(scheme: Scheme, register: Register, review: Review) -> None:
    rule, held = scheme.titles.reinspection, register.holders.get(review.org_code)
    if rule is None or held is None or review.score is None or review.score >= rule.revoke_below:
        return
    del register.holders[review.org_code]
    reason = f"复评 {decimal_text(review.score, 2)} 分，低于 {decimal_text(rule.revoke_below)} 分，摘牌警示"
    event = TitleEvent(review.when, TitleEventKind.DELISTED, review.org_code, held, review.label, reason, rule.clause)
    register.events.append(event)
    lines = register.held_bonus.pop(review.org_code, [])
    if scheme.bonus and scheme.bonus.if_revoked == "take_back":
        register.bonus += [_taken_back(line, review.label, reason) for line in lines]


def _taken_back(line: BonusLine, review: str, reason: str) -> BonusLine:
    """The counter line in the year that the points counted for."""
    return replace(line, points=-line.points, taken_back_in=review, reason=f"{reason}，收回加分")
