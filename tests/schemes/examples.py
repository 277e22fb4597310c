"""The examples of the manual, run: a fragment of a scheme, the tables under it, and what has to come out.

An example is a part ``## 例：…`` of a page in ``docs/schemes``. Its YAML lies over the smallest scheme of the index (a
whole
document stands alone); 申报, 评分单, 数据, 事项, 评委 and 名录 are written as the files that the command line reads;
结果, 后果, 上级, 问题 and 提示 are what has to come out.
"""

import csv
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from schemes import compute, explain, read_scheme
from schemes.blocks.conditions import cell_text
from schemes.document import Scheme
from schemes.exact import decimal_text
from schemes.files import Sources, load_inputs
from schemes.loading import load_document
from schemes.outcome import EntryResult, Outcome
from schemes.problems import ProblemsFound
from tests.schemes.support import ROOT, text_of

FOLDER = ROOT / "docs" / "schemes"
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in sorted(FOLDER.glob("*.md"))}

#: The tables that are files, by the word above them.
FILES = {
    "申报": "nominations", "评分单": "sheets", "数据": "facts", "事项": "events", "评委": "inspectors", "名录": "organizations",
}  # fmt: skip
#: Columns of 结果 that are of the outcome's row; any other is a figure, by its key or name.
OF_THE_ROW = {
    "得分": lambda row: row.score or "",
    "名次": lambda row: str(row.rank or ""),
    "结果": lambda row: row.result,
    "等次": lambda row: row.grade,
}
Rows = list[list[str]]


def yaml_blocks(text: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)


def minimal() -> dict:
    (block,) = [block for block in yaml_blocks(PAGES["index"]) if block.startswith("# 最小的办法")]
    return load_document(block).tree


def laid_over(fragment: str) -> dict:
    """The document of a fragment: laid over the smallest scheme, whose tiers go where the fragment rates instead."""
    tree = load_document(fragment).tree
    base = {} if "language" in tree else minimal()
    if "rating" in tree:
        base.pop("tiers", None)
    return {**base, **tree}


def table_after(part: str, word: str) -> Rows | None:
    """The markdown table under ``word：`` as rows of cells, heads first; None when there is none."""
    found = re.search(rf"(?m)^{word}：\n\n((?:\|.*\n)+)", part)
    if not found:
        return None
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in found[1].splitlines()]
    return [lines[0], *lines[2:]]


def records(table: Rows | None) -> list[dict[str, str]]:
    return [dict(zip(table[0], row, strict=True)) for row in (table or [[]])[1:]]


def as_file(rows: Rows, path: Path) -> Path:
    """A table as the file a person would hand in: 组织 is 组织代码, and what is not said is of round 1."""
    heads = ["组织代码" if head == "组织" else head for head in rows[0]]
    alone = "轮次" not in heads and path.name in ("评分单", "申报")
    lines = [["轮次", *heads], *(["1", *row] for row in rows[1:])] if alone else [heads, *rows[1:]]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    return path


@dataclass(frozen=True)
class Example:
    """One part of a page. ``folder`` is where its files are written."""

    part: str
    folder: Path

    @cached_property
    def scheme(self) -> Scheme:
        (fragment,) = yaml_blocks(self.part)
        return read_scheme(text_of(laid_over(fragment)))

    @cached_property
    def tables(self) -> dict[str, Rows]:
        found = {word: table for word in FILES if (table := table_after(self.part, word))}
        if "申报" not in found and "tiers" in self.scheme.model_fields_set:
            found["申报"] = self._everybody(found)
        return found

    def _everybody(self, tables: dict[str, Rows]) -> Rows:
        """Without nominations all of the facts, or of the sheets, enter the first tier."""
        rows = records(tables.get("数据") or tables["评分单"])
        places = dict.fromkeys((row.get("轮次", "1"), row.get("组织") or row["组织代码"]) for row in rows)
        return [["轮次", "组织", "等次"], *([*place, self.scheme.tier_names[0]] for place in places)]

    @cached_property
    def sources(self) -> Sources:
        paths = {FILES[word]: as_file(rows, self.folder / word) for word, rows in self.tables.items()}
        return Sources(**{"nominations": None, "sheets": None, **paths})

    @property
    def problems(self) -> list[str]:
        """What 问题 or 提示 says, each as the program says it; one of the sheets does not name the file."""
        listed = re.search(r"(?m)^(?:问题|提示)：\n\n((?:- .*\n)+)", self.part)
        return [line.removeprefix("- ") for line in listed[1].splitlines()] if listed else []

    def run(self) -> tuple[Outcome | None, list[str]]:
        """The outcome (None when the files cannot be used), and every problem and note."""
        try:
            loaded = load_inputs(self.scheme, self.sources)
            return compute(self.scheme, loaded.inputs), [_said(note) for note in loaded.notes]
        except ProblemsFound as found:
            return None, [_said(problem) for problem in found.problems]


