"""Writes of materials: a file arrives in pieces, is looked at in the sandbox, and is kept or refused with a sentence.

What has arrived of a file lies apart until it is whole. The check runs outside any transaction, as on SQLite an open
one holds back every other writer; it may run twice (a server that died in between) and settles once.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.files.kinds import kind_of_name, short, too_large, unwanted_name
from accounts.files.names import safe_name
from accounts.files.sandbox import Checked, check_file
from accounts.models import Organization, User
from accounts.services.audit import record
from accounts.services.uploads import store, stored_path

from ..enums import MATERIAL_TRANSITIONS, MaterialState
from ..models import Material
from ..queries import townships_by_code

#: Of one piece of a file, in bytes.
CHUNK = 2 * 1024 * 1024
MOST_OPEN = 30
#: What nobody went on with for so long is dropped when its owner begins another upload.
STALE = timedelta(days=7)


class MaterialRefused(Exception):
    """A material cannot be taken in or changed like that; the message is a Chinese sentence."""


class TooLarge(MaterialRefused):
    """More bytes than its kind may have."""


class WrongOffset(MaterialRefused):
    """A piece that does not join on to what has arrived: ``received`` bytes are here."""

    def __init__(self, received: int) -> None:
        self.received = received
        super().__init__("这一段与已收到的内容接不上，请从断开的地方继续。")


@transaction.atomic
def begin_material(*, organization: Organization, filename: str, size: int, title: str, actor: User) -> Material:
    """Make ready for a file of ``size`` bytes. Raises MaterialRefused before the first byte for what is never taken."""
    name = safe_name(filename)
    if refused := unwanted_name(name):
        raise MaterialRefused(refused.sentence(name))
    if refused := too_large(size, kind_of_name(name)):
        raise (TooLarge if size > 0 else MaterialRefused)(refused.sentence(name))
    if not organization.active:
        raise MaterialRefused(f"“{organization.name}”已停用，请选择在用的组织。")
    _drop_stale(organization.tenant_id, actor)
    if Material.objects.filter(created_by=actor, state=MaterialState.RECEIVING).count() >= MOST_OPEN:
        raise MaterialRefused(f"您有 {MOST_OPEN} 个文件还没有传完，请先继续上传或删除它们。")
    material = Material(
        tenant_id=organization.tenant_id, organization=organization,
        township=townships_by_code().get(organization.township_code), title=_title(title, name),
        filename=name, size=size, created_by=actor,
    )  # fmt: skip
    material.save(force_insert=True)
    record(actor=actor, verb="开始上传材料", target=material, new={"filename": name, "size": size})
    return material


def received_so_far(material: Material) -> int:
    """Bytes that are really here: a disk that was put back may hold less than the row says."""
    part = part_path(material)
    return min(material.received, part.stat().st_size if part.exists() else 0)


@transaction.atomic
def append_chunk(*, material: Material, offset: int, data: bytes) -> Material:
    """Write one piece. The row's lock lets one writer at a time; the second finds its offset taken."""
    material = Material.objects.select_for_update().get(pk=material.pk)
    if material.state != MaterialState.RECEIVING:
        raise MaterialRefused(f"“{short(material.filename)}”已经传完，不再接收内容。")
    here = received_so_far(material)
    if offset != here:
        raise WrongOffset(here)
    if offset + len(data) > material.size:
        raise TooLarge(f"“{short(material.filename)}”传来的内容比事先说的多，请重新上传。")
    part = part_path(material)
    part.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        file.truncate(offset)  # what a crash left behind the last piece that counts
        file.seek(offset)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    material.received = offset + len(data)
    material.save(update_fields=["received"])
    return material


def finish_material(*, material: Material, actor: User | None) -> Material:
    """Check a file that has arrived whole and keep it or refuse it; what was settled before stays as it is."""
    material = _close(material)
    if material.state != MaterialState.CHECKING:
        return material
    part = part_path(material)
    with tempfile.TemporaryDirectory() as folder:
        if part.exists():
            checked = check_file(part, filename=material.filename, target=Path(folder))
        else:
            checked = Checked(refused=f"“{short(material.filename)}”在服务器上不见了，请重新上传。")
        return _settle(material, checked, actor)


@transaction.atomic
def _close(material: Material) -> Material:
    """From receiving to checking, once every byte is here."""
    material = Material.objects.select_for_update().get(pk=material.pk)
    if material.state == MaterialState.RECEIVING:
        if received_so_far(material) != material.size:
            raise MaterialRefused(f"“{short(material.filename)}”还没有传完，请继续上传。")
        _move(material, MaterialState.CHECKING)
        material.save(update_fields=["state"])
    return material


