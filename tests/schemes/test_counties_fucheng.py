"""Fucheng's classes, demonstration points, stars: published figures, an independent computation, changed inputs."""

from collections import defaultdict
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

PROGRAMMES = ("classes", "points", "stars", "members")
VILLAGES, COMMUNITIES = "考核定类的村级组织", "考核定类的城市社区"


@pytest.fixture(scope="module")
def classes():
    return load_programme("fucheng", "classes").outcome


@pytest.fixture(scope="module")
def points():
    return load_programme("fucheng", "points").outcome


def test_published_figures():
    found = replay("fucheng")
    assert differing(found) == {} and len(found.lines) == 8
    assert [line.computed for line in found.lines] == figures_without_published("fucheng")


def test_the_script_makes_the_committed_bytes():
    made = files_of("fucheng")
    assert {name: (SHIPPED / "fucheng" / name).read_bytes() for name in made} == {
        n: t.encode() for n, t in made.items()
    }
    committed = {path.relative_to(SHIPPED / "fucheng").as_posix() for path in (SHIPPED / "fucheng").glob("*/data/*")}
    assert committed == set(made)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_schemes_have_no_problem_and_say_what_is_a_demonstration_setting(programme):
    text = (SHIPPED / "fucheng" / programme / "scheme.yaml").read_text(encoding="utf-8")
    scheme = read_scheme(text)
    assert check_scheme(scheme) == []
    assert "演示设定" in scheme.identity.note and "出自公开资料" in text.split("language")[0]
    assert all(clause.text for clause in scheme.clauses.values())


# -- the classes, once more by plain fractions from the files

POINTS = {
    "组织建设": 20,
    "经济发展": 15,
    "基础设施建设": 15,
    "民主政治建设": 15,
    "社会和谐稳定": 15,
    "承诺事项": 10,
    "重点工作": 10,
}
VOTES = {"优秀": Fraction(1), "良好": Fraction(8, 10), "一般": Fraction(6, 10), "较差": Fraction(3, 10)}
TALKS = {"好": Fraction(1), "较好": Fraction(8, 10), "一般": Fraction(6, 10), "差": Fraction(3, 10)}


def events_by_code():
    found = defaultdict(lambda: defaultdict(Fraction))
    for row in table("fucheng", "classes", "events"):
        found[row["组织代码"]][row["事项"]] += Fraction(row["数量"])
    return found


def expected_score(rows, events):
    last = rows[-1]
    quarters = [sum(Fraction(row[name]) for name in ("常规工作", "重点工作推进", "创新工作")) for row in rows]
    everyday = round_fraction(sum(quarters) / len(quarters) * Fraction(30, 100), 2)
    polls = talks = Fraction(0)
    for aspect, full in POINTS.items():
        votes = {option: int(last[f"{aspect}测评·{option}"]) for option in VOTES}
        polls += full * sum(votes[option] * worth for option, worth in VOTES.items()) / sum(votes.values())
        talks += full * TALKS[last[f"{aspect}座谈"]]
    key = Fraction(last["重点工作完成率"].rstrip("%"))
    results = (
        Fraction(last["组织建设达标项数"])
        + min(15 * Fraction(last["集体经济收入"]) / Fraction(last["收入目标"]), 15)
        + min(5 + Fraction(5, 2) * int(last["新建改建公益设施"]), 15)
        + 5 * [last[name] for name in ("村（居）监委会正常履职", "四议决策", "两晒一单")].count("是")
        + max(15 - 3 * events["越级上访"] - 10 * events["群体性上访"] - min(2 * events["治安案件"], 6), 0)
        + 10 * Fraction(last["办结承诺事项"]) / Fraction(last["公开承诺事项"])
        + (10 if key >= 100 else 8 if key >= 90 else 6 if key >= 75 else 3)
    )
    annual = (polls * 30 + talks * 20 + results * 50) / 100
    return round_fraction(everyday + annual * Fraction(70, 100), 2)


def expected_classes(scores, rows_of, events):
    """Weak ones found openly, then the last tenth of each kind, then the best three tenths from 80 points up."""
    found = {}
    for kind in ("村", "社区"):
        codes = [code for code, rows in rows_of.items() if rows[0]["组织类别"] == kind]
        place = {code: 1 + sum(scores[other] > scores[code] for other in codes) for code in codes}
        worst = {code: 1 + sum(scores[other] < scores[code] for other in codes) for code in codes}
        tenth, best = (int(Fraction(len(codes) * share, 10) + Fraction(1, 2)) for share in (1, 3))
        rest = []
        for code in sorted(codes, key=place.get):
            last = rows_of[code][-1]
            weak = int(last["全年党组织活动"]) < 4 or "是" in (
                last["班子不能正常运转"],
                last["村（居）务财务全年不公开"],
            )
            if weak or worst[code] <= tenth:
                found[code] = "后进"
            elif scores[code] < 80 or events[code]["群体性上访"] or held_back(last, scores[code]):
                found[code] = "中间"
            else:
                rest.append(code)
        cut = [code for code in rest if sum(scores[other] >= scores[code] for other in rest) <= best]
        found |= {code: "先进" if code in cut else "中间" for code in rest}
    return found


def held_back(last, score):
    exceptional = Fraction(last["重点工作完成率"].rstrip("%")) >= 100 and score >= 90
    return last["上年类别"] == "后进" and not exceptional


