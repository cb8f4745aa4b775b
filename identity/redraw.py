"""Run as a process of its own by `clean`: a picture or PDF on standard input, framed JPEG pages on standard output.

Exit 3: too many pages. Any other failure, and any limit met, ends it: the file is refused.
"""

import io
import resource
import sys

import pypdfium2
from PIL import Image, ImageOps

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 15
PIXELS = 40_000_000
Image.MAX_IMAGE_PIXELS = PIXELS // 2  # Pillow raises at twice this
LONG_SIDE = 2400  # enough to read the smallest print of a passport, small enough to store


def main(kind: str, most_pages: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the picture
    data = sys.stdin.buffer.read()
    pages = _pdf(data, most_pages) if kind == "pdf" else [_picture(data, kind)]
    if pages is None:
        return 3
    for page in pages:
        sys.stdout.buffer.write(len(page).to_bytes(4, "big") + page)
    return 0


def _picture(data: bytes, kind: str) -> bytes:
    with Image.open(io.BytesIO(data), formats=[kind.upper()]) as opened:
        if opened.width * opened.height > PIXELS:
            raise ValueError("too many pixels")
        upright = ImageOps.exif_transpose(opened)
        return _jpeg(upright)


def _pdf(data: bytes, most_pages: int) -> list[bytes] | None:
    document = pypdfium2.PdfDocument(data)
    if len(document) > most_pages:
        return None
    pages = []
    for page in document:
        width, height = page.get_size()
        scale = min(LONG_SIDE / max(width, height), 4)
        pages.append(_jpeg(page.render(scale=scale).to_pil()))
    return pages


def _jpeg(image: Image.Image) -> bytes:
    flat = image.convert("RGB")
    flat.thumbnail((LONG_SIDE, LONG_SIDE))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=88)  # a new file: no metadata, no tail, no second format
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
