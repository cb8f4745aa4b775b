"""What a run would do, for any day, without one: nothing is kept, and every deed is rolled back."""

from datetime import date
from typing import Any

from fulfilment.planning import frozen
from fulfilment.routine import planning, report, tally, verdicts
from fulfilment.routine.pages import Hand
from policies.load import Controller


def rehearse(company: Controller, *, on: date) -> report.Report:
    """Find, decide, freeze and try, page by page. Raises `ConnectorError`, `PlanOutdated`."""
    held = frozen.marks(company.slug)
    seen: list[dict[str, Any]] = []
    with Hand() as hand, hand.floor(company) as sources:
        wanted, untold = planning.first_pages(sources)
        counts = [untold]
        for lane, place in wanted:
            after, more = None, True
            while more:
                page = planning.look(sources, lane, place, after=after, on=on, held=held, alive=_nobody_waits)
                counts.append(page.counts)
                seen.append(page.body.get("seen", {}))
                lane, after, more = page.lane, page.after, page.after is not None
        counts.append(tally.beside(seen, sources, alive=_nobody_waits))
    lines = report.lines_of(company.slug, verdicts.added(counts), on=on, language="en")
    return report.Report(company.slug, on, "rehearsal", "", lines)


def _nobody_waits() -> None:
    """There is no lease to renew."""
