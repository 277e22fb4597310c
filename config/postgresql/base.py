"""The backend: Django's own with cursors that name the tenant. Everything else is inherited."""

import re
from typing import Any

from django.db.backends.postgresql import base, operations

from .cursor import TenantCursor

PREFIX = re.compile(r"^SET LOCAL app\.tenant TO '[^']*'; ")


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """What the application asked, without the tenant in front: logs and query counts read as on any backend."""
        said = super().last_executed_query(cursor, sql, params)
        return PREFIX.sub("", said) if isinstance(said, str) else said


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        return super().get_connection_params() | {"cursor_factory": TenantCursor}
