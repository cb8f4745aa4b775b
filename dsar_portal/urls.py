from importlib.util import find_spec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import TemplateView

ROOMS = [("staff/", "desk.urls"), ("identity/", "identity.urls"), ("", "fulfilment.urls"), ("", "requests_app.urls")]

urlpatterns: list[URLPattern | URLResolver] = [
    # In front of allauth's own page: whoever changes the address of an account can take the account.
    path("staff/account/email/", login_required(TemplateView.as_view(template_name="account/email.html"))),
    path("staff/account/", include("allauth.urls")),
]
if settings.DSAR_DEMO:
    urlpatterns.append(path("demo/mail/", include("dsar_portal.demo.urls")))
urlpatterns += [path(prefix, include(module)) for prefix, module in ROOMS if find_spec(module)]

handler400 = "requests_app.views.errors.bad_request"
handler403 = "requests_app.views.errors.forbidden"
handler404 = "requests_app.views.errors.not_found"
handler500 = "requests_app.views.errors.broken"
