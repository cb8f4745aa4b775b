"""What a personal column holds afterwards: NULL where it may be, else a value of its type that points at nobody.

It depends on the row's fingerprint only, so doing it again gives the same.
"""

import hmac
from datetime import date, datetime, time, timedelta, timezone

from django.conf import settings
from django.db import models

WORD = "erased"
DAY = datetime(1970, 1, 2, tzinfo=timezone.utc)  # noqa: UP017 - Python 3.10
SHORTEST_UNIQUE = 12  # hex digits, so that a million of them do not meet
NEUTRAL = (  # the first that fits: DateTimeField is a DateField
    (models.BooleanField, False), (models.DateTimeField, DAY), (models.DateField, date(1970, 1, 2)),
    (models.TimeField, time(0)), (models.DurationField, timedelta(0)), (models.JSONField, {}),
    (models.BinaryField, b""), (models.FloatField, 0), (models.DecimalField, 0), (models.IntegerField, 0),
)


class Blocked(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


def mask(field, *, fingerprint):
    """The value. Blocked with a code where there is none."""
    if getattr(field, "generated", False):
        raise Blocked("generated_column")
    if field.primary_key:
        raise Blocked("key_column")
    if field.null:
        return None
    if field.is_relation:
        raise Blocked("not_null_reference")  # any other value would point at somebody else
    if field.choices:
        raise Blocked("no_neutral_value")  # any of them would be a false statement about somebody
    if isinstance(field, (models.CharField, models.TextField)) and not isinstance(field, models.URLField):
        return _text(field, fingerprint)
    if isinstance(field, (models.URLField, models.FileField)) and not field.unique:
        return ""
    neutral = next((value for kind, value in NEUTRAL if isinstance(field, kind)), Blocked)
    if field.unique or neutral is Blocked:
        raise Blocked("unique" if field.unique else "no_neutral_value")
    return neutral.replace(tzinfo=None) if neutral is DAY and not settings.USE_TZ else neutral


def _text(field, fingerprint):
    suffix = "@erased.invalid" if isinstance(field, models.EmailField) else ""  # RFC 2606: no such address ever
    room = (field.max_length or 64) - len(suffix)
    if not field.unique and not suffix:
        return WORD[: field.max_length]
    if room < SHORTEST_UNIQUE:
        raise Blocked("too_short")
    return hmac.new(fingerprint.encode(), field.attname.encode(), "sha256").hexdigest()[: min(32, room)] + suffix
