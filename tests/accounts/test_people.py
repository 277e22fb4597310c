"""People and posts: creation, separation of duties, password resets that stay inside the tenant."""

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.access import role_group
from accounts.enums import Role
from accounts.models import AuditEntry, Membership, User
from accounts.services.people import create_person, end_membership, grant_membership, new_password, reset_password
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_new_person_gets_a_password_shown_once(as_admin, county):
    asked = {
        "username": "wangqiang",
        "display_name": "王强",
        "role": "township_secretary",
        "organization": county.east.pk,
    }
    response = as_admin.post("/people/new/", asked)
    shown = re.search(r"<dt>初始密码</dt><dd><code>([^<]+)</code>", response.content.decode())[1]
    user = User.objects.get(username="wangqiang")
    assert user.check_password(shown)
    assert user.must_change_password
    assert shown not in as_admin.get("/people/").content.decode()
    assert AuditEntry.objects.filter(new__icontains=shown).count() == 0


def test_a_secretary_needs_a_township(as_admin, county):
    response = as_admin.post("/people/new/", {"username": "a1b", "display_name": "甲", "role": "township_secretary"})
    assert "须选择所在乡镇（街道）" in response.content.decode()
    assert not User.objects.filter(username="a1b").exists()


def test_the_database_also_refuses_a_secretary_without_a_township(scope, admin):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(tenant=scope, user=admin, role=Role.TOWNSHIP_SECRETARY)


def test_a_county_cannot_make_administrators_of_the_platform(as_admin):
    response = as_admin.post("/people/new/", {"username": "rooty", "display_name": "甲", "role": "system_admin"})
    assert response.status_code == 200
    assert not User.objects.filter(username="rooty").exists()


def test_a_taken_user_name_is_refused_whatever_its_case(admin):
    with pytest.raises(ValidationError, match="已有人使用"):
        create_person(username="LiNa", display_name="另一人", password=factories.PASSWORD, actor=None)


def test_first_passwords_meet_the_rules():
    for _ in range(20):
        assert validate_password(new_password(), User(username="somebody")) is None


def test_groups_follow_posts(scope, admin):
    person = factories.make_person(scope, Role.LEADER)
    assert list(person.groups.all()) == [role_group(scope, Role.LEADER)]
    end_membership(membership=person.post_held, actor=admin)
    assert list(person.groups.all()) == []


def test_ending_a_post_ends_the_session(tenant, admin, as_admin, signed_in):
    person = factories.make_person(tenant, Role.LEADER)
    browser = signed_in(person)
    assert browser.get("/password/").status_code == 200
    as_admin.post(f"/people/{person.post_held.pk}/end/")
    assert browser.get("/password/").status_code == 302


def test_an_ended_post_is_opened_again_not_doubled(scope, admin):
    person = factories.make_person(scope, Role.LEADER)
    end_membership(membership=person.post_held, actor=admin)
    again = factories.appoint(person, scope, Role.LEADER)
    assert (again.pk, again.active) == (person.post_held.pk, True)


@pytest.mark.parametrize("role", [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.COUNTY_ADMIN])
def test_an_administrator_holds_one_post_only(platform, role):
    with pytest.raises(ValidationError, match="三员须由不同的人担任"):
        factories.appoint(platform.system, platform.tenant, role)


def test_nobody_appoints_or_ends_themselves(scope, admin):
    with pytest.raises(ValidationError, match="不能给自己任职"):
        grant_membership(user=admin, tenant=scope, role=Role.LEADER, actor=admin)
    with pytest.raises(ValidationError, match="不能结束自己的任职"):
        end_membership(membership=admin.post_held, actor=admin)


def test_one_county_does_not_take_over_an_account_that_works_in_another(scope, admin, other):
    person = factories.make_person(scope, Role.LEADER)
    factories.appoint(person, other, Role.LEADER)
    with pytest.raises(ValidationError, match="其他单位也有任职"):
        reset_password(membership=person.post_held, actor=admin)
    assert person.check_password(factories.PASSWORD)


def test_a_reset_shows_the_new_password_and_ends_sessions(tenant, as_admin, signed_in):
    person = factories.make_person(tenant, Role.LEADER)
    browser = signed_in(person)
    text = as_admin.post(f"/people/{person.post_held.pk}/reset/").content.decode()
    shown = re.search(r"<dt>初始密码</dt><dd><code>([^<]+)</code>", text)[1]
    assert User.objects.get(pk=person.pk).check_password(shown)
    assert browser.get("/password/").status_code == 302


def test_a_county_does_not_reset_a_security_administrator(tenant, as_admin):
    person = factories.make_person(tenant, Role.SECURITY_ADMIN)
    assert as_admin.post(f"/people/{person.post_held.pk}/reset/").status_code == 404


def test_a_new_tenant_comes_whole_or_not_at_all(platform, signed_in):
    browser = signed_in(platform.system)
    asked = {
        "code": "330184",
        "name": "新县",
        "office": "新县县委组织部",
        "username": "xinxian",
        "display_name": "管理员",
    }
    assert "初始密码" in browser.post("/tenants/new/", asked).content.decode()
    taken = {**asked, "code": "330185", "username": "xinxian"}
    response = browser.post("/tenants/new/", taken)
    assert "已有人使用" in response.content.decode()
    assert "330185" not in browser.get("/tenants/").content.decode()
