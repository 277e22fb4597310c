"""What happens around every request: whose address, which id, which language, how long the session lasts, one log line.

Leaves alone: tenant and membership (`accounts.middleware`), and anything in the body or query of a request, which is
never logged.
"""

import re
import time
import uuid

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from config.metrics import count_request

log = structlog.get_logger("biaogan.access")

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
QUIET = ("/healthz", "/readyz", "/metrics", settings.STATIC_URL)
PHONE_API = "/api/v1/phone/"
TOUCH_AFTER = 60


class ClientAddressMiddleware:
    """Behind TRUSTED_PROXY_COUNT proxies the client is that many places from the right; further left is hearsay."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.TRUSTED_PROXY_COUNT:
            hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
            if len(hops) >= settings.TRUSTED_PROXY_COUNT:
                request.META["REMOTE_ADDR"] = hops[-settings.TRUSTED_PROXY_COUNT]
        return self.get_response(request)


class SharedAnswerMiddleware:
    """An answer marked as the same for everybody is kept by browsers whoever is signed in: no cookie is in its key."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "same_for_everybody", False):
            response["Vary"] = "Accept-Encoding"
        return response


class RequestIdMiddleware:
    """Gives each request an id (the caller's when it is well formed), returns it, and writes the access line."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        request.request_id = offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)
        begun = time.monotonic()
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id
        if request.path.startswith(PHONE_API):
            response["X-Biaogan"] = "1"  # ours, whatever its status: a captive portal does not say so
        self._record(request, response, time.monotonic() - begun)
        return response

    def _record(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        count_request(request, response.status_code, seconds)
        if not request.path.startswith(QUIET):
            who = {"tenant": _tenant(request), "user": _user(request)}
            facts = {"method": request.method, "path": request.path, "status": response.status_code}
            log.info("request", **facts, ms=round(seconds * 1000, 1), **who)


class ChosenLanguageMiddleware:
    """Chinese unless the person chose otherwise: a browser's Accept-Language would mix two languages on one page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        request.LANGUAGE_CODE = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(request.LANGUAGE_CODE):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        patch_vary_headers(response, ("Cookie",))
        return response


class SlidingSessionMiddleware:
    """Moves the end of a session while its owner is active, at most once a minute so that reading does not write."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = int(time.time())
        known = settings.SESSION_COOKIE_NAME in request.COOKIES and "_auth_user_id" in request.session
        if known and now - request.session.get("touched", 0) >= TOUCH_AFTER:
            request.session["touched"] = now
        return self.get_response(request)


def _tenant(request: HttpRequest) -> str | None:
    tenant = getattr(request, "tenant", None)
    return str(tenant.pk) if tenant else None


def _user(request: HttpRequest) -> str | None:
    """Only a user that the request loaded anyway: the log line must not cost a query or fail with the database."""
    user = getattr(request, "_cached_user", None)
    return str(user.pk) if user is not None and user.pk else None
