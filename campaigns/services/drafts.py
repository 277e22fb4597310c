"""Writes of scheme drafts: begin, save a part, finish as a version, discard. What a document means is the engine's.

Two people may write at once. Who saves a part that somebody else changed meanwhile is told so and nothing is lost;
parts that nobody else touched are simply joined.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Tenant, User
from accounts.services.audit import record
from schemes.editing import Tree, read_tree, value_at, write_document
from schemes.problems import ProblemsFound

from ..models import SchemeDraft, SchemeVersion
from .schemes import add_version

#: Of a document in bytes, as for one that is handed in.
MOST_BYTES = 2_000_000
UNNAMED = "未命名的办法"


class DraftRefused(Exception):
    """A draft cannot be changed like that; the message is a Chinese sentence."""


class DraftChanged(DraftRefused):
    """Somebody changed the same part since it was opened. ``revision`` is the present one."""

    def __init__(self, revision: int, by: str, at: str) -> None:
        moment = parse_datetime(at)
        when = timezone.localtime(moment).strftime("%H:%M") if moment else ""
        self.revision, self.by, self.when = revision, by, when
        super().__init__(f"{by} 在 {when} 已改过这一部分。")


@transaction.atomic
def begin_draft(
    *, tenant: Tenant, tree: Tree, actor: User | None, based_on: SchemeVersion | None = None
) -> SchemeDraft:
    """A new draft with everything of ``tree``. Raises DraftRefused when it is too large or too deep to keep."""
    facts = {"name": _name(tree), "text": _text(tree), "based_on": based_on, "updated_at": timezone.now()}
    draft = SchemeDraft(tenant=tenant, created_by=actor, updated_by=actor, **facts)
    draft.save()
    record(actor=actor, verb="起草办法", target=draft, new={"based_on": based_on and str(based_on)})
    return draft


@transaction.atomic
def save_parts(*, draft: SchemeDraft, parts: Mapping[str, Any], revision: int, actor: User | None) -> SchemeDraft:
    """Put whole blocks into the draft; None takes a block out. ``revision`` is the one the person had before them.

    Raises DraftChanged when one of the blocks was changed since, DraftRefused when the whole becomes too large or
    too deep.
    """
    draft = SchemeDraft.objects.select_for_update().get(pk=draft.pk)
    for name in parts:
        last = draft.touched.get(name, {})
        if last.get("revision", 0) > revision:
            raise DraftChanged(draft.revision, last["by"], last["at"])
    tree = read_tree(draft.text)
    changed = [name for name, part in parts.items() if tree.get(name) != part]
    if not changed:
        return draft
    draft.undo = {name: tree.get(name) for name in changed}
    kept = {**tree, **parts}
    tree = {name: part for name, part in kept.items() if part is not None}
    draft.revision += 1
    draft.name, draft.text = _name(tree), _text(tree)
    draft.updated_by, draft.updated_at = actor, timezone.now()
    mark = {"revision": draft.revision, "by": str(actor or "系统"), "at": draft.updated_at.isoformat()}
    draft.touched = {**draft.touched, **dict.fromkeys(changed, mark)}
    draft.save(update_fields=["name", "text", "revision", "touched", "undo", "updated_by", "updated_at"])
    record(actor=actor, verb="修改办法编辑稿", target=draft, new={"parts": changed, "revision": draft.revision})
    return draft


def undo_last(*, draft: SchemeDraft, revision: int, actor: User | None) -> SchemeDraft:
    """Put back what the last save changed; undoing once more does it again. Raises DraftChanged for another step."""
    if draft.revision != revision:
        raise DraftChanged(draft.revision, str(draft.updated_by or "系统"), draft.updated_at.isoformat())
    return save_parts(draft=draft, parts=draft.undo, revision=revision, actor=actor)


@transaction.atomic
def finish_draft(*, draft: SchemeDraft, revision: int, actor: User | None) -> SchemeVersion:
    """The draft becomes a version, to be published by somebody else, and is gone.

    Raises ProblemsFound while it has errors, VersionRefused when its number is taken, DraftChanged when it is no longer
    the revision that the person looked at.
    """
    draft = SchemeDraft.objects.select_for_update().get(pk=draft.pk)
    if draft.revision != revision:
        raise DraftChanged(draft.revision, str(draft.updated_by or "系统"), draft.updated_at.isoformat())
    version = add_version(tenant=draft.tenant, text=draft.text, actor=actor)
    record(actor=actor, verb="编辑稿存为版本", target=draft, new={"version": str(version), "revision": draft.revision})
    draft.delete()
    return version


@transaction.atomic
def discard_draft(*, draft: SchemeDraft, actor: User | None) -> None:
    """The draft is gone; the log keeps that it was there and how far it had come."""
    draft = SchemeDraft.objects.select_for_update().get(pk=draft.pk)
    record(actor=actor, verb="删除办法编辑稿", target=draft, old={"revision": draft.revision})
    draft.delete()


def _name(tree: Tree) -> str:
    name = value_at(tree, ("identity", "name"))
    return (name.strip()[:80] if isinstance(name, str) else "") or UNNAMED


def _text(tree: Tree) -> str:
    text = write_document(tree)
    if len(text.encode()) > MOST_BYTES:
        raise DraftRefused("办法超过 2 MB，没有保存。请精简条文和评分说明。")
    try:
        read_tree(text)
    except ProblemsFound as found:
        problem = found.problems[0]
        raise DraftRefused(f"{problem.reason}，没有保存。{problem.remedy}") from found
    return text
