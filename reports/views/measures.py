"""The strip of measures on the overview and the hall screen: figures with their targets, words and links."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urlencode

from django.urls import reverse

from campaigns.enums import TitleState
from schemes.exact import decimal_text, percent_text

from ..queries.dashboard import Headline
from ..queries.figures import Frame, TierFacts, plain_text


@dataclass(frozen=True)
class Measure:
    """``tier`` marks the label (0: none); ``state`` and ``words`` are a light; ``url`` shows what counts."""

    label: str
    value: str
    unit: str = "家"
    tier: int = 0
    target: int | None = None
    state: str = ""
    words: str = ""
    note: str = ""
    url: str = ""

    @property
    def kind(self) -> str:
        """Class of the drawing's colour."""
        return f"t{self.tier}" if self.tier <= 3 else "c6"


def measures(frame: Frame, figures: Headline) -> list[Measure]:
    return [
        *(_tier(frame, tier, awarded) for tier, awarded in zip(frame.tiers, figures.awarded, strict=True)),
        Measure("参与创建", str(figures.organizations), "个组织", note=f"参评 {figures.entries} 次"),
        *_lowest(figures),
        *_promoted(frame, figures),
        *_delisted(frame, figures),
        *_decided(frame, figures),
        *_money(frame, figures),
    ]


def _tier(frame: Frame, tier: TierFacts, awarded: int) -> Measure:
    url = titles_url(frame, tier=tier.name)
    if not tier.target:
        return Measure(tier.name, str(awarded), tier=tier.position, note="未定目标", url=url)
    share = 100 * awarded // tier.target
    reached = awarded >= tier.target
    words = f"达到 {share}%" if reached else f"{share}%，差 {tier.target - awarded} 家"
    return Measure(
        tier.name,
        str(awarded),
        tier=tier.position,
        target=tier.target,
        state="ok" if reached else "warn",
        words=words,
        url=url,
    )


def _lowest(figures: Headline) -> Iterator[Measure]:
    if figures.lowest is None:
        return
    value = decimal_text(figures.lowest.rate * 100, 2)
    page = reverse("reports:round", args=[figures.lowest.round.round.pk])
    url = f"{page}?{urlencode({'tier': figures.lowest.group.tier})}"
    floor = figures.lowest.group.floor
    if floor is None:
        yield Measure("最低淘汰率", value, "%", note="办法未定底线", url=url)
        return
    word = "底线" if figures.lowest.kept else "低于底线"
    yield Measure(
        "最低淘汰率",
        value,
        "%",
        state="ok" if figures.lowest.kept else "bad",
        words=f"{word} {percent_text(floor)}",
        url=url,
    )


def _promoted(frame: Frame, figures: Headline) -> Iterator[Measure]:
    rules = frame.scheme.titles.promotions if frame.scheme else ()
    if not rules and not figures.promoted:
        return
    url = titles_url(frame, state=TitleState.PROMOTED)
    if len(rules) != 1:
        yield Measure("进阶", str(figures.promoted), note="由低等次再创成高等次", url=url)
        return
    below = dict(zip((tier.name for tier in frame.tiers), figures.awarded, strict=True)).get(rules[0].from_tier, 0)
    share = f"占{rules[0].from_tier} {decimal_text(Fraction(100 * figures.promoted, below), 2)}%" if below else ""
    yield Measure(f"{rules[0].from_tier}进阶{rules[0].to_tier}", str(figures.promoted), note=share, url=url)


def _delisted(frame: Frame, figures: Headline) -> Iterator[Measure]:
    rule = frame.scheme.titles.reinspection if frame.scheme else None
    if rule is None and not figures.delisted:
        return
    words = f"复评低于 {decimal_text(rule.revoke_below)}" if rule else "已摘牌"
    words = f"其中决定摘牌 {figures.revoked}" if figures.revoked else words
    url = titles_url(frame, state=TitleState.REVOKED)
    state = "bad" if figures.delisted else ""
    said = {"words": words} if state else {"note": words}
    yield Measure("摘牌警示", str(figures.delisted), state=state, url=url, **said)


def _decided(frame: Frame, figures: Headline) -> Iterator[Measure]:
    """What few campaigns have: shown only where there is some."""
    if figures.warned:
        url = titles_url(frame, state="warned")
        yield Measure("警示中", str(figures.warned), state="warn", words="仍持有称号", url=url)
    if figures.expired:
        url = titles_url(frame, state=TitleState.EXPIRED)
        yield Measure("到期终止", str(figures.expired), note="有效期届满", url=url)
    if figures.exceptional:
        yield Measure("破格授予", str(figures.exceptional), note="按决定授予，不在评分之列", url=titles_url(frame))


def _money(frame: Frame, figures: Headline) -> Iterator[Measure]:
    rule = frame.scheme.subsidy if frame.scheme else None
    if rule is None and not figures.subsidy and not figures.special:
        return
    special = f"偏远村专项 {plain_text(figures.special)} 万元" if figures.special else ""
    yield Measure("补助资金", plain_text(figures.subsidy), "万元", note=special)


def titles_url(frame: Frame, **narrowed: str) -> str:
    return f"{reverse('reports:titles')}?{urlencode({'campaign': str(frame.campaign.pk), **narrowed})}"
