"""Stopping marketing in one step: an address and a button, or the link a mailing carries (Art. 21(2)-(3), RFC 8058).

The answer is the same for every address, known or not: a page that told them apart would tell who is a customer.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from law.rights import Right
from policies.load import Controller
from requests_app import access, forms, intake, one_click, rates, tasks
from requests_app.answers import Answers
from requests_app.models import Case
from requests_app.states import Channel
from requests_app.views import frame


@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_company
def stop(request: HttpRequest, company: Controller) -> HttpResponse:
    if request.method != "POST":
        return _page(request, company, form=forms.Stop())
    form, now = forms.Stop(request.POST), timezone.now()
    if not form.is_valid() or form.cleaned_data["website"]:
        return _page(request, company, form=form, trapped=form.is_valid(), status=422)
    email = form.cleaned_data["email"]
    if not (rates.allowed("submit", access.caller(request), now=now, company=company.slug)
            and rates.allowed("mail_to", email.casefold(), now=now)):  # fmt: skip
        form.add_error(None, frame.TOO_MANY)
        return _page(request, company, form=form, status=429)
    _stop(company, email, now=now)
    return _page(request, company, done=True)


@csrf_exempt  # pressed by the reader's mail program, which has no cookie of ours; the sealed address is what it proves
@require_http_methods(["GET", "HEAD", "POST"])
@frame.of_company
def by_link(request: HttpRequest, company: Controller, token: str) -> HttpResponse:
    """A mail scanner that follows the link changes nothing: only a press does, by hand or by the mail program."""
    email = one_click.address(company.slug, token)
    if not email:
        return _page(request, company, form=forms.Stop(), gone=True, status=404)
    if request.method != "POST":
        return _page(request, company, press=True)
    now = timezone.now()
    if rates.allowed("one_click", f"{company.slug} {email.casefold()}", now=now):  # pressed again: it is done already
        _stop(company, email, now=now)
    return _page(request, company, done=True)


def _stop(company: Controller, email: str, *, now: datetime) -> Case:
    """One case, however often the button is pressed within ten minutes. The letter is the receipt: one mail."""
    moment = f"{now:%Y%m%d%H}{now.minute // 10}"
    case = intake.submit(
        Answers(rights=(Right.marketing_objection,), email=email),
        controller=company,
        language=get_language() or "en",
        channel=Channel.FORM,
        received_at=now,
        now=now,
        form_token=f"stop {company.slug} {email.casefold()} {moment}",
        receipt=False,
    )
    tasks.wake_open(case)
    tasks.post_letters()
    return case


def _page(request: HttpRequest, company: Controller, *, status: int = 200, **context: object) -> HttpResponse:
    return frame.page(request, "public/stop.html", context, controller=company, status=status)
