"""Run as a process of its own by `clean`: a picture or PDF on standard input, framed JPEG pages on standard output.

One decoder is loaded, for the kind named on the command line. Then the process shuts itself in (`confine`): it can open
and write no file and reach no network. The exit codes below are the clear refusals; any other failure, and any limit
met, ends it: the file is refused as unreadable.
"""

import ctypes
import importlib
import io
import resource
import sys
from typing import Any

TOO_MANY_PAGES, TOO_MANY_PIXELS, LOCKED = 3, 4, 5
MEMORY = 400 * 1024 * 1024
CPU_SECONDS = 5
LONG_SIDE = 2400  # enough to read the smallest print of a passport, small enough to store
QUALITY = 88
STEEPEST = 8
"""Most pixels a PDF's point becomes, so that a page of the size of a card is sharp and a tiny one is no poster."""
PIXELS = {"jpeg": 50_000_000, "heic": 50_000_000, "png": 25_000_000, "webp": 12_500_000}
"""What phones take (JPEG and HEIC of 48 megapixels), and what fits in MEMORY where a decoder holds all of it once
(PNG) or four times (WebP), at four bytes a pixel."""
DECODERS = {
    "jpeg": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "png": ("PIL.PngImagePlugin", "PngImageFile"),
    "webp": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "heic": ("pi_heif", "HeifFile"),
    "pdf": ("pypdfium2", "PdfDocument"),
}
LATER = ("PIL.JpegImagePlugin", "PIL.TiffImagePlugin", "PIL.ImageOps", "encodings.latin_1", "encodings.idna")
"""Loaded on the way by what we call (the writer of JPEG, the reader of EXIF): no file can be opened once confined."""


class Refuse(Exception):
    """The exit code says why."""


def main(kind: str, most_pages: int) -> int:
    module, name = DECODERS[kind]
    decoder = getattr(importlib.import_module(module), name)  # this one and no other: the least code that sees the file
    for one in LATER:
        importlib.import_module(one)
    image_module = sys.modules["PIL.Image"]
    image_module._initialized = 2  # type: ignore[attr-defined]  # or saving would load every decoder there is
    image_module.MAX_IMAGE_PIXELS = None  # type: ignore[attr-defined]  # PIXELS is what counts, and says so clearly
    confine()
    data = sys.stdin.buffer.read()
    try:
        pages = _pages(decoder, data, kind, most_pages)
    except Refuse as why:
        return int(why.args[0])
    except MemoryError:
        return TOO_MANY_PIXELS
    for page in pages:
        sys.stdout.buffer.write(len(page).to_bytes(4, "big") + page)
    return 0


def confine() -> None:
    """Little memory and time; no file, socket, core, or right gained by running something else."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),  # a core file would hold the picture
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 3),  # in, out and err are open; nothing can be opened beside them
    ):
        resource.setrlimit(what, (most, most))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
        libc.prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: no other process of this account may look in


def _pages(decoder: Any, data: bytes, kind: str, most_pages: int) -> list[bytes]:
    if kind == "pdf":
        return _pdf(decoder, data, most_pages)
    return [_heic(decoder, data) if kind == "heic" else _picture(decoder, data, kind)]


def _picture(decoder: Any, data: bytes, kind: str) -> bytes:
    with decoder(io.BytesIO(data)) as opened:
        _fits(opened, kind)
        if kind == "jpeg":  # decoded at the size that is needed: a sixteenth of the memory for a large one
            factor = LONG_SIDE / max(opened.size)
            opened.draft(None, (int(opened.width * factor) + 1, int(opened.height * factor) + 1))
        small = _reduced(_plain(opened))
        small.info["exif"] = opened.info.get("exif", b"")  # which way is up stands there, and nowhere else
        return _jpeg(sys.modules["PIL.ImageOps"].exif_transpose(small))


def _heic(decoder: Any, data: bytes) -> bytes:
    """Strip by strip, or Pillow's four bytes a pixel stand beside libheif's three. libheif has turned it already."""
    opened = decoder(io.BytesIO(data), convert_hdr_to_8bit=True, remove_stride=False)
    picture = opened[opened.primary_index]
    _fits(picture, "heic")
    module, pixels = sys.modules["PIL.Image"], memoryview(picture.data)
    (width, height), mode, stride = picture.size, picture.mode, picture.stride
    factor = max(max(width, height) // LONG_SIDE, 1)
    small = module.new(mode, (-(-width // factor), -(-height // factor)))
    for top in range(0, height, 64 * factor):
        rows = min(64 * factor, height - top)
        part = pixels[top * stride : (top + rows) * stride]
        strip = module.frombytes(mode, (width, rows), part, "raw", (mode, stride))
        small.paste(strip.reduce(factor), (0, top // factor))
    return _jpeg(_plain(small))


def _fits(picture: Any, kind: str) -> None:
    if not 0 < picture.size[0] * picture.size[1] <= PIXELS[kind]:
        raise Refuse(TOO_MANY_PIXELS)


def _plain(image: Any) -> Any:
    """In a mode that can be reduced: palettes resolved, 16 bits made 8, transparency as a channel."""
    if image.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA" if image.mode != "P" or "transparency" in image.info else "RGB")
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    return image if image.mode in ("L", "RGB", "RGBA", "CMYK") else image.convert("RGB")


def _reduced(image: Any) -> Any:
    factor = max(image.size) // LONG_SIDE
    return image.reduce(factor) if factor > 1 else image


def _pdf(decoder: Any, data: bytes, most_pages: int) -> list[bytes]:
    try:
        document = decoder(data)
    except RuntimeError as error:  # PdfiumError: its own words are all there is
        raise Refuse(LOCKED if "password" in str(error).lower() else 1) from None
    if len(document) > most_pages:
        raise Refuse(TOO_MANY_PAGES)
    pages = []
    for page in document:
        scale = min(LONG_SIDE / max(page.get_size()), STEEPEST)
        pages.append(_jpeg(page.render(scale=scale).to_pil()))
    return pages


def _jpeg(image: Any) -> bytes:
    """On white paper: what is transparent must not come to light in a format that cannot be it."""
    module = sys.modules["PIL.Image"]
    if image.mode == "RGBA":
        white = module.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    flat = image.convert("RGB")
    flat.thumbnail((LONG_SIDE, LONG_SIDE))
    flat.info.clear()  # a new file: no metadata, no tail, no second format
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
