"""Jinyun's stars, patrols, theme days, pairing, villages, stories: published figures and hand calculations."""

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

PROGRAMMES = (
    "stars", "patrol", "secretaries", "members", "pairing", "lectures", "branches", "villages", "stories",
)  # fmt: skip
STARS = ["五星", "四星", "三星", "二星", "一星"]


@pytest.fixture(scope="module")
def outcomes():
    return {key: load_programme("jinyun", key).outcome for key in PROGRAMMES}


def test_published_figures():
    found = replay("jinyun")
    assert differing(found) == {} and len(found.lines) == 16
    assert [line.computed for line in found.lines] == figures_without_published("jinyun")


def test_the_script_makes_the_committed_bytes():
    made = files_of("jinyun")
    assert {name: (SHIPPED / "jinyun" / name).read_bytes() for name in made} == {n: t.encode() for n, t in made.items()}
    committed = {path.relative_to(SHIPPED / "jinyun").as_posix() for path in (SHIPPED / "jinyun").glob("*/data/*")}
    assert committed == set(made)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_schemes_have_no_problem_and_say_what_is_a_demonstration_setting(programme):
    text = (SHIPPED / "jinyun" / programme / "scheme.yaml").read_text(encoding="utf-8")
    scheme = read_scheme(text)
    assert check_scheme(scheme) == []
    assert "演示设定" in scheme.identity.note and "出自公开资料" in text.split("language")[0]
    assert all(clause.text for clause in scheme.clauses.values())


def rows_by_code(programme):
    found = defaultdict(list)
    for row in table("jinyun", programme, "facts"):
        found[row["组织代码"]].append(row)
    return found


def records(programme, event):
    return Counter(row["组织代码"] for row in table("jinyun", programme, "events") if row["事项"] == event)


def grades(outcome):
    return {row.org_code: row.grade for row in outcome.rows()}


def who(outcome, key):
    return {outcome.inputs.entry_org[row.entry] for row in outcome.consequences if row.key == key}


# -- five stars


def star_score(row):
    own = ("村集体经济", "服务居民", "服务中心工作", "促进发展", "立德树人")
    marks = [row[name] for name in ("组织生活", "队伍建设", "阵地保障", "群众评价", *own)]
    return sum(Fraction(mark) for mark in marks if mark != "不涉及")


def lit_by_hand(rows, taken):
    """Stars lit: by points, no more than one above last year's nor above the star hung, within 10% and 30% of a field.

    Whoever is beyond the places of a star competes for the next; a tie across the cut gets none of that star.
    """
    score = {row["组织代码"]: star_score(row) for row in rows}
    best = {
        row["组织代码"]: max(
            STARS.index(row["上年星级"]) - 1,
            STARS.index(row["挂星"]),
            next((i for i, least in enumerate((90, 80, 70, 60)) if score[row["组织代码"]] >= least), 4),
        )
        for row in rows
    }
    places = [int(len(rows) * Fraction(share, 100) + Fraction(1, 2)) for share in (10, 30)] + [len(rows)] * 3
    found = {}
    for star in range(5):
        asking = [code for code in best if code not in found and best[code] <= star]
        for code in asking:
            if sum(score[other] >= score[code] for other in asking) <= places[star]:
                found[code] = star
    return {code: STARS[min(star + (code in taken), 4)] for code, star in found.items()}


def test_star_of_every_organization(outcomes):
    fields, taken = defaultdict(list), records("stars", "摘星情形")
    for row in table("jinyun", "stars", "facts"):
        fields[row["组织类别"]].append(row)
    expected = {code: star for rows in fields.values() for code, star in lit_by_hand(rows, taken).items()}
    assert grades(outcomes["stars"]) == expected and len(expected) == 555 and set(fields) == {
        "农村", "社区", "机关", "两新", "学校",
    }  # fmt: skip
    assert {row.org_code: Fraction(row.score) for row in outcomes["stars"].rows()} == {
        row["组织代码"]: star_score(row) for rows in fields.values() for row in rows
    }


def test_stars_taken_off_are_published(outcomes):
    assert who(outcomes["stars"], "notice") == set(records("stars", "摘星情形"))


def test_one_star_less_and_no_star_named(monkeypatch, tmp_path):
    """510 of 555 have three stars or more. Without the events of the ten whose star was taken off, 520: 93.69%."""
    nothing = {"events": lambda rows: [{**row, "日期": "2016-12-31"} for row in rows]}
    assert differing(replay_with(monkeypatch, "jinyun", tmp_path, stars=nothing)) == {"三星级以上党组织占比": "93.7%"}
    hung = {"facts": setting("挂星", "二星")}
    found = differing(replay_with(monkeypatch, "jinyun", tmp_path / "hung", stars=hung))
    assert found == {"三星级以上党组织占比": "0%", "评出的星级": "2 个"}


