"""The history of a case in words, and whether its chain is whole."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from desk import grounds, trouble_parts, words
from desk.pages import language
from fulfilment.extract import shape
from fulfilment.models import RecipientNotice
from law.citations import spell_date
from policies.load import Controller
from requests_app import events
from requests_app.controllers import controller
from requests_app.models import Case, Event
from requests_app.states import Actor, Channel, Stage


@dataclass(frozen=True)
class Line:
    seq: int
    at: datetime
    text: Any
    right: Any
    who: str
    details: list[tuple[Any, Any]]
    look: bool


@dataclass(frozen=True)
class Names:
    """What events have only a code or number of, as people call it: colleagues, recipients, systems and tables."""

    company: Controller
    people: dict[int, str] = field(repr=False)
    recipients: dict[str, str] = field(repr=False)

    def source(self, code: str) -> str:
        return shape.say(self.company.sources[code].name, language()) if code in self.company.sources else code

    def table(self, source: str, code: str) -> str:
        known = source in self.company.sources
        return shape.named(self.company, source, code, language=language())[1] if known else code


def of_case(case: Case) -> dict[str, Any]:
    """`lines`: what happened, newest first; `looks`: who looked at what; `broken`: where the chain is broken."""
    found = list(case.events.select_related("claim", "user").order_by("-seq"))
    names = _names(case, found)
    told = [_line(event, names) for event in found]
    return {
        "lines": [line for line in told if not line.look],
        "looks": [line for line in told if line.look],
        "broken": events.broken_links(case),
    }


def _names(case: Case, found: list[Event]) -> Names:
    given = {event.data.get("to") for event in found if event.kind == "assigned"}
    people = get_user_model().objects.filter(pk__in=[pk for pk in given if pk])
    told = RecipientNotice.objects.filter(claim__case=case) if any("recipient" in event.data for event in found) else ()
    return Names(
        controller(case.controller), {one.pk: one.get_full_name() or one.get_username() for one in people},
        {notice.recipient: notice.name for notice in told},
    )  # fmt: skip


def _line(event: Event, names: Names) -> Line:
    return Line(
        seq=event.seq,
        at=event.at,
        text=words.EVENTS.get(event.kind, event.kind),
        right=words.right_title(event.claim.right) if event.claim else "",
        who=_who(event),
        details=_details(event, names),
        look=event.kind.startswith("viewed_"),
    )


def _who(event: Event) -> str:
    if event.user:
        return event.user.get_full_name() or event.user.get_username()
    return str(Actor(event.actor).label)


def _details(event: Event, names: Names) -> list[tuple[Any, Any]]:
    data = event.data | _spoken(event, names)
    labels = {
        "to": _("now"),
        "kind": _("letter"),
        "reason": _("reason"),
        "due": _("due"),
        "recipient": _("recipient"),
        "status": _("state"),
        "step": _("step"),
        "source": _("source"),
        "collection": _("table"),
        "code": _("task") if event.kind == "by_hand_done" else _("code"),
        "outcome": _("outcome"),
        "means": _("means"),
        "level": _("level"),
        "issuer": _("log-in at"),
        "acr": _("how sure"),
        "agreed": _("agrees"),
        "count": _("count"),
        "rows": _("rows"),
        "channel": _("channel"),
        "on": _("day"),
        "ground": _("ground"),
        "field": _("field"),
        "why": _("why"),
        "version": _("version"),
        "undecided": _("undecided"),
        "digest": _("digest"),
        "content": _("digest"),
        "files": _("files"),
        "steps": _("steps"),
        "waived": _("without"),
        "changed": _("changed since"),
        "kept": _("kept as planned"),
        "in_parts": _("done in parts"),
        "kept_changed": _("kept, changed by others since"),
        **({"done": _("done in"), "open": _("not yet in")} if event.kind == "partly_carried_out" else {}),
    }
    shown = [(labels[name], _value(name, value)) for name, value in data.items() if name in labels]
    return [(label, value) for label, value in shown if value not in ("", None, {})]


def _spoken(event: Event, names: Names) -> dict[str, Any]:
    """The codes of this event whose words depend on what happened, or on this company."""
    data, said = event.data, dict[str, Any]()
    if event.kind == "assigned":
        said["to"] = names.people.get(data.get("to", 0), "–")
    if event.kind == "by_hand_done":
        said["code"] = words.HAND_TASKS.get(data["code"], data["code"])
    if data.get("ground"):
        said["ground"] = (grounds.rests if event.kind == "restricted" else grounds.refusal)(data["ground"])
    if data.get("changed"):
        said["changed"] = trouble_parts.in_words(data["changed"], names.company)
    for name in ("done", "open"):
        if event.kind == "partly_carried_out":
            said[name] = ", ".join(map(names.source, data[name]))
    if data.get("recipient"):
        said["recipient"] = names.recipients.get(data["recipient"], data["recipient"])
    if data.get("source"):
        said["source"] = names.source(data["source"])
    if data.get("source") and data.get("collection"):
        said["collection"] = names.table(data["source"], data["collection"])
    return said


def _value(name: str, value: Any) -> Any:
    if name in ("digest", "content"):
        return str(value)[:12]
    if isinstance(value, dict):
        return ", ".join(f"{key} {number}" for key, number in value.items())
    if name == "agreed":
        return ", ".join(str(words.AGREED[one]) for one in value) or _("nothing")
    if name == "waived":
        return ", ".join(value)
    if name in ("due", "on"):
        return spell_date(date.fromisoformat(value), language())
    known: dict[str, Any] = {
        **words.FATES,
        **words.OUTCOMES,
        **words.NOTICE_STATES,
        **words.STEPS,
        **words.DOUBTS,
        **words.LETTERS,
        **words.MEANS,
        **words.DOCUMENTS,
        **words.AUTHORITIES,
        **words.SEEN,
        **words.NOT_PROVED,
        **{stage.value: stage.label for stage in Stage},
        **(dict(Channel.choices) if name == "channel" else {}),
        **(words.WHY if name in ("why", "reason") else {}),
    }
    return known.get(value, value) if isinstance(value, str) else value
