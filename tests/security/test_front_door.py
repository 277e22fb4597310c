"""Sessions, cookies, forgery, headers, error pages: what every answer of the product keeps, whoever asks."""

import json
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

from accounts.enums import Role
from tests import factories
from tests.test_house_rules import ROOT, SAFE, run

from .asking import PLAIN
from .routes import routes

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def tenant():
    return factories.make_tenant()


@pytest.fixture
def person(tenant):
    return factories.make_person(tenant, Role.COUNTY_ADMIN, username="lina")


@pytest.fixture
def signed_in(person):
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sign_in(client, password=factories.PASSWORD):
    return client.post("/signin/", {"username": "lina", "password": password})


# --- sessions and forgery -------------------------------------------------------------------------


def test_the_session_and_the_token_are_new_after_sign_in(person):
    """A session id that somebody planted before is worth nothing after."""
    client = Client()
    client.get("/signin/")
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    token = client.get("/signin/").cookies["csrftoken"].value
    sign_in(client)
    assert client.session.session_key != session.session_key
    assert client.cookies["csrftoken"].value != token
    stale = Client()
    stale.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert stale.get("/workbench/").status_code == 302


def test_signing_out_ends_the_session_on_the_server(signed_in):
    key = signed_in.session.session_key
    signed_in.post("/signout/")
    again = Client()
    again.cookies[settings.SESSION_COOKIE_NAME] = key
    assert again.get("/workbench/").status_code == 302


def test_every_writing_address_refuses_without_a_token(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    anything = "00000000-0000-4000-8000-000000000000"
    open_to_forgery = []
    for route in routes():
        if "POST" in route.methods:
            known = {**PLAIN, "event_id": 1, "sheet_id": 1}
            path = route.path({name: known.get(name, anything) for name in route.names})
            if client.post(path, {}).status_code != 403:
                open_to_forgery.append(path)
    assert open_to_forgery == []


def test_a_stale_form_is_told_in_words(person):
    answer = Client(enforce_csrf_checks=True).post("/signin/", {"username": "lina"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_a_stolen_next_leads_nowhere_else(person):
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        answer = Client().post("/signin/", {"username": "lina", "password": factories.PASSWORD, "next": elsewhere})
        assert answer.url.startswith("/") and "evil" not in answer.url and "javascript" not in answer.url


# --- what production sets -------------------------------------------------------------------------

SETTINGS = """
import json, django
from django.conf import settings
names = ("SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE "
         "CSRF_COOKIE_SAMESITE DEBUG SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS SECURE_CONTENT_TYPE_NOSNIFF "
         "X_FRAME_OPTIONS SESSION_COOKIE_AGE").split()
facts = {name: getattr(settings, name) for name in names}
print(json.dumps(facts | {"engine": settings.DATABASES["default"]["ENGINE"], "hasher": settings.PASSWORD_HASHERS[0]}))
"""


def test_production_settings_are_strict(tmp_path):
    done = run(
        sys.executable, "-c", SETTINGS, DJANGO_SETTINGS_MODULE="config.settings", BIAOGAN_VAR=str(tmp_path), **SAFE
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True, "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax", "CSRF_COOKIE_SAMESITE": "Lax", "DEBUG": False, "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000, "SECURE_CONTENT_TYPE_NOSNIFF": True, "X_FRAME_OPTIONS": "DENY",
        "SESSION_COOKIE_AGE": 1800, "engine": "config.postgresql",
        "hasher": "django.contrib.auth.hashers.Argon2PasswordHasher",
    }  # fmt: skip


# --- headers --------------------------------------------------------------------------------------


def policy(response):
    return dict(
        part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";") if part.strip()
    )


def test_every_page_carries_the_content_policy_and_is_not_framed_or_sniffed(signed_in):
    pages = 0
    for route in routes():
        if "GET" in route.methods and not route.names:
            answer = signed_in.get(route.path({}))
            assert answer["X-Content-Type-Options"] == "nosniff", route.pattern
            assert answer["X-Frame-Options"] == "DENY", route.pattern
            if answer["Content-Type"].startswith("text/html"):
                pages += 1
                check(answer)
    assert pages > 15


def check(answer):
    said = policy(answer)
    assert (said["default-src"], said["object-src"], said["base-uri"], said["frame-ancestors"]) == (
        "'self'", "'none'", "'none'", "'none'",
    )  # fmt: skip
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "*" not in answer["Content-Security-Policy"]
    text = answer.content.decode()
    assert re.search(r"\son\w+=[\"']", text) is None
    assert re.search(r"\sstyle=[\"']", text) is None
    inline = re.findall(r"<script(?![^>]*\ssrc=)([^>]*)>", text)
    assert [facts for facts in inline if "nonce=" not in facts and "application/json" not in facts] == []


def test_pages_of_a_person_are_not_kept_by_others(signed_in):
    assert "Cookie" in signed_in.get("/workbench/")["Vary"]


# --- errors ---------------------------------------------------------------------------------------


def test_error_pages_carry_the_policy_and_tell_nothing_of_the_inside(signed_in, monkeypatch):
    answers = [
        signed_in.get("/nothing/"),
        signed_in.get("/audit/"),
        Client(enforce_csrf_checks=True).post("/signin/", {}),
    ]

    def broken(*args):
        raise RuntimeError("secret-of-the-inside SELECT * FROM accounts_user")

    monkeypatch.setattr("accounts.views.jobs.visible_jobs", broken)
    client = Client(raise_request_exception=False)
    client.cookies = signed_in.cookies
    answers.append(client.get("/jobs/"))
    assert [answer.status_code for answer in answers] == [404, 403, 403, 500]
    for answer in answers:
        check(answer)
        for word in ("secret-of-the-inside", "Traceback", "SELECT", str(ROOT), "settings", "django."):
            assert word not in answer.content.decode().replace("django_htmx", "")


def test_the_api_refuses_in_json_with_the_request_id(tenant, signed_in):
    leader = Client()
    leader.force_login(factories.make_person(tenant, Role.LEADER), backend="django.contrib.auth.backends.ModelBackend")
    nobody = Client().get("/api/v1/organizations/")
    refused = leader.get("/api/v1/sheets/")
    missing = signed_in.get("/api/v1/organizations/00000000-0000-4000-8000-000000000000/")
    for answer, statuses in ((nobody, (401, 403)), (refused, (403,)), (missing, (404,))):
        assert answer.status_code in statuses
        assert answer["Content-Type"].startswith("application/json")
        assert answer.json()["request_id"] == answer["X-Request-ID"]
        assert set(answer.json()) == {"detail", "request_id"}


def test_the_suite_knows_no_password_of_production():
    """Nothing is seeded: a fresh production database has nobody who could sign in."""
    from accounts.models import User

    assert not User.objects.exists()
    assert subprocess.run(["git", "grep", "-nIE", "set_password\\(['\"]"], cwd=ROOT, capture_output=True).stdout == b""
