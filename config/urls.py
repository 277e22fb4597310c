"""All addresses: each app brings its own; health, metrics and the API are wired here."""

from django.urls import include, path

from config import api, health, metrics

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include(api.urlpatterns)),
    path("", include("accounts.urls")),
    path("", include("campaigns.urls")),
    path("", include("sites.urls")),
    path("", include("scoring.urls")),
    path("", include("reports.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
