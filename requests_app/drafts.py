"""A request on its way: what was typed, question by question, kept in the (sealed) session until it is sent."""

import secrets
from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.http import HttpRequest, QueryDict

from law.rights import IMMEDIATE, Right
from policies.load import Controller
from requests_app import asking, forms
from requests_app.answers import Answers, Representative
from requests_app.controllers import controller
from requests_app.plain_words import QUESTIONS, SCOPED
from requests_app.states import Relation

FORMS: dict[str, type[django_forms.Form]] = {
    "rights": forms.Rights,
    "relation": forms.Relation,
    "about": forms.About,
    "details": forms.Details,
    "later": forms.Later,
    "who": forms.Who,
    "representative": forms.Representative,
    "contact": forms.Contact,
    "find": forms.Find,
}
CHECK = "check"


class Draft:
    """The answers of one session to one company."""

    def __init__(self, request: HttpRequest, slug: str) -> None:
        self._session, self._slug = request.session, slug
        held = request.session.get("drafts", {}).get(slug, {})
        self.token: str = held.get("token") or secrets.token_urlsafe(24)
        self.typed: dict[str, dict[str, list[str]]] = held.get("typed", {})

    def keep(self, step: str, data: QueryDict) -> None:
        """Keep what was typed, right or wrong."""
        self.typed[step] = {name: data.getlist(name) for name in self.form(step).fields}
        self._save({"token": self.token, "typed": self.typed})

    def forget(self) -> None:
        self._save(None)

    def _save(self, held: Mapping[str, Any] | None) -> None:
        drafts = {slug: draft for slug, draft in self._session.get("drafts", {}).items() if slug != self._slug}
        self._session["drafts"] = {**drafts, self._slug: held} if held else drafts

    def form(self, step: str, *, data: QueryDict | None = None) -> django_forms.Form:
        """The form of a step: bound to `data`, else to what was typed before, else empty."""
        if data is None and step in self.typed:
            data = QueryDict(mutable=True)
            for name, values in self.typed[step].items():
                data.setlist(name, values)
        return FORMS[step](data, **self.options(step))

    def options(self, step: str) -> dict[str, Any]:
        """What a form must know of the other answers."""
        if step == "details":
            return {"rights": self.questions(), "company": self.company}
        return {"reachable": self.for_another()} if step == "contact" else {}

    def for_another(self) -> bool:
        return self.typed.get("who", {}).get("who") == ["other"]

    def steps(self) -> list[str]:
        """The questions this request needs, in order."""
        rights = set(self.rights())
        skipped = {
            "about": not rights & SCOPED,
            "details": not rights & set(QUESTIONS),
            "later": Right.erasure not in rights,
            "representative": not self.for_another(),
            "find": bool(rights) and rights <= IMMEDIATE,
        }
        return [step for step in FORMS if not skipped.get(step)]

    def first_open(self) -> str:
        """The first question without a good answer; `check` when all have one."""
        return next((step for step in self.steps() if not self._answered(step)), CHECK)

    def reachable(self, step: str) -> bool:
        """One can go back to anything answered and on to the first open question."""
        order, first = [*self.steps(), CHECK], self.first_open()
        return step in order and order.index(step) <= order.index(first)

    def after(self, step: str) -> str:
        order = [*self.steps(), CHECK]
        return order[order.index(step) + 1] if step in order[:-1] else self.first_open()

    def before(self, step: str) -> str | None:
        order = [*self.steps(), CHECK]
        return order[order.index(step) - 1] if step in order[1:] else None

    def rights(self) -> tuple[Right, ...]:
        chosen = set(self.typed.get("rights", {}).get("rights", []))
        return tuple(right for right in Right if right in chosen)

    def questions(self) -> tuple[Right, ...]:
        return tuple(right for right in self.rights() if right in QUESTIONS)

    def _details(self, data: Mapping[str, Any]) -> dict[Right, dict[str, Any]]:
        found: dict[Right, dict[str, Any]] = {}
        for right in self.questions():
            told = asking.said(right, data, company=self.company)
            found[right] = asking.details(right, data) | ({"said": told} if told else {})
        if data.get("tell_later"):
            found[Right.erasure] = {"tell_later": True}
        return found

    @property
    def company(self) -> Controller:
        return controller(self._slug)

    def _answered(self, step: str) -> bool:
        return step in self.typed and self.form(step).is_valid()

    def clean(self) -> dict[str, Any]:
        """All checked answers, by field name."""
        cleaned: dict[str, Any] = {}
        for step in self.steps():
            form = self.form(step)
            form.is_valid()
            cleaned |= form.cleaned_data
        return cleaned

    def answers(self) -> Answers:
        """For `intake.submit`; only when `first_open()` is `check`."""
        data = self.clean()
        same = ("about", "name", "email", "phone", "address", "postcode", "customer_no", "order_no")
        return Answers(
            rights=self.rights(),
            relation=Relation(data["relation"]),
            date_from=data.get("date_from"),
            date_to=data.get("date_to"),
            statements={right: data.get(right.value, "") for right in self.questions()},
            details=self._details(data),
            other_emails=data.get("other_emails", ()),
            representative=_representative(data),
            **{name: data.get(name, "") for name in same},
        )


def _representative(data: Mapping[str, Any]) -> Representative | None:
    if "speaker_name" not in data:
        return None
    return Representative(
        name=data["speaker_name"],
        email=data["speaker_email"],
        organisation=data["speaker_organisation"],
        kind=data["speaker_kind"],
    )
