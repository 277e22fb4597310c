"""Random schemes of the whole language, with inputs: any kind of criterion at any place, every block sometimes.

Seeded by the caller; documents are plain trees as a person would write them, so reading them is tested as well.
"""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from schemes import read_scheme
from schemes.inputs import Entry, Inputs, MarkCodec
from schemes.intake import SheetTable, build_inputs
from schemes.recorded import NOT_APPLICABLE, Facts, Record
from schemes.rules.marking import SheetMark
from tests.schemes.support import text_of

PERIODS = ["一季度", "二季度", "三季度", "四季度"]
GROUPS = ["领导", "评委", "群众"]
KINDS = ["村", "社区"]


def decimal(rng, low, high, places=1):
    return f"{Fraction(rng.randint(low * 10**places, high * 10**places), 10**places).__float__():.{places}f}"


def band(bound, points):
    return {"at_least": bound, "points": points}


class Generator:
    def __init__(self, rng):
        self.rng, self.number = rng, 0
        self.panel = rng.random() < 0.6

    def key(self, letter="c"):
        self.number += 1
        return f"{letter}{self.number}"

    def maybe(self, chance):
        return self.rng.random() < chance

    # -- marking

    def sheet_mark(self):
        rng = self.rng
        return rng.choice([
            {"max": rng.randint(2, 20), "step": rng.choice(["0.5", "1", "0.25"])},
            {"max": 10, "step": 1},
            {"kind": "yes_no", "max": rng.randint(1, 5)},
            {"kind": "grades", "grades": {"好": 10, "较好": 8, "一般": 6, "差": 0}},
        ])  # fmt: skip

    def measure(self):
        rng = self.rng
        return rng.choice([
            {"kind": "bands", "bands": [band(50, 10), band(20, "6.5"), {"points": 1}]},
            {"kind": "bands", "round": {"places": 0}, "bands": [band(60, 8), band(30, 4)]},
            {"kind": "per_unit", "each": "0.5", "most": 10, "least": 0},
            {"kind": "per_unit", "each": -1, "base": 40, "direction": "below", "start": 10, "least": 0},
            {"kind": "linear", "points": 10, "target": 60},
            {"kind": "rank_points", "points": [10, 8, 6, 4], "others": 2, "group_by": rng.choice([["kind"], []])},
            {"kind": "ratio_to_best", "points": 6},
            {"kind": "figure", "factor": "0.1", "most": 10},
            {
                "kind": "events",
                "items": [{"event": "praise", "points": 2, "most": 5}],
                "highest_only": rng.choice(["none", "subject", "all"]),
            },
            {"kind": "formula", "formula": "min(10, income / 10 + group_mean(income) / 20)", "max": 10},
            {"kind": "ballots", "options": {"满意": 1, "基本满意": "0.8", "不满意": 0}, "max": 10},
        ])  # fmt: skip

    # -- the tree

    def leaf(self, on_sheet):
        node = {"key": self.key(), "name": f"条目{self.number}"}
        if on_sheet:
            return node | {"mark": self.sheet_mark()}
        if self.maybe(0.3):
            return node | {"mark": self.sheet_mark(), "by": "组织部"}
        return node | {"mark": self.measure()}

    def item(self, depth, on_sheets=None):
        rng = self.rng
        panel = on_sheets if on_sheets is not None else (self.panel and self.maybe(0.4))
        node = {"key": self.key("n"), "name": f"项目{self.number}"}
        deeper = depth < 3 and self.maybe(0.4)
        children = [
            self.item(depth + 1, on_sheets=True if panel else None) if deeper and self.maybe(0.5) else self.leaf(panel)
            for _ in range(rng.randint(1, 3))
        ]
        node["children"] = children
        if not panel and self.maybe(0.3):
            node["combine"] = rng.choice(["mean", "highest", "lowest"])
        if not panel and self.maybe(0.3):
            rng.choice(children)["role"] = rng.choice(["bonus", "deduction", "info"])
        if self.maybe(0.3):
            node["cap"] = rng.randint(5, 30)
        if self.maybe(0.2):
            node["floor"] = rng.randint(-5, 5)
        if self.maybe(0.3):
            node["weight"] = rng.choice(["60%", "40%", "1/3"])
        if self.maybe(0.3):
            node["round"] = {"places": rng.randint(0, 2), "mode": rng.choice(["half_up", "floor", "ceil", "half_even"])}
        if not panel and self.maybe(0.2):
            child = rng.choice(children)
            child["applies"] = {
                "when": {"of": "kind", "equals": "村"},
                "otherwise": rng.choice(["full", "zero", "redistribute"]),
            }
        if not panel and depth == 1 and self.maybe(0.2) and not _timed(node):
            node["over_time"] = self.over_time()
        if self.maybe(0.1):
            node["correction"] = {"kind": rng.choice(["coefficient", "standardised"]), "panel": "team"}
        return node

    def over_time(self):
        combine = self.rng.choice(["sum", "mean", "latest", "highest", "weighted"])
        more = (
            {"weights": dict(zip(PERIODS, ["10%", "20%", "30%", "40%"], strict=True))} if combine == "weighted" else {}
        )
        return {"periods": PERIODS, "combine": combine, "missing": self.rng.choice(["skip", "zero"]), **more}

    # -- blocks

    def aggregation(self):
        rounding = {"round": {"places": 2}} if self.maybe(0.5) else {}
        trimmed = {"kind": "trimmed_mean", "bands": [{"from_sheets": 3, "drop_highest": 1, "drop_lowest": 1}]}
        return self.rng.choice([
            {"kind": "mean"}, {"kind": "median"}, trimmed, {"kind": "mean", "per": "criterion"},
            {
                "kind": "weighted_groups",
                "groups": {"领导": "50%", "评委": "30%", "群众": "20%"},
                "empty_group": "redistribute",
            },
        ]) | rounding  # fmt: skip

    def rating(self):
        rng = self.rng
        limits = [
            {
                "kind": "share",
                "at_most_share": rng.choice(["20%", "1/3"]),
                "whole": rng.choice(["floor", "ceil", "half_up"]),
            }
        ]
        rating = {
            "name": "星级",
            "grades": [
                {"name": "五星", "threshold": 30, **({"limits": limits} if self.maybe(0.6) else {})},
                {
                    "name": "四星",
                    "threshold": 20,
                    **({"requires": [{"of": "income", "at_least": 30}]} if self.maybe(0.5) else {}),
                },
                {"name": "三星", **({"threshold": 10} if self.maybe(0.5) else {})},
            ],
            "over_quota": rng.choice(["next", "none"]),
            "unused": rng.choice(["lost", "next"]),
            "tie_at_cut": rng.choice(["eliminate_all", "admit_all"]),
        }
        if self.maybe(0.4):
            rating["bottom"] = [{"grade": "三星", "share": "10%", "ties": rng.choice(["include", "exclude"])}]
        if self.maybe(0.4):
            rating["ceilings"] = [{"when": {"of": "income", "below": 20}, "at_most": "四星"}]
        if self.maybe(0.4):
            rating["steps"] = {"previous": "last", "most_up": 1, "most_down": 1}
        return rating

    def document(self):
        rng = self.rng
        tree = [self.item(1) for _ in range(rng.randint(1, 4))]
        made = {
            "language": "biaogan-scheme/1",
            "identity": {
                "key": "any",
                "name": "任意办法",
                "county": {"code": "1", "name": "县"},
                "issuer": "部",
                "version": "1",
            },
            "period": {"start": "2026-01-01", "end": "2026-12-31"},
            "facts": [
                {"key": "income", "name": "收入"}, {"key": "team", "name": "检查组", "type": "text"},
                {"key": "last", "name": "上年", "type": "text", "missing": "unscored"},
                {"key": "growth", "name": "增长", "formula": "income * 2 - 1"},
            ],
            "events": [{"key": "praise", "name": "表彰"}, {"key": "accident", "name": "事故", "within_months": 24}],
            "criteria": {"tree": tree, **({"round": {"places": 2}} if self.maybe(0.5) else {})},
            "nomination": {"self_assessment": self.maybe(0.5), "statement_limit": 300},
            "score": self.aggregation(),
            "ranking": {
                "group_by": ["kind"] if self.maybe(0.3) else [],
                "ranks": rng.choice(["competition", "dense"]),
                "tie_breaks": rng.choice(
                    [[], [{"kind": "figure", "of": "income", "first": "lowest"}], [{"kind": "draw", "seed": "s"}]]
                ),
            },
            "consequences": [
                {"key": "talk", "name": "约谈", "last": 1},
                {"key": "pay", "name": "扣", "amount": {"of": "accident", "times": 500}},
            ],
        }  # fmt: skip
        if self.maybe(0.6):
            made["rating"] = self.rating()
            made["propagation"] = [{"key": "up", "name": "加分", "points": {"五星": 1, "四星": "0.3"}, "cap": 2}]
        if self.maybe(0.4):
            effects = [{"kind": "out"}, {"kind": "zero_score"}, {"kind": "zero_item", "item": tree[0]["key"]}]
            if "rating" in made:
                effects += [{"kind": "no_grade"}, {"kind": "fixed_grade", "grade": "三星"}, {"kind": "lower", "by": 1},
                            {"kind": "grade_at_most", "grade": "四星"}]  # fmt: skip
            made["vetoes"] = [
                {"key": "v", "name": "事故", "when": {"of": "accident", "at_least": 1}, "effect": rng.choice(effects)}
            ]
        if self.maybe(0.3):
            made["badges"] = [{"key": "b", "name": "红旗", "of": tree[0]["key"], "at_least": 5}]
        if self.maybe(0.3):
            made["selection"] = {"limits": [{"kind": "share", "at_most_share": "60%"}], "reserve": 1}
        return made


