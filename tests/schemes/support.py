"""Small schemes and rounds for tests: a document with two criteria, blocks laid over it, rounds from few words."""

import json
from fractions import Fraction
from pathlib import Path

from schemes import Entry, Inputs, Sheet, compute, read_scheme
from schemes.fact_tables import EVENT_COLUMNS, fact_columns, read_events, read_facts
from schemes.problems import errors
from schemes.recorded import Facts
from schemes.tables import read_table

ROOT = Path(__file__).parents[2]
DATA = ROOT / "schemes" / "shipped" / "jiande" / "data"

MINIMAL = {
    "language": "biaogan-scheme/1",
    "identity": {
        "key": "example",
        "name": "示范创建办法",
        "county": {"code": "330000", "name": "示例县"},
        "issuer": "中共示例县委组织部",
        "version": "1",
    },
    "criteria": {
        "tree": [
            {"key": "a", "name": "党建", "mark": {"max": "10", "step": "0.5"}},
            {"key": "b", "name": "服务", "mark": {"max": "10", "step": "0.5"}},
        ]
    },
    "tiers": [{"name": "标杆"}],
    "score": {"kind": "mean"},
}


def document(**blocks):
    """The minimal document with some of its blocks replaced or added."""
    return {**MINIMAL, **blocks}


def text_of(tree):
    """A document as text: JSON is YAML."""
    return json.dumps(tree, ensure_ascii=False, default=str)


def scheme_of(**blocks):
    return read_scheme(text_of(document(**blocks)))


def build(scheme, entries, marks):
    """Inputs of entries ``(round, org, tier, vetoed)`` and sheets ``{(round, org): [[mark, ...], ...]}``."""
    sheets = [
        Sheet(round_, org, f"J{i:02}", tuple(Fraction(str(mark)) for mark in row))
        for (round_, org), rows in marks.items()
        for i, row in enumerate(rows, start=1)
    ]
    return Inputs.build(scheme, [Entry(*entry) for entry in entries], sheets)


def results(scheme, inputs):
    """{(round, org): (score, rank, verdict)} as the engine finds them."""
    outcome = compute(scheme, inputs)
    return {
        (row.round, row.org_code): (outcome.score.value(i), row.rank, row.outcome.value)
        for i in range(len(inputs))
        for row in [outcome.row(i)]
    }


def problems_of(text):
    """Every problem of a document, as the person reads it."""
    from schemes import examine_scheme

    return [str(problem) for problem in examine_scheme(text, name="办法.yaml")[1]]


def recorded(scheme, entries, world):
    """Facts and events of ``{(round, org): {key: text, "events": [(key, day, amount)]}}``, read as files are."""
    keys = [*scheme.recorded, "kind", "township"]
    facts = [["round", "org_code", *keys]]
    facts += [[*place, *(told.get(key, "") for key in keys)] for place, told in world.items()]
    events = [["round", "org_code", "event", "date", "amount", "note"]]
    for place, told in world.items():
        events += [[*place, *record, str(i)] for i, record in enumerate(told.get("events", []))]
    found = read_facts(as_table(facts, fact_columns(scheme)), scheme, entries)
    happened = read_events(as_table(events, EVENT_COLUMNS), scheme, entries)
    assert not errors([*found.problems, *happened.problems])
    return Facts(cells=found.facts.cells, events=happened.events)


def as_table(rows, columns):
    return read_table("表", "\n".join(",".join(row) for row in rows).encode(), columns=columns)
