"""The manual is run: every example gives the tables under it, every key is described, every command runs."""

import re
import shlex
import subprocess
import sys
from fractions import Fraction
from typing import Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from schemes import VERDICT_WORDS, Verdict, read_scheme
from schemes.blocks.awards import (
    Bonus,
    PerParent,
    Promotion,
    Ranking,
    Reinspection,
    Selection,
    Subsidy,
    Tier,
    Titles,
)
from schemes.blocks.conditions import Condition
from schemes.blocks.consequences import (
    Amount,
    Consequence,
    Eligibility,
    FixedGrade,
    GradeAtMost,
    Lower,
    NoGrade,
    Out,
    Propagation,
    Veto,
    VetoRule,
    ZeroItem,
    ZeroScore,
)
from schemes.blocks.criteria import Applies, Criteria, Node, OverTime
from schemes.blocks.facts import Event, Fact, Period, Source
from schemes.blocks.nominating import Nominating
from schemes.blocks.panel import Few, Panel, VoidBallots
from schemes.blocks.rating import Badge, Bottom, Ceiling, Grade, Rating, Steps
from schemes.cli.parser import build_parser
from schemes.derivation import derive
from schemes.document import Clause, County, Identity, Scheme
from schemes.exact import ROUNDINGS, decimal_text, round_by
from schemes.fact_tables import EVENT_COLUMNS, fact_columns
from schemes.files import ORGANIZATION_COLUMNS
from schemes.intake import INSPECTOR_COLUMNS, NOMINATION_COLUMNS, sheet_columns
from schemes.loading import load_document
from schemes.outcome import VERDICTS
from schemes.rules.aggregation import Mean, Median, TrimBand, TrimmedMean, WeightedGroups
from schemes.rules.base import Rounding, Rule
from schemes.rules.corrections import Coefficient, Standardised
from schemes.rules.limits import CountOfGroup, EliminationRate, Quota, ShareOfGroup
from schemes.rules.marking import (
    Ballots,
    Bands,
    ByFormula,
    Deduction,
    EventPoints,
    Grades,
    Linear,
    PerUnit,
    Points,
    RankPoints,
    RatioToBest,
    RecordedFigure,
    YesNoMark,
)
from schemes.rules.marking.bands import Band
from schemes.rules.marking.deduction import DeductionItem
from schemes.rules.marking.events import EventItem
from schemes.rules.ties import Draw, FigureTie, NodeMean, UntrimmedMean
from schemes.working import readd
from tests.schemes.examples import PAGES, Example, consequences, laid_over, minimal, parents, results, yaml_blocks
from tests.schemes.support import ROOT, text_of

#: The page of every rule kind.
RULES = {
    Points: "points", Grades: "grades", YesNoMark: "yes-no", Deduction: "deduction", Bands: "bands",
    PerUnit: "per-unit", Linear: "linear", RankPoints: "rank-points", RatioToBest: "ratio-to-best",
    RecordedFigure: "figure",
    Ballots: "ballots", EventPoints: "events", ByFormula: "formula",
    Mean: "mean", TrimmedMean: "trimmed-mean", Median: "median", WeightedGroups: "weighted-groups",
    Coefficient: "corrections", Standardised: "corrections",
    NodeMean: "node-mean", UntrimmedMean: "untrimmed-mean", FigureTie: "tie-figure", Draw: "draw",
    EliminationRate: "elimination-rate", ShareOfGroup: "share", Quota: "quota", CountOfGroup: "count",
}  # fmt: skip


def examples():
    for page, text in PAGES.items():
        for part in re.split(r"(?m)^## ", text)[1:]:
            title = part.splitlines()[0]
            if title.startswith("例："):
                yield pytest.param(part, id=f"{page} {title}")


@pytest.mark.parametrize("part", list(examples()))
def test_every_example_gives_the_tables_under_it(part, tmp_path):
    example = Example(part, tmp_path)
    outcome, problems = example.run()
    assert problems == example.problems
    if outcome is None:
        return
    for tables in (results, consequences, parents):
        wanted, found = tables(example, outcome)
        assert found == wanted
    for entry in range(len(outcome.inputs)):
        for line in derive(outcome.evaluation, entry):
            assert readd(line.working) == line.working.value


