from celery import shared_task
from django.core.management import call_command


@shared_task
def clear_sessions() -> None:
    """Expired drafts hold what people typed: they go (Art. 5(1)(e) GDPR)."""
    call_command("clearsessions")