def _timed(node):
    return "over_time" in node or any(_timed(child) for child in node.get("children", ()))


def random_scheme(rng):
    return read_scheme(text_of(Generator(rng).document()))


def random_inputs(rng, scheme, rounds=2, size=6):
    """Entries of some rounds with everything the scheme asks for; some facts missing where that is allowed."""
    entries = [
        Entry(str(r + 1), f"V{i}", scheme.tier_names[0]) for r in range(rounds) for i in range(rng.randint(2, size))
    ]
    facts = Facts(cells=_cells(rng, scheme, len(entries)), events=_events(rng, scheme, len(entries)))
    return build_inputs(scheme, entries, _sheets(rng, scheme, len(entries)), facts)


def _cells(rng, scheme, count):
    timed = any(node.over_time for node in scheme.nodes.values())
    cells = {
        ("kind", ""): [rng.choice(KINDS) for _ in range(count)],
        ("township", ""): [rng.choice("甲乙") for _ in range(count)],
    }
    marks = {leaf.key: leaf.mark for leaf in scheme.recorded_leaves if isinstance(leaf.mark, SheetMark)}
    for key, fact in scheme.recorded.items():
        for period in PERIODS if fact.per_period and timed else [""]:
            cells[key, period] = [_cell(rng, fact, marks.get(key), period) for _ in range(count)]
    return cells


