"""`manage.py sources check`: the data map against what is really there."""

import json
from contextlib import closing
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from connectors.base import Finding
from connectors.errors import ConnectorError
from fulfilment.management.commands.erase import company_of
from policies.load import Controller
from requests_app import sources


class Command(BaseCommand):
    help = (
        "sources check CONTROLLER: missing tables and columns, unmapped columns, no primary key, NOT NULL that blocks "
        "a mask. Exit codes: 0 nothing wrong, 1 wrong use, 2 errors found, 4 a source could not be asked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["check"])
        parser.add_argument("controller", help="slug of the company")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        company = company_of(options["controller"])
        found: dict[str, list[Finding]] = {}
        silent: dict[str, str] = {}
        for key in company.sources:
            try:
                found[key] = _describe(company, key)
            except ConnectorError as error:
                silent[key] = str(error)
        self._print(found, silent, as_json=options["json"])
        if silent:
            raise SystemExit(4)
        if any(one.level == "error" for findings in found.values() for one in findings):
            raise SystemExit(2)

    def _print(self, found: dict[str, list[Finding]], silent: dict[str, str], *, as_json: bool) -> None:
        if as_json:
            findings = {key: [one.to_json() for one in given] for key, given in found.items()}
            self.stdout.write(json.dumps({"sources": findings, "unreachable": silent}, ensure_ascii=False))
            return
        for key, given in found.items():
            self.stdout.write(f"{key}: findings: {len(given)}" if given else f"{key}: map and source agree")
            for one in given:
                place = f"{one.table}.{one.column}" if one.column else one.table
                self.stdout.write(f"  {one.level:<8} {one.code:<24} {place}  {one.detail}")
        for key, why in silent.items():
            self.stdout.write(f"{key}: {why}")


def _describe(company: Controller, key: str) -> list[Finding]:
    with closing(sources.open_one(company, key)) as connector:
        return connector.describe()
