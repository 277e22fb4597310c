"""Objections: bound to a version, with a deadline and an answer; nothing is published while one is open."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from campaigns.enums import PhaseKind, RoundState, Switch
from campaigns.models import Holiday, Phase, Round
from scoring.enums import ComputationState, NoticeState, ObjectionState, RaisedAs
from scoring.models import Computation, Objection, PublicNotice
from scoring.services.computing import compute_round
from scoring.services.notices import end_notice
from scoring.services.objections import ObjectionRefused, move_deadline, raise_objection, reply_objection
from scoring.services.publication import PublicationRefused, confirm_computation, publish_computation
from tests import factories

from . import cast
from .test_notices import TODAY, aged, running, show

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def confirmed(stage):
    computation = compute_round(round=cast.standing_round(stage), actor=stage.first)
    return confirm_computation(computation=computation, actor=stage.second)


@pytest.fixture
def notice(stage, confirmed):
    """From Friday 25 September to Thursday 1 October 2026."""
    return show(stage, confirmed)


@pytest.fixture
def east(stage):
    return factories.make_person(stage.tenant, Role.TOWNSHIP_SECRETARY, stage.county.east)


@pytest.fixture
def west(stage):
    return factories.make_person(stage.tenant, Role.TOWNSHIP_SECRETARY, stage.county.west)


def object_to(stage, notice, actor, *, today=TODAY, **facts):
    given = {"text": "岭后村的第二项应得 8 分", "raised_as": RaisedAs.PAGE, "township": stage.county.west, **facts}
    return raise_objection(notice=notice, actor=actor, today=today, **given)


def test_it_is_bound_to_the_version_shown_and_due_in_ten_working_days(stage, notice, confirmed, west):
    """From Friday 25 September, 1 to 7 October off: 28, 29, 30, then 8, 9, 12, 13, 14, 15 and the tenth is 16
    October.
    """
    for day in range(1, 8):
        Holiday.objects.create(tenant=stage.tenant, on=date(2026, 10, day), name="国庆")
    objection = object_to(stage, notice, west, organization=stage.villages[2])
    assert objection.computation == confirmed
    assert objection.result.organization == stage.villages[2]
    assert (objection.received_on, objection.due_on, objection.state) == (TODAY, date(2026, 10, 16), "open")


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), date(2026, 10, 2)])
def test_a_township_objects_while_the_notice_runs(stage, notice, west, day):
    with pytest.raises(ObjectionRefused, match="公示期为 2026-09-25 至 2026-10-01"):
        object_to(stage, notice, west, today=day)


def test_a_township_objects_while_its_phase_is_open(stage, notice, west):
    dates = {"opens_on": TODAY, "closes_on": TODAY, "switches": [Switch.OBJECT]}
    Phase.objects.create(
        tenant=stage.tenant, round=notice.computation.round, kind=PhaseKind.NOTICE, sequence=9, **dates
    )
    assert object_to(stage, notice, west).state == ObjectionState.OPEN
    with pytest.raises(ObjectionRefused, match="“受理异议”已于 2026-09-25 截止"):
        object_to(stage, notice, west, today=date(2026, 9, 28))


def test_what_came_on_paper_is_noted_after_the_notice_and_until_publication(stage, notice):
    noted = {"raised_as": RaisedAs.WRITTEN, "township": None, "today": date(2026, 10, 9)}
    objection = object_to(stage, notice, stage.first, received_on=date(2026, 9, 30), due_on=date(2026, 10, 20), **noted)
    assert (objection.received_on, objection.due_on) == (date(2026, 9, 30), date(2026, 10, 20))
    with pytest.raises(ObjectionRefused, match="收到日期应在公示开始"):
        object_to(stage, notice, stage.first, received_on=date(2026, 10, 10), **noted)
    with pytest.raises(ObjectionRefused, match="收到日期应在公示开始"):
        object_to(stage, notice, stage.first, received_on=date(2026, 9, 24), **noted)


@pytest.mark.parametrize(("text", "said"), [("  ", "请填写异议内容"), ("长" * 1001, "最多 1000 字，现有 1001 字")])
def test_an_objection_says_something(stage, notice, west, text, said):
    with pytest.raises(ObjectionRefused, match=said):
        object_to(stage, notice, west, text=text)


def test_it_is_answered_once_and_with_a_reason(stage, notice, west):
    objection = object_to(stage, notice, west)
    with pytest.raises(ObjectionRefused, match="请填写答复"):
        reply_objection(objection=objection, outcome=ObjectionState.DISMISSED, reply=" ", actor=stage.first)
    reply_objection(
        objection=objection, outcome=ObjectionState.DISMISSED, reply="经复核，打分无误。", actor=stage.first
    )
    with pytest.raises(ObjectionRefused, match="这件异议“维持原结果”，不能转为“异议成立”"):
        reply_objection(objection=objection, outcome=ObjectionState.UPHELD, reply="改了", actor=stage.first)
    objection.refresh_from_db()
    assert (objection.reply, objection.replied_by) == ("经复核，打分无误。", stage.first)


def test_its_deadline_moves_with_a_reason_while_it_is_open(stage, notice, west):
    objection = object_to(stage, notice, west)
    with pytest.raises(ObjectionRefused, match="请写明调整期限的原因"):
        move_deadline(objection=objection, due_on=date(2026, 11, 1), reason="", actor=stage.first)
    with pytest.raises(ObjectionRefused, match="不能早于收到日期"):
        move_deadline(objection=objection, due_on=date(2026, 9, 1), reason="早", actor=stage.first)
    moved = move_deadline(objection=objection, due_on=date(2026, 11, 1), reason="要实地复核", actor=stage.first)
    assert moved.due_on == date(2026, 11, 1)


def test_publishing_waits_until_every_objection_of_the_round_is_answered(stage, confirmed, west):
    notice = running(stage, confirmed)
    objection = object_to(stage, notice, west, today=timezone.localdate())
    end_notice(notice=aged(notice, 30), actor=stage.first)
    with pytest.raises(PublicationRefused, match="还有 1 件异议没有办结"):
        publish_computation(computation=confirmed, actor=stage.second)
    reply_objection(objection=objection, outcome=ObjectionState.NOT_TAKEN, reply="不在受理范围。", actor=stage.first)
    assert publish_computation(computation=confirmed, actor=stage.second).state == "published"


def test_one_that_is_upheld_leads_to_a_new_version_a_new_notice_and_both_stay(stage, confirmed, west, browser):
    """岭后村 got 14; corrected to 17 it is second, and 赵村 with 16 is over the quota of two."""
    round, office, second = confirmed.round, browser(stage.first), browser(stage.second)
    Phase.objects.create(
        tenant=stage.tenant, round=round, kind=PhaseKind.NOTICE, sequence=9, opens_on=TODAY, closes_on=TODAY,
        switches=[Switch.NOTICE],
    )  # fmt: skip
    notice = running(stage, confirmed)
    objection = object_to(stage, notice, west, today=timezone.localdate(), organization=stage.villages[2])
    page = reverse("scoring:objection", args=[objection.pk])
    office.post(page, {"outcome": "upheld", "reply": "录入有误，应为 17 分。"})
    end_notice(notice=aged(notice, 30), actor=stage.first)
    with pytest.raises(PublicationRefused, match="有异议成立，请先退回"):
        publish_computation(computation=confirmed, actor=stage.second)
    assert "异议成立：录入有误，应为 17 分。" in office.get(page).content.decode()
    office.post(reverse("scoring:return", args=[round.pk]), {"reason": "异议成立：录入有误"})
    assert Round.objects.get(pk=round.pk).state == RoundState.SCORING
    cast.fill(stage, round, {stage.villages[2]: (8.5, 8.5)}, based_on=1)
    again = compute_round(round=Round.objects.get(pk=round.pk), actor=stage.first)
    confirm_computation(computation=again, actor=stage.second)
    with pytest.raises(PublicationRefused, match="还没有公示期满"):
        publish_computation(computation=again, actor=stage.second)
    newer = running(stage, again)
    assert [row["organization"] for row in newer.rows] == ["杨村", "岭后村"]
    end_notice(notice=aged(newer, 30), actor=stage.first)
    publish_computation(computation=again, actor=stage.second)
    assert set(Computation.objects.values_list("state", flat=True)) == {"superseded", "published"}
    assert [row["organization"] for row in PublicNotice.objects.get(pk=notice.pk).rows] == ["杨村", "赵村"]
    versions = second.get(reverse("reports:versions", args=[round.pk])).content.decode()
    assert "14.00" in versions and "17.00" in versions
    objection.refresh_from_db()
    assert (objection.computation, objection.computation.state) == (confirmed, ComputationState.SUPERSEDED)


def test_returning_because_of_one_takes_a_running_notice_down(stage, confirmed, west, browser):
    notice = running(stage, confirmed)
    browser(stage.first).post(reverse("scoring:return", args=[confirmed.round_id]), {"reason": "异议成立"})
    notice.refresh_from_db()
    assert notice.state == NoticeState.WITHDRAWN
    with pytest.raises(ObjectionRefused, match="现在不受理网上提交"):
        object_to(stage, notice, west, today=timezone.localdate())


# -- the pages


def test_a_township_objects_on_the_page_and_sees_only_its_own(stage, confirmed, east, west, browser):
    notice = running(stage, confirmed)
    url, page = (reverse(f"scoring:{name}", args=[notice.pk]) for name in ("object", "notice"))
    form = browser(west).get(url).content.decode()
    assert "岭后村" in form and "石塘村" in form and "杨村" in form
    assert "14.00" not in form and "超出名额" not in form
    kept = browser(west).post(url, {"organization": str(stage.villages[2].pk), "text": ""}).content.decode()
    assert "请填写异议内容" in kept and f'value="{stage.villages[2].pk}" selected' in kept
    browser(west).post(url, {"organization": str(stage.villages[2].pk), "text": "第二项打低了"})
    objection = Objection.objects.get()
    assert (objection.township, objection.raised_as, objection.raised_by) == (stage.county.west, "网上提交", west)
    assert "第二项打低了" in browser(west).get(page).content.decode()
    assert "第二项打低了" not in browser(east).get(page).content.decode()
    own = reverse("scoring:objection", args=[objection.pk])
    assert browser(west).get(own).status_code == 200
    assert browser(east).get(own).status_code == 404
    assert "主管单位正在办理" in browser(west).get(own).content.decode()


def test_a_township_does_not_choose_what_is_neither_shown_nor_its_own(stage, confirmed, east, browser):
    notice = running(stage, confirmed)
    url = reverse("scoring:object", args=[notice.pk])
    answer = browser(east).post(url, {"organization": str(stage.villages[3].pk), "text": "别人家的"})
    assert answer.status_code == 200 and not Objection.objects.exists()


def test_a_township_answers_nothing_and_a_leader_sees_no_objection(stage, confirmed, west, browser):
    notice = running(stage, confirmed)
    objection = object_to(stage, notice, west, today=timezone.localdate())
    url = reverse("scoring:objection", args=[objection.pk])
    browser(west).post(url, {"outcome": "upheld", "reply": "自己批准"})
    objection.refresh_from_db()
    assert objection.state == ObjectionState.OPEN
    leader = browser(factories.make_person(stage.tenant, Role.LEADER))
    assert leader.get(url).status_code == 404
    assert "第二项" not in leader.get(reverse("scoring:notice", args=[notice.pk])).content.decode()


def test_the_office_notes_answers_and_moves_the_deadline_on_its_pages(stage, confirmed, browser):
    notice, office = running(stage, confirmed), browser(stage.first)
    today = timezone.localdate()
    facts = {
        "raised_as": "来访",
        "township": "",
        "received_on": str(today),
        "due_on": "",
        "organization": "",
        "text": "名单不全",
    }
    assert (
        "请填写异议内容"
        in office.post(reverse("scoring:objection_note", args=[notice.pk]), {**facts, "text": ""}).content.decode()
    )
    made = office.post(reverse("scoring:objection_note", args=[notice.pk]), facts)
    objection = Objection.objects.get()
    assert made["Location"] == reverse("scoring:objection", args=[objection.pk])
    later = today + timedelta(days=40)
    office.post(
        reverse("scoring:objection_deadline", args=[objection.pk]), {"due_on": str(later), "reason": "实地复核"}
    )
    assert Objection.objects.get().due_on == later
    missing = office.post(made["Location"], {"reply": "已核实"}).content.decode()
    assert "请选择处理结果" in missing and "已核实" in missing
    office.post(made["Location"], {"outcome": "dismissed", "reply": "名单无误。"})
    assert Objection.objects.get().state == ObjectionState.DISMISSED
    assert "名单无误。" in office.get(made["Location"]).content.decode()
