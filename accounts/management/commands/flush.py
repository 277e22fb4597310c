"""``manage.py flush`` empties test databases only.

What a county recorded is never emptied: append-only tables refuse it, and so does this command, with a sentence.
The test runner empties its own database between tests; there the triggers stand aside for the moment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as FlushCommand
from django.db import connections, transaction


class Command(FlushCommand):
    help = "清空测试数据库（正式数据不能清空）。"

    def handle(self, **options: Any) -> None:
        if not settings.TESTING:
            raise CommandError(
                "正式数据不能清空：操作日志和评分表只增不改。演示环境可停止服务后删除 var 目录重新开始。"
            )
        with triggers_aside(options["database"]):
            super().handle(**options)


@contextmanager
def triggers_aside(alias: str) -> Iterator[None]:
    connection = connections[alias]
    if connection.vendor == "postgresql":
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
        return
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in triggers:
            cursor.execute(statement)
