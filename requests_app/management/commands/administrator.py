"""`manage.py administrator`: a company's first administrator, who gives everybody else their roles in the desk."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from requests_app import memberships
from requests_app.controllers import UnknownController, controller, controllers


class Command(BaseCommand):
    help = (
        "administrator COMPANY EMAIL --name NAME: make the first administrator of a company. An account is made where "
        "there is none; its password is chosen by mail ('Forgot your password?'). Exit codes: 0 done, 1 refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("controller", help="slug of the company")
        parser.add_argument("email")
        parser.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        slug, email = options["controller"], options["email"]
        try:
            controller(slug)
            validate_email(email)
            made = memberships.begin(email, name=options["name"], controller=slug)
        except UnknownController:
            raise CommandError(f"controller: found {slug!r}, expected one of {', '.join(controllers())}") from None
        except memberships.NotAllowed as error:
            raise CommandError(REFUSED.get(error.code, error.code)) from None
        except ValidationError:
            raise CommandError(f"email: found {email!r}, expected an address") from None
        self.stdout.write(f"{made.user} is an administrator of {slug} now.")


REFUSED = {
    "has_administrator": "The company has an administrator: roles are given in the desk, under People.",
    "name_taken": "An account of that name exists with another address.",
}
