"""A review of an automated decision that is more than a token gesture (Art. 22(3))."""

from dataclasses import replace

import pytest

from law.human_review import RESULTS, Review, check
from tests.law.rows import each

WHOLE = Review(
    "changed", "I had paid.", ("The balance was read.",), "You may pay by invoice.", "The payment had arrived.",
    is_staff=True, has_authority=True, saw_all=True,
)  # fmt: skip


@each("result", RESULTS)
def test_a_whole_review_can_be_answered_with(result):
    assert check(replace(WHOLE, result=result)).allowed


@each(
    ("lack", "code"),
    [({"is_staff": False}, "not_staff"), ({"has_authority": False}, "no_authority"),
     ({"saw_all": False}, "not_all_seen"),
     ({"view": " "}, "no_view"), ({"logic": ("", " ")}, "no_logic"), ({"result": ""}, "no_result"),
     ({"holds": ""}, "nothing_holds"), ({"reasons": "\n"}, "no_reasons")],
)  # fmt: skip
def test_what_is_missing_is_named(lack, code):
    answer = check(replace(WHOLE, **lack))
    assert not answer.allowed and [reason.code for reason in answer.reasons] == [f"review.{code}"]


def test_nothing_at_all_lacks_everything_and_another_result_is_an_error():
    assert len(check(Review()).reasons) == 8
    with pytest.raises(ValueError, match="expected one of upheld"):
        check(replace(WHOLE, result="perhaps"))
