"""The campaign board: each stage against a day, by shape and word; counts for those who may see them."""

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import tenant_scope
from campaigns.enums import CampaignKind, PhaseKind
from campaigns.models import Phase, PhaseMove
from campaigns.services.campaigns import PhaseDates, create_campaign, plan_round, usual_phases
from campaigns.services.phases import move_phase, shift_phases
from campaigns.standing import standing
from tests.pages.axe import violations
from tests.reports.results_stage import make_stage, play_round
from tests.reports.test_round import enter, text_of

TODAY = date(2026, 3, 10)


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def on_the_day(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: TODAY)


def page(user):
    answer = enter(user).get(reverse("reports:board"))
    assert answer.status_code == 200
    return answer.content.decode()


def row_of(html, name):
    """The cells of one round as words: the first is its name."""
    rows = re.findall(r"<tr>.*?</tr>", html, re.S)
    found = [[text_of(cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]
    return next(cells for cells in found if cells[0].startswith(name))


@pytest.mark.parametrize(
    ("opens", "closes", "finished", "expected"),
    [
        ("03-01", "03-05", "03-05", ("done", "ok", "已完成")),
        ("03-01", "03-09", None, ("late", "bad", "逾期 1 天")),
        ("03-01", "03-10", None, ("now", "run", "今日到期")),
        ("03-01", "03-13", None, ("now", "run", "剩 3 天")),
        ("03-01", "03-14", None, ("now", "run", "进行中，剩 4 天")),
        ("03-10", "03-20", None, ("now", "run", "进行中，剩 10 天")),
        ("03-11", "03-12", None, ("next", "idle", "未开始")),
        ("03-01", "03-05", "03-09", ("done", "warn", "滞后 4 天完成")),
    ],
)
def test_a_stage_stands_somewhere_on_every_day(opens, closes, finished, expected):
    days = [date.fromisoformat(f"2026-{day}") if day else None for day in (opens, closes, finished)]
    phase = Phase(kind=PhaseKind.REVIEW, opens_on=days[0], closes_on=days[1], finished_on=days[2])
    found = standing(phase, [], TODAY)
    assert (found.place, found.light, found.words) == expected
    assert (found.planned, found.reason) == (None, "")


@pytest.mark.parametrize(
    ("closes", "finished", "expected"),
    [
        ("03-14", None, ("now", "warn", "滞后 6 天，剩 4 天")),  # first planned until 03-08
        ("03-08", None, ("late", "bad", "逾期 2 天")),
        ("03-14", "03-08", ("done", "ok", "已完成")),  # moved, and done by the first plan all the same
        ("03-14", "03-10", ("done", "warn", "滞后 2 天完成")),
        ("03-07", "03-07", ("done", "ok", "已完成")),
    ],
)
def test_behind_is_told_from_what_was_first_planned(closes, finished, expected):
    """Planned 03-01 to 03-05, planned anew without a reason to 03-08, then moved twice with reasons."""
    day = [date.fromisoformat(f"2026-03-{n:02}") for n in range(1, 15)]
    end = date.fromisoformat(f"2026-{closes}")
    phase = Phase(kind=PhaseKind.REVIEW, opens_on=day[0], closes_on=end,
                  finished_on=date.fromisoformat(f"2026-{finished}") if finished else None)  # fmt: skip
    moves = [
        move_of(phase, day[4], day[7], "", 1),
        move_of(phase, day[7], day[9], "台风", 2),
        move_of(phase, day[9], end, "道路中断", 3),
    ]
    found = standing(phase, reversed(moves), TODAY)
    assert (found.place, found.light, found.words) == expected
    moved = closes != "03-08"
    assert found.planned == ((day[0], day[7]) if moved else None)
    assert found.reason == ("道路中断" if moved else "")


def move_of(phase, old, new, reason, hour):
    at = datetime(2026, 2, 1, hour, tzinfo=UTC)
    return PhaseMove(phase=phase, old_opens_on=phase.opens_on, old_closes_on=old, new_opens_on=phase.opens_on,
                     new_closes_on=new, reason=reason, moved_at=at)  # fmt: skip


def test_late_and_due_stages_are_counted_by_year(stage, on_the_day):
    phases = [
        PhaseDates(PhaseKind.NOMINATION, date(2026, 2, 1), date(2026, 3, 1)),
        PhaseDates(PhaseKind.REVIEW, date(2026, 3, 2), date(2026, 3, 12)),
        PhaseDates(PhaseKind.ONSITE, date(2026, 3, 15), date(2026, 3, 15)),
    ]
    stage.round("1", phases=phases)
    stage.round("9", day=date(2025, 7, 15))
    html = page(stage.maker)
    words = text_of(html)
    assert "1 项逾期" in words and "1 项三天内到期" in words and "项滞后" not in words
    assert row_of(html, "第 1 轮")[1:] == [
        "申报 逾期 9 天 02-01 至 03-01", "县级审核 剩 2 天 03-02 至 03-12", "现场评分 未开始 03-15",
    ]  # fmt: skip
    assert words.index("2026 年 挂图作战 创建 1 轮") < words.index("2025 年 挂图作战 创建 1 轮")
    assert "没有排定阶段" in words


def test_a_moved_stage_shows_what_was_planned_and_why(stage, on_the_day):
    round = stage.round("1", day=date(2026, 3, 20), phases=[PhaseDates(PhaseKind.ONSITE, *[date(2026, 3, 20)] * 2)])
    stage.enter(round, {"杨村": "进位"})
    with tenant_scope(stage.tenant):
        day = date(2026, 3, 27)
        move_phase(phase=round.phases.get(), opens_on=day, closes_on=day, reason="台风登陆", actor=stage.maker,
                   today=TODAY)  # fmt: skip
    for user in (stage.maker, stage.leader, stage.east_secretary):
        html = page(user)
        assert row_of(html, "第 1 轮")[1].startswith("现场评分 滞后 7 天，未开始 03-27 原定 03-20 台风登陆")
        assert "现场 2026-03-27" in text_of(html) and "1 项滞后" in text_of(html)


def test_other_kinds_of_campaign_speak_in_their_own_words(stage, on_the_day):
    """A creation has rounds; an annual assessment is called by its year, an arena by its bouts."""
    stage.round("1", phases=[PhaseDates(PhaseKind.ONSITE, TODAY, TODAY), PhaseDates(PhaseKind.AWARD, TODAY, TODAY)])
    for name, kind, label in (("党建考核", CampaignKind.ANNUAL, "2026"), ("比武", CampaignKind.ARENA, "2"),
                              ("评星", CampaignKind.STAR, "上半年评星")):  # fmt: skip
        with tenant_scope(stage.tenant):
            other = create_campaign(tenant=stage.tenant, name=name, host="县委", kind=kind, starts_on=TODAY, actor=None)
            plan_round(campaign=other, label=label, onsite_date=TODAY, scheme_version=stage.version, actor=None,
                       phases=[PhaseDates(PhaseKind.ONSITE, TODAY, TODAY),
                               PhaseDates(PhaseKind.AWARD, TODAY, TODAY)])  # fmt: skip
    html = page(stage.maker)
    heads = [re.findall(r'<th scope="col">(.*?)</th>', table) for table in re.findall(r"<thead>.*?</thead>", html)]
    assert heads == [["现场评分", "授牌"], ["考核评分", "结果通报"], ["评定", "挂星"], ["擂台比拼", "颁旗"]]
    words = text_of(html)
    assert "创建 1 轮，党建考核 1 次，评星 1 次，比武 1 场" in words
    assert row_of(html, "2026 年度考核")[0].startswith("2026 年度考核 评定 2026-03-10")
    assert row_of(html, "2026 年第 2 场擂台赛") and row_of(html, "上半年评星")
    assert words.count("第 1 轮") == 1 and "第 2026 轮" not in words


def test_the_office_sees_how_many_sheets_are_in_recusals_left_out(stage, on_the_day):
    round = stage.round("1", phases=[PhaseDates(PhaseKind.ONSITE, TODAY, TODAY)])
    stage.enter(round, {"杨村": "进位", "岭后村": "进位"})
    stage.open(round)
    stage.score(round, "杨村", ("8", "2", "9"), ("8", "2", "9"))
    assert "评分单 2/7" in text_of(page(stage.maker))
    assert "评分单" not in text_of(page(stage.leader))


def test_unpublished_figures_are_for_the_office_only(stage):
    computation = play_round(stage)
    link = reverse("reports:round", args=[computation.round_id])
    words = text_of(page(stage.maker))
    assert "申报 8 家" in words and "评分单 24 份" in words and "标杆 1 / 2；进位 2 / 6" in words
    html = page(stage.leader)
    assert "第 1 轮" in html and link not in html
    assert "标杆 1 / 2" not in html and "评分单" not in html
    stage.publish(computation)
    assert link in page(stage.leader) and "标杆 1 / 2；进位 2 / 6" in text_of(page(stage.leader))


def test_queries_do_not_grow_with_rounds(stage, django_assert_max_num_queries):
    client, counts = enter(stage.maker), []
    play_round(stage)
    for labels in ((), ("2", "3")):
        for label in labels:
            stage.round(label, phases=[PhaseDates(PhaseKind.ONSITE, TODAY, TODAY)])
        client.get(reverse("reports:board"))
        with django_assert_max_num_queries(16) as asked:
            client.get(reverse("reports:board"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("reasons", "density"), [(0, "loose"), (12, "tight")])
def test_a_year_prints_on_one_sheet_of_a3(stage, live_server, page, reasons, density):
    """Two years of eight and twelve rounds, every stage moved with a reason or none: two pages, and no cell is cut."""
    today = timezone.localdate()
    with tenant_scope(stage.tenant):
        for year, many in ((today.year, 12 if reasons else 8), (today.year - 1, 1)):
            for number in range(many):
                onsite = date(year, 1 + number, 15)
                round = plan_round(
                    campaign=stage.campaign, label=f"{year % 100}{number:02}", onsite_date=onsite, year=year,
                    scheme_version=stage.version, actor=None, phases=usual_phases(onsite_date=onsite),
                )  # fmt: skip
                if reasons:
                    reason = "受台风影响，线路推迟"
                    shift_phases(first=round.phases.first(), days=3, reason=reason, actor=stage.maker)
    client = enter(stage.maker)
    tab = page(base_url=live_server.url)
    cookie = client.cookies["sessionid"].value
    tab.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    tab.goto(reverse("reports:board"))
    assert density in tab.locator("section.board").first.get_attribute("class")
    assert violations(tab) == []
    sheet = PdfReader(BytesIO(tab.pdf(prefer_css_page_size=True)))
    assert len(sheet.pages) == 2
    for number, paper in enumerate(sheet.pages):
        size = [Decimal(str(side)) for side in paper.mediabox[2:]]
        assert [round_half(side) for side in size] == [1191, 842]  # 420 mm by 297 mm, in points
        words = "".join(paper.extract_text().split())
        assert f"{today.year - number}年挂图作战" in words and "按期完成" in words
        if number == 0:
            assert all(f"第{today.year % 100}{n:02}轮" in words for n in range(12 if reasons else 8))
    tab.emulate_media(media="print")
    cut = "els => els.filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1).length"
    assert tab.locator(".plan-wall td, .plan-wall th").evaluate_all(cut) == 0


def round_half(side: Decimal) -> int:
    return int(side.quantize(Decimal(1), ROUND_HALF_UP))
