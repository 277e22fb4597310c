"""Two published years of a small county with points, money, a promotion, a zero and a missing score. No tests here.

2025, 示范: 杨村 95 and 岭后村 90 win, 石塘村 80 and 溪口村 70 do not; 达标: 赵村 70 and 北坡村 65 win, 南坡村 50 and
电子党支部 40 do not. 2026, 示范: 赵村 92 wins (promoted), 石塘村 60, 南坡村 0, 溪口村 unscored; 达标: 电子党支部 61 wins,
北坡村 59 does not. East (东溪镇) and west (西山乡) tie in 2025; west has nothing in 2026.
"""

from datetime import date

from django.core.cache import cache
from django.test import Client

from accounts.models import tenant_scope
from campaigns.services.schemes import add_version, publish_version
from scoring.models import Computation
from tests.reports.results_stage import Stage, make_stage

SCHEME = """
language: biaogan-scheme/1
identity: {key: figures, name: 示范办法, county: {code: "330182", name: 建德市}, issuer: 组织部, version: 2025-1}
clauses:
  第一条: {title: 名额, text: 淘汰率不低于 25%。}
  第二条: {title: 称号, text: 达标再创成示范的进阶；复评低于 75 分的摘牌警示。}
criteria: {tree: [{key: all, name: 总体, mark: {max: 100, step: 0.5}}]}
panel: {size: 4, recusal: none}
tiers: [{name: 示范, threshold: 85, target: 2}, {name: 达标, threshold: 60, target: 4}]
score: {kind: mean, round: {places: 2}}
selection: {clause: 第一条, limits: [{kind: elimination_rate, minimum: 25%}]}
titles:
  clause: 第二条
  promotions: [{from_tier: 达标, to_tier: 示范}]
  reinspection: {clause: 第二条, aggregation: {kind: mean}, revoke_below: 75}
bonus: {points: {示范: 1, 达标: 0.25}}
subsidy: {wan: {示范: 0.9, 达标: 0.5}}
"""
EARLIER, LATER = date(2025, 3, 15), date(2026, 3, 15)
FIRST = {
    "杨村": ("示范", "95"), "岭后村": ("示范", "90"), "石塘村": ("示范", "80"), "溪口村": ("示范", "70"),
    "赵村": ("达标", "70"), "北坡村": ("达标", "65"), "南坡村": ("达标", "50"), "东溪电子党支部": ("达标", "40"),
}  # fmt: skip
SECOND = {
    "赵村": ("示范", "92"), "石塘村": ("示范", "60"), "南坡村": ("示范", "0"), "溪口村": ("示范", None),
    "东溪电子党支部": ("达标", "61"), "北坡村": ("达标", "59"),
}  # fmt: skip


def make_figures() -> Stage:
    """The stage with this module's scheme; nothing played yet."""
    cache.clear()
    stage = make_stage()
    with tenant_scope(stage.tenant):
        stage.version = publish_version(version=add_version(tenant=stage.tenant, text=SCHEME, actor=None), actor=None)
    return stage


def play(stage: Stage, label: str, day: date, rows: dict[str, tuple[str, str | None]], **options) -> Computation:
    """Plan, enter, score and compute one round; every inspector gives the same total."""
    round = stage.round(label, day=day, **options)
    stage.enter(round, {name: tier for name, (tier, _) in rows.items()})
    stage.open(round)
    for name, (_, total) in rows.items():
        if total is not None:
            stage.score(round, name, *[(total,)] * 4)
    return stage.compute(round)


def play_two_years(stage: Stage) -> None:
    stage.publish(play(stage, "1", EARLIER, FIRST))
    stage.publish(play(stage, "2", LATER, SECOND))


def enter(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def get(user, address: str, status: int = 200) -> str:
    answer = enter(user).get(address)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()
