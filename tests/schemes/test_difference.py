"""Two versions in words: what people changed is said as they would say it, and nothing that differs goes unsaid."""

import json
import random
import re
from datetime import date
from fractions import Fraction
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError

from schemes import digest_scheme, read_scheme
from schemes.change_words import View
from schemes.describe import describe
from schemes.difference import block_of, by_block, compare_schemes
from schemes.document import Criteria, Scheme
from schemes.files import shipped_names
from schemes.labels import label_of
from schemes.loading import load_document
from schemes.rules.base import Rounding
from schemes.rules.marking import Points
from schemes.rules.ties import NodeMean
from tests.schemes.examples import PAGES, minimal, yaml_blocks
from tests.schemes.support import ROOT, scheme_of, text_of
from tests.schemes.test_cli import run
from tests.schemes.test_docs import models

SHIPPED = {
    name: (ROOT / "schemes/shipped" / name / "scheme.yaml").read_text(encoding="utf-8") for name in shipped_names()
}
OLD = SHIPPED["jiande"]


def changed(*edits: tuple[str, str], text: str = OLD) -> str:
    """The text with each ``old`` replaced once."""
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def differences(*edits: tuple[str, str], text: str = OLD) -> list[tuple[str, str, str, str]]:
    found = compare_schemes(read_scheme(text), read_scheme(changed(*edits, text=text)))
    return [(change.block, change.place, change.kind, change.sentence) for change in found]


def leaf(key: str, name: str, points: str) -> str:
    return f"{{key: {key}, name: {name}, mark: {{max: {points}, step: 0.5}}}}"


# --- as people say it ------------------------------------------------------------------------------------------------


def test_full_marks_of_criteria_and_of_the_whole():
    six, seven = (leaf("c04", "集体经济收入增长", points) for points in "67")
    found = differences((six, seven), ("full_marks: 100", "full_marks: 101"))
    total, full = label_of(Criteria, "full_marks"), label_of(Points, "max")
    mark = "criteria.tree[1].children[0].mark.max"
    assert found == [
        ("创建标准", "criteria.full_marks", "changed", f"{total}由 100 分改为 101 分"),
        ("创建标准", mark, "changed", f"“集体经济收入增长”的{full}由 6 分改为 7 分"),
    ]


def test_elimination_rate_with_its_clause_before_and_after():
    old, new = read_scheme(OLD), read_scheme(changed(("minimum: 40%", "minimum: 50%, clause: 第五条")))
    rate = next(change for change in compare_schemes(old, new) if change.place.endswith("minimum"))
    assert (rate.sentence, rate.block) == ("淘汰率由不低于 40% 改为不低于 50%", "名额与淘汰")
    assert (rate.clause_before, rate.clause_after) == ("第六条", "第五条")


def test_a_criterion_that_came_and_one_that_went():
    found = differences((leaf("c20", "矛盾纠纷化解", "4"), leaf("c21", "党员教育", "4")))
    assert found == [
        ("创建标准", "criteria.tree[5].children[2]", "removed", "删去条目“矛盾纠纷化解”，4 分"),
        ("创建标准", "criteria.tree[5].children[2]", "added", "“群众满意”下新增条目“党员教育”，4 分"),
    ]


def test_an_item_goes_with_its_criteria_and_those_that_stay_move():
    """The item “生态美丽” is dissolved: one criterion goes with it, two move to “产业兴旺”."""
    first, second, third = (
        f"        - {leaf(key, name, '5')}\n"
        for key, name in (("c01", "村容村貌整洁"), ("c02", "水环境与生态保护"), ("c03", "垃圾分类与庭院美化"))
    )
    gone = f"    - key: ecology\n      name: 生态美丽\n      children:\n{first}{second}{third}"
    moved = (
        f"        - {leaf('c04', '集体经济收入增长', '6')}\n",
        f"{first}{second}        - {leaf('c04', '集体经济收入增长', '6')}\n",
    )
    assert [sentence for *_, sentence in differences((gone, ""), moved, ("full_marks: 100", "full_marks: 95"))][1:] == [
        "删去项目“生态美丽”，15 分（含“垃圾分类与庭院美化” 5 分）",
        "“村容村貌整洁”移到“产业兴旺”下",
        "“水环境与生态保护”移到“产业兴旺”下",
    ]


