"""Documents made to hurt, or merely broken, are refused in a sentence, quickly and in little memory."""

import time
import tracemalloc

import pytest

from schemes import ProblemsFound, read_scheme
from schemes.loading import MAX_CHARACTERS, load_document
from tests.schemes.support import document, problems_of, text_of

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE = {
    "billion laughs": (LAUGHS, "不能使用锚点和引用"),
    "anchor": ("a: &x 1\n", "不能使用锚点和引用"),
    "alias to nothing": ("a: *x\n", "不能使用锚点和引用"),
    "python tag": ("a: !!python/object/apply:os.system [ls]\n", "不能使用标签"),
    "own tag": ("a: !secret x\n", "不能使用标签"),
    "deep flow": ("[" * 100_000, "嵌套超过 40 层"),
    "deep block": ("\n".join("  " * i + "a:" for i in range(60)), "嵌套超过 40 层"),
    "deep json": ('{"a":' * 5_000 + "1" + "}" * 5_000, "嵌套超过 40 层"),
    "many nodes": ("[" + "1," * 300_000 + "]", "内容超过 200000 项"),
    "huge": ("x" * (MAX_CHARACTERS + 1), "文件过大"),
    "huge bytes": (b"x" * (4 * MAX_CHARACTERS + 1), "文件过大"),
    "duplicate key": ("identity: {key: a, key: b}\n", "同一处写了两次"),
    "complex key": ("? [a, b]\n: 1\n", "冒号前应为一个词"),
    "binary": (bytes(range(256)) * 50, "文字编码无法识别"),
    "zip": (b"PK\x03\x04\x14\x00\x08\x08", "格式不对"),
    "control signs": ("a: \x00\x01", "格式不对"),
    "half a surrogate": ("a: \ud800", "格式不对"),
    "unclosed": ("a: [1, 2", "格式不对"),
    "tab indent": ("a:\n\tb: 1", "格式不对"),
    "two documents": ("a: 1\n---\nb: 2\n", "格式不对"),
    "empty": ("", "文件是空的"),
    "only a comment": ("# 空\n", "文件是空的"),
    "a word": ("你好", "应为一组"),
    "a list": ("[1, 2]", "应为一组"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_with_a_sentence_in_bounded_time_and_memory(name):
    text, sentence = HOSTILE[name]
    tracemalloc.start()
    began = time.monotonic()
    found = problems_of(text)
    took, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sentence in "\n".join(found)
    assert all(line.startswith("办法.yaml") and line.endswith("。") for line in found)
    assert took < 20 and peak < 200 * 2**20


@pytest.mark.parametrize(
    "number",
    ["nan", ".nan", ".inf", "-inf", "1e999", "1e1", "0x10", "9" * 25, "9" * 100_000, "1/0", "1/", "--1", "1.2.3",
     "八十", "1_000", "", "-", "%", "1//2", "1000000000000000000000"],
)  # fmt: skip
def test_no_number_but_a_plain_one_is_read(number):
    with pytest.raises(ProblemsFound) as found:
        read_scheme(text_of(document(tiers=[{"name": "标杆", "threshold": number}])))
    (problem,) = found.value.problems
    assert problem.place == "tiers[0].threshold"
    assert problem.reason in ("不是数", "数字过长，最多 24 个字符", "数字过大或小数位过多")


@pytest.mark.parametrize("literal", ["0.1", '"0.1"', "０．１", "10%", "1/10", "0.10"])
def test_a_tenth_is_exactly_a_tenth(literal):
    text = text_of(document(bonus={"points": {"标杆": "TENTH"}})).replace('"TENTH"', literal)
    assert read_scheme(text).bonus.points["标杆"] * 10 == 1


def test_json_and_yaml_are_one_language():
    yaml = "language: biaogan-scheme/1\nidentity: {key: x}\n"
    assert load_document(yaml).tree == load_document('{"language": "biaogan-scheme/1", "identity": {"key": "x"}}').tree


def test_bare_words_mean_yes_no_and_nothing_but_quoted_ones_do_not():
    tree = load_document("a: 是\nb: 否\nc: true\nd: ~\ne: \nf: '否'\ng: \"null\"\nh: 2022\n").tree
    assert tree == {"a": True, "b": False, "c": True, "d": None, "e": None, "f": "否", "g": "null", "h": "2022"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_documents_in_office_encodings_are_read(encoding):
    assert read_scheme(text_of(document()).encode(encoding)).identity.name == "示范创建办法"


# -- the whole language: nothing a scheme can say makes it slow or large


def measured(*leaves, **blocks):
    """Problems of a document whose tree is these nodes, with the time and memory that reading it took."""
    text = text_of(document(criteria={"tree": list(leaves)}, **blocks))
    tracemalloc.start()
    began = time.monotonic()
    found = problems_of(text)
    took, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 40 and peak < 600 * 2**20
    return "\n".join(found)


def fact_of(key, of):
    return {"key": key, "name": key, "mark": {"kind": "figure", "of": of}}


def test_a_tree_of_100_levels_is_refused():
    node = {"key": "k100", "name": "底", "mark": {"max": "1"}}
    for level in range(100):
        node = {"key": f"k{level}", "name": "层", "children": [node]}
    assert "嵌套超过 40 层" in measured(node)


def test_100_000_criteria_are_refused():
    leaves = ({"key": f"k{i}", "name": "条", "mark": {"max": "1"}} for i in range(100_000))
    assert "文件过大" in measured(*leaves)


def test_as_many_criteria_as_the_reader_lets_through_are_refused():
    leaves = ({"key": f"k{i}", "name": "条", "mark": {"max": "1"}} for i in range(15_000))
    assert "标准超过 500 条" in measured(*leaves)


def test_figures_that_need_themselves_are_refused():
    assert measured(fact_of("a", "b"), fact_of("b", "c"), fact_of("c", "a")).count("要用到它自己，算不出来") == 3


def test_a_long_circle_is_found():
    leaves = [fact_of(f"k{i}", f"k{(i + 1) % 480}") for i in range(480)]
    assert measured(*leaves).count("要用到它自己，算不出来") == 480


def test_a_derived_fact_that_needs_itself_is_refused():
    facts = [{"key": "x", "name": "甲", "formula": "y + 1"}, {"key": "y", "name": "乙", "formula": "x + 1"}]
    found = measured({"key": "a", "name": "甲", "mark": {"max": "1"}}, facts=facts)
    assert found.count("要用到它自己，算不出来") == 2


@pytest.mark.parametrize(
    "formula",
    [
        "(" * 200 + "x" + ")" * 200,
        "x" * 600,
        "x ** 9",
        "x ^ 9",
        "__import__('os')",
        "round(x, 99999)",
        "1/0 +",
        "=x",
        "9" * 400,
    ],
)
def test_formulas_that_are_none_are_refused(formula):
    found = measured({"key": "a", "name": "甲", "mark": {"kind": "formula", "formula": formula}})
    assert "公式" in found or "计算式" in found or "第" in found
