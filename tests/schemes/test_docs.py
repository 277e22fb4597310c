"""The manual is run: every example gives the table under it, every key is described, every command runs."""

import re
import shlex
import subprocess
import sys
from fractions import Fraction

import pytest
from pydantic import BaseModel

from schemes import VERDICT_WORDS, Verdict, compute, explain, read_scheme
from schemes.document import Scheme
from schemes.exact import decimal_text
from schemes.intake import NOMINATION_COLUMNS, build_inputs, read_nominations, read_sheets, sheet_columns
from schemes.loading import load_document
from schemes.outcome import VERDICTS
from schemes.rules.aggregation import Mean, Median, TrimmedMean
from schemes.rules.base import Rule
from schemes.rules.limits import EliminationRate, Quota, ShareOfGroup
from schemes.rules.marking import Points
from schemes.rules.ties import NodeMean, UntrimmedMean
from schemes.tables import read_table
from tests.schemes.support import ROOT, text_of

FOLDER = ROOT / "docs" / "schemes"
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in sorted(FOLDER.glob("*.md"))}
RULES = {
    "points": Points, "mean": Mean, "trimmed-mean": TrimmedMean, "median": Median, "node-mean": NodeMean,
    "untrimmed-mean": UntrimmedMean, "elimination-rate": EliminationRate, "share": ShareOfGroup, "quota": Quota,
}  # fmt: skip


def yaml_blocks(text):
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)


def minimal():
    (block,) = [block for block in yaml_blocks(PAGES["index"]) if block.startswith("# 最小的办法")]
    return load_document(block).tree


def examples():
    for page, text in PAGES.items():
        for part in re.split(r"(?m)^## ", text)[1:]:
            title = part.splitlines()[0]
            if title.startswith("例："):
                yield pytest.param(part, id=f"{page} {title}")


def table_after(part, word):
    """The markdown table under ``word：`` as rows of cells, heads first; None when there is none."""
    found = re.search(rf"(?m)^{word}：\n\n((?:\|.*\n)+)", part)
    if not found:
        return None
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines()]
    return [lines[0], *lines[2:]]


def as_file(rows, columns, name):
    return read_table(name, "\n".join(",".join(row) for row in rows).encode(), columns=columns)


def run_example(part):
    """The scheme, entries and sheets of an example, read by the very functions that read files."""
    (fragment,) = yaml_blocks(part)
    scheme = read_scheme(text_of({**minimal(), **load_document(fragment).tree}))
    marks = table_after(part, "评分单")
    first_tier = [
        ["轮次", "组织代码", "等次"],
        *dict.fromkeys((row[0], row[1], scheme.tier_names[0]) for row in marks[1:]),
    ]
    entered = read_nominations(as_file(table_after(part, "申报") or first_tier, NOMINATION_COLUMNS, "申报"), scheme)
    sheets = read_sheets(as_file(marks, sheet_columns(scheme), "评分单"), scheme, entered.entries)
    return scheme, entered, sheets


@pytest.mark.parametrize("part", list(examples()))
def test_every_example_gives_the_table_under_it(part):
    scheme, entered, sheets = run_example(part)
    problems = re.findall(r"(?m)^- (第 .*)$", part)
    assert [str(problem) for problem in (*entered.problems, *sheets.problems)] == [
        f"评分单，{line}" for line in problems
    ]
    if problems:
        return
    inputs = build_inputs(scheme, entered.entries, sheets)
    outcome, wanted = compute(scheme, inputs), table_after(part, "结果")
    rows = {row.org_code: row for row in outcome.rows()}
    found = [[r.org_code, r.score or "", str(r.rank or ""), VERDICT_WORDS[r.outcome]] for r in rows.values()]
    assert sorted(found) == sorted(row[:4] for row in wanted[1:])
    for org, _, _, _, *said in wanted[1:]:
        steps = explain(scheme, inputs, outcome, inputs.entry_at("1", org)).steps
        assert "".join(said) in "\n".join(f"{step.title}：{step.detail}" for step in steps)


def test_every_rule_kind_has_a_page_with_an_example():
    kinds = {rule for rule in all_rules() if "kind" in rule.model_fields}
    assert kinds == set(RULES.values())
    for page in RULES:
        assert "## 例：" in PAGES[page]


def all_rules(start=Rule):
    for rule in start.__subclasses__():
        yield rule
        yield from all_rules(rule)


@pytest.mark.parametrize("page", RULES)
def test_a_rule_page_names_its_kind_and_describes_every_key(page):
    fields = set(RULES[page].model_fields) - {"kind", "clause"}
    assert f"（{RULES[page].model_fields['kind'].default}）" in PAGES[page].splitlines()[0]
    assert not [field for field in fields if f"`{field}`" not in PAGES[page]]


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


def test_every_choice_and_kind_of_the_document_is_named():
    text = "".join(PAGES.values())
    choices = {"sheet", "criterion", "home_township", "none", "eliminate_all", "admit_all", "floor", "ceil", "half_up",
               "participants", "ranked", *(rule.model_fields["kind"].default for rule in RULES.values())}  # fmt: skip
    assert not [choice for choice in choices if f"`{choice}`" not in text]


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_is_a_valid_scheme_over_the_minimal_one(page):
    for block in yaml_blocks(PAGES[page]):
        read_scheme(text_of({**minimal(), **load_document(block).tree}))


def test_every_link_leads_to_a_page():
    for text in PAGES.values():
        assert set(re.findall(r"\]\(([\w-]+)\.md\)", text)) <= set(PAGES)


def test_outcome_codes_are_listed_in_the_order_of_precedence():
    listed = re.findall(r"(?m)^\| `(\w+)` \| (\S+) \|", PAGES["outcomes"])
    assert listed[:5] == [(v.value, VERDICT_WORDS[v]) for v in (
        Verdict.VETOED, Verdict.UNSCORED, Verdict.BELOW_THRESHOLD, Verdict.TIED_AT_CUT, Verdict.AWARDED)]  # fmt: skip
    assert sorted(dict(listed)) == sorted(VERDICTS)


def test_the_table_of_roundings_is_right():
    rows = re.findall(r"(?m)^\| ([\d./]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", PAGES["numbers"])
    assert len(rows) == 4
    for exact, *rounded in rows:
        assert [decimal_text(Fraction(exact), places) for places in (2, 1, 0)] == rounded


def commands():
    for block in re.findall(r"```console\n(.*?)```", PAGES["command-line"], re.DOTALL):
        command, *shown = block.splitlines()
        yield pytest.param(shlex.split(command.removeprefix("$ python ")), shown, id=command.split()[4])


@pytest.mark.parametrize("command, shown", list(commands()))
def test_every_command_prints_what_the_page_shows(command, shown):
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    assert "\n".join(shown) in done.stdout.decode()
