"""Notes of the office on anomalies: one per line and computation, written over with both texts in the log."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record

from ..models import AnomalyNote, Computation


class NoteRefused(Exception):
    """A note cannot be kept; the message is a Chinese sentence."""


@transaction.atomic
def note_anomalies(
    *, computation: Computation, keys: Iterable[str], known: Iterable[str], note: str, actor: User
) -> int:
    """Write the same note beside these lines; how many. ``known`` are the keys that the list of now holds."""
    note, wanted = note.strip(), list(dict.fromkeys(keys))
    if not note:
        raise NoteRefused("请写明核查意见，例如“已与评委核对，属实”。")
    if len(note) > 200:
        raise NoteRefused(f"核查意见最多 200 字，现有 {len(note)} 字，请写短一些。")
    if not wanted:
        raise NoteRefused("请先勾选已经核查的异常。")
    if set(wanted) - set(known):
        raise NoteRefused("其中有的异常已不在列表里，请刷新页面后重试。")
    computation = Computation.objects.select_for_update().get(pk=computation.pk)
    standing = {row.key: row for row in AnomalyNote.objects.filter(computation=computation, key__in=wanted)}
    old = {key: row.note for key, row in standing.items()}
    for key in wanted:
        row = standing.get(key) or AnomalyNote(tenant_id=computation.tenant_id, computation=computation, key=key)
        row.note, row.looked_by, row.looked_at = note, actor, timezone.now()
        row.save()
    record(actor=actor, verb="核查异常", target=computation.round, old=old, new={"note": note, "keys": wanted})
    return len(wanted)
