"""The person is told who was told, when they ask (Art. 19, second sentence)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fulfilment.models import RecipientNotice
from letters.kinds import Told
from letters.words import notice_status, told_about
from requests_app import correspondence, events
from requests_app.models import Case, Letter
from requests_app.states import Actor

What, Status = RecipientNotice.What, RecipientNotice.Status
OF_ONE_DEED = {What.PUBLIC: What.ERASURE}
"""What is told in the same letter as something else."""


def write(case: Case, *, now: datetime, user: object = None) -> list[Letter]:
    """One letter for each deed that others were told of, whichever claims it served: its subject names the deed, so
    that no two read alike. [] where nobody had to be told yet.

    Who turned out never to have had the data is no recipient and stands in none of them.
    """
    with transaction.atomic():
        letters = [_letter(what, group, case=case, now=now) for what, group in _deeds(case).items()]
        if letters:
            actor = Actor.STAFF if user else Actor.PERSON
            data = {"letters": [letter.pk for letter in letters]}
            events.record(case, "recipients_told_on", now=now, actor=actor, user=user, data=data)  # type: ignore[arg-type]
    return letters


def _deeds(case: Case) -> dict[str, list[RecipientNotice]]:
    deeds: dict[str, list[RecipientNotice]] = {}
    for notice in RecipientNotice.objects.filter(claim__case=case).select_related("claim"):
        what = OF_ONE_DEED.get(What(notice.what), What(notice.what))
        deeds.setdefault(str(what), []).append(notice)
    return deeds


def _letter(what: str, group: Sequence[RecipientNotice], *, case: Case, now: datetime) -> Letter:
    language = case.language
    told = dict.fromkeys(
        Told(name=one.name, on=one.told_on, status=notice_status(one.status, language))
        for one in group
        if one.status != Status.NOT_DISCLOSED
    )
    values = {"told": tuple(told), "what": told_about(what, language)}
    return correspondence.write(case, "recipients_list", now=now, values=values, claim=group[0].claim)
