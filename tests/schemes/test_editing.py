"""The plain tree that people edit: what is written is read again, places, the criteria tree, beginnings."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemes import examine_scheme
from schemes.editing import (
    add_beside,
    add_criterion,
    add_item,
    adopt_scheme,
    append_at,
    blank_scheme,
    free_key,
    insert_at,
    move_at,
    move_node,
    node_steps,
    place_of,
    read_tree,
    remove_at,
    remove_node,
    set_at,
    value_at,
    walk_tree,
    write_document,
)
from schemes.files import SHIPPED
from schemes.problems import errors

TREE = {
    "criteria": {
        "tree": [
            {"key": "item01", "name": "生态", "children": [
                {"key": "c01", "name": "村容", "mark": {"max": "5", "step": "0.5"}},
                {"key": "c02", "name": "水质", "mark": {"max": "4"}},
            ]},
            {"key": "item02", "name": "产业", "children": [{"key": "c03", "name": "收入", "mark": {"max": "6"}}]},
        ]
    }
}  # fmt: skip
COUNTY = ("330199", "临溪县")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
leaves = st.one_of(
    texts, st.booleans(), st.none(), st.sampled_from(["85", "0.50", "40%", "是", "~", "1e3", "2026-01-05"])
)
trees = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))


def names(tree):
    return [node["name"] for _, node in walk_tree(tree)]


def keys(tree):
    return [node["key"] for _, node in walk_tree(tree)]


# --- text ----------------------------------------------------------------------------------------


@given(st.dictionaries(texts, trees, max_size=4))
def test_what_is_written_is_read_again(tree):
    assert read_tree(write_document(tree)) == tree


@pytest.mark.parametrize("county", ["jiande", "qingxi"])
def test_a_shipped_scheme_keeps_its_meaning(county):
    text = (SHIPPED / county / "scheme.yaml").read_text(encoding="utf-8")
    assert examine_scheme(write_document(read_tree(text)))[0] == examine_scheme(text)[0]


def test_numbers_and_days_stay_as_people_write_them():
    assert write_document({"max": "0.50", "on": "2026-01-05", "word": "是", "yes": True}) == (
        "max: 0.50\non: 2026-01-05\nword: '是'\nyes: true\n"
    )


# --- places --------------------------------------------------------------------------------------


def test_places_are_named_as_problems_name_them():
    assert place_of((*node_steps((0, 1)), "mark", "step")) == "criteria.tree[0].children[1].mark.step"


def test_values_at_places_and_at_no_place():
    assert value_at(TREE, (*node_steps((0, 1)), "name")) == "水质"
    assert value_at(TREE, (*node_steps((0, 7)), "name")) is None
    assert value_at(TREE, ("criteria", "tree", "name")) is None


def test_changes_make_a_new_tree():
    before = deepcopy(TREE)
    assert set_at(TREE, ("score", "round", "places"), "2")["score"] == {"round": {"places": "2"}}
    assert append_at({}, ("tiers",), {"name": "标杆"}) == {"tiers": [{"name": "标杆"}]}
    assert insert_at({"a": ["1", "3"]}, ("a", 1), "2") == {"a": ["1", "2", "3"]}
    assert remove_at({"a": ["1", "2"]}, ("a", 0)) == {"a": ["2"]}
    assert remove_at({"a": "1"}, ("b", "c")) == {"a": "1"}
    assert before == TREE


def test_lines_and_entries_move_among_their_neighbours_and_no_further():
    assert move_at({"a": ["1", "2", "3"]}, ("a", 0), 1) == {"a": ["2", "1", "3"]}
    assert move_at({"a": ["1", "2"]}, ("a", 1), 1) == {"a": ["1", "2"]}
    assert list(move_at({"a": {"甲": "1", "乙": "2"}}, ("a", "乙"), -1)["a"]) == ["乙", "甲"]


# --- the criteria tree ---------------------------------------------------------------------------


def test_new_keys_are_the_next_ones():
    assert free_key(TREE) == "c04"
    assert free_key(TREE, "item") == "item03"
    assert free_key({}) == "c01"


def test_a_new_item_comes_with_a_criterion():
    assert keys(add_item(TREE))[-2:] == ["item03", "c04"]


def test_a_new_criterion_is_marked_like_its_neighbour():
    assert value_at(add_criterion(TREE, (0,)), node_steps((0, 2))) == {"key": "c04", "name": "", "mark": {"max": "4"}}
    assert value_at(add_beside(TREE, (0, 0)), node_steps((0, 1)))["mark"] == {"max": "5", "step": "0.5"}


def test_a_criterion_that_is_divided_gives_its_mark_to_the_first_below():
    divided = value_at(add_criterion(TREE, (1, 0)), node_steps((1, 0)))
    assert "mark" not in divided
    assert divided["children"] == [{"key": "c04", "name": "", "mark": {"max": "6"}}]


def test_an_item_without_criteria_is_marked_itself():
    item = value_at(remove_node(TREE, (1, 0)), node_steps((1,)))
    assert item == {"key": "item02", "name": "产业", "mark": {"max": "6"}}
    assert names(remove_node(TREE, (0,))) == ["产业", "收入"]


@pytest.mark.parametrize(("indexes", "by", "after"), [
    ((0, 0), 1, ["生态", "水质", "村容", "产业", "收入"]),
    ((0, 1), 1, ["生态", "村容", "产业", "水质", "收入"]),
    ((1, 0), -1, ["生态", "村容", "水质", "收入", "产业"]),
    ((0, 0), -1, ["生态", "村容", "水质", "产业", "收入"]),
    ((1,), -1, ["产业", "收入", "生态", "村容", "水质"]),
])  # fmt: skip
def test_nodes_move_within_and_between_items(indexes, by, after):
    assert names(move_node(TREE, indexes, by)) == after


# --- beginnings ----------------------------------------------------------------------------------


def test_an_empty_scheme_lacks_names_only():
    tree = blank_scheme(key="lx", name="办法", county=COUNTY, issuer="组织部", version="1")
    problems = errors(examine_scheme(write_document(tree))[1])
    assert {problem.place for problem in problems} == {"criteria.tree[0].name", "criteria.tree[0].children[0].name"}


def test_another_countys_scheme_becomes_ones_own():
    text = (SHIPPED / "jiande" / "scheme.yaml").read_text(encoding="utf-8")
    tree = adopt_scheme(read_tree(text), key="lx", county=COUNTY, issuer="临溪县委组织部", version="1")
    scheme, problems = examine_scheme(write_document(tree))
    assert errors(problems) == []
    assert (scheme.identity.county.name, scheme.identity.issuer, scheme.identity.note) == (
        "临溪县",
        "临溪县委组织部",
        "",
    )
    assert [node.key for node in scheme.leaves] == [f"c{n:02d}" for n in range(1, 21)]
