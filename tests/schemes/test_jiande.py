"""Jiande's eleven rounds give what an independent exact program found, entry by entry, and what was published."""

import csv
import json
import random
from fractions import Fraction

import pytest

from schemes import compute, digest_inputs, digest_outcome, explain
from schemes import replay as replay_module
from schemes.county import load_county
from schemes.files import Sources, load_inputs, require_scheme
from schemes.register import TitleEventKind
from schemes.replay import replay
from tests.schemes.support import DATA, ROOT
from tests.schemes.test_oracle import assert_explains


@pytest.fixture(scope="module")
def expected():
    return json.loads((ROOT / "tests" / "data" / "jiande" / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def county():
    return load_county("jiande")


@pytest.fixture(scope="module")
def explanations(county):
    """Of every entry, in the order of the inputs."""
    scheme, outcome = require_scheme("jiande"), county.outcome
    return [explain(scheme, outcome.inputs, outcome, entry) for entry in range(len(outcome.inputs))]


@pytest.fixture(scope="module")
def rows(county):
    return {(row.round, row.org_code): row for row in county.outcome.rows()}


def test_every_entry_has_the_expected_score_rank_and_outcome(rows, expected):
    wanted = {
        (str(group["round"]), result["org"]): (group["tier"], result["score"], result["rank"], result["outcome"])
        for group in expected["rounds"]
        for result in group["results"]
    }
    assert {key: (r.tier, r.score, r.rank, r.outcome.value) for key, r in rows.items()} == wanted
    assert len(wanted) == expected["headline"]["entries"]


def test_every_group_has_the_expected_awards_and_elimination_rate(county, expected):
    found = [
        (int(g.group.round), g.group.tier, g.group.participants, g.awarded, g.elimination_rate)
        for g in county.outcome.groups
    ]
    wanted = [(g["round"], g["tier"], g["entries"], g["awarded"], g["elimination_rate"]) for g in expected["rounds"]]
    assert sorted((*rest, f"{float(rate):.4f}") for *rest, rate in found) == sorted(wanted)


def test_promotions_and_delistings(county, expected):
    assert county.register.organizations(TitleEventKind.PROMOTED) == expected["upgraded"]
    assert county.register.organizations(TitleEventKind.DELISTED) == expected["delisted"]


def test_bonus_of_every_township_and_year(county, expected):
    wanted = {
        year: {town: Fraction(points) for town, points in towns.items()}
        for year, towns in expected["annual_bonus"].items()
    }
    townships = next(iter(wanted.values()))
    assert county.register.bonus_by_township(townships, wanted) == wanted


def test_edges(rows, expected, county):
    by_outcome = {
        outcome: sorted(org for (_, org), row in rows.items() if row.outcome.value == outcome)
        for outcome in ("tied_at_cut", "vetoed", "over_quota")
    }
    edge = expected["edge"]
    assert by_outcome["tied_at_cut"] == edge["tie_at_cut"]
    assert by_outcome["vetoed"] == edge["vetoed"]
    assert len(by_outcome["over_quota"]) == edge["over_quota"]
    assert sum(int(count) < 7 for count in county.outcome.sheet_count) == edge["recused"]


def test_the_broken_tie_is_broken_by_the_party_item(explanations, expected):
    broken = {found.row.org_code for found in explanations if any(line.decides for line in found.ties)}
    assert set(expected["edge"]["tie_broken"]) <= broken


def test_headline_is_what_was_published():
    found = replay("jiande")
    assert [line.what for line in found.lines if not line.equal] == []
    assert len(found.lines) == 16 and found.ok


def test_replay_notices_a_figure_that_differs(monkeypatch):
    monkeypatch.setitem(replay_module.FIGURES, "rounds", lambda county, of: (Fraction(10),))
    found = replay_module.replay("jiande")
    assert not found.ok
    assert [(line.computed, line.published) for line in found.lines if not line.equal] == [("10 轮", "11 轮")]


def test_the_computation_reads_nothing_of_what_was_published():
    """With every published number and wording changed, every computed figure is the same."""
    with_file = {line.what: line.computed for line in replay_module.replay("jiande").lines}
    lines = replay_module.load_document((DATA.parent / "published.yaml").read_bytes()).tree["lines"]
    county = load_county("jiande")
    for item in lines:
        changed = {**item, "value": ["9"] * 3 if isinstance(item["value"], list) else "9", "words": "9"}
        assert replay_module._line(county, changed).computed == with_file[item["what"]]


def test_lowest_elimination_rate(county, expected):
    rates = [group.elimination_rate for group in county.outcome.groups]
    assert min(rates) == Fraction(4, 9)
    assert expected["headline"]["min_elimination_rate"] == "0.4444"


def test_explanation_of_every_entry_readds_to_its_score(explanations, county):
    scheme, outcome = require_scheme("jiande"), county.outcome
    for entry, found in enumerate(explanations):
        assert_explains(scheme, found, outcome.row(entry))


def test_shuffled_files_give_the_same_digests(county, tmp_path):
    rng, scheme = random.Random(3), require_scheme("jiande")
    for name in ("nominations.csv", "sheets.csv"):
        head, *body = (DATA / name).read_text(encoding="utf-8").splitlines()
        rng.shuffle(body)
        (tmp_path / name).write_text("\n".join([head, *body]), encoding="utf-8")
    again = load_inputs(scheme, Sources(tmp_path / "nominations.csv", tmp_path / "sheets.csv")).inputs
    assert digest_inputs(again) == digest_inputs(county.outcome.inputs)
    assert digest_outcome(compute(scheme, again)) == digest_outcome(county.outcome)


def test_criteria_of_the_scheme_are_those_of_the_data():
    scheme = require_scheme("jiande")
    with open(DATA / "criteria.csv", encoding="utf-8") as file:
        listed = [(r["code"], r["criterion"], Fraction(r["max"]), Fraction(r["step"])) for r in csv.DictReader(file)]
    found = [(n.key, n.name, m.full, m.finest) for n, m in zip(scheme.leaves, scheme.methods, strict=True)]
    assert found == listed
