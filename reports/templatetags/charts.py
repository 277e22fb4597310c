"""`{% load charts %}`: a chart with its finding in words, its source, and its figures in a table.

Charts are drawn by static/js/charts.js from a JSON script element; this library only lays them out.
"""

from collections.abc import Sequence
from typing import Any

from django import template

register = template.Library()

HEIGHTS = {"", "low", "tall"}


@register.inclusion_tag("components/chart.html")
def chart(
    name: str,
    option: dict[str, Any],
    finding: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Any]],
    source: str = "",
    height: str = "",
) -> dict[str, Any]:
    """One chart.

    `name` is its id on the page; `option` an ECharts option without functions (a formatter may be "@percent", "@signed"
    or "@score"); `finding` says what it shows; `head` and `rows` are the same figures as a table behind 查看数据.
    """
    if height not in HEIGHTS:
        raise template.TemplateSyntaxError(f"no chart height {height!r}; known: low, tall")
    return {
        "name": name,
        "data_name": f"{name}-option",
        "option": option,
        "finding": finding,
        "head": head,
        "rows": rows,
        "source": source,
        "height": height,
    }
