"""Rounds without tiers for tests: villages rated by stars from facts and events, townships assessed once a year.

Stars: 100 points, 集体收入 up to 60 (a point for each 万元), 满意度 40 × the rate; five stars from 90, at most a half of
the group, satisfaction of at least 90%; four from 80, three from 60; last year's star plus one at most.
"""

from datetime import date
from decimal import Decimal

from accounts.models import Organization, Tenant
from campaigns.enums import CampaignKind, RoundState
from campaigns.models import Campaign, Round, SchemeVersion
from campaigns.services.campaigns import create_campaign, move_round, plan_round
from campaigns.services.nominations import NominationFacts, put_nominations
from campaigns.services.schemes import add_version, publish_version
from scoring.services.facts import EventFacts, FactCell, put_events, put_facts
from tests.schemes.support import text_of

STARS = {
    "language": "biaogan-scheme/1",
    "identity": {
        "key": "stars",
        "name": "星级评定办法",
        "kind": "star_rating",
        "county": {"code": "330182", "name": "建德市"},
        "issuer": "中共建德市委组织部",
        "version": "1",
    },
    "period": {"start": "2026-01-01", "end": "2026-12-31"},
    "facts": [
        {"key": "satisfaction", "name": "群众满意率", "min": "0", "max": "100%"},
        {"key": "last_star", "name": "上年星级", "type": "text", "missing": "unscored"},
    ],
    "events": [{"key": "missed", "name": "缺主题党日"}, {"key": "accident", "name": "安全事故", "within_months": 24}],
    "criteria": {
        "full_marks": "100",
        "round": {"places": 1},
        "tree": [
            {"key": "income", "name": "集体收入", "mark": {"kind": "per_unit", "each": "1", "most": "60"}},
            {
                "key": "people",
                "name": "群众满意",
                "mark": {"kind": "figure", "of": "satisfaction", "factor": "40", "most": "40"},
            },
        ],
    },
    "rating": {
        "name": "星级",
        "grades": [
            {
                "name": "五星",
                "threshold": "90",
                "limits": [{"kind": "share", "at_most_share": "50%"}],
                "requires": [{"of": "satisfaction", "at_least": "90%"}],
            },
            {"name": "四星", "threshold": "80"},
            {"name": "三星", "threshold": "60"},
        ],
        "below": "不定星",
        "steps": {"previous": "last_star", "most_up": 1},
    },
    "vetoes": [
        {"key": "v1", "name": "安全事故", "when": {"of": "accident", "at_least": 1}, "effect": {"kind": "no_grade"}}
    ],
    "consequences": [
        {"key": "talk", "name": "约谈", "last": 1, "who": "县委组织部", "within_days": 30},
        {"key": "pay", "name": "扣减报酬", "amount": {"of": "missed", "times": "500"}},
    ],
    "propagation": [
        {"key": "t", "name": "星级加分", "points": {"五星": "1", "四星": "0.3"}, "cap": "1.2"},
    ],
}

ANNUAL = {
    "language": "biaogan-scheme/1",
    "identity": {
        "key": "annual",
        "name": "乡镇年度考核办法",
        "kind": "annual_assessment",
        "county": {"code": "330182", "name": "建德市"},
        "issuer": "中共建德市委",
        "version": "1",
    },
    "facts": [
        {"key": "work", "name": "日常工作", "min": "0", "max": "100"},
        {"key": "created", "name": "创建加分", "source": {"scheme": "example", "figure": "bonus"}},
        {
            "key": "starred",
            "name": "星级加分",
            "missing": "0",
            "source": {"scheme": "stars", "figure": "points"},
        },
    ],
    "criteria": {
        "round": {"places": 2},
        "tree": [
            {"key": "daily", "name": "日常", "mark": {"kind": "figure", "of": "work", "most": "100"}},
            {
                "key": "extra",
                "name": "加分",
                "role": "bonus",
                "cap": "5",
                "children": [
                    {"key": "created_points", "name": "创建", "mark": {"kind": "figure", "of": "created"}},
                    {"key": "starred_points", "name": "星级", "mark": {"kind": "figure", "of": "starred"}},
                ],
            },
        ],
    },
    "rating": {"name": "等次", "grades": [{"name": "优秀", "threshold": "90"}, {"name": "良好", "threshold": "80"}]},
}


def published(tenant: Tenant, tree: dict, maker, checker) -> SchemeVersion:
    version = add_version(tenant=tenant, text=text_of(tree), actor=maker)
    return publish_version(version=version, actor=checker)


def rating_campaign(tenant: Tenant, kind: CampaignKind, maker, name: str) -> Campaign:
    return create_campaign(
        tenant=tenant, kind=kind, name=name, host="中共建德市委组织部", starts_on=date(2026, 1, 1), actor=maker
    )


def planned_round(campaign: Campaign, version: SchemeVersion, maker, label: str = "2026 年度") -> Round:
    return plan_round(
        campaign=campaign, label=label, onsite_date=date(2026, 12, 31), scheme_version=version, actor=maker
    )


def enter(round: Round, organizations: list[Organization], maker) -> None:
    tier = round.scheme_version.document.tier_names[0]
    rows = [NominationFacts(organization, tier) for organization in organizations]
    put_nominations(round=round, rows=rows, actor=maker)


def opened(round: Round, maker) -> Round:
    return move_round(round=round, to=RoundState.SCORING, actor=maker)


def facts(round: Round, maker, table: dict[Organization, dict[str, str]]) -> dict[str, int]:
    cells = [FactCell(owner, key, text) for owner, row in table.items() for key, text in row.items()]
    return put_facts(round=round, cells=cells, actor=maker)


def events(round: Round, maker, *rows: tuple[Organization, str, date, str]) -> dict[str, int]:
    written = [EventFacts(owner, key, day, Decimal(amount)) for owner, key, day, amount in rows]
    return put_events(round=round, rows=written, actor=maker)
