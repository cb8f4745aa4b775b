"""Two looks at the same lines: what they must agree on before anything is called valid."""

from itertools import combinations

import pytest

from identity.reading import mrz
from identity.reading.reader import understand
from identity.reading.rings import told_apart
from identity.reading.settle import settle
from identity.reading.values import Seen
from tests.identity.reading import zones
from tests.identity.reading.zones import Holder

ANNA = zones.td3(Holder())


def seen(line: str, *, sure: float = 0.98) -> list:
    return [(at * 0.6, {sign: sure}) for at, sign in enumerate(line)]


def look(lines, **changes) -> list:
    return [seen(line, **changes) for line in lines]


def answer(*looks) -> dict:
    return {"lines": [list(each) for each in zip(*looks, strict=True)], "rings": []}


def test_two_equal_looks_are_certain() -> None:
    settled = settle([look(ANNA), look(ANNA)])
    assert settled.text == ANNA and settled.certain
    assert understand(answer(look(ANNA), look(ANNA))).seen is Seen.WHOLE


def test_one_look_is_never_certain() -> None:
    assert not settle([look(ANNA)]).certain
    assert not settle([look(ANNA), look(("?", "?"))]).certain


def test_a_letter_of_a_name_two_looks_disagree_on_is_not_certain() -> None:
    other = (ANNA[0].replace("ANNA", "ANMA"), ANNA[1])
    assert mrz.parse(ANNA).valid and mrz.parse(other).valid  # no check digit covers a name
    assert not settle([look(ANNA), look(other)]).certain
    reading = understand(answer(look(ANNA), look(other)))
    assert reading.seen is Seen.UNSURE


def test_a_third_look_may_decide_but_not_alone_against_two() -> None:
    other = (ANNA[0].replace("ANNA", "ANMA"), ANNA[1])
    third = (ANNA[0].replace("ANNA", "ANHA"), ANNA[1])
    assert settle([look(ANNA), look(other), look(ANNA)]).text == ANNA
    assert settle([look(ANNA), look(other), look(ANNA)]).certain
    assert not settle([look(ANNA), look(other), look(third)]).certain


def test_doubtful_characters_are_not_certain() -> None:
    doubtful = look(ANNA)
    doubtful[0][7] = (doubtful[0][7][0], {"I": 0.5, "L": 0.45})
    assert not settle([doubtful, doubtful]).certain and settle([doubtful, doubtful]).text == ANNA


def test_a_swallowed_letter_is_missed() -> None:
    """Both looks see ERIKSON, and fillers make up the length; but there is room for one more between S and O."""
    line = seen(ANNA[0])
    del line[ANNA[0].index("SS")]
    swallowed = [line, seen(ANNA[1])]
    assert settle([swallowed, swallowed]).text[0].startswith("P<UTOERIKSON")
    assert not settle([swallowed, swallowed]).certain


@pytest.mark.parametrize(
    "true, misread", [("L", "1"), ("S", "8"), ("G", "6"), ("I", "8"), ("M", "2"), ("K", "A"), ("U", "0")]
)
def test_what_check_digits_cannot_tell_apart(true: str, misread: str) -> None:
    """Values ten apart weigh the same: a number misread so passes every check digit. Only the looks can tell."""
    lines = zones.td3(Holder(number=f"12{true}456789"))
    wrong = (lines[0], lines[1].replace(f"12{true}", f"12{misread}"))
    assert mrz.parse(lines).valid and mrz.parse(wrong).valid
    assert not settle([look(lines), look(wrong)]).certain
    assert understand(answer(look(lines), look(wrong))).seen is Seen.UNSURE


def test_every_pair_of_one_value() -> None:
    """The list above is no accident: these letters share a check digit, so agreement must guard them all."""
    pairs = [
        one + other
        for one, other in combinations(sorted(mrz.CHARSET), 2)
        if mrz.check_digit(one) == mrz.check_digit(other)
    ]
    assert {"1L", "8S", "6G", "1B"} <= set(pairs) and "0O" not in pairs