def test_who_names_no_star_gets_none(tmp_path):
    code = "J095"

    def unnamed(rows):
        return [{**row, "标星": ""} if row["组织代码"] == code else row for row in rows]

    outcome = load_programme("jinyun", "stars", data=edited("jinyun", "stars", tmp_path, facts=unnamed)).outcome
    assert outcome.grade_of(outcome.inputs.entry_at("1", code)) == "没有标星，当年不定星"


# -- patrols


def test_patrols_rank_and_the_last_is_talked_to(outcomes):
    open_, score, theme = records("patrol", "问题未整改"), {}, {}
    for code, rows in rows_by_code("patrol").items():
        items = [name for name in rows[0] if name.endswith("巡查")]
        mean = round_fraction(sum(Fraction(row[name]) for row in rows for name in items) / 4, 2)
        score[code] = mean - min(open_[code], 5)
        theme[code] = sum(Fraction(row["主题党日巡查"]) for row in rows)
    order = sorted(score, key=lambda code: (-score[code], -theme[code]))
    rows = list(outcomes["patrol"].rows())
    assert [row.org_code for row in rows] == order
    assert {row.org_code: Fraction(row.score) for row in rows} == score
    assert who(outcomes["patrol"], "talk_secretary") == who(outcomes["patrol"], "talk_member") == {order[-1]}
    assert who(outcomes["patrol"], "posting") == set(order) and who(outcomes["patrol"], "mend") == set(open_)


# -- theme days


def test_500_yuan_for_every_theme_day_and_no_award_for_two(outcomes):
    missed, outcome = records("secretaries", "无故未组织主题党日"), outcomes["secretaries"]
    paid = {outcome.inputs.entry_org[r.entry]: r.amount for r in outcome.consequences if r.key == "pay"}
    assert paid == {code: 500 * count for code, count in missed.items() if code.startswith("S")}
    assert {500, 1000, 1500} == set(paid.values()) and who(outcome, "circular") == set(paid)
    barred = {code for code, count in missed.items() if code.startswith("G") and count >= 2}
    assert who(outcome, "disqualified") == barred and barred
    assert not {code for code, grade in grades(outcome).items() if grade == "优秀"} & barred


def test_a_second_missed_day_costs_another_500_and_bars_an_office(monkeypatch, tmp_path):
    """G-codes: a best office that missed two days has 100 − 10 = 90 points and is still not excellent."""

    def more(rows):
        extra = {"事项": "无故未组织主题党日", "对象": ""}
        days = [("S001", "2017-11-25"), ("G001", "2017-11-25"), ("G001", "2017-12-25")]
        kept = [row for row in rows if row["组织代码"] != "G001"]
        return [*kept, *({**extra, "组织代码": code, "日期": day} for code, day in days)]

    edits = {"facts": setting("履职得分", "100", "G001"), "events": more}
    found = differing(replay_with(monkeypatch, "jinyun", tmp_path, secretaries=edits))
    assert found == {"缺一次主题党日的书记 S001 扣发": "0 元"}, "two missed days: no longer the one who missed one"
    outcome = load_programme("jinyun", "secretaries", data=tmp_path / "secretaries").outcome
    entry = outcome.inputs.entry_at("1", "G001")
    assert (outcome.score.value(entry), outcome.grade_of(entry)) == (90, "称职")
    paid = {outcome.inputs.entry_org[r.entry]: r.amount for r in outcome.consequences if r.key == "pay"}
    assert paid["S001"] == 1000 and "G001" in who(outcome, "disqualified")


# -- members in four colours


def test_faces_and_warnings_of_every_member(outcomes):
    worth = {"红": 100, "粉": 80, "绿": 60, "黑": 0}
    faces, warned = {}, set()
    for code, rows in rows_by_code("members").items():
        theme = Fraction(sum(worth[row["主题党日脸谱"]] for row in rows), 12)
        faces[code] = "红脸" if theme >= 90 else "粉脸" if theme >= 80 else "绿脸" if theme >= 60 else "黑脸"
        index = round_fraction(theme * 6 / 10 + int(rows[0]["履行义务"]) + int(rows[0]["群众评议"]), 1)
        warned |= {code} if index < 60 else set()
    assert grades(outcomes["members"]) == faces and len(faces) == 200
    assert who(outcomes["members"], "warned") == warned and warned


def test_letters_count_as_attendance_except_at_the_two_meetings():
    away = {code for code, rows in rows_by_code("members").items() if rows[0]["流动党员"] == "是"}
    red = {
        (row["组织代码"], row["考核期"])
        for row in table("jinyun", "members", "facts")
        if row["主题党日脸谱"] == "红" and row["组织代码"] in away and row["考核期"] not in ("2月", "7月")
    }
    wrote = {(row["组织代码"], f"{int(row['日期'].split('-')[1])}月") for row in table("jinyun", "members", "events")}
    assert wrote == red and red


def test_always_present_members_leave_one_colour(monkeypatch, tmp_path):
    present = {"facts": setting("主题党日脸谱", "红")}
    assert differing(replay_with(monkeypatch, "jinyun", tmp_path, members=present)) == {"年度脸谱": "1 色"}


