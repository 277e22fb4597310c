"""Hai'an's secretary projects, pairing and evaluation: published figures, hand calculations, changed inputs."""

from fractions import Fraction

import pytest

from schemes import read_scheme
from schemes.checking import check_scheme
from schemes.files import SHIPPED
from schemes.programme import load_programme
from schemes.replay import replay
from schemes.synthetic import files_of
from tests.schemes.counties import differing, figures_without_published, replay_with, setting, table, without

PROGRAMMES = ("projects", "pairing", "index")


@pytest.fixture(scope="module")
def outcomes():
    return {key: load_programme("haian", key).outcome for key in PROGRAMMES}


def test_published_figures():
    found = replay("haian")
    assert differing(found) == {} and len(found.lines) == 15
    assert [line.computed for line in found.lines] == figures_without_published("haian")


def test_the_script_makes_the_committed_bytes():
    made = files_of("haian")
    assert {name: (SHIPPED / "haian" / name).read_bytes() for name in made} == {n: t.encode() for n, t in made.items()}
    committed = {path.relative_to(SHIPPED / "haian").as_posix() for path in (SHIPPED / "haian").glob("*/data/*")}
    assert committed == set(made)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_schemes_have_no_problem_and_say_what_is_a_demonstration_setting(programme):
    text = (SHIPPED / "haian" / programme / "scheme.yaml").read_text(encoding="utf-8")
    scheme = read_scheme(text)
    assert check_scheme(scheme) == []
    assert "演示设定" in scheme.identity.note and "出自公开资料" in text.split("language")[0]
    assert all(clause.text for clause in scheme.clauses.values())


# -- the evaluation


def test_score_of_haian_by_hand(outcomes):
    """0.6 × (23 + 22 + 21.5 + 22.5) = 53.4; income growth of 9.1% is second to 9.4%, worth 28."""
    innovation, growth = 40 * Fraction("43.7") / Fraction("48.5"), 30 * Fraction("6.69") / 8
    exact = Fraction("53.4") + Fraction(4, 10) * (innovation + 28 + growth)
    assert Fraction("89.045") <= exact < Fraction("89.055")
    row = next(outcomes["index"].rows())
    assert (row.org_code, row.score, row.rank) == ("320621", "89.05", 1)


def test_an_indicator_changes_score_and_rank(monkeypatch, tmp_path):
    """One per cent of a target is 25 × 1% × 60% = 0.15 points; sixty per cent are 9, and others are then ahead."""
    less = {"facts": setting("小康指标完成率", "91%", "320621")}
    assert differing(replay_with(monkeypatch, "haian", tmp_path, index=less)) == {"1至7月指标评估总得分": "88.90 分"}
    far = {"facts": setting("改革事项完成率", "28%", "320621")}
    found = differing(replay_with(monkeypatch, "haian", tmp_path / "far", index=far))
    assert found["1至7月指标评估总得分"] == "80.05 分" and found["1至7月指标评估总位次"] != "1"


# -- projects


def rows_of(programme, code):
    return [row for row in table("haian", programme, "facts") if row["组织代码"] == code]


def late_weeks(code):
    events = table("haian", "projects", "events")
    return sum(int(row["数量"]) for row in events if row["组织代码"] == code)


@pytest.mark.parametrize("code", ["X001", "X003", "X004", "X033"])
def test_score_of_projects_by_hand(outcomes, code):
    """Observed projects out of 100; the others out of 80, raised to 100; half a point off for every week late."""
    first, *rest = rows_of("projects", code)
    nodes = 30 * Fraction(int(first["按时完成节点"]), int(first["应完成节点"]))
    survey = 20 * Fraction(int(first["第三方满意度"].rstrip("%")), 100)
    visits = [Fraction(row["季度巡查"]) for row in rest if row["季度巡查"]]
    grades = {"好": 20, "较好": 16, "一般": 12, "差": 6}
    seen = [Fraction(grades[row["月度观摩"]]) for row in rest if row["月度观摩"]]
    score = nodes + survey + sum(visits) / 2
    score = score + sum(seen) / 6 if first["项目类别"] == "重点性" else score * 100 / 80
    score -= min(Fraction(late_weeks(code), 2), 5)
    outcome = outcomes["projects"]
    found = outcome.score.value(outcome.inputs.entry_at("1", code))
    assert abs(found - score) <= Fraction(1, 200) and (found * 100).denominator == 1
    assert len(visits) == 2 and len(seen) == (6 if first["项目类别"] == "重点性" else 0)


