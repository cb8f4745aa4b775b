"""Zones made by the rules of ICAO 9303, apart from the reader: the tests count check digits in their own way."""

from dataclasses import dataclass
from itertools import cycle


def digit(text: str) -> str:
    """The sum as the standard writes it out, character by character."""
    value = {**{str(n): n for n in range(10)}, **{chr(55 + n): n for n in range(10, 36)}, "<": 0}
    return str(sum(value[character] * weight for character, weight in zip(text, cycle((7, 3, 1)), strict=False)) % 10)


@dataclass(frozen=True)
class Holder:
    surname: str = "ERIKSSON"
    given: str = "ANNA<MARIA"
    birth: str = "740812"
    sex: str = "F"
    expires: str = "310415"
    number: str = "L898902C3"
    state: str = "UTO"
    optional: str = ""

    @property
    def names(self) -> str:
        return f"{self.surname}<<{self.given}" if self.given else self.surname


def td3(holder: Holder, *, code: str = "P<") -> tuple[str, str]:
    number, personal = holder.number.ljust(9, "<"), holder.optional.ljust(14, "<")
    number += digit(number)
    birth, expires = holder.birth + digit(holder.birth), holder.expires + digit(holder.expires)
    personal += digit(personal) if holder.optional else "<"
    second = f"{number}{holder.state}{birth}{holder.sex}{expires}{personal}{digit(number + birth + expires + personal)}"
    return f"{code}{holder.state}{holder.names}".ljust(44, "<")[:44], second


def td2(holder: Holder, *, code: str = "I<") -> tuple[str, str]:
    number, optional = _number(holder.number, holder.optional, 7)
    birth, expires = holder.birth + digit(holder.birth), holder.expires + digit(holder.expires)
    second = f"{number}{holder.state}{birth}{holder.sex}{expires}{optional}{digit(number + birth + expires + optional)}"
    return f"{code}{holder.state}{holder.names}".ljust(36, "<")[:36], second


def td1(holder: Holder, *, code: str = "I<") -> tuple[str, str, str]:
    number, optional = _number(holder.number, holder.optional, 15)
    birth, expires = holder.birth + digit(holder.birth), holder.expires + digit(holder.expires)
    whole = digit(number + optional + birth + expires + "<" * 11)
    return (
        f"{code}{holder.state}{number}{optional}", f"{birth}{holder.sex}{expires}{holder.state}{'<' * 11}{whole}",
        holder.names.ljust(30, "<")[:30],
    )  # fmt: skip


def licence(*, state: str = "NLD", number: str = "5094962111", rest: str = "659VW87Z78NB8") -> tuple[str]:
    text = f"D1{state}1{number}{rest}"
    return (text + digit(text),)


def licence_fr(*, number: str = "13AA00002", expires: str = "311231", surname: str = "MARTIN") -> tuple[str]:
    text = f"D1FRA{number}"
    text += digit(text) + expires + surname.ljust(8, "<")[:8]
    return (text + digit(text),)


def _number(number: str, optional: str, room: int) -> tuple[str, str]:
    """A number of more than nine characters goes on in the optional data, with its check digit there."""
    if len(number) <= 9:
        number = number.ljust(9, "<")
        return number + digit(number), optional.ljust(room, "<")
    return number[:9] + "<", f"{number[9:]}{digit(number)}<{optional}".ljust(room, "<")
