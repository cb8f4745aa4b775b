"""Which rows are only stored for now. Read by whatever would change or erase them; written by `restriction`."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from fulfilment.extract import shape
from fulfilment.models import Restriction
from fulfilment.planning import planfile
from law.rights import Right
from requests_app import vault
from requests_app.controllers import controller
from requests_app.models import Case, Claim


def in_force(slug: str) -> QuerySet[Restriction]:
    """Restrictions of a company that have not been lifted, the oldest first."""
    found = Restriction.objects.filter(case__controller=slug, lifted_at=None)
    return found.select_related("case", "claim", "plan__file")


def has_tables() -> bool:
    """Whether the portal's own database was ever made: a data map is tried on machines that have none."""
    return Restriction._meta.db_table in connection.introspection.table_names()


def active_marks(slug: str) -> set[str]:
    """`fate.mark` of every row that is restricted at this company: storage only (Art. 18(2))."""
    return {row["mark"] for restriction in in_force(slug) for row in rows(restriction)}


def count(slugs: Iterable[str]) -> int:
    """How many are in force at these companies."""
    return Restriction.objects.filter(case__controller__in=list(slugs), lifted_at=None).count()


def of_case(case: Case) -> QuerySet[Restriction]:
    """Those in force for this person's case, the oldest first."""
    return Restriction.objects.filter(case=case, lifted_at=None).select_related("claim")


def marks_of_others(claim: Claim) -> set[str]:
    """Marks of rows that rest for another reason than this claim."""
    found = in_force(claim.case.controller).exclude(claim=claim)
    return {row["mark"] for restriction in found for row in rows(restriction)}


def stopped(claim: Claim, *, language: str) -> tuple[str, ...]:
    """What an objection ended for good: purposes the data is not used for again when it rests no longer (Art. 21)."""
    if claim.right != Right.objection or claim.outcome not in ("granted", "partly_granted"):
        return ()
    purposes = {one.id: one.name for one in controller(claim.case.controller).policy.purposes}
    weighed, verdicts = claim.decision.get("weighings", ()), claim.decision.get("verdicts", ())
    ended = [(one["purpose"], verdict["purpose"]) for one, verdict in zip(weighed, verdicts, strict=False)
             if verdict["stops"]]  # fmt: skip
    return tuple(shape.say(purposes[id], language) if id in purposes else name for id, name in ended)


def still(claim: Claim) -> set[tuple[str, str]]:
    """(source, collection) of rows that rest on for another reason when this claim's restriction ends."""
    others = marks_of_others(claim)
    mine = (row for restriction in claim.restrictions.filter(lifted_at=None) for row in rows(restriction))
    return {(row["source"], row["collection"]) for row in mine if row["mark"] in others}


def rows(restriction: Restriction) -> Iterator[dict[str, Any]]:
    """{"source", "collection", "key", "mark", …} of each row it covers. Raises `vault.Shredded`."""
    with vault.open_clear(restriction.plan.file) as file:
        yield from planfile.fates(file)
