"""States and kinds of the accounts app, with their transition tables. A leaf: imports nothing of ours."""

from django.db import models


class TenantKind(models.TextChoices):
    PLATFORM = "platform", "平台"
    PREFECTURE = "prefecture", "地级市"
    COUNTY = "county", "县（市、区）"
    REHEARSAL = "rehearsal", "演练"


class OrganizationKind(models.TextChoices):
    """Kinds of organization; values are those of the import files."""

    COUNTY = "county", "县级单位"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村"
    COMMUNITY = "community", "社区"
    ENTERPRISE = "enterprise", "国有企业"
    TWO_NEW = "two_new", "两新组织"
    AGENCY = "agency", "机关"
    SCHOOL = "school", "学校"
    TEMPORARY = "temporary", "临时党组织"


class PartyLevel(models.TextChoices):
    COMMITTEE = "committee", "党委"
    GENERAL_BRANCH = "general_branch", "党总支"
    BRANCH = "branch", "党支部"


class Role(models.TextChoices):
    COUNTY_ADMIN = "county_admin", "组织部管理员"
    TOWNSHIP_SECRETARY = "township_secretary", "乡镇（街道）书记"
    INSPECTOR = "inspector", "评委"
    LEADER = "leader", "领导"
    OBSERVER = "observer", "观察员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


#: The three administrators (三员): different people, none of whom meets business data.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


class JobState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
    CANCELLED = "cancelled", "已取消"


JOB_TRANSITIONS: dict[str, frozenset[str]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED, JobState.FAILED}),
    JobState.RUNNING: frozenset(
        {JobState.RUNNING, JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.QUEUED}
    ),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}


class ChannelKind(models.TextChoices):
    EMAIL = "email", "电子邮件"
    DINGTALK = "dingtalk", "钉钉群机器人"
    WECOM = "wecom", "企业微信群机器人"


class MessageState(models.TextChoices):
    WAITING = "waiting", "待发"
    SENT = "sent", "已发"
    FAILED = "failed", "未发出"
    DROPPED = "dropped", "不再发送"


MESSAGE_TRANSITIONS: dict[str, frozenset[str]] = {
    MessageState.WAITING: frozenset({MessageState.SENT, MessageState.FAILED, MessageState.DROPPED}),
    MessageState.FAILED: frozenset({MessageState.WAITING, MessageState.DROPPED}),
    MessageState.SENT: frozenset(),
    MessageState.DROPPED: frozenset(),
}
