"""ECharts options of the overview as plain data: elimination by round, distribution of scores by tier.

Figures arrive exact and leave as decimal text; colours are tokens, formatters are names (static/js/charts.js).
"""

from fractions import Fraction
from typing import Any

from django.urls import reverse

from schemes.exact import decimal_text

from ..queries.dashboard import Distribution, Lowest
from ..queries.figures import Frame, TierFacts

#: Smallest chart text on pages and on the hall screen.
PAGE_TEXT, HALL_TEXT = 12, 16
SYMBOLS = ("circle", "rect", "triangle", "diamond")
LOWEST = "最低"
TEN = Fraction(1, 10)


def percent(rate: Fraction) -> str:
    return decimal_text(rate * 100, 2)


def elimination_option(frame: Frame, lowest: Lowest, size: int = PAGE_TEXT) -> dict[str, Any]:
    """A line per tier over the rounds; the floor that schemes demand is dashed, below it is tinted."""
    bottom, top = _bounds(frame)
    return {
        "grid": {"left": 4, "right": size * 8, "top": 18, "bottom": 4, "containLabel": True},
        "tooltip": {"trigger": "axis", "valueFormatter": "@percent"},
        "xAxis": {"type": "category", "data": _round_labels(frame),
                  "axisLabel": {"interval": 0, "lineHeight": size + 4, "fontSize": size}},
        "yAxis": {"type": "value", "min": bottom, "max": top, "interval": 10,
                  "axisLabel": {"formatter": "@percent0", "fontSize": size}},
        "series": [*_floor(frame, size), *(_rates(frame, tier, lowest, size) for tier in frame.tiers)],
    }  # fmt: skip


def elimination_table(frame: Frame) -> tuple[list[str], list[list[str]]]:
    """The same figures as head and rows: a round, then participants, awards and rate of each tier."""
    head = ["轮次", *(f"{tier.name}{word}" for tier in frame.tiers for word in ("参评", "授予", "淘汰率"))]
    rows = []
    for each in frame.rounds:
        cells = [f"{each.round.title}（{each.round.year} 年）"]
        for tier in frame.tiers:
            group = each.group(tier.name)
            rate = group.elimination_rate if group else None
            cells += [str(group.participants), str(group.awarded)] if group else ["—", "—"]
            cells.append(f"{percent(rate)}%" if rate is not None else "—")
        rows.append(cells)
    return head, rows