def _cell(rng, fact, mark, period):
    if mark is not None:
        if rng.random() < 0.1:
            return NOT_APPLICABLE
        if hasattr(mark, "choices"):
            return rng.choice([points for _, points in mark.choices])
        return mark.to_mark(rng.randint(0, mark.units_at_most))
    if fact.key == "team":
        return rng.choice(["一组", "二组"])
    if fact.key == "last":
        return rng.choice(["五星", "四星", "三星", "无", None])
    if period and rng.random() < 0.2:
        return None
    if "." in fact.key:
        return Fraction(rng.randint(1, 30))
    return (
        Fraction(rng.choice([0, 10, 20, 30, 50, 60, rng.randint(0, 80)]))
        if rng.random() < 0.7
        else Fraction(rng.randint(0, 800), 10)
    )


def _events(rng, scheme, count):
    found = {}
    for event in scheme.events:
        found[event.key] = {
            i: tuple(sorted(_record(rng) for _ in range(rng.randint(1, 3)))) for i in range(count) if rng.random() < 0.3
        }
    return found


def _record(rng):
    day = date(2025, 6, 1) + timedelta(days=rng.randint(0, 700))
    return Record(day, Fraction(rng.choice([1, 1, 2])), rng.choice(["", "甲事", "乙事"]), f"说明{rng.randint(0, 9)}")


