"""A county with an administrator, signed in, and what its neighbour has."""

from types import SimpleNamespace

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import tenant_scope
from tests import factories


@pytest.fixture
def tenant(db):
    return factories.make_tenant()


@pytest.fixture
def other(db):
    return factories.make_tenant("330183", name="邻县市")


@pytest.fixture
def scope(tenant):
    """The tenant's scope, open for the whole test."""
    with tenant_scope(tenant):
        yield tenant


@pytest.fixture
def county(tenant):
    return factories.make_county(tenant)


@pytest.fixture
def admin(tenant):
    return factories.make_person(tenant, Role.COUNTY_ADMIN, username="lina", display_name="李娜")


@pytest.fixture
def signed_in():
    """A function: the browser of a person."""

    def enter(user) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def as_admin(admin, signed_in):
    return signed_in(admin)


@pytest.fixture
def platform(db):
    """The platform's tenant with its three administrators."""
    home = factories.make_tenant("platform", name="平台", kind="platform")
    return SimpleNamespace(
        tenant=home,
        system=factories.make_person(home, Role.SYSTEM_ADMIN),
        security=factories.make_person(home, Role.SECURITY_ADMIN),
        audit=factories.make_person(home, Role.AUDIT_ADMIN),
    )
