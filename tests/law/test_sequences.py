"""Ten thousand random lives of a claim, counted by the law and by the oracle."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from law.deadlines import Pause, deadline, local_day, may_extend, may_pause, may_refuse, pause_counts
from law.national import COUNTRIES
from law.rights import Right
from tests.law.oracle import Clock, on_the_wall

SEQUENCES = 10_000
FIRST = datetime(2024, 1, 1, tzinfo=UTC)


class Portal:
    """The law as the portal asks it: segments written one by one, the due date computed from them."""

    def __init__(self, received: date, country: str, right: Right, *, large: bool) -> None:
        self.received, self.country, self.right, self.large = received, country, right, large
        self.pauses: list[Pause] = []
        self.extended = False

    def clock(self, today: date):
        return deadline(
            self.received, country=self.country, pauses=self.pauses, extended=self.extended, today=today
        )  # fmt: skip

    def ask(self, day: date, *, question: str) -> bool:
        waiting = bool(self.pauses) and self.pauses[-1].end is None
        allowed = may_pause(self.right, question=question, large_quantity=self.large).allowed  # type: ignore[arg-type]
        if waiting or not allowed or not pause_counts(self.received, day).allowed:
            return False
        self.pauses.append(Pause(day))
        return True

    def answer(self, day: date) -> None:
        if self.pauses and self.pauses[-1].end is None:
            self.pauses[-1] = replace(self.pauses[-1], end=day)

    def extend(self, day: date) -> bool:
        if may_extend(self.clock(day), today=day).allowed:
            self.extended = True
            return True
        return False

    def refuse(self, day: date) -> bool:
        return may_refuse(self.clock(day), today=day).allowed


def live(dice: random.Random, seen: Counter[str]) -> None:
    """One life: the answers of both sides are compared at every step and at the end."""
    instant = FIRST + timedelta(minutes=dice.randrange(15 * 365 * 24 * 60))
    country = dice.choice(("DK", "SE", "NO"))
    received = local_day(instant, tz=COUNTRIES[country].TIME_ZONE)
    assert received == on_the_wall(instant)
    right, large = dice.choice((Right.access, Right.erasure)), dice.random() < 0.5
    portal = Portal(received, country, right, large=large)
    oracle = Clock(received, country, large_access=large and right is Right.access)
    today = received
    seen[country] += 1
    for _ in range(dice.randrange(5)):
        today += timedelta(days=dice.choice((0, 1, 2, 3, 5, 9, 17, 28, 31)))
        act = dice.choice(("ask", "ask", "answer", "answer", "extend", "refuse"))
        if act == "ask":
            question = dice.choice(("identity", "clarification"))
            same = portal.ask(today, question=question), oracle.ask(today, question=question)
        elif act == "answer":
            same = portal.answer(today), oracle.answer(today)
        else:
            same = getattr(portal, act)(today), getattr(oracle, act)(today)
        assert same[0] == same[1], (act, today, received, country, portal.pauses)
        seen[f"{act} {same[0]}"] += 1
    found = portal.clock(today)
    expected = oracle.due(today), oracle.due(today, months=1)
    assert (found.due, found.notice_by) == expected, (received, country, portal.pauses, portal.extended, today)


def test_ten_thousand_lives_of_a_claim() -> None:
    dice, seen = random.Random(1182), Counter[str]()
    for _ in range(SEQUENCES):
        live(dice, seen)
    # The dice must have thrown what the rules speak of: each country, each act, taken and refused.
    wanted = [f"{act} {taken}" for act in ("ask", "extend", "refuse") for taken in (True, False)]
    rare = {name: seen[name] for name in ("DK", "SE", "NO", *wanted)}
    assert min(rare.values()) > 300, rare
