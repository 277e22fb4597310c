"""The page itself: small, quick, kept by browsers, the same for everybody, exact, usable by thumb, keys and readers."""

import hashlib
import io
import os
import re
from fractions import Fraction
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from accounts.models import tenant_scope
from scoring.models import SheetPhoto
from scoring.phone_files import phone_files
from tests.browser import ROOT
from tests.phone.test_troubles import GOOD

pytestmark = pytest.mark.django_db(transaction=True)

AXE = ROOT / "node_modules/axe-core/axe.min.js"
SMALL = """() => [...document.querySelectorAll("a, button, input, textarea, summary, label.ky")]
  .filter((each) => each.offsetParent && !each.matches(".skip, .vh, label [type=checkbox]"))
  .map((each) => ({ what: each.outerHTML.slice(0, 80), box: each.getBoundingClientRect() }))
  .filter(({ box }) => Math.round(box.width) < 44 || Math.round(box.height) < 44)
  .map(({ what, box }) => `${box.width}x${box.height} ${what}`)"""
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}


@pytest.fixture
def hand(stage, handset):
    stage.round("1", 4)
    phone = handset()
    phone.sign_in(stage.people[0])
    phone.ready()
    return phone


# --- the shell -----------------------------------------------------------------------------------


def test_the_shell_is_the_same_for_everybody_and_kept_for_a_week(stage):
    person = Client()
    person.force_login(stage.people[0])
    anonymous, known = Client().get("/phone/"), person.get("/phone/")
    assert anonymous.content == known.content
    assert anonymous["ETag"] == known["ETag"]
    assert known["Cache-Control"] == "max-age=604800"
    assert known["Vary"] == "Accept-Encoding"
    assert known["X-Biaogan"] == "1"
    assert stage.people[0].display_name not in known.content.decode()
    assert Client().get("/phone/", headers={"If-None-Match": known["ETag"]}).status_code == 304


def test_files_are_kept_for_ever_under_the_hash_of_all_of_them(stage):
    files = phone_files()
    shell = Client().get("/phone/").content.decode()
    named = set(re.findall(r'/phone/files/\w+/[\w.-]+', shell))
    assert {address.split("/")[3] for address in named} == {files.version}
    for address in sorted(named):
        answer = Client().get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "max-age=31536000, immutable"
        assert answer["Vary"] == "Accept-Encoding"
    gone = reverse("scoring:phone_asset", args=["0" * 16, "main.js"])
    assert Client().get(gone).status_code == 404
    assert {name for name in files.files if name.endswith(".js")} == {
        address.rsplit("/", 1)[1] for address in named if address.endswith(".js")
    }


def test_the_service_worker_names_every_file_and_its_scope(stage):
    answer = Client().get("/phone/sw.js")
    files = phone_files()
    assert answer["Service-Worker-Allowed"] == "/phone/"
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Content-Type"].startswith("text/javascript")
    text = answer.content.decode()
    for name in files.files:
        assert (f"/phone/files/{files.version}/{name}" in text) == (not name.endswith(".png"))
    manifest = Client().get("/phone/manifest.webmanifest")
    assert manifest.json()["scope"] == manifest.json()["start_url"] == "/phone/"
    assert manifest["Content-Type"] == "application/manifest+json"
    for icon in manifest.json()["icons"]:
        assert Client().get(icon["src"])["Content-Type"] == "image/png"


