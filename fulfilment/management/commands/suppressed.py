"""`manage.py suppressed COMPANY`: what a mailing program asks before it mails (Art. 21(3)).

Reads one e-mail address a line on standard input, in constant memory. No address is kept, logged or put on the command
line, where other users of the machine could read it.
"""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from fulfilment.management.commands.erase import company_of
from fulfilment.stopping import suppression
from requests_app import one_click

AT_A_TIME = 1000
DOES = ("inverse", "count", "add", "remove", "links")


class Command(BaseCommand):
    help = (
        "Write those of the addresses on standard input that may be mailed, in their order, one a line. "
        "Ask right before each mailing: the list changes by the minute."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("controller", help="slug of the company")
        does = parser.add_mutually_exclusive_group()
        does.add_argument("--inverse", action="store_true", help="write those that must not be mailed")
        does.add_argument("--count", action="store_true", help="write how many were read and how many are suppressed")
        does.add_argument("--add", action="store_true", help="put them on the list: people who said no elsewhere")
        does.add_argument("--remove", action="store_true", help="take them off: people who have said yes again")
        does.add_argument(
            "--links", action="store_true", help="write address, tab, one-click link for List-Unsubscribe"
        )
        parser.add_argument("--because", default="", help="with --remove: how they said yes again (Art. 7(1))")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = company_of(options["controller"]).slug
        does = next((one for one in DOES if options[one]), "")
        if (does == "remove") is not bool(options["because"].strip()):
            raise CommandError("--because: expected with --remove, and only there: how they said yes again (Art. 7(1))")
        lines = (line for line in sys.stdin if line.strip())
        if does in ("", "inverse"):
            self._write(suppression.sift(slug, lines, suppressed=does == "inverse"))
        elif does == "links":
            self._write(f"{one}\t{one_click.url(slug, one)}" for one in map(str.strip, lines))
        else:
            self.stdout.write(getattr(self, f"_{does}")(slug, lines, because=options["because"]))

    def _write(self, lines: Iterable[str]) -> None:
        rest = iter(lines)
        while some := list(islice(rest, AT_A_TIME)):
            self.stdout.write("\n".join(some))

    def _count(self, slug: str, lines: Iterable[str], *, because: str) -> str:
        read = 0

        def counted() -> Iterator[str]:
            nonlocal read
            for line in lines:
                read += 1
                yield line

        held = sum(1 for _ in suppression.sift(slug, counted(), suppressed=True))
        return f"read {read}, suppressed {held}, may be mailed {read - held}; on the list {suppression.count(slug)}"

    def _add(self, slug: str, lines: Iterable[str], *, because: str) -> str:
        pairs = ((suppression.EMAIL, line.strip()) for line in lines)
        added = suppression.add(slug, pairs, why=suppression.Why.COMPANY, now=timezone.now())
        return f"added {added}; on the list {suppression.count(slug)}"

    def _remove(self, slug: str, lines: Iterable[str], *, because: str) -> str:
        with transaction.atomic():
            taken = [suppression.remove(slug, line, because=because, now=timezone.now()) for line in lines]
        return f"taken off {sum(taken)}, not on the list {len(taken) - sum(taken)}"
