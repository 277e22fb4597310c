"""People of the tenant: list, create, reset a password (shown once), end a post."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..access import Permission, get_permitted, require
from ..enums import Role
from ..forms import PersonForm
from ..models import Membership, User
from ..queries import grantable_roles, members
from ..services.people import create_person, end_membership, grant_membership, new_password, reset_password
from .answers import attempt, attempt_plainly, page_of

MANAGE = Permission.MANAGE_PEOPLE


@require(MANAGE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    role, text = request.GET.get("role", ""), request.GET.get("q", "").strip()
    rows = members(request.tenant, role=role if role in Role.values else "", text=text)
    context = {"page": page_of(request, rows), "roles": Role.choices, "role": role, "text": text,
               "grantable": {role.value for role in grantable_roles(request.membership)}}  # fmt: skip
    return render(request, "accounts/people.html", context)


@require(MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("password")
def person_new(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, membership=request.membership)
    if request.method == "POST" and form.is_valid():
        password = new_password()
        if membership := attempt(form, lambda: appoint(request, form, password)):
            return shown_once(request, membership.user, password)
    context = {"heading": "新建人员", "form": form, "button": "新建", "back": "accounts:people", "back_label": "人员"}
    return render(request, "accounts/form_page.html", context)


@transaction.atomic
def appoint(request: HttpRequest, form: PersonForm, password: str) -> Membership:
    """Account and post together, or neither."""
    asked = form.cleaned_data
    user = create_person(username=asked["username"], display_name=asked["display_name"], password=password,
                         actor=request.user)  # fmt: skip
    return grant_membership(user=user, tenant=request.tenant, role=asked["role"], organization=asked["organization"],
                            post=asked["post"], actor=request.user)  # fmt: skip


@require(MANAGE)
@never_cache
@require_POST
@sensitive_variables("password")
def person_reset(request: HttpRequest, membership_id: str) -> HttpResponse:
    membership = find(request, membership_id)
    password = attempt_plainly(
        request, lambda: reset_password(membership=membership, actor=request.user), "密码已重置。"
    )
    if password is None:
        return redirect("accounts:people")
    return shown_once(request, membership.user, password)


@require(MANAGE)
@require_POST
def person_end(request: HttpRequest, membership_id: str) -> HttpResponse:
    membership = find(request, membership_id)
    done = f"{membership.user} 的“{membership.get_role_display()}”任职已结束。"
    attempt_plainly(request, lambda: end_membership(membership=membership, actor=request.user), done)
    return redirect("accounts:people")


def find(request: HttpRequest, membership_id: str) -> Membership:
    """Only posts of roles this administrator looks after."""
    rows = members(request.tenant).filter(role__in=grantable_roles(request.membership))
    return get_permitted(request.membership, MANAGE, rows, pk=membership_id)


def shown_once(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """The answer itself carries the password; it is stored nowhere and a reload does not bring it back."""
    list(messages.get_messages(request))
    return render(request, "accounts/password_once.html", {"person": user, "password": password})
