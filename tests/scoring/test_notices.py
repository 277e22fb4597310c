"""Public notices: working days, a frozen list without scores or people, a page for anybody, and the gate of
publishing.
"""

import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import tenant_scope
from campaigns.enums import PhaseKind
from campaigns.models import Holiday, Phase, Round
from campaigns.services.phases import finish_phase
from scoring.enums import DecisionKind, NoticeState
from scoring.models import PublicNotice, Result
from scoring.services.computing import compute_round
from scoring.services.deciding import apply_decisions, stage_decision
from scoring.services.notices import NoticeRefused, end_due_notices, end_notice, open_notice, withdraw_notice
from scoring.services.publication import (
    PublicationRefused,
    confirm_computation,
    publish_computation,
    return_to_scoring,
)
from scoring.tasks import end_notices
from tests import factories

from . import cast

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TODAY = date(2026, 9, 25)  # a Friday
TEXT = {"title": "关于第 1 轮拟授予名单的公示", "text": "现将名单予以公示。", "channels": "电话：0571-6400 0000"}


@pytest.fixture
def confirmed(stage):
    """杨村 and 赵村 are to be awarded, with 18 and 16 points."""
    computation = compute_round(round=cast.standing_round(stage), actor=stage.first)
    return confirm_computation(computation=computation, actor=stage.second)


def show(stage, computation, *, opens_on=TODAY, working_days=5, today=TODAY, **facts):
    facts = {**TEXT, **facts}
    return open_notice(
        computation=computation, opens_on=opens_on, working_days=working_days, actor=stage.first, today=today, **facts
    )


def running(stage, computation, days=5):
    """A notice that runs on the real day."""
    today = timezone.localdate()
    return show(stage, computation, opens_on=today, today=today, working_days=days)


def aged(notice, days):
    """The same notice, so many days earlier."""
    earlier = {"opens_on": notice.opens_on - timedelta(days), "closes_on": notice.closes_on - timedelta(days)}
    PublicNotice.objects.filter(pk=notice.pk).update(**earlier)
    return PublicNotice.objects.get(pk=notice.pk)


def test_it_lasts_so_many_working_days_counted_by_the_countys_calendar(stage, confirmed):
    """Friday 25 September; 1 to 7 October off, Saturday 26 September and 10 October worked: 25, 26, 28, 29, 30."""
    for day in range(1, 8):
        Holiday.objects.create(tenant=stage.tenant, on=date(2026, 10, day), name="国庆")
    for on in (date(2026, 9, 26), date(2026, 10, 10)):
        Holiday.objects.create(tenant=stage.tenant, on=on, name="调休", working=True)
    assert show(stage, confirmed).closes_on == date(2026, 9, 30)


def test_the_end_leaps_over_holidays(stage, confirmed):
    """Seven days: 25 and then 28, 29, 30 September, 8, 9 and 12 October."""
    for day in range(1, 8):
        Holiday.objects.create(tenant=stage.tenant, on=date(2026, 10, day), name="国庆")
    assert show(stage, confirmed, working_days=7).closes_on == date(2026, 10, 12)


def test_rows_are_frozen_by_tier_and_code_without_scores(stage, confirmed):
    notice = show(stage, confirmed)
    assert notice.rows == [
        {"tier": "标杆", "organization": name, "township": "东溪镇", "id": str(village.pk)}
        for name, village in zip(("杨村", "赵村"), stage.villages, strict=False)
    ]
    stage.villages[0].name = "杨家村"
    stage.villages[0].save()
    assert PublicNotice.objects.get().rows[0]["organization"] == "杨村"


def test_what_the_county_keeps_back_is_not_shown(stage):
    computation = compute_round(round=cast.standing_round(stage), actor=stage.first)
    target = Result.objects.get(computation=computation, organization=stage.villages[0])
    stage_decision(result=target, kind=DecisionKind.DEFER, reason="核查中", actor=stage.first)
    apply_decisions(computation=computation, actor=stage.second)
    notice = show(stage, confirm_computation(computation=computation, actor=stage.second))
    assert [row["organization"] for row in notice.rows] == ["赵村"]


def refused(stage, computation, said, **facts):
    with pytest.raises(NoticeRefused, match=said):
        show(stage, computation, **facts)
    assert not PublicNotice.objects.exists()


def test_only_a_confirmed_outcome_is_shown(stage):
    computation = compute_round(round=cast.standing_round(stage), actor=stage.first)
    refused(stage, computation, "这次计算“已计算”，只有已确认")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"opens_on": TODAY - timedelta(days=1)}, "不能从过去的日期开始"),
        ({"working_days": 4}, "要求公示不少于 5 个工作日，现填 4 个"),
        ({"working_days": 61}, "最多 60 个工作日"),
        ({"title": " "}, "请填写公示标题"),
        ({"text": "请找张三 13812345678"}, "正文里有像是电话或证件号码的“138…”"),
        ({"text": "证件 33018219800101123X"}, "正文里有像是电话或证件号码"),
        ({"title": "公示 0571-64000000"}, "标题里有像是电话或证件号码"),
    ],
)
def test_a_notice_that_is_not_right_is_refused(stage, confirmed, facts, said):
    refused(stage, confirmed, said, **facts)


