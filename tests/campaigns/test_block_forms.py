"""Forms made from the models: whatever is written in any shipped scheme is shown, and read back as it was."""

import pytest

from campaigns.editor import Desk, block_fields
from campaigns.models import SchemeDraft
from schemes.document import Node
from schemes.editing import read_tree, walk_tree, write_document
from schemes.files import SHIPPED, shipped_names
from schemes.labels import KIND_NAMES
from schemes.shapes import shape_of


def desk_of(tree):
    return Desk(SchemeDraft(text=write_document(tree)))


def typed(control):
    """What a browser sends of a control and everything within."""
    data = {}
    for each in control.all():
        if each.is_leaf:
            data[each.name] = each.value
        if each.kind in ("lines", "entries"):
            data[f"{each.name}~n"] = str(len(each.parts))
        if each.may_lack and each.present:
            data[f"{each.name}~on"] = "1"
    return data


def forms_of(tree):
    desk = desk_of(tree)
    yield from (desk.form(about.name) for about in block_fields())
    yield from (desk.node_form(indexes) for indexes, _ in walk_tree(tree))


@pytest.mark.parametrize("name", shipped_names())
def test_a_form_sent_back_as_it_is_changes_nothing(name):
    tree = read_tree((SHIPPED / name / "scheme.yaml").read_text(encoding="utf-8"))
    changed = [form.steps for form in forms_of(tree) if form.read(typed(form.control())) != tree]
    assert changed == []


@pytest.mark.parametrize("name", shipped_names())
def test_every_value_of_a_document_is_shown_somewhere(name):
    """A value that no control shows could be changed by nobody."""
    tree = read_tree((SHIPPED / name / "scheme.yaml").read_text(encoding="utf-8"))
    controls = [control for form in forms_of(tree) for control in form.control().all()]
    assert [(control.place, control.unknown) for control in controls if control.unknown] == []
    places = {control.place for control in controls if control.is_leaf}

    def leaves(value, place):
        if isinstance(value, dict):
            for key, each in value.items():
                yield from leaves(each, f"{place}.{key}" if place else key)
        elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
            for i, each in enumerate(value):
                yield from leaves(each, f"{place}[{i}]")
        else:
            yield place

    shown = places | {place.rpartition("[")[0] for place in places} | {"language"}
    assert [place for place in leaves(tree, "") if place not in shown] == []


MARKINGS = [kind for kind, _ in shape_of(Node).field("mark").shape.groups]


@pytest.mark.parametrize("kind", MARKINGS)
def test_every_marking_method_can_be_chosen_and_says_what_it_needs(kind):
    """Chosen from points, each method shows its own fields; what it lacks is told beside one of them."""
    tree = read_tree((SHIPPED / "qingxi" / "scheme.yaml").read_text(encoding="utf-8"))
    form = desk_of(tree).node_form((0, 0))
    after = form.read({**typed(form.control()), "b.mark.kind": kind})
    desk = desk_of(after)
    mark = next(part for part in desk.node_form((0, 0)).control().parts if part.word == "mark")
    assert (mark.key.value, mark.key.shown) == (kind, KIND_NAMES[kind])
    assert mark.unknown == []
    for problem in desk.problems:
        found = [each for each in desk.node_form((0, 0)).control([problem]).all() if each.problems]
        assert len(found) == 1
