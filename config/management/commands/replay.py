"""`manage.py replay [county…]`: every published figure beside what the rules compute, from files and from the database.

Without a name every shipped county. Ends with 1 on any difference. The file side is `python -m schemes replay`; the
database side concerns counties with a demonstration, and is skipped, and says so, where that has not been loaded.
"""

import sys

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from accounts.models import Tenant, tenant_scope
from schemes.cli import main as schemes_main
from schemes.county import load_county
from schemes.files import require_scheme
from scoring.enums import ComputationState
from scoring.models import Result

#: The county whose rounds the demonstration loads into the database.
DEMONSTRATION = "jiande"


class Command(BaseCommand):
    requires_system_checks = []
    help = "重放一个县：按办法计算的数字与公开的数字逐项比对，有不同则以 1 退出。"

    def add_arguments(self, parser):
        parser.add_argument("counties", nargs="*", help="随附的县，如 jiande；不写就全部比对")

    def handle(self, *args, counties, **options):
        failed = schemes_main(["replay", *counties])
        differences = self.compare_database(DEMONSTRATION) if DEMONSTRATION in (counties or [DEMONSTRATION]) else 0
        if failed or differences:
            sys.exit(1)

    def compare_database(self, name: str) -> int:
        """How many published results of the demonstration differ from the computation from files."""
        computed = {(row.round, row.org_code): row for row in load_county(name).outcome.rows()}
        stored = self.stored(require_scheme(name).identity.county.code)
        if stored is None:
            self.stdout.write("数据库中没有这个县的演示数据，只比对了文件。装入演示请运行 manage.py up。")
            return 0
        different = [
            key for key, row in computed.items() if stored.get(key) != (row.score or "", row.rank, row.outcome.value)
        ]
        extra = stored.keys() - computed.keys()
        for round, code in [*different, *extra]:
            self.stderr.write(f"第 {round} 轮 {code}：数据库中的结果与按文件计算的不同")
        self.stdout.write(
            f"数据库中已公布的 {len(stored)} 条结果，与按文件计算的 {len(different) + len(extra)} 条不同。"
        )
        return len(different) + len(extra)

    def stored(self, code: str) -> dict | None:
        """Score, rank and verdict of every published result by round and organization; None without the county."""
        try:
            tenant = Tenant.objects.filter(code=code, is_demo=True).first()
        except DatabaseError:
            return None
        if tenant is None:
            return None
        with tenant_scope(tenant):
            rows = Result.objects.filter(
                computation__state=ComputationState.PUBLISHED, computation__round__kind="creation"
            ).values_list("computation__round__label", "organization__code", "score_text", "rank", "verdict")
            return {(round, org): (score, rank, verdict) for round, org, score, rank, verdict in rows}
