"""Fixtures that every part of the suite may use: the browser, pages of both sizes, the demonstration server."""

import pytest

from tests import browser as browsers
from tests import demo


@pytest.fixture(scope="session")
def browser():
    """One real Chromium per worker."""
    with browsers.chromium() as running:
        yield running


@pytest.fixture
def page(browser):
    """A factory of pages, desktop-sized unless told; every page has cookies of its own and is closed after the test."""
    contexts = []

    def make(*, viewport=None, base_url=None, **options):
        size = viewport or browsers.DESKTOP
        context = browser.new_context(viewport=size, base_url=base_url, locale="zh-CN", **options)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def phone(page):
    """A page as wide as a small phone."""
    return lambda **options: page(viewport=browsers.PHONE, is_mobile=True, has_touch=True, **options)


@pytest.fixture(scope="session")
def demo_server():
    """`base_url`, `var` and `output` of the one demonstration server of this run."""
    return demo.shared_server()
