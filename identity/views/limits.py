"""How often a person may press a button here: by address, by case and, as a slow lane, by company.

Asked once for each POST that costs or tells something; refused, the page comes back with what was typed and 429.
"""

from datetime import datetime

from django.http import HttpRequest

from requests_app import access, rates
from requests_app.models import Case


def within(request: HttpRequest, case: Case, *, now: datetime) -> bool:
    """Whether this answer may be looked at; it counts whatever comes of it."""
    caller = access.caller(request)
    return rates.allowed("identity_case", case.reference, now=now) and rates.allowed(
        "identity", caller, now=now, company=case.controller
    )


def may_upload(request: HttpRequest, case: Case, *, now: datetime) -> bool:
    """Whether a file may go through the door, which costs far more than any other answer."""
    caller = access.caller(request)
    return rates.allowed("identity_upload", case.reference, now=now) and rates.allowed(
        "identity_upload_from", caller, now=now, company=case.controller
    )
