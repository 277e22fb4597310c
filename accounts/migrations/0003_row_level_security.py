"""The second wall: PostgreSQL itself keeps tenants apart. The operation log also holds entries that have no tenant yet."""

from django.db import migrations

from ._walls import MEETS, READS, WRITES, build_functions, drop_functions, isolate, release, run

LOG = "accounts_auditentry"

# An entry without a tenant (a failed sign-in) is read by the platform's own tenant only. The statement that writes it
# may have its id back, also where no scope is open: the trigger tells the policy which id that is, for this transaction.
PLATFORM = [
    """CREATE FUNCTION reads_platform() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
       BEGIN
         RETURN EXISTS (SELECT 1 FROM accounts_tenant WHERE kind = 'platform' AND id = ANY (readable_tenants()));
       END $$""",
    """CREATE FUNCTION audit_entry_is_mine() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.tenant_id IS NULL THEN PERFORM set_config('app.audit_entry', NEW.id::text, true); END IF;
         RETURN NEW;
       END $$""",
    f"CREATE TRIGGER audit_entry_is_mine BEFORE INSERT ON {LOG} FOR EACH ROW EXECUTE FUNCTION audit_entry_is_mine()",
    f"""CREATE POLICY tenant_reads ON {LOG} FOR SELECT USING (CASE
          WHEN tenant_id IS NOT NULL THEN {READS}
          WHEN id::text = current_setting('app.audit_entry', true) THEN true
          ELSE (SELECT reads_platform()) END)""",
    f"CREATE POLICY tenant_inserts ON {LOG} FOR INSERT WITH CHECK (CASE WHEN tenant_id IS NULL THEN true ELSE {WRITES} END)",
    f"CREATE POLICY tenant_updates ON {LOG} FOR UPDATE USING ({MEETS}) WITH CHECK ({WRITES})",
    f"CREATE POLICY tenant_deletes ON {LOG} FOR DELETE USING ({MEETS})",
]
PLATFORM_UNDO = [
    f"DROP POLICY tenant_reads ON {LOG}",
    f"DROP TRIGGER audit_entry_is_mine ON {LOG}",
    "DROP FUNCTION audit_entry_is_mine()",
    "DROP FUNCTION reads_platform()",
]


def open_log(apps, schema_editor):
    run(schema_editor, PLATFORM)


def close_log(apps, schema_editor):
    run(schema_editor, PLATFORM_UNDO)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_append_only")]

    operations = [
        migrations.RunPython(build_functions, drop_functions),
        migrations.RunPython(isolate("accounts", own_policies=("auditentry",)), release("accounts")),
        migrations.RunPython(open_log, close_log),
    ]
