"""Tables of examples as one test each: at 2 ms a row, pytest's own parametrisation would cost more than the law."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any


def each(names: str | Sequence[str], rows: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Like `pytest.mark.parametrize`, in one test; a row that fails is named in a note below the error."""
    keys = [names] if isinstance(names, str) else list(names)
    table = [dict(zip(keys, [row] if isinstance(names, str) else row, strict=True)) for row in rows]
    assert table, "a table without rows tests nothing"

    def of_all_rows(test: Callable[..., None]) -> Callable[..., None]:
        def run(**outer: Any) -> None:
            for row in table:
                try:
                    test(**row, **outer)
                except BaseException as error:
                    error.add_note(f"with {row}")
                    raise

        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        return run

    return of_all_rows
