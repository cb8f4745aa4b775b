"""Run as a process of its own by `reader`: framed pictures on standard input, framed lines of text on standard output.

Text detection and recognition by the PP-OCR models that come with rapidocr, on one thread, kept in memory between
pictures. Imports nothing of ours, so that it starts alone. What it has read it forgets: nothing is written to disk.
"""

import importlib.util
import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np
import onnxruntime

SIGNS = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LIKE = {sign: chr(ord(sign) + 0xFEE0) + (sign.lower() if sign in "CJKMOPSUVWXYZ" else "") for sign in SIGNS}
LIKE["<"] += "〈く﹤‹"
"""Signs of the same form: the model knows 18,000, of all scripts."""
RINGS = "0O"
LONG_SIDE = 960
"""Enough to find lines by; they are read at the picture's own size."""
HEIGHT = 48
MOST_LINES = 8
FEWEST = 8
SLIM = 4.0
NOTABLE = 0.004
Picture = Any
Mark = tuple[float, dict[str, float]]
"""Where a character stands along its line (in heights of the line), and what it may be, with how much certainty."""
Answer = dict[str, Any]
NOTHING: Answer = {"lines": [], "rings": []}


@dataclass(frozen=True)
class View:
    """One way to look at a line: margin around it, and how much it is stretched."""

    margin: float
    stretch: float
    plain: bool


VIEWS = (View(margin=0.0, stretch=1.0, plain=True), View(margin=0.16, stretch=1.3, plain=False))
"""Two looks that share neither frame, scale nor colour: what both see alike is there."""
THIRD = View(margin=0.06, stretch=1.15, plain=True)
"""Only where the two differ."""


@dataclass(frozen=True)
class Strip:
    """A long thin rectangle that holds text: its middle, its sides, and the way its text runs, in degrees."""

    x: float
    y: float
    length: float
    height: float
    angle: float

    @property
    def along(self) -> Picture:
        turn = np.deg2rad(self.angle)
        return np.array([np.cos(turn), np.sin(turn)])

    @property
    def down(self) -> Picture:
        turn = np.deg2rad(self.angle)
        return np.array([-np.sin(turn), np.cos(turn)])

    @property
    def middle(self) -> Picture:
        return np.array([self.x, self.y])


class Eyes:
    """The two models, loaded once."""

    def __init__(self) -> None:
        found = importlib.util.find_spec("rapidocr")
        if found is None or not found.submodule_search_locations:
            raise RuntimeError("rapidocr is not installed")
        models = Path(found.submodule_search_locations[0]) / "models"
        self.finder = _session(models / "PP-OCRv6_det_small.onnx")
        self.reader = _session(models / "PP-OCRv6_rec_small.onnx")
        known = self.reader.get_modelmeta().custom_metadata_map["character"].splitlines()
        place = {sign: at + 1 for at, sign in enumerate(known)}  # 0 is the blank between characters
        self.groups = [[0], *([place[one] for one in (sign, *LIKE.get(sign, "")) if one in place] for sign in SIGNS)]

    def look(self, picture: Picture) -> Answer:
        """Each long line of text from top to bottom, seen in each of the `VIEWS`; and how alike its rings are.

        The model tells 0 and O apart by what stands around them, which in a document's number means not at all. So each
        ring is laid over each other one: whoever knows where only a digit can stand, and where only a letter, can tell.
        """
        strips = sorted(join(self.find(picture)), key=lambda strip: -strip.length)[:MOST_LINES]
        if not strips:
            return NOTHING
        if self._upside_down(picture, strips):
            strips = [replace(strip, angle=strip.angle + 180) for strip in strips]
        first = [(strip, self.read(picture, strip, VIEWS[0])) for strip in strips]
        like = sorted((one for one in first if len(one[1]) >= FEWEST), key=lambda one: one[0].middle @ strips[0].down)
        return {"lines": [self._looks(picture, strip, marks) for strip, marks in like], "rings": rings(picture, like)}

    def _looks(self, picture: Picture, strip: Strip, first: list[Mark]) -> list[list[Mark]]:
        looks = [first, *(self.read(picture, strip, view) for view in VIEWS[1:])]
        alike = len({_text(look) for look in looks}) == 1
        return looks if alike else [*looks, self.read(picture, strip, THIRD)]

    def find(self, picture: Picture) -> list[Strip]:
        height, width = picture.shape[:2]
        scale = min(1.0, LONG_SIDE / max(height, width))
        size = tuple(max(32, round(side * scale / 32) * 32) for side in (width, height))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
        heat = self.finder.run(None, {"x": small.transpose(2, 0, 1)[None]})[0][0, 0]
        return list(_strips(heat, np.array([width / size[0], height / size[1]], np.float32)))

    def read(self, picture: Picture, strip: Strip, view: View) -> list[Mark]:
        line = cut_out(picture, strip, view)
        steps = self.reader.run(None, {"x": (line.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]})[0][0]
        few = np.stack([steps[:, group].sum(axis=1) for group in self.groups], axis=1)
        return marks(few, wide=line.shape[1] / view.stretch / HEIGHT)

    def _upside_down(self, picture: Picture, strips: list[Strip]) -> bool:
        """Decided on the longest line, and only when it does not read well as it stands."""
        upright = self.read(picture, strips[0], VIEWS[0])
        if _legible(upright) > 0.8 * FEWEST * 3:
            return False
        turned = self.read(picture, replace(strips[0], angle=strips[0].angle + 180), VIEWS[0])
        return _legible(turned) > _legible(upright)


def marks(few: Picture, *, wide: float) -> list[Mark]:
    """The characters of one line, from the certainty of each sign (blank first) at each step along it."""
    best = few.argmax(axis=1)
    found: list[Mark] = []
    start = 0
    for end in range(1, len(best) + 1):
        if end < len(best) and best[end] == best[start]:
            continue
        if best[start]:
            peak = start + int(few[start:end, best[start]].argmax())
            chances = {sign: round(float(p), 4) for sign, p in zip(SIGNS, few[peak, 1:], strict=True) if p > NOTABLE}
            if chances:  # else it is a sign of another script altogether
                found.append(((start + end) / 2 / len(best) * wide, chances))
        start = end
    return found


def rings(picture: Picture, lines: list[tuple[Strip, list[Mark]]]) -> list[list[float]]:
    """How alike (up to 1) every 0 or O is to every other, in the order they stand; -1 where it cannot be said."""
    pieces = [piece for strip, line in lines for piece in _ring_pieces(picture, strip, line)]
    alike = [[_alike_at_best(core, other) for _, other in pieces] for core, _ in pieces]
    return [[round((alike[a][b] + alike[b][a]) / 2, 4) for b in range(len(pieces))] for a in range(len(pieces))]


def _ring_pieces(picture: Picture, strip: Strip, line: list[Mark]) -> Iterator[tuple[Picture, Picture]]:
    """Of each ring its core, and the core with what is around it. Where it stands, all characters of the line say."""
    flat = cv2.GaussianBlur(cv2.cvtColor(cut_out(picture, strip, VIEWS[0]), cv2.COLOR_BGR2GRAY), (0, 0), 0.8)
    order = np.arange(len(line))
    places = np.polyval(np.polyfit(order, [mark[0] for mark in line], 2), order) * HEIGHT
    pitch = float(np.median(np.diff(places)))
    for (_, chances), place in zip(line, places, strict=True):
        if max(chances, key=lambda sign: chances[sign]) in RINGS:
            yield flat[6 : HEIGHT - 6, _around(place, 0.46 * pitch)], flat[:, _around(place, 0.62 * pitch)]


def _around(place: float, reach: float) -> slice:
    return slice(max(0, int(place - reach)), max(1, int(place + reach)))


def _alike_at_best(core: Picture, other: Picture) -> float:
    if core.shape[1] < HEIGHT / 8 or core.shape[1] > other.shape[1]:
        return -1.0
    found = float(cv2.matchTemplate(other, core, cv2.TM_CCOEFF_NORMED).max())
    return found if np.isfinite(found) else -1.0


def join(strips: list[Strip]) -> list[Strip]:
    """Pieces of one line that a wide gap, or a bar over part of it, has parted."""
    whole: list[Strip] = []
    for strip in sorted(strips, key=lambda one: -one.length):
        partner = next((other for other in whole if _in_line(other, strip)), None)
        if partner is None:
            whole.append(strip)
        else:
            whole[whole.index(partner)] = _joined(partner, strip)
    return [strip for strip in whole if strip.length > 2 * SLIM * strip.height]


def cut_out(picture: Picture, strip: Strip, view: View) -> Picture:
    """The strip laid flat, 48 pixels high as the model wants it."""
    length = strip.length + strip.height * view.margin * 2
    height = strip.height * (1 + view.margin)
    size = (max(HEIGHT, round(length / height * HEIGHT * view.stretch)), HEIGHT)
    corner = strip.middle - strip.along * length / 2 - strip.down * height / 2
    source = np.array([corner, corner + strip.along * length, corner + strip.down * height], np.float32)
    shrink = max(1.0, height / HEIGHT)
    target = np.array([[0, 0], [size[0], 0], [0, size[1]]], np.float32)
    sharp = cv2.GaussianBlur(picture, (0, 0), 0.35 * shrink) if shrink > 1.3 else picture
    flat = cv2.warpAffine(
        sharp, cv2.getAffineTransform(source, target), size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return flat if view.plain else _evened(flat)


def _evened(line: Picture) -> Picture:
    """Grey, with shadows taken out: the second look."""
    grey = cv2.cvtColor(line, cv2.COLOR_BGR2GRAY).astype(np.float32)
    ground = cv2.GaussianBlur(cv2.dilate(grey, np.ones((15, 15), np.uint8)), (0, 0), 12)
    even = np.clip(grey / np.maximum(ground, 1) * 235, 0, 255).astype(np.uint8)
    return cv2.cvtColor(even, cv2.COLOR_GRAY2BGR)


def _strips(heat: Picture, scale: Picture) -> Iterator[Strip]:
    shapes, _ = cv2.findContours((heat > 0.3).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for shape in shapes:
        (x, y), (w, h), angle = cv2.minAreaRect(shape.astype(np.float32) * scale)
        if w < h:
            w, h, angle = h, w, angle + 90
        if h < 3 * scale[0] or w < SLIM * h:
            continue
        grown = 1.6 * w * h / (w + h)  # the model marks the core of a line; this is how far its letters reach
        yield Strip(x, y, w + grown, h + grown, (angle + 45) % 180 - 45)


def _in_line(one: Strip, other: Strip) -> bool:
    apart = other.middle - one.middle
    gap = abs(apart @ one.along) - (one.length + other.length) / 2
    lean = abs((one.angle - other.angle + 90) % 180 - 90)
    return abs(apart @ one.down) < 0.5 * one.height and lean < 6 and gap < 16 * one.height and _alike(one, other)


def _alike(one: Strip, other: Strip) -> bool:
    return 0.6 < one.height / other.height < 1.6


def _joined(one: Strip, other: Strip) -> Strip:
    ends = [strip.middle + strip.along * strip.length / 2 * way for strip in (one, other) for way in (-1, 1)]
    far = sorted(ends, key=lambda end: end @ one.along)
    run = far[-1] - far[0]
    middle = (far[0] + far[-1]) / 2
    angle = float(np.rad2deg(np.arctan2(run[1], run[0])))
    return Strip(float(middle[0]), float(middle[1]), float(np.hypot(*run)), max(one.height, other.height), angle)


def _text(line: list[Mark]) -> str:
    return "".join(max(chances, key=lambda sign: chances[sign]) for _, chances in line).replace("O", "0")


def _legible(line: list[Mark]) -> float:
    return sum(max(chances.values(), default=0) for _, chances in line)


def _session(model: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def main(requests: BinaryIO, answers: BinaryIO) -> None:
    cv2.setNumThreads(1)
    eyes = Eyes()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the picture
    while size := int.from_bytes(requests.read(4), "big"):
        picture = cv2.imdecode(np.frombuffer(requests.read(size), np.uint8), cv2.IMREAD_COLOR)
        answer = json.dumps(NOTHING if picture is None else eyes.look(picture)).encode()
        answers.write(len(answer).to_bytes(4, "big") + answer)
        answers.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
