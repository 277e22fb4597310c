from django.db import migrations, models


class Migration(migrations.Migration):
    """A plaque number is given once; a title may be warned again on another day."""

    dependencies = [("campaigns", "0009_lived_rounds_row_level_security")]

    operations = [
        migrations.RemoveConstraint(model_name="titleevent", name="title_event_once"),
        migrations.AddConstraint(
            model_name="titleevent",
            constraint=models.UniqueConstraint(
                fields=("tenant", "organization", "round", "kind", "on"), name="title_event_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="title",
            constraint=models.UniqueConstraint(
                condition=models.Q(("plaque_no", ""), _negated=True),
                fields=("tenant", "plaque_no"),
                name="title_plaque_once",
            ),
        ),
    ]
