"""What a log-in says of somebody, and what of it agrees with what a source holds.

Compared and forgotten: kept are who said it, how sure they were, when, a keyed digest of the account, and which kinds
of value agreed (rules 1.3, L3). Never a national number.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from identity.reading.names import Agreement, compare, transliterate
from policies.log_ins import LogIn, is_number_like
from requests_app.proofs import fold
from requests_app.sealed import digest

LONGEST = 300
SKEW = 60  # seconds by which the provider's clock may be slow
STRONG = tuple(map(frozenset, ({"email"}, {"customer_no"}, {"name", "birth_date"}, {"name", "link"})))
"""One of these must agree in one and the same row. `link`: the address on file has been proved in this case as well."""


@dataclass(frozen=True)
class Row:
    """One row a source holds, as far as a log-in can be compared with it."""

    email: frozenset[str] = field(default=frozenset(), repr=False)
    customer_no: frozenset[str] = field(default=frozenset(), repr=False)
    name: frozenset[str] = field(default=frozenset(), repr=False)
    birth_date: frozenset[str] = field(default=frozenset(), repr=False)


def is_strong_enough(acr: str, log_in: LogIn) -> bool:
    """allauth asks for a level but does not look at the answer."""
    return not log_in.acr_values or acr in log_in.acr_values


def is_fresh(said: Mapping[str, Any], log_in: LogIn, *, since: int) -> bool:
    """Whether somebody logged in for this: a log-in left open in a shared browser may be somebody else's."""
    when = said.get("auth_time")
    return when >= since - SKEW if isinstance(when, int) else not log_in.auth_time


def values(said: Mapping[str, Any], log_in: LogIn) -> dict[str, str]:
    """The claims this log-in is compared by, and no other. An address nobody has checked is none."""
    found = {what: _text(said.get(claim)) for what, claim in log_in.match.items()}
    if said.get("email_verified") not in (True, "true"):
        found.pop("email", None)
    return {what: value for what, value in found.items() if value}


def subject_digest(issuer: str, sub: str) -> str:
    """Tells one account from another; a provider that uses a national number for it gets nothing remembered."""
    return "" if is_number_like(sub) else digest(f"log_in:{issuer}", sub)


def agreeing(asserted: Mapping[str, str], rows: Iterable[Row], *, link: bool) -> tuple[str, ...]:
    """The kinds of value that agree with one row, that which agrees best; and `link` where the address was proved."""
    found = [_with(asserted, row) | ({"link"} if link else set()) for row in rows]
    best = max(found, key=lambda one: (is_strong(one), len(one)), default=set())
    return tuple(sorted(best)) if best - {"link"} else ()


def is_strong(agreed: Collection[str]) -> bool:
    return any(pair <= set(agreed) for pair in STRONG)


def same_name(asserted: str, written: str) -> bool:
    """Family name and a given name agree, however they are spelt; in other scripts, letter by letter."""
    words = transliterate(asserted).split("<")
    agreement = compare(written, primary=words[-1:], secondary=words[:-1])
    if agreement is Agreement.NOT_COMPARABLE:
        return bool(_plain(asserted)) and _plain(asserted) == _plain(written)
    return agreement is Agreement.MATCHES


def _with(asserted: Mapping[str, str], row: Row) -> set[str]:
    agreed = {what for what in ("email", "customer_no") if fold(asserted.get(what, "")) in getattr(row, what)}
    if any(same_name(asserted.get("name", ""), one) for one in row.name):
        agreed.add("name")
    if (born := day(asserted.get("birth_date", ""))) and born in row.birth_date:
        agreed.add("birth_date")
    return agreed


def day(value: str) -> str:
    """A whole date as ISO 8601, else nothing: a year alone is no date of birth."""
    text = value.strip()[:10]
    try:
        return date.fromisoformat(text if not text.isdigit() or len(text) == 8 else "").isoformat()
    except ValueError:
        return ""


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()[:LONGEST]


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
