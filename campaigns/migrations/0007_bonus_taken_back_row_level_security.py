"""The key to the re-inspection that takes a bonus back begins with the tenant, as every key between tenants' tables."""

from django.db import migrations

from accounts.migrations._walls import isolate


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0006_bonus_taken_back")]

    operations = [migrations.RunPython(isolate("campaigns"), migrations.RunPython.noop)]
