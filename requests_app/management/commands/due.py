"""`manage.py due`: when an answer is due, and how that day was counted (Art. 12(3)-(4); Regulation 1182/71).

The calendar alone: it reads no case and writes none. Exit code 2 where the question cannot be answered.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandParser

from law.deadlines import Deadline, Pause, conservative, deadline, local_day
from law.national import COUNTRIES
from policies.facts import Wrong, read_day
from policies.problems import nearest
from requests_app.command_line import LANGUAGES, plainly, printed, steps

EXAMPLE = "a date such as 2026-07-20, or a date-time such as 2026-07-20T23:10+02:00 (without a zone: local time)"


class Command(BaseCommand):
    help = "Say when an answer is due and why. Days that lie ahead are counted too, unless --today says what day it is."
    requires_system_checks: list[str] = []  # it asks the law alone, which needs no database and no company

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--country", required=True, help="DK, SE or NO: where the controller is")
        parser.add_argument("--received", required=True, metavar="DAY", help=EXAMPLE)
        parser.add_argument(
            "--pause",
            action="append",
            default=[],
            metavar="ASKED:ANSWERED",
            help="a question to the person; 'ASKED:' is still open and needs --today; may be repeated",
        )
        parser.add_argument(
            "--extended",
            nargs="?",
            const=True,
            default=False,
            metavar="TOLD",
            help="two further months; TOLD, the day the person was told of them, is checked",
        )
        parser.add_argument("--today", metavar="DAY", help="nothing given may lie after this day")
        parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the sentences")
        parser.add_argument("--json", action="store_true", help="print {due, notice_by, steps}")

    def handle(self, *args: Any, **options: Any) -> None:
        with plainly():
            clock = _clock(**options)
        answer = {
            "due": clock.due,
            "notice_by": clock.notice_by,
            "steps": steps((*clock.steps, *conservative(clock)), options["language"]),
        }
        self.stdout.write(printed(answer, as_json=options["json"]))


def _clock(
    *, country: str, received: str, pause: list[str], extended: bool | str, today: str | None, **_: Any
) -> Deadline:
    land = country.strip().upper()
    if land not in COUNTRIES:
        raise Wrong("country", repr(country), f"one of {', '.join(COUNTRIES)}{nearest(land, COUNTRIES)}")
    now = read_day("today", today) if today else None
    first = _received(received, tz=COUNTRIES[land].TIME_ZONE)
    _not_ahead("received", first, now)
    pauses = [_pause(one, received=first, today=now) for one in pause]
    clock = deadline(first, country=land, pauses=pauses, extended=bool(extended), today=now)
    if isinstance(extended, str):
        told = read_day("extended", extended)
        _not_ahead("extended", told, now)
        if not first <= told <= clock.notice_by:
            raise Wrong(
                "extended", str(told), f"a day from {first} to {clock.notice_by}: told later it is none (Art. 12(3))"
            )
    return clock


def _received(text: str, *, tz: str) -> date:
    """The local day: 2026-10-06T22:15Z is 7 October in Copenhagen. Without a zone it is the time on the wall."""
    if len(text) == 10:
        return read_day("received", text)
    try:
        moment = datetime.fromisoformat(text)
        return local_day(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(tz)), tz=tz)
    except ValueError:
        raise Wrong("received", repr(text), EXAMPLE) from None


def _pause(text: str, *, received: date, today: date | None) -> Pause:
    asked, colon, answered = text.partition(":")
    if not colon:
        raise Wrong("pause", repr(text), "two days such as 2026-07-21:2026-08-03")
    if not answered and today is None:
        raise Wrong("pause", repr(text), "the day of the answer, or --today while there is none")
    start = read_day("pause", asked)
    end = read_day("pause", answered) if answered else None
    if start < received:
        raise Wrong("pause", f"asked {start}", f"{received} or later: nothing is asked before the request is received")
    if end and end < start:
        raise Wrong("pause", f"answered {end}", f"{start} or later: nothing is answered before it is asked")
    for day in (start, end):
        if day:
            _not_ahead("pause", day, today)
    return Pause(start, end)


def _not_ahead(field: str, day: date, today: date | None) -> None:
    if today and day > today:
        raise Wrong(field, f"{day}, which lies ahead of {today}", "a day that has come")
