"""What a person reads about a document that is wrong: place, reason, remedy, everything at once."""

import pytest

from schemes import examine_scheme
from schemes.problems import Problem
from tests.schemes.support import MINIMAL, document, problems_of, text_of

LIMITS = "selection.limits[0]"
TREE = "criteria.tree[0].mark"


def tree(**mark):
    return {"tree": [{"key": "a", "name": "党建", "mark": mark}]}


def limits(**limit):
    return {"limits": [limit]}


WRONG = {
    "wrong kind": (
        {"score": {"kind": "average"}},
        "score.kind：没有这种规则或选项（现为“average”）。可用：mean、trimmed_mean、median、weighted_groups。",
    ),
    "no kind": ({"score": {"per": "sheet"}}, "score.kind：没有写明用哪种规则。请写 kind。"),
    "rule as a word": ({"score": "mean"}, "score：应为一组“键: 值”（现为“mean”）。请按说明书的样子写。"),
    "one of several alternatives": (
        {"selection": limits(kind="rate", minimum="40%")},
        f"{LIMITS}.kind：没有这种规则或选项（现为“rate”）。可用：elimination_rate、quota、share、count。",
    ),
    "inside an alternative": (
        {"selection": limits(kind="elimination_rate", minimum="四成")},
        f"{LIMITS}.minimum：不是数（现为“四成”）。请写成 85、0.5、40% 或 1/3 这样的数。",
    ),
    "negative share": (
        {"selection": limits(kind="elimination_rate", minimum="-40%")},
        f"{LIMITS}.minimum：不应小于 0（现为“-40%”）。请修改。",
    ),
    "share above one": (
        {"selection": limits(kind="share", at_most_share="140%")},
        f"{LIMITS}.at_most_share：不应大于 1（现为“140%”）。请修改。",
    ),
    "not a list": ({"tiers": {"name": "标杆"}}, "tiers：应为一列，每行以“-”开头。请按说明书的样子写。"),
    "empty list": ({"tiers": []}, "tiers：至少要有一项。请补上。"),
    "float-like": ({"criteria": tree(max="1e1")}, f"{TREE}.max：不是数（现为“1e1”）。请写成 85、0.5、40% 或 1/3 这样的数。"),
    "left blank": ({"criteria": tree(max=None)}, f"{TREE}.max：没有填写。请填写，或删去这一行。"),
    "zero step": ({"criteria": tree(max="5", step="0")}, f"{TREE}.step：应大于 0（现为“0”）。请修改。"),
    "step does not divide": (
        {"criteria": tree(max="5", step="0.3")},
        f"{TREE}.step：分档 0.3 除不尽 0 到 5。请改分档或满分。",
    ),
    "lowest above highest": ({"criteria": tree(max="5", min="5")}, f"{TREE}.min：最低分不低于满分。应低于 5。"),
    "too fine": (
        {"criteria": tree(max="100", step="0.001")},
        f"{TREE}.step：分档过细。一项最多 65534 档。",
    ),
    "half a place": (
        {"score": {"kind": "mean", "round": {"places": "1.5"}}},
        "score.round.places：应为整数（现为“1.5”）。请修改。",
    ),
    "too many places": (
        {"score": {"kind": "mean", "round": {"places": "7"}}},
        "score.round.places：不应大于 6（现为“7”）。请修改。",
    ),
    "unknown word": (
        {"selection": {"tie_at_cut": "draw"}},
        "selection.tie_at_cut：没有这种规则或选项（现为“draw”）。可用：eliminate_all、admit_all。",
    ),
    "neither yes nor no": ({"ranking": {"per_tier": "也许"}}, "ranking.per_tier：应为“是”或“否”（现为“也许”）。请改写。"),
    "extra key": ({"panels": {}}, "panels：没有这样的写法。请核对拼写，或删去。"),
    "wrong date": (
        {"identity": {**MINIMAL["identity"], "effective_from": "2022-3-5"}},
        "identity.effective_from：日期应写成 2022-03-15 的样子（现为“2022-3-5”）。请修改。",
    ),
    "key in Chinese": (
        {"identity": {**MINIMAL["identity"], "key": "示例"}},
        "identity.key：只能用小写字母、数字和短横，最长 40 个（现为“示例”）。请改写。",
    ),
    "weights do not add up": (
        {"criteria": {**MINIMAL["criteria"], "full_marks": "21"}},
        "criteria.full_marks：分值合计应为 21，现为 20，缺 1 分。请改各项分值或总分。",
    ),
    "threshold out of reach": (
        {"tiers": [{"name": "标杆", "threshold": "20.5"}]},
        "tiers[0].threshold：授予标准高于满分 20，谁也达不到（现为“20.5”）。请调低。",
    ),
    "two tiers of one name": ({"tiers": [{"name": "甲"}, {"name": "甲"}]}, "tiers[1].name：等次重名（现为“甲”）。请改名。"),
    "all sheets dropped": (
        {"score": {"kind": "trimmed_mean", "bands": [{"from_sheets": "2"}]}},
        "score.bands[0]：2 份评分单会被全部去掉。请少去几份，或提高起算份数。",
    ),
    "bands not rising": (
        {"score": {"kind": "trimmed_mean", "bands": [{"from_sheets": "5"}, {"from_sheets": "5"}]}},
        "score.bands[1].from_sheets：起算份数没有递增。应大于 5。",
    ),
    "tie-break on nothing": (
        {"ranking": {"tie_breaks": [{"kind": "node_mean", "node": "z"}]}},
        "ranking.tie_breaks[0].node：创建标准里没有这一项（现为“z”）。可用：a、b。",
    ),
    "quota of no tier": (
        {"selection": limits(kind="quota", places={"进位": "3"})},
        f"{LIMITS}.places：没有这个等次（现为“进位”）。可用：标杆。",
    ),
    "quota where all rank together": (
        {"ranking": {"per_tier": False}, "selection": limits(kind="quota", places={"标杆": "3"})},
        f"{LIMITS}.kind：每轮统一排名时，分等次的名额不起作用。请改用 share，或把 per_tier 改为 是。",
    ),
    "bonus of no tier": ({"bonus": {"points": {"进位": "1"}}}, "bonus.points：没有这个等次（现为“进位”）。可用：标杆。"),
    "clause that is not there": (
        {"score": {"kind": "mean", "clause": "第九条"}},
        "score.clause：条文里没有这一条（现为“第九条”）。请在 clauses 中写上，或改引用。",
    ),
    "clause of a criterion that is not there": (
        {"criteria": tree(max="5", clause="第九条")},
        f"{TREE}.clause：条文里没有这一条（现为“第九条”）。请在 clauses 中写上，或改引用。",
    ),
    "children and marks": (
        {"criteria": {"tree": [{"key": "a", "name": "党建", "mark": {"max": "1"},
                                "children": [{"key": "b", "name": "服务", "mark": {"max": "1"}}]}]}},
        "criteria.tree[0]：既有下级又有分值（现为“党建”）。请写 children 或 mark 中的一个。",
    ),
    "neither children nor marks": (
        {"criteria": {"tree": [{"key": "a", "name": "党建"}]}},
        "criteria.tree[0]：没有分值也没有下级（现为“党建”）。请写 children 或 mark 中的一个。",
    ),
    "too fine to be exact": (
        {"criteria": {"tree": [{"key": f"c{n}", "name": f"标准{n}", "mark": {"max": "1000", "step": f"1/{n}"}}
                               for n in (7, 11, 13, 17, 19)]},
         "score": {"kind": "mean", "round": {"places": "6"}}},
        "criteria：分档过细、小数位过多，无法保证精确。请减少小数位或放宽分档。",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_says_where_what_and_what_to_do(name):
    blocks, sentence = WRONG[name]
    assert f"办法.yaml，第 1 行，{sentence}" in problems_of(text_of(document(**blocks)))


def test_all_problems_come_at_once_each_with_its_line():
    text = "\n".join(
        [
            "language: biaogan-scheme/1",
            "identity: {key: x, name: 办法, county: {code: 1, name: 县}, issuer: 组织部, version: 1}",
            "criteria:",
            "  tree:",
            "    - {key: a, name: 甲, mark: {max: 五}}",
            "    - {key: b, name: 乙, mark: {max: 5, stp: 1}}",
            "tiers:",
            "  - {name: 标杆, threshold: 高}",
            "score: {kind: meen}",
        ]
    )
    scheme, problems = examine_scheme(text)
    assert scheme is None
    assert sorted((problem.row, problem.place) for problem in problems) == [
        (5, "criteria.tree[0].mark.max"),
        (6, "criteria.tree[1].mark.stp"),
        (8, "tiers[0].threshold"),
        (9, "score.kind"),
    ]


def test_no_limit_and_no_threshold_is_a_warning_only():
    scheme, problems = examine_scheme(text_of(document()))
    assert scheme is not None
    assert [(problem.severity, problem.place) for problem in problems] == [("warning", "selection")]


def test_a_problem_reads_the_same_with_or_without_full_stops():
    plain = Problem("表.csv", 3, "等次", "甲", "没有这个等次", "可用：乙")
    stopped = Problem("表.csv", 3, "等次", "甲", "没有这个等次。", "可用：乙。")
    assert str(plain) == str(stopped) == "表.csv，第 3 行，“等次”列：没有这个等次（现为“甲”）。可用：乙。"
