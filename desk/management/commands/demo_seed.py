"""Sample staff and sample cases for the demo, made by the same functions as real ones. Run twice it changes nothing."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.test.utils import override_settings
from django.utils import timezone

from desk import demo_stories
from requests_app import waivers
from requests_app.controllers import controllers
from requests_app.models import Membership

PASSWORD = "demo-desk-2026"  # noqa: S105  printed for everybody to read; the command refuses to run outside the demo
ROLES = Membership.Role
PEOPLE = {
    ROLES.CASEWORKER: ("Karin", "Case"),
    ROLES.APPROVER: ("Anders", "Second"),
    ROLES.ADMINISTRATOR: ("Astri", "Admin"),
}
REASON = "Demo: the company has been asked and has not answered yet. The answer says plainly what is missing."
GATE = ("ajos",)
"""Here answers to access and erasure wait, so that a reader sees what blocks them and can waive it."""
SILENT = "django.core.mail.backends.dummy.EmailBackend"
"""Mail of sample cases goes nowhere: the demo's mail catcher shows only what the reader's own requests bring."""


class Command(BaseCommand):
    help = "Sample staff and cases (only with DSAR_DEMO=1)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--staff-only", action="store_true", help="log-ins, but no cases")

    def handle(self, *args: Any, staff_only: bool = False, **options: Any) -> None:
        if not settings.DSAR_DEMO:
            raise CommandError("demo_seed makes accounts whose password everybody knows: it runs only with DSAR_DEMO=1")
        self.stdout.write(f"Staff log-ins (the password of all is {PASSWORD}):")
        for slug, company in controllers().items():
            staff = {role: _member(role, slug) for role in PEOPLE}
            names = "  ".join(f"{user.get_username():26}" for user in staff.values())
            self.stdout.write(f"  {company.policy.legal_name:24} {names}".rstrip())
            _go_on(slug, staff[ROLES.APPROVER])
            if not staff_only:
                with override_settings(EMAIL_BACKEND=SILENT):
                    demo_stories.tell_all(company, staff=staff, now=timezone.now())


def _go_on(slug: str, approver: Any) -> None:
    """Nobody at these companies has answered: somebody answers for going on, bar where the demo shows a closed gate."""
    for point in waivers.points(slug):
        if point.waiver is None and point.blocks and (slug not in GATE or "letterhead" in point.blocks):
            waivers.waive(slug, question=point.question.id, reason=REASON, user=approver, now=timezone.now())


def _member(role: str, slug: str) -> Any:
    first, last = PEOPLE[ROLES(role)]
    users, name = get_user_model().objects, f"{role}.{slug}"
    user = users.filter(username=name).first()
    if user is None:
        user = users.create_user(name, f"{name}@example.com", PASSWORD, first_name=first, last_name=last)
    Membership.objects.get_or_create(user=user, controller=slug, role=role)
    return user
