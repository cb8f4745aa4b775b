"""What needs somebody now: counts that are links to exactly those cases."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from desk import needs, pages, permissions
from desk.screens import routine
from fulfilment.planning import restricted
from requests_app import queries


def show(request: HttpRequest) -> HttpResponse:
    if not permissions.works_on_cases(request):
        return redirect("admin:people")
    own = permissions.companies(request, *permissions.CASE_ROLES)
    today = pages.today_of(own[0])
    cases = queries.cases(request.user)  # type: ignore[arg-type]
    counts = needs.counts(cases.prefetch_related(None), user=request.user, today=today)
    open_ones = cases.filter(closed_at=None).aggregate(
        mine=Count("pk", filter=Q(assignee=request.user)), open=Count("pk")
    )
    context = {
        **open_ones,
        "counts": counts,
        "resting": restricted.count(own),
        "runs": routine.waiting(own),
        "nothing": not any(count for _need, count in counts),
    }
    return pages.page(request, "desk/home.html", context, title=_("What needs you now"))
