"""``python -m tests.screenshots``: every page of the README, of a freshly loaded demonstration, at both sizes.

Starts the product as `manage.py up` does, in a folder of its own; writes docs/screenshots/NAME.png and NAME-phone.png.
"""

import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests import browser as browsers
from tests import demo
from tests.services import free_port

SHOTS = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
#: Name, who looks, and how to get there from the workbench: addresses, or words of links to follow.
PAGES = (
    ("workbench", "limin", "/workbench/", ()),
    ("board", "limin", "/board/", ()),
    ("ranking", "limin", "/rounds/", ("第 9 轮", "进位")),
    ("explanation", "limin", "/rounds/", ("第 9 轮", "进位", "83.60")),
    ("tally", "limin", "/rounds/", ("第 9 轮", "进位", "83.60", "核分单")),
    ("robustness", "limin", "/rounds/", ("第 9 轮", "稳健性")),
    ("scheme", "limin", "/schemes/", ("“标杆50·进位百佳”创建办法",)),
    ("titles", "genglou", "/titles/", ()),
    ("townships", "genglou", "/townships/", ()),
    ("dashboard", "chenbuzhang", "/dashboard/", ()),
    ("prefecture", "guancha", "/prefecture/", ()),
    ("nominations", "shiqiao", "/nominations/", ()),
    ("control", "qingxi", "/rounds/", ("第 3 轮", "现场调度")),
    ("live", "qingxi", "/rounds/", ("第 3 轮", "现场亮分")),
    ("hall", "qingxi", "/rounds/", ("第 3 轮", "现场亮分", "大屏")),
    ("route", "qingxi", "/rounds/", ("第 3 轮", "路线", "一线")),
)


@contextmanager
def running_demo() -> Iterator[tuple[str, str]]:
    """Address and password of a demonstration that ends with the block."""
    with tempfile.TemporaryDirectory(prefix="biaogan-shots-") as folder:
        home, port = Path(folder), free_port()
        process = demo.start(home / "var", home / "console", port)
        try:
            printed = demo.wait_until_ready(process, home / "console")
            yield f"http://127.0.0.1:{port}", re.search(r"口令均为 (\S+?)）", printed).group(1)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/signin/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "signin" not in address)


def begin_draft(page: Page) -> None:
    """Copy the first shipped county into a draft and open its criteria."""
    page.goto("/schemes/drafts/new/")
    page.locator("[name=source][value*=jiande]").first.check()
    page.get_by_role("button", name="开始起草").click()
    page.locator("main a", has_text="创建标准").first.click()
    page.wait_for_load_state("networkidle")


def shoot_editor(browser: Browser, address: str, password: str) -> None:
    """The criteria of a draft, at both sizes."""
    context = browser.new_context(viewport=browsers.DESKTOP, base_url=address, locale="zh-CN")
    page = context.new_page()
    sign_in(page, "limin", password)
    begin_draft(page)
    for size, suffix in ((browsers.DESKTOP, ""), (browsers.PHONE, "-phone")):
        page.set_viewport_size(size)
        page.screenshot(path=SHOTS / f"editor{suffix}.png")
        print(f"docs/screenshots/editor{suffix}.png")
    context.close()


def shoot_phone(browser: Browser, address: str, password: str) -> None:
    """The inspector's day and one sheet, on a phone."""
    size = {"viewport": browsers.PHONE, "has_touch": True, "timezone_id": "Asia/Shanghai"}
    context = browser.new_context(base_url=address, locale="zh-CN", **size)
    page = context.new_page()
    sign_in(page, "pingshen01", password)
    page.goto("/phone/")
    page.locator("a[href*='#/stop/']").last.wait_for()
    page.screenshot(path=SHOTS / "phone-today.png")
    page.locator("main a[href*='#/stop/']", has_text="评分").first.click()
    page.get_by_role("button", name="签名提交").wait_for()
    page.screenshot(path=SHOTS / "phone-score.png")
    context.close()
    print("docs/screenshots/phone-today.png\ndocs/screenshots/phone-score.png")


def shoot(browser: Browser, address: str, password: str, size: dict[str, int], suffix: str) -> None:
    for name, username, start, links in PAGES:
        context = browser.new_context(viewport=size, base_url=address, locale="zh-CN")
        page = context.new_page()
        sign_in(page, username, password)
        page.goto(start)
        for words in links:
            page.locator("main a", has_text=words).first.click()
            page.wait_for_load_state("networkidle")
        page.screenshot(path=SHOTS / f"{name}{suffix}.png")
        context.close()
        print(f"docs/screenshots/{name}{suffix}.png")


def main() -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    with running_demo() as (address, password), browsers.chromium() as browser:
        context = browser.new_context(viewport=browsers.DESKTOP, base_url=address, locale="zh-CN")
        page = context.new_page()
        page.goto("/signin/")
        page.screenshot(path=SHOTS / "signin.png")
        context.close()
        shoot_editor(browser, address, password)
        shoot_phone(browser, address, password)
        shoot(browser, address, password, browsers.DESKTOP, "")
        shoot(browser, address, password, browsers.PHONE, "-phone")


if __name__ == "__main__":
    sys.exit(main())
