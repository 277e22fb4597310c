"""What a stored outcome says otherwise than the computed one, entry by entry, in words."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from ..outcome import VERDICT_WORDS
from ..problems import Problem
from .archive import AGAIN
from .contents import OUTCOME, shown

#: Whoever has read so many differences knows enough; the rest is counted.
MOST_NAMED = 50
_WORDS = {"tier": "等次", "score": "得分", "rank": "名次", "outcome": "结果", "participants": "参评数",
          "ranked": "参加排名数", "limit": "名额", "deciding_limit": "起作用的限额", "awarded": "授予数",
          "elimination_rate": "淘汰率", "grade": "等级", "badges": "单项"}  # fmt: skip

Row = dict[str, Any]
Place = tuple[str, str]


def differences(stored: bytes, computed: bytes, *, same_engine: bool) -> tuple[Problem, ...]:
    """Nothing when the stored outcome is right.

    The same engine must give the very bytes. Another one may know figures that the stored outcome lacks; what is
    stored must be what it computes.
    """
    if stored == computed:
        return ()
    try:
        found = _all(json.loads(stored), json.loads(computed), same_engine)
        named = list(islice(found, MOST_NAMED))
        more = sum(1 for _ in found)
    except (ValueError, RecursionError):
        return (_problem("读不出来"),)
    if more:
        named.append(_problem(f"另有 {more} 处不同，没有一一列出"))
    if not named and same_engine:
        named.append(_problem("内容与重新计算的相同，写法不同"))
    return tuple(named)


def _all(stored: Any, computed: Any, same_engine: bool) -> Iterator[Problem]:
    for part, place, words in (("entries", "org_code", "{}"), ("groups", "tier", "“{}”组")):
        wanted, given = _rows(computed, part, place), _rows(stored, part, place)
        for key in dict.fromkeys((*wanted, *given)):
            where = f"第 {shown(key[0])} 轮 {words.format(shown(key[1]) or '全部')}"
            yield from _of_row(where, given.get(key), wanted.get(key), same_engine)


def _rows(tree: Any, part: str, place: str) -> dict[Place, Row]:
    """Rows by round and organization (or tier); what is not shaped like one is no row."""
    rows = tree.get(part) if isinstance(tree, dict) else None
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {(str(row.get("round")), str(row.get(place))): row for row in found}


def _of_row(where: str, stored: Row | None, computed: Row | None, same_engine: bool) -> Iterator[Problem]:
    if stored is None or computed is None:
        absent = "封存的结果里没有，重新计算有" if stored is None else "封存的结果里有，重新计算没有"
        yield _problem(f"{where}：{absent}")
        return
    for key in dict.fromkeys((*stored, *(computed if same_engine else ()))):
        said, due = stored.get(key), computed.get(key)
        if (type(said), said) != (type(due), due):
            name = _WORDS.get(key, shown(key))
            yield _problem(f"{where}：{name}写的是{_value(said)}，重新计算是{_value(due)}")


def _value(value: Any) -> str:
    return "“无”" if value is None else f"“{shown(VERDICT_WORDS.get(str(value), value))}”"


def _problem(reason: str) -> Problem:
    return Problem(file=OUTCOME, reason=reason, remedy=AGAIN)
