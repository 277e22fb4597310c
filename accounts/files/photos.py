"""Photos: size by the header before anything is decoded, then drawn anew so that nothing but the picture is left."""

import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms

from .kinds import Refused

Image.MAX_IMAGE_PIXELS = None  # MOST_PIXELS stands in its place, with a sentence
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
LONG_SIDE, THUMBNAIL, QUALITY = 2560, 480, 88
SHORTEST = 16
BROKEN = Refused("图片不完整或已损坏", "请重新拍摄或重新保存后再上传")
_SRGB = ImageCms.createProfile("sRGB")
_TURN = Image.Transpose
#: What brings a picture upright, by the number its camera wrote.
_TURNS = {2: _TURN.FLIP_LEFT_RIGHT, 3: _TURN.ROTATE_180, 4: _TURN.FLIP_TOP_BOTTOM, 5: _TURN.TRANSPOSE,
          6: _TURN.ROTATE_270, 7: _TURN.TRANSVERSE, 8: _TURN.ROTATE_90}  # fmt: skip


def inspect_photo(path: Path) -> dict[str, Any]:
    """Width and height as a person sees the picture; Refused when it is too large, too small or broken."""
    with _opened(path) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise Refused(f"有 {width}×{height} 像素，超过 4000 万像素", "请用较低的分辨率重新拍摄或缩小后再上传")
        if min(width, height) < SHORTEST:
            raise Refused(f"只有 {width}×{height} 像素，看不清", "请上传原图")
        if _orientation(image) >= 5:
            width, height = height, width
    return {"width": width, "height": height}


def redraw(path: Path, *, photo: Path, thumbnail: Path) -> None:
    """Write the picture and a small one as new JPEGs: turned upright, in sRGB, without a word of what came with it."""
    clean = _clean(path)
    clean.save(photo, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    clean.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    clean.save(thumbnail, "JPEG", quality=82, optimize=True)


def _opened(path: Path) -> Image.Image:
    try:
        return Image.open(path, formats=FORMATS)
    except Exception as error:
        raise BROKEN from error


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(0x0112, 1)
        return value if isinstance(value, int) and 1 <= value <= 8 else 1
    except Exception:
        return 1


def _clean(path: Path) -> Image.Image:
    """The pixels alone, on a new sheet: what a picture carries in ``info`` would be written along with it."""
    try:
        with _opened(path) as image:
            turn = _orientation(image)
            image.draft("RGB", (LONG_SIDE, LONG_SIDE))
            profile = image.info.get("icc_profile")
            image.load()
            small = image.copy()
        small = _upright(_in_colour(_reduced(small), profile), turn)
    except MemoryError:
        raise
    except Exception as error:
        raise BROKEN from error
    sheet = Image.new("RGB", small.size, "white")
    sheet.paste(small, (0, 0))
    return sheet


def _reduced(image: Image.Image) -> Image.Image:
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA")
    if image.mode.startswith(("I", "F")):  # 16 bits a pixel
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    return image


def _in_colour(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode in ("RGBA", "LA"):
        image = image.convert("RGBA")
        sheet = Image.new("RGB", image.size, "white")
        sheet.paste(image, mask=image.getchannel("A"))
        image = sheet
    if profile:
        try:
            made = ImageCms.profileToProfile(image, io.BytesIO(profile), _SRGB, outputMode="RGB")
            return made if made is not None else image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that does not fit its picture is left out
    return image.convert("RGB")


def _upright(image: Image.Image, turn: int) -> Image.Image:
    return image.transpose(_TURNS[turn]) if turn in _TURNS else image
