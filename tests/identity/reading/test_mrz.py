"""The zone as text: the worked examples of ICAO 9303, published licences, and what no valid zone may become."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.reading.layouts import Layout
from identity.reading.mrz import CHARSET, birth_day, check_digit, last_day, parse
from tests.identity.reading import zones
from tests.identity.reading.zones import Holder

TODAY = date(2026, 11, 22)
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
TD2_LONG = ("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<", "D23145890<UTO3407127M95071227349<<<8")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
TD1_LONG = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")
NETHERLANDS = ("D1NLD15094962111659VW87Z78NB84",)
FRANCE = ("D1FRA13AA000026181231MARTIN<<9",)
EXAMPLES = [TD3, TD2, TD2_LONG, TD1, TD1_LONG, NETHERLANDS, FRANCE]


@pytest.mark.parametrize(
    "text, digit",
    [  # ICAO 9303-3, section 4.9 and its appendix
        ("520727", "3"),
        ("AB2134<<<", "5"),
        ("HA672242<658022549601086<<<<<<<<<<<<<<0", "8"),
        ("D231458907<<<<<<<<<<<<<<<34071279507122<<<<<<<<<<<", "2"),
    ],
)
def test_worked_examples_of_the_check_digit(text: str, digit: str) -> None:
    assert check_digit(text) == digit


@pytest.mark.parametrize(
    "lines, layout, names",
    [
        (TD3, Layout.TD3, (("ERIKSSON",), ("ANNA", "MARIA"))),
        (TD2, Layout.TD2, (("ERIKSSON",), ("ANNA", "MARIA"))),
        (TD2_LONG, Layout.TD2, (("STEVENSON",), ("PETER", "JOHN"))),
        (TD1, Layout.TD1, (("ERIKSSON",), ("ANNA", "MARIA"))),
        (TD1_LONG, Layout.TD1, (("STEVENSON",), ("PETER", "JOHN"))),
        (NETHERLANDS, Layout.LICENCE, ((), ())),
        (FRANCE, Layout.LICENCE_FR, (("MARTIN",), ())),
        (("D1FRA13BB148959280920BETTOLO<7",), Layout.LICENCE_FR, (("BETTOLO",), ())),
    ],
)
def test_worked_examples_are_valid(lines, layout, names) -> None:
    zone = parse(lines)
    assert zone.valid and zone.layout is layout and (zone.primary, zone.secondary) == names and zone.lines == lines


@pytest.mark.parametrize("lines", EXAMPLES, ids=lambda lines: lines[0][:5])
def test_one_changed_digit_anywhere_is_never_valid_where_a_check_digit_covers_it(lines) -> None:
    zone = parse(lines)
    for check in zone.layout.value.checks:
        for span in (*check.over, check.digit):
            for at in range(span.start, span.end):
                line = lines[span.line]
                if line[at].isdigit():
                    other = str((int(line[at]) + 1) % 10)
                    wrong = [*lines]
                    wrong[span.line] = line[:at] + other + line[at + 1 :]
                    changed = parse(wrong)
                    assert changed is None or not changed.valid, (wrong, at)


def test_the_name_line_has_no_check_digit_and_keeps_what_stands_there() -> None:
    zone = parse((TD3[0].replace("ANNA", "ANNE"), TD3[1]))
    assert zone.valid and zone.secondary == ("ANNE", "MARIA")


def test_a_letter_where_only_a_digit_can_stand_is_that_digit() -> None:
    assert parse((TD3[0], "L898902C36UTO74O8I22F1204159ZE184226B<<<<<1O")).valid
    assert parse((TD3[0].replace("ERIKSSON", "ER1K5S0N"), TD3[1])).primary == ("ERIKSSON",)


def test_germany_is_the_only_state_of_one_letter() -> None:
    lines = zones.td3(Holder(state="D<<"))
    assert parse((lines[0].replace("P<D<<", "P<0<<"), lines[1].replace("D<<", "O<<"))).lines == lines


def test_where_both_may_stand_nothing_is_changed_to_please_a_check_digit() -> None:
    zone = parse((TD3[0], TD3[1].replace("L898902C3", "L8989O2C3")))
    assert zone.wrong == ("number", "whole") and zone.lines[1].startswith("L8989O2C3")


@pytest.mark.parametrize("fewer", [-2, -1, 1, 2])
def test_miscounted_fillers_are_counted_anew(fewer: int) -> None:
    first = TD3[0][:-fewer] if fewer > 0 else TD3[0] + "<" * -fewer
    second = TD3[1].replace("<<<<<", "<" * (5 - fewer))
    assert parse((first, second)).lines == TD3


def test_a_character_too_few_is_not_made_up() -> None:
    assert (
        parse((TD3[0], TD3[1].replace("UTO", "UT"))) is None or not parse((TD3[0], TD3[1].replace("UTO", "UT"))).valid
    )
    assert parse(("P<UTO" + "A" * 38, TD3[1])) is None


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("",),
        ("HELLO",),
        TD3[:1],
        TD3[1:],
        (TD3[1], TD3[0]),
        ("P<UTOERIKSSON", "abc"),
        (TD1[0], TD1[1]),
        ("V" + TD3[0][1:], TD3[1]),
        ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "8806923102858CORINNE<<<<<<<6512068F6"),
        ("P<UTOERIKSSON<<ÅSA<<<<<<<<<<<<<<<<<<<<<<<<<<", TD3[1]),
    ],
)
def test_what_is_no_zone_of_such_a_document(lines) -> None:
    assert parse(lines) is None


@pytest.mark.parametrize(
    "change, wrong",
    [
        ({"state": "ABC"}, "issuer"),
        ({"birth": "741312"}, "birth_day"),
        ({"birth": "740230"}, "birth_day"),
        ({"expires": "310431"}, "expires_day"),
        ({"expires": "<<<<<<"}, "expires_day"),
        ({"sex": "X"}, "characters"),
        ({"surname": "", "given": ""}, "names"),
    ],
)
def test_right_digits_do_not_make_a_wrong_field_valid(change, wrong: str) -> None:
    zone = parse(zones.td3(replace(Holder(), **change)))
    assert wrong in zone.wrong and not set(zone.wrong) & {"number", "birth", "expires", "personal", "whole"}


@pytest.mark.parametrize("birth", ["<<<<<<", "74<<<<", "7408<<"])
def test_parts_of_a_birth_date_may_be_unknown(birth: str) -> None:
    assert parse(zones.td3(replace(Holder(), birth=birth))).valid


@pytest.mark.parametrize("birth", ["74<<12", "<<0812", "7<0812"])
def test_but_not_the_month_alone(birth: str) -> None:
    assert not parse(zones.td3(replace(Holder(), birth=birth))).valid


def test_names_without_room_are_known_to_be_cut() -> None:
    long = Holder(surname="BENNELONG<WOOLOOMOOLOO<WARRANDYTE<W", given="DINGO<POTOROO")
    assert parse(zones.td3(long)).cut and not parse(zones.td3(Holder())).cut
    assert parse(zones.td3(long)).lines[0] == "P<UTOBENNELONG<WOOLOOMOOLOO<WARRANDYTE<W<<DI"  # 9303-4, section 4.2.3


def test_one_name_alone() -> None:
    zone = parse(zones.td3(Holder(surname="ARKFREITH", given="")))
    assert zone.valid and zone.primary == ("ARKFREITH",) and zone.secondary == ()


def test_centuries() -> None:
    assert birth_day("261122", today=TODAY) == TODAY
    assert birth_day("261123", today=TODAY) == date(1926, 11, 23)
    assert birth_day("000229", today=TODAY) == date(2000, 2, 29) and birth_day("74<<<<", today=TODAY) is None
    assert last_day("990101", today=TODAY) == date(1999, 1, 1) and last_day("760101", today=TODAY) == date(2076, 1, 1)
    assert last_day("310415", today=TODAY) == date(2031, 4, 15)


def test_a_zone_has_no_name_in_its_repr() -> None:
    assert "ERIKSSON" not in repr(parse(TD3)) and "L898902C3" not in repr(parse(TD3))


LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=12)
HOLDERS = st.builds(
    Holder,
    surname=LETTERS,
    given=LETTERS,
    birth=st.dates(date(1930, 1, 1), TODAY).map(lambda d: d.strftime("%y%m%d")),
    expires=st.dates(date(2000, 1, 1), date(2040, 1, 1)).map(lambda d: d.strftime("%y%m%d")),
    sex=st.sampled_from("MF<"),
    number=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=5, max_size=9),
    state=st.sampled_from(["DNK", "SWE", "NOR", "FIN", "ISL", "UTO", "D<<"]),
)


@given(HOLDERS, st.sampled_from([zones.td1, zones.td2, zones.td3]))
def test_what_is_made_by_the_rules_is_read_as_it_is(holder: Holder, make) -> None:
    lines = make(holder)
    zone = parse(lines)
    assert zone.valid and zone.lines == lines and zone.primary == (holder.surname,) and zone.birth == holder.birth


@given(HOLDERS, st.data())
def test_what_is_called_valid_has_right_digits_by_another_count(holder: Holder, data) -> None:
    """One character is replaced at random. Valid still: then every digit is right, counted in the tests' own way."""
    lines = list(zones.td3(holder))
    line, at = data.draw(st.integers(0, 1)), data.draw(st.integers(0, 43))
    lines[line] = lines[line][:at] + data.draw(st.sampled_from(sorted(CHARSET))) + lines[line][at + 1 :]
    zone = parse(lines)
    if zone is not None and zone.valid:
        second = zone.lines[1]
        assert digit_of(second[:9]) == second[9] and digit_of(second[13:19]) == second[19]
        assert (
            digit_of(second[21:27]) == second[27]
            and digit_of(second[:10] + second[13:20] + second[21:43]) == second[43]
        )


digit_of = zones.digit


@settings(max_examples=300)
@given(st.lists(st.text(), max_size=4))
def test_any_text_is_answered(lines) -> None:
    parse(lines)


@settings(max_examples=300)
@given(st.lists(st.text(sorted(CHARSET), min_size=20, max_size=50), min_size=1, max_size=3))
def test_any_text_of_the_charset_is_answered(lines) -> None:
    zone = parse(lines)
    assert zone is None or all(len(line) == zone.layout.value.width for line in zone.lines)