def test_one_notice_of_a_round_at_a_time(stage, confirmed):
    show(stage, confirmed)
    with pytest.raises(NoticeRefused, match="已有一份公示正在进行"):
        show(stage, confirmed)


def test_it_ends_after_its_last_day_by_hand_or_by_itself(stage, confirmed):
    notice = show(stage, confirmed)  # 25 September to 1 October
    with pytest.raises(NoticeRefused, match="公示到 2026-10-01 为止"):
        end_notice(notice=notice, actor=stage.first, today=date(2026, 10, 1))
    assert end_due_notices(today=date(2026, 10, 1)) == 0
    assert end_due_notices(today=date(2026, 10, 2)) == 1
    assert PublicNotice.objects.get().state == NoticeState.ENDED
    assert end_due_notices(today=date(2026, 10, 2)) == 0


def test_the_scheduled_task_ends_those_of_every_county(stage, confirmed):
    aged(running(stage, confirmed), 30)
    assert (end_notices(), end_notices()) == (1, 0)
    assert PublicNotice.objects.get().state == NoticeState.ENDED


# -- the page for anybody


def public(stage, notice, client=None):
    return (client or Client()).get(reverse("scoring:public_notice", args=[stage.tenant.code, notice.slug]))


def test_anybody_reads_it_without_scores_people_or_cookies(stage, confirmed):
    response = public(stage, running(stage, confirmed))
    text = response.content.decode()
    assert response.status_code == 200
    assert "杨村" in text and "赵村" in text and "电话：0571-6400 0000" in text
    assert "岭后村" not in text
    words = re.sub(r"<[^>]*>", " ", text)
    assert not re.search(r"18\.00|16\.00|评委|第 1 名", words)
    assert str(stage.villages[0].pk) not in text
    assert response.cookies == {}
    assert response["Cache-Control"] == "public, max-age=60"
    assert "noindex" in response["X-Robots-Tag"] and 'name="robots" content="noindex' in text


def test_after_its_end_it_says_so_and_names_nobody(stage, confirmed):
    notice = aged(running(stage, confirmed), 30)
    for state in (NoticeState.OPEN, NoticeState.ENDED, NoticeState.WITHDRAWN):
        PublicNotice.objects.filter(pk=notice.pk).update(state=state)
        text = public(stage, notice).content.decode()
        assert "公示已结束" in text and "杨村" not in text


def test_unknown_county_unknown_notice_and_one_to_come_answer_alike(stage, confirmed):
    tomorrow = timezone.localdate() + timedelta(days=1)
    notice = show(stage, confirmed, opens_on=tomorrow, today=timezone.localdate())
    with tenant_scope(factories.make_tenant("330183", name="邻县")):
        pass
    asked = [
        (stage.tenant.code, notice.slug),
        (stage.tenant.code, "no-such"),
        ("999999", notice.slug),
        ("330183", notice.slug),
    ]
    answers = [Client().get(reverse("scoring:public_notice", args=each)) for each in asked]
    assert {answer.status_code for answer in answers} == {404}
    texts = {answer.content.decode().replace(answer["X-Request-ID"], "-") for answer in answers}
    assert len({re.sub(r'nonce="[^"]*"', "", text) for text in texts}) == 1


def test_a_person_of_another_county_reads_the_same_page(stage, confirmed):
    notice = running(stage, confirmed)
    other = factories.make_tenant("330183", name="邻县")
    person = factories.make_person(other)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert public(stage, notice, client).content == public(stage, notice).content


# -- the gate


def planned(stage, computation, **facts):
    day = timezone.localdate()
    return Phase.objects.create(
        tenant=stage.tenant,
        round=computation.round,
        kind=PhaseKind.NOTICE,
        sequence=9,
        opens_on=day,
        closes_on=day,
        **facts,
    )


def test_publishing_waits_for_the_notice_that_is_running_and_then_for_its_end(stage, confirmed):
    notice = running(stage, confirmed)
    with pytest.raises(PublicationRefused, match=f"公示到 {notice.closes_on} 为止，期满以后才能公布"):
        publish_computation(computation=confirmed, actor=stage.second)
    notice = aged(notice, 30)
    with pytest.raises(PublicationRefused, match="公示已经期满，请先结束公示"):
        publish_computation(computation=confirmed, actor=stage.second)
    end_notice(notice=notice, actor=stage.first)
    assert publish_computation(computation=confirmed, actor=stage.second).state == "published"


def test_a_planned_notice_must_have_ended(stage, confirmed):
    planned(stage, confirmed)
    with pytest.raises(PublicationRefused, match="这一轮安排了公示，还没有公示期满"):
        publish_computation(computation=confirmed, actor=stage.second)
    end_notice(notice=aged(running(stage, confirmed), 30), actor=stage.first)
    assert publish_computation(computation=confirmed, actor=stage.second).state == "published"


def test_a_notice_held_elsewhere_is_the_phase_finished_by_hand(stage, confirmed):
    phase = planned(stage, confirmed)
    finish_phase(phase=phase, on=timezone.localdate(), actor=stage.first)
    assert publish_computation(computation=confirmed, actor=stage.second).state == "published"


