"""The operation log: what an entry holds, who reads which, and that nothing is ever changed or deleted."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.services.audit import acting_from, record
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_an_entry_says_who_what_when_old_new_and_from_where(scope, admin, county):
    with acting_from(address="10.0.0.8", request_id="abcdefgh-1"):
        entry = record(
            actor=admin, verb="更名组织", target=county.east, old={"name": "甲"}, new={"分": Decimal("1.50")}
        )
    entry.refresh_from_db()
    assert (entry.tenant, entry.actor_name, entry.target_type, entry.target_label) == (
        scope,
        "李娜",
        "党组织",
        "东溪镇",
    )
    assert (entry.old, entry.new) == ({"name": "甲"}, {"分": "1.50"})
    assert (entry.address, entry.request_id) == ("10.0.0.8", "abcdefgh-1")


def test_rows_dates_and_sets_become_plain(scope, county):
    entry = record(actor=None, verb="试", new={"组织": county.east, "日": date(2026, 7, 1), "一": {1}})
    assert entry.new == {"组织": str(county.east.pk), "日": "2026-07-01", "一": [1]}
    assert entry.actor_name == "系统"


@pytest.mark.parametrize("change", [lambda rows: rows.update(verb="改"), lambda rows: rows.delete()])
def test_the_database_refuses_to_change_or_delete_an_entry(scope, change):
    entry = record(actor=None, verb="试")
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        change(AuditEntry.objects.filter(pk=entry.pk))
    assert AuditEntry.objects.get(pk=entry.pk).verb == "试"


def test_plain_sql_is_refused_as_well(scope):
    record(actor=None, verb="试")
    for statement in ("UPDATE accounts_auditentry SET verb = ''", "DELETE FROM accounts_auditentry"):
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_flush_is_for_test_databases_only(settings):
    settings.TESTING = False
    with pytest.raises(CommandError, match="不能清空"):
        call_command("flush", interactive=False)


def test_an_auditor_reads_their_own_tenants_log(tenant, other, signed_in):
    auditor = factories.make_person(tenant, Role.AUDIT_ADMIN)
    record(actor=None, verb="本县的事", target="甲", tenant=tenant)
    record(actor=None, verb="邻县的事", target="乙", tenant=other)
    text = signed_in(auditor).get("/audit/").content.decode()
    assert "本县的事" in text
    assert "邻县的事" not in text


def test_the_log_filters_by_verb(tenant, signed_in):
    auditor = factories.make_person(tenant, Role.AUDIT_ADMIN)
    record(actor=None, verb="甲事", target="目标一", tenant=tenant)
    record(actor=None, verb="乙事", target="目标二", tenant=tenant)
    text = signed_in(auditor).get("/audit/?verb=甲事").content.decode()
    assert "目标一" in text
    assert "目标二" not in text
