"""Numbers of plaques: given once to a title, by a pattern, never changed and never given again."""

import re
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.audit import record

from ..enums import RoundState, TitleState
from ..models import Round, Title

USUAL_PATTERN = "{等次}〔{年}〕{序号:03}"
#: {序号} or {序号:03}: the running number, at least so many digits.
_NUMBER = re.compile(r"\{序号(?::0([1-9]))?\}")
_PLACES = re.compile(r"\{[^{}]*\}")
MOST = 40


class PlaquesRefused(Exception):
    """Numbers cannot be given like that; the message is a Chinese sentence."""


@transaction.atomic
def assign_plaques(*, round: Round, pattern: str, actor: User) -> list[Title]:
    """Number the held titles of a round that have no number yet; returns them in the order of their numbers.

    The running number goes on from the highest that the county ever gave by the same pattern, so none comes twice.
    """
    round = Round.objects.select_for_update(of=("self",)).select_related("scheme_version").get(pk=round.pk)
    if round.state != RoundState.PUBLISHED:
        raise PlaquesRefused(f"{round.title}现为“{round.get_state_display()}”，公布以后再编号。")
    check_pattern(pattern)
    rows = unnumbered(round)
    if not rows:
        raise PlaquesRefused(f"{round.title}没有待编号的称号：持有的都已有标牌编号。")
    taken = list(Title.objects.exclude(plaque_no="").values_list("plaque_no", flat=True))
    for row in rows:
        row.plaque_no = _next(pattern, {"{年}": str(round.year), "{轮次}": round.label, "{等次}": row.tier}, taken)
        taken.append(row.plaque_no)
    try:
        with transaction.atomic():
            Title.objects.bulk_update(rows, ["plaque_no"], batch_size=500)
    except IntegrityError as error:
        raise PlaquesRefused("刚刚有人用同样的样式编了号。请再试一次。") from error
    numbers = {row.organization.name: row.plaque_no for row in rows}
    record(actor=actor, verb="编排标牌编号", target=round, new={"pattern": pattern, "numbers": numbers})
    return rows


def unnumbered(round: Round) -> list[Title]:
    """Held titles of a round without a number, in the order of the tiers, then of the organizations' codes."""
    rows = Title.objects.filter(round=round, state=TitleState.HELD, plaque_no="").select_related("organization")
    order = {name: place for place, name in enumerate(round.scheme_version.document.tier_names)}
    return sorted(rows, key=lambda row: (order.get(row.tier, len(order)), row.organization.path))


def check_pattern(pattern: str) -> None:
    """Raise PlaquesRefused unless the pattern has one running number and no unknown places."""
    if len(_NUMBER.findall(pattern)) != 1:
        raise PlaquesRefused("样式里要有一个 {序号}，如 建标杆〔{年}〕{序号:03}。")
    unknown = [place for place in _PLACES.findall(_NUMBER.sub("", pattern)) if place not in ("{年}", "{轮次}", "{等次}")]
    left = _PLACES.sub("", pattern)
    if unknown or "{" in left or "}" in left:
        raise PlaquesRefused(f"样式里只能用 {{年}}、{{轮次}}、{{等次}}、{{序号}}，请改正{'、'.join(unknown) or '花括号'}。")


def _next(pattern: str, facts: dict[str, str], taken: Iterable[str]) -> str:
    found = _NUMBER.search(pattern)
    assert found is not None
    before, after = (_filled(part, facts) for part in (pattern[: found.start()], pattern[found.end() :]))
    known = re.compile(rf"{re.escape(before)}(\d{{1,9}}){re.escape(after)}")
    highest = max((int(match[1]) for number in taken if (match := known.fullmatch(number))), default=0)
    text = f"{before}{highest + 1:0{int(found[1] or 1)}d}{after}"
    if len(text) > MOST:
        raise PlaquesRefused(f"编号“{text}”超过 {MOST} 字。请把样式改短。")
    return text


def _filled(text: str, facts: dict[str, str]) -> str:
    for place, value in facts.items():
        text = text.replace(place, value)
    return text
