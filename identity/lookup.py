"""What the sources know about whoever is asking: the e-mail addresses on file and the answers to control questions.

Read-only, by the identifiers the person gave. Two people who fit are never merged: then only an address the person gave
themselves can be the right one.
"""

import re
import unicodedata
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

from connectors import walk
from connectors.base import Identity, Record
from policies.load import Controller
from policies.sources import target
from requests_app import sources
from requests_app.controllers import controller
from requests_app.models import Case
from requests_app.proofs import fold
from requests_app.sealed import digest

NUMBERS = ("customer_no", "order_no")  # never the telephone alone (DTN 20/02144)
POSTCODE = re.compile(
    r"(?:(?:DK|SE|NO|FI|FO|GL|AX|IS|D|S|N)[- ]?)?"  # the country before it
    r"(?P<code>\d{3} ?\d{2}|\d{3,4})"
    r"(?:,? +[^\W\d]\D*)?",  # the town behind it
    re.IGNORECASE,
)


@dataclass(frozen=True)
class OnFile:
    """`emails`: addresses in the rows found, folded. `answers`: question id → answers in the rows found."""

    emails: frozenset[str]
    answers: Mapping[str, frozenset[str]]

    def address_for(self, person: Mapping[str, Any]) -> str:
        """Where the link goes: the address given if it is on file; else the one on file, if there is just one."""
        given = fold(str(person.get("email", "")))
        if given and given in self.emails:
            return given
        return next(iter(self.emails)) if len(self.emails) == 1 else ""


def look_up(case: Case) -> OnFile:
    """Ask every source by the address given; if nobody knows it, by the other addresses; else by the numbers.

    Never by all at once: what another address leads to would answer the control question for this one.
    Raises `ConnectorError` when a source cannot be asked.
    """
    for identity in identities(case.person):
        found = _look_up(case, identity)
        if found.emails:
            return found
    return OnFile(frozenset(), {})


def _look_up(case: Case, identity: Identity) -> OnFile:
    company = controller(case.controller)
    emails: set[str] = set()
    answers: dict[str, set[str]] = {}
    with ExitStack() as stack:
        opened = [stack.enter_context(closing(connector)) for connector in sources.open_all(company)]
        for record in walk.find(opened, identity, gaps=lambda *_: None):
            if record.shared:
                continue  # somebody else's row proves nothing about this person
            emails |= _emails(record, company)
            for question, value in _answers(record, company):
                answers.setdefault(question, set()).add(value)
    return OnFile(frozenset(emails), {key: frozenset(values) for key, values in answers.items()})


def identities(person: Mapping[str, Any]) -> list[Identity]:
    """The address given, the other ones, the numbers: apart, since each may lead to somebody else. Never empty ones."""
    others = tuple(str(one) for one in person.get("other_emails") or ())
    given = [
        {"email": (str(person["email"]),)} if person.get("email") else {},
        {"email": others} if others else {},
        {kind: (str(person[kind]),) for kind in NUMBERS if person.get(kind)},
    ]
    return [Identity(values) for values in given if values]


def _emails(record: Record, company: Controller) -> set[str]:
    dataset = company.datasets[company.sources[record.source].dataset]
    fields = next(one.fields for one in dataset.collections if one.name == record.collection)
    named = {field.name for field in fields if field.fides_meta and field.fides_meta.identity == "email"}
    return {fold(str(record.fields[name])) for name in named if record.fields.get(name)}


def _answers(record: Record, company: Controller) -> list[tuple[str, str]]:
    found = []
    for question in company.policy.identity.control_questions:
        for place in map(target, question.compare):
            if (place.source, place.collection) == (record.source, record.collection):
                value = str(record.fields.get(place.column) or "")
                if value.strip():
                    found.append((question.id, value))
    return found


def normal_answer(value: str) -> str:
    """What makes no difference in an answer: case, spaces and signs, whose digits, a country before a postcode, the
    town behind it. 'DK-2620 Albertslund' is '2620', 'ord 10 045' is 'ORD-10045'."""
    text = unicodedata.normalize("NFKC", value).strip()
    if postcode := POSTCODE.fullmatch(text):
        text = postcode["code"]
    digits = (str(unicodedata.digit(one, one)) for one in text)
    return "".join(one for one in "".join(digits) if one.isalnum()).casefold()


def digest_answer(question: str, answer: str) -> str:
    return digest(f"control_question:{question}", normal_answer(answer))


def digest_answers(on_file: OnFile) -> dict[str, list[str]]:
    """Question id → digests of its right answers; a value of signs only is no answer."""
    found = {
        question: sorted({digest_answer(question, one) for one in given if normal_answer(one)})
        for question, given in on_file.answers.items()
    }
    return {question: digests for question, digests in found.items() if digests}
