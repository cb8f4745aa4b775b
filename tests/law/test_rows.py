"""The tables of examples fail where a row fails, and say which."""

import pytest

from tests.law.rows import each


def test_a_failing_row_is_named() -> None:
    @each("number", [1, 2])
    @each(("less", "more"), [(0, 9)])
    def table(number: int, less: int, more: int) -> None:
        assert less < number < 2 < more

    with pytest.raises(AssertionError) as failed:
        table()
    assert failed.value.__notes__ == ["with {'less': 0, 'more': 9}", "with {'number': 2}"]
    with pytest.raises(AssertionError, match="tests nothing"):
        each("number", [])
