from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "sites"
    verbose_name = "现场"
    default_auto_field = "django.db.models.BigAutoField"