def test_a_digit_among_letters_is_the_letter_that_was_half_seen() -> None:
    line = look((ANNA[0].replace("ERIK", "LRIK"), ANNA[1]))
    line[0][5] = (line[0][5][0], {"1": 0.7, "L": 0.2})
    assert settle([line, line]).text[0][5] == "L"
    line[0][5] = (line[0][5][0], {"1": 0.9})
    assert settle([line, line]).text[0][5] == "I"


def test_rings_are_told_apart_by_those_beside_them() -> None:
    """Four rings: a zero of a date, the O of a name, and two of the number, one like each."""
    rings = [[1, 0.8, 0.97, 0.81], [0.8, 1, 0.82, 0.96], [0.97, 0.82, 1, 0.8], [0.81, 0.96, 0.8, 1]]
    text = told_apart(("0O00",), ["daxx"], numbers=[[0, 1, 2, 3]], rings=rings)
    assert text == ("0O0O",)
    assert told_apart(("0O00",), ["daxx"], numbers=[[0, 1, 2, 3]], rings=[[0.9] * 4] * 4) == ("0O00",)
    assert told_apart(("0000",), ["xxxx"], numbers=[[0, 1, 2, 3]], rings=rings) == ("0000",)


def test_lines_that_are_not_a_zone_are_looked_through() -> None:
    noise = seen("UTOPIAPASSPORT")
    reading = understand({"lines": [[noise, noise], *([line, line] for line in look(ANNA))], "rings": []})
    assert reading.seen is Seen.WHOLE and reading.zone.lines == ANNA and reading.primary == ("ERIKSSON",)


def parts(*lines: str):
    return understand(answer(look(lines), look(lines)))


def test_what_stays_visible_of_a_covered_zone() -> None:
    reading = parts(ANNA[0], ANNA[1][:28])
    assert reading.seen is Seen.PARTS and reading.zone is None
    assert (reading.primary, reading.birth, reading.expires) == (("ERIKSSON",), "740812", "310415")
    assert parts(ANNA[0]).primary == ("ERIKSSON",) and parts(ANNA[0]).birth == ""
    assert parts(ANNA[1]).birth == "740812" and parts(ANNA[1]).primary == ()
    assert parts("P<UTOERIKSSON<<AN").primary == ()
    assert parts("UTOPIAPASSPORT", "SPECIMEN").seen is Seen.NOTHING
    assert understand({"lines": [], "rings": []}).seen is Seen.NOTHING


def test_dates_of_a_part_must_prove_themselves() -> None:
    wrong = ANNA[1][:19] + str((int(ANNA[1][19]) + 1) % 10) + ANNA[1][20:28]
    assert parts(ANNA[0], wrong).birth == ""


def test_one_kind_of_ring_alone_tells_only_what_the_check_digits_confirm() -> None:
    """No O in the name: a ring of the number looks unlike all zeros. It becomes an O where the zone then agrees."""
    for number, expected in (("12O456789", True), ("120456789", False)):
        lines = zones.td3(Holder(surname="KVAMME", given="ANNA", state="SWE", number=number, birth="800101"))
        model = (lines[0], lines[1].replace("12O", "120"))  # the reader takes every O for a 0
        line = [seen(one) for one in model]
        where = [at for at, sign in enumerate(model[1]) if sign == "0"]
        assert "0" not in model[0] and "O" not in model[0]
        strange = where.index(2)
        rings = [[0.85 if strange in (a, b) and a != b else 0.97 for b in range(len(where))] for a in range(len(where))]
        settled = settle([line, line], rings=rings, first=(0, 0))
        assert (settled.text == lines) is True and mrz.read(settled.text, settled.shape).valid
        assert ("O" in settled.text[1][:9]) is expected


def test_no_reading_of_the_rings_makes_a_wrong_zone_right() -> None:
    lines = zones.td3(Holder(number="100000009", birth="800101"))
    altered = (lines[0], lines[1].replace("100000009", "100000008"))
    line = [seen(one) for one in altered]
    many = sum(sign in "0O" for text in altered for sign in text)
    settled = settle([line, line], rings=[[0.97] * many] * many, first=(0, altered[0].count("O")))
    assert not mrz.read(settled.text, settled.shape).valid
