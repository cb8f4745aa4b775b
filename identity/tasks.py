"""Work of the identity room outside a request: looking up and sending the link, and closing what nobody finished."""

from celery import shared_task
from django.utils import timezone

from connectors.errors import ConnectorError
from identity import flows
from identity.methods import email_link
from identity.models import Verification
from requests_app.tasks import post_letters


@shared_task(name="identity.tasks.send_link")
def send_link(verification_id: int) -> None:
    """Look the person up and send the link if the address is known. A source that is down: the sweep asks again."""
    verification = Verification.objects.filter(pk=verification_id, status=Verification.Status.OPEN).first()
    if verification is None:
        return
    try:
        email_link.send(verification, now=timezone.now())
        post_letters()
    except ConnectorError as error:
        flows.note_trouble(verification, code=error.code, now=timezone.now())


@shared_task(name="identity.tasks.sweep")
def sweep() -> None:
    """Each minute: links nobody sent, attempts nobody finished, pictures nobody decided on."""
    now = timezone.now()
    flows.expire(now=now)
    for verification in flows.unsent_links(now=now):
        send_link.delay(verification.pk)
