"""Who may open which page. A case of another company and no case at all look the same: 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from requests_app import access, queries
from requests_app.access import CASE_ROLES
from requests_app.controllers import UnknownController, controller
from requests_app.models import Case, Claim, Membership

Role = Membership.Role
View = Callable[..., HttpResponseBase]


def memberships(request: HttpRequest) -> dict[str, frozenset[str]]:
    """Companies and roles of whoever is logged in; asked once a request."""
    if not hasattr(request, "desk_memberships"):
        request.desk_memberships = access.memberships(request.user)  # type: ignore[attr-defined]
    found: dict[str, frozenset[str]] = request.desk_memberships
    return found


def roles(request: HttpRequest, slug: str) -> frozenset[str]:
    return memberships(request).get(slug, frozenset())


def companies(request: HttpRequest, *wanted: str) -> list[str]:
    """Companies in which the person has one of these roles."""
    return [slug for slug, own in memberships(request).items() if own & set(wanted)]


def works_on_cases(request: HttpRequest) -> bool:
    return bool(companies(request, *CASE_ROLES))


def of_case(*needed: str) -> Callable[[View], View]:
    """The view gets the `Case`, or 404. `needed`: roles of which one is asked for beyond that, or 403."""

    def door(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, reference: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                case = queries.case(request.user, reference)  # type: ignore[arg-type]
                company = controller(case.controller)
            except (Case.DoesNotExist, UnknownController):
                raise Http404 from None
            if needed and not roles(request, case.controller) & set(needed):
                raise PermissionDenied
            with timezone.override(company.policy.tz):  # the day of a case is the controller's day
                return view(request, case, *args, **kwargs)

        return wrapped

    return door


def of_claim(*needed: str) -> Callable[[View], View]:
    """The view gets the `Claim` of the case with the right named in the address."""

    def door(view: View) -> View:
        @of_case(*needed)
        @wraps(view)
        def wrapped(request: HttpRequest, case: Case, right: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            claim = Claim.objects.filter(case=case, right=right).first()
            if claim is None:
                raise Http404
            claim.case = case
            return view(request, claim, *args, **kwargs)

        return wrapped

    return door


def of_roles(*needed: str) -> Callable[[View], View]:
    """A page that is about no case: for those who have one of the roles anywhere."""

    def door(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not companies(request, *needed):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return wrapped

    return door
