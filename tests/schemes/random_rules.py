"""Random schemes of rules over recorded figures, and worlds that stand on edges: few different figures, many ties."""

from tests.schemes.support import document

GRADES = ("优秀", "良好", "一般", "较差")
KINDS = ("村", "社区")
TOWNS = ("东镇", "西镇", "南镇")
FACTS = [
    {"key": "rate", "name": "满意率", "missing": "unscored"},
    {"key": "debt", "name": "新增债务", "type": "yes_no", "missing": "unscored"},
    {"key": "last", "name": "上年等次", "type": "text", "missing": "unscored"},
    {"key": "order", "name": "申报顺序", "missing": "unscored"},
]
NODES = [
    {"key": "party", "name": "党建", "mark": {"kind": "figure", "max": "20"}},
    {"key": "people", "name": "群众", "mark": {"kind": "figure", "max": "20"}},
]
NUMBERS = ["party", "people", "score", "rate"]


def random_condition(rng, extra=()):
    kind = rng.randint(0, 9)
    if kind == 0:
        return {rng.choice(["all_of", "any_of"]): [random_condition(rng, extra) for _ in range(2)]}
    if kind == 1:
        return {"of": "debt", rng.choice(["equals", "one_of", "none_of"]): "是"}
    if kind == 2:
        return {"of": "rate", "known": rng.random() < 0.5}
    key = rng.choice([*NUMBERS, *extra])
    bound = {"rate": ["90%", "60%", "0.8"], "rank": ["1", "2"], "badges": ["1"]}.get(key, ["6", "8", "10", "14"])
    found = {"of": key, rng.choice(["at_least", "above", "at_most", "below", "equals"]): rng.choice(bound)}
    return {**found, "if_missing": True} if rng.random() < 0.2 else found


def listed(condition):
    """``one_of`` and ``none_of`` take lists."""
    for name in ("one_of", "none_of"):
        if name in condition:
            condition[name] = [condition[name]]
    for name in ("all_of", "any_of"):
        for part in condition.get(name, []):
            listed(part)
    return condition


def some(rng, make, most, chance=0.5):
    return [make() for _ in range(rng.randint(1, most))] if rng.random() < chance else []


def random_limit(rng, tiers):
    kind = rng.choice(["count", "share", "elimination_rate", *(["quota"] if tiers else [])])
    basis = {"basis": rng.choice(["participants", "ranked"])}
    return {"kind": kind} | {
        "count": {"most": str(rng.randint(0, 3))},
        "share": {"at_most_share": rng.choice(["1/3", "25%", "50%"]), "whole": rng.choice(["floor", "ceil", "half_up"])}
        | basis,
        "elimination_rate": {"minimum": rng.choice(["40%", "1/3"])} | basis,
        "quota": {"places": {tier["name"]: str(rng.randint(0, 3)) for tier in tiers}},
    }[kind]


def random_effect(rng, rated):
    effects = [
        {"kind": "out"}, {"kind": "zero_score", "score": rng.choice(["0", "5"])}, {"kind": "no_grade"},
        {"kind": "zero_item", "item": rng.choice(["party", "people"])},
    ]  # fmt: skip
    if rated:
        effects += [
            {"kind": rng.choice(["fixed_grade", "grade_at_most"]), "grade": rng.choice(GRADES)},
            {"kind": "lower", "by": str(rng.randint(1, 2)), "from_previous": rng.random() < 0.4},
        ]
    return rng.choice(effects)


def random_veto(rng, number, rated):
    effect = random_effect(rng, rated)
    when = {"of": "accident", "at_least": "1"}
    if rng.random() < 0.5 and effect["kind"] not in ("zero_item", "zero_score"):
        when = listed(random_condition(rng))
    return {"key": f"v{number}", "name": f"否决{number}", "when": when, "effect": effect}


