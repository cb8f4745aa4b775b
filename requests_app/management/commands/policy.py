"""`manage.py policy check [COMPANY …] | show SLUG | schema`: what the companies promise, checked and printed.

Exit codes: 0 all is well, 1 something is wrong with a policy, 2 the command was called wrongly.
"""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from policies import report, show
from policies.load import homes, load_all
from policies.problems import PolicyError, nearest


class Command(BaseCommand):
    help = "Check the companies' files, show what one company promises, or print the JSON Schema of its files."
    requires_system_checks: list[str] = []  # a broken policy must not stop the command that explains it

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="refuse wrong files with file, line, found and expected")
        strict = "what each company must settle before it goes live, in its words; fails while anything is open"
        check.add_argument("--strict", action="store_true", help=strict)
        check.add_argument("companies", nargs="*", metavar="COMPANY", help="only these; all without")
        printed = actions.add_parser("show", help="print one policy with its sources and what is to be confirmed")
        printed.add_argument("slug")
        printed.add_argument("--language", default="en")
        schema = actions.add_parser("schema", help="print the JSON Schema of policy.yaml")
        schema.add_argument("--sources", action="store_true", help="of sources.yaml instead")
        for one in (check, printed):
            one.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        done = {"check": self._check, "show": self._show, "schema": self._schema}[options["action"]](**options)
        if done:
            sys.exit(done)

    def _check(self, *, strict: bool, companies: list[str], **options: Any) -> int:
        folders = settings.DSAR_CONTROLLERS_PATH
        there = {home.name for home in homes(folders)}
        for slug in companies:
            if slug not in there:
                self.stderr.write(f"No company {slug!r}{nearest(slug, there)}. There is {', '.join(sorted(there))}.")
                return 2
        today = timezone.localdate()
        found = report.check_all(folders, strict=strict, only=companies, today=today)
        self.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=2) if options["json"] else str(found))
        return 0 if found.ok else 1

    def _show(self, *, slug: str, language: str, **options: Any) -> int:
        try:
            companies = load_all(settings.DSAR_CONTROLLERS_PATH)
        except PolicyError as error:
            self.stderr.write(str(error))
            return 1
        if slug not in companies:
            self.stderr.write(f"No company {slug!r}{nearest(slug, companies)}. There is {', '.join(companies)}.")
            return 2
        if language not in companies[slug].policy.languages:
            self.stderr.write(
                f"{slug} does not speak {language!r}; it speaks {', '.join(companies[slug].policy.languages)}."
            )
            return 2
        company = companies[slug]
        self.stdout.write(
            json.dumps(show.as_json(company), ensure_ascii=False, indent=2)
            if options["json"]
            else show.as_text(company, language=language)
        )
        return 0

    def _schema(self, *, sources: bool, **options: Any) -> int:
        self.stdout.write(json.dumps(show.schema(sources=sources), ensure_ascii=False, indent=2))
        return 0
