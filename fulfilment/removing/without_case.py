"""Erasure for an identity without a case: for operators who try a data map, or must act outside the portal.

The plan file holds keys and fingerprints of rows, so it is personal data: written for its owner only (mode 600).
"""

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from connectors.base import Identity, Record, SourcePlan
from fulfilment.collecting import find
from fulfilment.planning import plans, restricted
from fulfilment.planning.fate import fates
from policies.load import Controller
from requests_app import sources

FORMAT = "dsar-erasure-plan/1"


class BadPlan(ValueError):
    """The file is no plan of ours, was altered, or was made for another company."""


@dataclass(frozen=True)
class Planned:
    """What an identity's erasure would do: counts by fate, and one frozen plan a source."""

    summary: list[dict[str, Any]]
    plans: list[SourcePlan]
    records: int

    @property
    def undecided(self) -> int:
        return sum(row["count"] for row in self.summary if row["outcome"] == "undetermined")


def plan(company: Controller, identity: Identity, *, on: date) -> Planned:
    """Find, decide and freeze. Reads only. Raises `connectors.errors.ConnectorError`."""
    found: list[Record] = list(find.records(company, proved=identity, given=identity))
    held = restricted.active_marks(company.slug) if restricted.has_tables() else set()
    fated, planned = plans.feasible(list(fates(lambda: found, controller=company, on=on, restricted=held)), company)
    return Planned(plans.summarise(fated), planned, len(found))


def write(planned: Planned, company: Controller, path: Path, *, on: date) -> str:
    """Write the plan file and return its digest. Refuses to follow a link or to overwrite: FileExistsError."""
    body = {
        "format": FORMAT,
        "controller": company.slug,
        "policy": company.digest,
        "on": on.isoformat(),
        "summary": planned.summary,
        "plans": [one.to_json() for one in planned.plans],
    }
    digest = _digest(body)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(body | {"digest": digest}, out, indent=1, ensure_ascii=False)
    return digest


def read(path: Path, company: Controller) -> Planned:
    """The plan of a file. Raises `BadPlan`, OSError; `ConnectorError` plan_altered."""
    try:
        body = json.loads(path.read_text("utf-8"))
        digest = body.pop("digest")
        if body["format"] != FORMAT:
            raise BadPlan(f"format: found {body['format']!r}, expected {FORMAT!r}")
        if body["controller"] != company.slug:
            raise BadPlan(f"controller: found {body['controller']!r}, expected {company.slug!r}")
        if digest != _digest(body):
            raise BadPlan("digest: the file was changed after it was written")
        return Planned(body["summary"], [SourcePlan.from_json(one) for one in body["plans"]], 0)
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise BadPlan(f"expected a plan written by --plan-out ({type(error).__name__})") from None


def execute(planned: Planned, company: Controller) -> dict[str, int]:
    """Rehearse all sources, then carry out each in one transaction, then ask again. Rows changed, by source.

    Raises `PlanOutdated` before anything is written when a row changed since; `ConnectorError` otherwise.
    """
    with ExitStack() as stack:
        opened = {
            one.source: stack.enter_context(closing(sources.open_one(company, one.source))) for one in planned.plans
        }
        for one in planned.plans:
            opened[one.source].rehearse(one)
        done = {one.source: sum(receipt.rows for receipt in opened[one.source].execute(one)) for one in planned.plans}
        left = _count(opened[one.source].verify(one) for one in planned.plans)
    return {**done, "left": left}


def _count(found: Iterable[list[Record]]) -> int:
    return sum(len(records) for records in found)


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
