"""What follows from awards over the years: titles, promotions, delistings, expiry, bonus points and subsidies.

A pure function of the awards of all rounds, the re-inspections and what a county decided about single titles beside its
rules; it knows nothing of who holds the plaque today in a database, and of today only what it is told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from heapq import heappop, heappush
from itertools import count

from .document import Scheme
from .exact import decimal_text


class TitleEventKind(StrEnum):
    AWARDED = "awarded"
    PROMOTED = "promoted"
    DELISTED = "delisted"
    EXCEPTIONAL = "exceptional"
    WARNED = "warned"
    RESTORED = "restored"
    REVOKED = "revoked"
    EXPIRED = "expired"


class ActKind(StrEnum):
    """What a county decides beside its rules, in the order in which acts of one day count."""

    EXCEPTIONAL = "exceptional"
    WARN = "warn"
    RESTORE = "restore"
    REVOKE = "revoke"
    EXPIRE = "expire"


class Standing(StrEnum):
    HELD = "held"
    PROMOTED = "promoted"
    REVOKED = "revoked"
    EXPIRED = "expired"


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
class Act:
    """A decision about the title that ``org_code`` won in ``round``; an exceptional award gives one with that round.

    ``township_code`` and ``year`` say whom an exceptional award's points go to, as with an award.
    """

    when: str
    kind: ActKind
    org_code: str
    tier: str
    round: str
    reason: str
    document_no: str
    township_code: str = ""
    year: str = ""


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
    document_no: str = ""


@dataclass
class TitleLine:
    """What one organization won in one round and what became of it. ``valid_until`` is the last day it holds."""

    org_code: str
    tier: str
    round: str
    awarded_on: str
    standing: Standing = Standing.HELD
    ended_on: str = ""
    valid_until: str = ""
    warned_on: str = ""


@dataclass(frozen=True)
class BonusLine:
    """Points of one award for the township in one year.

    A counter line takes the points of a revoked title back: negative, with ``taken_back_in`` (the re-inspection, or the
    round whose title a decision revoked) and the reason; year and round are those of the award.
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
    """Money of one award, in 万元. A counter line, negative and with a ``reason``, says that it is no longer due."""

    org_code: str
    tier: str
    round: str
    wan: Fraction
    reason: str = ""


@dataclass
class Register:
    """Everything in order of time. ``idle``: decisions that found no title they could concern, so nothing is lost."""

    titles: list[TitleLine] = field(default_factory=list)
    events: list[TitleEvent] = field(default_factory=list)
    bonus: list[BonusLine] = field(default_factory=list)
    subsidies: list[SubsidyLine] = field(default_factory=list)
    idle: list[Act] = field(default_factory=list)
    holders: dict[str, str] = field(default_factory=dict)

    def organizations(self, kind: TitleEventKind) -> list[str]:
        """Codes of the organizations with an event of this kind, each once, sorted."""
        return sorted({event.org_code for event in self.events if event.kind == kind})

    def bonus_by_township(self, townships: Iterable[str], years: Iterable[str]) -> dict[str, dict[str, Fraction]]:
        """Points per year and township, zero where nothing was won."""
        table = {year: {code: Fraction(0) for code in townships} for year in years}
        for line in self.bonus:
            table[line.year][line.township_code] += line.points
        return table


def settle(
    scheme: Scheme, awards: Sequence[Award], reviews: Sequence[Review] = (), acts: Sequence[Act] = (), until: str = ""
) -> Register:
    """Walk awards, reviews and acts in order of time; of one day awards come first, then reviews, then acts.

    ``until`` is the day on which the register is read: titles whose validity ended before it have expired. Left out,
    it is the day of the last step.
    """
    walk = _Walk(scheme, {(award.org_code, award.round) for award in awards})
    steps: list[tuple[tuple[str, int, str, str, str], Award | Review | Act]] = [
        *(((each.when, 0, each.org_code, each.round, each.tier), each) for each in awards),
        *(((each.when, 1, each.org_code, each.label, ""), each) for each in reviews),
        *(((each.when, 2, each.org_code, f"{_ACTS.index(each.kind)}", each.round), each) for each in acts),
    ]
    for (when, *_), step in sorted(steps, key=lambda pair: pair[0]):
        walk.lapse(before=when)
        if isinstance(step, Award):
            walk.award(step)
        elif isinstance(step, Review):
            walk.review(step)
        else:
            walk.act(step)
    walk.lapse(before=until)
    return walk.done()


