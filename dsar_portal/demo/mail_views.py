"""The mail catcher's reader, in the demo only: every letter the portal sent, as the person would get it."""

import mailbox
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import parsedate_to_datetime
from typing import Any

from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

SHOWN = 200


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("to", "").strip().lower()
    messages = [_summary(key, message) for key, message in _messages()]
    if wanted:
        messages = [message for message in messages if wanted in message["to"].lower()]
    messages.sort(key=lambda message: message["sent"], reverse=True)
    return render(request, "demo_mail/inbox.html", {"messages_caught": messages[:SHOWN], "to": wanted})


@require_safe
def message(request: HttpRequest, key: str) -> HttpResponse:
    found = _message(key)
    text = found.get_body(("plain",))
    names = [part.get_filename() or "attachment" for part in found.iter_attachments()]
    return render(request, "demo_mail/message.html", _summary(key, found) | {
        "text": text.get_content() if text else "", "has_html": found.get_body(("html",)) is not None,
        "attachments": list(enumerate(names))})


@require_safe
@xframe_options_sameorigin
@csp({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "img-src": ["data:"], "frame-ancestors": ["'self'"],
      "sandbox": ["allow-top-navigation-by-user-activation"]})
def html(request: HttpRequest, key: str) -> HttpResponse:
    """What somebody typed into a form may come back here as HTML: it runs nothing, loads nothing, posts nothing."""
    body = _message(key).get_body(("html",))
    if body is None:
        raise Http404
    return HttpResponse('<base target="_top">' + body.get_content())


@require_safe
def attachment(request: HttpRequest, key: str, number: int) -> HttpResponse:
    parts = list(_message(key).iter_attachments())
    if number >= len(parts):
        raise Http404
    content = parts[number].get_payload(decode=True) or b""
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}-{_plain(parts[number].get_filename())}"'
    return response


def _maildir() -> mailbox.Maildir:
    return mailbox.Maildir(settings.DSAR_MAILDIR, factory=None, create=True)


def _messages() -> list[tuple[str, EmailMessage]]:
    box = _maildir()
    return [(key, _parsed(box.get_bytes(key))) for key in box.keys()]


def _message(key: str) -> EmailMessage:
    try:
        return _parsed(_maildir().get_bytes(key))
    except KeyError:
        raise Http404 from None


def _parsed(raw: bytes) -> EmailMessage:
    return BytesParser(policy=default).parsebytes(raw)  # type: ignore[return-value]  # the default policy makes EmailMessage


def _summary(key: str, message: EmailMessage) -> dict[str, Any]:
    return {"key": key, "to": str(message["to"] or ""), "sender": str(message["from"] or ""),
            "subject": str(message["subject"] or ""), "sent": parsedate_to_datetime(str(message["date"]))}


def _plain(name: str | None) -> str:
    return "".join(sign for sign in name or "attachment" if sign.isascii() and (sign.isalnum() or sign in "._-"))
