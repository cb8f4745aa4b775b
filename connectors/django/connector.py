"""The connector of one Django project: what `dsar_source` exposes there, by signed requests."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from fideslang.models import Dataset

from connectors import environment, maps, spelling, walk
from connectors.base import Ability, Finding, Identity, Instruction, Key, Receipt, Record, SourcePlan
from connectors.django import changing
from connectors.django.forms import forms
from connectors.errors import ConnectorError, PlanOutdated
from connectors.http import signature
from connectors.http.exchange import Exchange, Limits, Pause, Request
from connectors.limited import Limited
from connectors.reach import pick, same
from connectors.rows import record
from policies.http_way import DjangoWay
from policies.spelling import Normalise

VALUES = 500  # in one request; the other side takes no more
LOOKS = {"DateField": "date", "DateTimeField": "datetime", "BooleanField": "boolean", "TextField": "text"}


class DjangoConnector(Limited):
    """`url` is where the app is mounted. ConnectorError bad_url, not_configured, bad_secret from the constructor."""

    abilities = frozenset({Ability.FIND, Ability.KEYS, Ability.SCAN, Ability.CHANGE})

    def __init__(
        self, name: str, *, url: str, dataset: Dataset, way: DjangoWay, environ: Mapping[str, str],
        normalise: Mapping[str, Normalise] | None = None, pause: Pause = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self.source, self.map, self.clock = name, maps.read(dataset), clock
        key = signature.key(environment.secret(environ, way.secret_env, source=name), source=name)
        self.exchange = Exchange(
            name, url=url, auth=signature.Signed(key, way.key_id), near=way.private_addresses, pause=pause,
            limits=Limits(way.seconds, answer_bytes=64_000_000),
        )  # fmt: skip
        self._normalise = {**spelling.DEFAULTS, **(normalise or {})}

    def __repr__(self) -> str:
        return f"DjangoConnector({self.source!r})"

    def close(self) -> None:
        self.exchange.close()
        self.__dict__.pop("there", None)

    def ask(self, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """ConnectorError with the code the other side gave; PlanOutdated."""
        answer = self.exchange.ask(Request("POST", f"{self.exchange.url}/{what}/", body=dict(body))).value
        if not isinstance(answer, dict):
            raise ConnectorError("unexpected_answer", True, what, source=self.source)
        if error := answer.get("error"):
            code, detail = str(error.get("code")), str(error.get("detail", ""))
            if code == "plan_outdated":
                raise PlanOutdated(detail, source=self.source, instructions=tuple(error.get("ids", ())))
            raise ConnectorError(code, True, detail, source=self.source)
        return answer

    # -- what is there ---------------------------------------------------------------------------------------------

    @cached_property
    def there(self) -> dict[str, Any]:
        """Every table exposed, as the models describe it."""
        found = self.ask("describe", {})["collections"]
        return dict(found)

    def told(self, collection: str) -> dict[str, Any]:
        if collection not in self.map.collections or collection not in self.there:
            raise ConnectorError("missing_table", True, collection, source=self.source)
        return dict(self.there[collection])

    def describe(self) -> list[Finding]:
        return changing.describe(self)

    def columns(self, collection: str) -> tuple[str, ...]:
        return tuple(self.told(collection)["columns"])

    def key_columns(self, collection: str) -> tuple[str, ...]:
        return tuple(self.told(collection)["key"])

    def is_unique(self, collection: str, columns: Sequence[str]) -> bool:
        told = self.told(collection)
        alone = [[name] for name, about in told["columns"].items() if about["unique"] and len(told["key"]) == 1]
        return any(set(names) <= set(columns) for names in (told["key"], *told["unique"], *alone))

    def looks(self, collection: str) -> dict[str, str]:
        """Column to text, boolean, integer, date, datetime, or decimal:2 (digits after the point)."""
        found = {name: _look(about) for name, about in self.told(collection)["columns"].items()}
        return {name: look for name, look in found.items() if look}

    def normalised(self, kind: str, value: Any) -> str:
        return spelling.normalised(self._normalise.get(kind, "exact"), value)

    # -- find ------------------------------------------------------------------------------------------------------

    def find(self, identity: Identity, *, given: Mapping[str, Collection[Any]] | None = None) -> Iterator[Record]:
        """One person's records here. For all sources of a controller use `walk.find`."""
        return walk.alone(self, identity, given)

    def rows(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]], columns: Sequence[str],
        kind: str = "",
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        if unknown := {*where, *columns} - set(self.columns(collection)):
            raise ConnectorError("missing_column", True, f"{collection}.{min(unknown)}", source=self.source)
        how, asked = self._asked(values, kind)
        wanted = {value if kind else same(value) for value in ((one[0] if kind else one) for one in values)}
        needed = list(dict.fromkeys([*columns, *where]))
        size = max(1, VALUES // max(1, len(where)))
        for start in range(0, len(asked), size):
            body = {"collection": collection, "where": list(where), "values": asked[start : start + size],
                    "columns": needed, "spelling": how}  # fmt: skip
            for row in self._pages(body):
                # Databases hold "ö" and "o", or "a" and "a ", for equal. People are not.
                mark = self.normalised(kind, row[where[0]]) if kind else same(pick(row, where))
                if mark in wanted:
                    yield {column: row[column] for column in columns}

    def counts(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]]
    ) -> dict[tuple[Any, ...], int]:
        found: dict[tuple[Any, ...], int] = {}
        _, asked = self._asked(values, "")
        size = max(1, VALUES // max(1, len(where)))
        for start in range(0, len(asked), size):
            body = {"collection": collection, "where": list(where), "values": asked[start : start + size]}
            for *held, number in self.ask("counts", body)["counts"]:
                found[tuple(held)] = number
        return found

    def by_key(self, collection: str, keys: Collection[Key]) -> Iterator[Record]:
        key = self.key_columns(collection)
        wanted = [tuple(one.get(column) for column in key) for one in keys]
        for row in self.rows(collection, where=key, values=wanted, columns=self.columns(collection)):
            yield record(self, collection, row, path=("by key",))

    def scan(self, collection: str, *, after: Key | None, count: int) -> list[Record]:
        start = None if after is None else [after[column] for column in self.key_columns(collection)]
        found: list[Record] = []
        body = {"collection": collection, "where": [], "values": [], "columns": list(self.columns(collection))}
        while len(found) < count:
            page = self.ask("rows", {**body, "after": start, "count": count - len(found)})
            found += [record(self, collection, row, path=("scan",)) for row in page["rows"]]
            start = page["after"]
            if start is None:
                break
        return found

    def size(self, collection: str) -> int:
        self.told(collection)
        return int(self.ask("size", {"collection": collection})["size"])

    def _asked(self, values: Collection[tuple[Any, ...]], kind: str) -> tuple[str, list[list[Any]]]:
        if not kind:
            return "exact", [list(value) for value in values]
        found = forms(self._normalise.get(kind, "exact"), (str(value) for (value,) in values))
        if found is None:
            raise ConnectorError("spelling", True, kind, source=self.source)
        return found[0], [[form] for form in found[1]]

    def _pages(self, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        after = None
        while True:
            page = self.ask("rows", {**body, "after": after})
            yield from page["rows"]
            if page["after"] is None:
                return
            if page["after"] == after:
                raise ConnectorError("paging_loop", True, source=self.source)
            after = page["after"]

    # -- change ----------------------------------------------------------------------------------------------------

    def can_spell(self, kind: str) -> bool:
        return forms(self._normalise.get(kind, "exact"), []) is not None

    def why_not(self, collection: str, column: str) -> str:
        return changing.why_not(self, collection, column)

    def plan(self, instructions: Sequence[Instruction]) -> SourcePlan:
        return changing.plan(self, instructions)

    def rehearse(self, plan: SourcePlan) -> list[Receipt]:
        return changing.carry_out(self, "rehearse", plan, frozenset())

    def execute(self, plan: SourcePlan, *, ledger: Collection[str] = frozenset()) -> Iterator[Receipt]:
        return iter(changing.carry_out(self, "execute", plan, frozenset(ledger)))

    def verify(self, plan: SourcePlan) -> list[Record]:
        return changing.remaining(self, plan)


def _look(about: Mapping[str, Any]) -> str:
    kind = str(about["type"])
    if kind == "DecimalField":
        return f"decimal:{about['scale']}" if about["scale"] else ""
    if kind.endswith(("IntegerField", "AutoField")):
        return "integer"
    return LOOKS.get(kind, "text" if kind in ("CharField", "SlugField") else "")
