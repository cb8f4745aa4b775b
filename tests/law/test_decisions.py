"""An incomplete refusal does not go out."""

from datetime import date

from law.deadlines import Deadline, deadline
from law.decisions import GROUNDS, Outcome, check, grounds_for
from law.reasons import Answer
from law.rights import IMMEDIATE, Right
from tests.law.rows import each

TODAY = date(2026, 11, 22)
CLOCK: Deadline = deadline(date(2026, 11, 10), country="DK")


def ruled(outcome: Outcome, right: Right = Right.erasure, **given: object) -> Answer:
    details = {"country": "DK", "grounds": (), "reasons_text": "", "today": TODAY, "deadline": CLOCK} | given
    return check(outcome, right=right, **details)  # type: ignore[arg-type]


def codes(answer: Answer) -> set[str]:
    return {reason.code for reason in answer.reasons}


def test_every_ground_names_its_provision_and_at_least_one_right() -> None:
    assert all(ground.article and ground.rights for ground in GROUNDS.values())
    assert all(code == ground.code for code, ground in GROUNDS.items())


@each("right", sorted(IMMEDIATE))
@each("country", ["DK", "SE", "NO"])
def test_no_ground_reaches_the_immediate_rights(right: Right, country: str) -> None:
    assert grounds_for(right, country=country) == ()


@each("right", sorted(set(Right) - IMMEDIATE))
def test_every_other_right_has_grounds_and_none_of_another_right(right: Right) -> None:
    found = grounds_for(right, country="DK")
    assert found
    assert all(right in ground.rights for ground in found)


@each(
    ("country", "own", "foreign"),
    [
        ("DK", {"dk_private_interests", "dk_public_interests"}, {"se_drafts", "no_16_f"}),
        ("SE", {"se_secrecy", "se_drafts"}, {"dk_private_interests", "no_16_a"}),
        ("NO", {f"no_16_{letter}" for letter in "abcdef"}, {"dk_public_interests", "se_secrecy"}),
    ],
)
def test_exemptions_belong_to_their_country(country: str, own: set[str], foreign: set[str]) -> None:
    found = {ground.code for ground in grounds_for(Right.access, country=country)}
    assert own <= found
    assert not foreign & found


@each("letter", "abcdef")
def test_norwegian_exemptions_cite_the_exact_letter(letter: str) -> None:
    assert GROUNDS[f"no_16_{letter}"].article.endswith(f"bokstav {letter}")


def test_national_bookkeeping_acts_are_grounds_against_erasure_only() -> None:
    assert GROUNDS["se_bookkeeping"] in grounds_for(Right.erasure, country="SE")
    assert GROUNDS["se_bookkeeping"] not in grounds_for(Right.access, country="SE")


def test_a_complete_refusal_goes_out_with_its_grounds() -> None:
    answer = ruled(Outcome.partly_granted, grounds=("dk_bookkeeping",), reasons_text="Invoice 1204 of 10 February 2026")
    assert answer.allowed
    assert codes(answer) == {"ground.dk_bookkeeping"}


@each("outcome", [Outcome.refused, Outcome.partly_granted])
def test_a_refusal_without_ground_or_reasons_is_stopped(outcome: Outcome) -> None:
    answer = ruled(outcome, reasons_text=" ")
    assert not answer.allowed
    assert codes(answer) == {"decision.no_ground", "decision.no_reasons"}


@each("code", ["expression", "no_bookkeeping", "no such ground"])
def test_a_ground_of_another_right_or_country_is_stopped(code: str) -> None:
    answer = ruled(Outcome.refused, Right.access, grounds=(code,), reasons_text="because")
    assert codes(answer) == {"decision.foreign_ground"}


def test_an_open_legal_obligation_needs_its_provision() -> None:
    given = {"grounds": ("legal_obligation",), "reasons_text": "payroll of 2024"}
    assert codes(ruled(Outcome.refused, **given)) == {"decision.no_provision"}
    assert ruled(Outcome.refused, **given, provision="opkrævningsloven § 7").allowed


def test_norway_wants_the_interests_written_out() -> None:
    given = {"country": "NO", "grounds": ("no_16_f",), "reasons_text": "a threat was made on 3 March"}
    assert codes(ruled(Outcome.partly_granted, Right.access, **given)) == {"decision.no_interests"}
    assert ruled(Outcome.partly_granted, Right.access, **given, interests_text="the safety of the witness").allowed


