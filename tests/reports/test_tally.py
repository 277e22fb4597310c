"""The tally sheet: the same figures on the result page, on paper and in the document; inspectors by number only."""

import re
from datetime import date
from fractions import Fraction
from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from accounts.enums import Role
from accounts.models import AuditEntry, tenant_scope
from campaigns.enums import CampaignKind
from scoring.explaining import NotReproducible
from scoring.models import Result
from tests import factories
from tests.reports.results_stage import make_stage, play_round
from tests.reports.test_round import enter, text_of
from tests.scoring import cast
from tests.scoring import rating_stage as rating
from tests.scoring.test_rating_round import publish

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def stage(db):
    stage = make_stage()
    stage.publish(play_round(stage))
    return stage


@pytest.fixture
def rated(db):
    """Villages by name with their results: a 55 + 38 = 93 five stars, c 30 + 22 = 52 below all and 1000 yuan."""
    stage = cast.set_stage()
    with tenant_scope(stage.tenant):
        version = rating.published(stage.tenant, rating.STARS, stage.first, stage.second)
        campaign = rating.rating_campaign(stage.tenant, CampaignKind.STAR, stage.first, "星级评定")
        round = rating.planned_round(campaign, version, stage.first)
        rating.enter(round, stage.villages, stage.first)
        a, b, c, d = stage.villages
        rating.facts(round, stage.first, {
            a: {"income": "55", "satisfaction": "95%", "last_star": "四星"},
            b: {"income": "60", "satisfaction": "90%", "last_star": "三星"},
            c: {"income": "30", "satisfaction": "55%", "last_star": "三星"},
            d: {"income": "40", "satisfaction": "100%", "last_star": "四星"},
        })  # fmt: skip
        rating.events(round, stage.first, (c, "missed", date(2026, 3, 1), "2"))
        computation = publish(stage, round)
        results = [Result.objects.get(computation=computation, organization=each) for each in stage.villages]
    return stage, results


def ask(user, result, name="tally", status=200):
    answer = enter(user).get(reverse(f"reports:{name}", args=[result.pk]))
    assert answer.status_code == status
    return answer


def words(user, result, name="tally"):
    return text_of(ask(user, result, name).content.decode())


def document(user, result):
    return Document(BytesIO(b"".join(ask(user, result, "tally_document").streaming_content)))


def texts_in(made):
    rows = [" ".join(cell.text for cell in row.cells) for table in made.tables for row in table.rows]
    return "\n".join([*(paragraph.text for paragraph in made.paragraphs), *rows])


def test_the_tree_stands_on_page_sheet_and_document(rated):
    stage, (a, *_) = rated
    for text in (words(stage.first, a, "result"), words(stage.first, a), texts_in(document(stage.first, a))):
        assert "集体收入 55 + 群众满意 38 = 93" in text
        assert "群众满意 40 群众满意率 0.95 × 折算系数 40 = 38 38" in text
        assert "五星" in text and "评为“五星”" in text


def test_consequences_name_amount_person_and_days(rated):
    stage, (_, _, c, _) = rated
    for text in (words(stage.first, c, "result"), words(stage.first, c), texts_in(document(stage.first, c))):
        assert re.search(r"约谈 .*县委组织部 30 日内", text)
        assert re.search(r"扣减报酬 1000 元", text)
        assert "没有收到评分单" not in text


def test_sheets_stand_by_number_and_re_add_to_the_score(stage):
    """杨村: 18.5, 19, 19, 20; the lowest and the highest are dropped, 38 ÷ 2 = 19."""
    result = stage.result("杨村")
    for text in (words(stage.maker, result), texts_in(document(stage.maker, result))):
        assert "评委 J01 18.5 去掉最低" in text and "评委 J04 20.0 去掉最高" in text
        made = re.search(r"算式：（19 \+ 19） ÷ 2 = ([\d.]+)", text)
        assert Fraction(made[1]) == result.score_units / Fraction(result.score_unit) == 19
        assert not any(inspector.name in text for inspector in stage.inspectors)
        assert "3. 满意度 10 8.5 9.0 9.0 10.0" in text


def test_the_sheet_says_whose_it_is_and_what_proves_it(stage):
    result = stage.result("石塘村")
    computation = result.computation
    for text in (words(stage.maker, result), texts_in(document(stage.maker, result))):
        for each in (
            "石塘村",
            "试行办法（2026-1 版）",
            "并列第 3 名",
            "并列淘汰",
            "计票人：",
            "监票人：",
            "审核人：",
            "统计时间",
        ):
            assert each in text
        assert computation.inputs_digest in text and computation.outcome_digest in text
        assert "创建核分单" in text


def test_one_sheet_schemes_keep_their_page(stage):
    html = ask(stage.maker, stage.result("杨村"), "result").content.decode()
    assert "h-sheets" in html and "h-figures" not in html


def test_the_document_is_a4_in_official_fonts_with_borders(stage):
    made = document(stage.maker, stage.result("杨村"))
    page = made.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    fonts = {run._r.rPr.rFonts.get(qn("w:eastAsia")) for paragraph in made.paragraphs for run in paragraph.runs}
    assert fonts == {"仿宋_GB2312", "黑体"}
    assert {table.style.name for table in made.tables} == {"Table Grid"}


def test_unpublished_and_foreign_results_have_no_sheet_for_others(stage):
    neighbour = stage.result("岭后村")
    observer = factories.make_person(stage.tenant, Role.OBSERVER)
    for name in ("tally", "tally_document"):
        ask(stage.east_secretary, neighbour, name, status=404)
        ask(observer, neighbour, name, status=403)
    assert "评委 J01" in words(stage.east_secretary, stage.result("杨村"))


def test_carrying_it_away_is_written_down(stage):
    document(stage.maker, stage.result("杨村"))
    with tenant_scope(stage.tenant):
        assert AuditEntry.objects.filter(verb="导出核分单").count() == 1


def test_what_cannot_be_computed_again_has_no_sheet(stage, monkeypatch):
    def other_figures(result):
        raise NotReproducible("17.00 is not what the sheets give")

    monkeypatch.setattr("reports.views.results.explain_result", other_figures)
    for name in ("tally", "tally_document"):
        answer = ask(stage.maker, stage.result("赵村"), name, status=302)
        assert answer.url == reverse("reports:result", args=[stage.result("赵村").pk])
