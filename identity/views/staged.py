"""What a session remembers of pictures handed in and not yet sent: which are its own, and what was typed beside them.

The session is sealed (`requests_app.sealed`), and forgets it all when the pictures are sent or taken back.
"""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from identity.views import whose
from requests_app.models import Case

KEY = "document"


def add(request: HttpRequest, case: Case, pages: Iterable[int]) -> None:
    _change(request, case, pages=[*pages, *_mine(request, case).get("pages", [])])


def pages(request: HttpRequest, case: Case) -> list[int]:
    return list(_mine(request, case).get("pages", []))


def remember(request: HttpRequest, case: Case, *, document: str, typed: dict[str, str]) -> None:
    _change(request, case, typed={"document": document, **typed})


def typed(request: HttpRequest, case: Case) -> dict[str, str]:
    """The kind of document, and what was typed to compare it with."""
    return dict(_mine(request, case).get("typed", {}))


def note(request: HttpRequest, case: Case, what: str, page: int) -> None:
    """A page is "covered" or "looked_at"."""
    _change(request, case, **{what: [*noted(request, case, what), page]})


def noted(request: HttpRequest, case: Case, what: str) -> set[int]:
    return set(_mine(request, case).get(what, []))


def forget(request: HttpRequest, case: Case) -> None:
    mine = _name(request, case)
    request.session[KEY] = {name: one for name, one in _all(request).items() if name != mine}


def _name(request: HttpRequest, case: Case) -> str:
    """The person's pictures and those of whoever acts for them are apart."""
    return f"{case.reference}:{whose.subject(request, case)}"


def _all(request: HttpRequest) -> dict[str, Any]:
    return dict(request.session.get(KEY, {}))


def _mine(request: HttpRequest, case: Case) -> dict[str, Any]:
    return dict(_all(request).get(_name(request, case), {}))


def _change(request: HttpRequest, case: Case, **values: Any) -> None:
    request.session[KEY] = {**_all(request), _name(request, case): {**_mine(request, case), **values}}
