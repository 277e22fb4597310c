"""``manage.py import_divisions streets.csv villages.csv``: replace the national list of divisions."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.divisions import Source, import_divisions
from schemes.problems import ProblemsFound


class ConsoleProgress:
    def __init__(self, out: Any) -> None:
        self.out, self.total = out, 0

    def update(self, *, step: str | None = None, done: int | None = None, total: int | None = None) -> None:
        self.total = total or self.total
        if step:
            self.out.write(step)
        if done and done % 100_000 == 0:
            self.out.write(f"  {done} / {self.total}")

    def check_cancelled(self) -> None:
        """A command is stopped from its console."""


class Command(BaseCommand):
    help = "导入全国行政区划清单（街道、村），整体替换现有清单；出错时现有清单不变。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="文件", help="CSV：code、name 和上级代码，街道在前")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        if missing := [str(path) for path in files if not path.is_file()]:
            raise CommandError(f"找不到文件：{'、'.join(missing)}。请检查路径。")
        try:
            sources = [Source(path.name, path) for path in files]
            counts = import_divisions(sources=sources, actor=None, progress=ConsoleProgress(self.stdout))
        except ProblemsFound as failed:
            raise CommandError(f"未写入任何数据：\n{failed}") from failed
        self.stdout.write(f"清单已更新，共 {counts['divisions']} 个单位。")
