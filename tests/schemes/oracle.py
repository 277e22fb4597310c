"""The rules computed a second time, the slow and plain way: fractions, lists and loops over a scheme's document.

Written from the rules as the README of the data states them, sharing nothing with the engine: it reads the
document (a dict of texts) itself. Whatever the two disagree on is a bug in one of them.
"""

from fractions import Fraction


def number(text):
    """A number of a document: ``85``, ``0.5``, ``40%``, ``1/3``."""
    text = str(text)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def half_up(value, places):
    """四舍五入, halves away from zero; without places the value itself."""
    if places is None:
        return value
    scaled = value * 10**places
    whole = int(scaled)
    return Fraction(whole + 1 if scaled - whole >= Fraction(1, 2) else whole, 10**places)


def mean(values):
    return sum(values, Fraction(0)) / len(values)


def leaves(nodes):
    found = []
    for node in nodes:
        found += leaves(node["children"]) if node.get("children") else [node["key"]]
    return found


def under(nodes, key):
    """Keys of the criteria under a node."""
    for node in nodes:
        if node["key"] == key:
            return leaves([node])
        if node.get("children") and (inside := under(node["children"], key)):
            return inside
    return []


def places_of(rule):
    return int(rule["round"]["places"]) if rule.get("round") else None


def kept(rule, values):
    """The values that count, of one entry, after dropping."""
    ordered = sorted(values)
    if rule["kind"] == "mean":
        return ordered
    if rule["kind"] == "median":
        middle = len(ordered) // 2
        return ordered[middle : middle + 1] if len(ordered) % 2 else ordered[middle - 1 : middle + 1]
    low = high = 0
    for band in rule["bands"]:
        if len(ordered) >= int(band["from_sheets"]):
            low, high = int(band.get("drop_lowest", 1)), int(band.get("drop_highest", 1))
    return ordered[low : len(ordered) - high]


def score_of(document, sheets):
    """Score of one entry from its sheets (each a dict of marks), or None when there are too few."""
    rule = document["score"]
    if len(sheets) < max(int(rule.get("minimum_sheets", 1)), 1):
        return None
    if rule.get("per", "sheet") == "sheet":
        value = mean(kept(rule, [sum(sheet.values(), Fraction(0)) for sheet in sheets]))
    else:
        keys = leaves(document["criteria"]["tree"])
        value = sum((mean(kept(rule, [sheet[key] for sheet in sheets])) for key in keys), Fraction(0))
    return half_up(value, places_of(rule))


def tie_figures(document, sheets):
    """What is compared among equal scores, in the scheme's order."""
    tree, figures = document["criteria"]["tree"], []
    for tie in document.get("ranking", {}).get("tie_breaks", []):
        keys = under(tree, tie["node"]) if tie["kind"] == "node_mean" else leaves(tree)
        totals = [sum((sheet[key] for key in keys), Fraction(0)) for sheet in sheets]
        figures.append(half_up(mean(totals), places_of(tie)))
    return figures


def places_left(limit, tier, participants, ranked):
    """How many may win by one limit, None when it says nothing."""
    if limit["kind"] == "quota":
        return int(limit["places"][tier]) if tier in limit["places"] else None
    size = participants if limit.get("basis", "participants") == "participants" else ranked
    if limit["kind"] == "elimination_rate":
        return int((1 - number(limit["minimum"])) * size)
    exact = number(limit["at_most_share"]) * size
    whole = int(exact)
    rest = exact - whole
    how = limit.get("whole", "floor")
    up = {"floor": False, "ceil": rest > 0, "half_up": rest >= Fraction(1, 2)}[how]
    return whole + 1 if up else whole


def outcome(document, entries, sheets):
    """{(round, org): (score, rank, verdict)} of entries (round, org, tier, vetoed), sheets {(round, org): [marks]}."""
    per_tier = document.get("ranking", {}).get("per_tier", True)
    groups = {}
    for entry in entries:
        groups.setdefault((entry[0], entry[2] if per_tier else None), []).append(entry)
    results = {}
    for (_, tier), members in groups.items():
        results |= group_outcome(document, tier, members, sheets)
    return results


def group_outcome(document, tier, members, sheets):
    own = {entry: sheets.get((entry[0], entry[1]), []) for entry in members}
    scores = {entry: score_of(document, own[entry]) for entry in members}
    ranked = [entry for entry in members if scores[entry] is not None and not entry[3]]
    keys = {entry: (scores[entry], *tie_figures(document, own[entry])) for entry in ranked}
    rank = {entry: 1 + sum(keys[other] > keys[entry] for other in ranked) for entry in ranked}
    counts_vetoed = document.get("veto", {}).get("counts_as_participant", True)
    participants = sum(1 for entry in members if counts_vetoed or not entry[3])
    selection = document.get("selection", {})
    allowed = [places_left(limit, tier, participants, len(ranked)) for limit in selection.get("limits", [])]
    most = min([places for places in allowed if places is not None], default=len(members))
    thresholds = {t["name"]: number(t["threshold"]) for t in document["tiers"] if t.get("threshold") is not None}
    results = {}
    for entry in members:
        same = sum(1 for other in ranked if entry in rank and rank[other] == rank[entry])
        if entry[3]:
            verdict = "vetoed"
        elif scores[entry] is None:
            verdict = "unscored"
        elif scores[entry] < thresholds.get(entry[2], Fraction(0)):
            verdict = "below_threshold"
        elif rank[entry] > most:
            verdict = "over_quota"
        elif rank[entry] + same - 1 > most and selection.get("tie_at_cut", "eliminate_all") == "eliminate_all":
            verdict = "tied_at_cut"
        else:
            verdict = "awarded"
        results[entry[0], entry[1]] = (scores[entry], rank.get(entry), verdict)
    return results
