"""Django's entry to the reports app: it has pages and books, and no models."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "报表与看板"
    default_auto_field = "django.db.models.BigAutoField"