def _said(problem: object) -> str:
    return str(problem).removeprefix("评分单，")


def results(example: Example, outcome: Outcome) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Rows of 结果 as written and as found, in one order, with the same columns."""
    wanted = records(table_after(example.part, "结果"))
    entries = {_place(row): entry for entry in range(len(outcome.inputs)) for row in [outcome.row(entry)]}
    assert sorted(entries) == sorted(_asked(row) for row in wanted)
    found = [{head: _cell(outcome, entries[_asked(row)], head, said) for head, said in row.items()} for row in wanted]
    return wanted, found


def _place(row: EntryResult) -> tuple[str, str]:
    return row.round, row.org_code


def _asked(row: dict[str, str]) -> tuple[str, str]:
    return row.get("轮次", "1"), row.get("组织") or row["组织代码"]


def _cell(outcome: Outcome, entry: int, head: str, said: str) -> str:
    """What a cell of 结果 should say; an explanation only has to contain it."""
    row = outcome.row(entry)
    if head in OF_THE_ROW:
        return OF_THE_ROW[head](row)
    if head in ("组织", "组织代码", "轮次"):
        return said
    if head == "说明":
        steps = explain(outcome.evaluation.scheme, outcome.inputs, outcome, entry).steps
        text = "\n".join(f"{step.title}：{step.detail}" for step in steps)
        return said if said in text else text
    return cell_text(outcome.evaluation.cell(key_of(outcome.evaluation.scheme, head), entry))


def key_of(scheme: Scheme, head: str) -> str:
    """A figure by its key, or by its name where that is nobody else's."""
    keys = [*scheme.nodes, *scheme.recorded, *scheme.derived, *(event.key for event in scheme.events)]
    named = [key for key in keys if scheme.name_of(key) == head]
    return head if head in keys else named[0]


def consequences(example: Example, outcome: Outcome) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Rows of 后果 as written and as found; a reason only has to contain what is written."""
    wanted = records(table_after(example.part, "后果"))
    found = []
    for row in outcome.consequences:
        amount = "" if row.amount is None else f"{decimal_text(row.amount)} {row.unit}"
        days = "" if row.within_days is None else f"{row.within_days} 天"
        org = outcome.inputs.entry_org[row.entry]
        found.append({"组织": org, "后果": row.name, "数额": amount, "理由": row.reason, "责任": row.who, "期限": days})
    order = sorted(found, key=lambda row: (row["后果"], row["组织"]))
    wanted = sorted(wanted, key=lambda row: (row["后果"], row["组织"]))
    pairs = zip(order, wanted, strict=False)
    shown = [{head: _reason(head, row[head], said) for head, said in asked.items()} for row, asked in pairs]
    return wanted, shown + order[len(wanted) :]


def _reason(head: str, found: str, said: str) -> str:
    return said if head == "理由" and said in found else found


def parents(example: Example, outcome: Outcome) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Rows of 上级 as written and as found."""
    wanted = records(table_after(example.part, "上级"))
    heads = list(wanted[0]) if wanted else ["上级"]
    found = [
        {"轮次": row.round, "上级": row.parent, "名称": row.name, "加分": decimal_text(Fraction(row.points))}
        for row in outcome.parents
    ]
    return sorted(wanted, key=str), sorted(({head: row[head] for head in heads} for row in found), key=str)
