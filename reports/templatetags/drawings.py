"""Small SVG drawings inside tables and cards: bars, differences, the range pole, squares of a round.

Every width is an SVG attribute, because the content security policy forbids style attributes. Colours are classes.
The drawings repeat figures that stand beside them, so they are hidden from screen readers unless given a label.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .numbers import as_decimal, rounded
from .wording import OUTCOMES, outcome_words

MANY_SQUARES = 60


def share(value: object, whole: object) -> str:
    """Percentage of the whole for an SVG attribute, kept within 0 and 100; nothing of nothing is 0."""
    part, total = as_decimal(value), as_decimal(whole)
    if part is None or not total or total < 0:
        return "0%"
    return f"{rounded(min(max(part / total, Decimal(0)), Decimal(1)) * 100, 1):f}%"


def _svg(css: str, label: str, body: SafeString) -> SafeString:
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}">{}</svg>', css, label, body)
    return format_html('<svg class="{}" aria-hidden="true">{}</svg>', css, body)


def _tick(position: str) -> SafeString:
    """A dark line with a light halo, such as a mean or a target."""
    return format_html(
        '<line class="tick-bg" x1="{0}" x2="{0}" y1="-3" y2="100%"/>'
        '<line class="tick" x1="{0}" x2="{0}" y1="-3" y2="100%"/>',
        position,
    )


def bar(value: object, whole: object, kind: str = "", mark: object = None, label: str = "") -> SafeString:
    """A bar from zero. `kind`: its colour (c1, c2, c4, c6, t1, t2, t3, quiet); `mark` draws a tick, such as a mean."""
    body = format_html(
        '<rect class="bg" width="100%" height="100%" rx="1"/><rect class="v {}" width="{}" height="100%" rx="1"/>{}',
        kind,
        share(value, whole),
        "" if mark is None else _tick(share(mark, whole)),
    )
    return _svg("bar", label, body)


def goal(value: object, target: object, kind: str = "", label: str = "") -> SafeString:
    """Progress towards a target that may be passed: the scale is the larger of the two, the target is a tick."""
    reached, aim = as_decimal(value) or Decimal(0), as_decimal(target) or Decimal(0)
    whole = max(reached, aim)
    body = format_html(
        '<rect class="bg" y="4" width="100%" height="10"/><rect class="v {}" y="4" width="{}" height="10"/>'
        '<line class="tick-bg" x1="{}" x2="{}" y1="0" y2="18"/><line class="tick" x1="{}" x2="{}" y1="0" y2="18"/>',
        kind,
        share(reached, whole),
        *([_inside(share(aim, whole))] * 4),
    )
    return _svg("goal", label, body)


def _inside(position: str) -> str:
    """Keeps a tick at the very end within the drawing."""
    return "99.5%" if position == "100.0%" else position


def diverging(value: object, whole: object, label: str = "") -> SafeString:
    """A difference from the middle: above to the right, below to the left. `whole` is the largest difference drawn."""
    number = as_decimal(value) or Decimal(0)
    half = Decimal(share(abs(number), whole).rstrip("%")) / 2
    start = Decimal(50) if number >= 0 else Decimal(50) - half
    body = format_html(
        '<rect class="{}" x="{}%" y="1" width="{}%" height="8"/><line class="axis" x1="50%" x2="50%" y1="0" y2="10"/>',
        "up" if number >= 0 else "down",
        f"{start:f}",
        f"{half:f}",
    )
    return _svg("dv", label, body)


def pole(value: object, whole: object, label: str = "") -> SafeString:
    """The range pole lying down: how far along. Only for progress and stages, never for decoration."""
    reached = share(value, whole)
    body = format_html(
        '<rect class="rod" y="1" width="100%" height="6"/>{}',
        ""
        if Decimal(reached.rstrip("%")) == 0
        else format_html(
            '<rect class="ground" y="1" width="{0}" height="6"/>'
            '<line class="bands" x1="0" x2="{0}" y1="4" y2="4" stroke-width="6"/>'
            '<line class="edge" x1="0" x2="{0}" y1="1" y2="1"/><line class="edge" x1="0" x2="{0}" y1="7" y2="7"/>',
            reached,
        ),
    )
    return _svg("pole-h", label, body)


def _entry(item: Any) -> tuple[str, str]:
    """Outcome key and title of a participant given as a mapping or an object."""
    read = item.get if isinstance(item, Mapping) else lambda name: getattr(item, name, "")
    outcome = read("outcome")
    return str(getattr(outcome, "value", outcome)), str(read("title") or "")


def squares(entries: Iterable[Any], quota: int | None = None) -> SafeString:
    """One square per participant in rank order, the pole after the quota-th, and a legend with counts."""
    drawn = [_entry(item) for item in entries]
    cells = [format_html('<i class="q {}" title="{}"></i>', outcome, title) for outcome, title in drawn]
    if quota is not None and 0 <= quota <= len(cells):
        cells.insert(quota, format_html('<i class="pole" title="{}"></i>', f"名额线：至多 {quota} 名"))
    counts = {key: sum(outcome == key for outcome, _ in drawn) for key in OUTCOMES}
    return format_html(
        '<figure class="qs"><div class="cells{}" role="img" aria-label="{}">{}</div>'
        "<figcaption>{}{}</figcaption></figure>",
        " many" if len(drawn) > MANY_SQUARES else "",
        _spoken(counts, quota),
        format_html_join("", "{}", ((cell,) for cell in cells)),
        format_html_join(
            "",
            '<span><i class="sw {}"></i>{} {}</span>',
            ((key, outcome_words(key).short, count) for key, count in counts.items() if count),
        ),
        "" if quota is None else format_html('<span><i class="sw line"></i>名额线 {}</span>', quota),
    )


def _spoken(counts: Mapping[str, int], quota: int | None) -> str:
    """The squares in words, for those who cannot see them."""
    parts = "，".join(f"{count} 家{outcome_words(key).word}" for key, count in counts.items() if count)
    line = "" if quota is None else f"；名额线在第 {quota} 名之后"
    return f"按名次：{parts or '无参评单位'}{line}"


def heat_class(value: object, whole: object) -> str:
    """Class of a heat cell: hn when missing, h0 (hatched) at zero, h1 to h5 in five even steps up to `whole`."""
    number, top = as_decimal(value), as_decimal(whole)
    if number is None:
        return "hn"
    if number <= 0 or not top or top <= 0:
        return "h0"
    steps = -(-number * 5 // top)
    return f"h{int(min(steps, 5))}"
