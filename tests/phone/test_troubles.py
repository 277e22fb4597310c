"""What goes wrong between a village and the office, one by one: nothing is lost, and the page says what it is."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import tenant_scope
from campaigns.models import Nomination, Round
from scoring.services.computing import compute_round
from scoring.services.reopening import reopen_sheet
from tests.phone.test_sixty_sheets import marks_of

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = ("9", "8.5", "5", "5", 0, "4")
OTHER = ("7", "7.5", "3", "0", 2, "3")


@pytest.fixture
def hand(stage, handset):
    stage.round("1", 4)
    phone = handset()
    phone.sign_in(stage.people[0])
    phone.ready()
    return phone


def test_zero_is_a_mark(stage, hand):
    stop = stage.nomination("第1村")
    hand.score(stop, ("0", "0", "0", "0", 5, "0"), submit=False)
    box = hand.page.locator(".cr[data-key=a]")
    expect(box.locator("> .cn output")).to_have_text("0")
    expect(box.locator(".lo")).to_have_text("0")
    expect(box.locator(".lo")).to_have_attribute("aria-label", "更低分值，已评 0 分")
    expect(hand.page.locator("#total")).to_have_text("3")  # e keeps 3: at most 2 are taken off for 少开一次
    expect(hand.page.locator("#kept")).to_contain_text("已评 6 / 6")
    hand.score(stop, ("0", "0", "0", "0", 5, "0"))
    hand.until_sent(1)
    assert marks_of(stage.held()[0]) == {"a": "0", "b": "0", "c": "0", "d": "0", "e": "3", "f": "0"}


def test_what_is_missing_is_said_and_where(stage, hand):
    page, stop = hand.page, stage.nomination("第1村")
    hand.go(f"#/stop/{stop}")
    page.locator(".cr[data-key=a] label.ky").last.tap()
    expect(page.locator("#submit")).to_contain_text("还差 5 条")
    page.locator("#submit").tap()
    expect(page.locator("#say")).to_have_text("还差 5 条：第 2、3、4、5、6 条。")
    assert page.locator(".dlg").count() == 0
    expect(page.locator(".cr.cur")).to_have_attribute("data-key", "b")


def test_an_ended_session_asks_to_sign_in_and_loses_nothing(stage, hand, line):
    stop = stage.nomination("第1村")
    line.cut()
    hand.score(stop, GOOD)
    Session.objects.all().delete()
    line.mend()
    hand.retry()
    expect(hand.page.get_by_text("登录已过期，请重新登录")).to_be_visible()
    expect(hand.page.get_by_text("本机的 1 份评分单都在，登录后自动上传。")).to_be_visible()
    assert stage.held() == []
    hand.page.locator("a.act").click()
    hand.page.wait_for_url("**/signin/**")
    hand.sign_in(stage.people[0])
    hand.until_sent(1)
    assert len(stage.held()) == 1


def test_a_captive_portal_is_the_network(stage, hand, line):
    stop = stage.nomination("第1村")
    line.mend("portal", reading=("portal", "pass"))
    hand.score(stop, GOOD)
    expect(hand.page.locator("#pills")).to_contain_text("离线")
    assert hand.counts() == (1, 0, 0)
    hand.retry()
    assert hand.counts() == (1, 0, 0)  # the day came through, the answer to the sheet was the portal's
    line.mend()
    hand.retry()
    hand.until_sent(1)
    assert [sheet.revision for sheet in stage.held()] == [1]


def test_a_clock_a_year_wrong_is_said_and_decides_nothing(stage, hand):
    hand.page.context.clock.set_fixed_time(timezone.now() + timedelta(days=365, hours=2))
    hand.page.reload()
    hand.page.wait_for_selector(".qn")
    expect(hand.page.get_by_text("本机时间比服务器快约 365 天")).to_be_visible()
    hand.score(stage.nomination("第1村"), GOOD)
    hand.until_sent(1)
    sheet = stage.held()[0]
    assert sheet.client_time > timezone.now() + timedelta(days=364)
    assert abs(sheet.received_at - timezone.now()) < timedelta(minutes=2)


def test_a_round_closed_meanwhile_is_kept_apart_and_said(stage, hand, line):
    done, late = stage.nomination("第1村"), stage.nomination("第2村")
    hand.score(done, GOOD)
    hand.until_sent(1)
    line.cut()
    hand.score(late, OTHER)
    with tenant_scope(stage.tenant):
        compute_round(round=Round.objects.get(pk=stage.rounds[0].pk), actor=stage.office)
    line.mend()
    hand.retry()
    expect(hand.page.get_by_role("heading", name="待核对 1")).to_be_visible()
    expect(hand.page.locator("section[aria-label=待核对] em")).not_to_be_empty()
    assert hand.counts() == (0, 0, 1)
    assert hand.word(late) == "待核对"
    assert [(row.code, str(row.nomination_id)) for row in stage.apart()] == [("closed", late)]
    assert len(stage.held()) == 1


def test_two_devices_of_one_inspector(stage, hand, line, handset):
    stop = stage.nomination("第1村")
    other = handset()
    other.sign_in(stage.people[0])
    line.cut()
    other.page.context.set_offline(True)
    hand.score(stop, GOOD)
    other.score(stop, OTHER)
    line.mend()
    hand.retry()
    hand.until_sent(1)
    other.page.context.set_offline(False)
    other.retry()
    expect(other.page.get_by_role("heading", name="待核对 1")).to_be_visible()
    held, apart = stage.held(), stage.apart()
    assert [marks_of(sheet)["a"] for sheet in held] == ["9"]
    assert [row.payload["marks"]["a"] for row in apart] == ["7"]
    assert held[0].device != apart[0].device


def test_the_same_id_with_other_content_keeps_both(stage, hand, line):
    """A copy of the queue sent by somebody else with one mark changed came first: the phone's own is not lost."""
    stop = stage.nomination("第1村")
    line.cut()
    hand.score(stop, GOOD)
    row = hand.stored()["sheets"][0]
    forged = {name: row[name] for name in ("uuid", "nomination", "scheme_version", "based_on", "details_text")}
    forged |= {"marks": {**row["marks"], "a": "1"}}
    line.mend()
    answer = hand.page.evaluate(
        """async (sheet) => {
          const day = await (await fetch("/api/v1/phone/day/")).json();
          const answer = await fetch("/api/v1/phone/sheets/", {
            method: "POST", body: JSON.stringify({device: "x", sheets: [sheet]}),
            headers: {"Content-Type": "application/json", "X-CSRFToken": day.csrf_token}});
          return (await answer.json()).verdicts[0].verdict;
        }""",
        forged,
    )
    assert answer == "stored"
    hand.retry()
    expect(hand.page.get_by_role("heading", name="待核对 1")).to_be_visible()
    assert [marks_of(sheet)["a"] for sheet in stage.held()] == ["1"]
    assert [(row.code, row.payload["marks"]["a"]) for row in stage.apart()] == [("conflict", "9")]


