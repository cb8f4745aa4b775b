"""Who received this person's data, how each is told, and the least they must know to act on it (Art. 19, 5(1)(c))."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from connectors import maps
from fulfilment.collecting import chunks, find
from fulfilment.extract import shape
from fulfilment.models import RecipientNotice
from fulfilment.planning import restricted
from policies.load import Controller
from policies.promises import Recipient
from requests_app.controllers import controller
from requests_app.models import Claim

Way = RecipientNotice.Way
ERASED = (RecipientNotice.What.ERASURE, RecipientNotice.What.PUBLIC)
GONE = ("erase", "anonymise", "by_hand")
Lines = Collection[Mapping[str, Any]]
"""Lines of `plans.summarise`."""


@dataclass(frozen=True)
class Addressee:
    """One to be told. `to`: the address of a letter, or the name of the variable of a webhook; empty by hand.

    `kinds`: all it ever receives (words of `policies.kinds`); empty: anything.
    """

    recipient: str
    name: str
    way: str
    to: str
    publishes: bool
    kinds: frozenset[str] = frozenset()


def of(company: Controller) -> tuple[Addressee, ...]:
    """Every recipient of the policy, processors included (Art. 4(9)).

    Told by hand, each name is one to be told; by letter or webhook the company gave one address for all of an entry.
    """
    return tuple(one for recipient in company.policy.recipients for one in _addressees(recipient, company))


def concerned(claim: Claim, *, what: str, lines: Lines | None = None) -> tuple[Addressee, ...]:
    """Those of the register who may have the data: of an erasure by what is gone, else by what was found of the person.
    `lines`: what is gone, where the newest plan does not say it.

    Nobody else hears of it: a notice tells that somebody is a customer (Art. 5(1)(c)).
    """
    company = controller(claim.case.controller)
    if what in ERASED and (gone := _gone(claim, company, lines)):
        return tuple(one for one in of(company) if _meets(one, gone))
    if what == RecipientNotice.What.RECTIFICATION and (kinds := {kind for _change, kind in _changes(claim)}):
        return tuple(one for one in of(company) if not one.kinds or one.kinds & kinds)
    found, before = _kinds_found(claim, company), set(claim.notices.values_list("recipient", flat=True))
    if not found:  # nothing was collected; or it has been destroyed again, and nobody new is concerned
        anyone = not before and claim.closed_at is None
        return tuple(one for one in of(company) if anyone or one.recipient in before)
    return tuple(one for one in of(company) if not one.kinds or one.kinds & found or one.recipient in before)


def _meets(one: Addressee, tables: Mapping[str, frozenset[str]]) -> bool:
    return not one.kinds or any(one.kinds & kinds for kinds in tables.values())


def _gone(claim: Claim, company: Controller, lines: Lines | None) -> dict[str, frozenset[str]]:
    """Label → kinds of the tables in which the newest erasure took something; what was kept is nobody's to erase.

    All `lines` count: what staff saw to by hand was once to be kept, and says so in its outcome.
    """
    if lines is not None:
        return _labels({(line["source"], line["collection"]) for line in lines}, company)
    plan = claim.plans.filter(purpose__in=("erase", "later")).exclude(status="stale").order_by("-pk").first()
    rows = plan.summary if plan else ()
    return _labels({(row["source"], row["collection"]) for row in rows if row.get("outcome") in GONE}, company)


def _labels(places: Collection[tuple[str, str]], company: Controller) -> dict[str, frozenset[str]]:
    """Label → kinds of these tables, in the company's language."""
    language = as_told(company)
    found: dict[str, frozenset[str]] = {}
    for source, name, table in company.collections():
        if (source, name) in places:
            label = shape.say(table.label, language)
            found[label] = found.get(label, frozenset()) | table.kinds()
    return found


def _kinds_found(claim: Claim, company: Controller) -> frozenset[str]:
    tables = set(claim.collected.values_list("source", "collection"))
    return frozenset(
        kind for source, name, table in company.collections() if (source, name) in tables for kind in table.kinds()
    )


def named(company: Controller, recipient: str) -> Addressee | None:
    """The addressee as the policy has it today, or None where it does not have it any more."""
    return next((one for one in of(company) if one.recipient == recipient), None)


