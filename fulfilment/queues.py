"""Which queue a message goes to: one per kind of work, and one per source that the operator gives workers of its own.

A worker started without -Q serves them all. `docs/scale.md` says when to split them. Plain Python: settings read it.
"""

from collections.abc import Collection

COLLECT = "collect"  # reading sources
WRITE = "write"  # planning, rehearsing, changing in sources, asking again
LANE = "lane"  # consent taken back, marketing objected to: never behind anything that may wait (Art. 7(3), 21(3))
HAND_OVER = "hand_over"  # bundles checked, packed, offered
ROUTINE = "routine"  # the monthly run, and what erasures had to leave
KINDS = ("celery", LANE, COLLECT, WRITE, HAND_OVER, ROUTINE, "reading")
"""celery: wake-ups, sweeps, letters, notices: short work that keeps all else going. reading: pictures of documents."""
ROUTES = {
    "identity.tasks.read_document": {"queue": "reading"},  # 800 MB a worker
    "fulfilment.tasks.advance_run": {"queue": ROUTINE},
    "fulfilment.tasks.erase_later": {"queue": ROUTINE},
    "fulfilment.tasks.look_for_suppressed": {"queue": ROUTINE},
}


def of_source(place: str) -> str:
    """"aj-se/erp" has its own: "collect.aj-se.erp"."""
    return f"{COLLECT}.{place.replace('/', '.')}"


def names(own: Collection[str]) -> tuple[str, ...]:
    return (*KINDS, *map(of_source, own))


def of_step(kind: str, *, slug: str, source: str, own: Collection[str]) -> str:
    """The queue of one step: its source's own where that is read, else the one of its kind of work."""
    place = f"{slug}/{source}"
    return of_source(place) if kind == COLLECT and place in own else kind
