"""Who may enter, vetoes, ranks and places, computed a second time the slow and plain way (``ruling`` has the rest).

Lists and loops over a scheme's document; nothing of the engine is used. A world is ``{(round, org): {"tier": …,
"vetoed": …, fact key: text, …}}``; what is missing is left out. Criteria are recorded figures under one another,
plainly added up; how points come about otherwise is tested elsewhere.
"""

from datetime import date
from fractions import Fraction
from hashlib import sha256

from tests.schemes.oracle import half_up, number, places_left


def whole(value, how):
    """A share of a group as a whole number."""
    lower = value.numerator // value.denominator
    if value == lower or how == "floor":
        return lower
    return lower + 1 if how == "ceil" or value - lower >= Fraction(1, 2) else lower


def months_earlier(day, months):
    """The same day so many months ago, or the last of that month."""
    month = day.year * 12 + day.month - 1 - months
    for last in range(day.day, 0, -1):
        try:
            return date(month // 12, month % 12 + 1, last)
        except ValueError:
            continue


class Places:
    """Ranks and verdicts of a document over a world. ``late`` holds what is known only after ranking."""

    def __init__(self, document, world):
        self.document, self.world, self.entries = document, world, list(world)
        self.facts = {fact["key"]: fact for fact in document.get("facts", [])}
        self.nodes = list(self.walk(document["criteria"]["tree"]))
        self.tiers = document.get("tiers") or [{"name": "参评"}]
        self.vetoes = document.get("vetoes", [])
        self.rating = document.get("rating")
        self.late = {}
        self.scores = {e: self.score(e) for e in self.entries}
        self.decide()

    def walk(self, nodes):
        for node in nodes:
            yield node
            yield from self.walk(node.get("children", []))

    # -- figures and conditions

    def points(self, node, e):
        for rule in self.vetoes:
            effect = rule.get("effect", {})
            if effect.get("kind") == "zero_item" and effect["item"] == node["key"] and self.holds(rule["when"], e):
                return Fraction(0)
        if node.get("children"):
            return self.total(node["children"], e)
        text = self.world[e].get(node["key"])
        return None if text is None else number(text)

    def total(self, nodes, e):
        each = [self.points(node, e) for node in nodes if node.get("role", "base") == "base"]
        return None if None in each else sum(each, Fraction(0))

    def score(self, e):
        criteria = self.document["criteria"]
        score = self.total(criteria["tree"], e)
        if score is not None and criteria.get("round"):
            score = half_up(score, int(criteria["round"]["places"]))
        for rule in self.vetoes:
            if rule.get("effect", {}).get("kind") == "zero_score" and self.holds(rule["when"], e):
                score = number(rule["effect"].get("score", 0))
        return score

    def cell(self, key, e):
        if (key, e) in self.late:
            return self.late[key, e]
        if key == "score":
            return self.scores[e]
        for node in self.nodes:
            if node["key"] == key:
                return self.points(node, e)
        if key == "round":
            return e[0]
        if key == "tier":
            return self.tier(e)
        for event in self.document.get("events", []):
            if event["key"] == key:
                return self.happened(event, e)
        text, fact = self.world[e].get(key), self.facts.get(key, {"type": "text"})
        if fact.get("type", "number") != "number" or text is None:
            missing = fact.get("missing")
            return number(missing) if text is None and missing not in (None, "refuse", "unscored") else text
        return number(text)

    def happened(self, event, e):
        """Amounts of the records within the period, or of so many months up to its end."""
        end = date.fromisoformat(self.document["period"]["end"])
        before = date.fromisoformat(self.document["period"]["start"]).toordinal() - 1
        if "within_months" in event:
            before = months_earlier(end, int(event["within_months"])).toordinal()
        records = self.world[e].get("events", [])
        counted = [
            amount
            for key, day, amount in records
            if key == event["key"] and before < day.toordinal() <= end.toordinal()
        ]
        return sum(map(Fraction, counted), Fraction(0))

    def tier(self, e):
        return self.world[e].get("tier") or self.tiers[0]["name"]

    def holds(self, condition, e):
        if "all_of" in condition:
            return all(self.holds(part, e) for part in condition["all_of"])
        if "any_of" in condition:
            return any(self.holds(part, e) for part in condition["any_of"])
        value = self.cell(condition["of"], e)
        if "known" in condition and condition["known"] != (value is not None):
            return False
        if value is None:
            return condition.get("if_missing", False) or condition.get("known") is False
        compared = {
            "at_least": lambda bound: value >= number(bound),
            "above": lambda bound: value > number(bound),
            "at_most": lambda bound: value <= number(bound),
            "below": lambda bound: value < number(bound),
            "equals": lambda word: self.same(value, word),
            "one_of": lambda words: any(self.same(value, word) for word in words),
            "none_of": lambda words: not any(self.same(value, word) for word in words),
        }
        return all(compare(condition[name]) for name, compare in compared.items() if name in condition)

    def same(self, value, word):
        return value == (number(word) if isinstance(value, Fraction) else word)

    def all_hold(self, conditions, e):
        return all(self.holds(condition, e) for condition in conditions)

    def vetoed(self, kind, e):
        """The vetoes of one effect that hold, in order."""
        return [r for r in self.vetoes if r.get("effect", {"kind": "out"})["kind"] == kind and self.holds(r["when"], e)]

    # -- groups, ranks

    def decide(self):
        enter = self.document.get("eligibility", {}).get("conditions", [])
        self.ineligible = {e for e in self.entries if not self.all_hold(enter, e)}
        self.out = {e for e in self.entries if self.world[e].get("vetoed") or self.vetoed("out", e)}
        unrated = (self.rating or {}).get("not_rated")
        self.unrated = {e for e in self.entries if unrated and self.holds(unrated, e)}
        self.withheld = {e for e in self.entries if self.vetoed("no_grade", e)}
        self.ranked = [
            e for e in self.entries
            if self.scores[e] is not None and e not in self.ineligible | self.out | self.unrated
        ]  # fmt: skip
        self.groups = {}
        for e in self.entries:
            self.groups.setdefault(self.group(e), []).append(e)
        keys = {e: (self.scores[e], *(self.tie(rule, e) for rule in self.ties())) for e in self.ranked}
        self.place = self.placed(self.ranked, keys)
        for e in self.ranked:
            ahead = {keys[o] for o in self.ranked if self.group(o) == self.group(e) and keys[o] > keys[e]}
            dense = self.document.get("ranking", {}).get("ranks") == "dense"
            self.late["rank", e] = Fraction(1 + len(ahead) if dense else self.place[e])
        for e in self.entries:
            self.late.setdefault(("rank", e), None)
        self.verdicts = self.judge()

    def ties(self):
        return self.document.get("ranking", {}).get("tie_breaks", [])

    def tie(self, rule, e):
        """Something that is greater for whoever goes first."""
        if rule["kind"] == "draw":
            return -int(sha256(f"{rule['seed']}|{e[0]}|{e[1]}".encode()).hexdigest()[:8], 16)
        value = self.cell(rule["of"], e)
        if value is None:
            return (0, Fraction(0))
        return (1, -value if rule.get("first") == "lowest" else value)

    def group(self, e):
        ranking = self.document.get("ranking", {})
        words = tuple(self.cell(key, e) or "未填" for key in ranking.get("group_by", []))
        return (e[0], self.tier(e) if ranking.get("per_tier", True) else "", words)

    def placed(self, chosen, keys):
        """Competition rank of each among the chosen of its group."""
        return {e: 1 + sum(keys[o] > keys[e] for o in chosen if self.group(o) == self.group(e)) for e in chosen}

    def most(self, limits, group):
        """The places of a group by the strictest of some limits; None without one."""
        members = self.groups[group]
        counts = self.document.get("veto", {}).get("counts_as_participant", True)
        taking = [e for e in members if e not in self.ineligible | self.unrated and (counts or e not in self.out)]
        size = (len(taking), sum(e in self.place for e in members))
        found = [
            int(each["most"]) if each["kind"] == "count" else places_left(each, group[1], *size) for each in limits
        ]
        return min((each for each in found if each is not None), default=None)

    # -- places

    def judge(self):
        self.low, self.unmet, self.taken, self.tied = set(), set(), set(), set()
        for e in self.entries:
            tier = next(tier for tier in self.tiers if tier["name"] == self.tier(e))
            if self.scores[e] is not None and "threshold" in tier and self.scores[e] < number(tier["threshold"]):
                self.low.add(e)
            if not self.all_hold(tier.get("requires", []), e):
                self.unmet.add(e)
        selection = self.document.get("selection", {})
        for group, members in self.groups.items():
            most = self.most(selection.get("limits", []), group)
            most = len(self.entries) if most is None else most
            runs = self.runs([e for e in members if e in self.place], self.place)
            self.select_by_parent(runs, most) if "per_parent" in selection else self.select(runs, most)
            self.reserve(members)
        return {e: self.verdict(e) for e in self.entries}

    def runs(self, chosen, place):
        """Those of one place together, from the first place down."""
        return [[e for e in chosen if place[e] == at] for at in sorted({place[e] for e in chosen})]

    def admits(self):
        return self.document.get("selection", {}).get("tie_at_cut") == "admit_all"

    def select(self, runs, most):
        used = 0
        for run in runs:
            if used + len(run) <= most or (used < most and self.admits()):
                self.taken.update(run)
            elif used < most:
                self.tied.update(run)
            used += len(run)

    def select_by_parent(self, runs, most):
        rule = self.document["selection"]["per_parent"]
        closed = self.low | self.unmet | self.withheld
        runs = [[e for e in run if e not in closed] for run in runs]
        self.go_down(runs, most, int(rule.get("at_least", 0)))
        self.go_down(runs, most, int(rule["at_most"]) if "at_most" in rule else None)

    def parent(self, e):
        return self.cell(self.document["selection"]["per_parent"].get("by", "township"), e) or ""

    def go_down(self, runs, most, cap):
        """Places in the order of the ranking, until the group's are used up; a parent has at most ``cap``."""
        members = [e for run in runs for e in run]
        free = most - sum(e in self.taken for e in members)
        for run in runs:
            asking = []
            for parent in sorted({self.parent(e) for e in run}):
                had = sum(e in self.taken for e in members if self.parent(e) == parent)
                own = [e for e in run if self.parent(e) == parent and e not in self.taken]
                room = len(own) if cap is None else max(cap - had, 0)
                if room and len(own) > room and not self.admits():
                    self.tied.update(own)
                elif room:
                    asking += own
            if not asking or free <= 0:
                continue
            if len(asking) > free and not self.admits():
                self.tied.update(asking)
                free = 0
                continue
            self.taken.update(asking)
            free -= len(asking)

    def reserve(self, members):
        self.waiting = getattr(self, "waiting", set())
        most = int(self.document.get("selection", {}).get("reserve", 0))
        closed = self.taken | self.tied | self.low | self.unmet | self.withheld
        asking = [e for e in members if e in self.place and e not in closed]
        self.waiting.update(e for e in asking if sum(self.place[o] < self.place[e] for o in asking) < most)

    def verdict(self, e):
        """The first reason that applies."""
        reasons = [
            ("ineligible", e in self.ineligible),
            ("vetoed", e in self.out),
            ("not_rated", e in self.unrated),
            ("unscored", e not in self.place),
            ("not_rated", e in self.withheld),
            ("below_threshold", e in self.low),
            ("unmet", e in self.unmet),
            ("awarded" if "tiers" in self.document else "rated", e in self.taken),
            ("tied_at_cut", e in self.tied),
            ("reserve", e in self.waiting),
            ("over_quota", True),
        ]
        return next(word for word, applies in reasons if applies)
