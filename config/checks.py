"""What production refuses to start with: one list of all problems, each saying what to set.

Responsible for judging settings; knows no Django application. Leaves alone: `manage.py check --deploy`, which the
tests run as well.
"""

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 50
WEAK_KEYS = ("django-insecure", "changeme", "change-me", "secret", "example")


def refuse_unsafe(settings: Mapping) -> None:
    """Raise with every problem at once, so that mending takes one round."""
    if problems := production_problems(settings):
        lines = "\n".join(f"  {number}. {problem}" for number, problem in enumerate(problems, 1))
        raise ImproperlyConfigured(f"生产环境（BIAOGAN_ENV=production）的设置不安全，未启动：\n{lines}")


def production_problems(settings: Mapping) -> list[str]:
    """All reasons, in Chinese, why these settings must not serve people; empty when there are none."""
    found = [check(settings) for check in (_debug, _key, _database, _broker, _hosts, _cookies)]
    return [problem for problem in found if problem]


def _debug(settings: Mapping) -> str:
    return "DEBUG 已打开，会向访问者显示源代码和设置；请删除 DEBUG。" if settings["DEBUG"] else ""


def _key(settings: Mapping) -> str:
    key = settings["SECRET_KEY"]
    weak = any(word in key.lower() for word in WEAK_KEYS) or len(set(key)) < 5
    if len(key) >= SHORTEST_KEY and not weak:
        return ""
    return f"SECRET_KEY 缺失、过短（至少 {SHORTEST_KEY} 个字符）或是示例值；请生成一个随机值并妥善保管。"


def _database(settings: Mapping) -> str:
    if "sqlite" not in settings["DATABASES"]["default"]["ENGINE"]:
        return ""
    return "数据库是 SQLite，没有第二道租户隔离；请用 DATABASE_URL 指向 PostgreSQL。"


def _broker(settings: Mapping) -> str:
    if settings["CELERY_BROKER_URL"].startswith(("redis://", "rediss://")):
        return ""
    return "任务队列不是 Redis；请设置 CELERY_BROKER_URL 或 REDIS_URL。"


def _hosts(settings: Mapping) -> str:
    hosts = settings["ALLOWED_HOSTS"]
    return "" if hosts and "*" not in hosts else "ALLOWED_HOSTS 为空或含“*”；请写明对外的域名，用逗号分隔。"


def _cookies(settings: Mapping) -> str:
    if settings["SESSION_COOKIE_SECURE"] and settings["CSRF_COOKIE_SECURE"]:
        return ""
    return "会话或 CSRF Cookie 允许明文传输；请删除 SESSION_COOKIE_SECURE 和 CSRF_COOKIE_SECURE 的设置。"
