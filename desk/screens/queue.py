"""The queue: Django's own change list over `queries`, which is what decides what somebody may see."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import F, Min, Q, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from desk import acts, days, pages, permissions
from desk.screens import queue_filters
from desk.words import company_name, right_title
from requests_app import queries
from requests_app.assignment import NotOfCompany
from requests_app.models import Case, Membership
from requests_app.states import Stage

User = get_user_model()


class List(ChangeList):
    """Rows lead to the case page by their reference, not by their number."""

    def url_for_result(self, result: Case) -> str:
        return reverse("admin:case", args=[result.reference])


class Queue(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("number", "person_name", "company", "claims", "left", "who")
    list_filter = (
        queue_filters.NeedFilter, queue_filters.WhoFilter, queue_filters.DueFilter, queue_filters.StageFilter,
        queue_filters.RightFilter, queue_filters.CompanyFilter, queue_filters.OpenFilter,
    )  # fmt: skip
    search_fields = ("reference",)  # shows the box; what is searched stands in `queries.search`
    search_help_text = _("Reference, name, e-mail, telephone, customer or order number")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 50
    sortable_by = ()
    actions = ("assign_to_me", "assign_to")
    actions_selection_counter = True
    change_list_template = "desk/queue.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        soonest = Min("claims__due_on", filter=~Q(claims__stage=Stage.CLOSED))
        found = queries.cases(request.user).prefetch_related("claims__segments")  # type: ignore[arg-type]
        return found.annotate(soonest=soonest)

    def get_ordering(self, request: HttpRequest) -> Any:
        return (F("soonest").asc(nulls_last=True), "pk")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        several = len(permissions.companies(request, *permissions.CASE_ROLES)) > 1
        return tuple(name for name in self.list_display if several or name != "company")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        return queries.search(queryset, search_term), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return List

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        own = ModelChoiceField(colleagues_of(request), required=False, label=_("Colleague"), empty_label=_("nobody"))
        self.action_form = type("OwnAssignForm", (ActionForm,), {"to": own})  # the site makes a Queue for each request
        return super().changelist_view(request, {"title": _("Cases"), **(extra_context or {})})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.works_on_cases(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.works_on_cases(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only so that actions on many can be chosen; there is no form that changes a case."""
        return bool(permissions.companies(request, permissions.Role.CASEWORKER))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        return []  # the list stands at /staff/cases/; nothing else of the stock pages is wanted

    # --- columns
    @admin.display(description=_("Reference"))
    def number(self, case: Case) -> str:
        return case.reference

    @admin.display(description=_("Person"))
    def person_name(self, case: Case) -> str:
        # Isolated, so that a name written from right to left leaves its row as it is.
        return format_html("<bdi>{}</bdi>", case.person.get("name") or case.person.get("email") or "–")

    @admin.display(description=_("Company"))
    def company(self, case: Case) -> str:
        return company_name(case.controller)

    @admin.display(description=_("Claims"))
    def claims(self, case: Case) -> SafeString:
        told = ((right_title(claim.right), Stage(claim.stage).label) for claim in case.claims.all())
        return format_html_join("", '<span class="line">{} <span class="hint">{}</span></span>', told)

    @admin.display(description=_("Time left"))
    def left(self, case: Case) -> SafeString:
        left = days.of_case(case.claims.all(), today=pages.today_of(case.controller))
        return format_html('<span class="left {}">{}</span>', left.shade, left.text)

    @admin.display(description=_("Caseworker"), empty_value="–")
    def who(self, case: Case) -> str | None:
        return (case.assignee.get_full_name() or case.assignee.get_username()) if case.assignee else None

    # --- actions on many
    @admin.action(description=_("Take: assign to me"), permissions=["change"])
    def assign_to_me(self, request: HttpRequest, cases: QuerySet[Case]) -> None:
        self._assign(request, cases, request.user)

    @admin.action(description=_("Assign to the colleague chosen"), permissions=["change"])
    def assign_to(self, request: HttpRequest, cases: QuerySet[Case]) -> None:
        chosen = colleagues_of(request).filter(pk=request.POST.get("to") or None).first()
        self._assign(request, cases, chosen)

    def _assign(self, request: HttpRequest, cases: QuerySet[Case], to: Any) -> None:
        done, refused, now = 0, 0, timezone.now()
        workable = permissions.companies(request, permissions.Role.CASEWORKER)
        for case in cases:
            try:
                if case.controller not in workable:
                    raise NotOfCompany(case.reference)
                done += acts.assign(case, to, user=request.user, now=now)
            except NotOfCompany:
                refused += 1
        if done:
            messages.success(request, ngettext("%(n)d case assigned.", "%(n)d cases assigned.", done) % {"n": done})
        if refused:
            text = ngettext("%(n)d case belongs to a company that person is no caseworker of.",
                            "%(n)d cases belong to a company that person is no caseworker of.", refused)  # fmt: skip
            messages.error(request, text % {"n": refused})


def colleagues_of(request: HttpRequest, *slugs: str) -> QuerySet[Any]:
    """Caseworkers of the companies the reader works for, or of those named."""
    wanted = slugs or permissions.companies(request, *permissions.CASE_ROLES)
    mine = Membership.objects.filter(controller__in=wanted, role=Membership.Role.CASEWORKER)
    return User.objects.filter(is_active=True, memberships__in=mine).distinct().order_by("first_name", "username")
