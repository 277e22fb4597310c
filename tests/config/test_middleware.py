"""Around every request: its id, the client's address, the language, the sliding session, the policy of the page."""

import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config import middleware

ACCESS = "biaogan.access"


@pytest.fixture
def request_of():
    return RequestFactory().get


def seen(wrapper, request):
    """The request as the view sees it, and the response as the client does."""
    inside = []

    def view(request):
        inside.append(request)
        return HttpResponse("ok")

    response = wrapper(view)(request)
    return inside[0], response


@pytest.mark.parametrize("offered", ["12345678", "a-B-9" * 10, "x" * 64])
def test_a_well_formed_request_id_is_kept(request_of, offered):
    request, response = seen(middleware.RequestIdMiddleware, request_of("/", headers={"X-Request-ID": offered}))
    assert (request.request_id, response["X-Request-ID"]) == (offered, offered)


@pytest.mark.parametrize("offered", ["", "1234567", "x" * 65, "abc def gh", "abcdefgh;", "中文中文中文中文"])
def test_any_other_request_id_is_replaced(request_of, offered):
    given = {"X-Request-ID": offered.encode().decode("latin-1")}
    request, response = seen(middleware.RequestIdMiddleware, request_of("/", headers=given))
    assert request.request_id != offered
    assert len(response["X-Request-ID"]) == 32


def test_the_access_line_holds_no_query(request_of, caplog):
    with caplog.at_level(logging.INFO, logger=ACCESS):
        seen(middleware.RequestIdMiddleware, request_of("/a?name=张三"))
    line = caplog.records[-1].getMessage()
    assert "/a" in line
    assert "张三" not in line
    assert "name" not in line.replace("logger_name", "")


def test_health_checks_leave_no_line(request_of, caplog):
    with caplog.at_level(logging.INFO, logger=ACCESS):
        seen(middleware.RequestIdMiddleware, request_of("/readyz"))
    assert caplog.records == []


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 10.0.0.9", "10.0.0.9"),
        (2, "6.6.6.6, 10.0.0.9, 10.0.0.1", "10.0.0.9"),
        (2, "10.0.0.1", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_client_is_counted_from_the_right(request_of, settings, proxies, forwarded, client):
    settings.TRUSTED_PROXY_COUNT = proxies
    request, _ = seen(middleware.ClientAddressMiddleware, request_of("/", headers={"X-Forwarded-For": forwarded}))
    assert request.META["REMOTE_ADDR"] == client


def test_the_browser_does_not_choose_the_language(request_of):
    request, response = seen(middleware.ChosenLanguageMiddleware, request_of("/", headers={"Accept-Language": "en"}))
    assert (request.LANGUAGE_CODE, response["Content-Language"]) == ("zh-hans", "zh-hans")


@pytest.mark.parametrize(("cookie", "language"), [("en", "en"), ("fr", "zh-hans"), ("", "zh-hans")])
def test_the_person_does(request_of, settings, cookie, language):
    request = request_of("/")
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = cookie
    request, _ = seen(middleware.ChosenLanguageMiddleware, request)
    assert language == request.LANGUAGE_CODE


@pytest.mark.parametrize(("age", "moved"), [(59, False), (60, True)])
def test_a_session_moves_at_most_once_a_minute(request_of, settings, monkeypatch, age, moved):
    monkeypatch.setattr(middleware.time, "time", lambda: 1_000_000)
    request = request_of("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    request.session = {"_auth_user_id": "1", "touched": 1_000_000 - age}
    seen(middleware.SlidingSessionMiddleware, request)
    assert (request.session["touched"] == 1_000_000) is moved


def test_a_stranger_gets_no_session(request_of, settings):
    request = request_of("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    request.session = {}
    seen(middleware.SlidingSessionMiddleware, request)
    assert request.session == {}


@pytest.mark.django_db
def test_every_page_carries_the_policy(client):
    response = client.get("/healthz")
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
