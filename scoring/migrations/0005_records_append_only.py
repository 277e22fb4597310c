"""Facts and events only grow, and not in a sealed round; what follows from results never changes, as they do not."""

from django.db import migrations

RECORDS = ("scoring_factrevision", "scoring_eventrevision")
FOLLOWING = ("scoring_consequencerow", "scoring_parentpoints")
SEALED = "'sealed', 'computed', 'confirmed', 'published'"

SQLITE = [
    # SQLite builds a table anew to add columns, and loses its triggers (0002).
    "DROP TRIGGER IF EXISTS scoring_result_no_update",
    """CREATE TRIGGER scoring_result_no_update BEFORE UPDATE ON scoring_result
       BEGIN SELECT RAISE(ABORT, 'append only: scoring_result'); END""",
    *(
        f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
            BEGIN SELECT RAISE(ABORT, 'append only: {table}'); END"""
        for table, verb in (
            *((t, v) for t in RECORDS for v in ("UPDATE", "DELETE")),
            *((t, "UPDATE") for t in FOLLOWING),
        )
    ),
    *(
        f"""CREATE TRIGGER {table}_round_sealed BEFORE INSERT ON {table}
            WHEN (SELECT state FROM campaigns_round WHERE id = NEW.round_id) IN ({SEALED})
            BEGIN SELECT RAISE(ABORT, 'sealed round: {table}'); END"""
        for table in RECORDS
    ),
]
SQLITE_UNDO = [
    *(f"DROP TRIGGER {table}_{name}" for table in RECORDS for name in ("no_update", "no_delete", "round_sealed")),
    *(f"DROP TRIGGER {table}_no_update" for table in FOLLOWING),
]

# The functions are those of the sheets (0002) and of the operation log (accounts 0002).
POSTGRESQL = [
    *(
        statement
        for table in RECORDS
        for statement in (
            f"""CREATE TRIGGER record_append_only BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION append_only()""",
            f"""CREATE TRIGGER record_no_truncate BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION append_only()""",
            f"""CREATE TRIGGER record_round_sealed AFTER INSERT ON {table}
                FOR EACH ROW EXECUTE FUNCTION sheet_round_sealed()""",
        )
    ),
    *(
        f"""CREATE TRIGGER following_append_only BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION append_only()"""
        for table in FOLLOWING
    ),
]
POSTGRESQL_UNDO = [
    *(
        f"DROP TRIGGER {name} ON {table}"
        for table in RECORDS
        for name in ("record_append_only", "record_no_truncate", "record_round_sealed")
    ),
    *(f"DROP TRIGGER following_append_only ON {table}" for table in FOLLOWING),
]


def forbid(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def allow(apps, schema_editor):
    for statement in SQLITE_UNDO if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_UNDO:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("scoring", "0004_facts_events_grades"), ("accounts", "0002_append_only")]

    operations = [migrations.RunPython(forbid, allow)]
