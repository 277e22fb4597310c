"""The second wall around scheme drafts; dropping the table takes it down again."""

from django.db import migrations

from accounts.migrations._walls import isolate


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_scheme_drafts")]

    operations = [migrations.RunPython(isolate("campaigns"), migrations.RunPython.noop)]
