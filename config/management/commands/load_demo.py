"""`manage.py load_demo`: the demonstration, imported and computed like any county's; then who may sign in."""

from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.enums import TenantKind
from accounts.models import Tenant, tenant_scope
from accounts.services.tenants import create_tenant
from campaigns.models import Campaign
from config.demo.county import CountyLoader, ensure_organizations
from config.demo.live import LiveRounds
from config.demo.people import JIANDE, PLATFORM, PREFECTURE, QINGXI, Person, demo_password, ensure_people
from config.demo.source import Source

NOTE = "乡镇为真实名称，村社、评委与分数均为合成"
INVENTED = "县、乡镇、村社、评委与分数均为虚构"


class Command(BaseCommand):
    help = "装入演示数据（可重复执行）：建德十一轮与虚构的青溪县。"

    def add_arguments(self, parser):
        parser.add_argument("--inline", action="store_true", help="在本进程内计算，不经后台任务进程")

    def handle(self, *args, inline, **options):
        if settings.PRODUCTION:
            raise CommandError("正式环境不装入演示数据。请用 BIAOGAN_ENV=demo 另建演示环境。")
        prefecture = ensure_tenant("3301", "杭州市（演示）", "杭州市委组织部（演示）", TenantKind.PREFECTURE)
        platform = ensure_tenant("000000", "平台", "平台运维", TenantKind.PLATFORM)
        self.county(jiande(), "330182", "建德市", "建德市委组织部", prefecture, JIANDE, NOTE, inline)
        self.county(qingxi(), "990101", "青溪县", "青溪县委组织部", prefecture, QINGXI, INVENTED, inline)
        ensure_people(prefecture, PREFECTURE)
        ensure_people(platform, PLATFORM)
        self.print_accounts()

    def county(self, source, code, name, office, parent, people, note, inline):
        tenant = ensure_tenant(code, name, office, TenantKind.COUNTY, parent, note)
        # The first person hands in the tree; the others serve in its organizations.
        first = ensure_people(tenant, people[:1])[people[0].username]
        ensure_organizations(tenant, source, first, self.say)
        users = list(ensure_people(tenant, people).values())
        CountyLoader(tenant, source, users[0], users[1], self.say, inline).load()
        if source.lived:
            with tenant_scope(tenant):
                by_name = {user.username: user for user in users}
                people = (by_name[name] for name in source.lived)
                LiveRounds(Campaign.objects.get(name=source.campaign["name"]), *people).load()

    def print_accounts(self):
        self.say("演示账号（口令均为 " + demo_password() + "）：")
        for title, people in (
            ("建德市", JIANDE),
            ("青溪县", QINGXI),
            ("杭州市（演示）", PREFECTURE),
            ("平台", PLATFORM),
        ):
            for person in people:
                self.say(f"  {person.username:<12} {title} {role_name(person)} {person.name}（{person.post}）")

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()


def role_name(person: Person) -> str:
    return person.role.label


def ensure_tenant(code, name, office, kind, parent=None, note=""):
    known = Tenant.objects.filter(code=code).first()
    return known or create_tenant(
        code=code, name=name, office=office, kind=kind, parent=parent, is_demo=True, demo_note=note, actor=None
    )


def jiande() -> Source:
    return Source(
        key="jiande",
        campaign={
            "name": "标杆50·进位百佳",
            "host": "中共建德市委",
            "organizer": "中共建德市委组织部",
            "cycle": "三年",
            "starts_on": date(2019, 5, 1),
            "ends_on": date(2022, 10, 31),
        },
        inspector_users={"J09": "pingwei09"},
        reinspection_days={"2022-05": date(2022, 5, 31)},
    )


def qingxi() -> Source:
    return Source(
        key="qingxi",
        campaign={
            "name": "溪山先锋村",
            "host": "中共青溪县委",
            "organizer": "中共青溪县委组织部",
            "approval_authority": "（演示）",
            "approval_no": "演示〔2026〕1号",
            "cycle": "一年",
            "starts_on": date(2026, 1, 1),
        },
        inspector_users={"Q01": "pingshen01"},
        lived=("qingxi", "shiqiao", "pingshen01"),
        days_ago={"2": 2},
        awaiting=frozenset({"2"}),
    )
