"""Does the second wall stand? Asks PostgreSQL's catalog about every table, and returns what is wrong as sentences.

Used by tests and by ``manage.py grant_roles``. It trusts no list of tables: what has a ``tenant_id`` is a tenant's, and
every foreign key of the models must be found in the database. Leaves alone: mending, which migrations do.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from .roles import ALL, APP_ROLE, LESS, tables

READABLE = "(tenant_id = ANY (( SELECT readable_tenants() AS readable_tenants)::uuid[]))"
READS = f"((tenant_id <= bound_of_open_scope()) AND {READABLE})"
MINE = "(tenant_id = ( SELECT writable_tenant() AS writable_tenant))"
MEETS = f"((tenant_id <= bound_of_open_scope()) AND {MINE})"
COMMON = {
    "tenant_reads": ("r", READS, None),
    "tenant_inserts": ("a", None, MINE),
    "tenant_updates": ("w", MEETS, MINE),
    "tenant_deletes": ("d", MEETS, None),
}
#: The operation log also holds entries without a tenant.
LOG = COMMON | {
    "tenant_reads": (
        "r",
        f"CASE WHEN (tenant_id IS NOT NULL) THEN {READS}"
        " WHEN ((id)::text = current_setting('app.audit_entry'::text, true)) THEN true"
        " ELSE ( SELECT reads_platform() AS reads_platform) END",
        None,
    ),
    "tenant_inserts": ("a", None, f"CASE WHEN (tenant_id IS NULL) THEN true ELSE {MINE} END"),
}
POLICIES = {"accounts_auditentry": LOG}
WITHOUT_TENANT_TOO = {"accounts_auditentry"}


def problems(cursor: Any, role: str = APP_ROLE) -> list[str]:
    """Everything that is wrong, a sentence each, for operators and tests; empty when the wall stands."""
    owned = tenant_tables(cursor)
    if not owned:
        return ["there are no tables yet: migrate first"]
    found = [*_row_security(cursor, owned), *_columns(cursor, owned), *_keys(cursor, owned), *_uniques(cursor, owned)]
    return sorted([*found, *_ways_round(cursor), *_role(cursor, role), *_rights(cursor, role)])


def tenant_tables(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND NOT a.attisdropped"
    )
    return sorted(name for (name,) in cursor.fetchall())


def _row_security(cursor: Any, owned: list[str]) -> Iterator[str]:
    cursor.execute("SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = ANY(%s)", [owned])
    for table, enabled, forced in cursor.fetchall():
        if not (enabled and forced):
            yield f"{table}: row level security is not enabled and forced"
    cursor.execute(
        "SELECT c.relname, p.polname, p.polcmd::text, p.polpermissive, p.polroles = '{0}',"
        " pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)"
        " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
    )
    policies: dict[str, dict[str, tuple[str, str | None, str | None]]] = {table: {} for table in owned}
    for table, name, command, permissive, everybody, using, check in cursor.fetchall():
        said = (command, _flat(using), _flat(check)) if permissive and everybody else ("?", None, None)
        policies.setdefault(table, {})[name] = said
    for table, there in policies.items():
        if there != POLICIES.get(table, COMMON):
            yield f"{table}: its policies are not the four of every tenant table"


def _flat(expression: str | None) -> str | None:
    return " ".join(expression.split()) if expression else None


def _columns(cursor: Any, owned: list[str]) -> Iterator[str]:
    cursor.execute(
        "SELECT c.relname, a.attnotnull, EXISTS (SELECT FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid"
        "   WHERE t.tgrelid = c.oid AND f.proname = 'tenant_never_changes' AND t.tgenabled <> 'D')"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
        " WHERE c.relname = ANY(%s)",
        [owned],
    )
    for table, required, fixed in cursor.fetchall():
        if not required and table not in WITHOUT_TENANT_TOO:
            yield f"{table}: tenant_id may be empty"
        if not fixed:
            yield f"{table}: tenant_id can be changed"


def _keys(cursor: Any, owned: list[str]) -> Iterator[str]:
    """Every key between tenant tables carries the tenant on both sides, and every one the models name is there."""
    cursor.execute(
        "SELECT s.relname, t.relname, k.convalidated,"
        " ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS n(num, place)"
        "   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.num ORDER BY n.place),"
        " ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS n(num, place)"
        "   JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = n.num ORDER BY n.place)"
        " FROM pg_constraint k JOIN pg_class s ON s.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid"
        " WHERE k.contype = 'f' AND s.relname = ANY(%s) AND t.relname = ANY(%s)",
        [owned, owned],
    )
    there = set()
    for source, target, valid, columns, referred in cursor.fetchall():
        if valid and columns[0] == referred[0] == "tenant_id":
            there.add((source, columns[-1], target))
        else:
            yield f"{source}: the key on {', '.join(columns)} to {target} does not carry the tenant"
    for source, column, target in sorted(_keys_of_models(owned) - there):
        yield f"{source}: no key on tenant_id, {column} to {target}"


def _keys_of_models(owned: list[str]) -> set[tuple[str, str, str]]:
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.name != "tenant":
                ends = model._meta.db_table, field.related_model._meta.db_table
                if set(ends) <= set(owned):
                    found.add((ends[0], field.column, ends[1]))
    return found


def _uniques(cursor: Any, owned: list[str]) -> Iterator[str]:
    """A unique key over all tenants tells one county what another has; only the row's own id is one."""
    cursor.execute(
        "SELECT c.relname, i.relname,"
        " (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = x.indkey[0])"
        " FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
        " WHERE x.indisunique AND NOT x.indisprimary AND c.relname = ANY(%s)",
        [owned],
    )
    for table, name, first in cursor.fetchall():
        if first != "tenant_id":
            yield f"{table}: the unique key {name} does not begin with the tenant"


def _ways_round(cursor: Any) -> Iterator[str]:
    """Views and functions that run with their owner's rights read past the policies of whoever asks."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = current_schema()::regnamespace"
        " UNION ALL SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = current_schema()::regnamespace"
    )
    for (name,) in cursor.fetchall():
        yield f"{name}: a view or a function with its owner's rights"


def _role(cursor: Any, role: str) -> Iterator[str]:
    cursor.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,"
        " EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid),"
        " EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relpersistence <> 't')"
        " FROM pg_roles r WHERE rolname = %s",
        [role],
    )
    facts = cursor.fetchone()
    if facts is None:
        yield f"{role}: there is no such role"
        return
    words = ("is a superuser", "is above row level security", "makes roles", "makes databases", "replicates",
             "is a member of another role", "owns something")  # fmt: skip
    yield from (f"{role}: {word}" for word, true in zip(words, facts, strict=True) if true)


def _rights(cursor: Any, role: str) -> Iterator[str]:
    every = tuple(sorted(ALL | {"TRUNCATE", "REFERENCES", "TRIGGER"}))
    cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [role])
    if not cursor.fetchone()[0]:
        return
    for table in tables(cursor):
        cursor.execute(
            "SELECT right_, has_table_privilege(%s, %s, right_) FROM unnest(%s) right_",
            [role, f'"{table}"', list(every)],
        )
        held = {right for right, has in cursor.fetchall() if has}
        if held != LESS.get(table, ALL):
            yield f"{table}: {role} holds {', '.join(sorted(held)) or 'nothing'}"