_ACTS = list(ActKind)


class _Walk:
    """The register as it stands after the steps so far. ``won``: whom published rounds award what, at any time."""

    def __init__(self, scheme: Scheme, won: set[tuple[str, str]]) -> None:
        self.scheme, self.won = scheme, won
        self.register = Register()
        self.held: dict[str, list[TitleLine]] = {}
        self.lapses: list[tuple[str, str, str, int, TitleLine]] = []
        self.number = count()

    def done(self) -> Register:
        self.register.holders = {org: tier for org in self.held if (tier := self._holds(org))}
        return self.register

    # -- what happens

    def award(self, award: Award) -> None:
        held = self._holds(award.org_code)
        promoted = self._promotes(held, award.tier)
        kind = TitleEventKind.PROMOTED if promoted else TitleEventKind.AWARDED
        reason = f"由“{held}”进阶为“{award.tier}”" if promoted else f"创成“{award.tier}”"
        clause = self.scheme.titles.clause if promoted else self.scheme.selection.clause
        self._note(award.when, kind, award.org_code, award.tier, award.round, reason, clause)
        self._win(award)
        self._benefit(award)

    def review(self, review: Review) -> None:
        rule, own = self.scheme.titles.reinspection, list(self.held.get(review.org_code, ()))
        if rule is None or not own or review.score is None:
            return
        if review.score >= rule.revoke_below:
            for line in own:
                self._prolong(line, review.when)
            return
        tier = self._holds(review.org_code)
        reason = f"复评 {decimal_text(review.score, 2)} 分，低于 {decimal_text(rule.revoke_below)} 分，摘牌警示"
        kind = TitleEventKind.DELISTED
        self._note(review.when, kind, review.org_code, tier, review.label, reason, rule.clause)
        for line in own:
            self._revoke(line, review.when, review.label, reason)

    def act(self, act: Act) -> None:
        """Do what was decided, or put it with the idle ones when there is no title it could concern (any more)."""
        if act.kind is ActKind.EXCEPTIONAL:
            done = self._exceptional(act)
        else:
            line = next((each for each in self.held.get(act.org_code, ()) if each.round == act.round), None)
            done = line is not None and self._decide(act, line)
        if not done:
            self.register.idle.append(act)

    def lapse(self, *, before: str) -> None:
        """End every title whose last day lies before this one."""
        while self.lapses and self.lapses[0][0] < before:
            last_day, org, *_, line = heappop(self.lapses)
            if line.standing is Standing.HELD and line.valid_until == last_day:
                reason = f"有效期 {self.scheme.titles.valid_years} 年届满，没有复评或再次创成"
                kind, clause = TitleEventKind.EXPIRED, self.scheme.titles.clause
                self._note(last_day, kind, org, line.tier, line.round, reason, clause)
                self._end(line, Standing.EXPIRED, last_day)

    # -- acts

    def _exceptional(self, act: Act) -> bool:
        known = any(line.round == act.round for line in self.register.titles if line.org_code == act.org_code)
        if known or (act.org_code, act.round) in self.won:
            return False
        award = Award(act.when, act.round, act.org_code, act.tier, act.township_code, act.year)
        self._note_act(act, TitleEventKind.EXCEPTIONAL)
        self._win(award)
        if self.scheme.titles.exceptional == "like_an_award":
            self._benefit(award)
        return True

    def _decide(self, act: Act, line: TitleLine) -> bool:
        if act.kind is ActKind.WARN and line.warned_on != act.when:
            line.warned_on = act.when
            self._note_act(act, TitleEventKind.WARNED)
        elif act.kind is ActKind.RESTORE and line.warned_on:
            line.warned_on = ""
            self._note_act(act, TitleEventKind.RESTORED)
        elif act.kind is ActKind.REVOKE:
            self._note_act(act, TitleEventKind.REVOKED)
            self._revoke(line, act.when, act.round, act.reason)
        elif act.kind is ActKind.EXPIRE:
            self._note_act(act, TitleEventKind.EXPIRED)
            self._end(line, Standing.EXPIRED, act.when)
        else:
            return False
        return True

    def _note_act(self, act: Act, kind: TitleEventKind) -> None:
        self._note(act.when, kind, act.org_code, act.tier, act.round, act.reason, "", act.document_no)

    def _note(
        self,
        when: str,
        kind: TitleEventKind,
        org: str,
        tier: str,
        round: str,
        reason: str,
        clause: str,
        number: str = "",
    ) -> None:
        self.register.events.append(TitleEvent(when, kind, org, tier, round, reason, clause, number))

    # -- titles

    def _holds(self, org: str) -> str:
        """The highest tier that the organization holds; empty when it holds nothing."""
        return min((line.tier for line in self.held.get(org, ())), key=self._place, default="")

    def _place(self, tier: str) -> int:
        """Tiers are listed highest first; one that only an earlier version knew stands last."""
        names = self.scheme.tier_names
        return names.index(tier) if tier in names else len(names)

    def _promotes(self, held: str, won: str) -> bool:
        return any(rule.from_tier == held and rule.to_tier == won for rule in self.scheme.titles.promotions)

    def _win(self, award: Award) -> None:
        """A title more. It promotes what was held, or begins the validity of equal and lower titles anew."""
        own = list(self.held.get(award.org_code, ()))
        if self._promotes(self._holds(award.org_code), award.tier):
            for line in own:
                self._end(line, Standing.PROMOTED, award.when)
        line = TitleLine(award.org_code, award.tier, award.round, award.when)
        self.register.titles.append(line)
        self.held.setdefault(award.org_code, []).append(line)
        for each in self.held[award.org_code]:
            if self._place(each.tier) >= self._place(award.tier):
                self._prolong(each, award.when)

    def _prolong(self, line: TitleLine, since: str) -> None:
        if years := self.scheme.titles.valid_years:
            line.valid_until = years_after(since, years)
            heappush(self.lapses, (line.valid_until, line.org_code, line.round, next(self.number), line))

    def _end(self, line: TitleLine, standing: Standing, when: str) -> None:
        line.standing, line.ended_on = standing, when
        own = self.held[line.org_code]
        own[:] = [each for each in own if each is not line]

    def _revoke(self, line: TitleLine, when: str, label: str, reason: str) -> None:
        self._end(line, Standing.REVOKED, when)
        mine = (line.org_code, line.round)
        if self.scheme.bonus and self.scheme.bonus.if_revoked == "take_back":
            given = [each for each in self.register.bonus if (each.org_code, each.round) == mine]
            self.register.bonus += [_taken_back(each, label, reason) for each in given]
        if self.scheme.subsidy and self.scheme.subsidy.if_revoked == "take_back":
            due = [each for each in self.register.subsidies if (each.org_code, each.round) == mine]
            self.register.subsidies += [replace(each, wan=-each.wan, reason=f"{reason}，收回补助") for each in due]

    # -- what a title brings

    def _benefit(self, award: Award) -> None:
        bonus, subsidy = self.scheme.bonus, self.scheme.subsidy
        if bonus and award.tier in bonus.points:
            year, points = award.year or award.when[:4], bonus.points[award.tier]
            line = BonusLine(year, award.township_code, award.org_code, award.tier, award.round, points)
            self.register.bonus.append(line)
        if subsidy and award.tier in subsidy.wan:
            self.register.subsidies.append(
                SubsidyLine(award.org_code, award.tier, award.round, subsidy.wan[award.tier])
            )


def _taken_back(line: BonusLine, label: str, reason: str) -> BonusLine:
    """The counter line in the year that the points counted for."""
    return replace(line, points=-line.points, taken_back_in=label, reason=f"{reason}，收回加分")


def years_after(day: str, years: int) -> str:
    """The same day some years on; the 28th of February for the 29th where there is none."""
    start = date.fromisoformat(day)
    year = min(start.year + years, date.max.year)
    leap = (start.month, start.day) == (2, 29) and not (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return start.replace(year=year, day=28 if leap else start.day).isoformat()
