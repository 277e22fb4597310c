"""A person at a computer: signed in through the page, with what everybody does on every page. No tests here."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .county import PASSWORD

#: A busy machine answers late; a step that is right answers at last.
PATIENCE = 60_000


class Desk:
    """One signed-in person; ``tab`` is their page."""

    def __init__(self, tab: Page, base_url: str, username: str) -> None:
        self.tab, self.base_url, self.username = tab, base_url, username
        tab.set_default_timeout(PATIENCE)
        tab.set_default_navigation_timeout(PATIENCE)

    def sign_in(self, to: str = "/") -> Desk:
        self.tab.goto(f"{self.base_url}/signin/?next={to}")
        self.tab.get_by_label("账号").fill(self.username)
        self.tab.get_by_label("密码", exact=True).fill(PASSWORD)
        self.tab.get_by_role("button", name="登录").click()
        self.tab.wait_for_url(lambda address: "/signin" not in address)
        return self

    # -- everywhere

    def go(self, path: str) -> None:
        self.tab.goto(self.base_url + path)

    def click(self, name: str, *, role: str = "button", within=None) -> None:
        (within or self.tab).get_by_role(role, name=name, exact=True).first.click()

    def follow(self, name: str, within=None) -> None:
        self.click(name, role="link", within=within)

    def fill(self, label: str, text: str, within=None) -> None:
        (within or self.tab).get_by_label(label, exact=False).first.fill(text)

    def section(self, heading: str):
        """The part of the page that is named by this heading."""
        return self.tab.get_by_role("region", name=heading, exact=True)

    def decide(self, button: str, reason: str = "") -> None:
        """A button that asks again in a dialog before it does what cannot be undone."""
        self.click(button)
        dialog = self.tab.get_by_role("dialog")
        expect(dialog).to_be_visible(timeout=PATIENCE)
        if reason:
            dialog.get_by_role("textbox").fill(reason)
        self.click(button, within=dialog)

    def told(self, words: str) -> None:
        """The page says so; the first place where it does is enough."""
        expect(self.tab.get_by_text(words).first).to_be_visible(timeout=PATIENCE)

    def download(self, name: str, role: str = "link", within=None) -> bytes:
        with self.tab.expect_download() as waiting:
            self.click(name, role=role, within=within)
        with open(waiting.value.path(), "rb") as file:
            return file.read()

    def rows(self, caption: str) -> list[list[str]]:
        """What the cells of a table's body say, by its caption; hidden words left out."""
        body = self.tab.get_by_role("table", name=caption).first.locator("tbody tr:not(.cut)")
        expect(body.first).to_be_visible(timeout=PATIENCE)
        return [[" ".join(cell.split()) for cell in row.locator("th, td").all_inner_texts()] for row in body.all()]
