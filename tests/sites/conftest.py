"""The county on which tests of panels and routes act, with its tenant's scope open; and one whose panel is to be
made.
"""

import pytest

from accounts.models import tenant_scope
from sites.services.inspectors import InspectorFacts, put_inspectors
from tests.scoring import cast


@pytest.fixture
def stage(db):
    stage = cast.set_stage()
    with tenant_scope(stage.tenant):
        yield stage


@pytest.fixture
def many(stage):
    """Nine more inspectors K1 to K9 of two groups: of the east township, the west township and the county in turn."""
    homes = [stage.county.east, stage.county.west, stage.county.county]
    rows = [
        InspectorFacts(f"K{n}", f"候选{n}", homes[(n - 1) % 3], "领导组" if n <= 4 else "群众组") for n in range(1, 10)
    ]
    put_inspectors(tenant=stage.tenant, rows=rows, actor=stage.first)
    return stage
