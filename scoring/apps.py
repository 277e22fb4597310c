"""Django's entry to the scoring app: sheets, computations, results. Importers are found by accounts."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = "评分与结果"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import (
            known,  # noqa: F401  tells campaigns what is recorded of an organization
            receivers,  # noqa: F401  brings titles in line with confirmed decisions
        )
