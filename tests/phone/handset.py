"""A phone in a hand: opening the page, signing in, tapping a sheet, looking at what the page says. No tests here."""

import json

from playwright.sync_api import expect

from tests.factories import PASSWORD

#: What is tapped for one sheet: texts of the keys a, b, c, d and f, and how often 少开一次 for e (0: 不扣分).
Taps = tuple[str, str, str, str, int, str]
ORDER = ("a", "b", "c", "d", "e", "f")

#: The same keys and buttons by script: clicks on the page's own controls, nothing else.
FILL = """async ({marks, name}) => {
  const until = async (what, test) => {
    for (let i = 0; i < 1000; i += 1) {
      const found = test();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`${what}: ${document.getElementById("app").innerText.slice(0, 300)}`);
  };
  const box = (key) => document.querySelector(`.cr[data-key="${key}"]`);
  const press = async (key, mark) => {
    const radio = box(key).querySelector(`input[value="${mark}"]`);
    if (radio) { radio.click(); return; }
    box(key).querySelector(".lo").click();
    const lower = await until(`key ${mark}`,
      () => [...document.querySelectorAll(".lw button")].find((each) => each.textContent === mark));
    lower.click();
  };
  await until("sheet", () => box("a"));
  for (const key of ["a", "b", "c", "d", "f"]) await press(key, marks[key]);
  if (!marks.e) box("e").querySelector("input[type=radio]").click();
  for (let i = 0; i < marks.e; i += 1) box("e").querySelector(".li button:last-of-type").click();
  await until("saved", () => document.getElementById("kept").textContent.includes("已存"));
  if (name === null) return;
  document.getElementById("submit").click();
  await until("signature", () => document.getElementById("by-name"));
  document.getElementById("by-name").click();
  document.querySelector(".dlg .btn.go").click();
  await until("day", () => document.querySelector(".qn"));
}"""


def expected_marks(taps: Taps) -> dict[str, str]:
    """By hand: e is 5 less half a point each time, at most 2."""
    left = {0: "5", 1: "4.5", 2: "4", 3: "3.5", 4: "3", 5: "3"}[taps[4]]
    return dict(zip(ORDER, (*taps[:4], left, taps[5]), strict=True))


class Handset:
    """One page on one phone; ``base`` is the line it goes over."""

    def __init__(self, page, base: str) -> None:
        self.page, self.base = page, base

    def open(self, rest: str = "") -> None:
        self.page.goto(f"{self.base}/phone/{rest}")

    def sign_in(self, user) -> None:
        """From wherever the page is: by its own link where it asks, else straight."""
        if "/signin/" not in self.page.url:
            self.page.goto(f"{self.base}/signin/?next=/phone/")
        self.page.fill("[name=username]", user.username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url("**/phone/**")
        self.page.wait_for_selector(".tab, .fl")

    def ready(self) -> None:
        """Until the page says that it works without a network."""
        expect(self.page.locator("#ready")).to_contain_text("已备好离线使用", timeout=15000)

    def go(self, hash_: str) -> None:
        self.page.evaluate("(hash) => { location.hash = hash; }", hash_)

    def score(self, nomination: str, taps: Taps, *, submit: bool = True) -> None:
        """By script, through the page's own controls."""
        self.go(f"#/stop/{nomination}")
        marks = dict(zip(ORDER, taps, strict=True))
        self.page.evaluate(FILL, {"marks": marks, "name": "" if submit else None})

    def score_by_finger(self, nomination: str, taps: Taps) -> None:
        """The same, every key by a real tap, the signature drawn."""
        page = self.page
        self.go(f"#/stop/{nomination}")
        for key, mark in zip(ORDER, taps, strict=True):
            box = page.locator(f".cr[data-key={key}]")
            if key == "e":
                for _ in range(int(mark)):
                    box.locator(".li").first.get_by_role("button", name="加一次").tap()
                if not mark:
                    box.locator("label.ky").tap()
            elif box.locator(f"input[value='{mark}']").count():
                box.locator(f"label.ky:has(input[value='{mark}'])").tap()
            else:
                box.locator(".lo").tap()
                page.locator(".lw button").get_by_text(str(mark), exact=True).tap()
        page.locator("#submit").tap()
        self.draw_signature()
        page.locator(".dlg .btn.go").tap()
        page.wait_for_selector(".qn")

    def draw_signature(self) -> None:
        self.page.locator("canvas.ink").scroll_into_view_if_needed()
        box = self.page.locator("canvas.ink").bounding_box()
        self.page.mouse.move(box["x"] + 30, box["y"] + 40)
        self.page.mouse.down()
        for step in range(1, 12):
            self.page.mouse.move(box["x"] + 30 + step * 15, box["y"] + 40 + (step % 3) * 25)
        self.page.mouse.up()

    # -- what it says

    def counts(self) -> tuple[int, int, int]:
        """Waiting, failed, sent, as on the page of the day."""
        self.go("#/")
        self.page.wait_for_selector(".qn")
        return tuple(int(self.page.locator(f"#n-{name} b").inner_text()) for name in ("waiting", "failed", "sent"))

    def until_sent(self, count: int, *, seconds: int = 60) -> None:
        self.go("#/")
        expect(self.page.locator("#n-waiting b")).to_have_text("0", timeout=seconds * 1000)
        expect(self.page.locator("#n-sent b")).to_have_text(str(count), timeout=10000)

    def retry(self) -> None:
        self.go("#/queue")
        self.page.locator("#retry").click()

    def word(self, nomination: str) -> str:
        self.go("#/")
        return self.page.locator(f"#s-{nomination} .bd").inner_text()

    def stored(self) -> dict:
        """Every row in the phone's store, to look at; never to write."""
        return json.loads(self.page.evaluate(STORED))


STORED = """() => new Promise((resolve) => {
  const request = indexedDB.open("biaogan-phone");
  request.onsuccess = () => {
    const names = [...request.result.objectStoreNames];
    const transaction = request.result.transaction(names);
    const all = {};
    names.forEach((name) => {
      transaction.objectStore(name).getAll().onsuccess = (event) => { all[name] = event.target.result; };
    });
    transaction.oncomplete = () => { request.result.close(); resolve(JSON.stringify(all)); };
  };
})"""
