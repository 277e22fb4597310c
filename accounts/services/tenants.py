"""A new tenant with its first administrator, whole or not at all."""

import re

from django.core.exceptions import ValidationError
from django.db import transaction

from ..enums import OrganizationKind, Role, TenantKind
from ..models import Tenant, User, tenant_scope
from .audit import record
from .organizations import add_organization
from .people import create_person, grant_membership


@transaction.atomic
def create_tenant(
    *,
    code: str,
    name: str,
    office: str,
    actor: User | None,
    kind: str = TenantKind.COUNTY,
    parent: Tenant | None = None,
    is_demo: bool = False,
    demo_note: str = "",
) -> Tenant:
    """Open a tenant. A county gets its own organization as the root of its tree."""
    if not re.fullmatch(r"\d{2,12}", code) and kind != TenantKind.PLATFORM:
        raise ValidationError({"code": f"代码“{code}”应为 2–12 位数字，县（市、区）用 6 位行政区划代码。"})
    if Tenant.objects.filter(code=code).exists():
        raise ValidationError({"code": f"代码“{code}”的租户已存在。"})
    tenant = Tenant(code=code, name=name, office=office, kind=kind, parent=parent, is_demo=is_demo, demo_note=demo_note)
    tenant.full_clean()
    tenant.save()
    with tenant_scope(tenant):
        record(actor=actor, verb="新建租户", target=tenant, new={"code": code, "name": name}, tenant=tenant)
        if kind == TenantKind.COUNTY:
            add_organization(tenant=tenant, code=code, name=name, kind=OrganizationKind.COUNTY, actor=actor)
    return tenant


@transaction.atomic
def open_county(
    *, code: str, name: str, office: str, username: str, display_name: str, password: str, actor: User
) -> tuple[Tenant, User]:
    """A county tenant and the first member of its organization department."""
    tenant = create_tenant(code=code, name=name, office=office, actor=actor)
    user = create_person(username=username, display_name=display_name, password=password, actor=actor)
    with tenant_scope(tenant):
        grant_membership(user=user, tenant=tenant, role=Role.COUNTY_ADMIN, actor=actor)
    return tenant, user
