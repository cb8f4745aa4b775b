"""manage.py extract CONTROLLER --identity email=… --out DIR: the bundle for an identity, without a case.

Exit codes: 0 written · 1 nothing found · 2 wrong arguments · 3 a source did not answer, nothing written.
"""

import json
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from connectors.base import Identity
from connectors.errors import ConnectorError
from fulfilment.collecting import find, loose
from fulfilment.extract.shape import Extract
from fulfilment.handing_over import access, bundle
from law.deadlines import local_day
from law.rights import Right
from requests_app.controllers import UnknownController, controller
from requests_app.paper import languages

WRITTEN, NOTHING, WRONG, NO_ANSWER = 0, 1, 2, 3


class Command(BaseCommand):
    help = "Write the extract (ZIP with PDF, JSON, CSV and manifest) of one person, to try a data map."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("controller", help="slug of the company, such as aj-dk")
        parser.add_argument("--identity", action="append", required=True, metavar="KIND=VALUE",
                            help="email=…, phone=…, customer_no=…; may be given several times")  # fmt: skip
        parser.add_argument("--out", type=Path, required=True, help="folder for the ZIP; made if missing")
        parser.add_argument("--language", help="da, sv, nb or en; default: the company's own")
        parser.add_argument("--right", choices=[Right.access, Right.portability], default=Right.access)
        parser.add_argument("--include-shared", action="store_true",
                            help="also records that are somebody else's too; in a case a reviewer decides")  # fmt: skip
        parser.add_argument("--json", action="store_true", help="tell the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            ours = controller(options["controller"])
        except UnknownController:
            raise CommandError(f"no company called {options['controller']}", returncode=WRONG) from None
        language = options["language"] or languages(ours)[0]
        if language not in languages(ours):
            raise CommandError(f"{ours.slug} writes {', '.join(languages(ours))}, not {language}", returncode=WRONG)
        identity, notes = _identity(options["identity"]), find.Notes()
        with ExitStack() as stack:
            try:
                extract, left_out = loose.extract(
                    ours, identity, language=language, at=now, stack=stack, notes=notes,
                    include_shared=options["include_shared"],
                )  # fmt: skip
            except ConnectorError as error:
                raise CommandError(str(error), returncode=NO_ANSWER) from None
            told = self._write(extract, identity, options, written=local_day(now, tz=ours.policy.tz))
        self._tell(told | {"shared_left_out": left_out, **notes.to_json()}, as_json=options["json"])
        if not told["records"]:
            sys.exit(NOTHING)

    def _write(self, extract: Extract, identity: Identity, options: dict[str, Any], *, written: Any) -> dict[str, Any]:
        told: dict[str, Any] = {"file": None, "records": extract.records, "tables": _counts(extract), "open": []}
        try:
            kind, values, extract = bundle.cover(
                extract, right=options["right"], name="", received=written, searched=identity
            )
        except bundle.Empty:
            return told
        folder: Path = options["out"]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{extract.ours.slug}-{options['right']}-{written}.zip"
        path.touch(mode=0o600)  # personal data: for this account alone
        with path.open("wb") as out:
            sealed = bundle.write(extract, kind, values, out=out, written=written)
        gaps = [f"{gap.what}: {gap.id}" for gap in access.gaps(extract)]
        return told | {
            "file": str(path), "content": sealed.digest, "records": extract.records, "tables": _counts(extract),
            "open": gaps,
        }  # fmt: skip

    def _tell(self, told: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
            return
        for table, count in told["tables"].items():
            self.stdout.write(f"{count:>8}  {table}")
        self.stdout.write(f"{told['records']:>8}  records in all")
        if told["shared_left_out"]:
            self.stdout.write(f"{told['shared_left_out']:>8}  left out: somebody else's too (--include-shared)")
        for one in (*told["gaps"], *told["overlooked"]):
            self.stdout.write(f"     map  {one['code']}: {one['table']} {one['column'] or one['detail']}".rstrip())
        for one in told["ambiguous"]:
            self.stdout.write(f"     who  {one['people']} people fit in {one['source']}.{one['collection']}")
        for gap in told["open"]:
            self.stdout.write(f"     ask  {gap}")
        self.stdout.write(f"written   {told['file']}" if told["file"] else "nothing found, nothing written")


def _identity(given: list[str]) -> Identity:
    values: dict[str, tuple[str, ...]] = {}
    for one in given:
        kind, _, value = one.partition("=")
        if not kind.strip() or not value.strip():
            raise CommandError("--identity wants KIND=VALUE, such as email=anna@example.com", returncode=WRONG)
        values[kind.strip()] = (*values.get(kind.strip(), ()), value.strip())
    return Identity(values)


def _counts(extract: Extract) -> dict[str, int]:
    return {f"{one.source}.{one.collection}": one.count for one in extract.tables}
