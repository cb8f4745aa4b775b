"""The history of a case in words, and whether its chain is whole."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from desk import words
from requests_app import events
from requests_app.models import Case, Event
from requests_app.plain_words import LETTERS, MEANS
from requests_app.states import Actor, Stage


@dataclass(frozen=True)
class Line:
    seq: int
    at: datetime
    text: Any
    right: Any
    who: str
    details: list[tuple[Any, Any]]
    look: bool


def lines(case: Case) -> list[Line]:
    """Newest first; looks at the case among them, marked, so that a page can fold them away."""
    found = case.events.select_related("claim", "user").order_by("-seq")
    return [_line(event) for event in found]


def broken(case: Case) -> list[int]:
    return events.broken_links(case)


def _line(event: Event) -> Line:
    return Line(
        seq=event.seq,
        at=event.at,
        text=words.EVENTS.get(event.kind, event.kind),
        right=words.right_title(event.claim.right) if event.claim else "",
        who=_who(event),
        details=_details(event.data),
        look=event.kind.startswith("viewed_"),
    )


def _who(event: Event) -> str:
    if event.user:
        return event.user.get_full_name() or event.user.get_username()
    return str(Actor(event.actor).label)


def _details(data: dict[str, Any]) -> list[tuple[Any, Any]]:
    labels = {
        "to": _("now"),
        "kind": _("letter"),
        "reason": _("reason"),
        "due": _("due"),
        "step": _("step"),
        "source": _("source"),
        "collection": _("table"),
        "code": _("code"),
        "outcome": _("outcome"),
        "means": _("means"),
        "level": _("level"),
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
    }
    shown = [(labels[name], _value(name, value)) for name, value in data.items() if name in labels]
    return [(label, value) for label, value in shown if value not in ("", None, {})]


def _value(name: str, value: Any) -> Any:
    if name in ("digest", "content"):
        return str(value)[:12]
    if isinstance(value, dict):
        return ", ".join(f"{key} {number}" for key, number in value.items())
    if name == "due":
        return date.fromisoformat(value)
    known: dict[str, Any] = {
        **words.OUTCOMES,
        **words.STEPS,
        **words.DOUBTS,
        **words.LETTERS_BY_MAIL,
        **LETTERS,
        **MEANS,
        **{stage.value: stage.label for stage in Stage},
    }
    return known.get(value, value) if isinstance(value, str) else value
