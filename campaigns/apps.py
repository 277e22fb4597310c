"""Django's entry to campaigns: schemes, rounds, nominations, titles. Importers are found by accounts."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "创建活动"
    default_auto_field = "django.db.models.BigAutoField"
