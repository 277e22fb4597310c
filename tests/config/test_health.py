"""Alive, ready, measured: open addresses that name what failed and nothing else."""

import pytest
from django.db import OperationalError

from config import health, probe

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_alive_needs_nothing(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_when_every_part_answers(client):
    response = client.get("/readyz")
    parts = {"database": "ok", "migrations": "ok", "broker": "ok"}
    assert (response.status_code, response.json()) == (200, {"status": "ok", "parts": parts})


def test_not_ready_names_the_part_and_not_the_reason(client, monkeypatch):
    def fail():
        raise OperationalError("password of 10.0.0.5 is wrong")

    monkeypatch.setattr(health, "_database", fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["database"] == "failed"
    assert b"10.0.0.5" not in response.content


def test_not_ready_while_migrations_are_pending(client, monkeypatch):
    monkeypatch.setattr(health, "_migrations", lambda: "pending")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["parts"]["migrations"]) == (503, "pending")


def test_not_ready_without_the_queue(client, settings, monkeypatch):
    from config.celery import app

    monkeypatch.setattr(app, "connection_for_write", lambda: (_ for _ in ()).throw(ConnectionError("redis")))
    assert client.get("/readyz").json()["parts"]["broker"] == "failed"


def test_metrics_are_for_the_machine_itself(client):
    client.get("/healthz")
    assert b"biaogan_requests_total" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.7"}).status_code == 404


def test_metrics_are_for_who_bears_the_token(client, settings):
    settings.METRICS_TOKEN = "right"
    right, wrong = {"Authorization": "Bearer right"}, {"Authorization": "Bearer wrong"}
    assert client.get("/metrics", headers=right, REMOTE_ADDR="10.0.0.7").status_code == 200
    assert client.get("/metrics", headers=wrong, REMOTE_ADDR="10.0.0.7").status_code == 404


def test_an_empty_token_opens_nothing(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR="10.0.0.7").status_code == 404


def test_health_is_only_read(client):
    assert client.post("/readyz").status_code == 405


def test_the_probe_says_no_when_nobody_answers():
    assert probe.ready("http://127.0.0.1:9/readyz") is False


@pytest.mark.django_db(transaction=True)
def test_the_probe_speaks_under_an_allowed_name(live_server, settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["dangjian.example.gov.cn"]
    monkeypatch.setenv("ALLOWED_HOSTS", "dangjian.example.gov.cn")
    assert probe.ready(f"{live_server.url}/readyz") is True
    monkeypatch.setenv("ALLOWED_HOSTS", "other.example")
    assert probe.ready(f"{live_server.url}/readyz") is False
