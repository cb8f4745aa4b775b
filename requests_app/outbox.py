"""Sends what `correspondence` wrote, over SMTP.

The lease is a compare-and-set in the row: attempts + 1 and the next try beyond the lease, before a byte is sent. Two
workers never hold the same letter. Should a worker die between the server's "250 accepted" and our mark, the
letter goes out once more after the lease, under the same Message-ID: a letter the law asks for rather arrives
twice than not at all.
"""

import logging
import smtplib
from datetime import date, datetime, timedelta
from email.utils import formataddr, parseaddr

import pyrage
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q, QuerySet

from law.deadlines import local_day
from requests_app import clock, events, vault
from requests_app.controllers import UnknownController, controller
from requests_app.models import Letter
from requests_app.paper import contact
from requests_app.states import Actor

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
BOUND = frozenset({
    "proof_link", "download_code", "delivery_ready", "bundle_sent", "recipient_notice", "owner_asked", "owner_reminded",
    "owner_escalated",
})  # fmt: skip
TIMED, TOO_LATE = "extension", "too_late"
NO_ADDRESS = "no_address"  # somebody prints and posts it
WRITTEN_DOWN = timedelta(days=3)
"""What went by post in time may be written down so much later; after that nobody has been told."""
ATTEMPTS = 16  # with these waits: about two days and a half


