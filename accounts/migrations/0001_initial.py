"""The tables of accounts."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Division",
            fields=[
                ("code", models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name="代码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("parent_code", models.CharField(db_index=True, max_length=12, verbose_name="上级代码")),
            ],
            options={
                "verbose_name": "行政区划",
                "ordering": ["code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StagedDivision",
            fields=[
                ("code", models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name="代码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("parent_code", models.CharField(max_length=12, verbose_name="上级代码")),
            ],
            options={
                "verbose_name": "待用行政区划",
                "ordering": ["code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("display_name", models.CharField(max_length=40, verbose_name="姓名")),
                ("session_epoch", models.PositiveIntegerField(default=0, verbose_name="会话序号")),
                ("must_change_password", models.BooleanField(default=False, verbose_name="须改密码")),
                (
                    "password_changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="改密时间"),
                ),
                ("last_seen_at", models.DateTimeField(blank=True, null=True, verbose_name="最近使用")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="邮箱")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "人员",
                "ordering": ["username"],
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="PasswordHistory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="password_history",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Tenant",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "office",
                    models.CharField(
                        help_text="页面左上角显示，如：建德市委组织部", max_length=80, verbose_name="主管单位"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("platform", "平台"), ("prefecture", "地级市"), ("county", "县（市、区）")],
                        default="county",
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("is_demo", models.BooleanField(default=False, verbose_name="演示")),
                ("demo_note", models.CharField(blank=True, max_length=120, verbose_name="演示说明")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="accounts.tenant",
                        verbose_name="上级",
                    ),
                ),
            ],
            options={
                "verbose_name": "租户",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=12, verbose_name="代码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("county", "县级单位"),
                            ("township", "乡镇（街道）"),
                            ("village", "村"),
                            ("community", "社区"),
                            ("enterprise", "国有企业"),
                            ("two_new", "两新组织"),
                            ("agency", "机关"),
                            ("school", "学校"),
                            ("temporary", "临时党组织"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("committee", "党委"), ("general_branch", "党总支"), ("branch", "党支部")],
                        max_length=16,
                        verbose_name="党组织层级",
                    ),
                ),
                ("path", models.CharField(editable=False, max_length=120, verbose_name="路径")),
                ("depth", models.PositiveSmallIntegerField(editable=False, verbose_name="层")),
                ("sort_key", models.CharField(blank=True, editable=False, max_length=120, verbose_name="拼音")),
                ("remote", models.BooleanField(default=False, verbose_name="偏远")),
                ("weak", models.BooleanField(default=False, verbose_name="薄弱")),
                ("member_count", models.PositiveIntegerField(blank=True, null=True, verbose_name="党员数")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
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
                "verbose_name": "党组织",
                "ordering": ["path"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("county_admin", "组织部管理员"),
                            ("township_secretary", "乡镇（街道）书记"),
                            ("inspector", "评委"),
                            ("leader", "领导"),
                            ("observer", "观察员"),
                            ("system_admin", "系统管理员"),
                            ("security_admin", "安全管理员"),
                            ("audit_admin", "审计管理员"),
                        ],
                        max_length=20,
                        verbose_name="角色",
                    ),
                ),
                ("post", models.CharField(blank=True, max_length=40, verbose_name="职务")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="accounts.organization",
                        verbose_name="单位",
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
                "verbose_name": "任职",
                "ordering": ["role", "created_at"],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40, verbose_name="种类")),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("key", models.CharField(max_length=120, verbose_name="幂等键")),
                ("params", models.JSONField(default=dict, verbose_name="参数")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "排队中"),
                            ("running", "进行中"),
                            ("done", "已完成"),
                            ("failed", "未完成"),
                            ("cancelled", "已取消"),
                        ],
                        default="queued",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=80, verbose_name="步骤")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已完成")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="总数")),
                ("result", models.JSONField(default=dict, verbose_name="结果")),
                ("result_url", models.CharField(blank=True, max_length=200, verbose_name="结果页")),
                ("error", models.TextField(blank=True, verbose_name="原因")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
                ("cancel_requested", models.BooleanField(default=False, verbose_name="请求取消")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="发起时间")),
                ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                ("heartbeat_at", models.DateTimeField(null=True, verbose_name="心跳")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
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
                "verbose_name": "后台任务",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("actor_name", models.CharField(max_length=60, verbose_name="操作人")),
                ("verb", models.CharField(max_length=60, verbose_name="操作")),
                ("target_type", models.CharField(blank=True, max_length=40, verbose_name="对象类别")),
                ("target_id", models.CharField(blank=True, max_length=40, verbose_name="对象编号")),
                ("target_label", models.CharField(blank=True, max_length=120, verbose_name="对象")),
                ("old", models.JSONField(default=dict, verbose_name="原值")),
                ("new", models.JSONField(default=dict, verbose_name="新值")),
                ("succeeded", models.BooleanField(default=True, verbose_name="是否成功")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="来源地址")),
                ("request_id", models.CharField(blank=True, max_length=64, verbose_name="请求编号")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.tenant"
                    ),
                ),
            ],
            options={
                "verbose_name": "操作日志",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40, verbose_name="种类")),
                ("filename", models.CharField(max_length=200, verbose_name="文件名")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(verbose_name="字节")),
                ("params", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("applied_at", models.DateTimeField(null=True, verbose_name="写入时间")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name": "导入文件",
                "ordering": ["-created_at"],
            },
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(fields=["tenant", "kind"], name="organization_kind"),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.UniqueConstraint(fields=("tenant", "code"), name="organization_code"),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.UniqueConstraint(fields=("tenant", "path"), name="organization_path"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("tenant", "user", "organization", "role"), name="membership_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("organization__isnull", True)),
                fields=("tenant", "user", "role"),
                name="membership_once_without_organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role", "township_secretary"), _negated=True),
                    ("organization__isnull", False),
                    _connector="OR",
                ),
                name="membership_township_has_organization",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["state", "heartbeat_at"], name="job_sweep"),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["queued", "running"])), fields=("tenant", "key"), name="job_open_once"
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["tenant", "-id"], name="audit_tenant"),
        ),
    ]
