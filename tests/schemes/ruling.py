"""Grades, badges, consequences and points for parents, computed a second time the slow and plain way."""

from fractions import Fraction

from tests.schemes.oracle import number
from tests.schemes.placing import Places, whole

NOT_RATED = "不评"


class Ruling(Places):
    """All results of a document over a world."""

    def decide(self):
        super().decide()
        self.award_badges()
        self.grade()

    def award_badges(self):
        badges = self.document.get("badges", [])
        self.badges = {e: [] for e in self.entries}
        won = {badge["key"]: self.winners(badge) for badge in badges}
        for badge in badges:
            self.late |= {(badge["key"], e): "是" if e in won[badge["key"]] else "否" for e in self.entries}
            for e in won[badge["key"]]:
                self.badges[e].append(badge["name"])
        for e in self.entries:
            self.late["badges", e] = Fraction(len(self.badges[e]))

    def winners(self, badge):
        points = {e: self.cell(badge["of"], e) for e in self.ranked if e not in self.withheld}
        able = [
            e for e, value in points.items()
            if value is not None and value >= number(badge["at_least"]) and self.all_hold(badge.get("requires", []), e)
        ]  # fmt: skip
        place = self.placed(able, points)
        return self.inside(able, place, lambda group: self.most(badge.get("limits", []), group), admits=False)[0]

    def inside(self, able, place, most_of, admits):
        """Of those who may, whoever is within the places of the group; and how many places each group used."""
        taken, used = set(), {}
        for group in self.groups:
            most, own = most_of(group), [e for e in able if self.group(e) == group]
            for e in own:
                same = sum(place[o] == place[e] for o in own)
                before = sum(place[o] < place[e] for o in own)
                if most is None or before + same <= most or (admits and before < most):
                    taken.add(e)
            used[group] = sum(e in taken for e in own)
        return taken, used

    def grade(self):
        if self.rating is None:
            self.grades = {}
            return
        self.names = [grade["name"] for grade in self.rating["grades"]]
        self.given, self.fixed = {}, set()
        for e in self.entries:
            if e not in self.place or e in self.withheld:
                self.given[e] = NOT_RATED
            elif fixing := self.vetoed("fixed_grade", e):
                self.given[e] = self.names.index(fixing[0]["effect"]["grade"])
                self.fixed.add(e)
        for bottom in self.rating.get("bottom", []):
            self.take_bottom(bottom)
        self.descend()
        for e in self.entries:
            self.change(e)
        self.grades = {e: self.word(e) for e in self.entries}
        self.late |= {("grade", e): word for e, word in self.grades.items()}
        for e in self.entries:
            if self.verdicts[e] == "rated" and self.given[e] == NOT_RATED:
                self.verdicts[e] = "not_rated"

    def take_bottom(self, bottom):
        for group in self.groups:
            own = [e for e in self.ranked if self.group(e) == group]
            share = number(bottom.get("share", 0)) * len(own)
            most = max(int(bottom.get("count", 0)), whole(share, bottom.get("whole", "half_up")))
            for e in own:
                behind = sum(self.place[o] > self.place[e] for o in own)
                same = sum(self.place[o] == self.place[e] for o in own)
                last = behind < most if bottom.get("ties", "include") == "include" else behind + same <= most
                if last and e not in self.given:
                    self.given[e] = self.names.index(bottom["grade"])

    def descend(self):
        """The grades from the highest down; what is left of places may go to the next."""
        left = dict.fromkeys(self.groups, 0)
        closed = set()
        for index, grade in enumerate(self.rating["grades"]):
            able = [e for e in self.ranked if e not in self.given and e not in closed and self.may(grade, index, e)]
            most = {}
            for group in self.groups:
                own = self.most(grade.get("limits", []), group)
                most[group] = None if own is None else own + left[group]
            admits = self.rating.get("tie_at_cut") == "admit_all"
            taken, used = self.inside(able, self.place, most.get, admits)
            self.given |= dict.fromkeys(taken, index)
            if self.rating.get("over_quota") == "none":
                closed |= set(able) - taken
            passes = self.rating.get("unused") == "next"
            left = {
                group: max(each - used[group], 0) if passes and each is not None else 0 for group, each in most.items()
            }
        for e in self.ranked:
            self.given.setdefault(e, len(self.names))

    def may(self, grade, index, e):
        figure = self.cell(self.rating.get("by", "score"), e)
        if "threshold" in grade and (figure is None or figure < number(grade["threshold"])):
            return False
        if any(index < self.names.index(top) for top in self.tops(e)):
            return False
        if not self.all_hold(grade.get("requires", []), e):
            return False
        steps, before = self.rating.get("steps", {}), self.before(e)
        if "most_up" not in steps or before is None or index >= before - int(steps["most_up"]):
            return True
        return "exceptional" in steps and self.holds(steps["exceptional"], e)

    def tops(self, e):
        """The grades above which it may not come."""
        tops = [each["at_most"] for each in self.rating.get("ceilings", []) if self.holds(each["when"], e)]
        return tops + [rule["effect"]["grade"] for rule in self.vetoed("grade_at_most", e)]

    def before(self, e):
        """Last year's grade as a place in the list; one past the end for anything else that was said."""
        steps = self.rating.get("steps")
        word = self.cell(steps["previous"], e) if steps else None
        if word in self.names:
            return self.names.index(word)
        return len(self.names) if word is not None or (steps or {}).get("newcomers_climb") else None

    def change(self, e):
        """No further down than allowed, then lowered by vetoes."""
        steps, before = self.rating.get("steps", {}), self.before(e)
        if self.given[e] == NOT_RATED:
            return
        if "most_down" in steps and before is not None and e not in self.fixed:
            highest = max([self.names.index(top) for top in self.tops(e)], default=0)
            self.given[e] = min(self.given[e], max(before + int(steps["most_down"]), highest))
        for rule in self.vetoed("lower", e):
            effect = rule["effect"]
            by, last = int(effect.get("by", 1)), before if effect.get("from_previous") else None
            self.given[e] = self.given[e] + by if last is None else max(self.given[e], last + by)
        self.given[e] = min(self.given[e], len(self.names))

    def word(self, e):
        if self.verdicts[e] not in ("rated", "not_rated"):
            return ""
        if self.given[e] == NOT_RATED:
            return self.rating.get("not_rated_words", "只考核，不定等次")
        return [*self.names, self.rating.get("below", "不定等次")][self.given[e]]

    # -- what is said of it

    def results(self):
        """``(score, rank, verdict, grade, badges)`` of every entry."""
        return {
            e: (
                self.scores[e],
                None if self.late["rank", e] is None else int(self.late["rank", e]),
                self.verdicts[e],
                self.grades.get(e, ""),
                tuple(self.badges[e]),
            )
            for e in self.entries
        }

    def consequences(self):
        """``(entry, key, amount)`` of every consequence."""
        found = []
        for rule in self.document.get("consequences", []):
            for e in self.entries:
                amount = self.amount(rule.get("amount"), e)
                if self.concerns(rule, e) and ("amount" not in rule or amount):
                    found.append((e, rule["key"], amount))
        return sorted(found)

    def concerns(self, rule, e):
        if "when" in rule and not self.holds(rule["when"], e):
            return False
        if "last" not in rule and "last_share" not in rule:
            return "when" in rule or "amount" in rule
        if e not in self.place:
            return False
        own = [o for o in self.ranked if self.group(o) == self.group(e)]
        share = whole(number(rule.get("last_share", 0)) * len(own), rule.get("whole", "half_up"))
        return sum(self.place[o] > self.place[e] for o in own) < max(int(rule.get("last", 0)), share)

    def amount(self, rule, e):
        if rule is None:
            return None
        value = number(rule["times"])
        if "of" in rule:
            figure = self.cell(rule["of"], e)
            if not isinstance(figure, Fraction):
                return None
            value *= figure
        value = min(value, number(rule["most"])) if "most" in rule else value
        return max(value, number(rule["least"])) if "least" in rule else value

    def parents(self):
        """Points by ``(round, parent, key)``."""
        found = {}
        for rule in self.document.get("propagation", []):
            for e in self.entries:
                tier = [self.tier(e)] if self.verdicts[e] == "awarded" else []
                parent = self.cell(rule.get("to", "township"), e)
                for won in (*tier, self.grades.get(e, ""), *self.badges[e]):
                    if won in rule["points"] and parent is not None:
                        at = (e[0], parent, rule["key"])
                        found[at] = found.get(at, Fraction(0)) + number(rule["points"][won])
            for at, points in found.items():
                if at[2] == rule["key"]:
                    points = min(points, number(rule["cap"])) if "cap" in rule else points
                    found[at] = max(points, number(rule["floor"])) if "floor" in rule else points
        return found
