"""Say who acts and in which tenant, and keep the request inside that tenant's scope until its last byte.

Sets ``request.memberships``, ``request.membership`` and ``request.tenant``; ends sessions that were revoked;
sends people who must change their password to the page for it. Permissions are not checked here.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from .models import Membership, Tenant, User, tenant_scope
from .queries import memberships_of
from .services.audit import acting_from

#: Activity is written at most this often, so that reading pages does not become writing.
SEEN_EVERY = timedelta(minutes=1)


class MembershipMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        revoked = end_revoked_session(request)
        request.memberships = memberships_of(request.user) if request.user.is_authenticated else []
        request.membership = current_membership(request)
        request.tenant = request.membership.tenant if request.membership else None
        origin = acting_from(address=request.META.get("REMOTE_ADDR"), request_id=getattr(request, "request_id", ""))
        with origin, tenant_scope(request.tenant) if request.tenant else nullcontext():
            return self.respond(request, revoked=revoked)

    def respond(self, request: HttpRequest, *, revoked: bool) -> HttpResponseBase:
        if revoked:
            # The message middleware runs after this one, so the session carries the sentence to the sign-in page.
            request.session["notice"] = "您已在全部设备退出，请重新登录。"
        elif request.user.is_authenticated:
            if answer := password_first(request):
                return answer
            note_activity(request.user)
        response = self.get_response(request)
        if response.streaming and request.tenant and not response.is_async:
            response.streaming_content = in_scope(request.tenant, response.streaming_content)
        return response


def end_revoked_session(request: HttpRequest) -> bool:
    """Sign out a session opened before the person's sessions were ended; whether it was."""
    user = request.user
    if not user.is_authenticated or request.session.get("epoch") == user.session_epoch:
        return False
    logout(request)
    return True


def current_membership(request: HttpRequest) -> Membership | None:
    """The membership chosen in this session, else the person's first."""
    chosen = request.session.get("membership_id")
    by_id = {str(membership.pk): membership for membership in request.memberships}
    return by_id.get(chosen) or next(iter(request.memberships), None)


def password_first(request: HttpRequest) -> HttpResponseBase | None:
    """Until a handed-out password is replaced, only the password page and sign-out answer."""
    if not request.user.must_change_password:
        return None
    open_paths = {reverse(name) for name in ("accounts:password", "accounts:signout", "accounts:signout_everywhere")}
    if request.path in open_paths or request.path.startswith("/static/"):
        return None
    if request.path.startswith("/api/"):
        raise PermissionDenied("请先登录网页修改初始密码。")
    return HttpResponseRedirect(reverse("accounts:password"))


def note_activity(user: User) -> None:
    now = timezone.now()
    if user.last_seen_at is None or now - user.last_seen_at > SEEN_EVERY:
        User.objects.filter(pk=user.pk).update(last_seen_at=now)


def in_scope(tenant: Tenant, chunks: Iterable[Any]) -> Iterator[Any]:
    """Produce every chunk inside the scope, without leaving the scope open between chunks."""
    iterator = iter(chunks)
    while True:
        with tenant_scope(tenant):
            try:
                chunk = next(iterator)
            except StopIteration:
                return
        yield chunk
