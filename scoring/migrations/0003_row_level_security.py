"""The second wall around the tables of scoring: policies, an unchanging tenant, keys that begin with the tenant."""

from django.db import migrations

from accounts.migrations._walls import isolate, release


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_sheets_append_only"), ("sites", "0002_row_level_security")]

    operations = [migrations.RunPython(isolate("scoring"), release("scoring"))]
