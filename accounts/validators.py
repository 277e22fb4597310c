"""Rules for passwords that Django does not bring: kinds of characters, no user name inside, no reuse."""

import re
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError

from .models import User

CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")
CLASSES_NEEDED = 3
FORMER_KEPT = 5


class LengthValidator(MinimumLengthValidator):
    """Django's own rule, said in Chinese whatever its catalogue holds."""

    def get_error_message(self) -> str:
        return f"密码太短，至少要有 {self.min_length} 位。"

    def get_help_text(self) -> str:
        return f"至少 {self.min_length} 位。"


class ClassesValidator:
    """At least three of lower case, upper case, digits, other signs; and not the user name."""

    def validate(self, password: str, user: User | None = None) -> None:
        found = sum(bool(re.search(pattern, password)) for pattern in CLASSES)
        if found < CLASSES_NEEDED:
            raise ValidationError(f"密码只有 {found} 类字符：{self.get_help_text()}", code="password_classes")
        username = (getattr(user, "username", "") or "").lower()
        if len(username) >= 3 and username in password.lower():
            raise ValidationError("密码里含有用户名，请换一个。", code="password_username")

    def get_help_text(self) -> str:
        return f"小写字母、大写字母、数字、符号四类中至少要有 {CLASSES_NEEDED} 类，且不含用户名。"


class HistoryValidator:
    """Not the present password and none of the last five."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user._state.adding:
            return
        former = list(user.password_history.values_list("password", flat=True)[:FORMER_KEPT])
        if any(check_password(password, encoded) for encoded in {user.password, *former} if encoded):
            raise ValidationError(f"这个密码最近 {FORMER_KEPT} 次用过，请换一个新的。", code="password_history")

    def get_help_text(self) -> str:
        return f"不能与最近 {FORMER_KEPT} 次用过的密码相同。"
