"""A deferral that is lifted says why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0009_computation_panel")]

    operations = [
        migrations.AddField(
            "resultdecision",
            "end_reason",
            models.CharField(blank=True, max_length=200, default="", verbose_name="解除原因"),
            preserve_default=False,
        )
    ]
