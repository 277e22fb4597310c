"""The second wall, with the first one off: PostgreSQL itself keeps two counties apart for a role that owns nothing.

Real transactions, the application's role, plain SQL. The last part plants faults and holds that the check finds each.
"""

import io
import json
import threading
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import StreamingHttpResponse
from django_scopes import scope, scopes_disabled
from psycopg2 import extensions

from accounts.middleware import in_scope
from accounts.models import AuditEntry, Job, Organization, tenant_scope
from accounts.models.base import across_tenants
from accounts.services.audit import record
from config.postgresql import catalog
from config.postgresql.cursor import TenantCursor, tenant_named
from tests.services import APP_ROLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

TABLES = [
    "accounts_auditentry", "accounts_job", "accounts_membership", "accounts_message", "accounts_messagechannel",
    "accounts_organization", "accounts_upload", "campaigns_bonusentry", "campaigns_campaign",
    "campaigns_evidence", "campaigns_holiday", "campaigns_material", "campaigns_nomination",
    "campaigns_nominationstep", "campaigns_phase", "campaigns_phasemove", "campaigns_practice",
    "campaigns_practicematerial", "campaigns_round", "campaigns_scheme", "campaigns_schemedraft",
    "campaigns_schemeversion", "campaigns_subsidy", "campaigns_title", "campaigns_titleact",
    "campaigns_titleevent", "scoring_anomalynote", "scoring_boardsnapshot", "scoring_computation",
    "scoring_consequencerow", "scoring_eventrevision", "scoring_factrevision", "scoring_keyedsheet",
    "scoring_objection", "scoring_parentpoints", "scoring_publicnotice", "scoring_quarantinedsheet",
    "scoring_result", "scoring_resultdecision", "scoring_scoresheet", "scoring_sheetphoto",
    "scoring_sheetreopening", "sites_conflict", "sites_countymap", "sites_guidancevisit", "sites_inspector",
    "sites_paneldraw", "sites_panelmember", "sites_route", "sites_routemember", "sites_stop",
]  # fmt: skip


@pytest.fixture
def _django_db_helper(world):
    """In place of pytest-django's: no transaction around the test, no emptying after it."""


each_table = pytest.mark.parametrize("table", TABLES)
#: Rows that the application's role cannot change: their keys are held by the catalog, not by trying.
FIXED = {
    "accounts_auditentry", "scoring_scoresheet", "scoring_result", "scoring_factrevision", "scoring_eventrevision",
    "scoring_consequencerow", "scoring_parentpoints",
}  # fmt: skip
#: Tables whose rows are numbered as they arrive.
NUMBERED = {"accounts_auditentry", "scoring_scoresheet", "scoring_factrevision", "scoring_eventrevision"}


