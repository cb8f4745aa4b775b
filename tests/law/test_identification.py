"""No more proof than the request deserves."""

from law.identification import (
    DEFAULT_LEVELS,
    Level,
    Means,
    required_level,
)
from law.rights import IMMEDIATE, Right
from tests.law.rows import each

BLANKET = dict.fromkeys(Right, Level.L4)


@each("right", sorted(IMMEDIATE))
def test_no_identity_step_whatever_the_policy_and_the_doubt(right: Right) -> None:
    required = required_level(right, levels=BLANKET, doubt="the address is not ours")
    assert required.level is Level.L0
    assert required.reasons[0].code == "identity.never_asked"


@each(("right", "level"), DEFAULT_LEVELS.items())
def test_defaults_hold_where_the_policy_is_silent(right: Right, level: Level) -> None:
    assert required_level(right, levels={}).level is level


def test_the_defaults_name_every_right() -> None:
    assert set(DEFAULT_LEVELS) == set(Right)


def test_the_policys_level_is_followed() -> None:
    assert required_level(Right.access, levels={Right.access: Level.L3}).level is Level.L3


def test_a_document_for_everybody_is_brought_down() -> None:
    required = required_level(Right.erasure, levels=BLANKET)
    assert required.level is Level.L2
    assert required.reasons[-1].code == "identity.no_blanket_document"


@each(("asked", "level"), [(Level.L1, Level.L3), (Level.L3, Level.L3), (Level.L4, Level.L4)])
def test_recorded_doubt_raises_the_level(asked: Level, level: Level) -> None:
    required = required_level(Right.access, levels={Right.access: asked}, doubt="two customers of this name")
    assert required.level is level
    assert required.reasons[-1].code == "identity.doubt"


def test_a_blank_doubt_is_none() -> None:
    assert required_level(Right.access, levels=BLANKET, doubt="  ").level is Level.L2


@each(
    ("right", "level"),
    [(Right.erasure, Level.L1), (Right.objection, Level.L1), (Right.access, Level.L2), (Right.portability, Level.L2)],
)
def test_low_risk_eases_what_only_changes_data(right: Right, level: Level) -> None:
    assert required_level(right, levels={}, low_risk=True).level is level


def test_low_risk_does_not_outweigh_doubt() -> None:
    assert required_level(Right.erasure, levels={}, low_risk=True, doubt="a stranger's tone").level is Level.L3


def test_every_means_has_a_level() -> None:
    assert {means.level for means in Means} == {Level.L1, Level.L2, Level.L3, Level.L4}