def random_rating(rng):
    bounds = sorted(rng.sample(range(4, 19), len(GRADES)), reverse=True)
    grades = []
    for name, bound in zip(GRADES, bounds, strict=True):
        grade = {"name": name}
        grade |= {"threshold": str(bound)} if rng.random() < 0.7 else {}
        grade |= {"limits": [random_limit(rng, ()) for _ in range(rng.randint(1, 2))]} if rng.random() < 0.6 else {}
        grade |= {"requires": [listed(random_condition(rng, ["rank", "badges"]))]} if rng.random() < 0.3 else {}
        grades.append(grade)
    rating = {
        "grades": grades,
        "over_quota": rng.choice(["next", "none"]),
        "unused": rng.choice(["lost", "next"]),
        "tie_at_cut": rng.choice(["eliminate_all", "admit_all"]),
        "bottom": some(rng, lambda: random_bottom(rng), 2, 0.4),
        "ceilings": some(
            rng, lambda: {"when": listed(random_condition(rng, ["rank"])), "at_most": rng.choice(GRADES)}, 2
        ),
    }
    rating |= {"by": rng.choice(["badges", "party"])} if rng.random() < 0.15 else {}
    rating |= {"not_rated": listed(random_condition(rng))} if rng.random() < 0.2 else {}
    return rating | ({"steps": random_steps(rng)} if rng.random() < 0.4 else {})


def random_bottom(rng):
    how = rng.choice([{"count": str(rng.randint(1, 2))}, {"share": rng.choice(["10%", "1/4", "50%"])}])
    ties = {"ties": rng.choice(["include", "exclude"]), "whole": rng.choice(["floor", "ceil", "half_up"])}
    return {"grade": rng.choice(GRADES[2:]), **how, **ties}


def random_steps(rng):
    steps = {"previous": "last", "newcomers_climb": rng.random() < 0.5}
    steps |= {"most_up": str(rng.randint(0, 2))} if rng.random() < 0.8 else {}
    steps |= {"most_down": str(rng.randint(0, 2))} if rng.random() < 0.5 else {}
    return steps | ({"exceptional": listed(random_condition(rng))} if rng.random() < 0.4 else {})


def random_badge(rng, number):
    badge = {"key": f"b{number}", "name": f"红旗{number}", "of": rng.choice(["party", "people"])}
    badge["at_least"] = str(rng.randint(2, 10))
    badge |= {"limits": [random_limit(rng, ())]} if rng.random() < 0.5 else {}
    return badge | ({"requires": [listed(random_condition(rng, ["rank"]))]} if rng.random() < 0.3 else {})


def random_ranking(rng, tiered):
    ties = [
        {"kind": "figure", "of": rng.choice(["party", "rate", "order"]), "first": rng.choice(["highest", "lowest"])},
        {"kind": "draw", "seed": "2026-11-20"},
    ]
    return {
        "per_tier": not tiered or rng.random() < 0.8,
        "group_by": rng.choice([[], [], ["kind"], ["debt"]]),
        "ranks": rng.choice(["competition", "dense"]),
        "tie_breaks": ties[: rng.choice([0, 0, 1, 2])],
    }


def random_selection(rng, tiers, per_tier):
    selection = {
        "limits": [random_limit(rng, tiers if per_tier else ()) for _ in range(rng.randint(0, 2))],
        "tie_at_cut": rng.choice(["eliminate_all", "admit_all"]),
    }
    if rng.random() < 0.5:
        selection["per_parent"] = {"at_most": str(rng.randint(1, 2))} if rng.random() < 0.8 else {}
        selection["per_parent"] |= {"at_least": str(rng.randint(0, 2))} if rng.random() < 0.6 else {}
    return selection | ({"reserve": str(rng.randint(0, 2))} if rng.random() < 0.5 else {})