def test_a_criterion_moves_is_renamed_and_gets_another_key():
    line = f"        - {leaf('c01', '村容村貌整洁', '5')}\n"
    target = f"        - {leaf('c16', '三务公开规范', '5')}\n"
    assert [sentence for *_, sentence in differences((line, ""), (target, target + line))] == [
        "“村容村貌整洁”移到“阵地建设”下"
    ]
    assert differences(("name: 村容村貌整洁", "name: 村容村貌")) == [
        ("创建标准", "criteria.tree[0].children[0].name", "changed", "“村容村貌整洁”改名为“村容村貌”")
    ]
    assert [sentence for *_, sentence in differences(("key: c01", "key: c21"))] == [
        "“村容村貌整洁”的编号由“c01”改为“c21”"
    ]


def test_another_order_names_the_fewest_that_moved():
    lines = [
        f"        - {leaf(key, name, '5')}\n"
        for key, name in (("c01", "村容村貌整洁"), ("c02", "水环境与生态保护"), ("c03", "垃圾分类与庭院美化"))
    ]
    found = differences(("".join(lines), lines[1] + lines[2] + lines[0]))
    assert [sentence for *_, sentence in found] == ["“生态美丽”下，“村容村貌整洁”移到“垃圾分类与庭院美化”之后"]


def test_rules_are_compared_with_themselves_wherever_they_stand():
    party, people = (f"    - {{kind: node_mean, node: {node}, round: {{places: 2}}}}\n" for node in ("party", "people"))
    found = differences((party + people, people + party.replace("places: 2", "places: 1")))
    assert [sentence for *_, sentence in found] == [
        f"{label_of(type(read_scheme(OLD).ranking), 'tie_breaks')}中，“群众满意均分”移到最前",
        f"“党建做法均分”{label_of(NodeMean, 'round')}的{label_of(Rounding, 'places')}由 2 改为 1",
    ]


def test_the_key_of_a_figure_is_said_by_its_name():
    (found,) = differences(("node: party, round", "node: ground, round"))
    assert found[3] == f"“阵地建设均分”的{label_of(NodeMean, 'node')}由“党建做法”改为“阵地建设”"


def test_a_rule_of_another_kind_is_quoted_whole():
    found = differences(("aggregation: {kind: mean}", "aggregation: {kind: median}"))
    assert found[0][0] == "复评"
    assert found[0][3].endswith(
        "由“取全部评分单总分的平均数，不四舍五入”改为“取评分单总分的中位数（双数份时取中间两份的平均数），不四舍五入”"
    )


def test_a_block_that_goes_is_told_in_its_own_sentences():
    found = compare_schemes(
        read_scheme(OLD), read_scheme(changed(("subsidy:\n  clause: 第十条\n  wan: {标杆: 0.9, 进位: 0.5}\n", "")))
    )
    assert [(change.sentence, change.kind, change.clause_before) for change in found] == [
        ("取消补助（原为：每创成一个“标杆”补助 0.9 万元，每创成一个“进位”补助 0.5 万元）", "removed", "第十条")
    ]


def test_articles_that_came_and_went_are_quoted():
    old = "  第七条: {title: 称号, text: 创成的授予称号；“进位”单位再创成“标杆”的，进阶为“标杆”。}\n"
    found = differences(
        (old, "  第十一条: {title: 附则, text: 自印发之日起施行。}\n"), ("titles:\n  clause: 第七条\n", "titles:\n")
    )
    assert [change[1:] for change in found[:2]] == [
        ("clauses.第七条", "removed", "删去条文“第七条”（标题“称号”，原文“创成的授予称号；‘进位’单位再创成‘标杆’的，进阶为‘标杆’。”）"),
        ("clauses.第十一条", "added", "增加条文“第十一条”：标题“附则”，原文“自印发之日起施行。”"),
    ]  # fmt: skip
    assert found[2][:3] == ("称号", "titles.clause", "removed") and len(found) == 3


def test_points_by_tier_and_thresholds():
    found = differences(("{标杆: 1, 进位: 0.3}", "{标杆: 1, 进位: 0.5}"), ("threshold: 80, ", ""))
    assert [sentence for *_, sentence in found] == [
        f"“进位”取消{label_of(type(read_scheme(OLD).tiers[0]), 'threshold')}（原为：80 分）",
        f"“进位”的{label_of(type(read_scheme(OLD).bonus), 'points')}由 0.3 分改为 0.5 分",
    ]


def test_of_a_long_text_the_part_that_differs_is_quoted():
    long = "甲" * 100
    old, new = (
        scheme_of(clauses={"一": {"title": "标题", "text": text}}) for text in (f"{long}子{long}", f"{long}丑{long}")
    )
    (change,) = compare_schemes(old, new)
    cut = "…" + "甲" * 8 + "{}" + "甲" * 51 + "…"
    assert change.sentence.endswith(f"由“{cut.format('子')}”改为“{cut.format('丑')}”")


