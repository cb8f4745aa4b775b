"""Pages for what goes wrong, in the visitor's language and without a word about anybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from requests_app.views import frame


def not_found(request: HttpRequest, exception: object = None) -> HttpResponse:
    return _page(
        request, 404, _("This page does not exist"), _("The address may be mistyped, or the page may have moved.")
    )


def forbidden(request: HttpRequest, exception: object = None) -> HttpResponse:
    return _page(request, 403, _("You cannot see this page"), _("It may belong to somebody else."))


def bad_request(request: HttpRequest, exception: object = None) -> HttpResponse:
    return _page(
        request, 400, _("We could not read that"), _("Something in what your browser sent was not as it should be.")
    )


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        _("Please send it once more"),
        _(
            "The page had been open for too long, or your browser does not keep cookies. Go back, load the page again"
            " and send it. The portal uses cookies only to remember what you are writing."
        ),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Uses no session and no database: either may be what broke."""
    title, text = _("Something went wrong on our side"), _("It is not your fault. Please try again in a few minutes.")
    return render(request, "public/broken.html", {"title": title, "text": text}, status=500)


def _page(request: HttpRequest, status: int, title: Any, text: Any) -> HttpResponse:
    frame.speak(request)
    return frame.page(request, "public/error.html", {"title": title, "text": text}, status=status)