def test_every_rule_kind_has_a_page_with_an_example():
    kinds = {rule for rule in all_rules() if "kind" in rule.model_fields}
    assert kinds == set(RULES)
    assert not [page for page in RULES.values() if "## 例：" not in PAGES.get(page, "")]


def all_rules(start=Rule):
    for rule in start.__subclasses__():
        yield rule
        yield from all_rules(rule)


#: The page of every other part of a document.
PARTS = {
    Scheme: "index", Identity: "index", County: "index", Clause: "index", Tier: "index", Veto: "index",
    Fact: "facts", Source: "facts", Event: "records", Period: "records", Condition: "conditions",
    Criteria: "criteria", Node: "criteria", Applies: "criteria", OverTime: "over-time", Rounding: "numbers",
    Nominating: "nomination",
    Panel: "panel", VoidBallots: "panel", Few: "panel",
    DeductionItem: "deduction", EventItem: "events", Band: "bands", TrimBand: "trimmed-mean",
    Eligibility: "eligibility", VetoRule: "vetoes", Out: "vetoes", ZeroScore: "vetoes", ZeroItem: "vetoes",
    FixedGrade: "vetoes", GradeAtMost: "vetoes", NoGrade: "vetoes", Lower: "vetoes",
    Ranking: "ranking", Selection: "selection", PerParent: "selection",
    Rating: "rating", Grade: "rating", Ceiling: "rating", Bottom: "rating", Steps: "rating", Badge: "badges",
    Consequence: "consequences", Amount: "consequences", Propagation: "propagation",
    Titles: "titles", Promotion: "titles", Reinspection: "titles", Bonus: "titles", Subsidy: "titles",
}  # fmt: skip