def random_consequence(rng, number, rated):
    rule = {"key": f"q{number}", "name": f"后果{number}"}
    kind = rng.randint(0, 3)
    if kind == 0:
        return rule | {"amount": {"of": "accident", "times": "500", "most": "800"}}
    if kind == 1:
        return rule | {"last": str(rng.randint(1, 2))}
    if kind == 2:
        return rule | {"last_share": rng.choice(["10%", "1/4"]), "whole": rng.choice(["floor", "ceil", "half_up"])}
    late = {"of": "grade", "equals": rng.choice(GRADES)} if rated else {"of": "rank", "at_most": "2"}
    return rule | {"when": late} | ({"amount": {"times": "1.5", "least": "2"}} if rng.random() < 0.4 else {})


def random_propagation(rng, tiers, badges):
    names = [tier["name"] for tier in tiers] or list(GRADES)
    names += [badge["name"] for badge in badges]
    rule = {"key": "p", "name": "上级加分", "points": {name: rng.choice(["1", "0.3", "-1"]) for name in names}}
    return rule | {"cap": "1.5"} | ({"floor": "0"} if rng.random() < 0.5 else {})


def random_rules(rng):
    """A document that either awards tiers or gives grades."""
    rated = rng.random() < 0.65
    tiers = []
    if not rated:
        for name in ("标杆", "进位")[: rng.randint(1, 2)]:
            tier = {"name": name} | ({"threshold": str(rng.randint(5, 15))} if rng.random() < 0.7 else {})
            tiers.append(tier | ({"requires": [listed(random_condition(rng, ["rank"]))]} if rng.random() < 0.4 else {}))
    ranking, badges = random_ranking(rng, bool(tiers)), [random_badge(rng, i) for i in range(rng.randint(0, 2))]
    blocks = {
        "facts": FACTS,
        "period": {"start": "2026-01-01", "end": "2026-12-31"},
        "events": [{"key": "accident", "name": "事故", **({"within_months": "18"} if rng.random() < 0.5 else {})}],
        "criteria": {"tree": NODES},
        "eligibility": {"conditions": some(rng, lambda: listed(random_condition(rng)), 1, 0.3)},
        "veto": {"counts_as_participant": rng.random() < 0.5},
        "vetoes": [random_veto(rng, i, rated) for i in range(rng.randint(0, 2))],
        "ranking": ranking,
        "badges": badges,
        "consequences": [random_consequence(rng, i, rated) for i in range(rng.randint(0, 2))],
        "propagation": [random_propagation(rng, tiers, badges)] if tiers or rated else [],
    }
    if rated:
        blocks["rating"] = random_rating(rng)
    if tiers or rng.random() < 0.3:
        blocks["selection"] = random_selection(rng, tiers, ranking["per_tier"])
        if "rating" in blocks:
            blocks["selection"].pop("per_parent", None)  # among grades townships have their places as rating.md says
    whole = document(**blocks, tiers=tiers)
    return {key: value for key, value in whole.items() if key not in ("score", "tiers") or (key == "tiers" and tiers)}


def random_world(rng, tree):
    """Entries of one or two rounds with few different figures; some facts missing."""
    world = {}
    tiers = [tier["name"] for tier in tree.get("tiers", [{"name": "参评"}])]
    for round_ in rng.choice([["1"], ["1", "2"]]):
        for i in range(rng.randint(1, 8)):
            told = {
                "tier": rng.choice(tiers), "vetoed": rng.random() < 0.08, "kind": rng.choice(KINDS),
                "party": str(rng.choice([5, 8, 9])), "people": str(rng.choice([5, 6])),
            }  # fmt: skip
            chances = {
                "township": TOWNS, "rate": ("90%", "0.89", "60%", "0.8"), "debt": ("是", "否"),
                "last": (*GRADES, "未评"), "order": ("1", "2", "3"),
            }  # fmt: skip
            told |= {key: rng.choice(words) for key, words in chances.items() if rng.random() < 0.85}
            days = ("2025-06-30", "2025-07-01", "2026-01-01", "2026-12-31", "2027-01-01")
            told["events"] = [("accident", rng.choice(days), "1") for _ in range(rng.choice([0, 0, 1]))]
            world[round_, f"V{i:02}"] = told
    return world
