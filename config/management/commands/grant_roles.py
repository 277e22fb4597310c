"""`manage.py grant_roles`: the application's role gets its rights after migrating; then: does the second wall stand?

Run by the role that owns the database; running it again changes nothing. Leaves alone: making roles, which needs a
superuser (`config/postgres/init.sh`).
"""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from config.postgresql import catalog, roles


class Command(BaseCommand):
    help = "授予应用数据库角色应有的权限，并检查租户隔离是否完整（PostgreSQL）。"

    def handle(self, *args, **options):
        if connection.vendor != "postgresql":
            self.stdout.write("SQLite 没有数据库角色，也没有第二道租户隔离；只用于演示或单县培训。")
            return
        with connection.cursor() as cursor:
            self.grant(cursor)
            found = catalog.problems(cursor)
        if found:
            lines = "\n".join(f"  {number}. {problem}" for number, problem in enumerate(found, 1))
            raise CommandError(f"租户隔离不完整，请勿开放使用；请先执行 migrate，仍有问题请联系开发者：\n{lines}")
        self.stdout.write(f"角色 {roles.APP_ROLE} 的权限已核对，租户隔离完整。")

    def grant(self, cursor):
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [roles.APP_ROLE])
        if not cursor.fetchone()[0]:
            raise CommandError(f"数据库中没有角色 {roles.APP_ROLE}；请由数据库管理员按 config/postgres/init.sh 建立。")
        with transaction.atomic():
            for statement in roles.grants(cursor):
                cursor.execute(statement)