def _addressees(recipient: Recipient, company: Controller) -> list[Addressee]:
    language = company.policy.languages[0]
    names = recipient.names or (recipient.category.say(language),)
    notify = recipient.notify
    address = notify.address(demo=settings.DSAR_DEMO) if notify else None
    hook = notify.webhook_env if notify else None
    kinds = frozenset(recipient.kinds)
    if address or hook:
        way = Way.LETTER if address else Way.WEBHOOK
        return [Addressee(recipient.id, ", ".join(names), way, address or hook or "", recipient.publishes, kinds)]
    return [
        Addressee(recipient.id if number == 0 else f"{recipient.id}:{number}", name, Way.BY_HAND, "",
                  recipient.publishes, kinds)
        for number, name in enumerate(names)
    ]  # fmt: skip


def for_one(told: Mapping[str, Any], one: Addressee) -> dict[str, Any]:
    """The part of `about` that this recipient needs: the data it ever receives, and nothing of the rest (5(1)(c))."""
    part = {name: value for name, value in told.items() if name not in ("data", "rests", "changes")}
    for name in ("data", "rests"):
        if name in told:
            part[name] = [label for label, kinds in told[name] if not one.kinds or one.kinds.intersection(kinds)]
    if "changes" in told:
        mine = [change for change, kind in told["changes"] if not one.kinds or kind in one.kinds]
        part["changes"] = [change for number, change in enumerate(mine) if change not in mine[:number]]
    return part


def _changes(claim: Claim) -> list[tuple[dict[str, str], str]]:
    """(field, old and new, kind of data) of each correction."""
    lines = claim.decision.get("lines") or [{**one, "label": one["field"]} for one in claim.decision.get("changes", ())]
    return [({"field": one["label"], "old": one["old"], "new": one["new"]}, one.get("kind", "")) for one in lines]


def about(claim: Claim, *, what: str, lines: Lines | None = None) -> dict[str, Any]:
    """Whom a notice is about: name, e-mail address, a customer number that proved to be theirs; which data is gone, as
    [(label, kinds)]; what was corrected, as [(change, kind)]; what an upheld objection ended, and what rests on
    for another reason. `lines` as in `concerned`. `for_one` takes what one recipient needs of it.

    Anybody can write a neighbour's customer number into a form, and nobody may be erased elsewhere for that.
    """
    person: Mapping[str, Any] = claim.case.person
    proved = find.proved(claim.case).values.get("email", ())
    told: dict[str, Any] = {"name": person.get("name") or "", "email": ", ".join(proved) or person.get("email") or ""}
    if (number := str(person.get("customer_no") or "")) and _theirs(claim, number):
        told["customer_no"] = number
    if not told["email"]:
        told["address"] = " ".join(filter(None, (person.get("address"), person.get("postcode"))))
    if what == RecipientNotice.What.RECTIFICATION:
        told["changes"] = _changes(claim)
        if statement := str(claim.decision.get("statement_text") or ""):
            told["statement"] = statement  # who holds the data holds what completes it (Art. 16, second sentence)
    elif what in ERASED:
        gone = _gone(claim, controller(claim.case.controller), lines)
        told |= {"data": [(label, sorted(kinds)) for label, kinds in gone.items()]} if gone else {}
    elif what == RecipientNotice.What.LIFTED:
        stopped = restricted.stopped(claim, language=as_told(controller(claim.case.controller)))
        told |= {"stopped": list(stopped)} if stopped else {}  # "as before" would undo the objection (Art. 21(1))
        rests = _labels(restricted.still(claim), controller(claim.case.controller))
        told |= {"rests": [(label, sorted(kinds)) for label, kinds in rests.items()]} if rests else {}
    return told


def _theirs(claim: Claim, number: str) -> bool:
    """Whether a record that is this person's alone bears it as its customer number. Elsewhere it proves nothing: people
    write what they like into a name or a comment."""
    columns = _numbers(controller(claim.case.controller))
    return any(
        str(line["fields"].get(name)) == number
        for chunk in chunks.of(claim) if (names := columns.get((chunk.source, chunk.collection)))
        for _number, line in chunks.read(chunk) if not line["shared"]
        for name in names
    )  # fmt: skip


def _numbers(company: Controller) -> dict[tuple[str, str], list[str]]:
    """Table → its columns that hold customer numbers."""
    return {
        (source, name): [column for column, kind in table.identities.items() if kind == "customer_no"]
        for source, given in company.sources.items()
        for name, table in maps.read(company.datasets[given.dataset]).collections.items()
    }


def as_told(company: Controller) -> str:
    """The language a recipient is written to in: the company's own."""
    return str(company.policy.languages[0])
