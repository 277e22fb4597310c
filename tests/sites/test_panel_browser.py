"""The pages of panels, routes and paper in a real browser: no page wider than its screen, nothing that axe finds,
A4.
"""

import io
import json
import os
from datetime import date, time

import pytest
from pypdf import PdfReader

from accounts.models import tenant_scope
from campaigns.models import Nomination
from scoring.services.keying import begin_keying, key_again
from sites.models import PanelMember
from sites.services.conflicts import ContactFacts, confirm_all, declare_conflict, put_contacts
from sites.services.drawing import draw_panel
from sites.services.inspectors import InspectorFacts, put_inspectors
from sites.services.maps import PlaceFacts, load_outline, put_places
from sites.services.panels import change_member, replace_member
from sites.services.routes import RouteFacts, create_route, order_by_nearness, plan_times, put_stops
from tests.factories import PASSWORD
from tests.pages.axe import violations
from tests.scoring import cast

pytestmark = pytest.mark.django_db(transaction=True)

OUTLINE = {"type": "Polygon", "coordinates": [[[119.2, 29.4], [119.35, 29.36], [119.46, 29.45], [119.44, 29.6],
                                               [119.3, 29.63], [119.22, 29.55], [119.2, 29.4]]]}  # fmt: skip


@pytest.fixture
def scene(db):
    """A county with a round whose panel, conflicts, route and paper forms are in every state."""
    stage = cast.set_stage()
    with tenant_scope(stage.tenant):
        homes = [stage.county.east, stage.county.west, stage.county.county]
        rows = [InspectorFacts(f"K{n:02}", f"候选{n}", homes[n % 3], "领导组" if n < 7 else "群众组") for n in range(1, 13)]
        put_inspectors(tenant=stage.tenant, rows=rows, actor=stage.first)
        round = cast.open_round(stage, dict.fromkeys(stage.villages, cast.HIGH))
        members = {row.inspector.number: row for row in PanelMember.objects.select_related("inspector", "round")}
        cast.fill(stage, round, {stage.villages[0]: (9, 9)}, "J3")
        newcomer = type(stage.J["J1"]).objects.select_related("home").get(number="K03")
        replace_member(member=members["J3"], by=newcomer, reason="临时有紧急公务", actor=stage.first)
        change_member(member=members["J2"], role="observer", group="", reason="", actor=stage.first)
        put_contacts(tenant=stage.tenant, rows=[ContactFacts(stage.J["J1"], stage.villages[2])], actor=stage.first)
        confirm_all(round=round, actor=stage.first)
        declare_conflict(inspector=stage.J["J1"], organization=stage.villages[3], note="近亲属任村党支部书记",
                         actor=stage.people["J1"])  # fmt: skip
        draw = draw_panel(round=round, seed="2026年3月10日 监督员王某 7391", sizes={"领导组": 2, "群众组": 2},
                          excluded={"K05": "出差"}, spread=True, actor=stage.first)  # fmt: skip
        places = {"杨村": (119.30, 29.50), "赵村": (119.39, 29.56), "岭后村": (119.40, 29.47), "石塘村": (119.29, 29.58)}
        put_places(rows=[PlaceFacts(row, *places[row.name]) for row in stage.villages], actor=None)
        put_places(rows=[PlaceFacts(stage.county.county, 119.27, 29.46)], actor=None)
        load_outline(tenant=stage.tenant, content=json.dumps(OUTLINE).encode(), actor=stage.first)
        facts = RouteFacts("一线", date(2026, 3, 15), time(8, 30), stage.county.county)
        route = create_route(round=round, facts=facts, actor=stage.first)
        put_stops(route=route, nominations=Nomination.objects.filter(round=round), actor=stage.first)
        order_by_nearness(route=route, actor=stage.first)
        plan_times(route=route, minutes=40, speed=40, actor=stage.first)
        keyed = begin_keying(nomination=cast.entry(round, stage.villages[1]), inspector=stage.J["J1"],
                             texts={"a": "8.5", "b": "7"}, actor=stage.first)  # fmt: skip
        key_again(keyed=keyed, texts={"a": "8", "b": "7"}, actor=stage.second)
        other = begin_keying(nomination=cast.entry(round, stage.villages[0]), inspector=stage.J["J1"],
                             texts={"a": "8.5", "b": "7"}, actor=stage.first)  # fmt: skip
    stage.ids = {"round": round.pk, "draw": draw.pk, "route": route.pk, "member": members["J1"].pk, "keyed": keyed.pk,
                 "other": other.pk}  # fmt: skip
    return stage


OFFICE = {
    "panels": "/panels/",
    "panel": "/rounds/{round}/panel/",
    "member": "/panel/{member}/",
    "draw-new": "/rounds/{round}/draw/",
    "draw": "/draws/{draw}/",
    "contacts": "/conflicts/contacts/",
    "routes": "/rounds/{round}/routes/",
    "route": "/routes/{route}/",
    "route-sheet": "/routes/{route}/sheet/",
    "places": "/places/",
    "forms": "/rounds/{round}/forms/?route={route}",
    "keying": "/keying/",
    "keying-second": "/keying/{other}/",
    "keying-differs": "/keying/{keyed}/",
}
INSPECTOR = {"my-day": "/my-day/", "my-conflicts": "/conflicts/", "my-sheet": "/routes/{route}/sheet/"}


def sign_in(tab, person):
    tab.goto("/signin/")
    tab.fill("[name=username]", person.username)
    tab.fill("[name=password]", PASSWORD)
    tab.get_by_role("button", name="登录").click()
    tab.wait_for_url(lambda address: "signin" not in address)


def look(tab, name, size):
    """Where somebody wants to see the pages, they are kept as pictures."""
    if folder := os.environ.get("BIAOGAN_LOOK"):
        tab.screenshot(path=f"{folder}/{name}-{size}.png", full_page=True)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_every_page_fits_its_screen_and_axe_finds_nothing(scene, live_server, page, phone, size):
    wrong = []
    for person, pages in ((scene.second, OFFICE), (scene.people["J1"], INSPECTOR)):
        tab = (page if size == "desk" else phone)(base_url=live_server.url)
        sign_in(tab, person)
        for name, address in pages.items():
            answer = tab.goto(address.format(**scene.ids))
            assert answer.status == 200, (name, answer.status)
            look(tab, name, size)
            if not tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
                wrong.append(f"{name}: wider than the screen")
            wrong += [f"{name}: {each}" for each in violations(tab)]
    assert wrong == []


def test_paper_is_a4_and_one_form_is_one_page(scene, live_server, page):
    """J1 leaves one contact village to the others: three forms. J2 and K03 serve in the east township: two each."""
    tab = page(base_url=live_server.url)
    sign_in(tab, scene.first)
    tab.goto(OFFICE["forms"].format(**scene.ids))
    forms = tab.locator("article.paper").count()
    pages = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True))).pages
    assert (forms, len(pages)) == (7, 7)
    assert {(round(each.mediabox.width), round(each.mediabox.height)) for each in pages} == {(595, 842)}
    tab.goto(OFFICE["route-sheet"].format(**scene.ids))
    sheet = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True))).pages
    assert len(sheet) == 1 and "一线路线单" in sheet[0].extract_text().replace(" ", "")
