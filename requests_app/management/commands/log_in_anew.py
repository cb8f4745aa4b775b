"""`manage.py log_in_anew`: somebody of staff has lost their second factor, and no administrator may help."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app import staff_accounts


class Command(BaseCommand):
    help = (
        "log_in_anew EMAIL --because WHY: take away password and second factors of somebody of staff and end their "
        "sessions; they choose a password by mail ('Forgot the password?') and set up a new factor. Make sure first "
        "that it is really them who ask. Exit codes: 0 done, 1 refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--because", required=True, help="why, and how you know who asked: kept in the log")

    def handle(self, *args: Any, **options: Any) -> None:
        found = User.objects.filter(email__iexact=options["email"])[:2]
        if len(found) != 1:
            raise CommandError("email: expected the address of one account")
        staff_accounts.log_in_anew(found[0], by=None, why=options["because"])
        self.stdout.write("Done: password and second factors are gone, every session has ended.")
