"""One result explained down to single marks: figures that re-add, names for those who may see them, nothing broken."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.enums import Role
from campaigns.enums import RoundKind
from scoring.explaining import NotReproducible
from tests import factories
from tests.reports.results_stage import make_stage, play_round
from tests.reports.test_round import enter, text_of


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def played(stage):
    return stage.publish(play_round(stage))


def page(stage, user, name, status=200) -> str:
    answer = enter(user).get(reverse("reports:result", args=[stage.result(name).pk]))
    assert answer.status_code == status
    return answer.content.decode()


def card(html: str, heading: str) -> str:
    start = html.index(f'id="{heading}"')
    return text_of(html[start : html.index("</section>", start)].split(">", 1)[1])


def test_the_formula_re_adds_to_the_score_and_dropped_sheets_are_struck(stage, played):
    words = card(page(stage, stage.maker, "杨村"), "h-sheets")
    assert "4 份评分单" in words
    assert "( 19.0 19.0 ) ÷ 2 = 38.0 ÷ 2 = 19.00" in words
    assert "18.5 去掉最低" in words and "20.0 去掉最高" in words


def test_every_single_mark_is_there_and_a_zero_is_hatched(stage, played):
    html = page(stage, stage.maker, "岭后村")
    marks = html[html.index('id="h-marks"') :]
    assert marks.count('<td class="num h0">0.0</td>') == 3 * 3
    assert "0.00" in card(html, "h-sum")
    words = card(page(stage, stage.maker, "杨村"), "h-marks")
    assert "1. 实绩 8 8.0 8.0 8.0 8.0" in words and "3. 满意度 10 8.5 9.0 9.0 10.0" in words
    assert "一 工作 10 10.0 10.0 10.0 10.0" in words and "总分 20 18.5 19.0 19.0 20.0" in words


def test_criteria_are_compared_with_the_group_as_printed(stage, played):
    words = card(page(stage, stage.maker, "赵村"), "h-crit")
    match = re.search(r"二 群众 同分先比 10 9.00 ([\d.]+) ([+−][\d.]+)", words)
    assert match
    assert match[2] == f"{'+' if float(match[1]) < 9 else '−'}{abs(9 - float(match[1])):.2f}"


def test_the_chain_of_decisions_links_each_clause(stage, played):
    html = page(stage, stage.maker, "石塘村")
    words = card(html, "h-chain")
    assert "名次：并列第 3" in words and "并列跨越名额线" in words and "结果：并列淘汰" in words
    scheme = reverse("campaigns:scheme", args=[stage.version.pk])
    assert f'href="{scheme}#clause-第二条"' in html and "并列跨越名额线的整组不授予。" in html
    assert "仍相同" in card(html, "h-ties") and "东溪电子党支部 8.00" in card(html, "h-ties")


def test_verification_names_people_versions_and_digests(stage, played):
    words = card(page(stage, stage.maker, "杨村"), "h-verify")
    assert "计算编号 1-1" in words and played.inputs_digest[:12] in words and stage.version.digest[:12] in words
    assert "计算 李敏" in words and "确认 王建" in words and "公布 王建" in words


def test_an_unscored_entry_has_no_score_and_says_why(stage, played):
    html = page(stage, stage.maker, "南坡村")
    assert "得分 —" in card(html, "h-sum")
    assert "没有收到评分单，不计分。未评不是零分。" in html
    assert "h-marks" not in html


def test_a_vetoed_entry_is_not_ranked(stage, played):
    words = card(page(stage, stage.maker, "溪口村"), "h-sum")
    assert "名次 — 不参加排名" in words and "一票否决" in words and "距末位授予 — 不参加排名" in words


def test_a_township_sees_its_own_only_and_inspectors_as_numbers(stage, played):
    html = page(stage, stage.east_secretary, "杨村")
    for inspector in stage.inspectors:
        assert inspector.name not in html
    assert "评委 J01" in html
    page(stage, stage.east_secretary, "岭后村", status=404)
    assert "赵评委" in page(stage, stage.leader, "杨村")


def test_unpublished_results_are_explained_to_the_office_only(stage):
    play_round(stage)
    page(stage, stage.maker, "杨村")
    for user in (stage.leader, stage.east_secretary):
        page(stage, user, "杨村", status=404)


def test_those_without_the_permission_are_refused(stage, played):
    observer = factories.make_person(stage.tenant, Role.OBSERVER)
    page(stage, observer, "杨村", status=403)
    stranger = factories.make_person(factories.make_tenant("330183", name="邻县市"))
    page(stage, stranger, "杨村", status=404)


def test_neighbours_lead_along_the_ranking(stage, played):
    html = page(stage, stage.maker, "赵村")
    for name in ("杨村", "东溪电子党支部"):
        assert reverse("reports:result", args=[stage.result(name).pk]) in html


def test_a_result_changed_behind_the_application_is_not_shown(stage, played, caplog, monkeypatch):
    def other_figures(result):
        raise NotReproducible("17.00 is not what the sheets give")

    monkeypatch.setattr("reports.views.results.explain_result", other_figures)
    html = page(stage, stage.maker, "赵村")
    assert "不能复算" in html and 'role="alert"' in html
    assert "17.00" not in html and "h-marks" not in html
    assert any("cannot be reproduced" in record.getMessage() for record in caplog.records)


def test_a_reinspection_speaks_of_titles_not_of_awards(stage):
    round = stage.round("2026-05", kind=RoundKind.REINSPECTION, day=date(2026, 5, 31))
    stage.enter(round, {"杨村": "进位"})
    stage.open(round)
    stage.score(round, "杨村", ("4", "1", "6"), ("4", "1", "6.5"), ("4", "1", "6"))
    stage.compute(round)
    html = page(stage, stage.maker, "杨村")
    assert "结果：摘牌警示" in card(html, "h-chain") and "名次" not in card(html, "h-chain")
    assert "33.5 ÷ 3 = ≈11.1667 = 11.17" in card(html, "h-sheets")


def test_queries_do_not_grow_with_sheets(stage, played, django_assert_max_num_queries):
    client, counts = enter(stage.maker), []
    for name in ("北坡村", "赵村"):
        path = reverse("reports:result", args=[stage.result(name).pk])
        client.get(path)
        with django_assert_max_num_queries(18) as asked:
            client.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1]
