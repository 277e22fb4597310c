"""Who may do what: the table of grants, the guards of views, guardian's grants by role."""

import uuid

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import get_resolver
from guardian.shortcuts import assign_perm

from accounts.access import GRANTS, Permission, allowed, get_permitted, permitted_objects, role_group
from accounts.enums import ADMINISTRATORS, Role
from accounts.models import Organization, tenant_scope
from tests import factories

P = Permission
pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

#: Business data: what none of the three administrators may see or touch.
BUSINESS = set(Permission) - {
    P.VIEW_WORKBENCH,
    P.MANAGE_TENANTS,
    P.MANAGE_PEOPLE,
    P.VIEW_JOBS,
    P.VIEW_SECURITY,
    P.VIEW_AUDIT,
}


def test_every_role_has_a_row():
    assert set(GRANTS) == set(Role)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_the_three_administrators_meet_no_business_data(role):
    assert GRANTS[Role(role)] & BUSINESS == set()


def test_no_two_administrators_share_a_duty():
    rows = [GRANTS[Role(role)] - {P.VIEW_WORKBENCH} for role in ADMINISTRATORS]
    assert sum(map(len, rows)) == len(set().union(*rows))


def test_only_the_county_sees_what_is_unpublished():
    assert [role for role in Role if P.VIEW_UNPUBLISHED in GRANTS[role]] == [Role.COUNTY_ADMIN]


def test_an_ended_post_holds_nothing(admin):
    membership = admin.post_held
    membership.active = False
    assert not allowed(membership, P.VIEW_WORKBENCH)
    assert not allowed(None, P.VIEW_WORKBENCH)


def test_get_permitted_refuses_before_it_looks(scope, county):
    leader = factories.make_person(scope, Role.LEADER).post_held
    with pytest.raises(PermissionDenied):
        get_permitted(leader, P.MANAGE_ORGANIZATIONS, Organization.objects.all(), pk=uuid.uuid4())


@pytest.mark.parametrize("pk", [uuid.uuid4(), "不是编号", ""])
def test_get_permitted_answers_404_for_what_is_not_there(scope, admin, pk):
    with pytest.raises(Http404):
        get_permitted(admin.post_held, P.MANAGE_ORGANIZATIONS, Organization.objects.all(), pk=pk)


def test_grants_count_for_the_role_one_acts_in(scope, county):
    person = factories.make_person(scope, Role.INSPECTOR)
    factories.appoint(person, scope, Role.LEADER)
    leader = person.memberships.get(role=Role.LEADER)
    assign_perm("accounts.view_organization", role_group(scope, Role.INSPECTOR), county.east)

    def seen(membership):
        rows = permitted_objects(membership, "accounts.view_organization", Organization.objects.all())
        return [row.name for row in rows]

    assert seen(person.post_held) == ["东溪镇"]
    assert seen(leader) == []


def test_a_grant_of_another_tenant_shows_nothing(tenant, other, county):
    person = factories.make_person(other, Role.LEADER)
    assign_perm("accounts.view_organization", role_group(other, Role.LEADER), county.east)
    with tenant_scope(other):
        rows = permitted_objects(person.post_held, "accounts.view_organization", Organization.objects.all())
        assert list(rows) == []
    assert ContentType.objects.get_for_model(Organization).model == "organization"


def test_every_address_of_accounts_is_classified():
    patterns = [
        p for r in get_resolver().url_patterns if getattr(r, "app_name", "") == "accounts" for p in r.url_patterns
    ]
    unclassified = [p.name for p in patterns if not getattr(p.callback, "permission", None)]
    assert len(patterns) >= 30
    assert unclassified == []


PAGES = {
    "/organizations/": {Role.COUNTY_ADMIN},
    "/organizations/new/": {Role.COUNTY_ADMIN},
    "/organizations/export.csv": {Role.COUNTY_ADMIN},
    "/organizations/adopt/": {Role.COUNTY_ADMIN},
    "/imports/new/organizations/": {Role.COUNTY_ADMIN},
    "/imports/template/organizations.csv": {Role.COUNTY_ADMIN},
    "/people/": {Role.COUNTY_ADMIN, Role.SYSTEM_ADMIN},
    "/people/new/": {Role.COUNTY_ADMIN, Role.SYSTEM_ADMIN},
    "/jobs/": {Role.COUNTY_ADMIN, Role.TOWNSHIP_SECRETARY, Role.SYSTEM_ADMIN},
    "/audit/": {Role.AUDIT_ADMIN},
    "/security/": {Role.SECURITY_ADMIN},
    "/tenants/": {Role.SYSTEM_ADMIN},
    "/tenants/new/": {Role.SYSTEM_ADMIN},
    "/tenants/divisions/": {Role.SYSTEM_ADMIN},
    "/password/": set(Role),
}


@pytest.mark.parametrize("role", list(Role))
def test_pages_by_role(tenant, county, signed_in, role):
    organization = county.east if role == Role.TOWNSHIP_SECRETARY else None
    browser = signed_in(factories.make_person(tenant, role, organization))
    answers = {path: browser.get(path).status_code for path in PAGES}
    assert answers == {path: 200 if role in roles else 403 for path, roles in PAGES.items()}


def test_a_person_without_a_post_is_told_so(db, signed_in):
    from accounts.services.people import create_person

    user = create_person(username="nobody", display_name="无职", password=factories.PASSWORD, actor=None,
                         must_change_password=False)  # fmt: skip
    response = signed_in(user).get("/organizations/")
    assert response.status_code == 403
    assert "没有在用的任职" in response.content.decode()


def test_a_fragment_request_after_sign_out_moves_the_page(client, tenant):
    response = client.get("/jobs/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (401, "/signin/")


def test_the_api_shows_the_tenants_own_tree(as_admin, county, other):
    rows = as_admin.get("/api/v1/organizations/?kind=township").json()["results"]
    assert [(row["code"], row["parent_code"]) for row in rows] == [("330182101", "330182"), ("330182102", "330182")]
    below = as_admin.get("/api/v1/organizations/?township=330182102").json()["results"]
    assert [row["name"] for row in below] == ["西山乡", "岭后村", "石塘村"]


def test_the_api_refuses_administrators_and_strangers(client, platform, signed_in):
    assert client.get("/api/v1/organizations/").status_code == 403
    assert signed_in(platform.system).get("/api/v1/organizations/").status_code == 403
