"""Facts and events of a round; grades, badges and figures of results; consequences and points for parents."""

import accounts.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_row_level_security"),
        ("campaigns", "0007_bonus_taken_back_row_level_security"),
        ("scoring", "0003_row_level_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="computation",
            name="event_cut",
            field=models.BigIntegerField(default=0, verbose_name="事项截止号"),
        ),
        migrations.AddField(
            model_name="computation",
            name="fact_cut",
            field=models.BigIntegerField(default=0, verbose_name="数据截止号"),
        ),
        migrations.AddField(
            model_name="result",
            name="badges",
            field=models.JSONField(default=list, verbose_name="获得"),
        ),
        migrations.AddField(
            model_name="result",
            name="figures",
            field=models.JSONField(default=dict, verbose_name="各项得分"),
        ),
        migrations.AddField(
            model_name="result",
            name="grade",
            field=models.CharField(blank=True, max_length=40, verbose_name="评定"),
        ),
        migrations.AddField(
            model_name="result",
            name="group_label",
            field=models.CharField(blank=True, max_length=200, verbose_name="分组"),
        ),
        migrations.AlterField(
            model_name="result",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("awarded", "授予"),
                    ("tied_at_cut", "并列淘汰"),
                    ("over_quota", "超出名额"),
                    ("below_threshold", "低于标准"),
                    ("vetoed", "一票否决"),
                    ("unscored", "未评"),
                    ("ineligible", "不符合条件"),
                    ("unmet", "未满足前置条件"),
                    ("reserve", "候补"),
                    ("rated", "已评定"),
                    ("not_rated", "只考核"),
                ],
                max_length=20,
                verbose_name="结果",
            ),
        ),
        migrations.CreateModel(
            name="ConsequenceRow",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(verbose_name="显示顺序")),
                ("key", models.CharField(max_length=40, verbose_name="规则")),
                ("name", models.CharField(max_length=80, verbose_name="结果运用")),
                ("amount", models.CharField(blank=True, max_length=60, verbose_name="数额")),
                ("unit", models.TextField(blank=True, verbose_name="单位")),
                ("reason", models.TextField(blank=True, verbose_name="事由")),
                ("clause", models.TextField(blank=True, verbose_name="条款")),
                ("who", models.TextField(blank=True, verbose_name="承办")),
                ("within_days", models.PositiveIntegerField(null=True, verbose_name="限期（天）")),
                (
                    "computation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consequences",
                        to="scoring.computation",
                        verbose_name="计算",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="组织",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.tenant",
                        verbose_name="租户",
                    ),
                ),
                (
                    "township",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="乡镇（街道）",
                    ),
                ),
            ],
            options={
                "verbose_name": "结果运用",
                "ordering": ["computation", "position"],
                "indexes": [models.Index(fields=["tenant", "computation", "position"], name="consequence_page")],
            },
        ),
        migrations.CreateModel(
            name="EventRevision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=40, verbose_name="事项")),
                ("day", models.DateField(verbose_name="日期")),
                ("amount", accounts.fields.ExactDecimalField(places=6, verbose_name="数量")),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="对象")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("period", models.CharField(blank=True, max_length=40, verbose_name="考核期")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="组织",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="event_revisions",
                        to="campaigns.round",
                        verbose_name="轮次",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.tenant",
                        verbose_name="租户",
                    ),
                ),
                (
                    "withdrawn_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="scoring.eventrevision",
                        verbose_name="撤回",
                    ),
                ),
            ],
            options={
                "verbose_name": "事项",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["tenant", "round", "id"], name="event_round")],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "withdrawn_of"), name="event_withdrawn_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FactRevision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("period", models.CharField(blank=True, max_length=40, verbose_name="考核期")),
                ("key", models.CharField(max_length=40, verbose_name="数据项")),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="内容")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="来源")),
                ("drawn", models.BooleanField(default=False, verbose_name="平台取来")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="组织",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fact_revisions",
                        to="campaigns.round",
                        verbose_name="轮次",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.tenant",
                        verbose_name="租户",
                    ),
                ),
            ],
            options={
                "verbose_name": "数据",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["tenant", "round", "id"], name="fact_round")],
            },
        ),
        migrations.CreateModel(
            name="ParentPoints",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("parent_text", models.CharField(max_length=200, verbose_name="上级")),
                ("position", models.PositiveIntegerField(verbose_name="显示顺序")),
                ("key", models.CharField(max_length=40, verbose_name="规则")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("points", models.CharField(max_length=60, verbose_name="得分")),
                ("uncapped", models.CharField(max_length=60, verbose_name="封顶前")),
                ("lines", models.JSONField(default=list, verbose_name="明细")),
                ("clause", models.TextField(blank=True, verbose_name="条款")),
                (
                    "computation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parent_points",
                        to="scoring.computation",
                        verbose_name="计算",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="上级",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.tenant",
                        verbose_name="租户",
                    ),
                ),
            ],
            options={
                "verbose_name": "上级得分",
                "ordering": ["computation", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "computation", "key", "parent_text"), name="parent_points_once"
                    )
                ],
            },
        ),
    ]
