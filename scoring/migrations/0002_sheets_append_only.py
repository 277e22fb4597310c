"""Score sheets only grow, and not in a sealed round; results never change: the database itself refuses."""

from django.db import migrations

SHEETS, RESULTS = "scoring_scoresheet", "scoring_result"
SEALED = "'sealed', 'computed', 'confirmed', 'published'"

SQLITE = [
    *(
        f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
            BEGIN SELECT RAISE(ABORT, 'append only: {table}'); END"""
        for table, verb in ((SHEETS, "UPDATE"), (SHEETS, "DELETE"), (RESULTS, "UPDATE"))
    ),
    f"""CREATE TRIGGER sheet_round_sealed BEFORE INSERT ON {SHEETS}
        WHEN (SELECT state FROM campaigns_round WHERE id = NEW.round_id) IN ({SEALED})
        BEGIN SELECT RAISE(ABORT, 'sealed round: {SHEETS}'); END""",
]
SQLITE_UNDO = [
    f"DROP TRIGGER {SHEETS}_no_update",
    f"DROP TRIGGER {SHEETS}_no_delete",
    f"DROP TRIGGER {RESULTS}_no_update",
    "DROP TRIGGER sheet_round_sealed",
]

# AFTER INSERT: by then the row holds its lock on the round, so a seal that is being written is waited for and seen.
POSTGRESQL = [
    f"""CREATE FUNCTION sheet_round_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF (SELECT state FROM campaigns_round WHERE id = NEW.round_id FOR KEY SHARE) IN ({SEALED}) THEN
            RAISE EXCEPTION 'sealed round: %', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
          END IF;
          RETURN NULL;
        END $$""",
    f"""CREATE TRIGGER sheet_append_only BEFORE UPDATE OR DELETE ON {SHEETS}
        FOR EACH ROW EXECUTE FUNCTION append_only()""",
    f"""CREATE TRIGGER sheet_no_truncate BEFORE TRUNCATE ON {SHEETS}
        FOR EACH STATEMENT EXECUTE FUNCTION append_only()""",
    f"""CREATE TRIGGER sheet_round_sealed AFTER INSERT ON {SHEETS}
        FOR EACH ROW EXECUTE FUNCTION sheet_round_sealed()""",
    f"""CREATE TRIGGER result_append_only BEFORE UPDATE ON {RESULTS}
        FOR EACH ROW EXECUTE FUNCTION append_only()""",
]
POSTGRESQL_UNDO = [
    f"DROP TRIGGER result_append_only ON {RESULTS}",
    f"DROP TRIGGER sheet_round_sealed ON {SHEETS}",
    f"DROP TRIGGER sheet_no_truncate ON {SHEETS}",
    f"DROP TRIGGER sheet_append_only ON {SHEETS}",
    "DROP FUNCTION sheet_round_sealed()",
]


def forbid(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def allow(apps, schema_editor):
    for statement in SQLITE_UNDO if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_UNDO:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial"), ("accounts", "0002_append_only")]

    operations = [migrations.RunPython(forbid, allow)]
