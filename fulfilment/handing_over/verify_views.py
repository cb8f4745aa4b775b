"""The page where anybody checks a bundle, and the portal's public keys. No file comes here: a script reads it there."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from fulfilment.extract import signature
from fulfilment.handing_over import signing
from requests_app.views import frame


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return frame.page(request, "fulfilment/verify.html", {"keys": signing.keys().public})


@require_safe
def keys(request: HttpRequest) -> JsonResponse:
    """A JWK Set (RFC 7517) of every key whose signatures count, the signing one first. Open to scripts of any site."""
    headers = {"Cache-Control": "public, max-age=600", "Access-Control-Allow-Origin": "*",
               "Cross-Origin-Resource-Policy": "cross-origin"}  # fmt: skip
    return JsonResponse(signature.published(signing.keys().public), headers=headers)
