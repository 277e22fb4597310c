"""Measures for tests: a marking method from a few words, and the points it gives to a group of organizations."""

from fractions import Fraction

from pydantic import TypeAdapter

from schemes.rules.marking import AnyMarking
from schemes.working import readd

_READER = TypeAdapter(AnyMarking)


class Names:
    """A scheme as far as a marking method looks at it: keys are their own names."""

    @staticmethod
    def name_of(key):
        return key


def measure(kind, **fields):
    return _READER.validate_python({"kind": kind, **fields})


def cells_of(values):
    """One organization's figures from texts; a blank one is missing."""
    row = values if isinstance(values, tuple) else (values,)
    return tuple(None if value is None else Fraction(str(value)) for value in row)


def workings(rule, *group):
    """The working of each organization of one group, each re-added on the way."""
    rows = [cells_of(values) for values in group]
    names = ["数据", "另一数据"][: len(rule.keys("own"))]
    reference = rule.reference(rows)
    found = [rule.mark(row, reference, names) for row in rows]
    assert [readd(working) for working in found] == [working.value for working in found]
    return found


def points(rule, *group):
    return [working.value for working in workings(rule, *group)]


def exactly(*values):
    return [None if value is None else Fraction(str(value)) for value in values]


def problems(rule):
    return [str(problem) for problem in rule.problems(Names, "mark")]


def sentence(rule):
    return rule.sentence(Names)
