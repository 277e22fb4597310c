"""Sixty sheets scored in a valley without network, across a reload and a restart, then sent over the worst of lines."""

from fractions import Fraction

import pytest
from playwright.sync_api import expect

from schemes import MarkCodec
from schemes.exact import decimal_text
from tests.phone.handset import expected_marks

pytestmark = pytest.mark.django_db(transaction=True)

HALVES = ("10", "9.5", "9", "8.5", "8", "7.5", "7", "0", "0.5", "6.5")
POSTING = ("half_request", "lost_answer", "truncate", "portal", "late_repeat", "repeat", "slow")
READING = ("half_request", "portal", "pass", "truncate", "pass", "lost_answer", "slow")


def taps_of(number: int):
    """All different enough that a mark on the wrong sheet is seen; zeros among them."""
    grade, yes = ("5", "3", "0")[number % 3], ("5", "0")[number % 2]
    return HALVES[number % 10], HALVES[(number // 10 + 3) % 10], grade, yes, number % 5, str(number % 6)


@pytest.mark.parametrize("workers", ["allow", "block"])
def test_sixty_sheets_arrive_once_and_unchanged(workers, stage, line, pocket):
    for label in ("1", "2", "3"):
        stage.round(label, 20)
    hand = pocket(service_workers=workers)
    hand.sign_in(stage.people[0])
    expect(hand.page.locator("ol.rt li")).to_have_count(60)
    if workers == "allow":
        hand.ready()
    else:
        expect(hand.page.locator("#ready")).to_contain_text("不支持后台缓存")
    stops = hand.page.eval_on_selector_all("ol.rt a", "all => all.map((each) => each.id.slice(2))")
    tapped = dict(zip(stops, map(taps_of, range(60)), strict=True))

    line.cut()
    for number, stop in enumerate(stops[:30]):
        (hand.score_by_finger if number in (0, 7) else hand.score)(stop, tapped[stop])
    hand.score(stops[30], tapped[stops[30]], submit=False)
    if workers == "allow":
        hand.page.reload()
    else:
        hand.open()
    assert hand.counts() == (30, 0, 0)
    assert hand.word(stops[30]) == "评分中"
    for stop in stops[30:45]:
        hand.score(stop, tapped[stop])
    hand.page.context.close()

    hand = pocket(service_workers=workers)
    hand.open()
    hand.page.wait_for_selector(".qn")
    assert hand.counts() == (45, 0, 0)
    for stop in stops[45:]:
        hand.score(stop, tapped[stop])
    assert hand.counts() == (60, 0, 0)
    assert stage.held() == []

    line.mend(*POSTING, reading=READING)
    for _ in range(60):
        if hand.counts() == (0, 0, 60):
            break
        hand.page.evaluate("window.dispatchEvent(new Event('online'))")
        hand.page.wait_for_timeout(300)
    assert hand.counts() == (0, 0, 60)
    met = {trouble for method, trouble in line.seen if method == "POST"}
    assert {"half_request", "lost_answer", "truncate", "late_repeat", "repeat", "portal"} <= met

    held = stage.held()
    assert len(held) == 60
    assert len({sheet.uuid for sheet in held}) == 60
    assert stage.apart() == []
    assert {str(sheet.nomination_id): marks_of(sheet) for sheet in held} == {
        stop: expected_marks(taps) for stop, taps in tapped.items()
    }
    assert {sheet.device_sequence for sheet in held} == set(range(1, 61))
    kept = hand.stored()["sheets"]
    assert {row["uuid"]: row["hash"] for row in kept} == {str(sheet.uuid): sheet.client_hash for sheet in held}


def marks_of(sheet) -> dict[str, str]:
    document = sheet.scheme_version.document
    marks = MarkCodec(document).unpack(bytes(sheet.marks))
    return {key: decimal_text(Fraction(mark)) for key, mark in zip(document.column_keys, marks, strict=True)}
