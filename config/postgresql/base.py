"""The backend: Django's own with cursors that name the tenant. Everything else is inherited."""

import re
from typing import Any

from django.db.backends.postgresql import base, operations, schema

from .cursor import TenantCursor

PREFIX = re.compile(r"^SET LOCAL app\.tenant TO '[^']*'; ")


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """What the application asked, without the tenant in front: logs and query counts read as on any backend."""
        said = super().last_executed_query(cursor, sql, params)
        return PREFIX.sub("", said) if isinstance(said, str) else said


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    def execute(self, sql: Any, params: Any = ()) -> None:
        """A new foreign key is checked against all rows; the owner who adds it is under the policies too."""
        from accounts.models.base import across_tenants

        with across_tenants("a new key is checked against all rows"):
            super().execute(sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor

    def get_connection_params(self) -> dict[str, Any]:
        return super().get_connection_params() | {"cursor_factory": TenantCursor}
