"""Own rate counters in the database, instead of a captcha that shuts people out and watches them."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from requests_app.models import RateCounter
from requests_app.sealed import digest

LIMITS = {
    "submit": (20, timedelta(hours=1)),
    "new_link": (5, timedelta(hours=1)),
    "new_link_case": (3, timedelta(hours=1)),
    "redeem": (60, timedelta(hours=1)),
    "proof": (60, timedelta(hours=1)),
    "message": (30, timedelta(hours=1)),
    "mail_to": (6, timedelta(days=1)),
    "one_click": (6, timedelta(days=1)),
    "recipient": (60, timedelta(hours=1)),
    "told_list": (3, timedelta(days=1)),
    "download_code": (5, timedelta(hours=1)),
    "download_code_day": (10, timedelta(days=1)),  # with five tries a code: 50 guesses of a million a day
}
KEEP = timedelta(days=2)


def allowed(what: str, who: str, *, now: datetime) -> bool:
    """Count one try of `what` by `who` (an address, a reference); False once the limit of the window is passed."""
    limit, length = LIMITS[what]
    window = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % length
    key = digest(f"rate.{what}", who)
    if not _count(key, window):
        try:
            with transaction.atomic():
                RateCounter.objects.create(key=key, window=window, count=1)
        except IntegrityError:  # somebody else began the window in this instant
            _count(key, window)
    return RateCounter.objects.get(key=key, window=window).count <= limit


def forget(*, now: datetime) -> int:
    """Delete the counters of windows long past."""
    return RateCounter.objects.filter(window__lt=now - KEEP).delete()[0]


def _count(key: str, window: datetime) -> int:
    return RateCounter.objects.filter(key=key, window=window).update(count=F("count") + 1)
