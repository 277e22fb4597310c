"""Formulas: what they mean, exactly; what they cannot say, with the place of the mistake."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemes.formula import MOST_CHARACTERS, Column, parse_formula
from schemes.working import given as figure
from schemes.working import readd

FIGURES = {"收入": "12", "人口": "0", "任务": "8", "a.b": "0.5", "缺项": None}
GROUP = {"收入": ("12", "5", "7"), "空": ()}


def working(text, **more):
    values = {
        key: figure(None if value is None else Fraction(value), key) for key, value in {**FIGURES, **more}.items()
    }
    groups = {key: [Fraction(value) for value in each] for key, each in GROUP.items()}
    found = parse_formula(text).working(values, groups)
    assert readd(found) == found.value
    return found


@pytest.mark.parametrize("text, value", [
    ("1 + 2 × 3", "7"), ("(1 + 2) × 3", "9"), ("10 - 2 - 3", "5"), ("10 - (2 - 3)", "11"), ("12 ÷ 3 ÷ 2", "2"),
    ("12 / (3 / 2)", "8"), ("2 - -3", "5"), ("-2 × 3", "-6"), ("-(1 + 2)", "-3"), ("+5", "5"), ("1 ÷ 3", "1/3"),
    ("40% × 收入", "4.8"), ("０．５＊（收入＋３）", "7.5"), ("2 − 1", "1"), (".5 + 2.50", "3"), ("a.b × 4", "2"),
    ("【收入】 + [任务]", "20"), ("收入", "12"),
    ("min(收入, 任务, 10)", "8"), ("max(收入，任务)", "12"), ("abs(任务 - 收入)", "4"), ("abs(收入 - 任务)", "4"),
    ("round(2.5)", "3"), ("round(-2.5)", "-3"), ("round(收入 ÷ 7, 2)", "1.71"), ("round(1.005, 2)", "1.01"),
    ("floor(收入 ÷ 5)", "2"), ("ceil(收入 ÷ 5)", "3"), ("floor(-0.5)", "-1"), ("ceil(2)", "2"), ("floor(1.29, 1)", "1.2"),
    ("if(收入 >= 12, 5, 3)", "5"), ("if(收入 > 12, 5, 3)", "3"), ("if(收入 ≤ 12, 5, 3)", "5"), ("if(收入 < 12, 5, 3)", "3"),
    ("if(收入 = 12, 5, 3)", "5"), ("if(收入 ≠ 12, 5, 3)", "3"), ("if(收入 <> 任务, 5, 3)", "5"), ("if(1 == 1, 5, 3)", "5"),
    ("if(1/3*3 = 1, 1, 0)", "1"), ("if(收入>10, if(任务>10, 3, 2), 1) + 1", "3"),
    ("group_sum(收入)", "24"), ("group_mean(收入)", "8"), ("group_max(收入)", "12"), ("group_min([收入])", "5"),
    ("group_count(收入)", "3"), ("group_count(空)", "0"), ("10 × 收入 ÷ group_max(收入)", "10"),
])  # fmt: skip
def test_a_formula_has_its_exact_value(text, value):
    assert working(text).value == Fraction(value)


@pytest.mark.parametrize("text, reason", [
    ("100 ÷ 人口", "除数是 0，无法计算"),
    ("3 + 100 ÷ (收入 − 12) × 2", "除数是 0，无法计算"),
    ("缺项 × 2", "缺“缺项”，无法计算"),
    ("缺项", "缺“缺项”"),
    ("没有的 + 缺项 + 收入 ÷ 人口", "缺“没有的”、“缺项”，除数是 0，无法计算"),
    ("if(缺项 > 1, 2, 3)", "缺“缺项”，无法计算"),
    ("max(1, 缺项)", "缺“缺项”，无法计算"),
    ("round(缺项)", "缺“缺项”"),
    ("group_mean(空)", "缺“本组空平均”"),
    ("1 + group_sum(别的)", "缺“本组别的合计”，无法计算"),
])  # fmt: skip
def test_what_is_missing_or_divided_by_zero_is_unknown_and_said(text, reason):
    found = working(text)
    assert found.value is None
    assert found.text() == reason


def test_the_branch_not_taken_may_be_unknown():
    assert working("if(收入 > 10, 1, 缺项)").value == 1
    assert working("if(人口 = 0, 0, 收入 ÷ 人口)").value == 0


@pytest.mark.parametrize("text, said", [
    ("min(20, 20 × 任务 ÷ 收入)", "取低（20、20 × 任务 8 ÷ 收入 12） = 40/3（约 13.3333）"),
    ("if(收入 ≥ 10, 任务 × 2, 0)", "收入 12 ≥ 10，取（任务 8 × 2） = 16"),
    ("if(收入 + 1 < 10, 0, 5)", "13 ≥ 10，取（5） = 5"),
    ("12 ÷ (3 ÷ 2)", "12 ÷ 除数 1.5 = 8"),
    ("round(收入 ÷ 7, 2) × 2", "舍入后 1.71 × 2 = 3.42"),
    ("round(收入 ÷ 7, 2)", "收入 12 ÷ 7，四舍五入保留 2 位小数 = 1.71"),
    ("收入 − group_mean(收入)", "收入 12 − 本组 3 个收入平均 8 = 4"),
])  # fmt: skip
def test_the_arithmetic_is_shown_as_it_was_done(text, said):
    assert working(text).text() == said


def test_a_formula_knows_which_figures_it_reads():
    formula = parse_formula("min(收入, [min]) + 人口 × 收入 + group_sum(任务) − group_max(人口)")
    assert formula.names == ("收入", "min", "人口", "任务")
    assert formula.group_names == ("任务", "人口")
    assert formula.named(lambda key: f"<{key}>") == (
        "min(<收入>, <min>) + <人口> × <收入> + group_sum(<任务>) − group_max(<人口>)"
    )


@pytest.mark.parametrize("text, problem", [
    ("", "计算式是空的"),
    (" 　", "计算式是空的"),
    ("1 +", "计算式没有写完，这里应是数、数据项或括号"),
    ("(1 + 2", "计算式没有写完，括号没有配对，应有“)”"),
    ("min(1, 2", "计算式没有写完，min 的括号没有配对，应有“)”"),
    ("1 + 2) × 3", "第 6 个字“)”不能用在这里"),
    ("收入（万元）× 2", "第 1 个字起的“收入”不是能用的函数，能用的有 min、max、abs、round、floor、ceil、if、date、"
     "group_sum、group_mean、group_max、group_min、group_count"),
    ("收入 任务", "第 4 个字“任务”不能用在这里，前面缺少运算符号"),
    ("2(3 + 4)", "第 2 个字“(”不能用在这里"),
    ("收入 × × 2", "第 6 个字“×”不能用在这里，这里应是数、数据项或括号"),
    ("收入 > 3", "第 4 个字“>”不能用在这里，比较只能写在 if() 的第一项"),
    ("if(收入, 1, 2)", "第 6 个字“,”不能用在这里，if() 的第一项应是比较，如 收入 >= 10"),
    ("if(收入 > 1, 2)", "第 13 个字“)”不能用在这里，if() 应有三项：比较、成立时取什么、不成立时取什么，这里应有“,”"),
    ("min", "第 1 个字起的“min”是函数，后面应有括号；同名的数据项请写成 [min]"),
    ("round(收入, 任务)", "第 11 个字应是保留的小数位数，写 0 到 6 的整数"),
    ("round(收入, 7)", "第 11 个字应是保留的小数位数，写 0 到 6 的整数"),
    ("group_sum(收入 × 2)", "第 14 个字“×”不能用在这里，group_sum 的括号没有配对，应有“)”"),
    ("group_mean(2)", "第 12 个字应是一个数据项，group_mean 里不能写别的"),
    ("1.2.3", "第 1 个字起的“1.2.3”不是数"),
    ("收入 + 12.", "第 6 个字起的“12.”不是数"),
    ("9999999999999999", "第 1 个字起的数不能用：数字过大或小数位过多"),
    ("收入 ^ 2", "第 4 个字“^”不能用在计算式里"),
    ("x.__class__('os')", "第 1 个字起的“x.__class__”不是能用的函数，能用的有 min、max、abs、round、floor、ceil、if、date、"
     "group_sum、group_mean、group_max、group_min、group_count"),
    ("[收入", "第 1 个字“[”不能用在计算式里"),
])  # fmt: skip
def test_a_mistake_is_named_with_its_place(text, problem):
    with pytest.raises(ValueError) as found:
        parse_formula(text)
    assert str(found.value) == problem


def test_length_and_depth_are_bounded():
    longest = "1" + "+1" * ((MOST_CHARACTERS - 1) // 2)
    assert working(longest).value == 250
    refused = {
        longest + "+1": "计算式过长，最多 500 个字",
        "(" * 41 + "1" + ")" * 41: "第 41 个字处括号或运算套得太深，最多 40 层，请拆成几个数据项",
        "-" * 60 + "1": "第 41 个字处括号或运算套得太深，最多 40 层，请拆成几个数据项",
        "1" + "*1" * 60: "第 80 个字处连着的运算太多，最多 40 层，请拆成几个数据项",
    }
    for text, problem in refused.items():
        with pytest.raises(ValueError) as found:
            parse_formula(text)
        assert str(found.value) == problem


def test_a_figure_longer_than_any_figure_is_unknown_instead_of_growing():
    value = figure(Fraction(10**3000 + 1, 7**1000), "甲")
    found = parse_formula("甲 × 甲 + 1").working({"甲": value})
    assert found.value is None
    assert found.text() == "数字过大或小数位过多，请先四舍五入，无法计算"
    many = Column(Fraction(1, 10**9 + n) for n in range(1000))
    assert parse_formula("group_sum(甲)").working({}, {"甲": many}).text() == "数字过大或小数位过多，请先四舍五入"
    assert parse_formula("group_count(甲) + group_max(甲)").working({}, {"甲": many}).value is None


LEAVES = st.one_of(
    st.sampled_from(["0", "1", "2", "0.5", "3.25", "12"]).map(lambda text: (text, f"F('{text}')")),
    st.sampled_from(["收入", "任务", "人口"]).map(lambda name: (name, name)),
)


def grown(inner):
    """Formulas with what Python says for the same: the two must agree on precedence and value."""
    signs = st.sampled_from([("+", "+"), ("-", "-"), ("×", "*"), ("÷", "/"), ("*", "*"), ("/", "/")])
    return st.one_of(
        st.tuples(inner, signs, inner).map(
            lambda t: (f"{t[0][0]} {t[1][0]} {t[2][0]}", f"{t[0][1]} {t[1][1]} {t[2][1]}")
        ),
        inner.map(lambda t: (f"({t[0]})", f"({t[1]})")),
        inner.map(lambda t: (f"-{t[0]}", f"-{t[1]}")),
        inner.map(lambda t: (f"abs({t[0]})", f"abs({t[1]})")),
        st.tuples(inner, inner).map(lambda t: (f"min({t[0][0]}，{t[1][0]})", f"min({t[0][1]}, {t[1][1]})")),
        st.tuples(inner, inner, inner, inner).map(
            lambda t: (f"if({t[0][0]} ≥ {t[1][0]}, {t[2][0]}, {t[3][0]})",
                       f"(({t[2][1]}) if ({t[0][1]}) >= ({t[1][1]}) else ({t[3][1]}))")),
    )  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.recursive(LEAVES, grown, max_leaves=12))
def test_formulas_agree_with_python_on_precedence_and_value(pair):
    ours, pythons = pair
    names = {"收入": Fraction(12), "任务": Fraction(8), "人口": Fraction(0), "F": Fraction}
    try:
        expected = eval(pythons, names)
    except ZeroDivisionError:
        expected = None
    if len(ours) <= MOST_CHARACTERS:
        assert working(ours).value == expected


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("收入12.5%+-×÷()（），,<>=≥[]if max round _"), max_size=40))
def test_any_text_is_a_formula_or_a_sentence_about_a_mistake(text):
    try:
        formula = parse_formula(text)
    except ValueError as error:
        assert any("\u4e00" <= sign <= "\u9fff" for sign in str(error))
    else:
        values = {name: figure(Fraction(2)) for name in formula.names}
        found = formula.working(values)
        assert readd(found) == found.value
