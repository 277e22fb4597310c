"""The first wall: outside a tenant's scope nothing is read or written; inside it, nothing of another tenant."""

import uuid

import pytest
from django.db import DatabaseError, transaction
from django.http import StreamingHttpResponse
from django.test import RequestFactory
from django_scopes import ScopeError

from accounts.middleware import in_scope
from accounts.models import Organization, tenant_scope
from accounts.models.base import WrongTenant
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_reading_outside_a_scope_raises(tenant):
    with pytest.raises(ScopeError):
        Organization.objects.count()


def test_another_tenants_rows_are_not_seen(tenant, other):
    with tenant_scope(tenant):
        assert [row.code for row in Organization.objects.all()] == ["330182"]
    with tenant_scope(other):
        assert [row.code for row in Organization.objects.all()] == ["330183"]


def test_saving_another_tenants_row_is_refused(tenant, other):
    row = Organization(tenant=other, code="330183001", name="偷写", kind="township", path="330183001", depth=0)
    with tenant_scope(tenant), pytest.raises(WrongTenant):
        row.save()
    with tenant_scope(tenant), pytest.raises(WrongTenant):
        Organization.objects.bulk_create([row])
    with tenant_scope(other):
        assert not Organization.objects.filter(code="330183001").exists()


def test_saving_outside_a_scope_is_refused(tenant):
    with pytest.raises(WrongTenant):
        Organization(tenant=tenant, code="330182001", name="甲", kind="township", path="x", depth=0).save()


def test_a_known_id_of_another_tenant_cannot_be_overwritten(tenant, other):
    with tenant_scope(other):
        theirs = Organization.objects.get()
    with tenant_scope(tenant), pytest.raises(DatabaseError), transaction.atomic():
        theirs.tenant, theirs.name = tenant, "改名"
        theirs.save()
    with tenant_scope(other):
        assert Organization.objects.get().name == "邻县市"


def test_a_row_does_not_change_its_tenant_by_update(scope, other):
    with pytest.raises(WrongTenant):
        Organization.objects.update(tenant=other)


def test_deleting_another_tenants_row_is_refused(tenant, other):
    with tenant_scope(other):
        theirs = Organization.objects.get()
    with tenant_scope(tenant), pytest.raises(WrongTenant):
        theirs.delete()


def test_a_streamed_body_is_produced_inside_the_scope_and_leaves_none_open(tenant):
    def body():
        for row in Organization.objects.all():
            yield row.code

    response = StreamingHttpResponse(in_scope(tenant, body()))
    chunks = iter(response.streaming_content)
    assert next(chunks) == b"330182"
    with pytest.raises(ScopeError):
        Organization.objects.count()


def test_another_tenants_id_answers_like_a_missing_one(as_admin, other):
    with tenant_scope(other):
        theirs = Organization.objects.get().pk
    answers = [as_admin.get(f"/organizations/{pk}/") for pk in (theirs, uuid.uuid4())]
    bodies = [answer.content.replace(answer["X-Request-ID"].encode(), b"") for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert bodies[0] == bodies[1]
    assert "邻县".encode() not in bodies[0]


def test_a_signed_out_request_opens_no_scope(client, tenant):
    response = client.get("/organizations/")
    assert response.status_code == 302
    assert response.url == "/signin/?next=/organizations/"


def test_factory_requests_without_membership_have_no_shell(rf: RequestFactory):
    from accounts.context import shell

    assert shell(rf.get("/")) == {"shell": None}


def test_the_neighbours_people_stay_out_of_the_list(as_admin, other):
    factories.make_person(other, "county_admin", display_name="邻县管理员")
    assert "邻县管理员" not in as_admin.get("/people/").content.decode()
