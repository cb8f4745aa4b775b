"""What a person may carry elsewhere."""

from law.disclosure import Origin, in_portability
from tests.law.rows import each


def codes(answer: object) -> list[str]:
    return [reason.code for reason in answer.reasons]  # type: ignore[attr-defined]


@each(
    ("origin", "bases", "code"),
    [
        ("provided", ["b"], "portability.provided"),
        ("observed", ["a"], "portability.observed"),
        ("provided", ["c", "b"], "portability.provided"),
        ("derived", ["b"], "portability.derived"),
        ("third_party", ["b"], "portability.third_party"),
        ("provided", ["f"], "portability.other_basis"),
        ("provided", ["c", "f"], "portability.other_basis"),
        ("provided", [], "portability.other_basis"),
    ],
)
def test_portability_by_origin_and_basis(origin: Origin, bases: list[str], code: str) -> None:
    answer = in_portability(origin=origin, bases=bases)
    assert codes(answer) == [code]
    assert answer.allowed is (code in ("portability.provided", "portability.observed"))


def test_paper_is_not_portable() -> None:
    assert codes(in_portability(origin="provided", bases=["b"], automated=False)) == ["portability.not_automated"]


def test_a_shared_row_is_looked_at_first() -> None:
    answer = in_portability(origin="provided", bases=["b"], shared=True)
    assert answer.allowed
    assert answer.review