def ask(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def change(statement, *values):
    """Rows touched. A refusal undoes the statement only."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def ids(table, tenant):
    with across_tenants("what a thief would have to know"):
        return [pk for (pk,) in ask(f"SELECT id FROM {table} WHERE tenant_id = %s", str(tenant.pk))]


def test_the_list_of_tables_is_complete():
    with connection.cursor() as cursor:
        assert catalog.tenant_tables(cursor) == sorted(TABLES)


def test_the_application_owns_nothing_and_the_wall_stands():
    assert ask("SELECT current_user") == [(APP_ROLE,)]
    with connection.cursor() as cursor:
        assert catalog.problems(cursor) == []


# --- one county and the other's rows ------------------------------------------------------------


@each_table
def test_another_countys_rows_are_not_read(table, world):
    assert ids(table, world.home.tenant) != [] != ids(table, world.other.tenant)
    with tenant_scope(world.home.tenant), scopes_disabled():
        seen = {tenant for (tenant,) in ask(f"SELECT DISTINCT tenant_id FROM {table}")}
        theirs = ask(f"SELECT count(*) FROM {table} WHERE tenant_id = %s", str(world.other.tenant.pk))
    assert (seen, theirs) == ({world.home.tenant.pk}, [(0,)])


@each_table
def test_another_countys_rows_are_not_changed_or_removed(table, world, undone):
    theirs = ids(table, world.other.tenant)[0]
    with tenant_scope(world.home.tenant):
        for statement in ("UPDATE {} SET tenant_id = tenant_id WHERE id = %s", "DELETE FROM {} WHERE id = %s"):
            try:
                assert change(statement.format(table), str(theirs)) == 0
            except DatabaseError as refused:
                assert "permission denied" in str(refused)
    assert theirs in ids(table, world.other.tenant)


@each_table
def test_a_row_is_not_added_to_another_county(table, world, undone):
    new = {"tenant_id": str(world.other.tenant.pk), "id": new_id(table)}
    statement = f"""INSERT INTO {table} SELECT filled.* FROM
                    (SELECT to_jsonb(t) || %s::jsonb AS facts FROM {table} t LIMIT 1)
                    row,
                    jsonb_populate_record(NULL::{table}, row.facts) filled"""
    with tenant_scope(world.home.tenant), pytest.raises(DatabaseError, match="row-level security"):
        change(statement, json.dumps(new))


def new_id(table):
    return 10**9 if table in NUMBERED else str(uuid4())


def keys():
    with connection.cursor() as cursor:
        found = catalog._keys_of_models(catalog.tenant_tables(cursor))
    return sorted(key for key in found if key[0] not in FIXED)


def test_another_countys_row_is_not_referred_to(world, undone):
    tried = keys()
    assert len(tried) > 25
    for table, column, target in tried:
        mine, theirs = ids(table, world.home.tenant)[0], ids(target, world.other.tenant)[0]
        with tenant_scope(world.home.tenant), pytest.raises(DatabaseError) as refused, transaction.atomic():
            change(f"UPDATE {table} SET {column} = %s WHERE id = %s", str(theirs), str(mine))
            change("SET CONSTRAINTS ALL IMMEDIATE")
        kept = "same_tenant" in str(refused.value) or "published version" in str(refused.value)
        assert kept, (table, column, str(refused.value))


@each_table
def test_a_row_never_changes_its_tenant(table, world, owner):
    mine = ids(table, world.home.tenant)[0]
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER; ALTER TABLE {table} ENABLE TRIGGER tenant_stays")
    with pytest.raises(Exception, match="never changes its tenant"):
        owner.execute(f"UPDATE {table} SET tenant_id = %s WHERE id = %s", [str(world.other.tenant.pk), str(mine)])


# --- no scope -------------------------------------------------------------------------------------


@each_table
@pytest.mark.parametrize(
    "statement", ["SELECT count(*) FROM {}", "SELECT * FROM {} WHERE tenant_id = %s", "DELETE FROM {}"]
)
def test_without_a_scope_a_statement_raises(table, statement, world, undone):
    values = [str(world.home.tenant.pk)] if "%s" in statement else []
    with pytest.raises(DatabaseError, match=r"no tenant scope is open|permission denied"):
        change(statement.format(table), *values)


@pytest.mark.parametrize("table", [table for table in TABLES if table != "accounts_auditentry"])
def test_without_a_scope_also_a_statement_that_would_meet_no_row_raises(table, world, undone):
    """Not so the operation log, whose policy asks row by row, as some of its rows have no tenant."""
    with pytest.raises(DatabaseError, match="no tenant scope is open"):
        change(f"SELECT * FROM {table} WHERE id = %s", str(new_id(table)))


def test_a_scope_of_nobody_or_of_several_names_nobody(world):
    for odd in (None, [world.home.tenant], "*", str(world.home.tenant.pk)):
        with scope(tenant=odd):
            assert tenant_named() == ""


# --- all tenants, to read --------------------------------------------------------------------------


def test_across_tenants_reads_all_and_writes_nothing(world, undone):
    with across_tenants("test"):
        assert {t for (t,) in ask("SELECT DISTINCT tenant_id FROM campaigns_round")} == {
            world.home.tenant.pk, world.other.tenant.pk,
        }  # fmt: skip
        assert Organization.objects.filter(code__in=["330182", "437651"]).count() == 2
        for statement in ("UPDATE accounts_job SET title = 'x'", "DELETE FROM accounts_job"):
            with pytest.raises(DatabaseError, match="across tenants nothing is written"):
                change(statement)
        with pytest.raises(DatabaseError, match="across tenants nothing is written"), transaction.atomic():
            Job(tenant=world.home.tenant, kind="x", title="x", key="x").save_base(force_insert=True)


def test_a_reason_must_be_said():
    with pytest.raises(ValueError):
        across_tenants("")


def test_a_scope_inside_across_ends_it_until_it_closes(world):
    with across_tenants("test"):
        with tenant_scope(world.home.tenant), scopes_disabled():
            assert Organization.objects.filter(code="437651").count() == 0
        assert Organization.objects.filter(code="437651").count() == 1
    assert tenant_named() == ""


# --- the name travels with the statement and stays nowhere ----------------------------------------


def said_to_the_server():
    """What the server holds now, asked past our cursor."""
    with extensions.cursor(connection.connection) as plain:
        plain.execute("SELECT current_setting('app.tenant', true)")
        return plain.fetchone()[0] or ""


def test_nothing_is_left_on_the_connection_after_a_statement(world):
    with tenant_scope(world.home.tenant):
        assert Organization.objects.count() == 7
        assert said_to_the_server() == ""


def test_nothing_is_left_after_commit_or_rollback(world):
    with tenant_scope(world.home.tenant):
        with transaction.atomic():
            Organization.objects.count()
            assert said_to_the_server() == str(world.home.tenant.pk)
        assert said_to_the_server() == ""
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Organization.objects.count()
            raise ZeroDivisionError
        assert said_to_the_server() == ""


def test_inside_one_transaction_every_statement_speaks_for_its_own_scope(world):
    def codes():
        with scopes_disabled():
            return set(Organization.objects.filter(depth=0).values_list("code", flat=True))

    with transaction.atomic():
        with tenant_scope(world.home.tenant):
            assert codes() == {"330182"}
            with pytest.raises(IntegrityError), transaction.atomic(), tenant_scope(world.other.tenant):
                assert codes() == {"437651"}
                change("INSERT INTO accounts_tenant SELECT * FROM accounts_tenant LIMIT 1")
            assert codes() == {"330182"}
        with pytest.raises(DatabaseError, match="no tenant scope"), transaction.atomic():
            codes()


def test_server_side_cursors_keep_the_tenant_they_were_opened_for(world):
    for inside in (True, False):
        with transaction.atomic() if inside else tenant_scope(world.home.tenant):
            with tenant_scope(world.home.tenant):
                rows = Organization.objects.order_by("code").iterator(chunk_size=2)
                first = next(rows).code
            with tenant_scope(world.other.tenant):
                assert Organization.objects.filter(depth=0).get().code == "437651"
                rest = [row.code for row in rows]
        assert [code[:6] for code in (first, *rest)] == ["330182"] * 7
    assert said_to_the_server() == ""


def test_streams_callbacks_and_threads_speak_for_their_scope(world):
    seen = []

    def look():
        with scopes_disabled():
            seen.append([code for (code,) in ask("SELECT code FROM accounts_organization WHERE depth = 0")])

    def elsewhere():
        with tenant_scope(world.other.tenant):
            look()
        connection.close()

    def body():
        look()
        yield b"."

    with tenant_scope(world.home.tenant):
        with transaction.atomic():
            transaction.on_commit(look)
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    list(StreamingHttpResponse(in_scope(world.other.tenant, body())).streaming_content)
    assert seen == [["330182"], ["437651"], ["437651"]]


def test_every_way_of_asking_names_the_tenant(world, undone):
    """psycopg2's own cursor, bytes, composed SQL, executemany, COPY."""
    from psycopg2 import sql

    with tenant_scope(world.home.tenant):
        link = connection.connection
        with link.cursor() as cursor:
            assert isinstance(cursor, TenantCursor)
            for said in ("SELECT code FROM {}", b"SELECT code FROM accounts_organization"):
                said = sql.SQL(said).format(sql.Identifier("accounts_organization")) if isinstance(said, str) else said
                cursor.execute(said)
                assert {code[:6] for (code,) in cursor.fetchall()} == {"330182"}
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE accounts_job SET step = %s WHERE tenant_id = %s",
                               [["改", str(world.other.tenant.pk)], ["改", str(world.home.tenant.pk)]])  # fmt: skip
            out = io.StringIO()
            cursor.copy_expert("COPY (SELECT step FROM accounts_job) TO STDOUT", out)
            assert out.getvalue() == "改\n"
            cursor.callproc("writable_tenant")
            assert cursor.fetchone() == (world.home.tenant.pk,)


