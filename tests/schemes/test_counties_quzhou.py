"""Quzhou's assessment, arena, sites, weak organizations, villages, members: published figures and hand calculations."""

from collections import Counter, defaultdict
from fractions import Fraction

import pytest

from schemes import read_scheme
from schemes.checking import check_scheme
from schemes.exact import round_fraction
from schemes.files import SHIPPED
from schemes.programme import load_programme
from schemes.replay import replay
from schemes.synthetic import files_of
from tests.schemes.counties import differing, edited, figures_without_published, replay_with, setting, table, without

PROGRAMMES = ("arena", "assessment", "sites", "weak", "villages", "members")
TURNED, STILL, RISEN = "整转的后进党组织", "还在继续整转的", "晋升为三星级以上的比例"


@pytest.fixture(scope="module")
def outcomes():
    return {key: load_programme("quzhou", key).outcome for key in PROGRAMMES}


def test_published_figures():
    found = replay("quzhou")
    assert differing(found) == {} and len(found.lines) == 16
    assert [line.computed for line in found.lines] == figures_without_published("quzhou")


def test_the_script_makes_the_committed_bytes():
    made = files_of("quzhou")
    assert {name: (SHIPPED / "quzhou" / name).read_bytes() for name in made} == {n: t.encode() for n, t in made.items()}
    committed = {path.relative_to(SHIPPED / "quzhou").as_posix() for path in (SHIPPED / "quzhou").glob("*/data/*")}
    assert committed == set(made)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_schemes_have_no_problem_and_say_what_is_a_demonstration_setting(programme):
    text = (SHIPPED / "quzhou" / programme / "scheme.yaml").read_text(encoding="utf-8")
    scheme = read_scheme(text)
    assert check_scheme(scheme) == []
    assert "演示设定" in scheme.identity.note and "出自公开资料" in text.split("language")[0]
    assert all(clause.text for clause in scheme.clauses.values())


def rows_by_code(programme):
    found = defaultdict(list)
    for row in table("quzhou", programme, "facts"):
        found[row["组织代码"]].append(row)
    return found


def percent(text):
    return Fraction(text.removesuffix("%")) / 100


# -- the arena


def arena_by_hand(rows):
    """Points by rank (10, 8, 6, 5, 4, 3) over four seasons; equal points are ordered by the mean of the stage."""
    points, stage = Counter(), Counter()
    for season in ("春季", "夏季", "秋季", "冬季"):
        scores = {row["组织代码"]: Fraction(row["擂台得分"]) for row in rows if row["考核期"] == season}
        for code, score in scores.items():
            points[code] += (10, 8, 6, 5, 4, 3)[sum(other > score for other in scores.values())]
            stage[code] += score
    return points, sorted(points, key=lambda code: (-points[code], -stage[code]))


def test_points_by_rank_of_four_seasons(outcomes):
    points, order = arena_by_hand(table("quzhou", "arena", "facts"))
    rows = list(outcomes["arena"].rows())
    assert [row.org_code for row in rows] == order and [row.rank for row in rows] == [1, 2, 3, 4, 5, 6]
    assert {row.org_code: Fraction(row.score) for row in rows} == points
    assert len(set(points.values())) < len(points), "equal points make the tie-break speak"
    assert rows[0].grade == "年度擂主"
    assert [outcomes["arena"].inputs.entry_org[row.entry] for row in outcomes["arena"].consequences] == order[-1:]


def test_a_season_decides_the_arena(tmp_path):
    """With the best stage in every season the last county has 40 points and leads."""
    last = arena_by_hand(table("quzhou", "arena", "facts"))[1][-1]
    data = edited("quzhou", "arena", tmp_path, facts=setting("擂台得分", "99.9", last))
    first = next(load_programme("quzhou", "arena", data=data).outcome.rows())
    assert (first.org_code, first.score, first.grade) == (last, "40", "年度擂主")


# -- the assessment


def party_by_hand(row):
    money = 5 * (Fraction(row["城市社区服务群众经费"]) >= 15) + 5 * (Fraction(row["农村社区服务群众经费"]) >= 10)
    return round_fraction(
        20 * Fraction(row["办结清单事项"]) / Fraction(row["清单事项"])
        + 20 * Fraction(row["擂台积分"]) / 40
        + Fraction(row["四项规范得分"])
        + 15 * Fraction(row["整转后进党组织"]) / Fraction(row["后进党组织"])
        + 2 * Fraction(row["示范点加分"])
        + money,
        2,
    )


def overall_by_hand(row, best_income):
    economy = min(50 * percent(row["生产总值增幅"]) / percent("8%"), 50)
    economy += 50 * percent(row["居民收入增幅"]) / best_income
    projects = min(60 * percent(row["重大项目投资完成率"]), 60) + 40 * percent(row["重大项目开工率"])
    return round_fraction((40 * party_by_hand(row) + 35 * economy + 25 * projects) / 100, 2)


