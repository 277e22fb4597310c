"""What every page's frame needs: navigation by permission, unit, person. No page's own data."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from .access import Permission as P
from .access import allowed
from .enums import Role, TenantKind
from .models import Membership

NAVIGATION: list[tuple[str, list[tuple[str, str, P]]]] = [
    ("", [
        ("工作台", "reports:workbench", P.VIEW_WORKBENCH),
        ("挂图作战", "reports:board", P.VIEW_BOARD),
    ]),
    ("创建", [
        ("活动与轮次", "campaigns:campaigns", P.MANAGE_CAMPAIGNS),
        ("创建办法", "campaigns:schemes", P.VIEW_SCHEME),
        ("轮次与结果", "reports:rounds", P.VIEW_ROUNDS),
        ("现场", "reports:live_boards", P.VIEW_LIVE),
        ("公示与异议", "scoring:notices", P.VIEW_NOTICES),
        ("申报", "campaigns:nominations", P.NOMINATE),
        ("申报审核", "campaigns:reviews", P.REVIEW_NOMINATIONS),
        ("材料", "campaigns:materials", P.VIEW_MATERIALS),
        ("评委与路线", "sites:panels", P.MANAGE_PANELS),
        ("我的行程", "sites:my_day", P.SUBMIT_SHEET),
        ("回避申报", "sites:conflicts", P.SUBMIT_SHEET),
        ("纸质表录入", "scoring:keying", P.ENTER_PAPER),
        ("申报与评分导入", "campaigns:imports", P.IMPORT_DATA),
    ]),
    ("荣誉", [
        ("称号台账", "reports:titles", P.VIEW_TITLES),
        ("乡镇加分", "reports:townships", P.VIEW_TOWNSHIPS),
        ("授牌与资金", "reports:awarding", P.MANAGE_TITLES),
        ("经验做法", "campaigns:practices", P.VIEW_PRACTICES),
    ]),
    ("领导", [("总览", "reports:dashboard", P.VIEW_DASHBOARD)]),
    ("综合", [
        ("组织机构", "accounts:organizations", P.MANAGE_ORGANIZATIONS),
        ("人员", "accounts:people", P.MANAGE_PEOPLE),
        ("后台任务", "accounts:jobs", P.VIEW_JOBS),
        ("消息", "accounts:messages", P.MANAGE_MESSAGES),
        ("演练", "scoring:rehearsals", P.REHEARSE),
        ("操作日志", "accounts:audit", P.VIEW_AUDIT),
        ("登录安全", "accounts:security", P.VIEW_SECURITY),
        ("租户", "accounts:tenants", P.MANAGE_TENANTS),
        ("县（市、区）一览", "reports:prefecture", P.VIEW_PREFECTURE),
    ]),
]  # fmt: skip

#: Pages of a county's own campaigns: a prefecture runs none, and looks at its counties instead.
OF_A_COUNTY = {
    "reports:workbench", "reports:board", "reports:rounds", "reports:titles", "reports:townships", "reports:dashboard",
}  # fmt: skip

#: Roles that look rather than work: navigation on top, the width for pictures.
LOOKING = {Role.LEADER, Role.OBSERVER}


def shell(request: HttpRequest) -> dict[str, Any]:
    """``{"shell": {...}}`` for a person with a membership, ``{"shell": None}`` for everybody else."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        return {"shell": None}
    tenant = membership.tenant
    return {
        "shell": {
            "nav": navigation(membership, current=current_name(request)),
            "layout": "leader" if membership.role in LOOKING else "county",
            "unit": tenant.office,
            "demo": tenant.is_demo,
            "demo_title": "演练" if tenant.kind == TenantKind.REHEARSAL else "演示数据，分值为合成",
            "demo_note": tenant.demo_note,
            "person": str(request.user),
            "role_label": membership.get_role_display(),
            "memberships": choices(request.memberships, membership),
            "version": product_version(),
        }
    }


def navigation(membership: Membership, *, current: str) -> list[dict[str, Any]]:
    """Groups of links the role may open; a group without any is left out."""
    groups = []
    for title, entries in NAVIGATION:
        items = [
            {"label": label, "url": url, "current": name == current, "count": None}
            for label, name, permission in entries
            if allowed(membership, permission) and fits(membership, name) and (url := address(name))
        ]
        if items:
            groups.append({"title": title, "items": items})
    return groups


def fits(membership: Membership, name: str) -> bool:
    return membership.tenant.kind != TenantKind.PREFECTURE or name not in OF_A_COUNTY


def choices(memberships: list[Membership], current: Membership) -> list[dict[str, Any]]:
    return [
        {"id": item.pk, "label": f"{item.tenant.name}　{item.get_role_display()}", "current": item.pk == current.pk}
        for item in memberships
    ]


def current_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else ""


def address(name: str) -> str:
    """The page's address, or nothing for an app that is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@cache
def product_version() -> str:
    try:
        return version("biaogan")
    except PackageNotFoundError:
        return "0.1.0"
