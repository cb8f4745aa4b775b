"""What was answered, line by line, for the page that asks to check it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from law.citations import spell_date
from law.rights import Right
from requests_app import asking
from requests_app.drafts import Draft
from requests_app.models import Case
from requests_app.plain_words import KINDS_OF_SPEAKER, QUESTIONS, RELATIONS, RIGHTS, Words


@dataclass(frozen=True)
class Row:
    """One question with its answers; `step` leads back to it. `about`: the right it is asked for."""

    step: str
    question: Words
    answers: tuple[Words, ...]
    about: Words = ""


def asked(case: Case) -> dict[str, Any]:
    """In whose name and for what: whoever presses "it was me" must see what they say yes to."""
    return {"name": case.person.get("name", ""), "rights": [RIGHTS[Right(one.right)].ask for one in case.claims.all()]}


def summary(draft: Draft) -> list[Row]:
    data = draft.clean()
    rows = {
        "rights": lambda: [(_("You ask to"), [RIGHTS[right].ask for right in draft.rights()])],
        "relation": lambda: [(_("You know the company"), [RELATIONS[data["relation"]]])],
        "about": lambda: [(_("About"), list(_about(data)) or [_("Everything")])],
        "later": lambda: [
            (_("When the rest has been erased"), [_("Write to me") if data.get("tell_later") else _("No letter")])
        ],
        "who": lambda: [(_("Whose data"), [_("Somebody else's") if data["who"] == "other" else _("My own")])],
        "representative": lambda: [(_("Who asks"), list(_speaker(data)))],
        "contact": lambda: [(_("Contact"), list(_present(data, "name", "email", "phone", "address", "postcode")))],
        "find": lambda: [(_("Helps to find it"), list(_found_by(data)) or [_("Nothing written")])],
    }
    return [
        row for step in draft.steps()
        for row in (_details(draft, data) if step == "details" else _rows(step, rows[step]()))
    ]  # fmt: skip


def _rows(step: str, given: Iterable[tuple[Words, list[Words]]]) -> Iterator[Row]:
    yield from (Row(step, question, tuple(answers)) for question, answers in given)


def _details(draft: Draft, data: dict[str, Any]) -> Iterator[Row]:
    """In the order in which the form asks."""
    for right in draft.questions():
        words = [(QUESTIONS[right][0], data.get(right.value) or _("Nothing written"))]
        told = asking.said(right, data, company=draft.company)
        for question, answer in [*told, *words] if asking.choices_first(right) else [*words, *told]:
            yield Row("details", question, (answer,), about=RIGHTS[right].ask)


def _about(data: dict[str, Any]) -> Iterator[str]:
    if data.get("about"):
        yield data["about"]
    if data.get("date_from"):
        yield _("From %(day)s") % {"day": _day(data["date_from"])}
    if data.get("date_to"):
        yield _("Until %(day)s") % {"day": _day(data["date_to"])}


def _speaker(data: dict[str, Any]) -> Iterator[Words]:
    yield from _present(data, "speaker_name", "speaker_email")
    yield KINDS_OF_SPEAKER[data["speaker_kind"]]
    yield from _present(data, "speaker_organisation")


def _found_by(data: dict[str, Any]) -> Iterator[str]:
    if data.get("customer_no"):
        yield _("Customer number %(number)s") % {"number": data["customer_no"]}
    if data.get("order_no"):
        yield _("Order or invoice %(number)s") % {"number": data["order_no"]}
    yield from data.get("other_emails", ())


def _day(value: date) -> str:
    return spell_date(value, get_language() or "en")


def _present(data: dict[str, Any], *names: str) -> Iterator[str]:
    yield from (data[name] for name in names if data.get(name))
