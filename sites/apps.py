"""Django's entry to the sites app: inspectors, panels, guidance visits. Importers are found by accounts."""

from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "sites"
    verbose_name = "现场"
    default_auto_field = "django.db.models.BigAutoField"