def _settle(material: Material, checked: Checked, actor: User | None) -> Material:
    """Files first, then the row that names them, then the part goes: a crash leaves nothing that a row misses."""
    part = part_path(material)
    names, lost = _keep_files(material, part, checked)
    with transaction.atomic():
        material = Material.objects.select_for_update().get(pk=material.pk)
        if material.state != MaterialState.CHECKING:
            return material
        problem = checked.refused or lost or _known(material, names["sha256"])
        if problem:
            _refuse(material, problem, actor)
        else:
            _take_in(material, checked, names, actor)
    part.unlink(missing_ok=True)
    return material


def _keep_files(material: Material, part: Path, checked: Checked) -> tuple[dict[str, str], str]:
    """Store what the check left; digests by field. The sentence when another check took the file away meanwhile."""
    names: dict[str, str] = {}
    if checked.refused:
        return names, ""
    for name, path in (("sha256", part), ("served", checked.served), ("preview", checked.preview)):
        if path is not None:
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                return names, f"“{short(material.filename)}”在服务器上不见了，请重新上传。"
            names[name] = hashlib.sha256(content).hexdigest()
            store(material.tenant, names[name], content)
    return names, ""


def _known(material: Material, digest: str) -> str:
    """The same bytes are here already for this organization: asking for them twice is what we are here to end."""
    rows = Material.objects.filter(organization=material.organization_id, sha256=digest, state=MaterialState.READY)
    same = rows.exclude(pk=material.pk).first()
    return f"“{short(material.filename)}”与已有的材料“{same.title}”内容相同，请直接选用那一份。" if same else ""


def _refuse(material: Material, problem: str, actor: User | None) -> None:
    _move(material, MaterialState.REFUSED)
    material.problem = problem[:300]
    material.save(update_fields=["state", "problem"])
    record(actor=actor, verb="不接收材料", target=material, new={"problem": material.problem}, succeeded=False)


def _take_in(material: Material, checked: Checked, names: dict[str, str], actor: User | None) -> None:
    _move(material, MaterialState.READY)
    material.kind = str(checked.kind)
    material.sha256 = names["sha256"]
    material.served = names.get("served", material.sha256)
    material.preview = names.get("preview", "")
    material.details = checked.details
    material.save(update_fields=["state", "kind", "sha256", "served", "preview", "details"])
    record(actor=actor, verb="收到材料", target=material, new={"kind": material.kind, "sha256": material.sha256})


def keep_material(
    *, organization: Organization, filename: str, size: int, chunks: Iterable[bytes], title: str, actor: User
) -> Material:
    """A file that came in one piece with a plain form."""
    material = begin_material(organization=organization, filename=filename, size=size, title=title, actor=actor)
    for chunk in chunks:
        material = append_chunk(material=material, offset=material.received, data=chunk)
    return finish_material(material=material, actor=actor)


@transaction.atomic
def retitle_material(*, material: Material, title: str, actor: User) -> Material:
    """Give a material another name; the file keeps its own."""
    material = Material.objects.select_for_update().get(pk=material.pk)
    if material.state != MaterialState.READY:
        raise MaterialRefused(f"“{material.title}”{material.get_state_display()}，不能改名。")
    old, material.title = material.title, _title(title, material.filename)
    if old != material.title:
        material.save(update_fields=["title"])
        record(actor=actor, verb="修改材料名称", target=material, old={"title": old}, new={"title": material.title})
    return material


@transaction.atomic
def withdraw_material(*, material: Material, actor: User) -> Material:
    """Take a material out of the library, or give up an upload. What is attached stays where it is."""
    material = Material.objects.select_for_update().get(pk=material.pk)
    if material.uses.exists() or material.practices.exists():
        raise MaterialRefused(f"“{material.title}”已用于申报或经验材料，不能撤下。请先在那里取下它。")
    _move(material, MaterialState.WITHDRAWN)
    material.save(update_fields=["state"])
    record(actor=actor, verb="撤下材料", target=material)
    transaction.on_commit(lambda: part_path(material).unlink(missing_ok=True))
    return material


def part_path(material: Material) -> Path:
    """Where the bytes of an unfinished upload lie; never under the name it came with."""
    return Path(settings.MEDIA_ROOT) / str(material.tenant_id) / "receiving" / str(material.pk)


def material_path(material: Material, digest: str) -> Path:
    """The file of a material with this digest."""
    return stored_path(material.tenant_id, digest)


def _drop_stale(tenant_id: object, actor: User) -> None:
    before = timezone.now() - STALE
    for row in Material.objects.filter(created_by=actor, state=MaterialState.RECEIVING, created_at__lt=before):
        withdraw_material(material=row, actor=actor)


def _title(title: str, filename: str) -> str:
    """What people call it: as given, else the name of the file without its ending."""
    given = " ".join(title.split())
    return (given or filename.rpartition(".")[0] or filename)[:80]


def _move(material: Material, to: str) -> None:
    if to not in MATERIAL_TRANSITIONS[material.state]:
        raise MaterialRefused(f"“{material.title}”{material.get_state_display()}，不能这样操作。请刷新页面再看。")
    material.state = to