def test_a_withdrawn_notice_satisfies_nothing(stage, confirmed):
    planned(stage, confirmed)
    withdraw_notice(notice=running(stage, confirmed), reason="名单有误", actor=stage.first)
    with pytest.raises(PublicationRefused, match="还没有公示期满"):
        publish_computation(computation=confirmed, actor=stage.second)


def test_returning_the_round_takes_the_notice_down_and_an_old_one_does_not_count_again(stage, confirmed):
    """Nothing was corrected, so the same computation stands again; it is confirmed anew and must be shown anew."""
    planned(stage, confirmed)
    end_notice(notice=aged(running(stage, confirmed), 30), actor=stage.first)
    shown = running(stage, confirmed)
    return_to_scoring(round=confirmed.round, reason="再核一遍", actor=stage.second)
    shown.refresh_from_db()
    assert (shown.state, shown.end_reason) == (NoticeState.WITHDRAWN, "退回更正：再核一遍")
    again = compute_round(round=Round.objects.get(pk=confirmed.round_id), actor=stage.first)
    assert again.pk == confirmed.pk
    confirm_computation(computation=again, actor=stage.second)
    with pytest.raises(PublicationRefused, match="还没有公示期满"):
        publish_computation(computation=again, actor=stage.second)


# -- pages and files of members


def test_the_office_opens_one_on_the_page_with_the_usual_words(stage, confirmed, browser):
    office, url = browser(stage.first), reverse("scoring:notice_new", args=[confirmed.pk])
    blank = office.get(url)
    assert "关于“示范创建”第 1 轮拟授予名单的公示" in blank.content.decode()
    facts = {**TEXT, "opens_on": str(timezone.localdate()), "working_days": "5"}
    assert "请写明怎样反映问题" in office.post(url, {**facts, "channels": ""}).content.decode()
    checked = office.post(url, {**facts, "preview": "1"}).content.decode()
    assert "公示到 " in checked and not PublicNotice.objects.exists()
    refusal = office.post(url, {**facts, "working_days": "3"}).content.decode()
    assert "现填 3 个" in refusal and "通常不少于 5 个工作日" in refusal and TEXT["text"] in refusal
    made = office.post(url, facts)
    notice = PublicNotice.objects.get()
    assert made["Location"] == reverse("scoring:notice", args=[notice.pk])
    page = office.get(made["Location"]).content.decode()
    assert f"/notices/{stage.tenant.code}/{notice.slug}/" in page
    round_page = office.get(reverse("reports:round", args=[confirmed.round_id])).content.decode()
    assert f"公示到 {notice.closes_on} 为止，期满以后才能公布" in round_page


def test_leaders_and_townships_see_it_from_its_first_day(stage, confirmed, browser):
    tomorrow = timezone.localdate() + timedelta(days=1)
    notice = show(stage, confirmed, opens_on=tomorrow, today=timezone.localdate())
    leader = browser(factories.make_person(stage.tenant, Role.LEADER))
    url = reverse("scoring:notice", args=[notice.pk])
    assert leader.get(url).status_code == 404
    aged(notice, 1)
    assert "杨村" in leader.get(url).content.decode()
    assert notice.title in leader.get(reverse("scoring:notices")).content.decode()
    withdraw_notice(notice=notice, reason="名单有误", actor=stage.first)
    assert "杨村" not in leader.get(url).content.decode()


def parts(response) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as book:
        return {name: book.read(name).decode("utf-8", "replace") for name in book.namelist()}


def test_the_document_has_the_page_of_the_standard_and_the_list(stage, confirmed, browser):
    """GB/T 9704: margins 37, 35, 28, 26 mm as twips, 22 lines and 28 characters a page, title 22 pt, text 16 pt."""
    notice = show(stage, confirmed)
    found = parts(browser(stage.first).get(reverse("reports:notice_document", args=[notice.pk])))
    text = found["word/document.xml"]
    for value in ('w:top="2098"', 'w:bottom="1984"', 'w:left="1588"', 'w:right="1474"', 'w:linePitch="579"'):
        assert value in text
    assert 'w:type="linesAndChars"' in text and 'w:charSpace="-849"' in text
    assert text.index("方正小标宋简体") < text.index(TEXT["title"])
    assert "公示时间：2026年9月25日至2026年10月1日（5 个工作日）" in text
    assert "建德市委组织部" in text and "杨村" in text and "东溪镇" in text
    assert "PAGE" in "".join(body for name, body in found.items() if "footer" in name)
    assert not re.search(r"18\.00|16\.00", text)


def test_the_list_is_a_workbook_in_the_offices_columns(stage, confirmed, browser):
    notice = show(stage, confirmed)
    found = parts(browser(stage.first).get(reverse("reports:notice_list", args=[notice.pk])))
    texts = "".join(body for name, body in found.items() if "sharedStrings" in name)
    for word in ("序号", "单位全称", "类别/星级", "所属乡镇", "备注", "杨村", "赵村"):
        assert word in texts
