"""The filters of the queue. Each narrows what `queries` lets the reader see; none widens it."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from desk import needs, pages, permissions
from desk.days import SOON
from desk.words import company_name, right_title
from law.rights import Right
from requests_app.models import Case, Claim
from requests_app.states import Stage

Choices = Iterable[tuple[str, Any]]


def having(cases: QuerySet[Case], **which: Any) -> QuerySet[Case]:
    return cases.filter(Exists(Claim.objects.filter(case=OuterRef("pk"), **which)))


class NeedFilter(SimpleListFilter):
    title = _("needs")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(need.code, need.title) for need in needs.NEEDS.values() if need.code not in ("overdue", "soon")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        need = needs.NEEDS.get(self.value() or "")
        return need.narrow(queryset, request.user, _today(request)) if need else queryset


class WhoFilter(SimpleListFilter):
    title = _("caseworker")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        own = permissions.companies(request, *permissions.CASE_ROLES)
        people = model_admin.action_form.base_fields["to"].queryset if own else []
        return [("me", _("Me")), ("nobody", _("Nobody"))] + [
            (str(one.pk), one.get_full_name() or one.get_username()) for one in people if one.pk != request.user.pk
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        chosen = self.value()
        if chosen == "me":
            return queryset.filter(assignee=request.user)
        if chosen == "nobody":
            return queryset.filter(assignee=None)
        return queryset.filter(assignee=chosen) if chosen and chosen.isdigit() else queryset


class DueFilter(SimpleListFilter):
    title = _("time left")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("overdue", _("Overdue")), ("soon", _("Within %(days)d days") % {"days": SOON})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        need = needs.NEEDS.get(self.value() or "")
        return need.narrow(queryset, request.user, _today(request)) if need else queryset


class StageFilter(SimpleListFilter):
    title = _("stage")
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(stage.value, stage.label) for stage in Stage if stage is not Stage.CLOSED]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return having(queryset, stage=self.value()) if self.value() else queryset


class RightFilter(SimpleListFilter):
    title = _("right")
    parameter_name = "right"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(right.value, right_title(right)) for right in Right]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return having(queryset, right=self.value()) if self.value() else queryset


class CompanyFilter(SimpleListFilter):
    title = _("company")
    parameter_name = "company"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        own = permissions.companies(request, *permissions.CASE_ROLES)
        return [(slug, company_name(slug)) for slug in own] if len(own) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return queryset.filter(controller=self.value()) if self.value() else queryset


class OpenFilter(SimpleListFilter):
    """Open cases, unless somebody asks for others or searches."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("closed", _("Closed")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        without = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": self.value() is None, "query_string": without, "display": _("Open")}
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if self.value() == "closed":
            return queryset.exclude(closed_at=None)
        if self.value() == "all" or request.GET.get("q") or request.GET.get("needs"):
            return queryset
        return queryset.filter(closed_at=None)


def _today(request: HttpRequest) -> Any:
    return pages.today_of(permissions.companies(request, *permissions.CASE_ROLES)[0])
