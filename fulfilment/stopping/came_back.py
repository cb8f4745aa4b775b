"""The daily look for suppressed people who came back: a re-import, an old list, a restored backup (Art. 21(3), R-57).

Every table whose map says how marketing is stopped is read page by page, in constant memory; a row that bears an
address of the list and no mark is marked again. Counts are kept, never whose row it was.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from connectors import maps
from connectors.base import Connector, Instruction, PlanOutdated, Record
from connectors.errors import ConnectorError
from fulfilment.models import Suppressed, SuppressionSweep
from fulfilment.planning import marking
from fulfilment.stopping import suppression
from policies.load import Controller
from requests_app import sources
from requests_app.controllers import controllers

log = logging.getLogger(__name__)
PAGE = 1000
EACH = timedelta(hours=23)
LONGEST = timedelta(hours=6)  # after that the worker is taken for dead
KEEP = timedelta(days=400)
EMAIL, PHONE = str(suppression.EMAIL), str(suppression.PHONE)


@dataclass
class Table:
    """What was seen in one table."""

    source: str
    collection: str
    looked: int = 0
    came_back: int = 0
    marked: int = 0
    error: str = ""


def look(ours: Controller, *, now: datetime) -> SuppressionSweep:
    """Go through every marketing table of a company. A source that is down is written down and the others looked at."""
    sweep = SuppressionSweep.objects.create(controller=ours.slug, started_at=now)
    tables = [_table(ours, source, collection, now=now) for source, collection in marketing_tables(ours)]
    sweep.tables = [vars(one) for one in tables]
    sweep.looked, sweep.came_back, sweep.marked = (
        sum(getattr(one, name) for one in tables) for name in ("looked", "came_back", "marked")
    )
    sweep.ended_at = now
    sweep.save()
    SuppressionSweep.objects.filter(controller=ours.slug, started_at__lt=now - KEEP).delete()
    return sweep


def due(*, now: datetime) -> list[str]:
    """Companies with somebody on the list whose tables were not looked through for a day, and nobody is at it."""
    listed = Suppressed.objects.filter(ended_at=None).order_by().values_list("controller", flat=True).distinct()
    recent = Q(ended_at__gt=now - EACH) | Q(ended_at=None, started_at__gt=now - LONGEST)
    looked = SuppressionSweep.objects.filter(recent).values_list("controller", flat=True)
    return sorted(set(listed) & set(controllers()) - set(looked))


def marketing_tables(ours: Controller) -> Iterator[tuple[str, str]]:
    """(source, collection) that can be marked and hold an address or a number to know people by."""
    for source, collection, table in ours.collections():
        known = maps.read(ours.datasets[ours.sources[source].dataset]).collections.get(collection)
        if table.stop_marketing and known and {EMAIL, PHONE} & set(known.identities.values()):
            yield source, collection


def _table(ours: Controller, source: str, collection: str, *, now: datetime) -> Table:
    seen = Table(source, collection)
    identities = maps.read(ours.datasets[ours.sources[source].dataset]).collections[collection].identities
    try:
        with closing(sources.open_one(ours, source)) as connector:
            for page in _pages(connector, collection):
                seen.looked += len(page)
                theirs = _suppressed(ours.slug, page, identities)
                told = marking.instructions(theirs, ours, mark="stop_marketing", now=now).instructions
                seen.came_back += len(told)
                seen.marked += _mark(connector, told)
    except ConnectorError as error:
        seen.error = error.code
        log.warning("suppression not looked for", extra={"source": source, "code": error.code})
    return seen


def _pages(connector: Connector, collection: str) -> Iterator[list[Record]]:
    after: Mapping[str, Any] | None = None
    while page := connector.scan(collection, after=after, count=PAGE):
        yield page
        after = page[-1].key


def _suppressed(slug: str, page: Iterable[Record], identities: Mapping[str, str]) -> list[Record]:
    """Rows whose e-mail address is on the list. A telephone counts where the row has no address: a household shares one
    number, and one who objects does not speak for the others."""
    by_email = {column for column, kind in identities.items() if kind == EMAIL}
    by_phone = {column for column, kind in identities.items() if kind == PHONE}
    rows = [(record, _values(record, by_email), _values(record, by_phone)) for record in page]
    emails = suppression.held(slug, {one for _, found, _ in rows for one in found})
    phones = suppression.held(slug, {one for _, found, own in rows if not found for one in own}, kind=PHONE)
    return [
        record for record, found, own in rows if not emails.isdisjoint(found) or (not found and phones & set(own))
    ]  # fmt: skip


def _values(record: Record, columns: Iterable[str]) -> list[str]:
    return [str(value) for column in columns if (value := record.fields.get(column))]


def _mark(connector: Connector, told: tuple[Instruction, ...]) -> int:
    """One page in one transaction; a row that changed in the meantime is met again tomorrow."""
    if not told:
        return 0
    plan = connector.plan(told)
    try:
        return sum(receipt.rows for receipt in connector.execute(plan))
    except PlanOutdated:
        return 0
