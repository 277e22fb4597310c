"""Counts and durations for Prometheus: requests by method, route pattern and status; tasks by name and end.

Only for the machine itself or a bearer of METRICS_TOKEN. Leaves alone: anything that names a tenant or a person.
"""

import os
from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from accounts.access import public

LOCAL = ("127.0.0.1", "::1")
REQUESTS = Counter("biaogan_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("biaogan_request_seconds", "Time to answer", ["method", "route"])


@public
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        return HttpResponseNotFound()
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def count_request(request: HttpRequest, status: int, seconds: float) -> None:
    """The route pattern, not the path: ids would make a series per row."""
    match = getattr(request, "resolver_match", None)
    route = match.route if match else "none"
    REQUESTS.labels(request.method, route, str(status)).inc()
    SECONDS.labels(request.method, route).observe(seconds)


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and compare_digest(given.encode(), token.encode()):
        return True
    return request.META.get("REMOTE_ADDR") in LOCAL and "X-Forwarded-For" not in request.headers


def _registry() -> CollectorRegistry:
    """Several server processes write their numbers into one folder; one process keeps them in memory."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry
