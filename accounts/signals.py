"""What happens at the door: Django's and axes' sign-in news become audit entries and a session stamp."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from .models import User
from .services.audit import record


@receiver(user_logged_in)
def stamp_session(sender: type, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A session carries the epoch it was opened in; raising the person's epoch ends it."""
    request.session["epoch"] = user.session_epoch
    record(actor=user, verb="登录", target=user)


@receiver(user_logged_out)
def note_sign_out(sender: type, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record(actor=user, verb="退出", target=user)


@receiver(user_login_failed)
def note_failure(sender: type, credentials: dict[str, Any], **kwargs: Any) -> None:
    record(actor=None, verb="登录失败", target=str(credentials.get("username", ""))[:60], succeeded=False)


@receiver(user_locked_out)
def note_lockout(sender: object, username: str | None = None, **kwargs: Any) -> None:
    record(actor=None, verb="账号锁定", target=username or "", succeeded=False)
