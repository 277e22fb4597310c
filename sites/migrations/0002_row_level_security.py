"""The second wall around the tables of sites: policies, an unchanging tenant, keys that begin with the tenant."""

from django.db import migrations

from accounts.migrations._walls import isolate, release


class Migration(migrations.Migration):
    dependencies = [("sites", "0001_initial"), ("campaigns", "0003_row_level_security")]

    operations = [migrations.RunPython(isolate("sites"), release("sites"))]
