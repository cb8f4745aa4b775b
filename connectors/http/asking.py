"""From what the map says about a table to requests, and from their answers to rows: one page at a time in memory."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeAlias
from urllib.parse import quote

import httpx

from connectors.errors import ConnectorError
from connectors.http.exchange import Answer, Exchange, Request
from connectors.values import canonical, plain
from policies.http_way import FIELDS, PLACE, HttpChange, HttpFind, HttpPaging

Rows: TypeAlias = list[dict[str, Any]]
Given: TypeAlias = Mapping[str, Any]  # column -> value, or a list of values


class NoSuchAddress(Exception):
    """No address can be made of this value, so nothing lies there."""


def pages(exchange: Exchange, find: HttpFind, given: Given, *, most: int) -> Iterator[Rows]:
    """The rows of every page. ConnectorError paging_loop, too_many_pages, unexpected_answer; see `Exchange`."""
    try:
        request = _first(exchange, find, given)
    except NoSuchAddress:
        return
    turn = Turn(exchange, find.paging, request)
    for _ in range(most):
        answer = exchange.ask(turn.request)
        rows = _rows(exchange, answer, find.rows)
        yield rows
        if not turn.goes_on(answer, rows):
            return
    raise ConnectorError("too_many_pages", True, f"more than {most}", source=exchange.source)


class Turn:
    """Where in the pages we are. A page, a cursor or an address that was there before is a loop."""

    def __init__(self, exchange: Exchange, paging: HttpPaging | None, request: Request) -> None:
        self._exchange, self._paging, self._bare = exchange, paging, request
        self._number, self._seen = (paging.first if paging and paging.style == "page" else 0), 0
        self._marks: set[bytes] = set()
        self.request = request
        if paging and paging.style in ("page", "offset"):
            self.request = self._with(self._number)

    def goes_on(self, answer: Answer, rows: Rows) -> bool:
        """Go on to the next page; False where there is none."""
        if self._paging is None or (answer.status == 404 and not rows):
            return False
        if self._paging.style in ("page", "offset"):
            return self._count(answer, rows)
        following = at(answer.value, self._paging.next) if self._paging.next else answer.next
        if not following:
            return False
        self._mark(following)
        self.request = self._at(str(following)) if self._paging.style == "link" else self._with(following)
        return True

    def _count(self, answer: Answer, rows: Rows) -> bool:
        assert self._paging is not None
        self._seen += len(rows)
        total = at(answer.value, self._paging.total) if self._paging.total else None
        if not rows or (isinstance(total, int) and self._seen >= total):
            return False
        self._mark(rows)
        self._number += len(rows) if self._paging.style == "offset" else 1
        self.request = self._with(self._number)
        return True

    def _mark(self, what: Any) -> None:
        mark = sha256(canonical(what).encode("utf-8", "surrogatepass")).digest()
        if mark in self._marks:
            raise ConnectorError("paging_loop", True, source=self._exchange.source)
        self._marks.add(mark)

    def _with(self, value: Any) -> Request:
        assert self._paging is not None and self._paging.param is not None
        bare = self._bare
        if self._paging.place == "body":
            return replace(bare, body={**(bare.body or {}), self._paging.param: value})
        return replace(bare, query=(*bare.query, (self._paging.param, str(value))))

    def _at(self, address: str) -> Request:
        """The next page lies on the same server: a stranger would be given our credentials."""
        base, url = httpx.URL(self._exchange.url), httpx.URL(self.request.url).join(address)
        if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port) or url.userinfo:
            raise ConnectorError("foreign_link", True, source=self._exchange.source)
        return replace(self._bare, url=str(url), query=())


def change(exchange: Exchange, deed: HttpChange, key: Given, *, fields: Given | None, again: str) -> None:
    """One row erased (without `fields`) or changed. `again` is the same whenever this deed on this row is."""
    try:
        path = _path(deed.path, key, join=None)
    except NoSuchAddress:
        raise ConnectorError("key", True, source=exchange.source) from None
    body = _filled(deed.body, {**key, FIELDS: fields}) if deed.body is not None else fields
    exchange.ask(Request(
        deed.method, exchange.url + path, _query(deed.query, key, join=None), body,
        headers={deed.idempotency_header: again} if deed.idempotency_header else {},
        repeatable=bool(deed.idempotency_header) or deed.method in ("PUT", "DELETE"),
        gone=fields is None,  # erased before
        reads=False,
    ))  # fmt: skip


def at(value: Any, path: str | None) -> Any:
    """What lies at a dotted path of an answer; None where it ends nowhere."""
    for part in path.split(".") if path else ():
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _rows(exchange: Exchange, answer: Answer, path: str | None) -> Rows:
    found = at(answer.value, path)
    rows = [] if found is None else found if isinstance(found, list) else [found]
    unknown = found is None and answer.value is not None and _lost(answer.value, path)
    if unknown or not all(isinstance(row, dict) for row in rows):
        raise ConnectorError("unexpected_answer", True, path or "", source=exchange.source)
    return rows


def _lost(value: Any, path: str | None) -> bool:
    """Whether the answer has no such place at all: then "nothing found" would be a guess."""
    *outer, last = path.split(".") if path else [""]
    inner = at(value, ".".join(outer) or None)
    return not (isinstance(inner, dict) and last in inner)


def _first(exchange: Exchange, find: HttpFind, given: Given) -> Request:
    size: tuple[tuple[str, int], ...] = ()
    if find.paging and find.paging.size_param and find.paging.size:
        size = ((find.paging.size_param, find.paging.size),)
    body = _filled(find.body, given)
    query = _query(find.query, given, join=find.join)
    if find.paging and find.paging.place == "body":
        body = {**(body or {}), **dict(size)}
    else:
        query = (*query, *((name, str(number)) for name, number in size))
    return Request(find.method, exchange.url + _path(find.path, given, join=find.join), query, body,
                   gone=bool(PLACE.search(find.path)))  # fmt: skip


def _path(template: str, given: Given, *, join: str | None) -> str:
    def segment(match: re.Match[str]) -> str:
        text = _text(given[match[1]], join)
        if text in ("", ".", ".."):  # would be another place of the server
            raise NoSuchAddress
        return quote(text, safe="," if join == "," else "", errors="replace")

    return PLACE.sub(segment, template)


def _query(template: Mapping[str, str], given: Given, *, join: str | None) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for name, text in template.items():
        alone = PLACE.fullmatch(text)
        if alone and join is None and isinstance(given[alone[1]], list):
            pairs += [(name, _text(value, None)) for value in given[alone[1]]]
        else:
            pairs.append((name, PLACE.sub(lambda match: _text(given[match[1]], join), text)))
    return tuple(pairs)


def _text(value: Any, join: str | None) -> str:
    if isinstance(value, list):
        return (join or ",").join(_text(one, None) for one in value)
    value = plain(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.encode("utf-8", "replace").decode()  # half a character, as some sources hold, is nobody's name


def _filled(template: Any, given: Given) -> Any:
    if isinstance(template, str):
        alone = PLACE.fullmatch(template)
        return plain(given[alone[1]]) if alone else PLACE.sub(lambda match: _text(given[match[1]], None), template)
    if isinstance(template, dict):
        return {name: _filled(inner, given) for name, inner in template.items()}
    return [_filled(inner, given) for inner in template] if isinstance(template, list) else template
