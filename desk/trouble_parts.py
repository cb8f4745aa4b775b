"""What stands in a claim's way in the sources: half of them done, or rows that changed since the plan was approved."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from desk.pages import language
from fulfilment.extract import shape
from fulfilment.planning import partly, plans
from policies.load import Controller
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Act, Stage


@dataclass(frozen=True)
class Partly:
    """Names of systems in which an approved plan is done, and in which it is not."""

    done: str
    open: str
    outdated: bool


def partly_done(claim: Claim) -> Partly | None:
    """While an approved plan is carried out in some systems alone."""
    found = partly.of(claim)
    ours = controller(claim.case.controller) if found else None
    return Partly(_systems(ours, found.done), _systems(ours, found.open), found.outdated) if found and ours else None


def changed(claim: Claim) -> str:
    """Which rows were not what the approved plan knew, until there is another plan."""
    if claim.stage != Stage.REVIEW or plans.current(claim) is not None:
        return ""
    back = claim.events.filter(kind=Act.SEND_BACK.value).order_by("-seq").first()
    return in_words(back.data.get("changed", ()), controller(claim.case.controller)) if back else ""


def in_words(rows: Any, ours: Controller) -> str:
    """[{source, collection, count, numbers}] for people: systems and tables by name, records as the pages number
    them."""
    return "; ".join(_line(row, ours) for row in rows)


def _line(row: dict[str, Any], ours: Controller) -> str:
    known = row["source"] in ours.sources
    system, table, _explain = (
        shape.named(ours, row["source"], row["collection"], language=language())
        if known else (row["source"], row["collection"], "")
    )  # fmt: skip
    numbers = ", ".join(str(number + 1) for number in row["numbers"])
    return _("%(system)s, %(table)s: %(count)s (record %(numbers)s)") % {
        "system": system, "table": table, "count": row["count"], "numbers": numbers}  # fmt: skip


def _systems(ours: Controller | None, keys: list[str]) -> str:
    known = ours.sources if ours else {}
    return ", ".join(shape.say(known[key].name, language()) if key in known else key for key in keys)
