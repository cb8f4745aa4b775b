"""Who works for the company, in which roles: for administrators, who see no cases."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from desk import acts, pages
from desk.permissions import Role, companies, of_roles
from desk.words import company_name
from requests_app import memberships
from requests_app.models import Membership

WRONG = {
    "oneself": gettext_lazy("Nobody gives or takes their own roles. Ask another administrator."),
    "not_administrator": gettext_lazy("You do not administer this company."),
    "role": gettext_lazy("There is no such role."),
    "name_taken": gettext_lazy("An account of that name exists already, with another address."),
}

ANEW = {
    "oneself": gettext_lazy("Nobody does this for themselves. Ask another administrator."),
    "not_administrator": gettext_lazy(
        "This colleague works for a company you do not administer, too. Ask whoever runs the portal."
    ),
}


class GiveForm(forms.Form):
    company = forms.ChoiceField(label=gettext_lazy("Company"))
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), error_messages={"required": gettext_lazy("Write the e-mail address.")}
    )
    name = forms.CharField(label=gettext_lazy("Name, for a new colleague"), max_length=150, required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)

    def __init__(self, *args: Any, slugs: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].choices = [(slug, company_name(slug)) for slug in slugs]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@of_roles(Role.ADMINISTRATOR)
def show(request: HttpRequest) -> HttpResponse:
    slugs = companies(request, Role.ADMINISTRATOR)
    form = GiveForm(request.POST or None, slugs=slugs)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            acts.give_role(
                data["email"], name=data["name"], controller=data["company"], role=data["role"], user=request.user
            )
        except memberships.NotAllowed as error:
            form.add_error(None, WRONG[error.code])
        else:
            pages.tell(request, _("Done. A new colleague chooses a password by “Forgot your password?” at the log-in."))
            return redirect("admin:people")
    staff = [(company_name(slug), list(memberships.of_company(slug))) for slug in slugs]
    context = {"form": form, "staff": staff}
    return pages.page(
        request, "desk/people.html", context, title=_("People and roles"), status=422 if form.errors else 200
    )


@require_POST
@of_roles(Role.ADMINISTRATOR)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Membership.objects.filter(controller__in=companies(request, Role.ADMINISTRATOR))
    membership = get_object_or_404(mine.select_related("user"), pk=pk)
    try:
        acts.take_role(membership, user=request.user)
        pages.tell(request, _("The role has ended."))
    except memberships.NotAllowed as error:
        pages.warn(request, WRONG[error.code])
    return redirect("admin:people")


@require_POST
@of_roles(Role.ADMINISTRATOR)
def anew(request: HttpRequest, pk: int) -> HttpResponse:
    """Telephone, key and codes are lost: the colleague begins as on the first day, and is told."""
    mine = Membership.objects.filter(controller__in=companies(request, Role.ADMINISTRATOR))
    colleague = get_object_or_404(mine.select_related("user"), pk=pk).user
    try:
        acts.log_in_anew(colleague, user=request.user)
    except memberships.NotAllowed as error:
        pages.warn(request, ANEW[error.code])
    else:
        get_adapter().send_mail("account/email/log_in_anew", colleague.email, {"user": colleague})
        pages.tell(
            request, _("Done. Your colleague chooses a password by “Forgot the password?”, then a new second step.")
        )
    return redirect("admin:people")
