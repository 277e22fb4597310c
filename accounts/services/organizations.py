"""The tree of organizations: add, rename, move, retire, import, adopt from the national list.

Codes and paths are written here only. Nothing is deleted: results keep pointing at organizations that are gone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from pypinyin import Style, lazy_pinyin

from ..enums import OrganizationKind
from ..models import Organization, Tenant, User
from ..queries import divisions_below
from .audit import record

CODE = re.compile(r"[0-9]{6,12}")
BATCH = 1_000
WRITTEN = [
    "name",
    "sort_key",
    "kind",
    "level",
    "remote",
    "weak",
    "member_count",
    "active",
    "parent_id",
    "path",
    "depth",
]


def sort_key(name: str) -> str:
    """Pinyin without tones, so that lists stand in the order people look names up; then the name itself."""
    return " ".join(lazy_pinyin(name, style=Style.NORMAL))[:120]


@dataclass(frozen=True)
class Facts:
    """What a file or the national list says about one organization; None leaves a present value as it is."""

    code: str
    name: str
    kind: str
    parent_code: str
    level: str | None = None
    remote: bool | None = None
    weak: bool | None = None
    member_count: int | None = None

    def given(self) -> dict[str, Any]:
        values = {"name": self.name, "kind": self.kind, "level": self.level, "remote": self.remote,
                  "weak": self.weak, "member_count": self.member_count}  # fmt: skip
        return {field: value for field, value in values.items() if value is not None}


@transaction.atomic
def add_organization(
    *,
    tenant: Tenant,
    code: str,
    name: str,
    kind: str,
    actor: User | None,
    parent: Organization | None = None,
    **facts: Any,
) -> Organization:
    """Add one organization below ``parent``; without one it is the root."""
    if not CODE.fullmatch(code):
        raise ValidationError({"code": f"代码“{code}”应为 6–12 位数字。"})
    if Organization.objects.filter(code=code).exists():
        raise ValidationError({"code": f"代码“{code}”已有组织使用。"})
    organization = Organization(tenant=tenant, code=code, kind=kind, parent=parent, **facts)
    place(organization, parent)
    call(organization, name)
    organization.full_clean(exclude=["tenant", "parent"])
    organization.save()
    record(actor=actor, verb="新增组织", target=organization, new={"code": code, "name": name, "kind": kind})
    return organization


def place(organization: Organization, parent: Organization | None) -> None:
    organization.parent = parent
    organization.path = f"{parent.path}/{organization.code}" if parent else organization.code
    organization.depth = organization.path.count("/")


def call(organization: Organization, name: str) -> None:
    organization.name = name.strip()
    organization.sort_key = sort_key(organization.name)


@transaction.atomic
def rename(*, organization: Organization, name: str, actor: User) -> Organization:
    old = organization.name
    call(organization, name)
    organization.full_clean(exclude=["tenant", "parent"])
    organization.save(update_fields=["name", "sort_key"])
    record(actor=actor, verb="更名组织", target=organization, old={"name": old}, new={"name": organization.name})
    return organization


@transaction.atomic
def move(*, organization: Organization, parent: Organization, actor: User) -> Organization:
    """Put an organization with everything below it under another parent."""
    if parent.path == organization.path or parent.path.startswith(f"{organization.path}/"):
        raise ValidationError({"parent": f"“{parent}”是“{organization}”自己或其下级，不能作为上级。"})
    old_parent, old_path = organization.parent, organization.path
    below = list(Organization.objects.filter(path__startswith=f"{old_path}/"))
    place(organization, parent)
    organization.save(update_fields=["parent", "path", "depth"])
    for child in below:
        child.path = organization.path + child.path.removeprefix(old_path)
        child.depth = child.path.count("/")
    rewrite(below)
    record(actor=actor, verb="调整隶属", target=organization,
           old={"parent": old_parent and old_parent.code}, new={"parent": parent.code})  # fmt: skip
    return organization


@transaction.atomic
def retire(*, organization: Organization, actor: User) -> Organization:
    """Take an organization out of use; what it won stays."""
    if Organization.objects.filter(parent=organization, active=True).exists():
        raise ValidationError(f"“{organization}”还有在用的下级组织，请先撤销或调整它们。")
    organization.active = False
    organization.save(update_fields=["active"])
    record(actor=actor, verb="撤销组织", target=organization)
    return organization


@transaction.atomic
def write_tree(*, tenant: Tenant, rows: Iterable[Facts], actor: User | None, verb: str) -> dict[str, int]:
    """Write checked rows: new ones, changed ones, and the paths of everything that moved, all or nothing.

    The caller has checked codes, parents and cycles (``accounts.importers.plan``); here parents come before
    children because the whole tree is laid out again in memory.
    """
    present = {row.code: row for row in Organization.objects.all()}
    facts = {row.code: row for row in rows}
    new = [Organization(tenant=tenant, code=code) for code in facts if code not in present]
    everything = present | {row.code: row for row in new}
    before = {code: state_of(row) for code, row in present.items()}
    for code, row in facts.items():
        describe(everything[code], row, everything.get(row.parent_code))
    lay_out(everything)
    changed = [row for code, row in present.items() if state_of(row) != before[code]]
    save_tree(new, changed)
    counts = {"new": len(new), "changed": len(changed)}
    record(actor=actor, verb=verb, new=counts, tenant=tenant)
    return counts


def describe(organization: Organization, facts: Facts, parent: Organization | None) -> None:
    for field, value in facts.given().items():
        setattr(organization, field, value)
    call(organization, facts.name)
    organization.active = True
    organization.parent = parent


def lay_out(everything: dict[str, Organization]) -> None:
    """Set path and depth of every organization from its parent's."""
    by_id: dict[UUID | None, Organization] = {row.pk: row for row in everything.values()}
    for row in everything.values():
        steps, above = [row.code], by_id.get(row.parent_id)
        while above is not None:
            steps.append(above.code)
            above = by_id.get(above.parent_id)
        row.path = "/".join(reversed(steps))
        row.depth = len(steps) - 1


