"""The page 稳健性: its figures by hand, who may see it, and that it shows nothing it cannot reproduce."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from campaigns.enums import RoundKind
from schemes import compute
from tests import factories
from tests.reports.results_stage import make_stage, play_round


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def played(stage):
    return play_round(stage)


def enter(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(user, round_id, query="", status=200) -> str:
    answer = enter(user).get(reverse("reports:robustness", args=[round_id]) + query)
    assert answer.status_code == status
    return answer.content.decode()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<(script|template|svg).*?</\1>", "", html, flags=re.S)))


def table(html: str, caption: str) -> list[list[str]]:
    """The body of the table with this caption, as the words of its cells."""
    body = re.search(rf"<caption[^>]*>{caption}</caption>.*?<tbody>(.*?)</tbody>", html, re.S).group(1)
    rows = re.findall(r"<tr.*?</tr>", body, re.S)
    return [[words(cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]


def test_margins_name_rival_distance_and_what_one_step_moves(stage, played):
    """At most 3 of 6 win. 赵村 and 电子党支部 have four equal sheets: one mark is dropped as highest or lowest, or moves
    nothing. 石塘村 and 岭后村 have three: a step of 0.5 moves the mean by 0.1667, rounded 0.17. In 杨村 one mark of the
    middle sheets, 19 and 19, moves the mean by 0.25. Two tie at 15 across the cut, so each is the other's rival.
    """
    assert table(page(stage.maker, played.round_id), "进位各单位离决定线的距离") == [
        ["1", "杨村", "19.00", "授予", "第 3 名 石塘村等 2 家", "15.00", "+4.00", "0.25", "一档不变"],
        ["2", "赵村", "17.00", "授予", "第 3 名 石塘村等 2 家", "15.00", "+2.00", "0.00", "一档不变"],
        ["并列 3", "东溪电子党支部", "15.00", "并列淘汰", "第 3 名 石塘村", "15.00", "0.00", "0.00", "与比照同分"],
        ["并列 3", "石塘村", "15.00", "并列淘汰", "第 3 名 东溪电子党支部", "15.00", "0.00", "0.17", "与比照同分"],
        ["5", "岭后村", "0.00", "低于标准", "第 3 名 东溪电子党支部等 2 家", "15.00", "−15.00", "0.17", "一档不变"],
    ]


def test_a_threshold_is_what_a_lonely_entry_is_measured_against(stage, played):
    rows = table(page(stage.maker, played.round_id), "标杆各单位离决定线的距离")
    assert rows == [["1", "北坡村", "18.00", "授予", "授予标准", "16.00", "+2.00", "0.17", "一档不变"]]


@pytest.fixture
def one_deciding(stage):
    """杨村 wins by the 20 of 赵评委 (J01): (20 + 12 + 12) / 3 = 14.67 against 13; without that sheet 12 against 13."""
    round = stage.round("2", day=date(2026, 5, 15))
    stage.enter(round, {"杨村": "进位", "赵村": "进位"})
    stage.open(round)
    stage.score(round, "杨村", ("8", "2", "10"), *[("5", "1", "6")] * 2)
    stage.score(round, "赵村", *[("6", "1", "6")] * 3)
    return stage.compute(round)


def test_removing_an_inspector_lists_who_would_win_and_lose(stage, one_deciding):
    html = page(stage.maker, one_deciding.round_id)
    assert table(html, "去掉每一位评委后结果改变的单位") == [
        ["J01 赵评委", "2", "杨村 授予 → 变为 超出名额 14.67 → 12.00 分，第 1 → 2 名 "
         "赵村 超出名额 → 变为 授予 13.00 → 13.00 分，第 2 → 1 名"],
        ["J02 钱评委", "2", "都不变"],
        ["J03 孙评委", "2", "都不变"],
    ]  # fmt: skip
    assert "2 家授予或等次会变" in words(html)


def test_too_few_sheets_give_a_sentence_in_place_of_figures(stage, played):
    text = words(page(stage.maker, played.round_id))
    assert "与他人共同评过 8 家以上的评委只有 0 位，不足以比较" in text
    assert "标准误 宽严 p" not in text


def test_a_lenient_inspector_is_named_and_one_with_few_sheets_is_not_judged(stage):
    """J01 gives 9 for 满意度, J02 and J03 now 5 and now 5.5; J04, who is from the west, marks two entries only."""
    round = stage.round("3", day=date(2026, 6, 15))
    stage.enter(round, dict.fromkeys(stage.entries, "进位"))
    stage.open(round)
    for i, name in enumerate(stage.entries):
        second, third = ("5", "5.5")[i % 2], ("5.5", "5")[i // 2 % 2]
        fourth = [("6", "1", "5")] if name in ("杨村", "赵村") else []
        stage.score(round, name, ("6", "1", "9"), ("6", "1", second), ("6", "1", third), *fourth)
    rows = table(page(stage.maker, stage.compute(round).round_id), "各位评委的宽严和起伏估计")
    assert [(row[0], row[1], row[-1]) for row in rows] == [
        ("J01 赵评委", "8 家", "偏宽"),
        ("J02 钱评委", "8 家", "未见明显不同"),
        ("J03 孙评委", "8 家", "未见明显不同"),
        ("J04 周评委", "2 家", "份数少，不作判断"),
    ]
    assert rows[0][2].startswith("+3.7") and rows[3][2] == "—"


def test_a_reinspection_speaks_of_titles_and_has_no_ranks(stage):
    round = stage.round("2026-05", kind=RoundKind.REINSPECTION, day=date(2026, 5, 31))
    stage.enter(round, {"杨村": "进位", "赵村": "标杆"})
    stage.open(round)
    stage.score(round, "杨村", *[("8", "2", "5")] * 3)
    stage.score(round, "赵村", ("4", "1", "7"), ("4", "1", "7"), ("4", "1", "6.5"))
    html = page(stage.maker, stage.compute(round).round_id)
    rows = table(html, "标杆各单位离决定线的距离")
    assert rows == [["赵村", "11.83", "摘牌警示", "复评标准", "12.00", "−0.17", "0.17", "一档之差"]]
    assert "1 家去留会变" in words(html) and ">名次</th>" not in html


# --- who may see it, and when


def test_only_the_office_may_look_even_when_published(stage, played):
    inspector = factories.make_person(stage.tenant, Role.INSPECTOR)
    stage.publish(played)
    for user in (stage.leader, stage.east_secretary, inspector):
        page(user, played.round_id, status=403)
    assert "赵评委" in page(stage.checker, played.round_id)


def test_another_tenants_round_is_a_missing_one(stage, played):
    stranger = factories.make_person(factories.make_tenant("330183", name="邻县市"), Role.COUNTY_ADMIN)
    page(stranger, played.round_id, status=404)


@pytest.mark.parametrize("query", ["?computation=x", "?computation=00000000-0000-4000-8000-000000000000"])
def test_a_computation_that_is_not_there_is_a_404(stage, played, query):
    page(stage.maker, played.round_id, query, status=404)


def test_an_earlier_computation_can_be_looked_at(stage, played):
    assert "计算编号 1-1" in page(stage.maker, played.round_id, f"?computation={played.pk}")


def test_before_there_is_a_result_the_page_says_so(stage):
    assert "本轮还没有计算结果" in page(stage.maker, stage.round().pk)


def test_the_round_page_leads_here_for_the_office_only(stage, played):
    stage.publish(played)
    link = reverse("reports:robustness", args=[played.round_id])
    shown = {user: link in enter(user).get(reverse("reports:round", args=[played.round_id])).content.decode()
             for user in (stage.maker, stage.leader, stage.east_secretary)}  # fmt: skip
    assert shown == {stage.maker: True, stage.leader: False, stage.east_secretary: False}


def test_a_round_that_cannot_be_reproduced_shows_no_figure(stage, played, caplog, monkeypatch):
    """As if somebody had changed the sheets behind the application: computed now, everybody has nothing."""
    other = "reports.queries.robustness.compute"
    monkeypatch.setattr(other, lambda scheme, inputs: compute(scheme, replace(inputs, marks=inputs.marks * 0)))
    text = words(page(stage.maker, played.round_id))
    assert "这一轮不能复算，本页不显示任何数字" in text
    assert "15.00" not in text and "赵评委" not in text
    assert any("cannot be reproduced" in record.getMessage() for record in caplog.records)


def test_queries_do_not_grow_with_rows(stage, one_deciding, django_assert_max_num_queries):
    counts = []
    for computation in (one_deciding, play_round(stage, "8")):
        client, path = enter(stage.maker), reverse("reports:robustness", args=[computation.round_id])
        client.get(path)
        with django_assert_max_num_queries(15) as asked:
            client.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1]
