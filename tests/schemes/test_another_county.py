"""Another county's files, other thresholds, trimming, tie-breaks and limits: the command line against the oracle."""

import csv
import random
import subprocess
import sys
from fractions import Fraction

import pytest

from tests.schemes import oracle
from tests.schemes.randomness import random_document, random_sheet
from tests.schemes.support import ROOT, text_of

TOWNS = ["甲镇", "乙镇", "丙街道", "丁乡"]


def county(rng, tree):
    """Three rounds of a county of forty villages; panels of 0 to 9 without inspectors of the own township."""
    villages = {f"V{i:03}": f"T{i % len(TOWNS)}" for i in range(40)}
    inspectors = {f"J{i:02}": f"T{i % (len(TOWNS) + 2)}" for i in range(12)}
    marks = {key: node["mark"] for key, node in leaf_nodes(tree["criteria"]["tree"])}
    entries, sheets = [], {}
    for round_ in ("1", "2", "10"):
        for village in rng.sample(sorted(villages), rng.randint(15, 35)):
            tier = rng.choice(tree["tiers"])["name"]
            entries.append((round_, village, tier, rng.random() < 0.05))
            free = [name for name, home in inspectors.items() if home != villages[village]]
            panel = rng.sample(free, rng.randint(0, 9))
            sheets[round_, village] = {name: random_sheet(rng, marks) for name in panel}
    return villages, inspectors, entries, sheets


def leaf_nodes(nodes):
    for node in nodes:
        if "mark" in node:
            yield node["key"], node
        yield from leaf_nodes(node.get("children", []))


def write(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def spelled(rng, mark):
    """A mark as different hands write it; thirds cannot be written in decimals and are kept out of the files."""
    text = str(mark.numerator) if mark.denominator == 1 else format(float(mark), "g")
    assert Fraction(text) == mark
    return rng.choice(
        [text, f"{text}分", f" {text} ", text.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))]
    )


def write_county(folder, rng, tree):
    villages, inspectors, entries, sheets = county(rng, tree)
    (folder / "scheme.yaml").write_text(text_of(tree), encoding="utf-8")
    organizations = [(f"T{i}", name, "township", "C") for i, name in enumerate(TOWNS)]
    organizations += [(code, f"{code}村", "village", town) for code, town in villages.items()]
    write(folder / "organizations.csv", ("组织代码", "组织名称", "kind", "parent_code"), organizations)
    write(folder / "inspectors.csv", ("评委", "姓名", "home_code"), [(n, f"{n}姓名", h) for n, h in inspectors.items()])
    rows = [(rng.choice([r, f"第{r}轮"]), org, tier, "是" if vetoed else "") for r, org, tier, vetoed in entries]
    write(folder / "nominations.csv", ("轮次", "组织代码", "等次", "一票否决"), rows)
    keys = oracle.leaves(tree["criteria"]["tree"])
    rows = [
        (round_, org, inspector, *(spelled(rng, sheet[key]) for key in keys))
        for (round_, org), own in sheets.items()
        for inspector, sheet in own.items()
    ]
    rng.shuffle(rows)
    write(folder / "sheets.csv", ("轮次", "组织代码", "评委", *keys), rows)
    return entries, {place: list(own.values()) for place, own in sheets.items()}


def decimal_document(rng):
    """A random scheme whose marks can be written in decimals."""
    while True:
        tree = random_document(rng)
        if not any("/" in node["mark"]["step"] for _, node in leaf_nodes(tree["criteria"]["tree"])):
            return tree


@pytest.mark.parametrize("seed", range(8))
def test_command_line_agrees_with_the_oracle(tmp_path, seed):
    rng = random.Random(f"county {seed}")
    tree = decimal_document(rng)
    entries, sheets = write_county(tmp_path, rng, tree)
    named = [f"--{kind}={tmp_path / kind}.csv" for kind in ("nominations", "sheets", "inspectors", "organizations")]
    command = [sys.executable, "-m", "schemes", "compute", str(tmp_path / "scheme.yaml"), *named]
    done = subprocess.run([*command, "--out", str(tmp_path / "out.csv")], cwd=ROOT, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    with open(tmp_path / "out.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = {
        (row["round"], row["org_code"]): (
            Fraction(row["score"]) if row["score"] else None,
            int(row["rank"]) if row["rank"] else None,
            row["outcome"],
        )
        for row in rows
    }
    assert found == oracle.outcome(tree, entries, sheets)
    assert [row["round"] for row in rows] == sorted((row["round"] for row in rows), key=int)
