"""The small parts every policy file is made of: texts, source references, base model."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Language = Literal["da", "sv", "nb", "en"]
Status = Literal["stated", "statute", "derived", "required_config"]

_SRC = re.compile(r"^S\d+:\d+(-\d+)?(,\d+(-\d+)?)*$")
_PERIOD = re.compile(r"^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$")


def _is_period(value: str) -> str:
    if not _PERIOD.match(value):
        raise ValueError("expected an ISO 8601 period such as P5Y, P13M, P30D or PT0S")
    return value


def _is_src(value: str) -> str:
    if not _SRC.match(value):
        raise ValueError("expected a source line such as S1:50 or S1:50,52-54")
    return value


Period = Annotated[str, AfterValidator(_is_period), Field(description="ISO 8601 period, e.g. P5Y, P13M, P30D")]
Src = Annotated[str, AfterValidator(_is_src), Field(description="Line of the published policy, e.g. S1:50,52")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]{2,}$", max_length=254)]
Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


# One word, or a list of words: ``issue: S1-I4`` is short for ``issue: [S1-I4]``.
Words = Annotated[tuple[str, ...], BeforeValidator(_listed, json_schema_input_type=str | tuple[str, ...])]


class Part(BaseModel):
    """Base of all parts: frozen, no unknown keys, no silent conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Text(Part):
    """One text in the languages a controller speaks. There is no silent English."""

    da: Line | None = None
    sv: Line | None = None
    nb: Line | None = None
    en: Line | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.languages():
            raise ValueError("expected a text in at least one of da, sv, nb, en")
        return self

    def languages(self) -> tuple[str, ...]:
        return tuple(code for code in ("da", "sv", "nb", "en") if getattr(self, code))

    def say(self, language: str) -> str:
        """The text in ``language``; KeyError where it is missing (design, house rule 10)."""
        if language not in self.languages():
            raise KeyError(f"no text in {language!r}; there is {', '.join(self.languages())}")
        return str(getattr(self, language))


class Sourced(Part):
    """Where a fact comes from. ``confirm: true`` marks what we chose: the company's lawyer must confirm it."""

    src: Src | None = None
    status: Status | None = None
    confirm: bool = False
    issue: Words = ()
    note: str | None = None
