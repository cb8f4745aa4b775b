"""Specimens of people who do not exist, in all kinds of light: the pictures of the tests and of the benchmark."""

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from tests.identity.reading import zones
from tests.identity.reading.specimens import Shot, draw, fonts, photograph
from tests.identity.reading.zones import Holder

SURNAMES = (
    "ERIKSSON AASNES OEBERG JOERGENSEN HAEMAELAEINEN GUDMUNDSDOTTIR SOERENSEN<HOLM LINDQVIST NILSSON BJOERNSAETER "
    "CAHPPE VAN<DER<BERG WITTGENSTEIN JOHANNESSEN MUELLER OBRIEN ILLIKAINEN LEHTILAE KVAMME ZETTERQVIST XU II"
).split()
GIVEN = (
    "ANNA<MARIA OEYVIND AASE BENT JOHANNES<PETER ILLA EVA<LOTTA ANNIKA LILL<BRITT THORA GUNNAR MARET<ANNE JAN "
    "HALLGRIMUR "
    "FILIPPA<ELLEN QUENTIN WILLIAM YRSA KIM ZOE"
).split()
STATES = ("DNK", "SWE", "NOR", "FIN", "ISL", "UTO", "D<<", "NLD", "EST")
LIGHTS = {
    "flat": Shot(dots=12),
    "turned": Shot(angle=10),
    "slanted": Shot(tilt=0.07, angle=3),
    "blurred": Shot(blur=1.6),
    "noisy": Shot(noise=16),
    "small": Shot(dots=8, blur=0.6),
    "shaded": Shot(shade=0.6, noise=4),
    "by phone": Shot(angle=-7, tilt=0.05, blur=1.1, noise=8, shade=0.3),
    "worst": Shot(angle=10, tilt=0.06, blur=1.4, noise=12, shade=0.4, dots=10),
}
KINDS = ("passport", "identity_card", "identity_card_2", "driving_licence")


@dataclass(frozen=True)
class Specimen:
    kind: str
    font: str
    light: str
    lines: tuple[str, ...]
    shot: Shot
    seed: int

    @property
    def picture(self) -> bytes:
        return photograph(draw(self.kind, self.lines, font=self.font), self.shot, seed=self.seed)


def holder(dice: random.Random) -> Holder:
    letters = string.ascii_uppercase
    number = dice.choice(
        [
            f"{dice.randrange(10**9):09}",
            f"{dice.randrange(10**8):08}",
            "".join(dice.choices(letters, k=2)) + f"{dice.randrange(10**7):07}",
        ]
    )
    return Holder(
        surname=dice.choice(SURNAMES), given=dice.choice(GIVEN), sex=dice.choice("MF"), state=dice.choice(STATES),
        birth=f"{dice.randrange(100):02}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}",
        expires=f"{dice.randrange(20, 37):02}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}", number=number,
        optional=dice.choice(["", "", "19740812", "ZE184226B"[: dice.choice([7, 9])]]),
    )  # fmt: skip


def lines_of(kind: str, dice: random.Random) -> tuple[str, ...]:
    who = holder(dice)
    if kind == "passport":
        return zones.td3(who)
    if kind == "identity_card":
        return zones.td1(who)
    if kind == "identity_card_2":
        return zones.td2(replace(who, optional=who.optional[:7]))
    rest = "".join(dice.choices("ABCDEFGHJKLMNPRSTUVWXYZ23456789", k=13))
    number = f"{dice.randrange(10**10):010}"
    return dice.choice(
        [zones.licence(number=number, rest=rest), zones.licence_fr(surname=who.surname[:8].replace("<", ""))]
    )


def gallery(*, each: int, seed: int, lights: tuple[str, ...] = tuple(LIGHTS)) -> Iterator[Specimen]:
    """`each` documents of every kind, in every font and light; angles fall to both sides."""
    dice = random.Random(seed)
    for kind, font, light, _ in product(KINDS, fonts(), lights, range(each)):
        shot = LIGHTS[light]
        shot = replace(shot, angle=shot.angle * dice.choice([1, -1]) + dice.uniform(-0.5, 0.5))
        lines = lines_of(kind, dice)
        yield Specimen(kind, font, light, lines, shot, dice.randrange(10**6))
