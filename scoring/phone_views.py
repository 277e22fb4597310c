"""The phone page's shell, its files, its service worker and its manifest: the same for everybody, without a word about
anyone.

Responsible for headers that let the page open without a network: the shell stays in the browser's cache for a week, the
files (named by their hash) for ever, both without ``Vary: Cookie``. Leaves alone: the data (``api_phone``).
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from accounts.access import public

from .phone_files import ENTRY, ICON, STYLES, PhoneFiles, phone_files, worker_script

WEEK = 7 * 24 * 3600
FOR_EVER = 365 * 24 * 3600
OURS = "X-Biaogan"


@public
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    files = phone_files()
    response = render(request, "scoring/phone.html", _addresses(files))
    return _shared(request, response, f"max-age={WEEK}", etag=files.version)


@public
@require_safe
def asset(request: HttpRequest, phone_version: str, phone_file: str) -> HttpResponse:
    """One file of the version that is current; another version is gone, and its page says to load anew."""
    files = phone_files()
    found = files.files.get(phone_file)
    if phone_version != files.version or found is None:
        raise Http404
    packed = "gzip" in request.headers.get("Accept-Encoding", "") and len(found.packed) < len(found.body)
    response = HttpResponse(found.packed if packed else found.body, content_type=found.content_type)
    if packed:
        response["Content-Encoding"] = "gzip"
    if not phone_file.endswith(".svg"):  # what opens no page needs no policy
        response._csp_exempt = True  # type: ignore[attr-defined]
    return _shared(request, response, f"max-age={FOR_EVER}, immutable")


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    files = phone_files()
    addresses = [_address(files, name) for name in sorted(files.files) if not name.endswith(".png")]
    response = HttpResponse(worker_script(files, addresses), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("scoring:phone")
    return _shared(request, response, "no-cache", etag=files.version)


@public
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    files, home = phone_files(), reverse("scoring:phone")
    purpose = {"type": "image/png", "purpose": "any maskable"}
    icons = [
        {"src": _address(files, f"phone-{size}.png"), "sizes": f"{size}x{size}", **purpose} for size in (192, 512)
    ]
    facts = {
        "name": "标杆现场评分", "short_name": "标杆评分", "lang": "zh-Hans", "id": home, "start_url": home, "scope": home,
        "display": "standalone", "orientation": "portrait", "background_color": "#f5f2ec", "theme_color": "#ffffff",
        "icons": icons,
    }  # fmt: skip
    response = JsonResponse(facts, json_dumps_params={"ensure_ascii": False}, content_type="application/manifest+json")
    return _shared(request, response, f"max-age={WEEK}", etag=files.version)


def _addresses(files: PhoneFiles) -> dict[str, Any]:
    return {
        "version": files.version,
        "styles": _address(files, STYLES),
        "main": _address(files, ENTRY),
        "modules": [_address(files, name) for name in files.modules],
        "icon": _address(files, ICON),
        "touch_icon": _address(files, "phone-192.png"),
    }


def _address(files: PhoneFiles, name: str) -> str:
    return reverse("scoring:phone_asset", args=[files.version, name])


def _shared(request: HttpRequest, response: HttpResponse, cache: str, *, etag: str = "") -> HttpResponse:
    """Mark an answer as the same for everybody; ``config.middleware`` then leaves cookies out of its key."""
    response["Cache-Control"] = cache
    response[OURS] = "1"
    if etag:
        response["ETag"] = f'"{etag}"'
    answer = get_conditional_response(request, response["ETag"], None, response) if etag else response
    answer[OURS] = "1"
    answer.same_for_everybody = True
    return answer
