"""Who must not get marketing any more: keyed digests, never addresses (Art. 21(3), R-57). The only writer of the list.

An address is compared as people mean it: without blanks around it and whatever its capitals; a number by its last eight
digits, with and without its country code. The digest belongs to one company: another company's list tells nothing.
The list can be read with the same LOOKUP_KEY only: whoever changes that key loses it (docs/operators.md).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction

from connectors import maps
from fulfilment.models import Suppressed
from policies.load import Controller
from requests_app.sealed import digest
from requests_app.searching import NORMAL

T = TypeVar("T")
AT_A_TIME = 2000
Why = Suppressed.Why
EMAIL, PHONE = Suppressed.Kind.EMAIL, Suppressed.Kind.PHONE


def digest_of(slug: str, value: str, *, kind: str = EMAIL) -> str:
    """The digest under which this company keeps an address or number; empty for one that names nobody."""
    normal = NORMAL[kind](str(value))
    return digest(f"suppress.{slug}.{kind}", normal) if normal else ""


def of_person(person: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(kind, value) of everything a person gave under which marketing could reach them."""
    emails = [person.get("email") or "", *(person.get("other_emails") or ())]
    return [(EMAIL, one) for one in emails if one] + ([(PHONE, person["phone"])] if person.get("phone") else [])


def of_rows(ours: Controller, rows: Iterable[tuple[str, str, Mapping[str, Any]]]) -> Iterator[tuple[str, str]]:
    """(kind, value) of every address and number in rows, given as (source, collection, fields)."""
    columns: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for source, collection, fields in rows:
        if (source, collection) not in columns:
            known = maps.read(ours.datasets[ours.sources[source].dataset]).collections.get(collection)
            found = known.identities.items() if known else ()
            columns[source, collection] = [(name, kind) for name, kind in found if kind in (EMAIL, PHONE)]
        yield from ((kind, str(fields[name])) for name, kind in columns[source, collection] if fields.get(name))


def add(slug: str, values: Iterable[tuple[str, str]], *, why: str, now: datetime) -> int:
    """Put (kind, value) pairs on the list; how many are new. Twice is once, and the first day stays."""
    digests = ((one, kind) for kind, value in values if (one := digest_of(slug, value, kind=kind)))
    new = 0
    for some in _some(digests):
        found = dict(some)
        known = set(Suppressed.objects.filter(controller=slug, digest__in=found).values_list("digest", flat=True))
        Suppressed.objects.bulk_create(
            [
                Suppressed(controller=slug, kind=kind, digest=one, why=why, since=now)
                for one, kind in found.items() if one not in known
            ],
            ignore_conflicts=True,  # another worker wrote the same entry
        )  # fmt: skip
        new += len(found.keys() - known)
    return new


def holds(slug: str, value: str, *, kind: str = EMAIL) -> bool:
    """Whether this address or number must not get marketing."""
    one = digest_of(slug, value, kind=kind)
    return bool(one) and Suppressed.objects.filter(controller=slug, digest=one).exists()


def held(slug: str, values: Iterable[str], *, kind: str = EMAIL) -> set[str]:
    """Those of the values that are on the list, as they were given."""
    by_digest: dict[str, list[str]] = {}
    for value in values:
        if one := digest_of(slug, value, kind=kind):
            by_digest.setdefault(one, []).append(value)
    found: set[str] = set()
    for some in _some(by_digest):
        on_list = Suppressed.objects.filter(controller=slug, digest__in=some).values_list("digest", flat=True)
        found.update(value for one in on_list for value in by_digest[str(one)])
    return found


def sift(slug: str, lines: Iterable[str], *, suppressed: bool = False) -> Iterator[str]:
    """Of lines with one address each those that may be mailed (or, with `suppressed`, those that may not), in order.

    In constant memory. Blank lines are left out.
    """
    addresses = (address for line in lines if (address := line.strip()))
    for some in _some(addresses):
        on_list = held(slug, some)
        yield from (address for address in some if (address in on_list) is suppressed)


def remove(slug: str, value: str, *, because: str, now: datetime, kind: str = EMAIL) -> bool:
    """The person has said yes again (Art. 7): the digest goes, day and reason stay. False when it was not on the list.

    ValueError without a reason: who took somebody off must be able to say why (Art. 5(2)).
    """
    if not because.strip():
        raise ValueError("because: found nothing, expected how the person opted in again (Art. 5(2), 7(1))")
    one = digest_of(slug, value, kind=kind)
    with transaction.atomic():
        return bool(
            one and Suppressed.objects.filter(controller=slug, digest=one).update(
                digest="", ended_at=now, ended_because=because.strip()
            )
        )  # fmt: skip


def count(slug: str) -> int:
    return Suppressed.objects.filter(controller=slug, ended_at=None).count()


def _some(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while found := list(islice(rest, AT_A_TIME)):
        yield found
