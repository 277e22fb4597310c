"""Fixtures of the phone tests: the county, a rough line before the live server, phones that keep what they stored."""

import pytest

from tests import browser as browsers
from tests.phone.handset import Handset
from tests.phone.rough_line import RoughLine
from tests.phone.stage import make_phone_stage


@pytest.fixture
def stage(transactional_db):
    return make_phone_stage()


@pytest.fixture
def line(live_server):
    rough = RoughLine(live_server.url)
    yield rough
    rough.close()


@pytest.fixture
def handset(line, phone):
    """A factory of phones, each with cookies and a store of its own."""
    return lambda **options: Handset(phone(**options).context.pages[0], line.url)


@pytest.fixture
def pocket(browser, line, tmp_path):
    """A factory of phones whose store lies in a folder: the same folder again is the same phone after a restart."""
    running = []

    def make(name: str = "phone", **options):
        context = browsers.persistent(
            browser, tmp_path / name, viewport=browsers.PHONE, is_mobile=True, has_touch=True, locale="zh-CN", **options
        )
        running.append(context)
        return Handset(context.pages[0] if context.pages else context.new_page(), line.url)

    yield make
    for context in running:
        context.close()