def test_approval_needs_all_three_principles(outcomes):
    approved = {
        row["组织代码"]
        for row in table("haian", "projects", "facts")
        if row["切口小"] and [row["切口小"], row["有难度"], row["示范牵引性强"]] == ["是"] * 3
    }
    assert {row.org_code for row in outcomes["projects"].rows() if row.outcome != "ineligible"} == approved


def test_urging_and_the_last_of_each_category(outcomes):
    late = {row["组织代码"] for row in table("haian", "projects", "events")}
    outcome = outcomes["projects"]
    assert {outcome.inputs.entry_org[row.entry] for row in outcome.consequences if row.key == "urge"} == late
    last = [outcome.evaluation.cell("category", row.entry) for row in outcome.consequences if row.key == "talk"]
    assert sorted(last) == sorted(["常规性", "重点性", "创新性"])


def test_a_committee_without_projects_is_noticed(monkeypatch, tmp_path):
    """Committee 1 has projects X003 to X012; without them more than 600 are still approved."""
    codes = [f"X{i:03}" for i in range(3, 13)]
    gone = {"facts": without(*codes), "events": without(*codes)}
    assert differing(replay_with(monkeypatch, "haian", tmp_path, projects=gone)) == {
        "领办书记项目的党委（党组）": "68 家"
    }
    refused = {"facts": setting("有难度", "否")}
    assert differing(replay_with(monkeypatch, "haian", tmp_path / "none", projects=refused)) == {
        "领办书记项目的党委（党组）": "0 家",
        "立项的书记项目": "0 个",
        "立项项目的类别": "0 类",
        "县委书记领办的项目": "0 个",
    }


# -- pairing


def expected_grade(code):
    first, *rest = rows_of("pairing", code)
    observed = sum(Fraction(row["月度观摩"]) for row in rest) / 6
    score = sum(Fraction(first[name]) for name in ("党建", "治理", "致富", "产业")) + observed
    if score >= 80 and score >= Fraction(first["赶超对象同期得分"]):
        return "赶超"
    return "已转化" if score >= 70 else "继续整转"


def test_grade_of_every_weak_village(outcomes):
    found = {row.org_code: row.grade for row in outcomes["pairing"].rows()}
    assert found == {f"B{i:02}": expected_grade(f"B{i:02}") for i in range(1, 24)}
    assert set(found.values()) == {"赶超", "已转化", "继续整转"}


def test_a_missing_sponsor_is_noticed_and_bars_the_best(monkeypatch, tmp_path):
    best = "B15"
    changed = {"facts": setting("县领导挂钩", "否", best)}
    assert differing(replay_with(monkeypatch, "haian", tmp_path, pairing=changed)) == {
        "三个全覆盖都到位的薄弱村": "22 个"
    }
    outcome = load_programme("haian", "pairing", data=tmp_path / "pairing").outcome
    assert outcome.grade_of(outcome.inputs.entry_at("1", best)) == "继续整转"


def test_recorded_cadres_and_projects_are_counted(monkeypatch, tmp_path):
    """B01: two cadres seconded, one posted across, 7 + 8 items shared; with it goes nobody who was honoured."""
    gone = {"facts": without("B01"), "events": without("B01")}
    assert differing(replay_with(monkeypatch, "haian", tmp_path, pairing=gone)) == {
        "结对的薄弱村": "22 个",
        "三个全覆盖都到位的薄弱村": "22 个",
        "到标杆村挂职锻炼的干部": "43 名",
        "跨村任职的干部": "8 名",
        "共享的产业项目信息": "312 条",
    }
