"""Staff at their desk: a caseworker and an approver of a company, through the desk's own screens."""

from django.contrib.auth import get_user_model
from django.utils import timezone

from desk import acts
from fulfilment import approval, records
from requests_app.models import Claim, Membership
from tests.journeys.people import Workers


class Office:
    """One company's staff: whoever prepares, and whoever approves."""

    def __init__(self, slug: str, *, workers: Workers) -> None:
        self.slug, self.workers = slug, workers
        self.caseworker = self._hire("caseworker", Membership.Role.CASEWORKER)
        self.approver = self._hire("approver", Membership.Role.APPROVER)

    def _hire(self, name, role):
        user = get_user_model().objects.create_user(f"{name}-{self.slug}", f"{name}@{self.slug}.example", "correct-horse-7")
        Membership.objects.create(user=user, controller=self.slug, role=role)
        return user

    def claim(self, reference, right):
        return Claim.objects.select_related("case").get(case__reference=reference, right=right)

    def answer_access(self, reference, right="access"):
        """Start, let the workers collect, look through it, submit; a second person approves."""
        self.start(reference, right)
        self.workers.run()
        self.submit(reference, right)
        self.approve(reference, right)
        self.workers.run()

    def start(self, reference, right):
        acts.start(self.claim(reference, right), user=self.caseworker, now=timezone.now())

    def submit(self, reference, right, **said):
        claim = self.claim(reference, right)
        if right in ("access", "portability"):
            for table in records.tables(claim, language="en"):
                place = {"source": table.source, "collection": table.collection}
                shown = records.records(claim, language="en", count=10_000, **place)
                if held := [one.number for one in shown if one.state == "held"]:
                    acts.hand_out(claim, numbers=held, user=self.caseworker, now=timezone.now(), **place)
        acts.submit(claim, outcome=said.pop("outcome", "granted"), user=self.caseworker, now=timezone.now(), **said)

    def approve(self, reference, right):
        claim = self.claim(reference, right)
        acts.approve(claim, digest=approval.digest(claim), user=self.approver, now=timezone.now())
