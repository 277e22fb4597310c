"""The door: signing in and out, changing the password, choosing the post one acts in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ..access import public, signed_in
from ..context import product_version
from ..forms import PasswordForm, SignInForm
from ..models import Tenant, tenant_scope
from ..services.audit import record
from ..services.people import change_password, sign_out_everywhere


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.method != "POST":
        return redirect(home())
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        return redirect(next_page(request))
    if notice := request.session.pop("notice", ""):
        messages.info(request, notice)
    return render(request, "accounts/signin.html", door(request, form))


def door(request: HttpRequest, form: SignInForm) -> dict[str, Any]:
    """The sign-in page names its unit only where there is just one: it must not list the counties of a platform."""
    counties = list(Tenant.objects.filter(kind="county")[:2])
    only = counties[0] if len(counties) == 1 else None
    return {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "unit": only.office if only else "",
        "demo": bool(only and only.is_demo),
        "version": product_version(),
    }


def next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and ours else home()


def home() -> str:
    try:
        return reverse("reports:workbench")
    except NoReverseMatch:
        return "/"


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any]) -> HttpResponse:
    """Called by axes at the fifth failure and for every try while locked."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "accounts/locked_out.html", {"minutes": minutes}, status=429)


@signed_in
@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("accounts:signin")


@signed_in
@require_POST
def signout_everywhere(request: HttpRequest) -> HttpResponse:
    sign_out_everywhere(user=request.user, actor=request.user)
    logout(request)
    request.session["notice"] = "已在全部设备退出。"
    return redirect("accounts:signin")


@signed_in
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user = change_password(user=request.user, password=form.cleaned_data["new"])
        # This session goes on; all others carry an older epoch and end.
        request.session["epoch"] = user.session_epoch
        update_session_auth_hash(request, user)
        messages.success(request, "密码已修改，其他设备上的登录已失效。")
        return redirect(home())
    forced = "这是管理员发放的密码，请先改成自己的密码。" if request.user.must_change_password else ""
    return render(request, "accounts/password.html", {"form": form, "must_change": forced})


@signed_in
@require_POST
def switch(request: HttpRequest, membership_id: str) -> HttpResponse:
    """Act in another of one's own posts; anything else changes nothing."""
    chosen = next((item for item in request.memberships if str(item.pk) == str(membership_id)), None)
    if chosen is None:
        messages.error(request, "没有这项任职，或已结束。")
        return redirect(home())
    request.session["membership_id"] = str(chosen.pk)
    with tenant_scope(chosen.tenant):
        record(actor=request.user, verb="切换身份", target=chosen.user, new={"role": chosen.role})
    return redirect(resolve_url(home()))
