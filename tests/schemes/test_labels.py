"""All of the language that a person may meet has a Chinese name, whatever kinds are added; shapes find it all."""

import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from schemes import Scheme
from schemes.labels import CHOICES, HINTS, KIND_NAMES, LABELS, LONG_TEXTS, RARE, SPOKEN, choice_of, label_of
from schemes.references import ENTRY_NAMES, REFERENCES
from schemes.shapes import Entries, Group, Kinds, Leaf, Lines, shape_of

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def models(annotation: Any, seen: dict[type, None]) -> dict[type, None]:
    """Every model reachable from a type, by pydantic's own account."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen[annotation] = None
            for info in annotation.model_fields.values():
                models(info.annotation, seen)
    else:
        for each in get_args(annotation):
            models(each, seen)
    return seen


def literals(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    for each in get_args(annotation):
        yield from literals(each)


MODELS = list(models(Scheme, {}))
FIELDS = [(model, name) for model in MODELS for name in model.model_fields]


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=[f"{model.__name__}.{name}" for model, name in FIELDS])
def test_every_field_has_a_chinese_label(model, name):
    assert CHINESE.search(label_of(model, name))


def test_every_kind_and_every_choice_has_a_chinese_name():
    kinds, choices = set(), set()
    for model, name in FIELDS:
        for value in literals(model.model_fields[name].annotation):
            if name == "kind" and len(list(literals(model.model_fields[name].annotation))) == 1:
                kinds.add(value)
            elif name != "language":
                choices.add((name, value))
    assert [kind for kind in sorted(kinds) if not CHINESE.search(KIND_NAMES.get(kind, ""))] == []
    assert [pair for pair in sorted(choices) if not CHINESE.search(choice_of(*pair))] == []


def test_nothing_is_named_that_does_not_exist():
    """A field that was renamed leaves no label behind; a label may stand under any base of a model."""
    bases = {(base.__name__, name) for model, name in FIELDS for base in model.__mro__}
    tables = (LABELS, HINTS, LONG_TEXTS, RARE, SPOKEN, REFERENCES, ENTRY_NAMES)
    assert [pair for table in tables for pair in table if pair not in bases] == []
    assert [value for value in CHOICES if "." in value and value.partition(".")[0] not in {n for _, n in FIELDS}] == []


def test_shapes_reach_every_model():
    found: set[type] = set()

    def walk(shape):
        if isinstance(shape, Group) and shape.model not in found:
            found.add(shape.model)
            for field in shape.fields:
                walk(field.shape)
        elif isinstance(shape, Kinds):
            for _, group in shape.groups:
                walk(group)
        elif isinstance(shape, Lines | Entries):
            walk(shape.item if isinstance(shape, Lines) else shape.value)

    walk(shape_of(Scheme))
    assert found == set(MODELS)


def test_shapes_of_known_fields():
    scheme = shape_of(Scheme)
    tiers = scheme.field("tiers").shape.item
    assert tiers.field("threshold").shape == Leaf("number") and not tiers.field("threshold").required
    panel = scheme.field("panel").shape
    assert panel.field("size").shape == Leaf("whole")
    assert panel.field("recusal").shape.choices == (("home_township", "回避本乡镇（街道）"), ("none", "不设回避"))
    assert panel.field("recusal").default == "home_township"
    assert scheme.field("bonus").may_lack and not scheme.field("panel").may_lack
    assert scheme.field("bonus").shape.field("points").shape == Entries(Leaf("number"))
    limits = scheme.field("selection").shape.field("limits").shape
    assert limits.item.group("elimination_rate").field("minimum").shape == Leaf("share")
    assert "kind" not in [field.name for field in limits.item.group("elimination_rate").fields]
    node = scheme.field("criteria").shape.field("tree").shape.item
    assert node.field("children").shape.item.model is node.model
    assert node.field("evidence").shape == Leaf("words")
    assert node.field("mark").shape.kind_of({"max": "5"}) == "points"
