"""What every tenant-owned table has: a tenant, a UUID key, a manager that raises outside a scope.

django-scopes guards reads through ``objects``. Writes are checked here: a row of another tenant
than the scope's is refused, whether it is saved alone or in bulk.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django_scopes import ScopedManager, get_scope, scope

from .tenant import Tenant


class WrongTenant(Exception):
    """A row was about to be written outside its tenant's scope: a programming error, never a person's."""


def tenant_scope(tenant: Tenant) -> Any:
    """Open the scope of one tenant: ``with tenant_scope(tenant): ...``. Middleware and tasks use it."""
    return scope(tenant=tenant, across="")


def across_tenants(reason: str) -> Any:
    """Read, and only read, over all tenants: ``with across_tenants("why"): rows = list(...)``.

    Both walls stand aside for reading, so what is read must be taken inside the block. PostgreSQL refuses writes
    there. Every place that calls this is listed in ``tests/security/test_escapes.py``.
    """
    if not reason:
        raise ValueError("say why all tenants are read")
    return scope(_enabled=False, tenant=None, across=reason)


def require_tenant(tenant_id: object) -> None:
    """Raise unless the open scope is that of ``tenant_id``."""
    current = get_scope().get("tenant")
    if current is None or current.pk != tenant_id:
        raise WrongTenant(f"scope is {current and current.pk}, row belongs to {tenant_id}")


class TenantQuerySet(models.QuerySet):
    """A queryset whose writes stay in the open tenant."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        for tenant_id in {row.tenant_id for row in rows}:
            require_tenant(tenant_id)
        return super().bulk_create(rows, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        if {"tenant", "tenant_id"} & kwargs.keys():
            raise WrongTenant("a row never changes its tenant")
        return super().update(**kwargs)


class TenantOwned(models.Model):
    """Base of every tenant-owned model; ``tenant`` never changes after the insert."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name="租户")

    objects = ScopedManager(tenant="tenant", _manager_class=models.Manager.from_queryset(TenantQuerySet))

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        require_tenant(self.tenant_id)
        super().save(*args, **kwargs)

    def _do_update(self, base_qs: models.QuerySet, *args: Any, **kwargs: Any) -> bool:
        # Django saves by primary key alone; a known id of another tenant must not become a way to overwrite its row.
        return super()._do_update(base_qs.filter(tenant_id=self.tenant_id), *args, **kwargs)  # type: ignore[misc]

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        require_tenant(self.tenant_id)
        return super().delete(*args, **kwargs)