class MailRefused(Exception):
    """The letter was not taken. `permanent`: trying again would change nothing."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code, self.permanent = code, permanent


def due(*, now: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(
        Q(next_try_at=None) | Q(next_try_at__lte=now), channel=Letter.Channel.MAIL, sent_at=None, failed_at=None
    )


def send_due(*, now: datetime, most: int = 200) -> int:
    """Send what is due; how many went out. A letter that fails does not hold up the next."""
    waiting = due(now=now).values_list("pk", flat=True)
    return sum(_send_one(pk, now=now) for pk in list(waiting[:most]))


def _send_one(pk: int, *, now: datetime) -> bool:
    try:
        return send(Letter.objects.select_related("case", "claim__case", "attachment").get(pk=pk), now=now)
    except InvalidToken:  # no master key opens this row: a person must look, and the others go on
        Letter.objects.filter(pk=pk).update(failed_at=now, error="unreadable")
        log.error("letter cannot be read", extra={"letter": pk, "code": "unreadable"})
        return False


def send(letter: Letter, *, now: datetime) -> bool:
    """Send one letter if nobody else holds it."""
    if (
        not due(now=now)
        .filter(pk=letter.pk, attempts=letter.attempts)
        .update(attempts=F("attempts") + 1, next_try_at=now + LEASE)
    ):
        return False
    letter.attempts += 1
    try:
        _in_time(letter, now=now)
        _hand_over(letter)
    except MailRefused as refused:
        _not_sent(letter, refused, now=now)
        return False
    Letter.objects.filter(pk=letter.pk).update(sent_at=now, next_try_at=None, error="")
    events.record(
        letter.case, "letter_sent", now=now, actor=Actor.SYSTEM, data={"letter": letter.pk, "kind": letter.kind}
    )
    return True


def _in_time(letter: Letter, *, now: datetime) -> None:
    """A notice of extension leaves within the first month or not at all; then there is no extension (Art. 12(3), R-26).

    The worker that could not reach the mail server for a week must not tell people of something that no longer is.
    """
    if letter.kind != TIMED or letter.claim is None:
        return
    claim = letter.claim
    today = local_day(now, tz=controller(letter.case.controller).policy.tz)
    if claim.notice_by and today > claim.notice_by:
        clock.take_back_extension(claim, today=today, now=now)
        raise MailRefused(TOO_LATE, permanent=True)
    if not claim.segments.filter(kind=clock.EXTENSION).exists():  # taken back before; somebody tries the letter again
        raise MailRefused(TOO_LATE, permanent=True)


def end_untold_extensions(*, now: datetime) -> int:
    """Extensions whose letter never left, and cannot any more; how many were taken back.

    A letter another worker holds right now may be leaving at this moment: it is left to that worker.
    """
    count = 0
    resting = Q(next_try_at=None) | Q(next_try_at__lte=now)
    held = Letter.objects.filter(resting, kind=TIMED, sent_at=None, claim__segments__kind=clock.EXTENSION)
    for letter in held.select_related("case", "claim"):
        try:
            _in_time(letter, now=now - (WRITTEN_DOWN if letter.error == NO_ADDRESS else timedelta()))
        except MailRefused as refused:
            _not_sent(letter, refused, now=now)
            count += 1
        except UnknownController:
            continue
    return count


class NotPosted(Exception):
    """Only a letter without an address goes by post, on a day since it was written, and a notice of time in time."""


def posted(letter: Letter, *, on: date, now: datetime, user: object) -> None:
    """Staff printed and posted a letter that has no e-mail address on the day `on`. Raises `NotPosted`."""
    tz = controller(letter.case.controller).policy.tz
    first, last = local_day(letter.created_at, tz=tz), local_day(now, tz=tz)
    if letter.kind == TIMED and letter.claim:
        last = min(last, letter.claim.notice_by or last)
        if not letter.claim.segments.filter(kind=clock.EXTENSION).exists():
            raise NotPosted(letter.kind)
    mine = Letter.objects.filter(pk=letter.pk, sent_at=None, error=NO_ADDRESS)
    if not first <= on <= last or not mine.update(sent_at=now, failed_at=None, next_try_at=None, error=""):
        raise NotPosted(letter.kind)
    data = {"letter": letter.pk, "kind": letter.kind, "on": on.isoformat()}
    events.record(letter.case, "letter_posted", now=now, actor=Actor.STAFF, user=user, data=data)  # type: ignore[arg-type]


class AddressFixed(Exception):
    """This letter may go to no other address: what it carries was proved for, or belongs to, the one it has."""


def may_readdress(letter: Letter) -> bool:
    """A slip in the address can be mended while nobody has proved who they are; afterwards it is what was proved."""
    return letter.kind not in BOUND and not letter.case.events.filter(kind="identity_passed").exists()


def retry(letter: Letter, *, now: datetime, user: object, to: str = "") -> None:
    """Staff try a failed letter again, to a corrected address if need be. Raises `AddressFixed`."""
    if to and not may_readdress(letter):
        raise AddressFixed(letter.kind)
    changes = {"failed_at": None, "error": "", "attempts": 0, "next_try_at": now} | ({"to": to} if to else {})
    if Letter.objects.filter(pk=letter.pk, sent_at=None).exclude(failed_at=None).update(**changes):
        events.record(letter.case, "letter_retried", now=now, actor=Actor.STAFF, user=user, data={"letter": letter.pk})  # type: ignore[arg-type]


def wait(attempts: int) -> timedelta:
    """How long to wait after this many attempts: 1, 2, 4 … minutes, at most six hours."""
    return min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)


def _hand_over(letter: Letter) -> None:
    try:
        _mail(letter).send()
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(max(code for code, _ in error.recipients.values()), error) from error
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused, smtplib.SMTPHeloError) as error:
        # Our own set-up is wrong, not the letter: keep trying while somebody mends it.
        raise MailRefused(f"smtp_{error.smtp_code}", permanent=False) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailRefused("smtp_unreachable", permanent=False) from error
    except UnknownController as error:
        raise MailRefused("unknown_controller", permanent=False) from error
    except (vault.Shredded, pyrage.DecryptError, ValueError) as error:  # ValueError: a header that would break the mail
        raise MailRefused("unsendable", permanent=True) from error


def _refusal(code: int, error: Exception) -> MailRefused:
    return MailRefused(f"smtp_{code}", permanent=500 <= code < 600)


def _mail(letter: Letter) -> EmailMultiAlternatives:
    company = controller(letter.case.controller)
    reply_to = contact(company, "email")
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = sender.rsplit("@", 1)[-1]
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((company.policy.display_name, sender)),
        to=[letter.to],
        reply_to=[reply_to] if reply_to else None,
        headers={
            "Message-ID": f"<{letter.pk}.{letter.sha256[:24]}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": letter.language,
        },
    )
    mail.attach_alternative(letter.html, "text/html")
    if letter.attachment:
        mail.attach(letter.attachment_name or "file", vault.read(letter.attachment), letter.attachment.content_type)
    return mail


def _not_sent(letter: Letter, refused: MailRefused, *, now: datetime) -> None:
    given_up = refused.permanent or letter.attempts >= ATTEMPTS
    Letter.objects.filter(pk=letter.pk).update(
        error=refused.code,
        failed_at=now if given_up else None,
        next_try_at=None if given_up else now + wait(letter.attempts),
    )
    log.warning("letter not sent", extra={"case": letter.case.reference, "letter": letter.pk, "code": refused.code})
    if given_up:
        events.record(
            letter.case,
            "letter_failed",
            now=now,
            actor=Actor.SYSTEM,
            data={"letter": letter.pk, "kind": letter.kind, "code": refused.code},
        )