def test_every_score_and_class_by_plain_fractions(classes):
    rows_of, events = defaultdict(list), events_by_code()
    for row in table("fucheng", "classes", "facts"):
        rows_of[row["组织代码"]].append(row)
    scores = {code: expected_score(rows, events[code]) for code, rows in rows_of.items()}
    found = {row.org_code: (Fraction(row.score), row.grade) for row in classes.rows()}
    assert {code: score for code, (score, _) in found.items()} == scores
    expected = expected_classes(scores, rows_of, events)
    assert {code: grade for code, (_, grade) in found.items()} == expected
    assert {"先进", "中间", "后进"} == set(expected.values()) and len(expected) == 183


def test_who_is_last_is_put_right_within_180_days(classes):
    assert len(classes.consequences) == sum(row.grade == "后进" for row in classes.rows())
    assert {(row.name, row.within_days, row.clause) for row in classes.consequences} == {("整顿转化", 180, "第十一条")}


def best_village(classes):
    return next(row.org_code for row in classes.rows() if row.rank == 1 and row.org_code.startswith("510703C"))


def test_finding_of_a_weak_organization_and_last_years_class_decide(classes, tmp_path):
    best = best_village(classes)
    assert classes.grade_of(classes.inputs.entry_at("1", best)) == "先进"
    for column, value, expected in (
        ("班子不能正常运转", "是", "后进"),
        ("全年党组织活动", "3", "后进"),
        ("村（居）务财务全年不公开", "是", "后进"),
    ):
        assert grade_with(tmp_path, setting(column, value, best), best) == expected
    held = lambda rows: setting("重点工作完成率", "99%", best)(setting("上年类别", "后进", best)(rows))  # noqa: E731
    assert grade_with(tmp_path, held, best) == "中间"


def grade_with(folder, edit, code):
    outcome = load_programme("fucheng", "classes", data=edited("fucheng", "classes", folder, facts=edit)).outcome
    return outcome.grade_of(outcome.inputs.entry_at("1", code))


def test_an_organization_less_or_unscored_is_noticed(monkeypatch, tmp_path):
    one_less = {"facts": without("510703C005"), "events": without("510703C005")}
    assert differing(replay_with(monkeypatch, "fucheng", tmp_path, classes=one_less)) == {VILLAGES: "136 个"}
    few = [setting(f"组织建设测评·{option}", "4", "510703S005") for option in VOTES]

    def too_few_votes(rows):
        for edit in few:
            rows = edit(rows)
        return rows

    assert differing(replay_with(monkeypatch, "fucheng", tmp_path / "votes", classes={"facts": too_few_votes})) == {
        COMMUNITIES: "45 个"
    }


# -- demonstration points


def test_named_points_won_and_their_types(points):
    named = {
        "510703W001": "红旗党委",
        "510703C001": "春风式模范新村",
        "510703S001": "先锋社区",
        "510703G001": "示范机关党组织",
    }
    won = {row.org_code: row.tier for row in points.rows() if row.outcome == "awarded"}
    assert {code: won.get(code) for code in named} == named


def test_score_of_a_village_by_hand(points):
    """510703C001: own targets from its row, common marks as the mean of the middle three of five sheets."""
    facts = next(row for row in table("fucheng", "points", "facts") if row["组织代码"] == "510703C001")
    totals = sorted(
        sum(Fraction(row[f"c{i}"]) for i in range(1, 6))
        for row in table("fucheng", "points", "sheets")
        if row["组织代码"] == "510703C001"
    )
    own = 15 * min(Fraction(facts["村集体经济收入（万元）"]) / 20, 1) + min(2 * int(facts["两中心三站功能"]), 10)
    own += 15 * Fraction(facts["四议两晒一单落实率"].rstrip("%")) / 100
    common = round_fraction(sum(totals[1:4]) / 3, 2)
    entry = points.inputs.entry_at("1", "510703C001")
    assert points.score.value(entry) == round_fraction(common + own, 2)


def test_points_belts_and_plans_that_change(monkeypatch, tmp_path):
    changes = [
        ("plan", {"facts": setting("创建方案已批准", "是")}, {"首批区级党建示范点": "59 个"}),
        ("marks", {"sheets": setting("c1", "0", "510703G001")}, {"首批区级党建示范点": "54 个"}),
        ("belt", {"facts": setting("示范带", "新农村党建示范带")}, {"有示范点的党建示范带": "1 条"}),
    ]
    for folder, edits, expected in changes:
        assert differing(replay_with(monkeypatch, "fucheng", tmp_path / folder, points=edits)) == expected


# -- stars


def test_ten_stars_five_grades_and_members_stars(monkeypatch, tmp_path):
    low = {"stars": {"facts": setting("班子", "79")}, "members": {"facts": setting("志愿服务小时", "7")}}
    assert differing(replay_with(monkeypatch, "fucheng", tmp_path, **low)) == {
        "“五级十星”得到的级": "2 级",
        "“五级十星”得到的星": "9 种",
        "党员评出的星级": "3 级",
    }


def test_members_are_codes():
    codes = [row["组织代码"] for row in table("fucheng", "members", "facts")]
    assert codes == [f"M{i:04}" for i in range(1, 161)]
