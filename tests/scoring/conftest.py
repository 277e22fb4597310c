"""The stage on which tests of scoring act, with its tenant's scope open."""

import pytest
from django.test import Client

from accounts.models import tenant_scope

from . import cast


@pytest.fixture
def stage(db):
    """A county with a published scheme, a campaign and inspectors; its scope is open for the whole test."""
    stage = cast.set_stage()
    with tenant_scope(stage.tenant):
        yield stage


@pytest.fixture
def browser():
    """A function: the browser of a person."""

    def enter(user) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter
