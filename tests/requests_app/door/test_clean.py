"""What people send, and what others send: a clean picture or a clear refusal, within little memory."""

import io
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from requests_app.door import clean as door
from requests_app.door import redraw, refusals
from requests_app.door.clean import Refused, clean
from tests.requests_app.door import files
from tests.requests_app.door.measured import redrawn

MOST_MIB = 512
pytestmark = pytest.mark.usefixtures("needs_clamd")


def outcome(data: bytes) -> str:
    """"clean", after looking at each page, or the code of the refusal."""
    try:
        pages = clean(io.BytesIO(data))
    except Refused as refused:
        assert refused.code in refusals.SENTENCES
        return refused.code
    for page in pages:
        looked_at(page)
    return "clean"


def looked_at(page: bytes) -> Image.Image:
    """Nothing but a JPEG of ours: no metadata, no comment, no tail."""
    assert page.startswith(b"\xff\xd8\xff") and page.endswith(b"\xff\xd9")
    assert set(segments(page)) <= {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}  # JFIF, tables, frame, scan
    picture = Image.open(io.BytesIO(page))
    picture.load()
    assert picture.format == "JPEG" and picture.mode == "RGB" and max(picture.size) <= redraw.LONG_SIDE
    return picture


def segments(page: bytes) -> Iterator[int]:
    at = 2
    while page[at + 1] != 0xDA:
        yield page[at + 1]
        at += 2 + int.from_bytes(page[at + 2 : at + 4], "big")
    assert page.find(b"\xff\xd9", at) == len(page) - 2


@pytest.mark.parametrize("kind", files.KINDS)
def test_each_kind_comes_in_as_a_clean_picture(kind: str) -> None:
    [page] = clean(io.BytesIO(files.honest(kind)))
    looked_at(page)


def test_what_is_odd_but_honest_comes_in() -> None:
    assert {name: said for name, data in files.unusual() if (said := outcome(data)) != "clean"} == {}


def test_what_is_hostile_ends_in_the_refusal_that_is_right_for_it() -> None:
    assert {name: said for name, data, right in files.hostile() if (said := outcome(data)) not in right} == {}


def test_no_file_takes_more_memory_than_the_door_allows() -> None:
    everything = [*files.unusual(), *((name, data) for name, data, _ in files.hostile())]
    everything.append(("HEIC of 47 megapixels", files.heic(rows=12, columns=15)))
    large = re.compile(r"megapixels|giant|bomb| by |HEIC|forms in|10,000|content stream")
    taken = {name: redrawn(data, door.kind_of(data)) for name, data in everything if large.search(name)}
    assert len(taken) > 20 and max(one.mib for one in taken.values()) < MOST_MIB


@pytest.mark.parametrize("kind", files.KINDS)
def test_a_file_cut_short_is_refused_or_drawn(kind: str) -> None:
    whole = files.honest(kind)
    said = [outcome(whole[: len(whole) * tenth // 10]) for tenth in range(10)]
    assert said[0] == "empty" and set(said[1:]) <= {"unreadable", "wrong_type", "clean"} and "unreadable" in said


MAGIC = {"jpeg": b"\xff\xd8\xff\xe0", "png": b"\x89PNG\r\n\x1a\n", "webp": b"RIFF\x20\0\0\0WEBP", "pdf": b"%PDF-1.7\n",
         "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"}


@pytest.mark.parametrize("kind", files.KINDS)
@given(rest=st.binary(max_size=400))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_noise_behind_the_right_beginning_is_refused(kind: str, rest: bytes) -> None:
    assert outcome(MAGIC[kind] + rest) == "unreadable"


@pytest.mark.parametrize("kind", files.KINDS)
def test_flipped_bytes_end_in_a_picture_or_a_refusal(kind: str) -> None:
    whole, dice = bytearray(files.honest(kind)), random.Random(kind)
    for _ in range(12):
        broken = bytearray(whole)
        for _ in range(dice.choice((1, 3, 20))):
            broken[dice.randrange(4, len(broken))] = dice.randrange(256)
        assert outcome(bytes(broken)) in {"clean", "unreadable", "wrong_type", *door.CODES.values()}


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_the_picture_stands_upright_and_the_place_where_it_was_taken_is_gone(kind: str) -> None:
    [page] = clean(io.BytesIO(files.with_exif(kind, orientation=6)))  # a quarter turn to the right
    picture = looked_at(page)
    assert picture.size == (540, 856) and files.GPS not in page
    red, green, _ = picture.getpixel((picture.width - 20, 20))
    assert red > 200 and green < 60


def test_a_heic_picture_stands_upright_too() -> None:
    [page] = clean(io.BytesIO(files.heic(turned=3)))  # red goes from above left to above right
    red, green, _ = looked_at(page).getpixel((500, 10))
    assert red > 200 and green < 60


def test_what_was_made_transparent_stays_out_of_sight() -> None:
    """Colour under full transparency is still in the file: drawing it without its alpha would show it."""
    hidden = files.card().convert("RGBA")
    hidden.putalpha(0)
    for data in (files.encoded(hidden, "png"), files.encoded(hidden, "webp", lossless=True, exact=True)):
        [page] = clean(io.BytesIO(data))
        assert looked_at(page).getextrema() == ((255, 255), (255, 255), (255, 255))


def test_a_black_box_drawn_over_a_pdf_is_burnt_in() -> None:
    text = b"BT /F 40 Tf 72 700 Td (190101-1234) Tj ET 0 0 0 rg 60 690 300 60 re f"
    [page] = clean(io.BytesIO(files.pdf(text)))
    picture = looked_at(page)
    scale = picture.height / 842
    box = picture.crop(tuple(int(side * scale) for side in (65, 842 - 745, 355, 842 - 695)))
    assert max(high for _, high in box.getextrema()) < 10


def test_a_card_on_a_page_of_its_own_size_stays_sharp() -> None:
    [page] = clean(io.BytesIO(files.pdf(b"0 0 9 9 re f", box=(242, 153))))
    assert max(looked_at(page).size) > 1_900


def test_a_decoder_can_open_and_write_nothing(tmp_path: Path) -> None:
    """What a decoder that was taken over could do: run in the very same cage."""
    tried = tmp_path / "tried.py"
    tried.write_text(f"""
import os, runpy, socket, sys
cage = runpy.run_path({str(door.WORKER)!r}, run_name="cage")["confine"]
cage()
done = []
for name, act in (("read", lambda: open("/etc/passwd")), ("write", lambda: open({str(tmp_path / "out")!r}, "w")),
                  ("call", socket.socket), ("list", lambda: os.listdir("/"))):
    try:
        act()
        done.append(name)
    except OSError:
        pass
print(done)
""")
    said = subprocess.run([sys.executable, "-I", str(tried)], capture_output=True, text=True)
    assert said.stdout.strip() == "[]", said.stderr


def test_one_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stuck = tmp_path / "stuck.py"
    stuck.write_text("import time; time.sleep(3600)")
    monkeypatch.setattr(door, "WORKER", stuck)
    monkeypatch.setattr(door, "SECONDS", 3)
    assert outcome(files.honest("png")) == "unreadable"


def test_when_all_places_are_taken_the_next_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    with door.AT_ONCE, door.AT_ONCE:
        monkeypatch.setattr(door, "SECONDS", 2)
        assert outcome(files.honest("png")) == "busy"
    monkeypatch.undo()
    assert outcome(files.honest("png")) == "clean"
