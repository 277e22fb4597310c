"""What the views of this app share: the round of an address, acts that may be refused, crumbs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse

from accounts.access import Permission, get_permitted
from campaigns.models import Round

from ..queries import managed_rounds

PANELS = Permission.MANAGE_PANELS


def find_round(request: HttpRequest, round_id: UUID) -> Round:
    found: Round = get_permitted(request.membership, PANELS, managed_rounds(request.membership), pk=round_id)
    return found


def tried(
    request: HttpRequest, act: Callable[[], Any], done: str | Callable[[Any], str], form: Form | None = None
) -> Any:
    """Call a service and say what came of it; a refusal is shown where it belongs and answered with None."""
    try:
        answer = act()
    except ValidationError as refused:
        if form is not None:
            form.add_error(None, refused)
        else:
            messages.error(request, "".join(refused.messages))
        return None
    messages.success(request, done if isinstance(done, str) else done(answer))
    return answer if answer is not None else True


def said_wrong(request: HttpRequest, form: Form) -> None:
    """The problems of a small form whose page is not the one that answers."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        for error in errors:
            messages.error(request, f"{label}：{error}" if label else str(error))


def crumbs(round: Round, *rest: tuple[str, str]) -> list[dict[str, str]]:
    """``rest``: label and address; the last is the page itself."""
    first = [("评委与路线", reverse("sites:panels")), (round.title, reverse("sites:panel", args=[round.pk]))]
    return [{"label": label, "url": url} for label, url in [*first, *rest]]
