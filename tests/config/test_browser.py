"""The harness itself: a real browser draws Chinese text and obeys the policy of a page."""

import pytest


def test_chinese_is_drawn_with_real_glyphs(page):
    """A missing font draws the same box for every character; two characters must differ."""
    sheet = page()
    sheet.set_content("<p id=a style='width:40px'>党</p><p id=b style='width:40px'>建</p>")
    assert sheet.locator("#a").screenshot() != sheet.locator("#b").screenshot()


@pytest.mark.django_db(transaction=True)
def test_inline_script_does_not_run(page, live_server):
    sheet = page()
    answer = sheet.goto(f"{live_server.url}/no-such-page")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    sheet.evaluate(
        "() => { const made = document.createElement('script'); made.text = 'window.ran = 1';"
        " document.body.append(made) }"
    )
    assert sheet.evaluate("() => window.ran") is None
