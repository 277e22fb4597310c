"""A published version of a scheme keeps its text, number and digest: the database itself refuses anything else."""

from django.db import migrations

TABLE = "campaigns_schemeversion"

SQLITE = [
    f"""CREATE TRIGGER version_stands BEFORE UPDATE OF text, number, digest, tenant_id, scheme_id ON {TABLE}
        WHEN OLD.published_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'published version: {TABLE}'); END""",
    f"""CREATE TRIGGER version_stays BEFORE DELETE ON {TABLE} WHEN OLD.published_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'published version: {TABLE}'); END""",
]
SQLITE_UNDO = ["DROP TRIGGER version_stands", "DROP TRIGGER version_stays"]

POSTGRESQL = [
    """CREATE FUNCTION published_version_stands() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF OLD.published_at IS NOT NULL AND (TG_OP = 'DELETE' OR
            (OLD.text, OLD.number, OLD.digest, OLD.tenant_id, OLD.scheme_id)
            IS DISTINCT FROM (NEW.text, NEW.number, NEW.digest, NEW.tenant_id, NEW.scheme_id)) THEN
           RAISE EXCEPTION 'published version: %', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
         END IF;
         RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
       END $$""",
    f"""CREATE TRIGGER version_stands BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION published_version_stands()""",
]
POSTGRESQL_UNDO = [f"DROP TRIGGER version_stands ON {TABLE}", "DROP FUNCTION published_version_stands()"]


def forbid(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def allow(apps, schema_editor):
    for statement in SQLITE_UNDO if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_UNDO:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]

    operations = [migrations.RunPython(forbid, allow)]
