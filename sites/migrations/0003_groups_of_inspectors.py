"""Groups of inspectors (组别): the usual one, and the one they serve in on a round's panel."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sites", "0002_row_level_security"),
    ]

    operations = [
        migrations.AddField(
            model_name="inspector",
            name="group",
            field=models.CharField(blank=True, max_length=40, verbose_name="组别"),
        ),
        migrations.AddField(
            model_name="panelmember",
            name="group",
            field=models.CharField(blank=True, max_length=40, verbose_name="组别"),
        ),
    ]
