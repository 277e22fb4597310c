"""What the settings promise: safe cookies, Argon2, SQLite that waits, production that refuses."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import checks
from config.secret import kept_secret

SAFE = {
    "DEBUG": False,
    "SECRET_KEY": "q7Lw2ZxN9sVb4TgY6hUj8mKe3RfDc5PaWiOzXkBvMnCtGyHrJdQpSuEl",
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "ALLOWED_HOSTS": ["dangjian.example.gov.cn"],
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}


def test_safe_production_settings_have_no_problem():
    assert checks.production_problems(SAFE) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"DEBUG": True}, "DEBUG"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": SAFE["SECRET_KEY"][:49]}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 80}, "SECRET_KEY"),
        ({"SECRET_KEY": "changeme" + SAFE["SECRET_KEY"]}, "SECRET_KEY"),
        ({"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}}, "SQLite"),
        ({"CELERY_BROKER_URL": "filesystem://"}, "Redis"),
        ({"ALLOWED_HOSTS": []}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ["a.example", "*"]}, "ALLOWED_HOSTS"),
        ({"SESSION_COOKIE_SECURE": False}, "Cookie"),
        ({"CSRF_COOKIE_SECURE": False}, "Cookie"),
    ],
)
def test_each_unsafe_setting_is_one_problem(change, word):
    problems = checks.production_problems(SAFE | change)
    assert len(problems) == 1
    assert word in problems[0]


def test_a_key_of_exactly_fifty_characters_is_long_enough():
    assert checks.production_problems(SAFE | {"SECRET_KEY": SAFE["SECRET_KEY"][:50]}) == []


def test_all_problems_are_said_at_once():
    with pytest.raises(ImproperlyConfigured) as refusal:
        checks.refuse_unsafe(SAFE | {"DEBUG": True, "ALLOWED_HOSTS": []})
    assert "1. DEBUG" in str(refusal.value)
    assert "2. ALLOWED_HOSTS" in str(refusal.value)


def test_passwords_are_kept_with_argon2_first():
    assert "Argon2PasswordHasher" in [name.rpartition(".")[2] for name in settings.PASSWORD_HASHERS][1]


def test_lockout_is_five_failures_and_fifteen_minutes_per_name_and_address():
    assert settings.AXES_FAILURE_LIMIT == 5
    assert timedelta(minutes=15) == settings.AXES_COOLOFF_TIME
    assert settings.AXES_LOCKOUT_PARAMETERS == [["username", "ip_address"]]


def test_sites_and_admin_of_django_are_not_installed():
    assert {"django.contrib.sites", "django.contrib.admin"} & set(settings.INSTALLED_APPS) == set()


def test_sqlite_waits_for_its_lock_and_keeps_what_it_promised():
    if settings.DATABASE_URL:
        assert settings.DATABASES["default"]["ENGINE"] == settings.POSTGRESQL_ENGINE
        return
    options = settings.DATABASES["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] >= 10
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


def test_the_kept_secret_is_made_once_and_private(tmp_path):
    path = tmp_path / "secret-key"
    key = kept_secret(path)
    assert len(key) >= checks.SHORTEST_KEY
    assert kept_secret(path) == key
    assert path.stat().st_mode & 0o077 == 0
