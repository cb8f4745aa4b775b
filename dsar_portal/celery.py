"""The worker side. The broker carries only wake-ups: work, lease and ledger live in the database."""

import os

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dsar_portal.settings")

app = Celery("dsar_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """Celery would install a formatter of its own that prints task arguments and results."""


@worker_init.connect
@beat_init.connect
def refuse_unsafe_start(**_: object) -> None:
    from dsar_portal.checks import refuse_unsafe_start as refuse  # Django is not set up when this file loads

    refuse()
