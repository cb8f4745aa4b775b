"""`manage.py erase`: plan an erasure for an identity without a case, and carry out a plan made earlier."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from connectors.base import Identity, PlanOutdated
from connectors.errors import ConnectorError
from fulfilment.removing import without_case
from law.deadlines import local_day
from policies.load import Controller
from requests_app.controllers import UnknownController, controller, controllers

CHANGED, FAILED, UNDECIDED = 3, 4, 5


class Command(BaseCommand):
    help = (
        "Plan the erasure of one person's data (--identity … --plan-out FILE), or carry out a plan (--execute FILE). "
        "Exit codes: 0 done, 1 wrong use, 3 the data changed since the plan was made (nothing written), "
        "4 a source failed, 5 planned, but some records need a person's decision (they are left alone)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("controller", help="slug of the company")
        parser.add_argument(
            "--identity", action="append", default=[], metavar="KIND=VALUE", help="e.g. email=a@example.org"
        )
        act = parser.add_mutually_exclusive_group(required=True)
        act.add_argument("--plan-out", type=Path, metavar="FILE", help="write the plan here; changes nothing")
        act.add_argument("--execute", type=Path, metavar="FILE", help="carry out a plan made earlier")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        company = company_of(options["controller"])
        try:
            if options["execute"]:
                self._execute(company, options)
            else:
                self._plan(company, options)
        except PlanOutdated as error:
            raise CommandError(
                f"The data changed since the plan was made; nothing was written. {error}", returncode=CHANGED
            ) from None
        except ConnectorError as error:
            raise CommandError(str(error), returncode=FAILED) from None
        except without_case.BadPlan as error:
            raise CommandError(f"{options['execute']}: {error}") from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None

    def _plan(self, company: Controller, options: dict[str, Any]) -> None:
        on = local_day(timezone.now(), tz=company.policy.tz)
        planned = without_case.plan(company, parse_identity(options["identity"]), on=on)
        digest = without_case.write(planned, company, options["plan_out"], on=on)
        answer = {
            "records": planned.records,
            "undecided": planned.undecided,
            "digest": digest,
            "summary": planned.summary,
        }
        self._say(answer, options, _lines(planned, digest))
        if planned.undecided:
            raise SystemExit(UNDECIDED)

    def _execute(self, company: Controller, options: dict[str, Any]) -> None:
        done = without_case.execute(without_case.read(options["execute"], company), company)
        left = done.pop("left")
        self._say({"rows": done, "left": left}, options, [f"{source}: {rows} rows" for source, rows in done.items()])
        if left:
            raise CommandError(f"{left} rows still hold what should be gone", returncode=FAILED)

    def _say(self, answer: dict[str, Any], options: dict[str, Any], lines: list[str]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False) if options["json"] else "\n".join(lines))


def parse_identity(given: list[str]) -> Identity:
    """["email=a@example.org", "email=b@…"] → Identity. Raises CommandError naming what was found."""
    values: dict[str, tuple[str, ...]] = {}
    for one in given:
        kind, found, value = one.partition("=")
        if not found or not kind or not value.strip():
            raise CommandError(f"--identity: found {one!r}, expected KIND=VALUE such as email=a@example.org")
        values[kind] = (*values.get(kind, ()), value)
    if not values:
        raise CommandError("--identity: expected at least one, such as email=a@example.org")
    return Identity(values)


def company_of(slug: str) -> Controller:
    try:
        return controller(slug)
    except UnknownController:
        known = ", ".join(controllers()) or "none"
        raise CommandError(f"controller: found {slug!r}, expected one of {known}") from None


def _lines(planned: without_case.Planned, digest: str) -> list[str]:
    rows = [
        f"{row['outcome']:<13} {row['count']:>6}  {row['source']}/{row['collection']}"
        + (f"  until {row['keep_through']}" if row["keep_through"] else "")
        + (f"  ({row['held_for'] or row['rule']})" if row["held_for"] or row["rule"] else "")
        for row in planned.summary
    ]
    return [*rows, f"{planned.records} records, {planned.undecided} left to a person. Plan {digest[:16]}…"]
