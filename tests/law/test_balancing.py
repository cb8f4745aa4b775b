"""The balancing after an objection: the burden is the controller's (Art. 21(1)-(3))."""

from dataclasses import replace

import pytest

from law.balancing import PARTS, Weighing, balance, reach
from law.decisions import GROUNDS
from law.outcomes import Outcome
from law.rights import Right
from tests.law.rows import each

SITUATION = "I have moved to a safe house."
FULL = Weighing(
    "statistics", ("f",), conclusion="continue", interests="Fraud has been found.", necessity="Nothing else shows it.",
    effect="Nobody sees the name.", safeguards="Kept for a month.",
)  # fmt: skip


def codes(found):
    return [reason.code for reason in found.missing]


@each(
    ("bases", "marketing", "kind", "code"),
    [("f", False, "weighed", "weighed"), ("e", False, "weighed", "weighed"), ("bf", False, "weighed", "weighed"),
     ("a", False, "outside", "consent"), ("b", False, "outside", "contract"), ("cb", False, "outside", "duty"),
     ("d", False, "outside", "vital"), ("f", True, "absolute", "absolute"), ("a", True, "absolute", "absolute")],
)  # fmt: skip
def test_how_far_an_objection_reaches(bases, marketing, kind, code):
    found, reason = reach(tuple(bases), direct_marketing=marketing)
    assert (found, reason.code) == (kind, f"balancing.{code}")


@each("bases", [(), ("g",), ("f", "x")])
def test_a_basis_the_regulation_does_not_know_is_an_error(bases):
    with pytest.raises(ValueError, match="expected letters a to f"):
        reach(bases)


def test_a_whole_balancing_can_refuse():
    found = balance([FULL], situation=SITUATION)
    assert (found.outcome, found.grounds, found.missing) == (Outcome.refused, ("compelling_grounds",), ())


@each(("part", "code"), PARTS)
def test_an_incomplete_balancing_cannot_refuse(part, code):
    found = balance([replace(FULL, **{part: "  "})], situation=SITUATION)
    assert found.outcome is None and codes(found) == [code]


def test_a_refusal_has_looked_at_the_situation_and_a_conclusion_is_a_must():
    assert codes(balance([FULL], situation=" ")) == ["balancing.no_situation"]
    assert codes(balance([replace(FULL, conclusion="")], situation=SITUATION)) == ["balancing.no_conclusion"]
    assert codes(balance([], situation=SITUATION)) == ["balancing.no_purpose"]


def test_stopping_needs_no_reasons():
    found = balance([Weighing("statistics", ("f",), conclusion="stop")], situation="")
    assert (found.outcome, found.grounds) == (Outcome.granted, ())


def test_a_legal_claim_stands_in_for_the_balancing_but_must_need_the_data():
    claim = Weighing("debt", ("f",), conclusion="continue", legal_claim="Case B-12/2026 on an unpaid invoice.")
    assert codes(balance([claim], situation=SITUATION)) == ["balancing.no_necessity"]
    found = balance([replace(claim, necessity="It proves the delivery.")], situation=SITUATION)
    assert (found.outcome, found.grounds) == (Outcome.refused, ("objection_legal_claims",))


def test_direct_marketing_stops_whatever_is_brought_forward():
    found = balance([replace(FULL, direct_marketing=True)], situation="")
    assert found.outcome is Outcome.granted and found.verdicts[0].reach == "absolute"


def test_each_purpose_is_decided_by_itself():
    found = balance(
        [FULL, Weighing("profiling", ("f",), conclusion="stop"), Weighing("bookkeeping", ("c",))], situation=SITUATION
    )
    assert found.outcome is Outcome.partly_granted
    assert found.grounds == ("compelling_grounds", "not_objectable")
    assert [verdict.stops for verdict in found.verdicts] == [False, True, False]
    assert balance([Weighing("bookkeeping", ("c",))], situation="").outcome is Outcome.refused


def test_every_ground_it_gives_is_one_of_the_catalogue_for_objections():
    for code in ("compelling_grounds", "objection_legal_claims", "not_objectable"):
        assert Right.objection in GROUNDS[code].rights