def state_of(organization: Organization) -> tuple[Any, ...]:
    return tuple(getattr(organization, "parent_id" if field == "parent" else field) for field in WRITTEN)


def save_tree(new: list[Organization], changed: list[Organization]) -> None:
    """Parents before children. A path ends in its own code, so no two organizations ever want the same one."""
    Organization.objects.bulk_create(sorted(new, key=lambda row: row.depth), batch_size=BATCH)
    rewrite(changed)


def rewrite(rows: list[Organization]) -> None:
    """Update many rows by an upsert on their keys: bulk_update of 5,500 rows locked SQLite for 40 s."""
    Organization.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
    )


@transaction.atomic
def adopt_divisions(*, tenant: Tenant, county_code: str, actor: User) -> dict[str, int]:
    """Create the county's townships and villages from the national list, below its root organization."""
    if not re.fullmatch(r"[0-9]{6}", county_code):
        raise ValidationError(f"县（市、区）代码“{county_code}”应为 6 位数字。")
    listed = list(divisions_below(county_code))
    if not listed:
        raise ValidationError(f"全国区划清单里没有以 {county_code} 开头的单位：请核对代码，或先由平台导入清单。")
    root = Organization.objects.filter(parent=None).order_by("path").first()
    known = set(Organization.objects.values_list("code", flat=True))
    codes = {row.code for row in listed}
    rows = [adopted(row, codes, root.code if root else county_code) for row in listed if row.code not in known]
    counts = write_tree(tenant=tenant, rows=rows, actor=actor, verb="从区划清单建立组织")
    return {**counts, "kept": len(listed) - len(rows)}


def adopted(division: Any, codes: set[str], root_code: str) -> Facts:
    """A street is a township; what lies below is a community where its name says so (居委会、社区), else a village."""
    is_street = division.parent_code not in codes
    kind = OrganizationKind.TOWNSHIP if is_street else village_kind(division.name)
    parent_code = root_code if is_street else division.parent_code
    return Facts(code=division.code, name=division.name, kind=kind, parent_code=parent_code)


def village_kind(name: str) -> OrganizationKind:
    return OrganizationKind.COMMUNITY if re.search(r"社区|居委会|居民委员会", name) else OrganizationKind.VILLAGE
