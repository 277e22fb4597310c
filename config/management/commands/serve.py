"""`manage.py serve`: the whole product as one command, for a demonstration or a training machine.

Translates the command line into a `config.supervisor.Supervisor`; the work is there.
"""

import socket

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from config.supervisor import AlreadyRunning, Failed, Supervisor

FIRST_PORT = 8000
TRIED_PORTS = 100


class Command(BaseCommand):
    help = "启动网站、后台任务和定时任务，装入演示数据；Ctrl-C 停止。"

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, help="端口；不写则用 8000，被占用时用其后第一个空闲的端口")
        parser.add_argument("--no-demo", action="store_true", help="不装入演示数据")

    def handle(self, *args, port, no_demo, **options):
        supervisor = Supervisor(var=settings.VAR, say=self.say)
        try:
            supervisor.claim()
            supervisor.port = choose_port(port)
            self.prepare()
            supervisor.run(demo=not no_demo)
        except AlreadyRunning as running:
            self.say(str(running))
        except Failed as failure:
            raise CommandError(str(failure)) from None
        finally:
            supervisor.release()

    def prepare(self):
        self.say("正在准备数据库和静态文件……")
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError as error:
            raise Failed(
                f"数据库没有准备好：{error}\n请检查 DATABASE_URL、磁盘空间和 {settings.VAR} 的权限。"
            ) from error
        try:
            call_command("collectstatic", interactive=False, verbosity=0)
        except (OSError, ValueError) as error:
            raise Failed(f"静态文件没有收集好：{error}\n请检查磁盘空间和 {settings.STATIC_ROOT} 的权限。") from error

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()


def choose_port(wanted: int | None) -> int:
    """The port asked for, or the first free one from 8000 on; a taken port is said, not worked around."""
    if wanted is not None:
        if not is_free(wanted):
            raise Failed(f"端口 {wanted} 已被占用。请用 --port 换一个，或不写 --port 由程序自选。")
        return wanted
    for port in range(FIRST_PORT, FIRST_PORT + TRIED_PORTS):
        if is_free(port):
            return port
    raise Failed(f"端口 {FIRST_PORT} 至 {FIRST_PORT + TRIED_PORTS - 1} 都被占用。请用 --port 指定一个空闲的端口。")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True
