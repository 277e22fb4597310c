"""What the pages of this app share: showing a service's refusal beside its form, and paging a list."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def attempt(form: forms.Form, service: Callable[[], Any]) -> Any:
    """Call a service; what it refuses becomes errors of the form (None is returned then)."""
    try:
        return service()
    except ValidationError as refused:
        for field, texts in refusals(refused):
            form.add_error(field if field in form.fields else None, texts)
        return None


def refusals(refused: ValidationError) -> list[tuple[str | None, list[str]]]:
    if hasattr(refused, "error_dict"):
        return [(None if field == "__all__" else field, texts) for field, texts in refused.message_dict.items()]
    return [(None, refused.messages)]


def attempt_plainly(request: HttpRequest, service: Callable[[], Any], done: str) -> Any:
    """For a button without a form: the outcome, or the reason, becomes a message."""
    try:
        result = service()
    except ValidationError as refused:
        messages.error(request, "".join(refused.messages))
        return None
    messages.success(request, done)
    return result if result is not None else True


def page_of(request: HttpRequest, rows: QuerySet, size: int = 50) -> Page:
    return Paginator(rows, size).get_page(request.GET.get("page"))
