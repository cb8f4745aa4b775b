"""The staff side: Django's own admin with our screens in it. One file a screen, in `desk/screens/`."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from desk import pages, permissions
from desk.screens import (
    answer,
    approval,
    automated,
    breach,
    case,
    erasure_plan,
    hand_tasks,
    home,
    identity,
    intake,
    later,
    letter_by_hand,
    letters,
    notices,
    objection,
    open_points,
    owner_tasks,
    people,
    proof,
    queue,
    rectification,
    restriction,
    restrictions,
    review,
    routine,
    suppression,
    talk,
    time_limit,
)  # fmt: skip
from requests_app.access import CASE_ROLES
from requests_app.models import Case

CLAIM = "cases/<str:reference>/<slug:right>/"


class DeskSite(AdminSite):
    site_header = site_title = _("Data requests")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever works for a company; Django's staff flag alone opens nothing."""
        return bool(permissions.memberships(request))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Everybody logs in by allauth. Somebody who is logged in and works for no company is told so."""
        if request.user.is_authenticated:
            context = {"has_permission": False}
            return pages.page(request, "desk/no_company.html", context, title=_("No company yet"), status=403)
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return home.show(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        return []

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return pages.frame(request)

    def get_urls(self) -> list[Any]:
        return [*self.screens(), *super().get_urls()]

    def queue(self, request: HttpRequest) -> HttpResponse:
        """One of its own for each request: what can be chosen in it depends on who asks."""
        return queue.Queue(Case, self).changelist_view(request)  # type: ignore[no-any-return]

    def screens(self) -> list[URLPattern]:
        table = f"{CLAIM}review/<slug:source>/<str:collection>/"
        found = [
            ("cases/", permissions.of_roles(*CASE_ROLES)(self.queue), "requests_app_case_changelist"),
            ("cases/<str:reference>/", case.show, "case"),
            ("cases/<str:reference>/assign/", case.assign, "assign"),
            ("cases/<str:reference>/message/", talk.write, "message"),
            ("cases/<str:reference>/files/<int:pk>/", talk.file, "file"),
            ("cases/<str:reference>/letters/<int:pk>/", letters.show, "letter"),
            ("cases/<str:reference>/letters/<int:pk>/again/", letters.again, "letter_again"),
            ("cases/<str:reference>/letters/<int:pk>/posted/", letters.posted, "letter_posted"),
            ("cases/<str:reference>/by-hand/", hand_tasks.show, "hand_tasks"),
            ("cases/<str:reference>/owners/", owner_tasks.show, "owner_tasks"),
            ("cases/<str:reference>/later/", later.show, "later"),
            ("cases/<str:reference>/recipients/", notices.show, "recipients"),
            ("cases/<str:reference>/complaint/", letter_by_hand.complaint, "complaint"),
            ("cases/<str:reference>/breaches/new/", breach.new, "breach_new"),
            ("cases/<str:reference>/breaches/<int:pk>/", breach.show, "breach"),
            ("cases/<str:reference>/breaches/<int:pk>/notice/", letter_by_hand.breach_notice, "breach_notice"),
            ("cases/<str:reference>/identity/ask/", identity.ask, "identity_ask"),
            ("cases/<str:reference>/identity/seen/", proof.seen, "identity_seen"),
            ("cases/<str:reference>/identity/close/", identity.close, "identity_close"),
            ("cases/<str:reference>/identity/<int:pk>/", proof.check, "identity_check"),
            ("cases/<str:reference>/identity/<int:pk>/<int:page>/", proof.picture, "identity_picture"),
            (f"{CLAIM}do/<slug:act>/", case.do, "do"),
            (f"{CLAIM}review/", review.tables, "review"),
            (f"{CLAIM}review/preview/", review.preview, "preview"),
            (table, review.table, "review_table"),
            (f"{CLAIM}answer/", answer.decide, "answer"),
            (f"{CLAIM}approve/", approval.show, "approve"),
            (f"{CLAIM}bundle/<slug:what>/", approval.bundle_file, "bundle_file"),
            (f"{CLAIM}plan/", erasure_plan.show, "plan"),
            (f"{CLAIM}plan/<slug:source>/<str:collection>/", erasure_plan.table, "plan_table"),
            (f"{CLAIM}rectify/", rectification.show, "rectify"),
            (f"{CLAIM}rectify/<str:key>/", rectification.kind, "rectify_kind"),
            (f"{CLAIM}restrict/", restriction.choose, "restrict"),
            ("restrictions/", restrictions.every, "restrictions"),
            ("cases/<str:reference>/restrictions/<int:pk>/", restrictions.one, "restriction"),
            (f"{CLAIM}weigh/", objection.weigh, "weigh"),
            (f"{CLAIM}decision/", automated.review, "decision"),
            (f"{CLAIM}extend/", time_limit.extend, "extend"),
            (f"{CLAIM}clarify/", time_limit.clarify, "clarify"),
            (f"{CLAIM}late/", time_limit.late, "late"),
            ("breaches/", breach.register, "breaches"),
            ("new/", intake.enter, "intake"),
            ("marketing/", suppression.show, "suppression"),
            ("runs/", routine.show, "runs"),
            ("runs/<int:pk>/", routine.one, "run"),
            ("runs/<int:pk>/<slug:what>/", routine.act, "run_act"),
            ("open-points/", open_points.show, "open_points"),
            ("open-points/<slug:slug>/<int:pk>/take-back/", open_points.take_back, "open_point_take_back"),
            ("open-points/<slug:slug>/<str:question>/waive/", open_points.waive, "open_point_waive"),
            ("people/", people.show, "people"),
            ("people/<int:pk>/take/", people.take, "people_take"),
            ("people/<int:pk>/anew/", people.anew, "people_anew"),
        ]
        return [path(place, self.admin_view(view), name=name) for place, view, name in found]


site = DeskSite(name="admin")
site.register(Case, queue.Queue)
