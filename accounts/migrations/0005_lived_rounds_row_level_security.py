"""The second wall around the tables of a lived round."""

from django.db import migrations

from accounts.migrations._walls import isolate


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_messages_rehearsals_places")]

    operations = [migrations.RunPython(isolate("accounts", own_policies=("auditentry",)), migrations.RunPython.noop)]
