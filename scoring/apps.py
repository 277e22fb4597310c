from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = "评分与结果"
    default_auto_field = "django.db.models.BigAutoField"
