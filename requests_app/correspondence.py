"""Which letter for which act. The only maker of `Letter` rows; `outbox` sends them.

A letter is frozen when it is written: text, language and digest never change. A letter read on the status page is
followed by a mail that says only that there is news.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from law.deadlines import local_day
from law.reasons import say
from law.rights import IMMEDIATE, Right
from letters.kinds import KINDS, Values
from letters.render import Rendered, render
from requests_app import access, clock, events
from requests_app.controllers import controller
from requests_app.models import Case, Claim, Letter, SealedFile
from requests_app.paper import letterhead
from requests_app.states import Actor

NO_ADDRESS = "no_address"
TO_OTHERS = frozenset({"recipient_notice", "officer_notice", "owner_asked", "owner_reminded", "owner_escalated"})
"""Letters that are never for the person."""


def write(
    case: Case,
    kind: str,
    *,
    now: datetime,
    values: Mapping[str, Any] | Values | None = None,
    claim: Claim | None = None,
    attachment: SealedFile | None = None,
    attachment_name: str = "",
    to: str = "",
    language: str = "",
) -> Letter:
    """Write one letter in the language of the case. Raises `letters.render.LetterError` for a wrong kind or value.

    `to`: another address than the one given with the request. `language`: another than the case's, for a reader who is
    not the person (a recipient told under Art. 19 is written to in the company's first). With a mapping, `reference`,
    `name`, `received`, `right`, `due` and `status_url` are filled in where the kind has them.
    """
    if kind in TO_OTHERS and not to:
        raise ValueError(f"{kind} without an address would go to the person")
    shape, language = KINDS[kind], language or case.language
    with transaction.atomic():
        text = rendered(case, kind, now=now, values=values, claim=claim, language=language)
        by_mail = shape.channel == "mail"
        to = (to or address_of(case)) if by_mail else ""
        stuck = by_mail and not to
        letter = Letter.objects.create(
            case=case,
            claim=claim,
            kind=kind,
            language=language,
            channel=shape.channel,
            to=to,
            subject=text.subject,
            html=text.html,
            body=text.body,
            text=text.text,
            sha256=text.sha256,
            created_at=now,
            attachment=attachment,
            attachment_name=attachment_name,
            sent_at=None if by_mail else now,
            next_try_at=now if by_mail else None,
            failed_at=now if stuck else None,
            error=NO_ADDRESS if stuck else "",
        )
        events.record(
            case,
            "letter_written",
            now=now,
            actor=Actor.SYSTEM,
            claim=claim,
            data={"kind": kind, "letter": letter.pk, "sha256": text.sha256},
        )
        if not by_mail:
            tell_news(case, now=now)
    return letter


def write_once(case: Case, kind: str, *, now: datetime, values: Mapping[str, Any] | Values) -> tuple[Letter, bool]:
    """A letter by hand, and whether it is new: pressed twice, the very same letter goes out once."""
    with transaction.atomic():
        Case.objects.select_for_update().only("pk").get(pk=case.pk)
        text = rendered(case, kind, now=now, values=values)
        before = case.letters.filter(kind=kind, sha256=text.sha256).first()
        return (before, False) if before else (write(case, kind, now=now, values=values), True)


def rendered(
    case: Case,
    kind: str,
    *,
    now: datetime,
    values: Mapping[str, Any] | Values | None = None,
    claim: Claim | None = None,
    language: str = "",
) -> Rendered:
    """The letter as `write` would freeze it now; nothing is kept. Raises as `write` does."""
    company = controller(case.controller)
    filled = values if isinstance(values, Values) else _fill(KINDS[kind].values, case, claim, values or {}, now=now)
    today = local_day(now, tz=company.policy.tz)
    paper = letterhead(company)
    return render(kind, language=language or case.language, values=filled, letterhead=paper, written=today)


def tell_news(case: Case, *, now: datetime) -> None:
    """A mail that says that there is something to read. None while an earlier one still waits in the outbox."""
    if address_of(case) and not case.letters.filter(kind="news", sent_at=None, failed_at=None).exists():
        write(case, "news", now=now)


def acknowledge(case: Case, *, now: datetime) -> Letter:
    """Receipt with the date of the answer and how it was counted (R-04). Sent at once, whoever proves what later."""
    claim = case.claims.order_by("-due_on", "pk")[0]
    steps = clock.explain(claim, today=_today(case, now)).steps
    values = {
        "due": claim.due_on, "reasons": tuple(say(step, case.language) for step in steps),
        "prove": any(Right(one.right) not in IMMEDIATE for one in case.claims.all()),
    }  # fmt: skip
    return write(case, "acknowledgement", now=now, values=values)


def ask_to_confirm(case: Case, *, now: datetime) -> Letter | None:
    """Ask whether the address is right. Nothing waits for the answer (R-02)."""
    if not address_of(case):
        return None
    link, secret = access.issue(case, access.Purpose.CONFIRM_EMAIL, now=now)
    return write(
        case,
        "confirm_email",
        now=now,
        values={
            "confirm_url": access.absolute(reverse("public:confirm", args=[secret])),
            "valid_until": local_day(link.expires_at, tz=controller(case.controller).policy.tz),
        },
    )


def address_of(case: Case) -> str:
    """Where mail goes: to whoever asks, which is the representative where there is one (R-10)."""
    speaker = case.representative or {}
    return speaker.get("email") or case.person.get("email", "")


def _fill(shape: type[Values], case: Case, claim: Claim | None, given: Mapping[str, Any], *, now: datetime) -> Values:
    """The values of a letter: what was given, and what every case knows by itself."""
    known = {
        "reference": lambda: case.reference,
        "name": lambda: case.person.get("name", ""),
        "received": lambda: case.received_on,
        "right": lambda: claim.right if claim else "",
        "due": lambda: claim.due_on if claim else None,
        "status_url": lambda: access.status_url(case, now=now),
    }
    names = [field.name for field in fields(shape)]
    return shape(**{name: known[name]() for name in names if name in known and name not in given}, **given)


def _today(case: Case, now: datetime) -> date:
    return local_day(now, tz=controller(case.controller).policy.tz)
