"""Certificates as people hold them: one landscape page each, the right words, and nothing of a name is read as
markup.
"""

import io
import time
from datetime import date

import pytest
from pypdf import PdfReader

from accounts.models import tenant_scope
from campaigns.models import Title
from campaigns.services.plaques import assign_plaques
from reports.certificates import Certificate, CertificatesRefused, certificates_of, compiled
from scoring.models import Computation
from tests import factories
from tests.reports.figures_stage import enter, get, make_figures, play_two_years

DAY = date(2026, 4, 5)


def made(*names, **facts):
    words = {"lead": "命名为", "honour": "建德市“标杆”党组织", "number": "建标杆〔2026〕001", "day": "2026年4月5日"} | facts
    rows = [Certificate(name=name, **words) for name in names]
    return compiled(rows, title="证书", office="中共建德市委组织部", campaign="标杆50·进位百佳")


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_one_landscape_page_each_with_its_own_words():
    pdf = made("杨村", "赵村", valid="2029年4月5日")
    assert [text.split() for text in pages(pdf)] == [
        ["标杆50·进位百佳", name, "命名为", "建德市“标杆”党组织", "编号：建标杆〔2026〕001", "有效期至：2029年4月5日",
         "中共建德市委组织部", "2026年4月5日"]
        for name in ("杨村", "赵村")
    ]  # fmt: skip
    sizes = {(round(p.mediabox.width), round(p.mediabox.height)) for p in PdfReader(io.BytesIO(pdf)).pages}
    assert sizes == {(842, 595)}


def test_the_font_is_in_the_file():
    fonts = PdfReader(io.BytesIO(made("杨村"))).pages[0]["/Resources"]["/Font"].values()
    names = {str(font.get_object()["/BaseFont"]) for font in fonts}
    assert names and all("NotoSerifSC" in name for name in names)


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        "#read(\"certificate.typ\")",
        "*粗* _斜_ $x^2$ `码` <标> @引",
        "\\u{41} \\ ] [ } { #",
        "// 注释",
        '"}]}); #sys.inputs',
        "= 标题",
        "#import \"@preview/example:0.1.0\": *",
    ],
)
def test_a_name_is_only_ever_text(name):
    text = pages(made(name))
    assert len(text) == 1
    squeezed = "".join(text[0].split())
    assert "".join(name.split()) in squeezed
    assert "建德市“标杆”党组织" in squeezed


def test_long_names_stay_on_their_page():
    long = "大慈岩镇新叶古村文化旅游开发有限责任公司联合党支部委员会第二党小组（农文旅融合片区）"
    assert len(pages(made(long, honour="建德市“" + "全域党建示范引领" * 2 + "”党组织"))) == 1
    assert len(pages(made("长" * 80))) == 1


def test_two_hundred_take_less_than_two_seconds():
    made("暖")
    start = time.perf_counter()
    pdf = made(*[f"第{n}村" for n in range(200)])
    assert time.perf_counter() - start < 2
    assert len(pages(pdf)) == 200


# --- from the page -------------------------------------------------------------------------------


@pytest.fixture
def stage(db):
    stage = make_figures()
    play_two_years(stage)
    stage.office = factories.make_person(stage.tenant)
    return stage


def first_round(stage):
    with tenant_scope(stage.tenant):
        return Computation.objects.select_related("round").get(round__label="1").round


def address(round, rest=""):
    return f"/rounds/{round.pk}/award/{rest}"


@pytest.mark.django_db
def test_without_a_number_there_is_no_certificate(stage):
    round = first_round(stage)
    answer = enter(stage.office).get(address(round, "certificates.pdf"), follow=True)
    assert "杨村等 3 个还没有标牌编号。请先编号，再出证书。" in answer.content.decode()
    with tenant_scope(stage.tenant), pytest.raises(CertificatesRefused, match="没有持有中的称号"):
        certificates_of([], stage.tenant, round.campaign, DAY)


@pytest.mark.django_db
def test_the_office_numbers_a_round_and_takes_its_certificates_away(stage):
    round, client = first_round(stage), enter(stage.office)
    answer = client.post(address(round, "plaques/"), {"pattern": "{等次}〔{年}〕{序号:03}"}, follow=True)
    assert "已编号 3 个：示范〔2025〕001 至 达标〔2025〕001。" in answer.content.decode()
    answer = client.get(address(round, "certificates.pdf") + "?day=2026-04-05")
    assert answer["Content-Type"] == "application/pdf"
    pdf = b"".join(answer.streaming_content)
    words = ["".join(text.split()) for text in pages(pdf)]
    assert len(words) == 3
    assert "杨村命名为建德市“示范”党组织编号：示范〔2025〕001" in words[0]
    assert words[0].endswith("中共建德市委组织部2026年4月5日")


@pytest.mark.django_db
def test_one_certificate_alone_and_none_for_a_title_that_ended(stage):
    round = first_round(stage)
    with tenant_scope(stage.tenant):
        assign_plaques(round=round, pattern="{序号}", actor=stage.office)
        held, ended = (Title.objects.get(round=round, organization__name=name) for name in ("杨村", "赵村"))
    client = enter(stage.office)
    answer = client.get(address(round, "certificates.pdf") + f"?title={held.pk}")
    assert len(pages(b"".join(answer.streaming_content))) == 1
    answer = client.get(address(round, "certificates.pdf") + f"?title={ended.pk}", follow=True)
    assert "没有持有中的称号" in answer.content.decode()


@pytest.mark.django_db
def test_only_the_office_awards(stage):
    round = first_round(stage)
    for person in (stage.leader, stage.east_secretary):
        get(person, address(round), status=403)
        get(person, address(round, "certificates.pdf"), status=403)