@pytest.mark.parametrize("old, new", [("a\nb", "a b"), ("“甲”", "‘甲’"), ("甲 ", "甲"), ("甲" * 60, "甲" * 61)])
def test_texts_that_look_alike_are_still_shown_apart(old, new):
    (change,) = compare_schemes(*(scheme_of(clauses={"一": {"title": "标题", "text": text}}) for text in (old, new)))
    before, after = change.sentence.split("由", 1)[1].split("改为", 1)
    assert before != after


def test_blocks_have_the_titles_that_people_read_elsewhere():
    scheme = read_scheme(OLD)
    ours = {block_of(place) for place in (*Scheme.model_fields, "titles.reinspection")}
    for each in map(read_scheme, SHIPPED.values()):
        named = {each.rating.name} if each.rating else set()
        assert {paragraph.title for paragraph in describe(each)} - named <= ours
    found = compare_schemes(scheme, read_scheme(SHIPPED["qingxi"]))
    titles = [title for title, _ in by_block(found)]
    assert len(titles) == len(set(titles)) and sum(len(group) for _, group in by_block(found)) == len(found)


# --- nothing goes unsaid ---------------------------------------------------------------------------------------------


def agrees(old: Scheme, new: Scheme, *, differ: bool | None = None) -> bool:
    """Changes are found exactly when the digests differ, both ways, each with its sentence, block and place."""
    differ = digest_scheme(old) != digest_scheme(new) if differ is None else differ
    there, back = compare_schemes(old, new), compare_schemes(new, old)
    assert all(change.sentence and change.block and change.place for change in (*there, *back))
    assert bool(there) == bool(back) == differ
    return bool(there)


def samples(annotation: Any, depth: int = 2) -> list[Any]:
    """Some different values of a type, whatever it is."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    plain = {NoneType: [None], bool: [True, False], int: [1, 2], str: ["甲", "乙"], Any: ["refuse", Fraction(0)],
             Fraction: [Fraction(1, 2), Fraction(2, 3)], date: [date(2026, 1, 1), date(2026, 1, 2)]}  # fmt: skip
    if origin is Annotated:
        return samples(arguments[0], depth)
    if origin in (Union, UnionType):
        return [value for each in arguments for value in samples(each, depth)]
    if origin is Literal:
        return list(arguments)
    if origin is tuple:
        inside = samples(arguments[0], depth)
        return [(), (inside[0],), tuple(inside), tuple(reversed(inside))]
    if origin is dict:
        inside = samples(arguments[1], depth)
        return [{}, *({"甲": value} for value in inside), {"乙": inside[0]}, {"甲": inside[0], "乙": inside[-1]}]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [made(annotation, depth), *(variants(annotation, depth - 1) if depth else [])]
    return plain[annotation]


def made(model: type[BaseModel], depth: int, **values: Any) -> BaseModel:
    """An instance without checks: what is required has a value, the rest is as usual."""
    required = {name: samples(info.annotation, max(depth - 1, 0))[0] for name, info in model.model_fields.items()
                if info.is_required() and name not in values}  # fmt: skip
    return model.model_construct(**required, **values)


def variants(model: type[BaseModel], depth: int) -> list[BaseModel]:
    return [made(model, depth, **{name: value}) for name, info in model.model_fields.items()
            for value in samples(info.annotation, 0)]  # fmt: skip


PLACES = [(model, name) for model in sorted(models(), key=lambda model: model.__name__) for name in model.model_fields]


@pytest.mark.parametrize("model, name", PLACES, ids=lambda value: getattr(value, "__name__", value))
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_every_field_of_every_part_is_compared(model, name, monkeypatch):
    """A field of a kind nobody has thought of yet is put where the panel stands; only the shape is looked at."""
    monkeypatch.setattr(View, "sound", False)
    base = scheme_of()
    values = samples(model.model_fields[name].annotation)
    parts = [made(model, 2, **{name: value}) for value in values]
    holders = [base.model_copy(update={"panel": part}) for part in parts]
    seals = [json.dumps(part.model_dump(), default=str, sort_keys=True) for part in parts]
    for at, seal in enumerate(seals):
        assert not compare_schemes(holders[at], holders[at])
        for other in {0, at - 1} if at else ():
            agrees(holders[other], holders[at], differ=seals[other] != seal)
    assert len(set(seals)) > 1 or len(values) == 1


def nodes_of(tree: Any) -> list[Any]:
    inside = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else []
    return [tree, *(node for each in inside for node in nodes_of(each))]


def mutate(tree: Any, chance: random.Random) -> None:
    """One change somewhere: another value, something gone, doubled, swapped or carried elsewhere."""
    places = [node for node in nodes_of(tree) if isinstance(node, (dict, list)) and node]
    node = chance.choice(places)
    at = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
    words = [each for each in nodes_of(tree) if isinstance(each, str)]
    act = chance.randrange(5)
    if act == 0 or isinstance(node[at], (str, bool)):
        node[at] = chance.choice([True, False, "1", "7", "1/3", "50%", "2026-05-01", f"{node[at]}改", *words])
    elif act == 1:
        del node[at]
    elif act == 2 and isinstance(node, list):
        other = chance.randrange(len(node))
        node[at], node[other] = node[other], node[at]
    elif act == 3 and isinstance(node, list):
        node.insert(chance.randrange(len(node) + 1), node[at])
    else:
        target = chance.choice([each for each in places if isinstance(each, type(node))])
        moved = node.pop(at)
        if isinstance(target, list):
            target.insert(chance.randrange(len(target) + 1), moved)
        else:
            target[at] = moved


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", SHIPPED)
def test_whatever_is_changed_in_a_document_is_said(name, seed):
    """Random edits of the text's tree; those that leave a document of the right shape are compared with it."""
    chance, old, seen = random.Random(f"{name} {seed}"), read_scheme(SHIPPED[name]), 0
    for _ in range(60):
        tree = load_document(SHIPPED[name]).tree
        for _ in range(chance.randrange(1, 4)):
            mutate(tree, chance)
        try:
            new = Scheme.model_validate(json.loads(json.dumps(tree)))
        except ValidationError:
            continue
        seen += agrees(old, new)
    assert seen >= 8


