"""Random schemes and rounds that stand on edges: few different marks, so that ties and exact thresholds are common."""

from fractions import Fraction

from tests.schemes.support import document

STEPS = ("1", "0.5", "0.25", "0.1", "0.3", "1/3")
TIERS = ("标杆", "进位", "入围")


def text(value):
    return str(value)


def random_criterion(rng, key):
    step = Fraction(rng.choice(STEPS))
    low = step * rng.choice([0, 0, 0, 1, 3])
    high = low + step * rng.randint(1, 5)
    return {"key": key, "name": f"标准{key}", "mark": {"max": text(high), "step": text(step), "min": text(low)}}


def random_tree(rng):
    """One to five criteria, some of them under items."""
    nodes = [random_criterion(rng, f"c{i}") for i in range(rng.randint(1, 5))]
    if len(nodes) > 2 and rng.random() < 0.6:
        cut = rng.randint(1, len(nodes) - 1)
        nodes = [
            {"key": "item1", "name": "项目一", "children": nodes[:cut]},
            {"key": "item2", "name": "项目二", "children": nodes[cut:]},
        ]
    return nodes


def walk(nodes):
    for node in nodes:
        yield node
        yield from walk(node.get("children", []))


def marks_of(tree):
    return {node["key"]: node["mark"] for node in walk(tree) if "mark" in node}


def random_rounding(rng):
    return {"round": {"places": text(rng.randint(0, 3))}} if rng.random() < 0.75 else {}


def random_score(rng):
    kind = rng.choice(["mean", "median", "trimmed_mean", "trimmed_mean"])
    rule = {"kind": kind, "per": rng.choice(["sheet", "sheet", "criterion"]), **random_rounding(rng)}
    if rng.random() < 0.3:
        rule["minimum_sheets"] = text(rng.randint(0, 4))
    if kind == "trimmed_mean":
        rule["bands"] = random_bands(rng)
    return rule


def random_bands(rng):
    starts = sorted(rng.sample(range(2, 8), rng.randint(1, 3)))
    bands = []
    for start in starts:
        high = rng.randint(0, min(2, start - 1))
        low = rng.randint(0, min(2, start - 1 - high))
        bands.append({"from_sheets": text(start), "drop_highest": text(high), "drop_lowest": text(low)})
    return bands


def random_ties(rng, tree):
    ties = [{"kind": "untrimmed_mean", **random_rounding(rng)}]
    ties += [{"kind": "node_mean", "node": node["key"], **random_rounding(rng)} for node in walk(tree)]
    rng.shuffle(ties)
    return ties[: rng.randint(0, 3)]


def random_tiers(rng, full):
    tiers = []
    for name in TIERS[: rng.randint(1, 3)]:
        tier = {"name": name}
        if rng.random() < 0.7:
            tier["threshold"] = text(full * Fraction(rng.randint(0, 20), 20))
        tiers.append(tier)
    return tiers


def random_limits(rng, tiers, per_tier):
    kinds = {
        "elimination_rate": lambda: {"minimum": f"{rng.choice([0, 20, 25, 40, 50, 100])}%"},
        "share": lambda: {
            "at_most_share": rng.choice(["1/3", "1/2", "0.25", "60%", "1"]),
            "whole": rng.choice(["floor", "ceil", "half_up"]),
        },
        "quota": lambda: {"places": {tier["name"]: text(rng.randint(0, 4)) for tier in tiers if rng.random() < 0.8}},
    }
    if not per_tier:
        del kinds["quota"]
    limits = []
    for kind in rng.sample(sorted(kinds), rng.randint(0, 2)):
        limit = {"kind": kind, **kinds[kind]()}
        if kind != "quota":
            limit["basis"] = rng.choice(["participants", "ranked"])
        limits.append(limit)
    return limits


def random_document(rng):
    tree = random_tree(rng)
    full = sum((Fraction(mark["max"]) for mark in marks_of(tree).values()), Fraction(0))
    tiers, per_tier = random_tiers(rng, full), rng.random() < 0.8
    return document(
        criteria={"full_marks": text(full), "tree": tree},
        tiers=tiers,
        score=random_score(rng),
        ranking={"per_tier": per_tier, "tie_breaks": random_ties(rng, tree)},
        veto={"counts_as_participant": rng.random() < 0.7},
        selection={
            "limits": random_limits(rng, tiers, per_tier),
            "tie_at_cut": rng.choice(["eliminate_all", "admit_all"]),
        },
    )


def random_round(rng, tree):
    """Entries and marks for a document: a few rounds, few and many sheets, copies of another entry's sheets."""
    marks, entries, sheets = marks_of(tree["criteria"]["tree"]), [], {}
    for round_ in rng.sample(["1", "2", "10", "春季"], rng.randint(1, 2)):
        for i in range(rng.randint(1, 9)):
            entry = (round_, f"V{i:02}", rng.choice(tree["tiers"])["name"], rng.random() < 0.1)
            entries.append(entry)
            copied = sheets.get((round_, f"V{i - 1:02}")) if rng.random() < 0.3 else None
            sheets[round_, entry[1]] = copied or [random_sheet(rng, marks) for _ in range(rng.randint(0, 8))]
    rng.shuffle(entries)
    return entries, sheets


def random_sheet(rng, marks):
    sheet = {}
    for key, mark in marks.items():
        low, high, step = (Fraction(mark[name]) for name in ("min", "max", "step"))
        sheet[key] = low + step * rng.randint(0, int((high - low) / step))
    return sheet
