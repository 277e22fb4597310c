"""People who sign in, and what each may act as. Only what duty needs: no phone, no identity number."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from ..enums import Role
from .base import TenantOwned


class User(AbstractUser):
    """A person's account. ``session_epoch`` is raised to end every open session of the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    display_name = models.CharField("姓名", max_length=40)
    session_epoch = models.PositiveIntegerField("会话序号", default=0)
    must_change_password = models.BooleanField("须改密码", default=False)
    password_changed_at = models.DateTimeField("改密时间", default=timezone.now)
    last_seen_at = models.DateTimeField("最近使用", null=True, blank=True)

    first_name = None
    last_name = None
    email = models.EmailField("邮箱", blank=True)

    class Meta:
        verbose_name = "人员"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username


class PasswordHistory(models.Model):
    """Former password hashes, so that a password is not reused."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="password_history")
    password = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"


class Membership(TenantOwned):
    """A person acts in one tenant, for one organization, in one role; a person may hold several."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name="人员")
    organization = models.ForeignKey(
        "accounts.Organization", models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="单位"
    )
    role = models.CharField("角色", max_length=20, choices=Role)
    post = models.CharField("职务", max_length=40, blank=True)
    active = models.BooleanField("在用", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "任职"
        ordering = ["role", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user", "organization", "role"], name="membership_once"),
            # NULLs are distinct in a unique index, so a role without an organization needs its own.
            models.UniqueConstraint(
                fields=["tenant", "user", "role"],
                condition=models.Q(organization__isnull=True),
                name="membership_once_without_organization",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.TOWNSHIP_SECRETARY) | models.Q(organization__isnull=False),
                name="membership_township_has_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
