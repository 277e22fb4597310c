"""The accounts app; at its start it looks for every app's importers and background work."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "单位与人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import signals  # noqa: F401

        # Every app may bring importers and background work; both register themselves when imported.
        autodiscover_modules("importers", "tasks")
