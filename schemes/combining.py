"""Several exact figures as one: children under their parent, periods of a year; criteria that do not apply left out."""

from fractions import Fraction

from .blocks.criteria import Node
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


def combined_over_time(
    combine: str, values: dict[str, Fraction | None], weights: dict[str, Fraction]
) -> Fraction | None:
    """The figures of several periods as one; periods without data are left out, their weights shared by the others."""
    known = {period: value for period, value in values.items() if value is not None}
    each = list(known.values())
    match combine:
        case "sum":
            return sum(each, Fraction(0))
        case "latest":
            return each[-1]
        case "highest":
            return max(each)
        case "weighted":
            whole = sum((weights[period] for period in known), Fraction(0))
            parts = (value * weights[period] for period, value in known.items())
            return sum(parts, Fraction(0)) / whole if whole else None
    return sum(each, Fraction(0)) / len(each)
