"""Kinds of published figures on a small programme worked out by hand; several counties on the command line."""

import json
from dataclasses import dataclass
from fractions import Fraction

import pytest

from schemes import Outcome, compute
from schemes import replay as replay_module
from schemes.cli import main
from schemes.files import Sources, load_inputs
from schemes.replay import COMPARISONS, Replay, ReplayLine, replayable
from schemes.replay_figures import FIGURES
from schemes.synthetic.__main__ import main as write_inputs
from tests.schemes.support import scheme_of


@dataclass(frozen=True)
class Small:
    outcome: Outcome


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Five organizations: 甲 90 points, 乙 80 and 80, 丙 60, 丁 has no income and so no score."""
    scheme = scheme_of(
        tiers=[{"name": "标杆", "threshold": "80"}],
        period={"start": "2026-01-01", "end": "2026-12-31"},
        facts=[{"key": "income", "name": "收入", "missing": "unscored"}, {"key": "word", "name": "词", "type": "text"}],
        events=[{"key": "seen", "name": "观摩"}],
        criteria={"tree": [{"key": "points", "name": "得分", "mark": {"kind": "figure", "of": "income"}}]},
        score=None,
        badges=[{"key": "red", "name": "红旗", "of": "points", "at_least": "80"}],
        consequences=[{"key": "pay", "name": "扣款", "amount": {"of": "seen", "times": "500"}}],
        propagation=[{"key": "up", "name": "乡镇加分", "points": {"标杆": "0.3"}}],
    )
    folder = tmp_path_factory.mktemp("small")
    write = {
        "nominations": "轮次,组织代码,等次\n1,A,标杆\n1,B,标杆\n1,C,标杆\n1,D,标杆\n2,A,标杆\n",
        "facts": "轮次,组织代码,所属乡镇,收入,词\n1,A,甲,90,x\n1,B,乙,80,y\n1,C,乙,60,x\n1,D,乙,,z\n2,A,甲,80.5,x\n",
        "events": "轮次,组织代码,事项,日期,数量,对象\n1,A,观摩,2026-05-01,2,p\n1,B,观摩,2026-06-01,1,p\n"
        "1,B,观摩,2026-07-01,3,q\n1,C,观摩,2025-07-01,9,r\n",
    }
    paths = {name: folder / f"{name}.csv" for name in write}
    for name, text in write.items():
        paths[name].write_text(text, encoding="utf-8")
    return Small(compute(scheme, load_inputs(scheme, Sources(sheets=None, **paths)).inputs))


WON = {"won": True}


@pytest.mark.parametrize(
    "kind, of, expected",
    [
        ("participants", {}, "4"),
        ("participants", WON, "2"),
        ("count", {}, "5"),
        ("count", {"where": {"of": "word", "equals": "x"}}, "3"),
        ("count", WON, "3"),
        ("share", {"where": {"of": "points", "at_least": "80"}}, "3/5"),
        ("share", {"where": {"of": "points", "at_least": "80"}, "among": {"of": "word", "equals": "x"}}, "2/3"),
        ("share", {"among": {"of": "word", "equals": "none"}}, "0"),
        ("rounds", {}, "2"),
        ("awards", {"tier": "标杆"}, "3"),
        ("awards", {"tier": "进位"}, "0"),
        ("awards", {"where": {"of": "round", "equals": "2"}}, "1"),
        ("lowest_elimination", {}, "0"),
        ("badges", {"badge": "红旗"}, "3"),
        ("badges", {"badge": "黄旗"}, "0"),
        ("badge_names", {}, "1"),
        ("sum", {"figure": "income"}, "310.5"),
        ("sum", {"figure": "seen"}, "6"),
        ("sum", {"figure": "points", "where": {"of": "township", "equals": "乙"}}, "140"),
        ("distinct", {"figure": "word"}, "3"),
        ("distinct", {"figure": "word", **WON}, "2"),
        ("records", {"event": "seen"}, "3"),
        ("subjects", {"event": "seen"}, "2"),
        ("subjects", {"event": "seen", "where": {"of": "word", "equals": "x"}}, "1"),
        ("consequences", {"rule": "扣款"}, "2"),
        ("consequences", {"rule": "none"}, "0"),
        ("amounts", {"rule": "pay"}, "3000"),
        ("parents", {"rule": "up"}, "2"),
        ("parent_points", {}, "0.9"),
        ("parent_points", {"parent": "甲"}, "0.6"),
        ("value", {"figure": "score", "org": "B"}, "80"),
        ("value", {"figure": "score", "org": "A", "round": "2"}, "80.5"),
        ("value", {"figure": "rank", "org": "C"}, "3"),
    ],
)
def test_every_kind_by_hand(small, kind, of, expected):
    assert FIGURES[kind](small, of) == (Fraction(expected),)


@pytest.mark.parametrize("of", [{"figure": "score", "org": "D"}, {"figure": "score", "org": "E"}])
def test_a_figure_that_is_not_there_is_no_number(small, of):
    with pytest.raises(LookupError):
        FIGURES["value"](small, of)


MET = {"equal": (False, True, False), "at_least": (False, True, True), "over": (False, False, True)}


@pytest.mark.parametrize("how, agrees", [*MET.items(), ("under", (True, False, False))])
def test_how_a_wording_is_met(how, agrees):
    assert tuple(COMPARISONS[how]((Fraction(number),), (Fraction(5),)) for number in (4, 5, 6)) == agrees


def test_a_share_is_compared_as_the_source_rounded_it(small):
    item = {"what": "x", "source": "", "figure": "share", "of": {"where": {"of": "points", "at_least": "80"},
            "among": {"of": "word", "equals": "x"}}}  # fmt: skip
    line = replay_module._line(small, {**item, "value": "66.7%", "places": "3"})
    assert (line.computed, line.published, line.equal) == ("66.7%", "66.7%", True)
    assert not replay_module._line(small, {**item, "value": "66.7%"}).equal


def made(name, *equal):
    return Replay(name, "资料", tuple(ReplayLine("项目", "1", "1" if each else "2", "原话", each) for each in equal))


def test_several_counties_one_table_each_and_one_difference_fails(monkeypatch, capsys):
    results = {"甲县": made("甲县", True), "乙县": made("乙县", True, False)}
    monkeypatch.setattr("schemes.cli.commands.replayable", lambda: list(results))
    monkeypatch.setattr("schemes.cli.commands.replay", results.__getitem__)
    assert main(["replay"]) == 1
    whole = capsys.readouterr().out
    for words in (
        "甲县：",
        "1 项全部一致。",
        "乙县：",
        "2 项中有 1 项不一致。",
        "2 个县（市、区）3 项中有 1 项不一致。",
    ):
        assert words in whole
    assert main(["replay", "甲县"]) == 0
    capsys.readouterr()
    assert main(["replay", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], [county["ok"] for county in found["counties"]]) == (False, [True, False])
    assert main(["replay", "甲县", "丙县"]) == 1
    assert "没有公开的数字可比（现为“丙县”）" in capsys.readouterr().err


def test_counties_known():
    assert {"jiande", "fucheng", "haian"} <= set(replayable())


def test_only_known_counties_have_synthetic_inputs(capsys):
    assert write_inputs(["nowhere"]) == 2
    assert "没有“nowhere”的合成数据" in capsys.readouterr().err
