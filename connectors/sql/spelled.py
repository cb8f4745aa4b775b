"""Conditions that let through every row whose identity may be one of these, and as few others as SQL can tell.

The caller compares once more by `connectors.spelling`: a collation may hold two people's names for equal, and SQL knows
less of spelling than we do. A value is always a parameter; `%`, `_` and the escape character in it are letters.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from connectors.spelling import in_domains, parts
from policies.spelling import Normalise, Spelling

SEPARATORS = " -+./()\u00a0\t\u2011\u2013"  # what people put between digits
BLANKS = " \t\r\n\u00a0"
ESCAPE = "/"
WIDEST = 6
"""The most parameters one value takes: its forms, or the patterns of its domains."""
ENDING = 7
"""So many of the last digits of a telephone number are in every way of writing it."""
Condition = sa.ColumnElement[bool]


class Trimmed(FunctionElement[str]):
    """Text without white space around it."""

    inherit_cache = True
    type = sa.Text()


@compiles(Trimmed)
def _trim(element: Trimmed, compiler: Any, **how: Any) -> str:
    bare: Any = next(iter(element.clauses))
    for blank in BLANKS[1:]:
        bare = sa.func.replace(bare, blank, "")  # MariaDB and Oracle trim one character; inside none belongs either
    return str(compiler.process(sa.func.trim(bare), **how))


@compiles(Trimmed, "postgresql")
@compiles(Trimmed, "sqlite")
def _trim_all(element: Trimmed, compiler: Any, **how: Any) -> str:
    name = "btrim" if compiler.dialect.name == "postgresql" else "trim"
    bare = next(iter(element.clauses))
    return str(compiler.process(sa.Function(name, bare, sa.literal(BLANKS, sa.Text())), **how))


class Folded(FunctionElement[str]):
    """Text as a collation that knows the scripts would compare it."""

    inherit_cache = True
    type = sa.Text()


@compiles(Folded)
def _fold(element: Folded, compiler: Any, **how: Any) -> str:
    return str(compiler.process(_latin(sa.func.lower(Trimmed(*element.clauses))), **how))


@compiles(Folded, "postgresql")
def _fold_in_postgresql(element: Folded, compiler: Any, **how: Any) -> str:
    bare = compiler.process(_latin(Trimmed(*element.clauses)), **how)
    return f"lower(normalize({bare}, NFKC))"


@compiles(Folded, "sqlite")
def _fold_in_sqlite(element: Folded, compiler: Any, **how: Any) -> str:
    return str(compiler.process(sa.Function("dsar_folded", *element.clauses), **how))  # ours: `address`


@compiles(Folded, "mysql")
@compiles(Folded, "mariadb")
def _fold_in_mysql(element: Folded, compiler: Any, **how: Any) -> str:
    bare = compiler.process(_latin(Trimmed(*element.clauses)), **how)
    return f"CONVERT({bare} USING utf8mb4) COLLATE utf8mb4_unicode_ci"


def _latin(expression: Any) -> Any:
    for sign, plain in (("ß", "ss"), ("ẞ", "ss"), ("ı", "i"), ("İ", "i")):
        expression = sa.func.replace(expression, sign, plain)
    return expression


def may_be(column: sa.ColumnElement[Any], values: Sequence[str], *, how: Normalise) -> Condition:
    """Rows of a text column that may hold one of these normalised values."""
    if isinstance(how, Spelling):
        return _BLOCKS[how.as_](column, values, how)
    return _WORDS[how](column, values)


def _exact(column: Any, values: Sequence[str]) -> Condition:
    return column.in_(sorted({form for value in values for form in _composed(value)}))  # type: ignore[no-any-return]


def _any_case(column: Any, values: Sequence[str]) -> Condition:
    # Some databases lower only ASCII letters, so a name's capital Å may survive on their side.
    forms = {
        form for value in values for written in _composed(value)
        for form in (written.lower(), _ascii_lower(written), _ascii_lower(written.upper()))
    }  # fmt: skip
    return sa.func.lower(Trimmed(column)).in_(sorted(forms))


def _composed(value: str) -> set[str]:
    """One text, as it may lie there: å as one sign, or as a and a ring (Unicode NFC, NFD)."""
    return {value, unicodedata.normalize("NFC", value), unicodedata.normalize("NFD", value)}


def _ascii_lower(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)


def _digits(column: Any, values: Sequence[str]) -> Condition:
    return _without_separators(column).in_(values)  # type: ignore[no-any-return]


def _without_separators(expression: Any) -> Any:
    for separator in SEPARATORS:
        expression = sa.func.replace(expression, separator, "")
    return expression


def _email(column: Any, values: Sequence[str], how: Spelling) -> Condition:
    lowered = sa.func.lower(Trimmed(column))
    undotted = sa.func.replace(lowered, ".", "")
    found: list[Condition] = []
    for value in values:
        local, domain = parts(value)
        for written in sorted({domain, *(alias for alias, meant in how.domains.items() if meant == domain)}):
            text, ends = lowered, f"@{written}"
            if in_domains(domain, how.dots):
                text, ends = undotted, ends.replace(".", "")
            found.append(_any_case(column, [value]) if text is lowered and written == domain else text == local + ends)
            if in_domains(domain, how.plus):
                found.append(text.like(f"{_letters(local)}+%{_letters(ends)}", escape=ESCAPE))
    return sa.or_(*found)


def _letters(text: str) -> str:
    for sign in (ESCAPE, "%", "_", "["):  # SQL Server knows [a-z]
        text = text.replace(sign, ESCAPE + sign)
    return text


def _phone(column: Any, values: Sequence[str], how: Spelling) -> Condition:
    """A number without the calling code is stored by people of the same country only."""
    bare = _without_separators(column)
    numbers = (value.removeprefix(f"+{how.country}").removeprefix("+") for value in values)
    return sa.or_(*(bare.like(f"%{number[-ENDING:]}") for number in numbers))


def _number(column: Any, values: Sequence[str], how: Spelling) -> Condition:
    bare = sa.func.upper(_without_separators(column))
    return sa.or_(*(bare.like(f"%{_letters(value)}", escape=ESCAPE) for value in values))


def _all_folded(column: Any, values: Sequence[str], how: Spelling) -> Condition:
    return Folded(column).in_(list(values))


_WORDS: Mapping[str, Callable[[Any, Sequence[str]], Condition]] = {
    "exact": _exact, "lower": _any_case, "upper": _any_case, "digits": _digits,
}  # fmt: skip
_BLOCKS: Mapping[str, Callable[[Any, Sequence[str], Spelling], Condition]] = {
    "email": _email, "phone": _phone, "number": _number, "folded": _all_folded,
}  # fmt: skip


def as_numbers(value: str, *, how: Normalise) -> Iterator[str]:
    """What a column of numbers may hold for this normalised value."""
    yield value.removeprefix("+")
    if isinstance(how, Spelling) and how.as_ == "phone":
        yield value.removeprefix(f"+{how.country}")
