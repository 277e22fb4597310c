"""Every page of the product in a real browser, at both sizes: it opens, axe finds nothing, nothing sticks out.

Which pages there are is read from the table of addresses (``tests/security/routes.py``), so a new page is looked at as
soon as it is classified. With BIAOGAN_SHOTS naming a folder every page is also kept there as a picture.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from accounts.enums import Role
from tests import browser as browsers
from tests import cast
from tests.security.asking import values
from tests.security.routes import PUBLIC, SIGNED_IN, Route, routes

from .axe import violations

pytestmark = [pytest.mark.django_db]

#: Answers that are no pages: files, machine's doors, and what only moves on.
NO_PAGE = re.compile(
    r"^api/|\.(xlsx|docx|pdf|zip|csv|yaml|json|png|jpg|svg|js|webmanifest)$|<str:extension>|^(healthz|readyz|metrics)$"
    r"|/file/|/files/|/preview/|/thumbnail/|/progress/|/(control|live)/board/|^sheet-photos/|^i18n/|^$"
)
#: Who opens what: the first three see different things on the same page, the others only what nobody saw before.
EVERYTHING = (Role.COUNTY_ADMIN, Role.TOWNSHIP_SECRETARY, Role.INSPECTOR, Role.LEADER)
THE_REST = (Role.OBSERVER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
NARROW = {"width": 360, "height": 740}
STICKS_OUT = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Two counties, committed once for all pages."""
    from django.core.management import call_command

    with django_db_blocker.unblock():
        yield cast.make_world()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def _django_db_helper(world):
    """In place of pytest-django's: the world stays for the module."""


def is_page(route: Route) -> bool:
    return "GET" in route.methods and not NO_PAGE.search(route.pattern)


def pages_of(role: str) -> list[Route]:
    from accounts.access import GRANTS

    def may(name: str, route: Route) -> bool:
        return bool({str(right) for right in GRANTS[name]} & set(route.permissions))

    own = [route for route in routes() if is_page(route) and may(role, route)]
    if role in EVERYTHING:
        return own
    return [route for route in own if not any(may(other, route) for other in EVERYTHING)]


def people(world) -> dict[str, object]:
    return {**world.home.people, **world.admins}


def signed_in(context, live_server, user) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])


@pytest.mark.parametrize("role", [*EVERYTHING, *THE_REST])
def test_every_page_of_a_role(role, world, live_server, page):
    tab = page(base_url=live_server.url)
    signed_in(tab.context, live_server, people(world)[role])
    wrong = [line for route in pages_of(role) for line in look(tab, role, route, world.home)]
    assert wrong == [], "\n".join(wrong)


def test_every_page_that_asks_no_post(world, live_server, page):
    tab = page(base_url=live_server.url)
    open_to_all = [route for route in routes() if is_page(route) and PUBLIC in route.permissions]
    wrong = [line for route in open_to_all for line in look(tab, "anybody", route, world.home)]
    signed_in(tab.context, live_server, world.home.people[Role.LEADER])
    for route in routes():
        if is_page(route) and SIGNED_IN in route.permissions:
            wrong += look(tab, "signed in", route, world.home)
    assert wrong == [], "\n".join(wrong)


def look(tab, role: str, route: Route, county) -> Iterator[str]:
    """What is wrong with one page, at both sizes."""
    path = route.path(values(county))
    tab.set_viewport_size(browsers.DESKTOP)
    answer = tab.goto(path)
    if answer is None or answer.status not in (200, 404):
        yield f"{role} {path}: {answer and answer.status}"
        return
    for size, name in ((browsers.DESKTOP, "desktop"), (NARROW, "phone")):
        tab.set_viewport_size(size)
        keep(tab, role, route, name)
        yield from (f"{role} {path} {name}: {line}" for line in violations(tab))
        if (extra := tab.evaluate(STICKS_OUT)) > 1:
            yield f"{role} {path} {name}: 页面比屏幕宽 {extra} px"


def keep(tab, role: str, route: Route, size: str) -> None:
    if folder := os.environ.get("BIAOGAN_SHOTS"):
        name = re.sub(r"[^\w]+", "-", route.pattern).strip("-") or "home"
        tab.screenshot(path=Path(folder) / f"{role.replace(' ', '-')}__{name}__{size}.png", full_page=True)
