"""Whether an organization may be put forward for a tier of a round, line by line, before anything is filled in.

Responsible for saying yes, no or not known yet, with the reason and the clause. What was recorded of organizations lies
above this app: whoever keeps it registers a reader (``reads_cells``). Reads only.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from accounts.models import Organization
from schemes import Scheme
from schemes.blocks.conditions import Cell, Condition, cell_text

from .enums import NominationState, RoundState, TitleState
from .models import Nomination, Round, Title
from .nominating import why_not_nominate

Cells = Mapping[str, Cell]
CellReader = Callable[[Round, Sequence[Organization]], Mapping[UUID, Cells]]

_readers: list[CellReader] = []


def reads_cells(reader: CellReader) -> CellReader:
    """Register a reader of what is recorded of organizations for a round: only keys that are known now."""
    if reader not in _readers:
        _readers.append(reader)
    return reader


class Standing(StrEnum):
    OK = "ok"
    NO = "no"
    UNKNOWN = "unknown"


WORDS = {Standing.OK: "符合", Standing.NO: "不允许", Standing.UNKNOWN: "还不知道"}


@dataclass(frozen=True)
class Line:
    """One thing looked at: what, how it stands, why, and the clause it comes from; ``said`` for another word of it."""

    standing: Standing
    text: str
    why: str = ""
    clause: str = ""
    said: str = ""

    @property
    def word(self) -> str:
        return self.said or WORDS[self.standing]


@dataclass(frozen=True)
class Answer:
    lines: tuple[Line, ...]

    @property
    def allowed(self) -> bool:
        return not self.refusals

    @property
    def refusals(self) -> list[Line]:
        return [line for line in self.lines if line.standing == Standing.NO]

    @property
    def open(self) -> list[Line]:
        return [line for line in self.lines if line.standing == Standing.UNKNOWN]


@dataclass
class Grounds:
    """What the answers for some organizations of a round rest on; loaded together, a few queries for all of them."""

    round: Round
    titles: dict[UUID, list[Title]] = field(default_factory=dict)
    entries: dict[UUID, list[Nomination]] = field(default_factory=dict)
    cells: dict[UUID, dict[str, Cell]] = field(default_factory=dict)
    holders: int = 0
    entered: Counter[str] = field(default_factory=Counter)

    @cached_property
    def scheme(self) -> Scheme:
        return self.round.scheme_version.document

    @cached_property
    def shut(self) -> str:
        return why_not_nominate(self.round)

    def answer(
        self, organization: Organization, tier: str, *, own: Nomination | None = None, timely: bool = False
    ) -> Answer:
        """Every line for one organization and tier, in the order in which an office would ask.

        ``own``: the nomination itself, which does not stand against itself. ``timely``: it was handed in; the day is
        not asked for any more.
        """
        if tier not in self.scheme.tier_names:
            names = "、".join(self.scheme.tier_names)
            return Answer((Line(Standing.NO, "申报等次", f"办法没有等次“{tier}”，可申报：{names}。"),))
        entries = [each for each in self.entries.get(organization.pk, ()) if own is None or each.pk != own.pk]
        lines = [] if timely else [self._time()]
        lines += [self._in_use(organization), self._once(entries), *self._history(organization, tier)]
        lines += self._waiting(entries)
        lines += self._conditions(organization, tier)
        return Answer((*lines, *self._places(organization, tier)))

    # -- time, organization, earlier nominations

    def _time(self) -> Line:
        return Line(Standing.NO if self.shut else Standing.OK, "申报时间", self.shut or "现在可以申报")

    @staticmethod
    def _in_use(organization: Organization) -> Line:
        if organization.active:
            return Line(Standing.OK, "组织在用", organization.get_kind_display())
        return Line(Standing.NO, "组织在用", f"{organization.name}已撤销或停用，不能申报。")

    def _once(self, entries: Sequence[Nomination]) -> Line:
        for entry in entries:
            if entry.round_id == self.round.pk and entry.state != NominationState.WITHDRAWN:
                why = f"本轮已经申报“{entry.tier}”（{entry.get_state_display()}），一个组织一轮只申报一次。"
                return Line(Standing.NO, "本轮没有重复申报", why)
        return Line(Standing.OK, "本轮没有重复申报")

    # -- titles

    def _history(self, organization: Organization, tier: str) -> Iterable[Line]:
        clause = self.scheme.titles.clause
        titles = self.titles.get(organization.pk, [])
        held = [title for title in titles if title.state == TitleState.HELD]
        if not titles:
            yield Line(Standing.OK, "称号经历", "没有获过称号")
        for title in held:
            yield self._beside_title(title, tier, clause)
        for title in titles:
            if title.state == TitleState.REVOKED:
                yield Line(Standing.OK, "称号经历", f"“{title.tier}”已于 {title.ended_on} 摘牌，可以重新申报", clause)

    def _beside_title(self, title: Title, tier: str, clause: str) -> Line:
        since = f"{title.awarded_on} 获“{title.tier}”"
        names = self.scheme.tier_names
        if title.tier == tier:
            return Line(Standing.NO, "称号经历", f"{since}，现仍持有，不能重复申报“{tier}”。", clause)
        if any((p.from_tier, p.to_tier) == (title.tier, tier) for p in self.scheme.titles.promotions):
            return Line(Standing.OK, "称号经历", f"{since}，可以申报“{tier}”，创成后进阶", clause)
        if title.tier in names and names.index(title.tier) < names.index(tier):
            return Line(Standing.NO, "称号经历", f"{since}，高于“{tier}”，不能申报较低的等次。", clause)
        return Line(Standing.OK, "称号经历", f"{since}，办法没有限制申报“{tier}”", clause)

    def _waiting(self, entries: Sequence[Nomination]) -> Iterable[Line]:
        """Another round of the campaign that is not decided yet may still bring a title."""
        for entry in entries:
            decided = entry.round.state == RoundState.PUBLISHED or entry.state != NominationState.APPROVED
            if entry.round_id != self.round.pk and not decided:
                why = f"{entry.round.title}申报的“{entry.tier}”还没有公布结果"
                yield Line(Standing.UNKNOWN, "其他轮次的结果", why)

    # -- conditions of the scheme

    def _conditions(self, organization: Organization, tier: str) -> Iterable[Line]:
        scheme, round = self.scheme, self.round
        known: dict[str, Cell] = {**self.cells.get(organization.pk, {}), "tier": tier, "round": round.label}
        known.setdefault("kind", organization.get_kind_display())
        known.setdefault("township", organization.township_code)
        for condition in scheme.eligibility.conditions:
            yield condition_line(
                scheme, condition, known, f"参评条件：{said(scheme, condition)}", scheme.eligibility.clause
            )
        of_tier = next(each for each in scheme.tiers if each.name == tier)
        for condition in of_tier.requires:
            yield condition_line(scheme, condition, known, f"“{tier}”的前置条件：{said(scheme, condition)}", "")

    # -- places

    def _places(self, organization: Organization, tier: str) -> Iterable[Line]:
        cap = self.round.campaign.number_cap
        holds = any(title.state == TitleState.HELD for title in self.titles.get(organization.pk, ()))
        if cap is not None:
            full = self.holders >= cap and not holds
            why = f"活动名额上限 {cap} 个，已授予 {self.holders} 个"
            left = "，能否再授予由县里决定" if full else ""
            yield Line(Standing.UNKNOWN if full else Standing.OK, "活动名额", f"{why}{left}")
        limits = [limit.sentence(self.scheme) for limit in self.scheme.selection.limits]
        why = "；".join([f"本轮“{tier}”已申报 {self.entered[tier]} 家", *limits])
        yield Line(Standing.OK, "申报数", why, self.scheme.selection.clause if limits else "", "不限")


def said(scheme: Scheme, condition: Condition) -> str:
    return condition.sentence(scheme.name_of)


def condition_line(scheme: Scheme, condition: Condition, known: Cells, text: str, clause: str) -> Line:
    """A condition as far as what it looks at is known; the engine decides it when the round is computed."""
    holds = holds_so_far(condition, known)
    keys = list(dict.fromkeys(condition.keys()))
    values = "，".join(f"{scheme.name_of(key)} {cell_text(known[key]) or '没有数据'}" for key in keys if key in known)
    if holds is None:
        missing = [key for key in keys if key not in known]
        return Line(Standing.UNKNOWN, text, "；".join(_why_unknown(scheme, key) for key in missing), clause)
    return Line(Standing.OK if holds else Standing.NO, text, values or ("没有登记时算符合" if holds else ""), clause)


def _why_unknown(scheme: Scheme, key: str) -> str:
    name = scheme.name_of(key)
    if key in scheme.recorded or any(event.key == key for event in scheme.events):
        return f"“{name}”还没有登记"
    return f"“{name}”评分、计算以后才知道"


def holds_so_far(condition: Condition, known: Cells) -> bool | None:
    """True or False where what is known settles it; None while it could still be either."""
    parts = condition.all_of or condition.any_of
    if not parts:
        if (condition.of or "") in known:
            return condition.holds(known.get)
        return True if condition.if_missing or condition.known is False else None
    found = [holds_so_far(part, known) for part in parts]
    decisive = not condition.all_of  # one True settles "any", one False settles "all"
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def load_grounds(round: Round, organizations: Sequence[Organization]) -> Grounds:
    """Grounds for these organizations; ``round`` should come with its campaign, version and phases."""
    ids = [each.pk for each in organizations]
    grounds = Grounds(round)
    titles, entries = defaultdict(list), defaultdict(list)
    for title in Title.objects.filter(campaign=round.campaign_id, organization__in=ids).order_by("awarded_on"):
        titles[title.organization_id].append(title)
    rows = Nomination.objects.filter(round__campaign=round.campaign_id, organization__in=ids).select_related("round")
    for entry in rows:
        entries[entry.organization_id].append(entry)
    grounds.titles, grounds.entries = dict(titles), dict(entries)
    if round.campaign.number_cap is not None:
        held = Title.objects.filter(campaign=round.campaign_id, state=TitleState.HELD)
        grounds.holders = held.values("organization").distinct().count()
    counted = (NominationState.SUBMITTED, NominationState.APPROVED)
    grounds.entered.update(Nomination.objects.filter(round=round, state__in=counted).values_list("tier", flat=True))
    for reader in _readers:
        for owner, cells in reader(round, organizations).items():
            grounds.cells.setdefault(owner, {}).update(cells)
    return grounds
