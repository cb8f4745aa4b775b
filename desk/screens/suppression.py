"""Who must not get marketing: how many, what the daily look found, and what people still have to stop by hand."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from desk import pages, words
from desk.permissions import companies, of_roles
from fulfilment.extract import shape
from fulfilment.models import HandTask, SuppressionSweep
from fulfilment.planning import by_hand
from fulfilment.stopping import lane, suppression
from requests_app.access import CASE_ROLES
from requests_app.controllers import controllers

SHOWN = 14


@dataclass(frozen=True)
class Company:
    """`failed`: [(source, code)] of the newest look. `tasks`: [(task, where, by which day, late)]."""

    name: str
    listed: int
    looks: list[SuppressionSweep]
    failed: list[tuple[str, str]]
    tasks: list[tuple[HandTask, str, date, bool]]


@require_safe
@of_roles(*CASE_ROLES)
def show(request: HttpRequest) -> HttpResponse:
    found = [_company(slug) for slug in companies(request, *CASE_ROLES)]
    return pages.page(request, "desk/suppression.html", {"companies": found}, title=_("Marketing stopped"))


def _company(slug: str) -> Company:
    looks = list(SuppressionSweep.objects.filter(controller=slug)[:SHOWN])
    failed = [(one["source"], one["error"]) for one in looks[0].tables if one["error"]] if looks else []
    return Company(words.company_name(slug), suppression.count(slug), looks, sorted(set(failed)), _tasks(slug))


def _tasks(slug: str) -> list[tuple[HandTask, str, date, bool]]:
    ours, tasks = controllers().get(slug), []
    for task in by_hand.open_of(slug, codes=(lane.BY_HAND, lane.BY_NAME)) if ours else ():
        where = str(words.HAND_TASKS[task.code])
        if ours and task.source:
            where = ": ".join(shape.named(ours, task.source, task.collection, language=pages.language())[:2])
        until = lane.by_hand_until(task.claim, today=date.min)
        tasks.append((task, where, until, until < pages.today_of(slug)))
    return sorted(tasks, key=lambda one: one[2])
