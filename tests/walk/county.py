"""The county before its first round: tree, people, inspectors with accounts, and nothing else. No tests here.

No page exists for the very first people of a platform, so `manage.py shell` puts them in, reading this program from its
standard input. Everything after that happens through pages.
"""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "Biaogan-2026"

#: Township, then its villages; the one with ``社区`` is a community, which the scheme does not admit.
TREE = {"东溪镇": ("杨村", "赵村", "溪口社区"), "西山乡": ("岭后村", "石塘村", "枫林村")}
OFFICE, SECOND, EAST, WEST, LEADER = "office", "second", "east", "west", "leader"
#: Sign-in part, name, role, township (or the county) and number as an inspector.
PEOPLE = (
    (OFFICE, "李敏", "county_admin", "", ""),
    (SECOND, "王建", "county_admin", "", ""),
    (EAST, "陈东", "township_secretary", "东溪镇", ""),
    (WEST, "周西", "township_secretary", "西山乡", ""),
    (LEADER, "郑领导", "leader", "", ""),
    ("j1", "评委甲", "inspector", "", "01"),
    ("j2", "评委乙", "inspector", "", "02"),
    ("j3", "评委丙", "inspector", "东溪镇", "03"),
    ("j4", "评委丁", "inspector", "", "04"),
)
INSPECTORS = {number: login for login, _, _, _, number in PEOPLE if number}
NAMES = {login: name for login, name, *_ in PEOPLE}

PROGRAM = """
from accounts.enums import OrganizationKind as Kind
from accounts.models import Organization, tenant_scope
from accounts.services.organizations import add_organization
from accounts.services.people import create_person, grant_membership
from accounts.services.tenants import create_tenant
from sites.models import Inspector
from sites.services.inspectors import InspectorFacts, link_inspector, put_inspectors

code, name, password, tree, people = FACTS
tenant = create_tenant(code=code, name=name, office=f"中共{name}委组织部", actor=None)
with tenant_scope(tenant):
    places = {"": Organization.objects.get(code=code)}
    for t, (town, villages) in enumerate(tree.items(), 1):
        facts = dict(tenant=tenant, actor=None)
        places[town] = add_organization(code=f"{code}10{t}", name=town, kind=Kind.TOWNSHIP, parent=places[""], **facts)
        for v, village in enumerate(villages, 1):
            kind = Kind.COMMUNITY if village.endswith("社区") else Kind.VILLAGE
            add_organization(code=f"{code}10{t}20{v}", name=village, kind=kind, parent=places[town], **facts)
    rows = [InspectorFacts(number, called, places[home]) for _, called, _, home, number in people if number]
    put_inspectors(tenant=tenant, rows=rows, actor=None)
    for login, called, role, home, number in people:
        user = create_person(username=f"{login}{code}", display_name=called, password=password, actor=None,
                             must_change_password=False)
        where = places[home] if role == "township_secretary" else None
        grant_membership(user=user, tenant=tenant, role=role, organization=where, actor=None)
        if number:
            link_inspector(inspector=Inspector.objects.get(number=number), user=user, actor=None)
print("县已建好")
"""


@dataclass(frozen=True)
class BlankCounty:
    """``code`` is also the end of everybody's sign-in name."""

    code: str
    name: str

    def login(self, who: str) -> str:
        return f"{who}{self.code}"

    def program(self) -> str:
        return f"FACTS = {(self.code, self.name, PASSWORD, TREE, PEOPLE)!r}\n{PROGRAM}"
