"""What was answered, line by line, for the page that asks to check it."""

from collections.abc import Iterator
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
    """One question with its answers; `step` leads back to it."""

    step: str
    question: Words
    answers: tuple[Words, ...]


def asked(case: Case) -> dict[str, Any]:
    """In whose name and for what: whoever presses "it was me" must see what they say yes to."""
    return {"name": case.person.get("name", ""), "rights": [RIGHTS[Right(one.right)].ask for one in case.claims.all()]}


def summary(draft: Draft) -> list[Row]:
    data = draft.clean()
    rows = {
        "rights": lambda: [(_("You ask to"), [RIGHTS[right].ask for right in draft.rights()])],
        "relation": lambda: [(_("You know the company"), [RELATIONS[data["relation"]]])],
        "about": lambda: [(_("About"), list(_about(data)) or [_("Everything")])],
        "details": lambda: [row for right in draft.questions() for row in _details(draft, right, data)],
        "later": lambda: [
            (_("When the rest has been erased"), [_("Write to me") if data.get("tell_later") else _("No letter")])
        ],
        "who": lambda: [(_("Whose data"), [_("Somebody else's") if data["who"] == "other" else _("My own")])],
        "representative": lambda: [(_("Who asks"), list(_speaker(data)))],
        "contact": lambda: [(_("Contact"), list(_present(data, "name", "email", "phone", "address", "postcode")))],
        "find": lambda: [(_("Helps to find it"), list(_found_by(data)) or [_("Nothing written")])],
    }
    return [Row(step, question, tuple(answers)) for step in draft.steps() for question, answers in rows[step]()]


def _details(draft: Draft, right: Right, data: dict[str, Any]) -> Iterator[tuple[Words, list[Words]]]:
    yield QUESTIONS[right][0], [data.get(right.value) or _("Nothing written")]
    yield from ((question, [answer]) for question, answer in asking.said(right, data, company=draft.company))


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
