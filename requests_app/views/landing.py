"""The list of companies, the page of one, and its colours."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST, require_safe

from law.identification import Level
from law.rights import IMMEDIATE, Right
from policies.load import Controller
from requests_app.controllers import controllers
from requests_app.plain_words import MEANS, RIGHTS
from requests_app.views import frame

# Art. 21(4): objections are brought to attention apart from everything else.
OBJECTIONS = (Right.marketing_objection, Right.objection)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    companies = sorted(controllers().values(), key=lambda one: one.policy.display_name.casefold())
    return frame.page(request, "public/home.html", {"companies": companies})


@require_safe
@frame.of_company
def company(request: HttpRequest, company: Controller) -> HttpResponse:
    context = {
        "rights": [(right, words) for right, words in RIGHTS.items() if right not in OBJECTIONS],
        "objections": [(right, RIGHTS[right]) for right in OBJECTIONS],
        "means": ways_to_prove(company),
        "no_proof": [RIGHTS[right].ask for right in RIGHTS if right in IMMEDIATE],
        "keeps_document": company.policy.identity.document.offered != "never",
    }
    return frame.page(request, "public/company.html", context, controller=company)


def ways_to_prove(company: Controller) -> list[object]:
    """The means this company offers for a copy of the data, in its own order, in words."""
    identity = company.policy.identity
    levels = [level for level in Level if Level.L1 <= level <= identity.level_map()[Right.access]]
    offered = dict.fromkeys(means for level in levels for means in identity.offered(Right.access, level=level))
    return [MEANS[means] for means in offered if means in MEANS]


@require_safe
@frame.of_company
def brand(request: HttpRequest, company: Controller) -> HttpResponse:
    """The company's colours as custom properties: a stylesheet of its own, so that no page needs an inline style."""
    colours = company.brand.model_dump() if company.brand else {}
    lines = [f"--{name.replace('_', '-')}: {value};" for name, value in colours.items() if not name.startswith("logo")]
    style = ":root { " + " ".join(lines) + " }\n"
    return HttpResponse(style, content_type="text/css", headers=_kept())


@require_safe
@frame.of_company
def logo(request: HttpRequest, company: Controller) -> HttpResponse:
    if not company.logo or not company.logo.is_file():
        raise Http404
    # An SVG can hold scripts; shown as an image it cannot run them, opened by itself it is shut in by its own policy.
    headers = {**_kept(), "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    return HttpResponse(company.logo.read_bytes(), content_type="image/svg+xml", headers=headers)


def _kept() -> dict[str, str]:
    return {"Cache-Control": "public, max-age=600"}


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose a language for this visit."""
    code, back = request.POST.get("language", ""), request.POST.get("next", "/")
    if check_for_language(code):
        request.session[frame.LANGUAGE] = code
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "/")


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    closed = "".join(f"Disallow: {place}\n" for place in ("/case/", "/s/", "/recipient/"))
    return HttpResponse(f"User-agent: *\n{closed}", content_type="text/plain")
