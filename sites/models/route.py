"""Who goes where and when: routes of a round, their stops in order, and the county's own outline map."""

from django.conf import settings
from django.db import models

from accounts.models import Organization, TenantOwned
from campaigns.models import Nomination, Round

from .panel import PanelMember


class Route(TenantOwned):
    """One day's tour. ``members`` go along; a route without members is everybody's."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="routes", verbose_name="轮次")
    name = models.CharField("路线", max_length=40)
    on = models.DateField("日期")
    starts_at = models.TimeField("出发", null=True, blank=True)
    start = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="起点")
    members = models.ManyToManyField(PanelMember, through="RouteMember", related_name="routes")

    class Meta:
        verbose_name = "路线"
        ordering = ["round", "on", "name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "name"], name="route_name")]

    def __str__(self) -> str:
        return self.name


class RouteMember(TenantOwned):
    route = models.ForeignKey(Route, models.CASCADE, related_name="+", verbose_name="路线")
    member = models.ForeignKey(PanelMember, models.CASCADE, related_name="+", verbose_name="评委")

    class Meta:
        verbose_name = "路线成员"
        constraints = [models.UniqueConstraint(fields=["tenant", "route", "member"], name="route_member_once")]

    def __str__(self) -> str:
        return f"{self.route_id} {self.member_id}"


class Stop(TenantOwned):
    """``planned_at`` on the route's day; ``arrived_at`` and ``left_at`` as the office or the tour's leader noted
    them.
    """

    route = models.ForeignKey(Route, models.CASCADE, related_name="stops", verbose_name="路线")
    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="stops", verbose_name="参评单位")
    sequence = models.PositiveSmallIntegerField("顺序")
    planned_at = models.TimeField("计划到达", null=True, blank=True)
    arrived_at = models.DateTimeField("到达", null=True, blank=True)
    left_at = models.DateTimeField("离开", null=True, blank=True)

    class Meta:
        verbose_name = "站点"
        ordering = ["route", "sequence"]
        constraints = [models.UniqueConstraint(fields=["tenant", "route", "nomination"], name="stop_once")]

    def __str__(self) -> str:
        return f"{self.route_id} {self.sequence}"


class CountyMap(TenantOwned):
    """The county's outline as the county loaded it: GeoJSON polygons (WGS 84 or as used for the organizations)."""

    geojson = models.JSONField("轮廓")
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    loaded_at = models.DateTimeField("载入时间", auto_now=True)

    class Meta:
        verbose_name = "县域轮廓"
        constraints = [models.UniqueConstraint(fields=["tenant"], name="county_map_once")]

    def __str__(self) -> str:
        return f"{self.loaded_at:%Y-%m-%d}"
