"""The cursor that names the tenant of the open scope to PostgreSQL, as ``app.tenant``, with every statement.

The name travels in front of the statement (``SET LOCAL ...; SELECT ...``), so it costs no round trip, and it is local:
outside ``atomic`` it ends with the statement, inside with the transaction. Nothing is remembered between statements,
so rollbacks, savepoints, persistent and pooled connections and changes of scope cannot leave a wrong name behind.
No scope names nobody, and policies then raise. Leaves alone: which scope is open (django-scopes decides).
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django_scopes import get_scope
from psycopg2 import extensions, sql

ALL_TENANTS = "*"


def tenant_named() -> str:
    """What ``app.tenant`` must say now: a tenant's id, ``*`` inside ``across_tenants``, '' outside any scope.

    Any scope opened inside ``across_tenants`` ends it until that scope closes.
    """
    scope = get_scope()
    tenant = scope.get("tenant")
    if hasattr(tenant, "pk"):
        return str(UUID(str(tenant.pk)))
    return ALL_TENANTS if tenant is None and scope.get("across") else ""


class TenantCursor(extensions.cursor):
    """Also what code gets that asks psycopg2 itself for a cursor of Django's connection."""

    _declared_for = ""

    def execute(self, query: Any, vars: Any = None) -> None:
        if self.name is None:
            return super().execute(self._named(query), vars)
        self._declared_for = tenant_named()
        with _Announced(self.connection, self._declared_for):
            return super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Iterable[Any]) -> None:
        return super().executemany(self._named(query), vars_list)

    def callproc(self, procname: str, parameters: Sequence[Any] = ()) -> Any:
        with _Announced(self.connection, tenant_named()):
            return super().callproc(procname, parameters)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        with _Announced(self.connection, tenant_named()):
            return super().copy_expert(sql, file, size)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """A server-side cursor looks at its rows when they are fetched, perhaps after the scope has changed."""
        if self.name is None or self.connection.autocommit:  # in autocommit the rows were taken at execute
            return super().fetchmany(size or self.arraysize)
        with _Announced(self.connection, self._declared_for):
            return super().fetchmany(size or self.arraysize)

    def _named(self, query: Any) -> Any:
        """The statement with the tenant in front, in the type it came in."""
        prefix = prefix_for(self.connection)
        if not prefix:
            return query
        if isinstance(query, sql.Composable):
            query = query.as_string(self)
        return prefix.encode() + query if isinstance(query, bytes) else prefix + query


def prefix_for(link: extensions.connection) -> str:
    """Nothing where nothing can be left over (autocommit, no scope) or only ROLLBACK is heard (after a failure)."""
    named = tenant_named()
    if link.autocommit and not named:
        return ""
    if link.get_transaction_status() == extensions.TRANSACTION_STATUS_INERROR:
        return ""
    return f"SET LOCAL app.tenant TO '{named}'; "


class _Announced:
    """For statements that take no prefix (COPY, server-side cursors): a statement of its own before.

    In autocommit a local setting would be gone at once, so there it is set for the session and taken back after.
    """

    def __init__(self, link: extensions.connection, named: str) -> None:
        self._link, self._named = link, named

    def __enter__(self) -> None:
        if self._link.autocommit:
            self._say(f"SET app.tenant TO '{self._named}'")
        elif self._link.get_transaction_status() != extensions.TRANSACTION_STATUS_INERROR:
            self._say(f"SET LOCAL app.tenant TO '{self._named}'")

    def __exit__(self, *failure: Any) -> None:
        if self._link.autocommit and not self._link.closed:
            self._say("RESET app.tenant")

    def _say(self, statement: str) -> None:
        with extensions.cursor(self._link) as plain:
            plain.execute(statement)