def test_manifestly_unfounded_needs_two_people() -> None:
    given = {"grounds": ("unfounded",), "reasons_text": "the same letter, the twentieth this week"}
    assert codes(ruled(Outcome.refused, **given, people=1)) == {"decision.second_person"}
    assert ruled(Outcome.refused, **given, people=2) == Answer(True, (GROUNDS["unfounded"].reason(),))
    not_yet = ruled(Outcome.refused, **given)
    assert not_yet.allowed
    assert not_yet.review
    assert "decision.two_people" in codes(not_yet)


@each(("right", "code"), [(Right.access, "others_rights"), (Right.portability, "portability_others")])
def test_the_rights_of_others_never_refuse_everything(right: Right, code: str) -> None:
    given = {"grounds": (code,), "reasons_text": "letters from a neighbour"}
    assert codes(ruled(Outcome.refused, right, **given)) == {"decision.part_only"}
    assert ruled(Outcome.partly_granted, right, **given).allowed


@each("right", sorted(IMMEDIATE))
@each("outcome", [Outcome.refused, Outcome.partly_granted])
def test_immediate_rights_are_not_refused(right: Right, outcome: Outcome) -> None:
    answer = ruled(outcome, right, grounds=("unfounded",), reasons_text="because")
    assert codes(answer) == {"decision.unconditional"}


@each("extended", [False, True])
@each("outcome", [Outcome.refused, Outcome.partly_granted])
def test_a_late_refusal_is_stopped_until_somebody_records_why(outcome: Outcome, extended: bool) -> None:
    """An extension does not move the month of a refusal (R-32)."""
    given = {"grounds": ("legal_claims",), "reasons_text": "case BS-1/2026", "today": date(2026, 12, 11)}
    clock = deadline(date(2026, 11, 10), country="DK", extended=extended)
    assert ruled(outcome, **{**given, "today": clock.notice_by}, deadline=clock).allowed
    stopped = ruled(outcome, **given, deadline=clock, late_because="  ")
    assert (stopped.allowed, codes(stopped)) == (False, {"refuse.too_late"})
    told = ruled(outcome, **given, deadline=clock, late_because="The case lay with a colleague who fell ill.")
    assert (told.allowed, codes(told)) == (True, {"ground.legal_claims", "refuse.late"})


def test_an_unforeseen_restriction_must_name_its_provision() -> None:
    """R-82: whatever else restricts a right stands in a concrete provision."""
    given = {"grounds": ("other_statute",), "reasons_text": "the books are with the police"}
    assert codes(ruled(Outcome.refused, **given)) == {"decision.no_provision"}
    assert ruled(Outcome.refused, **given, provision="retsplejeloven § 189").allowed


@each("letter", "abcdef")
def test_norway_names_the_exact_letter_and_for_f_the_interests(letter: str) -> None:
    """Personopplysningsloven § 16 tredje ledd."""
    given = {"grounds": (f"no_16_{letter}",), "reasons_text": "grunnene i saken", "right": Right.access}
    assert GROUNDS[f"no_16_{letter}"].article.endswith(f"§ 16 første ledd bokstav {letter}")
    bare = ruled(Outcome.partly_granted, **given, country="NO")
    assert (bare.allowed, codes(bare) == {"decision.no_interests"}) == (letter != "f", letter == "f")
    assert ruled(Outcome.partly_granted, **given, country="NO", interests_text="et barns trygghet").allowed


def test_the_catalogue_is_whole() -> None:
    """Art. 12(5), 15(4), 17(3)(a)-(e), 20(3)-(4), 21(1) and 23 with the national sections."""
    articles = {ground.article for ground in GROUNDS.values()}
    assert {f"Art. 17(3)({letter}) GDPR" for letter in "abcde"} <= articles
    assert {"Art. 12(5)(b) GDPR", "Art. 15(4) GDPR", "Art. 20(3) GDPR", "Art. 20(4) GDPR"} <= articles
    assert {"Art. 21(1) GDPR", "Art. 23 GDPR"} <= articles
    assert {"databeskyttelsesloven § 22, stk. 1", "databeskyttelsesloven § 22, stk. 2"} <= articles
    assert {f"dataskyddslagen (2018:218) 5 kap. {section} §" for section in (1, 2)} <= articles


@each("outcome", [Outcome.granted, Outcome.no_data, Outcome.withdrawn, Outcome.not_identified])
def test_other_outcomes_need_no_ground_and_take_none(outcome: Outcome) -> None:
    assert codes(ruled(outcome)) == {f"decision.{outcome}"}
    assert codes(ruled(outcome, grounds=("legal_claims",))) == {"decision.ground_without_refusal"}


def test_an_immediate_right_never_ends_for_want_of_identity() -> None:
    assert codes(ruled(Outcome.not_identified, Right.withdraw_consent)) == {"identity.never_asked"}
    assert ruled(Outcome.granted, Right.withdraw_consent).allowed
