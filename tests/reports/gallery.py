"""Realistic figures for the styleguide, and the few addresses its links need. No tests here."""

from fractions import Fraction
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import include, path

from reports.templatetags import numbers
from reports.templatetags.icons import ICONS
from reports.templatetags.wording import OUTCOMES

PLAIN_STATIC = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def nothing(request, **kwargs):
    return HttpResponse()


ACCOUNTS = [path(f"a/{name}/", nothing, name=name) for name in ("signin", "signout", "signout_everywhere", "password")]
ACCOUNTS += [path("a/switch/<int:pk>/", nothing, name="switch")]
urlpatterns = [
    path("", include((ACCOUNTS, "accounts"))),
    path("", include(([path("r/", nothing, name="workbench")], "reports"))),
]


class NominationForm(forms.Form):
    name = forms.CharField(label="村社名称", help_text="与组织花名册一致")
    tier = forms.ChoiceField(label="申报组别", choices=[("1", "标杆"), ("2", "进位")])
    members = forms.IntegerField(label="党员人数", min_value=3)
    reason = forms.CharField(label="申报理由", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    ways = forms.MultipleChoiceField(
        label="检查方式", choices=[("a", "查阅资料"), ("b", "实地察看")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="已由支部委员会讨论通过")


def shell(layout="county"):
    county = [
        {
            "title": "",
            "items": [{"label": "工作台", "url": "#", "current": False, "count": 7}, {"label": "挂图作战", "url": "#"}],
        },
        {
            "title": "创建",
            "items": [
                {"label": "申报审核", "url": "#", "count": 2},
                {"label": "结果与复核", "url": "#", "current": True},
            ],
        },
    ]
    return {
        "layout": layout,
        "nav": county,
        "unit": "建德市委组织部",
        "demo": True,
        "demo_note": "乡镇为真实名称，村社、评委与分数均为合成",
        "person": "李敏",
        "role_label": "组织二科",
        "search": True,
        "version": "2022.10",
        "memberships": [
            {"id": 1, "label": "建德市 · 组织部管理员", "current": True},
            {"id": 2, "label": "建德市 · 领导", "current": False},
        ],
    }


def ranking():
    rows = [
        ("玉坪村", "大同镇", 1, "91.40", "18.21", "7.30", "awarded", ""),
        ("石埠村", "新安江街道", 5, "85.80", "17.50", "1.70", "awarded", "与第 6 名同分，项目四较高"),
        ("荷坞村", "李家镇", 9, "84.10", "16.79", "0", "awarded", ""),
        ("莲峰村", "莲花镇", 10, "83.60", "16.79", "-0.50", "tied_at_cut", "2 家并列跨越名额线，整组不授予"),
        ("石坪村", "钦堂乡", 10, "83.60", "16.79", "-0.50", "tied_at_cut", "2 家并列跨越名额线，整组不授予"),
        ("竹坞村", "航头镇", 12, "81.80", "16.50", "-2.30", "over_quota", "名额至多 10 名"),
        ("杨村桥两新联合支部", "杨村桥镇", 14, "76.20", "15.50", "-7.90", "below_threshold", "低于标准 80.00"),
        ("泉坪村", "下涯镇", 17, "69.00", "14.00", "-15.10", "vetoed", "发生安全生产责任事故（第五条）"),
        ("龙湾村", "三都镇", None, None, None, None, "unscored", "7 份评分单均未收到"),
    ]
    names = ("name", "township", "rank", "score", "item", "gap", "outcome", "why")
    drawn = [dict(zip(names, row, strict=True)) for row in rows]
    for row in drawn:
        row |= {
            "shared": row["rank"] == 10,
            "key": "同分" in row["why"] or row["rank"] == 10,
            "sheets": 7 if row["score"] else 0,
        }
    drawn[3]["cut"] = "授予线 · 名额至多 10 名，第 10 名并列 2 家，整组不授予，实授 9 名"
    return drawn


def entries():
    outcomes = ["awarded"] * 9 + ["tied_at_cut"] * 2 + ["over_quota"] * 2 + ["below_threshold"] * 4
    return [{"outcome": outcome, "title": f"第 {place} 名"} for place, outcome in enumerate(outcomes, start=1)]


def chart_context():
    biao, jin = (
        [60, 54.55, 50, 54.55, 54.55, 44.44, 50, 50, 45.45, 50, 54.55],
        [57.89, 52.63, 52.63, 52.63, 55, 55, 57.89, 57.89, 47.06, 55, 57.89],
    )
    line = {"silent": True, "data": [{"yAxis": 40, "label": {"formatter": "底线 40%"}}]}
    return {
        "finding": "十一轮淘汰率均不低于 40%；最低为第 6 轮标杆组 44.44%",
        "head": ["轮次", "标杆", "进位"],
        "rows": [
            [f"第 {n} 轮", f"{a:.2f}%", f"{b:.2f}%"] for n, (a, b) in enumerate(zip(biao, jin, strict=True), start=1)
        ],
        "option": {
            "grid": {"right": 64},
            "tooltip": {"trigger": "axis", "valueFormatter": "@percent"},
            "xAxis": {"type": "category", "data": [str(n) for n in range(1, 12)]},
            "yAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": "@percent0"}},
            "series": [
                {"type": "line", "name": "标杆", "data": biao, "markLine": line},
                {"type": "line", "name": "进位", "data": jin, "symbol": "rect"},
            ],
        },
    }


