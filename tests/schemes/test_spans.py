"""Days: spans of events, whole months, dates in formulas."""

from datetime import date

import pytest

from schemes import Entry, compute, read_scheme
from schemes.blocks.facts import Event, Period, months_before
from schemes.intake import build_inputs
from tests.schemes.support import document, recorded, text_of


@pytest.mark.parametrize(
    ("day", "months", "first"),
    [("2026-12-31", 12, "2026-01-01"), ("2026-06-30", 3, "2026-04-01"), ("2026-06-15", 24, "2024-06-16"),
     ("2026-02-28", 12, "2025-03-01"), ("2026-03-30", 1, "2026-03-01")],
)  # fmt: skip
def test_months_back_from_a_day(day, months, first):
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(first)


@pytest.mark.parametrize(
    ("day", "counts"), [("2025-11-30", False), ("2025-12-01", True), ("2026-11-30", True), ("2026-12-01", False)]
)
def test_an_event_may_have_a_span_of_its_own(day, counts):
    period = Period(start="2026-01-01", end="2026-12-31")
    event = Event(key="e", name="表彰", start="2025-12-01", end="2026-11-30")
    assert period.counts(event, date.fromisoformat(day)) is counts


def rows_of(world, **blocks):
    whole = {key: value for key, value in document(**blocks).items() if key not in ("tiers", "score")}
    scheme = read_scheme(text_of(whole))
    entries = [Entry("1", code, scheme.tier_names[0]) for _, code in world]
    inputs = build_inputs(scheme, entries, None, recorded(scheme, entries, world))
    return {row.org_code: row for row in compute(scheme, inputs).rows()}


def test_days_late_are_counted_from_dates():
    tree = [
        {"key": "late", "name": "迟报", "mark": {"kind": "formula", "formula": "max(0, sent - date(2026, 12, 10))"}}
    ]
    world = {("1", "V1"): {"sent": "2026-12-13"}, ("1", "V2"): {"sent": "2026-12-10"}}
    facts = [{"key": "sent", "name": "报送日期", "type": "date"}]
    found = rows_of(world, facts=facts, criteria={"tree": tree})
    assert {code: row.score for code, row in found.items()} == {"V1": "3", "V2": "0"}


@pytest.mark.parametrize(("takes", "last_but_one"), [("是", "中间"), ("否", "后进")])
def test_whoever_a_veto_placed_last_uses_up_the_bottom_or_not(takes, last_but_one):
    """Of five the last 20 %: one. V5 is 后进 by a veto; V4 follows only where that place is still free."""
    tree = [{"key": "s", "name": "得分", "mark": {"kind": "figure", "of": "p", "max": 100}}]
    grades = [{"name": "先进", "threshold": 85}, {"name": "中间", "threshold": 0}, {"name": "后进"}]
    bottom = [{"grade": "后进", "share": "20%", "fixed_take_places": takes}]
    veto = {"key": "v", "name": "不满意过多", "when": {"of": "p", "at_most": 50}}
    found = rows_of(
        {("1", f"V{i}"): {"p": str(100 - 10 * i)} for i in range(1, 6)},
        facts=[{"key": "p", "name": "分"}], criteria={"tree": tree},
        vetoes=[{**veto, "effect": {"kind": "fixed_grade", "grade": "后进"}}],
        rating={"grades": grades, "bottom": bottom},
    )  # fmt: skip
    assert [found[f"V{i}"].grade for i in range(1, 6)] == ["先进", "中间", "中间", last_but_one, "后进"]
