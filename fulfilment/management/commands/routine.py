"""`manage.py routine`: the monthly run of one company, by hand: rehearsed, read, approved, carried on with."""

import json
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from connectors.errors import ConnectorError
from fulfilment.management.commands.erase import company_of
from fulfilment.models import RetentionRun
from fulfilment.routine import rehearsal, report, runs, work
from fulfilment.routine.pages import Hand
from law.deadlines import local_day
from policies.load import Controller

WAITS, FAILED = 3, 4


class Command(BaseCommand):
    help = (
        "Carry this month's run of a company as far as it goes: find what has expired, wait for approval the first "
        "time, anonymise or erase, prove. --rehearse shows what a run would do and keeps nothing. Exit codes: 0 done, "
        "1 wrong use, 3 the run waits for approval or for a source, 4 a source failed (rehearsal)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("controller", help="slug of the company")
        parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="the day the rules are asked for "
                            "(default: the first of this month); only a rehearsal may lie ahead")  # fmt: skip
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--rehearse", action="store_true", help="find, decide and try in transactions rolled back")
        act.add_argument("--report", action="store_true", help="show the latest run, and do nothing")
        act.add_argument("--approve", metavar="DIGEST", help="approve the report of this digest, and carry on")
        act.add_argument("--again", action="store_true", help="look through everything anew, before anything was done")
        parser.add_argument(
            "--by", metavar="EMAIL", help="with --approve: the approver or administrator who has read it"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        company = company_of(options["controller"])
        on = options["on"] or local_day(timezone.now(), tz=company.policy.tz).replace(day=1)
        if options["rehearse"]:
            self._rehearse(company, on, options)
            return
        run = self._run(company, on, options)
        self._say(report.of(run, language="en"), options)
        if run.status in runs.ALIVE and not options["report"]:
            raise SystemExit(WAITS)

    def _rehearse(self, company: Controller, on: date, options: dict[str, Any]) -> None:
        try:
            self._say(rehearsal.rehearse(company, on=on), options)
        except ConnectorError as error:
            raise CommandError(str(error), returncode=FAILED) from None

    def _run(self, company: Controller, on: date, options: dict[str, Any]) -> RetentionRun:
        if options["report"]:
            found = RetentionRun.objects.filter(controller=company.slug).first()
            if found is None:
                raise CommandError(f"{company.slug} has had no run yet")
            return found
        try:
            run = runs.start(company.slug, on=on, now=timezone.now())
            if options["again"]:
                runs.again(run, now=timezone.now())
            if options["approve"]:
                runs.approve(run, digest=options["approve"], user=_user(options["by"]), now=timezone.now())
        except ValueError as error:
            raise CommandError(str(error)) from None
        except runs.NotPossible as error:
            raise CommandError(WHY[error.code]) from None
        with Hand() as hand:
            while work.advance(run, hand=hand, now=timezone.now):
                pass
        run.refresh_from_db()
        return run

    def _say(self, said: report.Report, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(said.to_json(), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(report.lines(said)))


WHY = {
    "not_approver": "--by: expected the e-mail of an approver or administrator of this company",
    "changed": "--approve: the report has another digest now; read it again (--report)",
    "policy": "--approve: the company's folder changed since; everything is looked through anew (run `routine` again)",
    "open_points": "--approve: the company has open points that decide about erasure; answer or waive them first",
    "state": "the run is not at a point where that can be done; see --report",
}


def _user(email: str | None) -> Any:
    if not email:
        raise CommandError("--by: expected the e-mail of the approver or administrator who has read the report")
    user = get_user_model().objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(WHY["not_approver"])
    return user
