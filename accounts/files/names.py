"""Names of files: safe to keep, safe to say in a header."""

import re
from pathlib import PurePosixPath
from urllib.parse import quote

#: Device names of Windows: saving a file of that name fails or opens the device.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.I)


def safe_name(filename: str) -> str:
    """The last part of the name without control signs and without signs that mean something to file systems."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    name = re.sub(r'[\x00-\x1f\x7f-\x9f<>:"|?*\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]', "", name).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if _DEVICES.fullmatch(stem or name):
        name, stem = f"_{name}", f"_{stem}"
    return f"{stem[:150]}{dot}{suffix[:10]}" if dot else name[:150] or "未命名"


def served_name(filename: str, *, inline: bool = False) -> str:
    """A Content-Disposition by RFC 6266: an ASCII name for old programs, the real one as UTF-8 for all others."""
    name = safe_name(filename)
    stem, dot, ending = name.rpartition(".")
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", stem if dot else name).strip("_.") or "file"
    ending = re.sub(r"[^A-Za-z0-9]", "", ending) if dot else ""
    fallback = f"{plain}.{ending}" if ending else plain
    return f"{'inline' if inline else 'attachment'}; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
