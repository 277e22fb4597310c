"""The shared cast of the tests: tenants, people, a small county. Everything through the services, as in real life.

``make_tenant``, ``make_person`` and ``make_county`` may be called anywhere; what belongs to a tenant opens its scope
itself. Passwords are all ``PASSWORD``.
"""

from itertools import count
from types import SimpleNamespace

from accounts.enums import OrganizationKind, Role, TenantKind
from accounts.models import Membership, Organization, Tenant, User, tenant_scope
from accounts.services.organizations import add_organization
from accounts.services.people import create_person, grant_membership
from accounts.services.tenants import create_tenant

PASSWORD = "Biaogan-2026"
_numbers = count(1)


def make_tenant(
    code: str = "330182", *, name: str = "建德市", kind: str = TenantKind.COUNTY, **facts: object
) -> Tenant:
    """A tenant; a county comes with its root organization (same code and name)."""
    office = str(facts.pop("office", f"{name.removesuffix('市')}市委组织部"))
    return create_tenant(code=code, name=name, office=office, kind=kind, actor=None, **facts)


def make_person(
    tenant: Tenant,
    role: str = Role.COUNTY_ADMIN,
    organization: Organization | None = None,
    *,
    username: str = "",
    display_name: str = "",
    must_change_password: bool = False,
) -> User:
    """A person with one post. ``person.post_held`` is the membership."""
    number = next(_numbers)
    user = create_person(
        username=username or f"{role}{number}",
        display_name=display_name or f"{Role(role).label}{number}",
        password=PASSWORD,
        actor=None,
        must_change_password=must_change_password,
    )
    user.post_held = appoint(user, tenant, role, organization)
    return user


def appoint(user: User, tenant: Tenant, role: str, organization: Organization | None = None) -> Membership:
    with tenant_scope(tenant):
        return grant_membership(user=user, tenant=tenant, role=role, organization=organization, actor=None)


def make_organization(
    tenant: Tenant, code: str, name: str, kind: str, parent: Organization | None = None, **facts: object
) -> Organization:
    with tenant_scope(tenant):
        return add_organization(tenant=tenant, code=code, name=name, kind=kind, parent=parent, actor=None, **facts)


def make_county(tenant: Tenant) -> SimpleNamespace:
    """Two townships with two villages each and one enterprise of the new kind, below the county.

    Attributes: ``county``, ``east``, ``west`` (townships), ``east_villages``, ``west_villages``, ``two_new``.
    """
    with tenant_scope(tenant):
        county = Organization.objects.get(code=tenant.code)
    town = OrganizationKind.TOWNSHIP
    east = make_organization(tenant, f"{tenant.code}101", "东溪镇", town, county)
    west = make_organization(tenant, f"{tenant.code}102", "西山乡", town, county)
    villages = {
        township: [
            make_organization(tenant, f"{township.code}20{n}", name, OrganizationKind.VILLAGE, township, remote=n == 2)
            for n, name in enumerate(names, start=1)
        ]
        for township, names in ((east, ("杨村", "赵村")), (west, ("岭后村", "石塘村")))
    }
    two_new = make_organization(tenant, f"{east.code}901", "东溪电子党支部", OrganizationKind.TWO_NEW, east)
    return SimpleNamespace(
        county=county, east=east, west=west, east_villages=villages[east], west_villages=villages[west], two_new=two_new
    )