def _bounds(frame: Frame) -> tuple[int, int]:
    """The axis from ten below the lowest line to the next ten above the highest."""
    rates = [g.elimination_rate for each in frame.rounds for g in each.groups if g.elimination_rate is not None]
    floors = [g.floor for each in frame.rounds for g in each.groups if g.floor is not None]
    low, high = min([*rates, *floors]), max([*rates, *floors])
    return max(0, (int(low / TEN) - 1) * 10), min(100, -int(-high // TEN) * 10)


def _round_labels(frame: Frame) -> list[str]:
    """The round's label; under the first one of each year, the year."""
    labels, year = [], None
    for each in frame.rounds:
        labels.append(f"{each.round.label}\n{each.round.year}" if each.round.year != year else each.round.label)
        year = each.round.year
    return labels


def _rates(frame: Frame, tier: TierFacts, lowest: Lowest, size: int) -> dict[str, Any]:
    points = [_point(each, each.group(tier.name), lowest, size) for each in frame.rounds]
    return {
        "type": "line",
        "name": tier.name,
        "symbol": SYMBOLS[(tier.position - 1) % len(SYMBOLS)],
        "symbolSize": 8,
        "color": colour(tier),
        "data": points,
        "endLabel": {**_end_label(colour(tier), size), "fontWeight": "bold"},
        "labelLayout": {"moveOverlap": "shiftY"},
    }


def _point(each: Any, group: Any, lowest: Lowest, size: int) -> dict[str, Any] | None:
    """One round of one tier, linked to that round; the lowest of all says so. None leaves a gap."""
    if group is None or group.elimination_rate is None:
        return None
    point: dict[str, Any] = {"value": percent(group.elimination_rate), "url": round_url(each.round.pk, group.tier)}
    if each.round == lowest.round.round and group.tier == lowest.group.tier:
        words = f"{LOWEST} {percent(lowest.rate)}%"
        point["label"] = {"show": True, "position": "bottom", "formatter": words, "fontSize": size}
        point["label"] |= {"color": "var(--ink)", "fontWeight": "bold", "backgroundColor": "var(--surface)"}
    return point


def _floor(frame: Frame, size: int) -> list[dict[str, Any]]:
    """The demanded rate of every round as one dashed line; nothing where no scheme demands one."""
    floors = [max((g.floor for g in each.groups if g.floor is not None), default=None) for each in frame.rounds]
    if not any(floor is not None for floor in floors):
        return []
    return [
        {
            "type": "line",
            "name": "底线",
            "symbol": "none",
            "silent": True,
            "color": "var(--accent)",
            "data": [decimal_text(floor * 100) if floor is not None else None for floor in floors],
            "lineStyle": {"type": [8, 5], "width": 1.5},
            "areaStyle": {"opacity": 0.07, "origin": "start"},
            "endLabel": _end_label("var(--accent)", size),
        }
    ]


def _end_label(color: str, size: int) -> dict[str, Any]:
    """Name and last value at the end of a line, instead of a legend."""
    return {"show": True, "formatter": "{a} {c}%", "color": color, "distance": 8, "fontSize": size}


def round_url(round_id: object, tier: str) -> str:
    return f"{reverse('reports:round', args=[round_id])}?tier={tier}"


def colour(tier: TierFacts) -> str:
    return f"var(--tier-{min(tier.position, 4)})"


def distribution_option(distribution: Distribution, size: int = PAGE_TEXT) -> dict[str, Any]:
    """Stacked bars over the points, one per class; the tier's threshold is a dashed line with its name."""
    classes = distribution.classes
    tens = (classes[0].high - classes[0].low) * 4
    low, high = int(classes[0].low // tens * tens), -int(-classes[-1].high // tens * tens)
    return {
        "grid": {"left": 4, "right": 4, "top": size + 10, "bottom": 2, "containLabel": True},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "none"}},
        "xAxis": {"type": "value", "min": low, "max": high, "interval": int(tens), "splitLine": {"show": False},
                  "axisLabel": {"fontSize": size},
                  "axisLine": {"show": True, "lineStyle": {"color": "var(--axis)"}}},
        "yAxis": {"type": "value", "show": False, "minInterval": 1},
        "series": [
            _bars("授予", colour(distribution.tier), [(c.low, c.high, c.awarded) for c in classes], distribution, size),
            _bars("未授予", "var(--line-2)", [(c.low, c.high, c.others) for c in classes]),
        ],
    }  # fmt: skip


def _bars(
    name: str,
    color: str,
    bars: list[tuple[Fraction, Fraction, int]],
    marked: Distribution | None = None,
    size: int = PAGE_TEXT,
) -> dict[str, Any]:
    series: dict[str, Any] = {
        "type": "bar",
        "name": name,
        "stack": "all",
        "color": color,
        "barWidth": "84%",
        "barMaxWidth": 40,
        "data": [[decimal_text((low + high) / 2), count] for low, high, count in bars],
    }
    if marked is not None and marked.tier.threshold is not None:
        threshold = decimal_text(marked.tier.threshold)
        label = {"formatter": f"标准 {threshold}", "position": "end", "color": "var(--ink)", "fontSize": size}
        series["markLine"] = {
            "silent": True,
            "lineStyle": {"color": "var(--ink)", "type": [4, 3]},
            "label": label,
            "data": [{"xAxis": threshold}],
        }
    return series


def distribution_table(distribution: Distribution) -> tuple[list[str], list[list[str]]]:
    head = ["得分", "授予", "未授予"]
    rows = [
        [f"{decimal_text(c.low)} 至 {decimal_text(c.high)}", str(c.awarded), str(c.others)]
        for c in distribution.classes
    ]
    if distribution.unscored:
        rows.append(["未评", "0", str(distribution.unscored)])
    return head, rows
