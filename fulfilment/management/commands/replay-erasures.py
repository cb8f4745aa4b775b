"""`manage.py replay-erasures`: after a source was restored, do again what had been erased, corrected and marked."""

import json
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from connectors.errors import ConnectorError
from fulfilment.management.commands.erase import FAILED, UNDECIDED, company_of
from fulfilment.removing import replay
from policies.load import Controller


class Command(BaseCommand):
    help = (
        "Do again in one source what was erased, corrected and marked there since the backup it was restored from. "
        "Exit codes: 0 done, 1 wrong use, 4 a source failed, 5 done, but some rows need a person. Harmless to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("controller", help="slug of the company")
        parser.add_argument("--source", required=True, metavar="NAME", help="as in sources.yaml")
        parser.add_argument("--since", required=True, metavar="DATE",
                            help="the day, or the moment (ISO 8601), the backup was taken")  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="look and rehearse; write nothing")
        parser.add_argument("--keys", action="store_true", help="show the keys of rows for a person (personal data)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        company, now = company_of(options["controller"]), timezone.now()
        if options["source"] not in company.sources:
            known = ", ".join(company.sources)
            raise CommandError(f"--source: found {options['source']!r}, expected one of {known}")
        since = moment(options["since"], company, now=now)
        try:
            report = replay.run(company, source=options["source"], since=since, now=now, dry_run=options["dry_run"])
        except ConnectorError as error:
            raise CommandError(str(error), returncode=FAILED) from None
        told = answer(report, options, since=since)
        self.stdout.write(json.dumps(told, ensure_ascii=False) if options["json"] else in_words(told))
        if report.people:
            raise CommandError(f"{len(report.people)} rows need a person.", returncode=UNDECIDED)


def moment(text: str, company: Controller, *, now: datetime) -> datetime:
    """The start of a day where the company is, or the moment itself. CommandError where it is none, or to come."""
    try:
        if len(text) == len("2026-11-22"):
            at = datetime.combine(date.fromisoformat(text), time.min, ZoneInfo(company.policy.tz))
        else:
            at = datetime.fromisoformat(text)
            at = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(company.policy.tz))
    except ValueError:
        raise CommandError(f"--since: found {text!r}, expected a day such as 2026-11-22") from None
    if at > now:
        raise CommandError(f"--since: found {text}, expected a day that has come")
    return at.astimezone(UTC)


def answer(report: replay.Report, options: dict[str, Any], *, since: datetime) -> dict[str, Any]:
    people = [
        {"case": one.case, "table": one.collection, "why": one.code} | ({"key": one.key} if options["keys"] else {})
        for one in report.people
    ]
    return {
        "controller": options["controller"], "source": options["source"], "since": since.isoformat(),
        "dry_run": options["dry_run"], "plans": report.plans, "again": dict(sorted(report.again.items())),
        "standing": report.standing, "people": people, "by_hand": dict(report.by_hand), "routine": report.routine,
        "proved": report.proved,
        "suppressed": report.suppressed,
    }  # fmt: skip


def in_words(told: dict[str, Any]) -> str:
    again = ", ".join(f"{count} {action}" for action, count in told["again"].items()) or "nothing"
    lines = [
        f"{told['plans']} plans were carried out in {told['source']} since {told['since']}.",
        f"{'To do again' if told['dry_run'] else 'Done again'}: {again}. As it must be: {told['standing']} rows.",
    ]
    if not told["dry_run"]:
        lines.append(f"Asked again: {'everything holds' if told['proved'] else 'NOT PROVED'}.")
        lines.append(f"Suppressed addresses that came back and were marked: {told['suppressed']}.")
    lines += [f"A person must look: {one['case']} {one['table']} ({one['why']}) {one.get('key', '')}".rstrip()
              for one in told["people"]]  # fmt: skip
    lines += [f"Seen to by hand before, so look again: {table}, {count}" for table, count in told["by_hand"].items()]
    lines += [f"The monthly run of {month} worked since the backup: the next one finds its rows again."
              for month in told["routine"]]  # fmt: skip
    return "\n".join(lines)
