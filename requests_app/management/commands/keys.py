"""`manage.py keys status|rotate`: what still needs an older master key; seal everything anew under the newest.

Exit code 0: the newest key opens everything. 3: older keys are still needed. 5: something no key opens.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app import keys

OLDER, UNREADABLE = 3, 5


class Command(BaseCommand):
    help = "Count or renew what is sealed with an older master key. Files are not encrypted anew, only their keys."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("status", "rotate"))

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MASTER_KEYS:
            raise CommandError("MASTER_KEYS is missing.", returncode=1)
        if options["act"] == "rotate":
            keys.renew(told=self._renewed)
        counts = keys.status()
        for count in counts:
            if count.older or count.unreadable or options["act"] == "status":
                self.stdout.write(f"{count.place}: newest {count.newest}, older {count.older}, "
                                  f"unreadable {count.unreadable}")
        self._verdict(sum(count.older for count in counts), sum(count.unreadable for count in counts))

    def _renewed(self, count: keys.Count) -> None:
        if count.older:
            self.stdout.write(f"{count.place}: {count.older} sealed anew")

    def _verdict(self, older: int, unreadable: int) -> None:
        given = len(settings.MASTER_KEYS)
        if unreadable:
            raise CommandError(f"{unreadable} values are opened by none of the {given} keys: a key is missing.",
                               returncode=UNREADABLE)
        if older:
            raise CommandError(f"{older} values still need an older key. Run: manage.py keys rotate", returncode=OLDER)
        hours = settings.SESSION_COOKIE_AGE // 3600  # sessions are sealed, too, and renewed by the next click
        rest = f" The older ones can go when the newest has sealed for {hours} hours (sessions)." if given > 1 else ""
        self.stdout.write("The newest key opens everything." + rest)