def _sheets(rng, scheme, count):
    if not scheme.leaves:
        return None
    owners, names, marks, groups = [], [], [], []
    for entry in range(count):
        for number in range(rng.randint(3, 6)):
            owners.append(entry)
            names.append(f"J{number}")
            groups.append(GROUPS[number % 3])
            marks.append([_mark(rng, method) for method in scheme.methods])
    return SheetTable(
        lines=np.arange(len(owners)), entry_index=np.array(owners, dtype=np.int32), inspectors=names,
        marks=np.array(marks, dtype=MarkCodec(scheme).dtype), problems=(), groups=tuple(groups),
    )  # fmt: skip


def _mark(rng, method):
    if hasattr(method, "choices"):
        return method.to_units(rng.choice([points for _, points in method.choices]))
    return rng.randint(0, method.units_at_most)


def shuffled(rng, inputs: Inputs):
    """The same entries and sheets in another order."""
    order = rng.sample(range(len(inputs)), len(inputs))
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order))
    sheets = np.array(rng.sample(range(len(inputs.sheet_entry)), len(inputs.sheet_entry)), dtype=np.int64)
    return Inputs(
        rounds=inputs.rounds, tiers=inputs.tiers,
        entry_round=inputs.entry_round[order], entry_tier=inputs.entry_tier[order],
        entry_org=[inputs.entry_org[i] for i in order], entry_vetoed=inputs.entry_vetoed[order],
        sheet_entry=place[inputs.sheet_entry[sheets]], sheet_inspector=[inputs.sheet_inspector[i] for i in sheets],
        marks=inputs.marks[sheets], sheet_group=[inputs.sheet_group[i] for i in sheets] if inputs.sheet_group else (),
        facts=Facts(
            cells={at: [cells[i] for i in order] for at, cells in inputs.facts.cells.items()},
            events={
                key: {int(place[i]): each for i, each in found.items()} for key, found in inputs.facts.events.items()
            },
        ),
    )  # fmt: skip


def only_round(inputs: Inputs, index: int):
    """The entries and sheets of one round alone."""
    kept = np.flatnonzero(inputs.entry_round == index)
    place = {int(entry): i for i, entry in enumerate(kept)}
    sheets = np.flatnonzero(np.isin(inputs.sheet_entry, kept))
    return Inputs(
        rounds=(inputs.rounds[index],), tiers=inputs.tiers,
        entry_round=np.zeros(len(kept), dtype=np.int32), entry_tier=inputs.entry_tier[kept],
        entry_org=[inputs.entry_org[i] for i in kept], entry_vetoed=inputs.entry_vetoed[kept],
        sheet_entry=np.array([place[int(i)] for i in inputs.sheet_entry[sheets]], dtype=np.int32),
        sheet_inspector=[inputs.sheet_inspector[i] for i in sheets], marks=inputs.marks[sheets],
        sheet_group=[inputs.sheet_group[i] for i in sheets] if inputs.sheet_group else (),
        facts=Facts(
            cells={at: [cells[i] for i in kept] for at, cells in inputs.facts.cells.items()},
            events={
                key: {place[i]: each for i, each in found.items() if i in place}
                for key, found in inputs.facts.events.items()
            },
        ),
    )  # fmt: skip
