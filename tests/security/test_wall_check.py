"""What the application's role cannot do, and whether the check of the catalog finds what is missing.

Faults are planted by the superuser on the same database and taken back.
"""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.enums import JobState
from accounts.models import Job, Tenant, tenant_scope
from config.postgresql import catalog, roles
from config.postgresql.cursor import tenant_named
from tests.services import APP_ROLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


@pytest.fixture
def _django_db_helper(world):
    """In place of pytest-django's: no transaction around the test, no emptying after it."""


def change(statement):
    """A refusal undoes the statement only."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# --- the role -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", [
    "UPDATE scoring_scoresheet SET device = 'x'", "DELETE FROM scoring_scoresheet",
    "UPDATE scoring_result SET note = 'x'", "UPDATE scoring_factrevision SET text = 'x'",
    "DELETE FROM scoring_factrevision", "UPDATE scoring_eventrevision SET note = 'x'",
    "DELETE FROM scoring_eventrevision", "UPDATE scoring_consequencerow SET amount = '0'",
    "UPDATE scoring_parentpoints SET points = '0'",
    "UPDATE accounts_auditentry SET verb = 'x'", "DELETE FROM accounts_auditentry", "DELETE FROM django_migrations",
    "TRUNCATE accounts_job CASCADE", "ALTER TABLE accounts_job DISABLE ROW LEVEL SECURITY",
    "DROP POLICY tenant_reads ON accounts_job",
    "ALTER TABLE accounts_job DISABLE TRIGGER ALL", "CREATE TABLE escape (id int)",
    "SET ROLE postgres", "SET SESSION AUTHORIZATION postgres",
    "SET session_replication_role TO replica", f"ALTER ROLE {APP_ROLE} BYPASSRLS", "COPY accounts_job TO PROGRAM 'cat'",
    "CREATE OR REPLACE FUNCTION readable_tenants() RETURNS uuid[] LANGUAGE sql AS 'SELECT NULL::uuid[]'",
])  # fmt: skip
def test_the_role_cannot(statement, world, undone):
    with tenant_scope(world.home.tenant), pytest.raises(DatabaseError, match=r"denied|must be|cannot"):
        change(statement)


def test_row_security_off_is_an_error_not_a_way_round(world, undone):
    with tenant_scope(world.home.tenant), pytest.raises(DatabaseError, match="row-level security"):
        change("SET LOCAL row_security TO off")
        change("SELECT count(*) FROM accounts_job")


def test_granting_again_changes_nothing_and_takes_back_too_much(owner):
    owner.execute(f"GRANT ALL ON scoring_scoresheet TO {APP_ROLE}")
    for statement in [*roles.grants(owner), *roles.grants(owner)]:
        owner.execute(statement)
    assert catalog.problems(owner) == []


def test_a_temporary_table_may_be_filled_by_copy(world, undone):
    """How results are stored; row level security forbids COPY into the table itself."""
    with tenant_scope(world.home.tenant), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE load (LIKE accounts_job) ON COMMIT DROP")
        cursor.copy_expert("COPY load (id) FROM STDIN", io.StringIO(""))
        with pytest.raises(Exception, match="row-level security"):
            cursor.copy_expert("COPY accounts_job (id) FROM STDIN", io.StringIO(""))


def test_the_owner_is_under_the_policies_too(owner):
    """FORCE: a data migration opens a scope for what it reads and writes."""
    owner.execute("CREATE ROLE wall_owner NOLOGIN; GRANT ALL ON SCHEMA public TO wall_owner")
    owner.execute("ALTER TABLE accounts_job OWNER TO wall_owner; GRANT SELECT ON accounts_tenant TO wall_owner")
    owner.execute("SET LOCAL ROLE wall_owner")
    with pytest.raises(Exception, match="no tenant scope is open"):
        owner.execute("SELECT count(*) FROM accounts_job")


def test_a_new_key_is_checked_against_the_rows_of_all_tenants(world, undone):
    """PostgreSQL validates it as the owner, whom the policies bind; without this every such migration would stop."""
    with connection.schema_editor(atomic=False) as editor:
        editor.execute("SELECT set_config('test.seen', current_setting('app.tenant', true), true)", params=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('test.seen')")
        assert cursor.fetchone() == ("*",)
    assert tenant_named() == ""


# --- planted faults: the check can fail -----------------------------------------------------------


@pytest.mark.parametrize(("fault", "found"), [
    ("DROP POLICY tenant_reads ON accounts_job", "accounts_job: its policies"),
    ("DROP POLICY tenant_inserts ON accounts_auditentry", "accounts_auditentry: its policies"),
    ("CREATE POLICY leak ON accounts_job USING (true)", "accounts_job: its policies"),
    ("ALTER POLICY tenant_reads ON scoring_result USING (true)", "scoring_result: its policies"),
    (f"ALTER POLICY tenant_reads ON scoring_result TO {APP_ROLE}", "scoring_result: its policies"),
    ("ALTER TABLE accounts_job DISABLE ROW LEVEL SECURITY", "accounts_job: row level security"),
    ("ALTER TABLE accounts_job NO FORCE ROW LEVEL SECURITY", "accounts_job: row level security"),
    ("DROP TRIGGER tenant_stays ON accounts_job", "accounts_job: tenant_id can be changed"),
    ("ALTER TABLE accounts_job DISABLE TRIGGER tenant_stays", "accounts_job: tenant_id can be changed"),
    ("ALTER TABLE accounts_job ALTER tenant_id DROP NOT NULL", "accounts_job: tenant_id may be empty"),
    ("ALTER TABLE campaigns_round DROP CONSTRAINT campaigns_round_campaign_id_same_tenant", "no key on tenant_id"),
    ("ALTER TABLE campaigns_round ADD FOREIGN KEY (campaign_id) REFERENCES campaigns_campaign (id)", "does not carry"),
    ("CREATE UNIQUE INDEX loose ON accounts_job (key)", "does not begin with the tenant"),
    ("CREATE TABLE forgotten (id int, tenant_id uuid NOT NULL)", "forgotten: row level security"),
    ("CREATE VIEW leak AS SELECT * FROM accounts_job", "leak: a view"),
    ("CREATE FUNCTION leak() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "leak: a view or a function"),
    (f"ALTER ROLE {APP_ROLE} SUPERUSER", "is a superuser"),
    (f"ALTER ROLE {APP_ROLE} BYPASSRLS", "is above row level security"),
    (f"GRANT pg_read_all_data TO {APP_ROLE}", "is a member of another role"),
    (f"GRANT UPDATE ON scoring_scoresheet TO {APP_ROLE}", "scoring_scoresheet: biaogan_app holds"),
    (f"GRANT TRUNCATE ON accounts_job TO {APP_ROLE}", "accounts_job: biaogan_app holds"),
    (f"REVOKE INSERT ON accounts_job FROM {APP_ROLE}", "accounts_job: biaogan_app holds"),
])  # fmt: skip
def test_a_planted_fault_is_found(fault, found, owner):
    owner.execute(fault)
    assert [problem for problem in catalog.problems(owner) if found in problem] != [], catalog.problems(owner)


def test_a_role_that_does_not_exist_is_found(owner):
    assert catalog.problems(owner, role="nobody_here") == ["nobody_here: there is no such role"]


def test_the_command_refuses_a_wall_with_a_hole(monkeypatch):
    monkeypatch.setattr(catalog, "problems", lambda cursor: ["accounts_job: a hole"])
    monkeypatch.setattr(roles, "grants", lambda cursor: [])
    with pytest.raises(CommandError, match="租户隔离不完整"):
        call_command("grant_roles", stdout=io.StringIO())


def test_a_leaking_policy_would_be_seen_by_these_tests(owner, world):
    """The tests above are not blind: with reading opened wide, the other county's rows do appear."""
    owner.execute("ALTER POLICY tenant_reads ON accounts_job USING (true)")
    owner.execute(f"SET LOCAL ROLE {APP_ROLE}")
    owner.execute("SELECT set_config('app.tenant', %s, true)", [str(world.home.tenant.pk)])
    owner.execute("SELECT count(DISTINCT tenant_id) FROM accounts_job")
    assert owner.fetchone() == (2,)


def test_jobs_of_all_tenants_are_swept(world, undone):
    """The sweeper goes from tenant to tenant, each in its own scope."""
    seen = 0
    for tenant in Tenant.objects.all():
        with tenant_scope(tenant):
            seen += Job.objects.filter(state=JobState.QUEUED).count()
    assert seen == 2
