"""Several exact figures as one: children under their parent, periods of a year; criteria that do not apply left out."""

from collections.abc import Mapping
from fractions import Fraction

from .blocks.criteria import Node, OverTime
from .figures import Figure, constant


def together(combine: str, figures: list[Figure], count: int) -> Figure:
    """Children's figures as one."""
    if not figures:
        return constant(Fraction(0), count)
    found = figures[0]
    for figure in figures[1:]:
        match combine:
            case "highest":
                found = found.higher(figure)
            case "lowest":
                found = found.lower(figure)
            case _:
                found = found.plus(figure)
    return found.times(Fraction(1, len(figures))) if combine == "mean" else found


def redistributed(
    node: Node, children: list[Node], applies: list[bool], values: list[Fraction | None]
) -> Fraction | None:
    """Children that apply, scaled up to the full marks of all (a sum), or combined alone (mean, highest, lowest)."""
    kept = [(child, value) for child, value, here in zip(children, values, applies, strict=True) if here]
    known = [value for _, value in kept if value is not None]
    if not kept or len(known) < len(kept):
        return None
    if node.combine != "sum":
        return {"mean": sum(known, Fraction(0)) / len(known), "highest": max(known), "lowest": min(known)}[node.combine]
    full = sum((child.full or Fraction(0) for child in children), Fraction(0))
    here = sum((child.full or Fraction(0) for child, _ in kept), Fraction(0))
    return sum(known, Fraction(0)) * full / here if here else None


def counted_periods(time: OverTime, values: Mapping[str, Fraction | None]) -> dict[str, Fraction] | None:
    """The periods that count, in their order; None where one is missing that may not be.

    ``values`` has only the periods that concern the entry.
    """
    known = {period: value for period, value in values.items() if value is not None}
    if time.missing == "zero":
        known = {period: value or Fraction(0) for period, value in values.items()}
    if not known or (len(known) < len(values) and time.missing == "refuse"):
        return None
    if time.best is None:
        return known
    kept = sorted(known, key=lambda period: known[period], reverse=True)[: time.best]
    return {period: value for period, value in known.items() if period in kept}


def combined_over_time(time: OverTime, known: Mapping[str, Fraction]) -> Fraction | None:
    """The figures of the periods that count as one; in a weighted mean their weights are raised pro rata."""
    each = list(known.values())
    match time.combine:
        case "sum":
            return sum(each, Fraction(0))
        case "latest":
            return each[-1]
        case "highest":
            return max(each)
        case "weighted":
            whole = sum((time.weights[period] for period in known), Fraction(0))
            parts = (value * time.weights[period] for period, value in known.items())
            return sum(parts, Fraction(0)) / whole if whole else None
    return sum(each, Fraction(0)) / len(each)