def test_a_sent_sheet_is_locked_asked_to_reopen_and_revised(stage, hand):
    page, stop = hand.page, stage.nomination("第1村")
    hand.score(stop, GOOD)
    hand.until_sent(1)
    hand.go("#/done")
    page.locator(f"#d-{stop}").tap()
    expect(page.locator(".mk output").first).to_have_text("9")
    assert page.locator(".ks").count() == 0
    page.get_by_role("button", name="申请重开").tap()
    page.fill("#why", "第 1 条看漏了台账")
    page.get_by_role("button", name="提交申请").tap()
    expect(page.get_by_text("已申请重开：第 1 条看漏了台账")).to_be_visible()
    with tenant_scope(stage.tenant):
        nomination = Nomination.objects.get(pk=stop)
        reopen_sheet(nomination=nomination, inspector=stage.inspectors[0], reason="同意", actor=stage.office)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator("#revise").tap()
    expect(page.locator(".cr[data-key=a] > .cn output")).to_have_text("9")
    expect(page.get_by_text("修改第 1 次送达的评分单")).to_be_visible()
    hand.score(stop, OTHER)
    hand.until_sent(1)
    assert [(sheet.revision, marks_of(sheet)["a"]) for sheet in stage.held()] == [(1, "9"), (2, "7")]
    assert stage.apart() == []


def test_plain_http_in_an_office_network_has_less_and_works(stage, handset, line):
    """No locks, no service worker, no lasting storage, no ids and digests of the browser's own."""
    stage.round("1", 4)
    hand = handset(service_workers="block")
    hand.page.context.add_init_script(
        """for (const name of ["locks", "serviceWorker", "storage", "clipboard"]) delete Navigator.prototype[name];
        delete Crypto.prototype.randomUUID; delete Crypto.prototype.subtle;"""
    )
    hand.sign_in(stage.people[0])
    expect(hand.page.locator("#ready")).to_contain_text("不支持后台缓存")
    expect(hand.page.locator("#ready")).to_contain_text("没有答应长期保存，请当天上传")
    second = hand.page.context.new_page()
    second.goto(f"{line.url}/phone/")
    second.wait_for_selector(".qn")
    line.cut()
    hand.score(stage.nomination("第1村"), GOOD)
    line.mend(*["slow"] * 4)
    for page in (hand.page, second):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    hand.until_sent(1)
    assert line.seen["POST", "slow"] == 1
    assert [sheet.revision for sheet in stage.held()] == [1]


def test_words_are_kept_while_they_are_typed(stage, hand, line):
    page, stop = hand.page, stage.nomination("第1村")
    line.cut()
    hand.score(stop, GOOD, submit=False)
    page.locator("#more-1").tap()
    page.locator("#panel-1 textarea").press_sequentially("主干道有杂物")
    expect(page.locator("#kept")).to_contain_text("已存")
    page.reload()
    page.locator("#more-1").tap()
    expect(page.locator("#panel-1 textarea")).to_have_value("主干道有杂物")


def test_two_pages_of_one_phone_send_once_and_agree(stage, hand, line):
    stop = stage.nomination("第1村")
    second = hand.page.context.new_page()
    second.goto(f"{line.url}/phone/#/stop/{stop}")
    second.wait_for_selector(".cr")
    hand.score(stop, GOOD, submit=False)
    second.locator(".cr[data-key=a] label.ky").last.tap()
    expect(second.locator("#say")).to_contain_text("在另一个页面改过")
    expect(second.locator(".cr[data-key=b] > .cn output")).to_have_text("8.5")
    line.cut()
    hand.score(stop, GOOD)
    line.mend(*["slow"] * 4)
    hand.page.evaluate("window.dispatchEvent(new Event('online'))")
    second.evaluate("window.dispatchEvent(new Event('online'))")
    hand.until_sent(1)
    assert line.seen["POST", "slow"] == 1
    assert [sheet.revision for sheet in stage.held()] == [1]
