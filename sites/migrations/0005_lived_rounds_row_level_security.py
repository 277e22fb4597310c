"""The second wall around the tables of a lived round."""

from django.db import migrations

from accounts.migrations._walls import isolate


class Migration(migrations.Migration):
    dependencies = [("sites", "0004_panels_routes_conflicts")]

    operations = [migrations.RunPython(isolate("sites"), migrations.RunPython.noop)]
