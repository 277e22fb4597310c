"""Every failure answers with a sentence and a number, for people as a page and for programs as JSON."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions

from config import errors

NUMBER = "0123456789abcdef"


@pytest.fixture
def request_to():
    def make(path):
        request = RequestFactory().get(path)
        request.request_id = NUMBER
        return request

    return make


@pytest.fixture
def broken_templates(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("database is down")

    monkeypatch.setattr(errors, "render_to_string", fail)


@pytest.mark.parametrize(
    ("view", "status"), [(errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404)]
)
def test_pages_hold_sentence_and_number_even_without_templates(request_to, broken_templates, view, status):
    response = view(request_to("/x"), None)
    page = response.content.decode()
    assert response.status_code == status
    assert errors.TEXTS[status].message in page
    assert NUMBER in page


def test_500_needs_neither_template_nor_database(request_to, broken_templates):
    response = errors.server_error(request_to("/x"))
    assert response.status_code == 500
    assert NUMBER in response.content.decode()


def test_500_never_asks_the_context_processors(request_to, monkeypatch):
    asked = []
    monkeypatch.setattr(errors, "render_to_string", lambda name, context, request: asked.append(request) or "page")
    errors.server_error(request_to("/x"))
    assert asked == [None]


def test_a_refusal_may_say_why(request_to, broken_templates):
    page = errors.forbidden(request_to("/x"), PermissionDenied("只有审核人可以确认。")).content.decode()
    assert "只有审核人可以确认。" in page


def test_a_missing_page_does_not_say_what_was_looked_for(request_to, broken_templates):
    page = errors.not_found(request_to("/x"), Http404("浦江县的名单")).content.decode()
    assert "浦江" not in page


def test_text_of_a_refusal_is_escaped(request_to, broken_templates):
    assert "<b>" not in errors.forbidden(request_to("/x"), PermissionDenied("<b>")).content.decode()


def test_programs_get_json(request_to):
    response = errors.not_found(request_to("/api/v1/x"), None)
    assert json.loads(response.content)["request_id"] == NUMBER
    assert response["Content-Type"] == "application/json"


def test_a_stale_form_says_what_to_do(request_to, broken_templates):
    response = errors.csrf_failure(request_to("/x"))
    assert response.status_code == 403
    assert "重新提交" in response.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (exceptions.NotAuthenticated(), 401, "请先登录。"),
        (PermissionDenied("只有审核人可以确认。"), 403, "只有审核人可以确认。"),
        (PermissionDenied(), 403, errors.API_TEXTS[403]),
        (Http404("浦江县的名单"), 404, errors.API_TEXTS[404]),
        (exceptions.MethodNotAllowed("PUT"), 405, errors.API_TEXTS[405]),
    ],
)
def test_api_errors_have_one_shape(request_to, error, status, detail):
    response = errors.api_exception(error, {"request": request_to("/api/v1/x")})
    assert response.status_code == status
    assert response.data == {"detail": detail, "request_id": NUMBER}


def test_api_lists_what_is_wrong_by_field(request_to):
    error = ValidationError({"score": ["应在 0 至 5 之间。"]})
    response = errors.api_exception(error, {"request": request_to("/api/v1/x")})
    assert response.status_code == 400
    assert response.data["errors"] == {"score": ["应在 0 至 5 之间。"]}


def test_an_unknown_error_goes_on_to_the_500_page(request_to):
    assert errors.api_exception(RuntimeError("secret"), {"request": request_to("/api/v1/x")}) is None
