"""The second wall around the tables of a lived round."""

from django.db import migrations

from accounts.migrations._walls import isolate


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0008_a_round_as_it_is_lived")]

    operations = [migrations.RunPython(isolate("campaigns"), migrations.RunPython.noop)]