def test_weight_and_first_paint_on_a_throttled_phone(stage, handset):
    """Slow 4G (150 ms, 1.6 Mbit/s), a processor four times slower. What must come before the first paint is counted
    always; the clock is believed only while the machine is not crowded, as throttled seconds of a queue say nothing.
    """
    paints = []
    while len(paints) < 6 and min(paints, default=1000) >= 1000:
        hand = handset(service_workers="block")
        session = hand.page.context.new_cdp_session(hand.page)
        weights = []
        session.on("Network.loadingFinished", lambda event, all=weights: all.append(event["encodedDataLength"]))
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        hand.open()
        expect(hand.page.locator("#title")).to_be_visible()
        hand.page.wait_for_load_state("networkidle")
        paints.append(hand.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        print(f"first contentful paint {paints[-1]:.0f} ms, {sum(weights)} bytes with all headers")
        assert sum(weights) < 100_000
    blocking = hand.page.evaluate(
        "performance.getEntriesByType('resource').filter((each) => each.renderBlockingStatus === 'blocking')"
        ".map((each) => [each.name.split('/').pop(), each.encodedBodySize])"
    )
    assert [name for name, _ in blocking] == ["phone.css"]
    assert blocking[0][1] < 12_000
    assert min(paints) < 1000 or os.getloadavg()[0] > os.cpu_count()


# --- exact ---------------------------------------------------------------------------------------


def test_numbers_and_digests_agree_with_python(stage, handset):
    hand = handset()
    hand.open()
    folder = f"/phone/files/{phone_files().version}"
    texts = ["", "abc", "第1村" * 40, "x" * 55, "x" * 56, "x" * 64, "x" * 100_000]
    digests = hand.page.evaluate(
        "async ([at, texts]) => { const m = await import(`${at}/digest.js`); return texts.map(m.sha256); }",
        [folder, texts],
    )
    assert digests == [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    numbers = ["0.1", "0.2", "４．５", "10", "7.05", "10/3", ".5", "3 分"]
    added = hand.page.evaluate(
        "async ([at, texts]) => { const m = await import(`${at}/exact.js`); return m.text(m.sum(texts)); }",
        [folder, numbers],
    )
    # 0.1 + 0.2 + 4.5 + 10 + 7.05 + 0.5 + 3 = 25.35, and 10/3 more
    assert Fraction(added) == Fraction("25.35") + Fraction(10, 3)
    none = hand.page.evaluate(
        "async (at) => { const m = await import(`${at}/exact.js`); return ['', '4,5', '1e3', '1/0'].map(m.parse); }",
        folder,
    )
    assert none == [None] * 4


def test_ids_are_made_where_the_browser_has_no_crypto_of_secure_pages(stage, handset):
    hand = handset()
    hand.page.add_init_script("delete Crypto.prototype.randomUUID; delete Crypto.prototype.subtle;")
    hand.open()
    address = f"/phone/files/{phone_files().version}/digest.js"
    made = hand.page.evaluate("async (at) => { const m = await import(at); return [m.uuid4(), m.uuid4()]; }", address)
    assert made[0] != made[1]
    assert [UUID(each).version for each in made] == [4, 4]


# --- for everybody's hands -------------------------------------------------------------------------


def looked_at(hand, name):
    """axe finds nothing, every target is large enough, nothing is wider than the screen."""
    page = hand.page
    page.wait_for_timeout(50)
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run().then((all) => all.violations.map((each) => `${each.id}: ${each.nodes.map((n) => n.target)}`))"
    )
    assert (name, found) == (name, [])
    assert (name, page.evaluate(SMALL)) == (name, [])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


@pytest.mark.parametrize("width", [360, 390])
def test_every_state_of_the_page_is_usable(stage, hand, line, width):
    page = hand.page
    page.set_viewport_size({"width": width, "height": 740 if width == 360 else 844})
    first, second = stage.nomination("第1村"), stage.nomination("第2村")
    looked_at(hand, "today")
    hand.score(first, ("0", "9", "3", "0", 2, "4"), submit=False)
    for more in page.locator(".cn").all():
        more.click()
    page.locator(".fr summary").click()
    page.get_by_role("button", name="这一站弃权").click()
    page.get_by_role("button", name="不弃权，照常评分").click()
    looked_at(hand, "sheet")
    page.locator(".cr[data-key=a] .lo").click()
    looked_at(hand, "lower")
    page.keyboard.press("Escape")
    page.locator("#submit").click()
    looked_at(hand, "signature")
    page.keyboard.press("Escape")
    hand.score(first, GOOD)
    hand.until_sent(1)
    line.cut()
    hand.score(second, GOOD)
    for hash_ in ("#/", "#/queue", "#/done", "#/me", f"#/stop/{first}", f"#/stop/{second}"):
        hand.go(hash_)
        looked_at(hand, hash_)


def test_a_sheet_is_filled_in_by_keyboard_alone(stage, hand):
    page = hand.page
    hand.go(f"#/stop/{stage.nomination('第1村')}")
    page.locator(".cr[data-key=a] .ks input").last.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".cr[data-key=a] > .cn output")).to_have_text("9.5")
    page.locator("#onward").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator(".cr[data-key=b] > .cn output").inner_text() != "未评"
    expect(page.locator("#kept")).to_contain_text("已存")


def test_a_code_at_the_stop_opens_its_sheet(stage, hand):
    stop = stage.nomination("第2村")
    hand.open(f"?stop={stop.upper()}")
    expect(hand.page.locator("h1")).to_contain_text("第2村")
    expect(hand.page.locator(".cr").first).to_be_visible()
    assert hand.page.url.endswith(f"/phone/#/stop/{stop}")
    hand.open("?stop=11111111-1111-4111-8111-111111111111")
    expect(hand.page.get_by_text("这个组织不在您的路线上")).to_be_visible()


def test_abstaining_needs_a_reason_and_sends_no_marks(stage, hand):
    page = hand.page
    hand.score(stage.nomination("第1村"), GOOD, submit=False)
    page.get_by_role("button", name="这一站弃权").tap()
    page.locator("#submit").tap()
    expect(page.locator("#say")).to_have_text("请写弃权的理由。")
    page.fill("#abstain", "与该村书记有亲属关系")
    page.locator("#submit").tap()
    page.get_by_label("不便手写").check()
    page.locator(".dlg .btn.go").tap()
    hand.until_sent(1)
    sheet = stage.held()[0]
    assert sheet.abstained
    assert sheet.details["abstained"] == "与该村书记有亲属关系"


def test_a_photo_goes_after_its_sheet_without_where_it_was_taken(stage, hand, line, tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "secret place"
    data = io.BytesIO()
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(data, "JPEG", exif=exif)
    assert b"secret place" in data.getvalue()
    page = hand.page
    hand.score(stage.nomination("第1村"), GOOD, submit=False)
    page.locator(".ft input[type=file]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}
    )
    expect(page.locator(".ft .ph img")).to_have_count(1)
    size = page.locator(".ft .ph img").evaluate("(image) => [image.naturalWidth, image.naturalHeight]")
    assert size == [1600, 1200]
    line.cut()
    hand.score(stage.nomination("第1村"), GOOD)
    assert len(hand.stored()["photos"]) == 1
    line.mend("pass", "half_request")
    hand.retry()
    hand.page.wait_for_timeout(200)
    line.mend()
    for _ in range(20):
        if not hand.stored()["photos"]:
            break
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(500)
    with tenant_scope(stage.tenant):
        photo = SheetPhoto.objects.get()
    assert str(photo.sheet_uuid) == str(stage.held()[0].uuid)
    assert photo.inspector == stage.inspectors[0]
