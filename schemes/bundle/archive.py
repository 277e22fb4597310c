"""The zip around a bundle: written so that the same contents give the same bytes everywhere, and read with suspicion.

Nothing is compressed: compressors differ between machines, and what is stored cannot unpack to more than it is.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from ..problems import Problem
from .contents import shown

#: Far more than a bundle has; a directory with more is not read.
MOST_FILES = 64
AGAIN = "请用出具时的原件。"

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_UNIX, _READABLE = 3, 0o644 << 16
_LOCAL_HEADER = b"PK\x03\x04"
_DAMAGES = (zipfile.BadZipFile, ValueError, OSError, RuntimeError, EOFError, struct.error)


@dataclass(frozen=True)
class Archive:
    """``files`` by name as far as they could be read, and what is wrong with the archive around them."""

    files: Mapping[str, bytes]
    problems: tuple[Problem, ...]


def write_bundle(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files by name: sorted, stored, with one fixed time. Names are ASCII."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=_EARLIEST)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, files[name])
    return out.getvalue()


def read_archive(data: bytes) -> Archive:
    """The files in ``data``; anything but the bytes that :func:`write_bundle` gives for them is a problem."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except _DAMAGES:
        return _refused("压缩包不完整或已损坏，打不开")
    if not entries:
        return _refused("压缩包是空的")
    if len(entries) > MOST_FILES:
        return _refused(f"压缩包里有 {len(entries)} 个文件，超过 {MOST_FILES} 个，不是封存包")
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in entries):
        return _refused("封存包不压缩、不加密，这个压缩包被重新打包过")
    if sum(entry.file_size for entry in entries) > len(data):
        return _refused("压缩包的目录与内容不符")
    files = {entry.filename: _content(data, entry) for entry in entries}
    return Archive(files, tuple(_problems(data, entries, files)))


def _refused(reason: str) -> Archive:
    return Archive({}, (Problem(reason=reason, remedy=AGAIN),))


def _content(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """What lies where the directory points, right or wrong: digests tell, and differences can still be named."""
    head = data[max(entry.header_offset, 0) :][:30]
    if len(head) < 30 or not head.startswith(_LOCAL_HEADER):
        return b""
    start = entry.header_offset + 30 + sum(struct.unpack("<HH", head[26:30]))
    return data[start : start + entry.file_size]


def _problems(data: bytes, entries: list[zipfile.ZipInfo], files: Mapping[str, bytes]) -> list[Problem]:
    """Everything in which ``data`` is not the archive of ``files``; where no file shows it, the archive itself does."""
    names = [entry.filename for entry in entries]
    found = [
        Problem(file=shown(name), reason="压缩包里有不止一个同名的文件", remedy=AGAIN)
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    found += [
        Problem(file=shown(entry.filename), reason="内容与压缩包里的校验码不符", remedy=AGAIN)
        for entry in entries
        if zlib.crc32(files[entry.filename]) != entry.CRC
    ]
    if not found and write_bundle(files) != data:
        reason = "压缩包本身被改动或重新打包过：文件内容之外的字节与出具时不同"
        found.append(Problem(reason=reason, remedy=AGAIN))
    return found
