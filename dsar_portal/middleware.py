"""What holds for every page: no browser, proxy or search engine keeps it, and the desk asks a second factor."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from dsar_portal import known_device, second_factor, staff_sso
from requests_app.views import errors

DESK, ACCOUNT = "/staff/", "/staff/account/"

HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class PrivatePages:
    """Static files are answered before this (whitenoise); a view that means to be cached says so itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class SecondFactor:
    """No page of the desk without it. The pages of one's own account are where it is set up, so they stay open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(DESK):
            return self.get_response(request)
        if request.user.is_authenticated:
            request.user.opens = staff_sso.opens(request)  # type: ignore[union-attr]
            if staff_sso.outgrown(request):
                return staff_sso.by_mail(request)
        request.second_factor_lacking = second_factor.lacking(request)  # type: ignore[attr-defined]
        if request.path_info.startswith(ACCOUNT) or not request.second_factor_lacking:  # type: ignore[attr-defined]
            return self.get_response(request)
        return _led_away(request, why=request.second_factor_lacking)  # type: ignore[attr-defined]


class KnownDevice:
    """Whoever is logged in has logged in here: the browser is known from now on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path_info.startswith(DESK) and request.user.is_authenticated:
            if not known_device.of(request, request.user.pk) and not second_factor.lacking(request):
                known_device.remember(request, response, request.user.pk)
        return response


def _led_away(request: HttpRequest, *, why: str) -> HttpResponseBase:
    if request.method not in ("GET", "HEAD") or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return errors.forbidden(request)  # a script that fetches wants no page; what was posted is not carried out
    if why == "none":
        return redirect("mfa_index")
    logout(request)
    return redirect_to_login(request.get_full_path(), reverse("account_login"))
