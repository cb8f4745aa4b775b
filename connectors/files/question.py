"""Which rows are asked for: by values of some columns. Asked of a file by what its name says, and of every row."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from connectors.inside import top
from connectors.reach import Values, same, spread

Row = Mapping[str, Any]


class Question:
    """Rows whose `where` columns (or paths inside them) hold one of `values`; NULL is never asked for.

    `normalised` where one column is compared as an identity. `known` are the table's columns, `inside` the columns
    and paths that hold many values.
    """

    def __init__(
        self, where: Sequence[str], values: Collection[Values], *, known: Sequence[str], inside: Collection[str],
        normalised: Callable[[Any], str] | None,
    ) -> None:  # fmt: skip
        self.where, self._normalised = tuple(where), normalised
        self._inside = frozenset(inside) & frozenset(where)
        self._blank = dict.fromkeys(known)
        self._wanted = {self._mark(one) for one in values if None not in one} - {""}
        self.columns = tuple(dict.fromkeys(top(name, tuple(known)) for name in where))

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def fits(self, row: Row) -> bool:
        if not self._inside:
            return self._is(tuple(row.get(name) for name in self.where))
        return any(self._is(one) for one in spread({**self._blank, **row}, self.where, self._inside))

    def may(self, said: Row) -> bool:
        """Whether a file whose name says these columns may hold such a row."""
        places = [place for place, name in enumerate(self.where) if name in said]
        if not places:
            return True
        if len(places) == len(self.where):
            return self.fits(said)
        known = {place: same((said[self.where[place]],))[0] for place in places}
        return any(all(one[place] == value for place, value in known.items()) for one in self._wanted)

    @property
    def numbers(self) -> dict[str, list[int]]:
        """By column the whole numbers it must hold one of; a column that may hold something else is left out."""
        found = {}
        for place, name in enumerate(self.where if not (self._normalised or self._inside) else ()):
            held = {one[place] for one in self._wanted}
            if all(value.isascii() and value.removeprefix("-").isdigit() for value in held):
                found[name] = [int(value) for value in held]
        return found

    def _is(self, held: Values) -> bool:
        return None not in held and self._mark(held) in self._wanted

    def _mark(self, held: Values) -> Any:
        return self._normalised(held[0]) if self._normalised else same(held)