def test_the_name_costs_no_round_trip(world, django_assert_num_queries):
    """It is part of the statement, and counts and logs of queries do not show it."""
    with tenant_scope(world.home.tenant), django_assert_num_queries(1) as told, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_organization")
        sent = cursor.cursor.query.decode()
    assert sent == f"SET LOCAL app.tenant TO '{world.home.tenant.pk}'; SELECT count(*) FROM accounts_organization"
    assert told[0]["sql"] == "SELECT count(*) FROM accounts_organization"


def test_a_failed_transaction_can_still_be_taken_back(world):
    with tenant_scope(world.home.tenant), transaction.atomic():
        with pytest.raises(DatabaseError), transaction.atomic():
            change("SELECT 1/0")
        assert Organization.objects.count() == 7


# --- the operation log ------------------------------------------------------------------------------


def test_entries_without_a_tenant_are_written_by_anybody_and_read_by_the_platform_only(world, undone):
    entry = record(actor=None, verb="登录失败", target="谁", succeeded=False)
    assert entry.pk
    change("SET LOCAL app.audit_entry TO ''")  # as in any later transaction
    for tenant, count in ((world.home.tenant, 0), (world.platform, 1)):
        with tenant_scope(tenant):
            assert AuditEntry.objects.filter(pk=entry.pk).count() == count


def test_entries_of_another_county_are_not_read(world):
    with tenant_scope(world.home.tenant):
        assert not AuditEntry.objects.filter(target_label__startswith="鹊").exists()
        assert AuditEntry.objects.filter(target_label__startswith="雁").exists()
