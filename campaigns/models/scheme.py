"""A county's rules as a versioned document. What the text means is the engine's business (package ``schemes``)."""

from functools import lru_cache

from django.conf import settings
from django.db import models

import schemes
from accounts.models import TenantOwned

from ..enums import VersionState


class Scheme(TenantOwned):
    key = models.SlugField("标识", max_length=40)
    name = models.CharField("办法名称", max_length=80)

    class Meta:
        verbose_name = "创建办法"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="scheme_key")]

    def __str__(self) -> str:
        return self.name


class SchemeVersion(TenantOwned):
    """Immutable once published (the database refuses changes of ``text``); a round pins one."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="versions", verbose_name="办法")
    number = models.CharField("版本", max_length=40)
    text = models.TextField("文本")
    digest = models.CharField("摘要", max_length=64)
    state = models.CharField("状态", max_length=12, choices=VersionState, default=VersionState.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta:
        verbose_name = "办法版本"
        ordering = ["scheme", "-created_at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "scheme", "number"], name="scheme_version_number")]

    def __str__(self) -> str:
        return f"{self.scheme.name} {self.number} 版"

    @property
    def document(self) -> schemes.Scheme:
        """The document read by the engine; every stored text has been checked, so this does not fail."""
        return _read(self.text)


@lru_cache(maxsize=64)
def _read(text: str) -> schemes.Scheme:
    """Read once per process: a Scheme never changes, and reading costs more than most requests."""
    return schemes.read_scheme(text)
