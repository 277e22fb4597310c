"""The first wall, with the second one off: as superuser or on SQLite only the application keeps counties apart."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django_scopes import ScopeError

from accounts.models import TenantOwned, tenant_scope
from accounts.models.base import WrongTenant, across_tenants
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

OWNED = sorted(
    (model for model in apps.get_models() if issubclass(model, TenantOwned)), key=lambda model: model._meta.label
)
each_model = pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)


@pytest.fixture
def counties():
    return factories.make_tenant(), factories.make_tenant("437651", name="邻县")


def test_the_second_wall_is_off_here():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == (True,)


def test_every_model_with_a_tenant_is_tenant_owned():
    """The operation log alone is not: it also holds what happened before a tenant was known."""
    with_tenant = {model for model in apps.get_models() if any(f.name == "tenant" for f in model._meta.fields)}
    assert {model._meta.label for model in with_tenant - set(OWNED)} == {"accounts.AuditEntry"}


@each_model
@pytest.mark.parametrize(
    "ask", ["all", "count", "first", "exists", "filter", "update", "delete", "aggregate", "values", "iterator"]
)
def test_every_manager_raises_outside_a_scope(model, ask):
    with pytest.raises(ScopeError):
        found = model.objects
        found.all().exists() if ask == "exists" else getattr(found, ask)() if ask != "delete" else found.all().delete()


@each_model
def test_every_manager_filters_by_the_open_scope(model, counties):
    with tenant_scope(counties[0]):
        where = str(model.objects.all().query)
    assert "tenant_id" in where.partition("WHERE")[2]
    assert (counties[0].pk.hex in where) or (str(counties[0].pk) in where)


@each_model
def test_a_row_of_another_tenant_is_neither_saved_nor_removed(model, counties):
    mine, theirs = counties
    row = model(tenant=theirs)
    for write in (row.save, row.delete, lambda: model.objects.bulk_create([row])):
        for opened in (tenant_scope(mine), across_tenants("test")):
            with opened, pytest.raises(WrongTenant), transaction.atomic():
                write()
    for write in (row.save, row.delete):
        with pytest.raises(WrongTenant), transaction.atomic():
            write()


@each_model
def test_rows_are_not_moved_to_another_tenant_by_update(model, counties):
    with tenant_scope(counties[0]), pytest.raises(WrongTenant):
        model.objects.update(tenant=counties[1])
