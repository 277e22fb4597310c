"""Drawing a panel at random so that anybody can repeat it: no chance but the seed, no arithmetic but SHA-256.

The rule, in any language: a candidate's lot is SHA-256 of the UTF-8 text ``seed:number`` in lower-case hexadecimal.
Within each group that was asked for, candidates stand in ascending order of their lots and the first are drawn. With
``spread`` the order is first by how many candidates of the same home stand before, then by lot, so that nobody is the
second of a township while another township has none.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from campaigns.models import Round

from ..models import Inspector, PanelDraw, PanelMember
from .panels import PanelRefused, add_to_panel, open_round

SEED_LENGTH = 64


@dataclass(frozen=True)
class Candidate:
    """As stored: what the draw looks at, and nothing else. ``out``: why this one takes no part; empty: takes part."""

    number: str
    group: str = ""
    home: str = ""
    out: str = ""


def new_seed() -> str:
    """A seed nobody could choose, where none was agreed on in front of witnesses."""
    return secrets.token_hex(16)


def lot(seed: str, number: str) -> str:
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def draw(seed: str, candidates: Iterable[Candidate], sizes: Mapping[str, int], *, spread: bool) -> list[str]:
    """Numbers drawn, group by group in the order asked for. The group ``""`` stands for everybody."""
    steps = draw_steps(seed, candidates, sizes, spread=spread)
    return [each.number for step in steps for each in step.ordered[: step.size]]


@dataclass(frozen=True)
class DrawStep:
    """One group of a draw: its candidates in order, of whom the first ``size`` are drawn."""

    group: str
    size: int
    ordered: list[Candidate]


def draw_steps(
    seed: str, candidates: Iterable[Candidate], sizes: Mapping[str, int], *, spread: bool
) -> list[DrawStep]:
    """Who was drawn for an earlier group takes no part in a later one."""
    everybody = [each for each in candidates if not each.out]
    drawn: set[str] = set()
    steps = []
    for group, size in sizes.items():
        here = [each for each in everybody if group in ("", each.group) and each.number not in drawn]
        steps.append(DrawStep(group, size, in_order(seed, here, spread=spread)))
        drawn |= {each.number for each in steps[-1].ordered[:size]}
    return steps


def in_order(seed: str, candidates: Iterable[Candidate], *, spread: bool) -> list[Candidate]:
    """Candidates as the draw takes them."""
    by_lot = sorted(candidates, key=lambda each: lot(seed, each.number))
    if not spread:
        return by_lot
    before: Counter[str] = Counter()
    places = []
    for each in by_lot:
        places.append(before[each.home])
        before[each.home] += 1
    return [each for _, each in sorted(zip(places, by_lot, strict=True), key=lambda pair: pair[0])]


@transaction.atomic
def draw_panel(
    *,
    round: Round,
    sizes: Mapping[str, int],
    actor: User | None,
    seed: str = "",
    excluded: Mapping[str, str] | None = None,
    spread: bool = False,
) -> PanelDraw:
    """Draw and record. ``sizes``: how many by group; ``excluded``: reasons by inspector number.

    Who is on the panel already takes no part. Every draw is kept, also one that is not used.
    """
    round = open_round(round)
    wanted = {group.strip(): size for group, size in sizes.items() if size > 0}
    seed = seed.strip() or new_seed()
    if len(seed) > SEED_LENGTH:
        raise PanelRefused(f"种子超过 {SEED_LENGTH} 个字符。请改短。")
    if not wanted:
        raise PanelRefused("没有写抽几人。请至少填一个人数。")
    candidates = _candidates(round, excluded or {})
    _require_enough(candidates, wanted)
    row = PanelDraw(
        tenant_id=round.tenant_id,
        round=round,
        seed=seed,
        rule={"sizes": [[group, size] for group, size in wanted.items()], "spread": spread},
        candidates=[[each.number, each.group, each.home, each.out] for each in candidates],
        drawn=draw(seed, candidates, wanted, spread=spread),
        drawn_by=actor,
    )
    row.save(force_insert=True)
    record(actor=actor, verb="随机抽取评委", target=round, new={"seed": seed, "rule": row.rule, "drawn": row.drawn})
    return row


def _candidates(round: Round, excluded: Mapping[str, str]) -> list[Candidate]:
    members = set(PanelMember.objects.filter(round=round).values_list("inspector_id", flat=True))
    rows = Inspector.objects.select_related("home").order_by("number")
    found = []
    for row in rows:
        out = "已在评委组" if row.pk in members else excluded.get(row.number, "").strip()
        found.append(Candidate(row.number, row.group, row.home.code, out))
    unknown = sorted(set(excluded) - {row.number for row in rows})
    if unknown:
        raise PanelRefused(f"没有编号为 {'、'.join(unknown)} 的评委，不能排除。请核对编号。")
    return found


def _require_enough(candidates: Sequence[Candidate], sizes: Mapping[str, int]) -> None:
    """Every group asked for must be there, and all of them together too."""
    open_ = [each for each in candidates if not each.out]
    for group, size in sizes.items():
        there = sum(group in ("", each.group) for each in open_)
        if there < size:
            name = f"“{group}”" if group else "候选"
            raise PanelRefused(f"{name}只有 {there} 人可抽，要抽 {size} 人。请减少人数或补充评委名单。")
    if sum(sizes.values()) > len(open_):
        raise PanelRefused(f"一共要抽 {sum(sizes.values())} 人，可抽的只有 {len(open_)} 人。请减少人数。")


@transaction.atomic
def apply_draw(*, draw: PanelDraw, actor: User | None) -> int:
    """Put the drawn inspectors on the panel; the groups they were drawn for are theirs. Returns how many joined."""
    row = PanelDraw.objects.select_for_update(of=("self",)).select_related("round").get(pk=draw.pk)
    open_round(row.round)
    if row.applied_at is not None:
        raise PanelRefused("这次抽取已采用过。需要增补的，请再抽一次。")
    drawn = list(Inspector.objects.filter(number__in=row.drawn))
    joined = add_to_panel(round=row.round, inspectors=drawn, actor=actor)
    row.applied_at = timezone.now()
    row.save(update_fields=["applied_at"])
    record(actor=actor, verb="采用抽取结果", target=row.round, new={"seed": row.seed, "drawn": row.drawn})
    return joined


# -- a recorded draw, read again


def candidates_of(draw: PanelDraw) -> list[Candidate]:
    return [Candidate(*each) for each in draw.candidates] if draw.rule else []


def steps_of(row: PanelDraw) -> list[DrawStep]:
    """The draw as its record says it goes."""
    facts: dict[str, Any] = row.rule
    if not facts:
        return []
    return draw_steps(row.seed, candidates_of(row), dict(facts["sizes"]), spread=facts["spread"])


def repeat(row: PanelDraw) -> list[str]:
    """What the record says would be drawn: equal to ``row.drawn``, or the record was changed."""
    return [each.number for step in steps_of(row) for each in step.ordered[: step.size]]
