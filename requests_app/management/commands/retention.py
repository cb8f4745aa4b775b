"""`manage.py retention CONTROLLER`: what happens to one record, and why (Art. 5(1)(e), 17 and the bookkeeping acts).

It reads the company's policy and the facts given, no case and no source. Exit code 2 where the question cannot be
answered; an open question of the company is an answer: `undetermined`.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from policies.ask import Asked, applied, ask
from policies.facts import Wrong, read_day
from policies.load import Controller, load_all
from policies.problems import PolicyError, nearest
from requests_app.command_line import LANGUAGES, plainly, printed, steps


class Command(BaseCommand):
    help = "Say what happens to one record of a company on a day, and why."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("controller", help="a company, by the name of its folder")
        parser.add_argument("--data", required=True, metavar="KIND", help="such as invoice or warranty_record")
        parser.add_argument(
            "--facts",
            nargs="+",
            action="extend",
            default=[],
            metavar="NAME=VALUE",
            help="what is known: dates, true/false, periods (P7Y), none = it has not happened",
        )
        parser.add_argument("--subject", help="whose data it is, where neither KIND nor the facts tell")
        parser.add_argument("--on", required=True, metavar="DAY", help="the day the question is asked for")
        parser.add_argument("--requested", action="store_true", help="a person asked for erasure (Art. 17)")
        parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the sentences")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with plainly():
            company = _company(options["controller"])
            asked = ask(
                company, data=options["data"], facts=options["facts"], subject=options["subject"],
                requested=options["requested"], on=read_day("on", options["on"]),
            )  # fmt: skip
        answer = _answer(company, asked, language=options["language"])
        self.stdout.write(printed(answer, as_json=options["json"]))


def _company(slug: str) -> Controller:
    try:
        companies = load_all(settings.DSAR_CONTROLLERS_PATH)
    except PolicyError as error:
        raise CommandError(str(error), returncode=1) from None
    if slug not in companies:
        raise Wrong("controller", repr(slug), f"one of {', '.join(companies)}{nearest(slug, companies)}")
    return companies[slug]


def _answer(company: Controller, asked: Asked, *, language: str) -> dict[str, Any]:
    """`keep_through`: where something else decides (a hold, a request), the day the rule's own period ended or ends."""
    decision = asked.decision
    rule = applied(company.policy.law_rules(), decision.rule)
    return {
        "outcome": decision.outcome,
        "keep_through": decision.keep_through or decision.period_end,
        "action_date": decision.action_date,
        "basis": decision.basis,
        "rule": decision.rule,
        "law": rule.legal_duty if rule else None,
        "data": asked.kind,
        "subject": asked.subject,
        "steps": steps(asked.reasons, language),
    }
