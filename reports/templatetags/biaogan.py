"""The tag library of the pages: `{% load biaogan %}`.

Responsible for turning values into the marks of the visual language (docs/visual.md). It decides nothing: outcomes,
ranks and figures arrive decided. Numbers are in `numbers`, drawings in `drawings`, words in `wording`.
"""

from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.enums import JobState

from . import drawings, numbers
from .icons import ICONS
from .wording import JOB_LIGHTS, LIGHTS, OUTCOMES, RARE, outcome_words

register = template.Library()

for _filter in (numbers.fixed, numbers.signed, numbers.percent, numbers.wan, numbers.wan_number, numbers.missing):
    register.filter(_filter)
for _drawing in (drawings.bar, drawings.goal, drawings.diverging, drawings.pole, drawings.squares):
    register.simple_tag(_drawing)
register.filter("heat", drawings.heat_class)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A line icon. Words stand beside it; give a label only when none can."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"no icon {name!r}; known: {', '.join(sorted(ICONS))}")
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="ico" viewBox="0 0 16 16" {}><path d="{}"/></svg>', spoken, ICONS[name])


@register.simple_tag
def outcome_chip(outcome: object) -> SafeString:
    """The chip of an outcome: shape, word and colour. A result that does not exist yet is 未评."""
    words = outcome_words("unscored" if outcome is None or outcome == "" else outcome)
    return format_html('<span class="chip {}">{}{}</span>', words.css, icon(words.icon), words.word)


@register.simple_tag
def outcome_word(outcome: object) -> str:
    """The word of an outcome alone."""
    return outcome_words(outcome).word


@register.simple_tag
def outcome_filters(counts: dict[str, int], chosen: str = "") -> list[dict[str, Any]]:
    """Filter buttons in the fixed order, zeros included (those that most schemes do not know only when there is
    one).
    """
    shown = [key for key in OUTCOMES if key not in RARE or counts.get(key)]
    rows = [{"value": "", "label": "全部", "count": sum(counts.values())}]
    rows += [{"value": key, "label": OUTCOMES[key].word, "count": counts.get(key, 0)} for key in shown]
    return [{**row, "pressed": row["value"] == chosen} for row in rows]


@register.simple_tag
def light(state: str, words: object) -> SafeString:
    """A status light: ok ●, warn ▲, bad ◆, idle ○, run ◐, always followed by words that say what."""
    if state not in LIGHTS:
        raise template.TemplateSyntaxError(f"no light {state!r}; known: {', '.join(sorted(LIGHTS))}")
    return format_html('<span class="st {}">{}</span>', state, words)


@register.simple_tag
def job_light(state: str) -> SafeString:
    """The light and word of a background job."""
    return light(JOB_LIGHTS[state], JobState(state).label)


@register.simple_tag
def tier(name: object, position: int = 1) -> SafeString:
    """The mark of a tier. Position 1 is the highest and banded; 2 and 3 have a colour each, others share one."""
    return format_html('<span class="tier t{}">{}</span>', min(max(int(position), 1), 4), name)


@register.simple_tag
def rank(place: int | None, shared: bool = False) -> SafeString:
    """A place; a shared one carries 并列 on its left, so that the numbers stay aligned."""
    if place is None:
        return SafeString(numbers.MISSING)
    tie = SafeString('<span class="tie">并列</span>') if shared else ""
    return format_html("{}<b>{}</b>", tie, place)


@register.simple_tag
def change(places: int | None, since: str = "上期") -> SafeString:
    """Change of place: ▲7, ▼4, 持平; spoken in full. None means there was no earlier place."""
    if places is None:
        return format_html('<span class="chg same">{}<span class="vh">{}未参评</span></span>', numbers.MISSING, since)
    if places == 0:
        return format_html('<span class="chg same"><span class="vh">与{}</span>持平</span>', since)
    css, sign, verb = ("up", "▲", "升") if places > 0 else ("down", "▼", "降")
    return format_html(
        '<span class="chg {}"><span aria-hidden="true">{}{}</span><span class="vh">较{}{} {} 位</span></span>',
        css,
        sign,
        abs(places),
        since,
        verb,
        abs(places),
    )


def _query(context: template.Context) -> QueryDict:
    """The parameters of the page being shown, to be changed by a link."""
    request = context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


def _link(query: QueryDict, **changes: object) -> str:
    """A link to this page with some parameters changed; None drops one."""
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value is not None:
            changed[name] = str(value)
    return f"?{changed.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_th(
    context: template.Context,
    label: str,
    key: str,
    numeric: bool = False,
    current: str = "",
    first: str = "asc",
    css: str = "",
) -> SafeString:
    """A column head that sorts by `?sort=key` or `?sort=-key`.

    The order in force is `current`, else `sort` in the context, else the query. `first`: direction of the first click.
    """
    query = _query(context)
    order = current or str(context.get("sort") or query.get("sort", ""))
    rising, falling = order == key, order == f"-{key}"
    following = f"-{key}" if rising or (first == "desc" and not falling) else key
    arrow, state = ("↑", "ascending") if rising else ("↓", "descending") if falling else ("↕", "")
    return format_html(
        '<th scope="col" class="{}"{}><a class="sort" href="{}">{}'
        '<span class="dir{}" aria-hidden="true">{}</span></a></th>',
        " ".join(filter(None, ("num" if numeric else "", css))),
        format_html(' aria-sort="{}"', state) if state else "",
        _link(query, sort=following, page=None),
        label,
        "" if state else " none",
        arrow,
    )


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page, noun: str = "条", parameter: str = "page") -> dict[str, Any]:
    """Pages of a list: count, neighbours, elided numbers; every other parameter of the address is kept."""
    query = _query(context)
    numbers_shown = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    links = [
        {"number": n, "url": _link(query, **{parameter: n}), "current": n == page.number, "gap": not isinstance(n, int)}
        for n in numbers_shown
    ]
    return {
        "page": page,
        "noun": noun,
        "links": links,
        "previous": _link(query, **{parameter: page.number - 1}) if page.has_previous() else "",
        "next": _link(query, **{parameter: page.number + 1}) if page.has_next() else "",
    }
