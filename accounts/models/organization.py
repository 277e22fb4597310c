"""The tree of party organizations: county, township, village and what lies beside them.

The tree is a parent and a materialised path of codes (``330182/330182001/330182001202``): codes are
official, short and unique in a tenant, so a subtree is one indexed prefix and needs no library.
"""

from django.db import models

from ..enums import OrganizationKind, PartyLevel
from .base import TenantOwned


class Organization(TenantOwned):
    code = models.CharField("代码", max_length=12)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=12, choices=OrganizationKind)
    level = models.CharField("党组织层级", max_length=16, choices=PartyLevel, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=120, editable=False)
    depth = models.PositiveSmallIntegerField("层", editable=False)
    sort_key = models.CharField("拼音", max_length=120, blank=True, editable=False)
    remote = models.BooleanField("偏远", default=False)
    weak = models.BooleanField("薄弱", default=False)
    member_count = models.PositiveIntegerField("党员数", null=True, blank=True)
    longitude = models.FloatField("经度", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "党组织"
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="organization_code"),
            models.UniqueConstraint(fields=["tenant", "path"], name="organization_path"),
        ]
        indexes = [models.Index(fields=["tenant", "kind"], name="organization_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def township_code(self) -> str:
        """Code of the township above (or the organization itself when it is one); '' for the county."""
        steps = self.path.split("/")
        return steps[1] if len(steps) > 1 else ""
