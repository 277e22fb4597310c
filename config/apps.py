"""The wiring as a Django app: loads the task queue when Django starts and holds the `serve` command."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "平台"

    def ready(self) -> None:
        from config import celery  # noqa: F401  tasks declared with shared_task bind to this application
