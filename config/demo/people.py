"""The demonstration's people. One password per installation, made at first start and kept beside the database."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts.enums import Role
from accounts.models import Membership, Organization, Tenant, User, tenant_scope
from accounts.services.people import create_person, grant_membership


@dataclass(frozen=True)
class Person:
    """Someone to sign in as. ``organization`` is a code of the tenant's tree; empty for its root."""

    username: str
    name: str
    role: str
    post: str
    organization: str = ""


JIANDE = (
    Person("limin", "李敏", Role.COUNTY_ADMIN, "组织二科，配置、计算"),
    Person("wangjian", "王建", Role.COUNTY_ADMIN, "组织二科，复核、公布"),
    Person("genglou", "更楼街道", Role.TOWNSHIP_SECRETARY, "党工委书记", "330182003"),
    Person("pingwei09", "评委09", Role.INSPECTOR, "评委", "330182107"),
    Person("chenbuzhang", "陈部长", Role.LEADER, "部领导"),
)
QINGXI = (
    Person("qingxi", "周岚", Role.COUNTY_ADMIN, "组织科，配置、计算"),
    Person("qingxi2", "何苗", Role.COUNTY_ADMIN, "组织科，复核、公布"),
    Person("pingshen01", "评审01", Role.INSPECTOR, "评委"),
    Person("shiqiao", "石桥镇", Role.TOWNSHIP_SECRETARY, "党委书记", "990101001"),
    Person("qingxild", "沈部长", Role.LEADER, "部领导"),
)
PREFECTURE = (Person("guancha", "市委组织部", Role.OBSERVER, "市级观察员"),)
PLATFORM = (
    Person("xitong", "系统管理员", Role.SYSTEM_ADMIN, "三员之一"),
    Person("anquan", "安全管理员", Role.SECURITY_ADMIN, "三员之一"),
    Person("shenji", "审计管理员", Role.AUDIT_ADMIN, "三员之一"),
)


def demo_password() -> str:
    """The installation's demonstration password; a file that only its owner reads."""
    path = Path(settings.VAR) / "demo-password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"Biaogan-{secrets.token_hex(4)}")
    return path.read_text()


def ensure_people(tenant: Tenant, people: tuple[Person, ...]) -> dict[str, User]:
    """Create who is missing. Returns everybody by username."""
    with tenant_scope(tenant):
        return {person.username: _ensure(tenant, person) for person in people}


def _ensure(tenant: Tenant, person: Person) -> User:
    known = User.objects.filter(username=person.username).first()
    user = known or create_person(
        username=person.username,
        display_name=person.name,
        password=demo_password(),
        actor=None,
        must_change_password=False,
    )
    if not Membership.objects.filter(user=user, role=person.role).exists():
        organization = Organization.objects.filter(code=person.organization).first() if person.organization else None
        grant_membership(
            user=user, tenant=tenant, role=person.role, actor=None, organization=organization, post=person.post
        )
    return user
