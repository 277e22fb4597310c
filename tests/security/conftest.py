"""The database as the application meets it in production: connected as a role that owns nothing."""

import io
from contextlib import contextmanager

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from tests import cast
from tests.services import APP_ROLE

from . import asking


@contextmanager
def application_role():
    """Django's own connection, opened anew as the application's role; afterwards as whoever it was."""
    facts, before = connection.settings_dict, connection.settings_dict["USER"]
    call_command("grant_roles", stdout=io.StringIO())
    connection.close()
    facts["USER"] = APP_ROLE
    try:
        yield
    finally:
        connection.close()
        facts["USER"] = before


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Both counties, committed through a connection of the application's role, which the module's tests go on using."""
    with django_db_blocker.unblock():
        try:
            with application_role():
                yield cast.make_world()
        finally:
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def visitors(world):
    """Everybody by name, signed in."""
    return asking.everybody(world)


@pytest.fixture
def undone(world):
    """Whatever the test writes is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def owner(world):
    """A cursor of the superuser on the same database, for planting faults; nothing it does stays."""
    facts = connection.settings_dict
    where = {"host": facts["HOST"], "port": facts["PORT"], "dbname": facts["NAME"]}
    link = psycopg2.connect(**where, user="postgres")
    with link.cursor() as cursor:
        yield cursor
    link.rollback()
    link.close()
