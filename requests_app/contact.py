"""Where a case answers to. Once the address on file has proved who is asking, everything goes there and nowhere else.

Whoever wrote an address into the form may be somebody else: a stranger who asks in a customer's name must not
receive what the customer's own click released (Art. 32).
"""

from datetime import datetime

from django.db import transaction

from requests_app import access, events
from requests_app.models import Case, SearchToken
from requests_app.searching import tokens
from requests_app.states import Actor


def move_to(case: Case, address: str, *, now: datetime, keep: int | None = None) -> bool:
    """Answer to this address from now on; every link given before ends. False when it is the address already.

    `keep`: the link of whoever proved it just now.

    Then, too: whoever typed the customer's own address into the form still holds a page of the case.
    """
    access.revoke(case, access.Purpose.STATUS, now=now, keep=keep)
    person = dict(case.person)
    given = str(person.get("email", ""))
    if given.strip().casefold() == address.strip().casefold():
        return False
    others = [one for one in person.get("other_emails", []) if one] + ([given] if given else [])
    case.person = {**person, "email": address, "other_emails": others}
    with transaction.atomic():
        case.save(update_fields=["person"])
        SearchToken.objects.bulk_create(
            [SearchToken(case=case, kind=kind, digest=value) for kind, value in tokens(case.person)],
            ignore_conflicts=True,
        )
        events.record(case, "address_moved", now=now, actor=Actor.PERSON)
    return True
