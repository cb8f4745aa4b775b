"""Work of the identity room outside a request: looking people up, and closing what nobody finished."""

from celery import shared_task
from django.utils import timezone

from connectors.errors import ConnectorError
from identity import flows, methods
from identity.methods import login
from identity.models import Verification
from identity.reading import documents
from identity.waiting import minding
from law.identification import Means
from requests_app.tasks import post_letters


@shared_task(name="identity.tasks.look_up")
def look_up(verification_id: int) -> None:
    """Ask the sources what this means needs: the address to send the link to, the answers to the questions.

    A source that is down: the sweep asks again.
    """
    verification = Verification.objects.filter(pk=verification_id, status=Verification.Status.OPEN).first()
    if verification is None:
        return
    try:
        methods.BY_MEANS[Means(verification.method)].prepare(verification, now=timezone.now())
        post_letters()
    except ConnectorError as error:
        flows.note_trouble(verification, code=error.code, now=timezone.now())


@shared_task(name="identity.tasks.compare_log_in")
def compare_log_in(verification_id: int) -> None:
    """Compare what a log-in said with what the sources hold. A source that is down: the sweep asks again."""
    verification = Verification.objects.filter(pk=verification_id).first()
    if verification is None or not login.claim(verification, now=timezone.now()):
        return
    try:
        flows.submit(verification, {}, now=timezone.now())
        login.tell_staff(verification, now=timezone.now())
        post_letters()
    except ConnectorError as error:
        login.let_go(verification)
        flows.note_trouble(verification, code=error.code, now=timezone.now())
    except flows.Closed:  # decided, used up, or logged in anew, in this moment
        return


@shared_task(name="identity.tasks.read_document")
def read_document(verification_id: int) -> None:
    """Look at what stays visible of a document and note the codes. In a queue of its own: it needs 800 MB."""
    verification = Verification.objects.filter(pk=verification_id).select_related("case").first()
    if verification is not None:
        documents.look_at(verification, now=timezone.now())


@shared_task(name="identity.tasks.sweep")
def sweep() -> None:
    """Each minute: look-ups nobody made, attempts nobody finished, pictures nobody decided on or looked at."""
    now = timezone.now()
    flows.expire(now=now)
    for verification in flows.not_looked_up(now=now):
        look_up.delay(verification.pk)
    for verification in login.not_compared(now=now):
        compare_log_in.delay(verification.pk)
    for verification in documents.unread():
        read_document.apply_async((verification.pk,), expires=55)  # a queue nobody serves does not grow


@shared_task(name="identity.tasks.mind_unanswered")
def mind_unanswered() -> dict[str, int]:
    """Each hour: remind, tell and close where nobody shows who is asking (R-20)."""
    done = minding.mind(now=timezone.now())
    post_letters()
    return dict(done)
