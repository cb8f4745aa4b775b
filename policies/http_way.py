"""How a JSON API is asked: the block ``http:`` of a source. What is written here is what is sent; nothing is guessed.

``{column}`` in a path, a query or a body stands for a value of that column. It is sent as a value: percent-encoded in a
path or a query, a JSON string or number in a body.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from policies.parts import Part

Secret = Annotated[str, StringConstraints(pattern=r"^DSAR_SOURCE_[A-Z0-9_]+$")]
"""A variable with a secret. The prefix is fixed, so that no map can send another secret of the portal away."""
Header = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")]
Path = Annotated[str, StringConstraints(pattern=r"^/[^?#\s]*$")]
Inside = Annotated[str, StringConstraints(pattern=r"^[^.\s]+(\.[^.\s]+)*$")]
"""A dotted path into an answer: ``data.items``."""
PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.-]*)\}")
FIELDS = "fields"  # in an update: the columns that change, with their new values


class HttpAuth(Part):
    """Who we are to that system. The secret is in the variable ``secret_env`` (or ``<NAME>_FILE``).

    ``bearer``: a token. ``basic``: "user:password". ``header``: the secret in the header named. ``signature``: each
    request is signed with HMAC-SHA256 by RFC 9421, under the name ``key_id``; the secret is Base64 of 32 bytes or more.
    """

    scheme: Literal["bearer", "basic", "header", "signature"]
    secret_env: Secret
    header: Header | None = None
    key_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        for name, scheme in (("header", "header"), ("key_id", "signature")):
            if (getattr(self, name) is not None) is not (self.scheme == scheme):
                raise ValueError(f"expected '{name}' beside scheme: {scheme}, and only there")
        return self


class HttpPaging(Part):
    """How the next page is asked for.

    ``page``, ``offset``: ``param`` carries the number of the page (from ``first``) or of the first row, until a page is
    empty or ``total`` (a dotted path) rows were seen: a short page is not taken for the last. ``cursor``: ``param``
    carries what stands at ``next`` in the answer, until that is empty. ``link``: the address of the next page stands at
    ``next``, or without it in the header Link (RFC 8288, rel="next"). ``size`` rows are asked for with ``size_param``.
    """

    style: Literal["page", "offset", "cursor", "link"]
    param: str | None = None
    next: Inside | None = None
    first: int = Field(default=1, ge=0)
    total: Inside | None = None
    size_param: str | None = None
    size: int | None = Field(default=None, ge=1, le=10_000)
    place: Literal["query", "body"] = "query"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.param is None) is not (self.style == "link"):
            raise ValueError("expected 'param' for page, offset and cursor, and none for link")
        if (self.style == "cursor" and self.next is None) or (self.style in ("page", "offset") and self.next):
            raise ValueError("expected 'next' for cursor, perhaps for link, and none for page and offset")
        if (self.size is None) is not (self.size_param is None):
            raise ValueError("expected 'size' and 'size_param' together")
        return self


class _Request(Part):
    path: Path
    query: dict[str, str] = {}
    body: dict[str, Any] | None = None

    @property
    def places(self) -> frozenset[str]:
        """The columns whose values this request carries."""
        texts = (self.path, *self.query.values(), *_leaves(self.body))
        return frozenset(name for text in texts for name in PLACE.findall(text))


class HttpFind(_Request):
    """Rows by the values of the columns ``by``; without any, every row there is (for small tables: we pick ourselves).

    ``rows`` is where they lie in the answer; absent, the answer itself. With ``batch`` one request asks for so many
    values: a parameter is repeated, or holds them joined by ``join``; a body gets a list. What comes back is compared
    again with what was asked for, so an API that finds too much does no harm; one that finds too little does.
    """

    by: tuple[str, ...] = ()
    method: Literal["GET", "POST"] = "GET"
    rows: Inside | None = None
    paging: HttpPaging | None = None
    batch: int = Field(default=1, ge=1, le=500)
    join: str | None = None

    @model_validator(mode="after")
    def _asks_for_it(self) -> Self:
        if self.places != set(self.by):
            raise ValueError(f"expected {{column}} for each of 'by' and no other, found {sorted(self.places)}")
        if self.batch > 1 and len(self.by) != 1:
            raise ValueError("expected one column in 'by' beside 'batch'")
        if self.batch > 1 and PLACE.search(self.path) and not self.join:
            raise ValueError("expected 'join' beside 'batch' where the path holds the values")
        if self.method == "GET" and (self.body is not None or (self.paging and self.paging.place == "body")):
            raise ValueError("expected no 'body' in a GET")
        return self


class HttpChange(_Request):
    """One row erased, or its columns changed: addressed by the columns of its key.

    ``body`` of an update: ``{fields}`` stands for the changed columns with their new values; absent, they are the body.
    ``idempotency_header``: it carries the same key at every try; without it only PUT and DELETE are tried again.
    """

    method: Literal["DELETE", "PUT", "PATCH", "POST"]
    idempotency_header: Header | None = None


class HttpCollection(Part):
    """How one table is asked for, and changed where the API can."""

    find: tuple[HttpFind, ...] = Field(min_length=1)
    erase: HttpChange | None = None
    update: HttpChange | None = None


class HttpWay(Part):
    """A JSON API. Only https and public addresses, unless ``private_addresses`` (a system in your own network).

    ``seconds`` for one answer, ``attempts`` for one request; ``answer_bytes``, ``depth``, ``pages``: the most we read.
    """

    collections: dict[str, HttpCollection] = Field(min_length=1)
    auth: HttpAuth | None = None
    headers: dict[Header, str] = {}
    private_addresses: bool = False
    seconds: float = Field(default=30, gt=0, le=300)
    attempts: int = Field(default=4, ge=1, le=10)
    answer_bytes: int = Field(default=10_000_000, ge=1_000, le=100_000_000)
    depth: int = Field(default=32, ge=2, le=100)
    pages: int = Field(default=10_000, ge=1)


class DjangoWay(Part):
    """A Django project with our small app (``dsar_source``) installed; ``url_env`` holds where it is mounted.

    ``key_id`` names the key in that project's ``DSAR_SOURCE["KEYS"]``, ``secret_env`` the variable with it here.
    """

    key_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    secret_env: Secret
    private_addresses: bool = False
    seconds: float = Field(default=30, gt=0, le=300)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
