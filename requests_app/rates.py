"""Own rate counters in the database, instead of a captcha that shuts people out and watches them.

Counted by address, by case and by company. The company's count is a slow lane, not a wall: a flood narrows what every
single address may do, so that whoever floods is out and everybody else still gets through.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from requests_app.models import RateCounter
from requests_app.sealed import digest

LIMITS = {  # what: (most, within), for one address, case, mail address … whatever `who` names
    "submit": (20, timedelta(hours=1)),
    "new_link": (5, timedelta(hours=1)),
    "new_link_case": (3, timedelta(hours=1)),
    "redeem": (60, timedelta(hours=1)),
    "proof": (60, timedelta(hours=1)),
    "proof_mail": (6, timedelta(days=1)),
    "proof_mail_first": (20, timedelta(days=1)),  # of each case: who asks for six anew in another shuts nobody out
    "identity": (60, timedelta(hours=1)),
    "identity_case": (30, timedelta(hours=1)),
    "identity_upload": (12, timedelta(hours=1)),
    "identity_upload_from": (30, timedelta(hours=1)),
    "identity_cover": (200, timedelta(hours=1)),
    "message": (30, timedelta(hours=1)),
    "mail_to": (6, timedelta(days=1)),
    "one_click": (6, timedelta(days=1)),
    "recipient": (60, timedelta(hours=1)),
    "owner": (60, timedelta(hours=1)),
    "owner_answer": (60, timedelta(hours=1)),
    "told_list": (3, timedelta(days=1)),
    "download_code": (5, timedelta(hours=1)),
    "download_code_day": (10, timedelta(days=1)),  # with five tries a code: 50 guesses of a million a day
    # staff log-in, counted in dsar_portal/lockout.py
    "staff_address": (300, timedelta(hours=1)),
    "staff_pair": (8, timedelta(minutes=15)),
    "staff_pair_day": (20, timedelta(days=1)),
    "staff_name_day": (100, timedelta(days=1)),
    "staff_code": (5, timedelta(minutes=15)),
    "staff_code_day": (30, timedelta(days=1)),
    "staff_device": (10, timedelta(minutes=15)),
    "staff_device_day": (50, timedelta(days=1)),
    "staff_mail": (5, timedelta(hours=1)),
}
CROWDED = {  # what: (more than these for the whole company within the same time, then this many for each)
    "submit": (300, 3),
    "identity": (1000, 10),
    "identity_upload_from": (200, 4),
}
KEEP = timedelta(days=2)


def allowed(what: str, who: str, *, now: datetime, company: str = "") -> bool:
    """Count one try of `what` by `who` (an address, a reference); False once the limit of the window is passed.

    With a `company` what is allowed counts for it, too; when it is crowded, each `who` has fewer tries left.
    """
    most, length = LIMITS[what]
    mine = _counted(digest(f"rate.{what}", who), _window(length, now))
    if mine > most or not company:
        return mine <= most
    many, each = CROWDED[what]
    all_of_them = _counted(digest(f"rate.{what}.company", company), _window(length, now))
    return all_of_them <= many or mine <= each


def give_back(what: str, who: str, *, now: datetime) -> None:
    """The try counted at `now` was a good one: it does not count."""
    key, window = digest(f"rate.{what}", who), _window(LIMITS[what][1], now)
    RateCounter.objects.filter(key=key, window=window, count__gt=0).update(count=F("count") - 1)


def wait(what: str, *, now: datetime) -> int:
    """Seconds until the window of `what` ends."""
    length = LIMITS[what][1]
    return round((_window(length, now) + length - now).total_seconds()) + 1


def forget(*, now: datetime) -> int:
    """Delete the counters of windows long past."""
    return RateCounter.objects.filter(window__lt=now - KEEP).delete()[0]


def _window(length: timedelta, now: datetime) -> datetime:
    return now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % length


def _counted(key: str, window: datetime) -> int:
    """How often in this window, this time included."""
    if not _count(key, window):
        try:
            with transaction.atomic():
                RateCounter.objects.create(key=key, window=window, count=1)
        except IntegrityError:  # somebody else began the window in this instant
            _count(key, window)
    return RateCounter.objects.get(key=key, window=window).count


def _count(key: str, window: datetime) -> int:
    return RateCounter.objects.filter(key=key, window=window).update(count=F("count") + 1)
