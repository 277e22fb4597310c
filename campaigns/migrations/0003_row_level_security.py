"""The second wall around the tables of campaigns: policies, an unchanging tenant, keys that begin with the tenant."""

from django.db import migrations

from accounts.migrations._walls import isolate, release


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_published_versions_stand"), ("accounts", "0003_row_level_security")]

    operations = [migrations.RunPython(isolate("campaigns"), release("campaigns"))]
