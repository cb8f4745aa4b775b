from importlib.util import find_spec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView, TemplateView

from dsar_portal import staff_login, staff_sessions, staff_sso

ROOMS = [("staff/", "desk.urls"), ("identity/", "identity.urls"), ("", "fulfilment.urls"), ("", "requests_app.urls")]

urlpatterns: list[URLPattern | URLResolver] = [
    # In front of allauth's own page: whoever changes the address of an account can take the account.
    path("staff/account/email/", login_required(TemplateView.as_view(template_name="account/email.html"))),
    path("staff/account/login/", staff_login.log_in, name="account_login"),
    path("staff/account/company/<slug:slug>/", staff_sso.leave, name="staff_sso"),
    path("staff/account/company/<slug:slug>/back/", staff_sso.back, name="staff_sso_back"),
    # allauth's own doors for log-ins elsewhere: ours are beside, and check more.
    re_path("^staff/account/(?:3rdparty|oidc|social)/", staff_login.no_such_page),
    path("staff/account/sessions/", staff_sessions.show, name="usersessions_list"),
    path("staff/account/2fa/webauthn/", RedirectView.as_view(pattern_name="mfa_index")),  # all factors on one page
    path("staff/account/", include("allauth.urls")),
]
if settings.DSAR_DEMO:
    urlpatterns.append(path("demo/mail/", include("dsar_portal.demo.urls")))
urlpatterns += [path(prefix, include(module)) for prefix, module in ROOMS if find_spec(module)]

handler400 = "requests_app.views.errors.bad_request"
handler403 = "requests_app.views.errors.forbidden"
handler404 = "requests_app.views.errors.not_found"
handler500 = "requests_app.views.errors.broken"
