"""People and their posts: create, appoint, end, passwords, sessions, locks. Signing in itself is Django's and axes'."""

import secrets
import string

from axes.utils import reset as reset_attempts
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ..access import role_group
from ..enums import ADMINISTRATORS, Role
from ..models import Membership, Organization, PasswordHistory, Tenant, User
from ..queries import memberships_of
from ..validators import FORMER_KEPT
from .audit import record

#: Without characters that are mistaken for one another when read from a slip of paper.
READABLE = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


def new_password() -> str:
    """A first password that meets the rules, to be shown once."""
    body = "".join(secrets.choice(READABLE) for _ in range(10))
    return f"{secrets.choice('ABCDEFGH')}{body}{secrets.choice('abcdefgh')}{secrets.choice('23456789')}-"


@transaction.atomic
def create_person(
    *, username: str, display_name: str, password: str, actor: User | None, must_change_password: bool = True
) -> User:
    """Open an account without any post."""
    username = username.strip()
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError({"username": f"用户名“{username}”已有人使用，请换一个，如加上单位拼音。"})
    user = User(username=username, display_name=display_name.strip(), must_change_password=must_change_password)
    user.full_clean(exclude=["password"])
    validate_password(password, user)
    user.set_password(password)
    user.save()
    record(actor=actor, verb="新建人员", target=user, new={"username": username})
    return user


@transaction.atomic
def grant_membership(
    *,
    user: User,
    tenant: Tenant,
    role: str,
    actor: User | None,
    organization: Organization | None = None,
    post: str = "",
) -> Membership:
    """Appoint a person; an ended post of the same kind is opened again."""
    check_separation(user, role, actor)
    if role == Role.TOWNSHIP_SECRETARY and organization is None:
        raise ValidationError({"organization": "乡镇（街道）书记须选择所在乡镇（街道）。"})
    membership, created = Membership.objects.get_or_create(
        tenant=tenant, user=user, role=role, organization=organization, defaults={"post": post}
    )
    if not created:
        membership.active, membership.post = True, post
        membership.save(update_fields=["active", "post"])
    user.groups.add(role_group(tenant, role))
    held = {"role": role, "organization": organization and organization.name, "post": post}
    record(actor=actor, verb="任职", target=user, new=held)
    return membership


def check_separation(user: User, role: str, actor: User | None) -> None:
    """The three administrators are different people without business posts, and nobody appoints themselves."""
    if actor is not None and actor.pk == user.pk:
        raise ValidationError("不能给自己任职，请由另一位管理员办理。")
    held = {membership.role for membership in memberships_of(user)} - {role}
    if held and (role in ADMINISTRATORS or held & ADMINISTRATORS):
        names = "、".join(str(Role(item).label) for item in sorted(held))
        raise ValidationError(f"{user} 已任{names}：三员须由不同的人担任，且不兼业务角色。请先结束原任职或换人。")


@transaction.atomic
def end_membership(*, membership: Membership, actor: User) -> None:
    """End a post. The person keeps the account; sessions opened under the post end with it."""
    if membership.user_id == actor.pk:
        raise ValidationError("不能结束自己的任职，请由另一位管理员办理。")
    membership.active = False
    membership.save(update_fields=["active"])
    same = Membership.objects.filter(user=membership.user, role=membership.role, active=True)
    if not same.exists():
        membership.user.groups.remove(role_group(membership.tenant, membership.role))
    record(actor=actor, verb="结束任职", target=membership.user, old={"role": membership.role})
    sign_out_everywhere(user=membership.user, actor=actor)


@transaction.atomic
def set_password(*, user: User, password: str, actor: User | None) -> None:
    """Hand out a password that must be changed at the next sign-in; ends every session."""
    validate_password(password, user)
    store_password(user, password, must_change=True)
    record(actor=actor, verb="重置密码", target=user)


@transaction.atomic
def reset_password(*, membership: Membership, actor: User) -> str:
    """Reset the password of a person of the tenant; the new one, to be shown once.

    One county must not take over an account that also works elsewhere, nor one of the three administrators.
    """
    held = memberships_of(membership.user)
    own = {membership.tenant_id, membership.tenant.rehearsal_of_id} - {None}  # a county and its rehearsal are one
    if any(item.tenant_id not in own and item.tenant.rehearsal_of_id not in own for item in held):
        raise ValidationError(f"{membership.user} 在其他单位也有任职，请联系平台系统管理员重置密码。")
    if membership.user_id == actor.pk:
        raise ValidationError("自己的密码请在“修改密码”中修改。")
    if membership.role not in ADMINISTRATORS and any(item.role in ADMINISTRATORS for item in held):
        raise ValidationError("三员的密码由平台系统管理员重置。")
    password = new_password()
    set_password(user=membership.user, password=password, actor=actor)
    return password


@transaction.atomic
def change_password(*, user: User, password: str) -> User:
    """A person chooses a new password; every other session ends."""
    validate_password(password, user)
    store_password(user, password, must_change=False)
    record(actor=user, verb="修改密码", target=user)
    return user


def store_password(user: User, password: str, *, must_change: bool) -> None:
    PasswordHistory.objects.create(user=user, password=user.password)
    kept = list(user.password_history.values_list("pk", flat=True)[:FORMER_KEPT])
    user.password_history.exclude(pk__in=kept).delete()
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    user.session_epoch += 1
    user.save(update_fields=["password", "must_change_password", "password_changed_at", "session_epoch"])


@transaction.atomic
def sign_out_everywhere(*, user: User, actor: User | None) -> None:
    """End every open session of the person: the epoch their sessions carry is no longer the present one."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.session_epoch += 1
    locked.save(update_fields=["session_epoch"])
    user.session_epoch = locked.session_epoch
    record(actor=actor, verb="全部设备退出", target=user)


@transaction.atomic
def unlock(*, user: User, actor: User) -> int:
    """Forget failed sign-ins of the person; how many attempts were forgotten."""
    count = reset_attempts(username=user.username)
    record(actor=actor, verb="解除锁定", target=user)
    return count
