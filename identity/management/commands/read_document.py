"""`manage.py read_document FILE`: what the machine would tell the verifier about this picture or PDF.

For trying out a scanner, a camera or a specimen. It keeps nothing and logs nothing, and prints codes alone;
`--show` prints what was read, too, and is meant for specimens, never for a person's document.
"""

from argparse import FileType
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from identity import reading
from identity.reading.compare import codes
from identity.reading.documents import best
from identity.reading.results import say
from requests_app.door.clean import Refused, clean


class Command(BaseCommand):
    help = "Read the machine-readable zone of a document's picture and print the codes. Keeps and logs nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=FileType("rb"), help="JPEG, PNG, HEIC, WebP or PDF")
        parser.add_argument("--name", default="", help="compare with this name")
        parser.add_argument("--birth-date", type=date.fromisoformat, metavar="DAY", help="and this date of birth")
        parser.add_argument("--valid-until", type=date.fromisoformat, metavar="DAY", help="and this last day")
        parser.add_argument("--show", action="store_true", help="print the lines that were read: for specimens only")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pages = clean(options["file"])
        except Refused as refused:
            raise CommandError(f"The door refuses this file: {refused.code}") from None
        typed = reading.Typed(name=options["name"], birth=options["birth_date"], expires=options["valid_until"])
        read = best([reading.read(page) for page in pages])
        for code, sentence, _ in say(codes(read, typed=typed, today=timezone.localdate())):
            self.stdout.write(f"{code}: {sentence}")
        if options["show"] and read.zone:
            self.stdout.write("\n".join((repr(read.zone.layout), *read.zone.lines)))
            self.stdout.write(f"wrong: {', '.join(read.zone.wrong) or '-'}")
