"""The only writer of the operation log. The database refuses to change or delete what is written here."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django_scopes import get_scope

from ..models import AuditEntry, Tenant, User


@dataclass(frozen=True)
class Origin:
    """Where the present act comes from; empty for commands and background work."""

    address: str | None = None
    request_id: str = ""


_origin: ContextVar[Origin] = ContextVar("audit_origin", default=Origin())


@contextmanager
def acting_from(*, address: str | None, request_id: str) -> Iterator[None]:
    """Everything recorded inside carries this address and request id."""
    token = _origin.set(Origin(address or None, request_id[:64]))
    try:
        yield
    finally:
        _origin.reset(token)


def record(
    *,
    actor: User | None,
    verb: str,
    target: models.Model | str | None = None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    tenant: Tenant | None = None,
    succeeded: bool = True,
) -> AuditEntry:
    """Write one entry. ``tenant`` defaults to the open scope's; ``actor`` None is the system itself."""
    origin = _origin.get()
    return AuditEntry.objects.create(
        tenant=tenant or get_scope().get("tenant"),
        actor=actor,
        actor_name=str(actor)[:60] if actor else "系统",
        verb=verb,
        target_type=str(target._meta.verbose_name)[:40] if isinstance(target, models.Model) else "",
        target_id=str(target.pk)[:40] if isinstance(target, models.Model) else "",
        target_label=str(target)[:120] if target is not None else "",
        old=plain(old or {}),
        new=plain(new or {}),
        succeeded=succeeded,
        address=origin.address,
        request_id=origin.request_id,
    )


def plain(value: Any) -> Any:
    """Turn ids, decimals, dates and rows into what JSON holds, exactly: no number passes through a float."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (uuid.UUID, Decimal)):
        return str(value)
    return value
