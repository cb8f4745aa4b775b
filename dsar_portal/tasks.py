from celery import shared_task
from django.core.management import call_command

from dsar_portal import staff_sessions


@shared_task
def clear_sessions() -> None:
    """Expired drafts hold what people typed: they go (Art. 5(1)(e) GDPR)."""
    call_command("clearsessions")
    staff_sessions.forget_ended()
