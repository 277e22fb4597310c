"""Photos beside sheets: looked at in the sandbox, drawn anew without a word of where they were taken, kept once."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.files.kinds import FileKind
from accounts.files.sandbox import check_file
from accounts.models import User
from accounts.services.audit import record
from accounts.services.uploads import store
from campaigns.models import Nomination
from sites.models import Inspector

from ..models import QuarantinedSheet, ScoreSheet, SheetPhoto

MOST_BYTES = 2 * 1024 * 1024
MOST_OF_A_SHEET = 12
NAMES = {"image/jpeg": "照片.jpg", "image/png": "照片.png"}


class PhotoRefused(Exception):
    """A photo is not taken; the message is a Chinese sentence for the inspector."""


@dataclass(frozen=True)
class PhotoFacts:
    """A photo as sent: whose sheet it stands beside, the criterion or nothing, and its bytes."""

    uuid: UUID
    sheet: UUID
    criterion: str
    content_type: str
    data: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def keep_photo(*, inspector: Inspector, facts: PhotoFacts, actor: User | None) -> tuple[str, SheetPhoto]:
    """``stored`` or ``duplicate`` with the row. The looking and drawing stand before the transaction."""
    if known := SheetPhoto.objects.filter(uuid=facts.uuid).first():
        return "duplicate", _same(known, inspector, facts)
    nomination = _nomination(inspector, facts)
    served = _redrawn(facts)
    row = SheetPhoto(
        tenant_id=nomination.tenant_id,
        uuid=facts.uuid,
        sheet_uuid=facts.sheet,
        nomination=nomination,
        inspector=inspector,
        criterion=facts.criterion,
        arrived=facts.digest,
        served=hashlib.sha256(served).hexdigest(),
    )
    store(nomination.tenant, row.served, served)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record(actor=actor, verb="上传评分照片", target=row, new={"sheet": facts.sheet, "sha256": row.arrived})
    except IntegrityError:
        return "duplicate", _same(SheetPhoto.objects.get(uuid=facts.uuid), inspector, facts)
    return "stored", row


def _same(known: SheetPhoto, inspector: Inspector, facts: PhotoFacts) -> SheetPhoto:
    if known.inspector_id != inspector.pk or known.arrived != facts.digest:
        raise PhotoRefused("这个编号已有另一张照片，没有收下。请重新拍摄。")
    return known


def _nomination(inspector: Inspector, facts: PhotoFacts) -> Nomination:
    """That of the sheet, which must be here already, its inspector's own, and not yet full of photos."""
    mine = {"uuid": facts.sheet, "inspector": inspector}
    ways = {"nomination__round__scheme_version", "nomination__tenant"}
    sheet = ScoreSheet.objects.filter(**mine).select_related(*ways).first()
    held = sheet or QuarantinedSheet.objects.filter(**mine).select_related(*ways).first()
    if held is None:
        raise PhotoRefused("这张照片的评分单还没有送到，请先传评分单。")
    if facts.criterion and facts.criterion not in held.nomination.round.scheme_version.document.column_keys:
        raise PhotoRefused("评分表上没有这张照片所附的那一条，没有收下。")
    if SheetPhoto.objects.filter(sheet_uuid=facts.sheet, inspector=inspector).count() >= MOST_OF_A_SHEET:
        raise PhotoRefused(f"一份评分单最多 {MOST_OF_A_SHEET} 张照片，没有收下。")
    return held.nomination


def _redrawn(facts: PhotoFacts) -> bytes:
    name = NAMES.get(facts.content_type)
    if name is None:
        raise PhotoRefused("照片应为 JPG 或 PNG，没有收下。请重新拍摄。")
    if not facts.data or len(facts.data) > MOST_BYTES:
        raise PhotoRefused("照片是空的或超过 2 MB，没有收下。请重新拍摄。")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "arrived", Path(folder) / "made"
        source.write_bytes(facts.data)
        target.mkdir()
        checked = check_file(source, filename=name, target=target)
        if checked.refused or checked.kind != FileKind.PHOTO or checked.served is None:
            raise PhotoRefused(checked.refused or "这不是照片，没有收下。请重新拍摄。")
        return checked.served.read_bytes()
