"""Fixtures of the walks: the installation of this run, and a blank county on it with everybody's desk and phone."""

import pytest

from tests import browser as browsers

from .county import BlankCounty
from .installation import shared_installation
from .stages import Walk


@pytest.fixture(scope="session")
def installation():
    return shared_installation()


@pytest.fixture
def walk(installation, page):
    """A factory: a walk in a county of its own, so that no test waits for what another one does."""

    def make(code: str) -> Walk:
        county = installation.settle(BlankCounty(code, f"第{code[-2:]}县"))
        return Walk(
            installation.base_url,
            county,
            desk=page,
            phone=lambda: page(viewport=browsers.PHONE, is_mobile=True, has_touch=True),
        )

    return make
