"""The pages of figures on the demonstration county show what an independent program computed (expected.json)."""

import json
import re
from decimal import Decimal

import pytest

from accounts.models import Organization, Tenant, User, tenant_scope
from tests.reports.figures_stage import get
from tests.reports.test_dashboard import measures, option, rows
from tests.reports.test_round import text_of
from tests.schemes.support import ROOT
from tests.test_demo import JIANDE, loaded  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
EXPECTED = json.loads((ROOT / "tests/data/jiande/expected.json").read_text(encoding="utf-8"))
HEADLINE = EXPECTED["headline"]


@pytest.fixture
def person(loaded):  # noqa: F811
    return lambda username: User.objects.get(username=username)


@pytest.fixture
def names(loaded):  # noqa: F811
    """Townships by code."""
    with tenant_scope(Tenant.objects.get(code=JIANDE)):
        return dict(Organization.objects.filter(kind="township").values_list("code", "name"))


def test_measures_are_the_published_ones(person):
    html = get(person("chenbuzhang"), "/dashboard/")
    assert [re.match(r"(\S+) (\S+)", each).groups() for each in measures(html)] == [
        ("标杆", str(HEADLINE["awards_biaogan"])),
        ("进位", str(HEADLINE["awards_jinwei"])),
        ("参与创建", str(HEADLINE["participants"])),
        ("最低淘汰率", "44.44"),
        ("进位进阶标杆", str(HEADLINE["upgraded"])),
        ("摘牌警示", str(HEADLINE["delisted"])),
        ("补助资金", HEADLINE["subsidy_wan"]),
    ]
    words = text_of(html)
    assert f"参评 {HEADLINE['entries']} 次" in words
    assert f"偏远村专项 {HEADLINE['special_subsidy_wan']} 万元" in words
    assert f"{HEADLINE['rounds']} 轮" in words


def test_elimination_of_every_group_is_the_expected_one(person):
    series = {s["name"]: s for s in option(get(person("chenbuzhang"), "/dashboard/"), "elimination")["series"]}
    for tier in ("标杆", "进位"):
        groups = [group for group in EXPECTED["rounds"] if group["tier"] == tier]
        shown = [f"{Decimal(point['value']) / 100:.4f}" for point in series[tier]["data"]]
        assert shown == [group["elimination_rate"] for group in groups]
    assert series["底线"]["data"] == ["40"] * HEADLINE["rounds"]


@pytest.mark.parametrize("year", ["2019", "2020", "2021", "2022"])
def test_points_and_places_of_every_township(person, names, year):
    table = rows(get(person("chenbuzhang"), f"/townships/?year={year}"), "standing wide")
    shown = {row[2]: (row[5], row[0]) for row in table}
    points = {names[code]: value for code, value in EXPECTED["annual_bonus"][year].items()}
    assert {name: cells[0] for name, cells in shown.items() if name != "合计"} == points
    for name, value in points.items():
        higher = sum(tenths(other) > tenths(value) for other in points.values())
        shared = list(points.values()).count(value) > 1
        assert shown[name][1] == f"{'并列 ' if shared else ''}{higher + 1}"


def tenths(points: str) -> int:
    return int(points.replace(".", ""))


def test_three_townships_without_a_benchmark_for_two_years(person, names):
    """The published story tells three years of rounds; by calendar year the first two stay empty just so."""
    heat = rows(get(person("chenbuzhang"), "/dashboard/"), "heat")
    table = {row[0]: [cell.split()[0] for cell in row[1:4]] for row in heat}
    for code, (first, second, third) in HEADLINE["three_townships"].items():
        assert table[names[code]] == [str(first), str(second), str(third)]


def test_register_holds_every_award_promotion_and_delisting(person):
    words = text_of(get(person("chenbuzhang"), "/titles/"))
    awards = HEADLINE["awards_biaogan"] + HEADLINE["awards_jinwei"]
    held = awards - HEADLINE["upgraded"] - HEADLINE["delisted"]
    assert f"全部 {awards} 持有 {held} 已进阶 {HEADLINE['upgraded']} 已摘牌 {HEADLINE['delisted']}" in words


def test_the_prefecture_sees_the_same_figures(person):
    county = rows(get(person("guancha"), "/prefecture/"), "stack roomy")[0]
    assert county[2:9] == ["11", "277", "330", "标杆 58 进位 95", "44.44%", "12", "2"]


def test_a_secretary_meets_their_own_points(person):
    words = text_of(get(person("genglou"), "/workbench/"))
    assert f"考核加分 {EXPECTED['annual_bonus']['2022']['330182003']}" in words
