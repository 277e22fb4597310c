"""A computation keeps whose sheets counted and in which groups inspectors served."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("scoring", "0008_lived_rounds_row_level_security")]

    operations = [
        migrations.AddField(
            model_name="computation",
            name="panel",
            field=models.JSONField(default=dict, verbose_name="评委组"),
        ),
    ]
