"""Points by recorded events (按事项加减分): so many per record, capped; or itemised deduction from full marks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ...blocks.facts import Fact
from ...exact import decimal_text
from ...problems import Problem
from ...recorded import Record
from ...working import Working, at_least, at_most, given, highest, minus, times, total
from ..base import Exact, Key, Part
from .base import Measure
from .operands import ungrouped_problems

_HIGHEST = {"none": "", "subject": "，同一件事就高不就低", "all": "，只计最高的一次"}


class EventItem(Part):
    """``points`` for every unit of a record's amount (默认 1), all records of this event together at most ``most``."""

    event: Key
    points: Exact = Field(gt=0)
    most: Annotated[Exact, Field(gt=0)] | None = None


@dataclass(frozen=True)
class _Counted:
    """What one record, or the highest of several that exclude each other, brings to an item."""

    item: int
    working: Working


class EventPoints(Measure):
    """Points of all items, at most ``most``; with ``from_full`` taken off from it, down to ``floor`` at the lowest.

    ``highest_only`` leaves, of the records of one ``subject`` (or of ``all``), the one with the most points, before any
    cap; records without a subject do not exclude each other. No record means that nothing happened: zero, not unknown.
    """

    kind: Literal["events"] = "events"
    items: tuple[EventItem, ...] = Field(min_length=1, max_length=100)
    highest_only: Literal["none", "subject", "all"] = "none"
    from_full: Annotated[Exact, Field(gt=0)] | None = None
    floor: Exact | None = None
    most: Annotated[Exact, Field(gt=0)] | None = None

    wants_records: ClassVar[bool] = True

    @property
    def full(self) -> Fraction | None:
        if self.from_full is not None:
            return self.from_full
        caps = [item.most for item in self.items if item.most is not None]
        together = max(caps, default=Fraction(0)) if self.highest_only == "all" else sum(caps, Fraction(0))
        limits = [together] if len(caps) == len(self.items) else []
        limits += [] if self.most is None else [self.most]
        return min(limits, default=None)

    def keys(self, own: str) -> tuple[str, ...]:
        return tuple(item.event for item in self.items)

    def implied(self, own: str, name: str) -> tuple[Fact, ...]:
        return ()

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if self.of:
            remedy = "事项写在 items 里，请删去 of。"
            yield Problem(place=f"{place}.of", value=self.of, reason="这种打分方式不读数据项", remedy=remedy)
        declared = {event.key for event in scheme.events}
        for i, item in enumerate(self.items):
            here = f"{place}.items[{i}]"
            if item.event in [before.event for before in self.items[:i]]:
                yield Problem(place=f"{here}.event", value=item.event, reason="事项写了两次", remedy="请只留一条。")
            elif item.event not in declared:
                remedy = "请在 events 里写上这一种事项。"
                yield Problem(place=f"{here}.event", value=item.event, reason="不是事项", remedy=remedy)
        if self.floor is not None and self.from_full is None:
            remedy = "请写 from_full，或删去 floor。"
            yield Problem(place=f"{place}.floor", reason="不是从满分扣起，没有保底", remedy=remedy)
        elif self.from_full is not None and self.floor is not None and self.floor >= self.from_full:
            remedy = f"应低于 {decimal_text(self.from_full)}。"
            yield Problem(place=f"{place}.floor", reason="保底分不低于满分", remedy=remedy)
        yield from ungrouped_problems(self, place)

    def sentence(self, scheme: Any) -> str:
        word = "加" if self.from_full is None else "扣"
        items = "、".join(self._item_words(item, scheme, word) for item in self.items)
        most = f"，合计最多{word} {decimal_text(self.most)} 分" if self.most is not None else ""
        if self.from_full is None:
            return f"{items}{_HIGHEST[self.highest_only]}{most}"
        floor = f"，最低 {decimal_text(self.floor)} 分" if self.floor else "，扣完为止"
        return f"从 {decimal_text(self.from_full)} 分扣起，{items}{_HIGHEST[self.highest_only]}{most}{floor}"

    def _item_words(self, item: EventItem, scheme: Any, word: str) -> str:
        most = f"（最多 {decimal_text(item.most)} 分）" if item.most is not None else ""
        unit = next((event.unit for event in scheme.events if event.key == item.event), "次")
        return f"{scheme.name_of(item.event)}每{unit}{word} {decimal_text(item.points)} 分{most}"

    def mark(self, cells: tuple[Any, ...], reference: Any, names: Sequence[str]) -> Working:
        """``cells`` are tuples of Record in the order of ``items``; None is unknown."""
        if missing := [name for cell, name in zip(cells, names, strict=True) if cell is None]:
            return given(None, "、".join(missing), f"缺“{'”、“'.join(missing)}”")
        counted = list(self._counted(cells, names))
        items = [self._item(i, [each.working for each in counted if each.item == i], name)
                 for i, name in enumerate(names)]  # fmt: skip
        happened = [working for working in items if working is not None]
        points = total(happened) if len(happened) > 1 else happened[0] if happened else given(Fraction(0), "没有记录")
        if self.most is not None:
            points = at_most(points, self.most)
        if self.from_full is None:
            return points
        return at_least(minus(given(self.from_full, "满分"), points), self.floor or Fraction(0))

    def _item(self, i: int, counted: list[Working], name: str) -> Working | None:
        """The item's records added up and capped; None where there are none."""
        if not counted:
            return None
        points, most = total(counted).named(name), self.items[i].most
        return points if most is None else at_most(points, most)

    def _counted(self, cells: tuple[Any, ...], names: Sequence[str]) -> Iterator[_Counted]:
        """Every record's points; records that exclude each other under the item of the highest, the earliest first."""
        groups: dict[Any, list[_Counted]] = {}
        for i, records in enumerate(cells):
            for n, record in enumerate(sorted(records)):
                points = times(given(self.items[i].points, "每次"), given(record.amount, "数量"))
                mine = _Counted(i, points.named(_called(record, names[i])))
                groups.setdefault(self._exclusive(record) or (i, n), []).append(mine)
        for group in groups.values():
            if len(group) == 1:
                yield group[0]
            else:
                # max keeps the first of equals: the item written first, the earliest day.
                best = max(group, key=lambda each: each.working.value or Fraction(0))
                working = highest([each.working for each in group]).named("就高不就低", "就高不就低")
                yield _Counted(best.item, working)

    def _exclusive(self, record: Record) -> str:
        """What the record shares with those it excludes; empty when it excludes none."""
        return {"none": "", "subject": record.subject, "all": "all"}[self.highest_only]


def _called(record: Record, name: str) -> str:
    return " ".join(part for part in (record.day.isoformat(), name, record.subject, record.note) if part)
