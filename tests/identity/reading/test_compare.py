"""From reading and typed values to codes; none of them says no."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from identity.reading.compare import codes
from identity.reading.mrz import parse
from identity.reading.results import ATTENTION, SENTENCES, Code, say
from identity.reading.values import Reading, Seen, Typed
from tests.identity.reading import zones
from tests.identity.reading.zones import Holder

TODAY = date(2026, 11, 22)
ANNA = Typed(name="Anna Eriksson", birth=date(1974, 8, 12), expires=date(2031, 4, 15))


def whole(holder: Holder | None = None) -> Reading:
    zone = parse(zones.td3(holder or Holder()))
    return Reading(Seen.WHOLE, zone, zone.primary, zone.secondary, zone.cut, zone.birth, zone.expires)


def test_all_agrees() -> None:
    assert codes(whole(), typed=ANNA, today=TODAY) == (
        "mrz_valid",
        "name_matches",
        "birth_date_matches",
        "not_expired",
        "expiry_matches",
    )


def test_all_differs() -> None:
    typed = Typed(name="Bent Hansen", birth=date(1974, 8, 13), expires=date(2031, 4, 16))
    assert codes(whole(), typed=typed, today=TODAY) == (
        "mrz_valid",
        "name_differs",
        "birth_date_differs",
        "not_expired",
        "expiry_differs",
    )


def test_what_was_not_typed_is_not_compared() -> None:
    assert codes(whole(), typed=Typed(), today=TODAY) == ("mrz_valid", "not_expired")


@pytest.mark.parametrize(
    "days, code", [(-1, "expired"), (0, "expires_soon"), (29, "expires_soon"), (30, "not_expired")]
)
def test_time_is_up_the_day_after_the_last(days: int, code: str) -> None:
    last = (TODAY + timedelta(days=days)).strftime("%y%m%d")
    assert codes(whole(Holder(expires=last)), typed=Typed(), today=TODAY) == ("mrz_valid", code)


@pytest.mark.parametrize(
    "birth, typed, code",
    [
        ("250301", date(1925, 3, 1), "birth_date_matches"),
        ("250301", date(2025, 3, 1), "birth_date_matches"),
        ("74<<<<", date(1974, 8, 12), None),
        ("74<<<<", date(1975, 8, 12), "birth_date_differs"),
        ("<<<<<<", date(1974, 1, 1), None),
    ],
)
def test_birth_dates(birth: str, typed: date, code: str | None) -> None:
    found = codes(whole(Holder(birth=birth)), typed=Typed(birth=typed), today=TODAY)
    assert [one for one in found if one.startswith("birth")] == ([code] if code else [])


def test_right_to_left_is_no_mismatch() -> None:
    assert "name_not_comparable" in codes(whole(), typed=Typed(name="محمد علي"), today=TODAY)


@pytest.mark.parametrize(
    "seen, code",
    [
        (Seen.FAILED, "not_read"),
        (Seen.NOTHING, "mrz_not_found"),
        (Seen.UNSURE, "mrz_unsure"),
        (Seen.PARTS, "mrz_partly_covered"),
    ],
)
def test_nothing_is_compared_with_what_was_not_read(seen: Seen, code: str) -> None:
    assert codes(Reading(seen), typed=ANNA, today=TODAY) == (code,)


def test_what_stays_visible_is_compared() -> None:
    parts = Reading(Seen.PARTS, None, ("ERIKSSON",), ("ANNA",))
    assert codes(parts, typed=ANNA, today=TODAY) == ("mrz_partly_covered", "name_matches")


def test_a_wrong_check_digit_is_never_called_valid() -> None:
    first, second = zones.td3(Holder())
    zone = parse((first, second[:-1] + str((int(second[-1]) + 1) % 10)))
    found = codes(Reading(Seen.WHOLE, zone), typed=ANNA, today=TODAY)
    assert found == ("mrz_check_digit_wrong",)


def test_every_code_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Code) >= ATTENTION
    with override("en"):
        assert [code for code, sentence, _ in say(["expired", "mrz_valid", "unknown"]) if str(sentence)] == [
            "mrz_valid",
            "expired",
        ]


def test_values_show_nothing_in_a_log() -> None:
    assert "1974" not in repr(ANNA) and "Anna" not in repr(ANNA) and "ERIKSSON" not in repr(whole())
