"""What a scheme asks for with a nomination: the block, the pieces of evidence, their words."""

import pytest

from schemes import ProblemsFound, read_scheme
from schemes.asked import pieces
from schemes.describe import describe
from schemes.difference import compare_schemes
from schemes.digest import digest_scheme
from schemes.document import Scheme
from tests.schemes.support import document, text_of


def scheme(**changes) -> Scheme:
    return read_scheme(text_of(document(**changes)))


def with_evidence(*texts: str) -> dict:
    tree = document()["criteria"]["tree"]
    return {"criteria": {**document()["criteria"], "tree": [{**tree[0], "evidence": list(texts)}, *tree[1:]]}}


def said(scheme: Scheme) -> tuple[str, ...]:
    return next((each.sentences for each in describe(scheme) if each.title == "申报"), ())


def test_a_scheme_without_the_block_asks_for_a_statement_of_500_signs():
    plain = scheme()
    assert (plain.nomination.self_assessment, plain.nomination.statement_limit) == (False, 500)
    assert said(plain) == ()


def test_the_block_is_read_and_said():
    asked = scheme(nomination={"self_assessment": "是", "statement_limit": 300})
    assert (asked.nomination.self_assessment, asked.nomination.statement_limit) == (True, 300)
    assert said(asked) == ("申报时对照评分表逐条自评，基本情况不超过 300 字",)


@pytest.mark.parametrize("limit", [0, 501])
def test_a_limit_out_of_range_is_refused(limit):
    with pytest.raises(ProblemsFound) as found:
        scheme(nomination={"statement_limit": limit})
    assert "nomination.statement_limit" in str([problem.place for problem in found.value.problems])


def test_spelled_out_defaults_are_the_same_scheme():
    assert digest_scheme(scheme(nomination={"statement_limit": 500})) == digest_scheme(scheme())


def test_a_change_of_the_block_is_told():
    before, after = scheme(nomination={"statement_limit": 300}), scheme(nomination={"self_assessment": "是"})
    assert [(change.block, change.sentence) for change in compare_schemes(before, after)] == [
        ("申报", "申报时自评由否改为是"),
        ("申报", "基本情况最多几个字由 300 字改为 500 字"),
    ]


def test_pieces_are_named_by_criterion_and_number():
    asked = scheme(**with_evidence("会议记录", "照片（选交）", "照片(选交)"))
    key, name = asked.criteria.tree[0].key, asked.criteria.tree[0].name
    assert [(each.requirement, each.criterion, each.text, each.required) for each in pieces(asked)] == [
        (f"{key}:1", name, "会议记录", True),
        (f"{key}:2", name, "照片（选交）", False),
        (f"{key}:3", name, "照片(选交)", False),
    ]
    assert said(asked) == ("申报时交佐证材料 1 件",)
