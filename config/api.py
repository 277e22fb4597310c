"""The API under api/v1/: one router over the `routes` of every app's api.py, its schema and its page.

An app's api.py may declare `routes`, a list of `(prefix, viewset)` or `(prefix, viewset, basename)`, and
`urlpatterns` for views that are no viewset. Leaves alone: what the viewsets do and whom they let in.
"""

from importlib import import_module
from importlib.util import find_spec

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

APPS = ("accounts", "campaigns", "sites", "scoring", "reports")


def modules() -> list:
    return [import_module(f"{app}.api") for app in APPS if find_spec(f"{app}.api")]


def build_router(sources: list) -> SimpleRouter:
    router = SimpleRouter()
    for source in sources:
        for prefix, viewset, *basename in getattr(source, "routes", ()):
            router.register(prefix, viewset, *basename)
    return router


sources = modules()
urlpatterns = [
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    *[path("", include(source.urlpatterns)) for source in sources if hasattr(source, "urlpatterns")],
    *build_router(sources).urls,
]
