"""The second wall around facts, events and what follows from results; dropping the tables takes it down again."""

from django.db import migrations

from accounts.migrations._walls import isolate


class Migration(migrations.Migration):
    dependencies = [("scoring", "0005_records_append_only")]

    operations = [migrations.RunPython(isolate("scoring"), migrations.RunPython.noop)]
