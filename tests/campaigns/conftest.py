"""The stage of the scoring tests: campaigns and scoring are told of the same county."""

import pytest

from accounts.models import tenant_scope
from tests.scoring import cast


@pytest.fixture
def stage(db):
    """A county with a published scheme and a campaign; its scope is open for the whole test."""
    stage = cast.set_stage()
    with tenant_scope(stage.tenant):
        yield stage