def test_party_building_beside_economy_and_projects(outcomes):
    rows = table("quzhou", "assessment", "facts")
    best = max(percent(row["居民收入增幅"]) for row in rows)
    expected = {row["组织代码"]: overall_by_hand(row, best) for row in rows}
    found = {row.org_code: Fraction(row.score) for row in outcomes["assessment"].rows()}
    assert found == expected and len(found) == 6


def test_what_the_assessment_takes_over_is_what_the_others_computed(outcomes):
    rows = {row["组织代码"]: row for row in table("quzhou", "assessment", "facts")}
    names = {row["组织名称"]: row["组织代码"] for row in table("quzhou", "assessment", "organizations")}
    arena = {row.org_code: row.score for row in outcomes["arena"].rows()}
    assert {code: row["擂台积分"] for code, row in rows.items()} == arena
    points = {row.parent: row.points for row in outcomes["sites"].parents if row.key == "county_points"}
    assert {code: Fraction(row["示范点加分"]) for code, row in rows.items()} == {c: points.get(c, 0) for c in rows}
    assert Fraction(5) in points.values(), "the cap is reached"
    weak = Counter(names[row["所属县"]] for row in table("quzhou", "weak", "facts"))
    assert {code: int(row["后进党组织"]) for code, row in rows.items()} == weak


def test_a_county_weak_in_party_building_is_not_excellent(outcomes, tmp_path):
    """30% of six counties are 1.8, so two. Without its norms the first has less than 80 points of party building."""
    rows = list(outcomes["assessment"].rows())
    assert [row.grade for row in rows].count("优秀") == 2 and rows[0].grade == "优秀"
    best = rows[0].org_code
    data = edited("quzhou", "assessment", tmp_path, facts=setting("四项规范得分", "1", best))
    changed = {row.org_code: row for row in load_programme("quzhou", "assessment", data=data).outcome.rows()}
    assert changed[best].grade == "良好"


# -- sites on lines


def test_every_site_by_plain_fractions(outcomes):
    grades = {"好": 10, "较好": 8, "一般": 6, "差": 3}
    lines = set()
    found = {row.org_code: row.grade for row in outcomes["sites"].rows()}
    for code, rows in rows_by_code("sites").items():
        norms = sum(grades[rows[0][name]] for name in ("基本制度", "基本活动", "基本阵地", "基本保障"))
        score = norms + round_fraction(sum(Fraction(row["观摩得分"]) for row in rows) / 4, 2)
        named = score >= 85 and rows[0]["验收合格"] == "是"
        assert found[code] == ("党建示范点" if named else "继续创建")
        lines |= {rows[0]["示范线"]} if named else set()
    assert len(lines) == 24 and Counter(found.values()) == {"党建示范点": 282, "继续创建": 82}


def test_a_line_less_and_a_site_not_accepted_are_noticed(monkeypatch, tmp_path):
    """The first line has fourteen sites, twelve of them demonstration sites."""
    first_line = {"facts": without(*(f"D{i:03}" for i in range(1, 15)))}
    assert differing(replay_with(monkeypatch, "quzhou", tmp_path, sites=first_line)) == {
        "党建示范点": "270 个",
        "党建示范线": "23 条",
    }
    ready = next(row["组织代码"] for row in table("quzhou", "sites", "facts") if row["验收合格"] == "是")
    refused = {"facts": setting("验收合格", "否", ready)}
    assert differing(replay_with(monkeypatch, "quzhou", tmp_path / "one", sites=refused)) == {"党建示范点": "281 个"}


# -- weak organizations


def star_by_hand(row):
    votes = {word: int(row[f"群众满意·{word}"]) for word in ("满意", "基本满意", "不满意")}
    people = 25 * (votes["满意"] + Fraction(8, 10) * votes["基本满意"]) / sum(votes.values())
    marks = [Fraction(row[name]) for name in ("班子建设", "发展路子", "难题破解")] + [people]
    hung = [row[name] for name in ("领导挂帅入村", "干部挂职驻村", "部门挂联包村", "整转挂牌强村")]
    if hung != ["是"] * 4 or min(marks) < 15:
        return "继续整转"
    score = round_fraction(sum(marks), 2)
    return next(
        (star for star, least in (("五星", 90), ("四星", 80), ("三星", 70), ("二星", 60)) if score >= least), "一星"
    )


def test_star_of_every_weak_organization(outcomes):
    expected = {row["组织代码"]: star_by_hand(row) for row in table("quzhou", "weak", "facts")}
    assert {row.org_code: row.grade for row in outcomes["weak"].rows()} == expected
    assert len(set(expected.values())) >= 4


@pytest.mark.parametrize(
    ("column", "value"), [("领导挂帅入村", "否"), ("班子建设", "14.5"), ("发展路子", "0"), ("难题破解", "14.5")]
)
def test_one_that_may_not_be_left_changes_the_figures(monkeypatch, tmp_path, column, value):
    """One of three stars or more not turned: 494 of 495, and 374/495 = 75.56%."""
    one = next(row["组织代码"] for row in table("quzhou", "weak", "facts") if star_by_hand(row) in ("五星", "四星"))
    changed = {"facts": setting(column, value, one)}
    assert differing(replay_with(monkeypatch, "quzhou", tmp_path, weak=changed)) == {
        TURNED: "494 个",
        STILL: "1 个",
        RISEN: "75.6%",
    }


# -- villages


def test_villages_and_households_are_counted(monkeypatch, tmp_path):
    changed = {"facts": setting("村情单健全", "否", "C0005", "C0006")}
    assert differing(replay_with(monkeypatch, "quzhou", tmp_path, villages=changed)) == {
        "健全村情单的行政村": "1481 个"
    }
    fewer = {"facts": without(*(f"C{i:04}" for i in range(1, 101)))}
    found = differing(replay_with(monkeypatch, "quzhou", tmp_path / "fewer", villages=fewer))
    assert found["健全村情单的行政村"] == "1383 个" and {"建立户情单的农户", "走访的群众", "惠及群众"} <= set(found)


def test_at_most_three_tenths_of_a_countys_villages_are_good(outcomes):
    county = {row["组织代码"]: row["所属县"] for row in table("quzhou", "villages", "facts")}
    good = Counter(county[row.org_code] for row in outcomes["villages"].rows() if row.grade == "好")
    sizes = Counter(county.values())
    assert all(0 < good[name] <= size * 3 // 10 for name, size in sizes.items()) and sum(sizes.values()) == 1483


# -- members


def member_by_hand(row, absent):
    """The score and whether the member is qualified."""
    votes = [int(row[f"民主评议·{word}"]) for word in ("优秀", "合格", "基本合格", "不合格")]
    worth = (Fraction(1), Fraction(8, 10), Fraction(6, 10), Fraction(0))
    real = min(2 * int(row["固定活动日参加"]), 24) + min(2 * int(row["义务岗服务"]), 12)
    real += min(3 * int(row["为民办实事"]), 24) + max(20 - 4 * int(row["党性体检问题"]), 0)
    vote = 20 * sum(count * each for count, each in zip(votes, worth, strict=True)) / sum(votes)
    score = round_fraction(real + vote, 1)
    return score, score >= 60 and not absent and Fraction(votes[3], sum(votes)) < Fraction(1, 3)


def test_every_member_and_every_reason(outcomes):
    absent = {row["组织代码"] for row in table("quzhou", "members", "events")}
    found = {row.org_code: row for row in outcomes["members"].rows()}
    enough = 0
    for row in table("quzhou", "members", "facts"):
        score, qualified = member_by_hand(row, row["组织代码"] in absent)
        one = found[row["组织代码"]]
        assert (Fraction(one.score), one.grade != "不合格") == (score, qualified)
        enough += score >= 60 and not qualified
    assert enough == 79, "40 absent and 39 voted down in spite of their points"


def test_a_member_who_came_back_is_noticed(monkeypatch, tmp_path):
    """One of those who were absent for half a year was not: one fewer."""
    first = table("quzhou", "members", "events")[0]["组织代码"]
    came_back = {"events": without(first)}
    assert differing(replay_with(monkeypatch, "quzhou", tmp_path, members=came_back)) == {
        "认定的不合格党员": "278 人",
        "处置的不合格党员": "278 人",
    }


def test_members_are_codes():
    assert [row["组织代码"] for row in table("quzhou", "members", "facts")] == [f"M{i:04}" for i in range(1, 601)]


# -- records of the assessment


def test_funds_and_supervising_units_are_counted(monkeypatch, tmp_path):
    """One county 400 万元 less: 2.80 亿元; one community below 15 万元; one unit that supervised nobody."""
    code = "330801"
    less = {
        "facts": lambda rows: setting("城市社区服务群众经费", "14", code)(setting("党建专项经费", "4220", code)(rows)),
        "events": lambda rows: [row for row in rows if row["对象"] != "成员单位07"],
    }
    assert differing(replay_with(monkeypatch, "quzhou", tmp_path, assessment=less)) == {
        "党建专项经费": "2.80 亿元",
        "两项社区经费都达标的县（市、区）": "83.33%",
        "跟踪督导的成员单位": "18 个",
    }