def test_the_order_of_keys_and_the_look_of_the_text_are_no_difference():
    def turned(tree: Any) -> Any:
        if isinstance(tree, dict):
            return {key: turned(tree[key]) for key in reversed(tree)}
        return [turned(each) for each in tree] if isinstance(tree, list) else tree

    for text in SHIPPED.values():
        old, new = read_scheme(text), Scheme.model_validate(turned(load_document(text).tree))
        assert digest_scheme(old) == digest_scheme(new) and compare_schemes(old, new) == ()


def test_two_nodes_of_one_key_do_not_hide_each_other():
    """A document with errors: the key is there twice, and only the second node changed."""
    tree = [{"key": "a", "name": "甲", "mark": {"max": 1}}, {"key": "a", "name": "乙", "mark": {"max": 2}}]
    old, new = (
        Scheme.model_validate(
            {**load_document(OLD).tree, "criteria": {"tree": [tree[0], {**tree[1], "mark": {"max": most}}]}}
        )
        for most in (2, 3)
    )
    assert agrees(old, new)


# --- the manual and the command line ---------------------------------------------------------------------------------


def written(folder, **texts: str) -> list[str]:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return [f"{name}.yaml" for name in texts]


def test_the_example_of_the_manual_prints_what_is_shown_under_it(tmp_path):
    page = PAGES["diff"]
    (fragment,) = yaml_blocks(page)
    (shown,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    files = written(tmp_path, 旧版=text_of(minimal()), 新版=text_of({**minimal(), **load_document(fragment).tree}))
    done = run("diff", *files, cwd=tmp_path)
    assert (done.returncode, done.out, done.err) == (0, shown, "")


def test_json_lists_the_changes_and_a_difference_is_no_problem(tmp_path):
    (file,) = written(tmp_path, 新版=changed(("minimum: 40%", "minimum: 1/2")))
    done = run("diff", "jiande", file, "--json", cwd=tmp_path)
    found = json.loads(done.out)
    assert done.returncode == 0 and found["old"]["digest"] != found["new"]["digest"]
    assert found["changes"] == [
        {
            "block": "名额与淘汰",
            "place": "selection.limits[0].minimum",
            "kind": "changed",
            "sentence": "淘汰率由不低于 40% 改为不低于 50%",
            "clause_before": "第六条",
            "clause_after": "第六条",
        }
    ]
    assert run("diff", "jiande", "jiande").out.endswith("\n两版没有不同。\n")


def test_the_problems_of_both_documents_are_told_at_once(tmp_path):
    files = written(
        tmp_path, 旧版=changed(("step: 0.5}}\n        - {key: c02", "step: 0.3}}\n        - {key: c02")), 新版="a: ["
    )
    done = run("diff", *files, cwd=tmp_path)
    assert done.returncode == 1 and done.out == ""
    assert "旧版.yaml" in done.err and "除不尽" in done.err and "新版.yaml" in done.err and "格式不对" in done.err
    assert run("diff", "jiande", "没有这个文件").returncode == 1