# -- pairing


def test_paired_branches_and_what_is_missing(outcomes):
    services, solved = records("pairing", "上门服务"), records("pairing", "解决困难")
    expected = {}
    for code, rows in rows_by_code("pairing").items():
        every = all(int(row["微心愿"]) >= 1 for row in rows)
        enough = services[code] >= 3 and every and solved[code] >= 1
        expected[code] = ("达标" if enough else "未达标") if rows[0]["结对照料中心"] else ""
    assert grades(outcomes["pairing"]) == expected
    assert Counter(expected.values())[""] == 5 and {"达标", "未达标"} <= set(expected.values())
    assert who(outcomes["pairing"], "again") == {code for code, grade in expected.items() if grade == "未达标"}


def test_unpaired_branches_lectures_and_branches_are_noticed(monkeypatch, tmp_path):
    """P001 without its home; L01 gave three of the 24 lectures; a branch of 80 that has only 79 members."""

    def unpaired(rows):
        return [{**row, "结对照料中心": ""} if row["组织代码"] == "P001" else row for row in rows]

    general = next(r["组织代码"] for r in table("jinyun", "branches", "facts") if 80 <= int(r["党员人数"]) < 150)
    found = differing(
        replay_with(
            monkeypatch,
            "jinyun",
            tmp_path,
            pairing={"facts": unpaired},
            lectures={"facts": without("L01"), "events": without("L01")},
            branches={"facts": setting("党员人数", "79", general)},
        )
    )
    assert found == {
        "结对的机关党支部": "226 个",
        "巡讲的“省千名好支书”": "11 名",
        "巡讲": "21 场",
        "升格的农村党组织": "72 个",
        "升格为党总支": "69 个",
    }


# -- lectures, branches, villages, stories


def test_lecturers_by_hand(outcomes):
    tours = records("lectures", "巡讲")
    for row in outcomes["lectures"].rows():
        praise = Fraction(rows_by_code("lectures")[row.org_code][0]["听众评价"])
        score = round_fraction(min(20 * tours[row.org_code], 40) + praise * 6 / 10, 1)
        assert Fraction(row.score) == score
        assert row.grade == ("优秀讲师" if tours[row.org_code] >= 2 and score >= 85 else "讲师")


def test_branches_by_their_members(outcomes):
    members = {row["组织代码"]: int(row["党员人数"]) for row in table("jinyun", "branches", "facts")}
    expected = {c: "升格为党委" if n >= 150 else "升格为党总支" if n >= 80 else "不调整" for c, n in members.items()}
    found = {code: grade or "不调整" for code, grade in grades(outcomes["branches"]).items()}
    assert found == expected and Counter(expected.values())["不调整"] == 37


def test_a_village_that_did_not_get_there_in_two_years_is_noticed(monkeypatch, tmp_path, outcomes):
    incomes = {row["组织代码"]: row for row in table("jinyun", "villages", "facts")}
    weak = {code for code, row in incomes.items() if Fraction(row["2015年集体经济收入"]) < 5}
    assert {code for code, grade in grades(outcomes["villages"]).items() if grade} == weak and len(weak) == 116
    one = min(weak)
    late = {
        "facts": lambda rows: setting("2016年集体经济收入", "4", one)(setting("2017年集体经济收入", "9.9", one)(rows))
    }
    assert differing(replay_with(monkeypatch, "jinyun", tmp_path, villages=late)) == {"两年内完成消薄的村": "115 个"}
    richer = {"facts": setting("2015年集体经济收入", "5", one)}
    assert differing(replay_with(monkeypatch, "jinyun", tmp_path / "richer", villages=richer)) == {
        "集体经济薄弱村": "115 个",
        "两年内完成消薄的村": "115 个",
    }


def test_a_hundred_stories_by_points_deeds_and_order(monkeypatch, tmp_path, outcomes):
    rows = table("jinyun", "stories", "facts")
    order = sorted(
        rows,
        key=lambda row: (
            -sum(int(row[name]) for name in ("事迹典型", "人物鲜活", "点评到位")),
            -int(row["事迹典型"]),
            int(row["报送序号"]),
        ),
    )
    chosen = {code for code, grade in grades(outcomes["stories"]).items() if grade == "入选"}
    assert chosen == {row["组织代码"] for row in order[:100]}
    gone = {"facts": without(*(f"A{i:03}" for i in range(1, 181)))}
    assert differing(replay_with(monkeypatch, "jinyun", tmp_path, stories=gone)) == {
        "挖掘的党建好故事": "96 个",
        "筛选编印的好故事": "96 个",
    }


def test_persons_are_codes():
    members = [f"M{i:04}" for i in range(1, 201)]
    assert list(rows_by_code("members")) == members and list(rows_by_code("lectures")) == [
        f"L{i:02}" for i in range(1, 13)
    ]
