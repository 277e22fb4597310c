"""What a new draft may begin from, and the tree it then begins with. Reads only."""

import re
from dataclasses import dataclass
from functools import cache

from django.db.models import QuerySet

from accounts.models import Membership, Tenant
from schemes.editing import Tree, adopt_scheme, blank_scheme, read_tree, set_at, value_at
from schemes.files import SHIPPED, shipped_names

from .models import Scheme, SchemeVersion
from .queries import visible_versions

BLANK = "blank"


@dataclass(frozen=True)
class Beginning:
    """``value`` as it is posted: ``blank``, ``shipped:NAME`` or ``version:ID``."""

    value: str
    label: str
    note: str
    group: str


def beginnings(membership: Membership) -> list[Beginning]:
    """Everything this membership may begin from: nothing, its own versions, the shipped counties."""
    own = [
        Beginning(f"version:{version.pk}", str(version), version.get_state_display(), "本县的版本")
        for version in _versions(membership)
    ]
    blank = Beginning(BLANK, "空白办法", "一个项目、一条标准、一个等次，其余逐项填写", "从头写")
    return [blank, *own, *_shipped()]


def begin_from(membership: Membership, beginning: Beginning) -> tuple[Tree, SchemeVersion | None]:
    """The tree of a new draft, and the version it comes from where it does."""
    kind, _, name = beginning.value.partition(":")
    tenant = membership.tenant
    if kind == "version":
        version = _versions(membership).get(pk=name)
        tree = read_tree(version.text)
        return set_at(tree, ("identity", "version"), free_number(version.scheme, version.number)), version
    facts = {"county": (tenant.code, tenant.name), "issuer": tenant.office, "version": "1"}
    if kind == "shipped":
        tree = _shipped_tree(name)
        wish = str(value_at(tree, ("identity", "key")))
        return adopt_scheme(tree, key=free_key(tenant, wish), **facts), None  # type: ignore[arg-type]
    key = free_key(tenant, "banfa")
    return blank_scheme(key=key, name=f"{tenant.name}创建办法", **facts), None  # type: ignore[arg-type]


def free_key(tenant: Tenant, wish: str) -> str:
    """``wish``, or with the next number when a scheme of the tenant already goes by it."""
    taken = set(Scheme.objects.values_list("key", flat=True))
    return next(key for n in range(1, len(taken) + 2) if (key := wish if n == 1 else f"{wish}-{n}") not in taken)


def free_number(scheme: Scheme, number: str) -> str:
    """The version after ``number``: 2022-1 becomes 2022-2, or the next one that nobody has."""
    taken = set(scheme.versions.values_list("number", flat=True))
    found = re.fullmatch(r"(.*?)(\d{1,9})", number)
    stem, last = (found[1], int(found[2])) if found else (f"{number}-", 1)
    return next(free for n in range(last + 1, last + len(taken) + 2) if (free := f"{stem}{n}"[:40]) not in taken)


def _versions(membership: Membership) -> QuerySet[SchemeVersion]:
    return visible_versions(membership)


@cache
def _shipped() -> tuple[Beginning, ...]:
    return tuple(_beginning(name, _shipped_tree(name)) for name in shipped_names())


def _beginning(name: str, tree: Tree) -> Beginning:
    county, title = value_at(tree, ("identity", "county", "name")), value_at(tree, ("identity", "name"))
    return Beginning(f"shipped:{name}", str(title), str(county), "随产品附带的县")


@cache
def _shipped_tree(name: str) -> Tree:
    return read_tree((SHIPPED / name / "scheme.yaml").read_text(encoding="utf-8"))