def test_every_part_of_a_document_has_a_page():
    assert models() - set(RULES) == set(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_a_page_describes_every_key_of_its_part(part):
    page = PAGES[PARTS[part]]
    assert not [field for field in set(part.model_fields) - {"clause"} if f"`{field}`" not in page]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_page_names_its_kind_and_describes_every_key(rule):
    page = PAGES[RULES[rule]]
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert [line for line in headings if f"（{rule.model_fields['kind'].default}）" in line]
    fields = set(rule.model_fields) - {"kind", "clause"}
    assert not [field for field in fields if f"`{field}`" not in page]


def models(model=Scheme, seen=None):
    """Every model reachable from the scheme, itself included."""
    seen = set() if seen is None else seen
    if model in seen:
        return seen
    seen.add(model)
    for field in model.model_fields.values():
        for inner in classes_in(field.annotation):
            models(inner, seen)
    return seen


def classes_in(annotation):
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from classes_in(argument)


def test_every_key_of_the_document_is_described():
    text = "".join(PAGES.values())
    assert not sorted({name for model in models() for name in model.model_fields if f"`{name}`" not in text})


def choices_of(annotation):
    """Every word that a key may have as its value."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    for argument in getattr(annotation, "__args__", ()):
        yield from choices_of(argument)


def test_every_choice_and_kind_of_the_document_is_named():
    text = "".join(PAGES.values())
    words = {
        word for model in models() for field in model.model_fields.values() for word in choices_of(field.annotation)
    }
    assert len(words) > 80
    assert not sorted(word for word in words if f"`{word}`" not in text)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_is_a_valid_scheme_over_the_minimal_one(page):
    for block in yaml_blocks(PAGES[page]):
        read_scheme(text_of(laid_over(block)))


def test_every_link_leads_to_a_page():
    for text in PAGES.values():
        assert set(re.findall(r"\]\(([\w-]+)\.md\)", text)) <= set(PAGES)


def test_outcome_codes_are_listed_in_the_order_of_precedence():
    listed = re.findall(r"(?m)^\| `(\w+)` \| (\S+) \|", PAGES["outcomes"])
    assert listed == [(v.value, VERDICT_WORDS[v]) for v in (
        Verdict.INELIGIBLE, Verdict.VETOED, Verdict.NOT_RATED, Verdict.UNSCORED, Verdict.BELOW_THRESHOLD, Verdict.UNMET,
        Verdict.TIED_AT_CUT, Verdict.AWARDED, Verdict.RATED, Verdict.RESERVE, Verdict.OVER_QUOTA)]  # fmt: skip
    assert sorted(dict(listed)) == sorted(VERDICTS)


def test_the_table_of_roundings_is_right():
    rows = re.findall(r"(?m)^\| ([\d./]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", PAGES["numbers"])
    assert len(rows) == 4
    for exact, *rounded in rows:
        assert [decimal_text(Fraction(exact), places) for places in (2, 1, 0)] == rounded


def test_the_table_of_rounding_modes_is_right():
    number = r" (-?[\d.]+) \|"
    rows = re.findall(rf"(?m)^\|{number * 5}$", PAGES["numbers"])
    assert len(rows) >= 5
    for exact, *rounded in rows:
        assert [decimal_text(round_by(Fraction(exact), 1, mode)) for mode in ROUNDINGS] == rounded


def commands():
    for block in re.findall(r"```console\n(.*?)```", PAGES["command-line"], re.DOTALL):
        command, *shown = block.splitlines()
        yield pytest.param(shlex.split(command.removeprefix("$ python ")), shown, id=command.split()[4])


@pytest.mark.parametrize("command, shown", list(commands()))
def test_every_command_prints_what_the_page_shows(command, shown):
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    assert "\n".join(shown) in done.stdout.decode()


def phrases():
    """Every way of writing in the table of phrases, with the heading it stands under."""
    heading = ""
    for line in PAGES["phrases"].splitlines():
        heading = line.removeprefix("## ") if line.startswith("## ") else heading
        for snippet in re.findall(r"`([^`]+)`", line.split(" | ")[1]) if line.count(" | ") == 2 else ():
            yield pytest.param(snippet, id=f"{heading} {snippet[:40]}")


def holder_of(tree):
    """The model that has these keys: a node, over_time, a veto, or the document itself."""
    node = {"key": "x", "name": "某项", "mark": {"max": 10}}
    if set(tree) <= set(Node.model_fields) - {"score"}:
        return Node, {**{key: value for key, value in node.items() if "children" not in tree}, **tree}
    if set(tree) <= {"missing"}:
        return OverTime, {"periods": ["一季度"], **tree}
    if set(tree) <= {"effect"}:
        return VetoRule, {"key": "x", "name": "某项", "when": {"of": "x", "known": True}, **tree}
    if "criteria" in tree:
        tree = {"criteria": {**tree["criteria"], "tree": [node]}}
    return Scheme, {**minimal(), **tree}


@pytest.mark.parametrize("snippet", list(phrases()))
def test_every_phrase_is_written_as_the_language_reads_it(snippet):
    model, tree = holder_of(load_document(snippet).tree)
    model.model_validate(tree)


def test_every_column_of_every_file_is_described():
    scheme = read_scheme(text_of(minimal()))
    columns = {
        *NOMINATION_COLUMNS, *INSPECTOR_COLUMNS, *EVENT_COLUMNS, *ORGANIZATION_COLUMNS,
        *sheet_columns(scheme)[:5], *fact_columns(scheme)[:5],
    }  # fmt: skip
    rows = re.findall(r"(?m)^\| `(\w+)` \| ([^|]+) \|", PAGES["files"])
    described = {(key, name) for key, names in rows for name in names.split("、")}
    assert not [
        column for column in columns if (column.key, column.label) not in {(k, n.strip()) for k, n in described}
    ]


def test_every_option_of_the_commands_is_described():
    parsers = build_parser()._subparsers._group_actions[0].choices.values()
    options = {option for parser in parsers for action in parser._actions for option in action.option_strings}
    assert not [option for option in options if f"`{option}`" not in PAGES["command-line"]]