def explanation_context():
    fates = [
        ("评委04", "81.0", "dropped_low"),
        ("评委08", "82.0", "counted"),
        ("评委14", "82.5", "counted"),
        ("评委18", "83.5", "counted"),
    ]
    fates += [
        ("评委05", "85.0", "counted"),
        ("评委07", "85.0", "counted"),
        ("评委06", "86.0", "dropped_high"),
        ("评委11", None, "recused"),
    ]
    chain = [
        ("ok", "评分单有效", "7 份，1 份回避，均已签名", "第二条"),
        ("warn", "名次：并列第 10", "与石坪村同分；项目四均分 16.79 = 16.79", "第四条"),
        ("bad", "整组不授予", "并列跨越名额线的一组全部淘汰", "第六条"),
    ]
    return {
        "sheets": [{"inspector": who, "total": total, "fate": fate, "url": "#"} for who, total, fate in fates],
        "terms": ["82.0", "82.5", "83.5", "85.0", "85.0"],
        "divisor": 5,
        "sum": "418.0",
        "score": "83.60",
        "steps": [
            {"state": state, "title": title, "text": text, "clause": clause, "url": "#"}
            for state, title, text, clause in chain
        ],
        "criteria": [
            {
                "item": "一",
                "name": "生态美丽",
                "full": 15,
                "mean": "12.71",
                "group": "12.45",
                "gap": "0.26",
                "css": "pos",
                "kind": "",
            },
            {
                "name": "1. 村容村貌整洁",
                "full": 5,
                "mean": "4.21",
                "group": "4.15",
                "gap": "0.06",
                "css": "pos",
                "kind": "quiet",
            },
            {
                "name": "7. 资源资产盘活",
                "full": 4,
                "mean": "3.29",
                "group": "3.32",
                "gap": "-0.03",
                "css": "neg",
                "kind": "quiet",
            },
        ],
    }


def work_context():
    stages = [
        ("申报", "08-01 至 08-31", "30 家", "done", "ok", "已完成"),
        ("县级审核", "09-01 至 09-09", "通过 30 家", "done", "ok", "已完成"),
    ]
    stages += [
        ("现场评分", "10-15", "已收 171 / 202", "now", "run", "进行中"),
        ("计算与复核", "10-18", "两人确认", "next", "idle", "未开始"),
    ]
    stages += [("公示", "10-20 至 10-26", "7 天", "next", "idle", "未开始")]
    names = ("name", "dates", "count", "place", "light", "words")
    job = {
        "id": 1,
        "title": "第 11 轮试算",
        "state": "running",
        "step": "核对评分单",
        "done": 127,
        "total": 330,
        "is_open": True,
    }
    return {
        "stages": [dict(zip(names, row, strict=True)) | {"done": 171, "total": 202} for row in stages],
        "jobs": [
            SimpleNamespace(**job),
            SimpleNamespace(
                id=2, title="导入组织", state="failed", total=0, is_open=False, error="第 12 行乡镇不存在，数据未改动。"
            ),
            SimpleNamespace(
                id=3, title="汇总表", state="done", done=17, total=17, is_open=False, result_url="/files/1/"
            ),
        ],
        "problems": [
            {
                "file": "组织.xlsx“村社”",
                "row": 12,
                "column": "所属乡镇",
                "value": "莲花乡",
                "reason": "没有这个乡镇",
                "remedy": "改为“莲花镇”，或先登记该乡镇",
            },
            {
                "file": "组织.xlsx“村社”",
                "row": 31,
                "column": "党员人数",
                "value": None,
                "reason": "不能为空",
                "remedy": "填写党员人数",
            },
        ],
        "heat": [
            {"name": "三都镇", "cells": [1, 1, 4], "total": 6},
            {"name": "大洋镇", "cells": [2, 0, 3], "total": 5},
            {"name": "下涯镇", "cells": [0, 5, None], "total": 5},
        ],
    }


def gallery(layout="county"):
    proof = {
        "participants": 17,
        "share": "60%",
        "allowed": 10,
        "allowed_note": "10.2 取整",
        "awarded": 9,
        "awarded_note": "并列 2 家不授",
    }
    proof |= {
        "rate": numbers.percent(Fraction(8, 17)),
        "rate_note": "8 ÷ 17 ≥ 40%",
        "state": "ok",
        "verdict": "符合第六条",
        "quota": 10,
    }
    counts = {"awarded": 9, "tied_at_cut": 2, "over_quota": 2, "below_threshold": 4}
    return {
        "shell": shell(layout),
        "crumbs": [{"label": "结果与复核", "url": "#"}, {"label": "2022 年", "url": "#"}, {"label": "第 9 轮"}],
        "proof": proof,
        "entries": entries(),
        "counts": counts,
        "ranking": ranking(),
        "page": Paginator(range(277), 20).page(7),
        "form": NominationForm({"name": "李埠村", "tier": "1", "members": "2"}),
        "outcomes": list(OUTCOMES),
        "icons": list(ICONS),
        "money": numbers.wan_number("997000"),
        "gap": "-0.50",
        "nothing": None,
        **chart_context(),
        **explanation_context(),
        **work_context(),
    }


def draw(template="styleguide.html", context=None, address="/ranking/?page=7&outcome=awarded"):
    with override_settings(ROOT_URLCONF=__name__, STORAGES=settings.STORAGES | PLAIN_STATIC):
        request = RequestFactory().get(address)
        given = {"request": request, "csrf_token": "t", "messages": [], **(gallery() if context is None else context)}
        return render_to_string(template, given)
