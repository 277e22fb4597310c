"""The second wall around the tables of a lived round; SQLite lost the sheets' triggers when it built their table anew."""

from django.db import migrations

from accounts.migrations._walls import isolate

SHEETS = "scoring_scoresheet"
SEALED = "'sealed', 'computed', 'confirmed', 'published'"
TRIGGERS = {
    f"{SHEETS}_no_update": f"BEFORE UPDATE ON {SHEETS} BEGIN SELECT RAISE(ABORT, 'append only: {SHEETS}'); END",
    f"{SHEETS}_no_delete": f"BEFORE DELETE ON {SHEETS} BEGIN SELECT RAISE(ABORT, 'append only: {SHEETS}'); END",
    "sheet_round_sealed": f"""BEFORE INSERT ON {SHEETS}
        WHEN (SELECT state FROM campaigns_round WHERE id = NEW.round_id) IN ({SEALED})
        BEGIN SELECT RAISE(ABORT, 'sealed round: {SHEETS}'); END""",
}


def restore(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name, rule in TRIGGERS.items():
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)
            schema_editor.execute(f"CREATE TRIGGER {name} {rule}", params=None)


class Migration(migrations.Migration):
    dependencies = [("scoring", "0007_arrivals_decisions_notices")]

    operations = [
        migrations.RunPython(restore, migrations.RunPython.noop),
        migrations.RunPython(isolate("scoring"), migrations.RunPython.noop),
    ]
