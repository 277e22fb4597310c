"""Writes of schemes: a new version, its publication, its withdrawal, the end of a draft. The document itself is
checked by the engine.
"""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.services.audit import record
from schemes import digest_scheme, read_scheme

from ..enums import VERSION_TRANSITIONS, VersionState
from ..models import Scheme, SchemeVersion


class VersionRefused(Exception):
    """A version cannot be changed like that now; the message is a Chinese sentence."""


@transaction.atomic
def add_version(*, tenant: Tenant, text: str, actor: User | None) -> SchemeVersion:
    """Keep a document as a draft version of its scheme. Raises ProblemsFound when the document is wrong."""
    document = read_scheme(text)
    identity = document.identity
    scheme, _ = Scheme.objects.get_or_create(tenant=tenant, key=identity.key, defaults={"name": identity.name})
    scheme = Scheme.objects.select_for_update().get(pk=scheme.pk)  # two people with one number: the second is told
    if scheme.versions.filter(number=identity.version).exists():
        raise VersionRefused(f"已有 {identity.version} 版，发布过的版本不能改写。请换一个版本号。")
    facts = {"number": identity.version, "text": text, "digest": digest_scheme(document)}
    version = SchemeVersion(tenant=tenant, scheme=scheme, created_by=actor, **facts)
    version.save()
    record(actor=actor, verb="新增办法版本", target=version, new={"digest": version.digest})
    return version


@transaction.atomic
def publish_version(*, version: SchemeVersion, actor: User | None) -> SchemeVersion:
    """From now on rounds may pin this version, and nobody can change it. Whoever added it does not publish it.

    ``actor`` None is a command, which acts for nobody.
    """
    if actor is not None and version.created_by_id == actor.pk:
        raise VersionRefused("这一版由您新增，须由另一位管理员核对后发布。")
    return _move(version, VersionState.PUBLISHED, actor, published_by=actor, published_at=timezone.now())


@transaction.atomic
def withdraw_version(*, version: SchemeVersion, actor: User | None) -> SchemeVersion:
    """Stop offering a version; only while no round uses it."""
    version = SchemeVersion.objects.select_for_update().get(pk=version.pk)
    if version.rounds.exists():
        raise VersionRefused("已有轮次采用这一版，不能停用。")
    return _move(version, VersionState.WITHDRAWN, actor)


@transaction.atomic
def delete_draft(*, version: SchemeVersion, actor: User | None) -> None:
    """Throw a draft away; of what was once published the database keeps every version. Its number is free again."""
    version = SchemeVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != VersionState.DRAFT:
        raise VersionRefused(f"{version.get_state_display()}的版本不能删除，只有草稿可以删除。")
    facts = {"number": version.number, "digest": version.digest}
    record(actor=actor, verb="删除办法草稿", target=version, old=facts)
    try:
        version.delete()
    except ProtectedError:
        raise VersionRefused("已有轮次采用这一版，不能删除。") from None


def _move(version: SchemeVersion, to: str, actor: User | None, **values: object) -> SchemeVersion:
    version = SchemeVersion.objects.select_for_update().get(pk=version.pk)
    if to not in VERSION_TRANSITIONS[version.state]:
        raise VersionRefused(f"{version.get_state_display()}的版本不能改为“{VersionState(to).label}”。")
    old, version.state = version.state, to
    for name, value in values.items():
        setattr(version, name, value)
    version.save(update_fields=["state", *values])
    record(actor=actor, verb=f"办法版本{VersionState(to).label}", target=version, old={"state": old}, new={"state": to})
    return version
