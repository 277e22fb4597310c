"""A revoked title's bonus may be taken back: a counter line beside the points, with the re-inspection and the reason."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_row_level_security"),
        ("campaigns", "0005_scheme_drafts_row_level_security"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bonusentry",
            name="bonus_once",
        ),
        migrations.AddField(
            model_name="bonusentry",
            name="reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="事由"),
        ),
        migrations.AddField(
            model_name="bonusentry",
            name="taken_back_in",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaigns.round",
                verbose_name="收回加分的复评",
            ),
        ),
        migrations.AddConstraint(
            model_name="bonusentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_in__isnull", True)),
                fields=("tenant", "organization", "round"),
                name="bonus_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bonusentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_in__isnull", False)),
                fields=("tenant", "organization", "round"),
                name="bonus_taken_back_once",
            ),
        ),
    ]
