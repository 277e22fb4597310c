"""The second wall as migrations build it on PostgreSQL: policies, an unchanging tenant, keys that begin with the tenant.

A migration of an app that owns tenant tables ends with ``isolate("its_label")``; it reads the models as they are at that
point, and running it again after a new table was added does what is missing. Nothing happens on SQLite. Leaves alone:
grants to roles (``manage.py grant_roles``) and the check that nothing was forgotten (``config.postgresql.catalog``).

The owner is under the policies too. A data migration therefore reads and writes like the application:
``for tenant in tenants: with tenant_scope(tenant): ...``.
"""

from collections.abc import Callable, Iterator
from typing import Any

FUNCTIONS = [
    """CREATE FUNCTION readable_tenants() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
       BEGIN
         IF coalesce(current_setting('app.tenant', true), '') = '' THEN
           RAISE EXCEPTION 'no tenant scope is open' USING ERRCODE = 'insufficient_privilege',
             HINT = 'open tenant_scope(tenant) around the statement';
         END IF;
         IF current_setting('app.tenant', true) = '*' THEN
           RETURN ARRAY(SELECT id FROM accounts_tenant);
         END IF;
         RETURN ARRAY[current_setting('app.tenant', true)::uuid];
       END $$""",
    """CREATE FUNCTION writable_tenant() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
       BEGIN
         IF current_setting('app.tenant', true) = '*' THEN
           RAISE EXCEPTION 'across tenants nothing is written' USING ERRCODE = 'insufficient_privilege';
         END IF;
         RETURN (readable_tenants())[1];
       END $$""",
    # The greatest uuid, and no uuid at all without a scope. PostgreSQL inlines it and works it out when it plans, so a
    # statement without a scope raises even where it would meet no row; as a bound of the index it costs nothing per row.
    """CREATE FUNCTION bound_of_open_scope() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
       SELECT (CASE coalesce(current_setting('app.tenant', true), '')
               WHEN '' THEN 'no tenant scope is open' ELSE 'ffffffff-ffff-ffff-ffff-ffffffffffff' END)::uuid $$""",
    """CREATE FUNCTION tenant_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         RAISE EXCEPTION 'a row never changes its tenant: %', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
       END $$""",
]
FUNCTION_NAMES = ("readable_tenants", "writable_tenant", "bound_of_open_scope", "tenant_never_changes")

# readable_tenants: one id, or every id inside across_tenants; an array, so that an index on tenant_id serves both.
READS = "tenant_id <= bound_of_open_scope() AND tenant_id = ANY ((SELECT readable_tenants())::uuid[])"
WRITES = "tenant_id = (SELECT writable_tenant())"
MEETS = f"tenant_id <= bound_of_open_scope() AND {WRITES}"
POLICIES = {
    "tenant_reads": f"FOR SELECT USING ({READS})",
    "tenant_inserts": f"FOR INSERT WITH CHECK ({WRITES})",
    "tenant_updates": f"FOR UPDATE USING ({MEETS}) WITH CHECK ({WRITES})",
    "tenant_deletes": f"FOR DELETE USING ({MEETS})",
}


def build_functions(apps: Any, schema_editor: Any) -> None:
    run(schema_editor, FUNCTIONS)


def drop_functions(apps: Any, schema_editor: Any) -> None:
    run(schema_editor, [f"DROP FUNCTION {name}()" for name in reversed(FUNCTION_NAMES)])


def isolate(app_label: str, *, own_policies: tuple[str, ...] = ()) -> Callable[[Any, Any], None]:
    """For RunPython: put up the wall around every tenant-owned table of the app.

    Models named in ``own_policies`` get everything but the four policies, which their migration writes itself.
    """

    def build(apps: Any, schema_editor: Any) -> None:
        for model in owned(apps, app_label):
            table = model._meta.db_table
            run(schema_editor, wall(table, {} if model._meta.model_name in own_policies else POLICIES))
            for field in keys(model):
                run(schema_editor, tenant_key(schema_editor.connection, table, field))

    return build


def release(app_label: str) -> Callable[[Any, Any], None]:
    """The way back: plain keys again, no policies."""

    def undo(apps: Any, schema_editor: Any) -> None:
        for model in owned(apps, app_label):
            table = model._meta.db_table
            for field in keys(model):
                run(schema_editor, plain_key(table, field))
            policies = [f'DROP POLICY IF EXISTS {name} ON "{table}"' for name in POLICIES]
            run(schema_editor, [*policies, f'DROP TRIGGER tenant_stays ON "{table}"',
                                f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY'])  # fmt: skip
        for model in owned(apps, app_label):
            run(schema_editor, [f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT IF EXISTS {with_tenant(model)}'])

    return undo


def owned(apps: Any, app_label: str) -> list[Any]:
    models = apps.get_app_config(app_label).get_models()
    return [model for model in models if has_tenant(model)]


def has_tenant(model: Any) -> bool:
    return any(field.name == "tenant" and field.is_relation for field in model._meta.local_fields)


def keys(model: Any) -> Iterator[Any]:
    """Foreign keys to other tenant-owned tables."""
    for field in model._meta.local_fields:
        if field.is_relation and field.name != "tenant" and has_tenant(field.related_model):
            yield field


def wall(table: str, policies: dict[str, str]) -> list[str]:
    made = [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
        f'DROP TRIGGER IF EXISTS tenant_stays ON "{table}"',
        f"""CREATE TRIGGER tenant_stays BEFORE UPDATE OF tenant_id ON "{table}" FOR EACH ROW
            WHEN (OLD.tenant_id IS DISTINCT FROM NEW.tenant_id) EXECUTE FUNCTION tenant_never_changes()""",
    ]
    for name, rule in policies.items():
        made += [f'DROP POLICY IF EXISTS {name} ON "{table}"', f'CREATE POLICY {name} ON "{table}" {rule}']
    return made


def tenant_key(connection: Any, table: str, field: Any) -> list[str]:
    """Replace the key on the id by one on tenant and id: PostgreSQL checks keys past the policies."""
    if connection.vendor != "postgresql":
        return []
    target = field.related_model
    with connection.cursor() as cursor:
        known = connection.introspection.get_constraints(cursor, table)
        there = with_tenant(target) in connection.introspection.get_constraints(cursor, target._meta.db_table)
    plain = [name for name, facts in known.items() if facts["foreign_key"] and facts["columns"] == [field.column]]
    made = [f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"' for name in plain]
    if not there:
        made.append(
            f'ALTER TABLE "{target._meta.db_table}" ADD CONSTRAINT {with_tenant(target)} UNIQUE (tenant_id, id)'
        )
    if key_name(table, field) not in known:
        made.append(
            f'ALTER TABLE "{table}" ADD CONSTRAINT {key_name(table, field)} FOREIGN KEY (tenant_id, {field.column})'
            f' REFERENCES "{target._meta.db_table}" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED'
        )
    return made


def plain_key(table: str, field: Any) -> list[str]:
    return [
        f'ALTER TABLE "{table}" DROP CONSTRAINT {key_name(table, field)}',
        f'ALTER TABLE "{table}" ADD CONSTRAINT {key_name(table, field)}_plain FOREIGN KEY ({field.column})'
        f' REFERENCES "{field.related_model._meta.db_table}" (id) DEFERRABLE INITIALLY DEFERRED',
    ]


def key_name(table: str, field: Any) -> str:
    return f"{table}_{field.column}_same_tenant"


def with_tenant(model: Any) -> str:
    return f"{model._meta.db_table}_tenant_and_id"


def run(schema_editor: Any, statements: list[str]) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement, params=None)
