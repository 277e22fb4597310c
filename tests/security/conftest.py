"""The database as the application meets it in production: connected as a role that owns nothing."""

from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection

from tests.services import APP_ROLE


@contextmanager
def application_role():
    """Django's own connection, opened anew as the application's role; afterwards as whoever it was."""
    facts, before = connection.settings_dict, connection.settings_dict["USER"]
    call_command("grant_roles", verbosity=0, stdout=open_nowhere())
    connection.close()
    facts["USER"] = APP_ROLE
    try:
        yield
    finally:
        connection.close()
        facts["USER"] = before


def open_nowhere():
    import io

    return io.StringIO()


@pytest.fixture
def as_application(transactional_db):
    """Real transactions on a connection of the application's role; the owner cleans up."""
    with application_role():
        yield connection
