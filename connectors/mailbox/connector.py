"""The connector of a mailbox: messages in whose headers one of the person's addresses stands."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from fideslang.models import Dataset

from connectors import maps, spelling, walk
from connectors.base import Ability, Finding, Identity, Key, Record
from connectors.errors import ConnectorError
from connectors.limited import Limited
from connectors.mailbox import message
from connectors.mailbox.session import ADDRESS, Session, login
from connectors.rows import record
from connectors.values import plain
from policies.mailbox_way import MailboxWay
from policies.spelling import Normalise, Spelling

ADDRESSES = "addresses"
"""The column a search begins at: who is named in the headers, without the company itself."""
HEADER_NAMES = ("from", "to", "cc", "bcc", "reply-to", "sender")


class MailboxConnector(Limited):
    """`url` as in `connectors.mailbox.session`; nothing is opened before use. ConnectorError bad_url from here.

    Each message is one row of the one collection the map has, streamed one at a time. It reads and no more: a message
    that shall be erased is a person's work (`Limited`).
    """

    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.FIND, Ability.KEYS})

    def __init__(
        self, name: str, *, url: str, dataset: Dataset, way: MailboxWay,
        normalise: Mapping[str, Normalise] | None = None,
    ) -> None:  # fmt: skip
        self.source, self.map, self.way = name, maps.read(dataset), way
        self._spelling = {**spelling.DEFAULTS, **(normalise or {})}
        entry = login(url, source=name)
        self._session = Session(entry, source=name)
        self._own = {one.lower() for one in way.own} | ({entry.user.lower()} if "@" in entry.user else set())

    def __repr__(self) -> str:
        return f"MailboxConnector({self.source!r})"

    def describe(self) -> list[Finding]:
        """Folders the map names and the mailbox lacks, and columns no message has."""
        there = self._session.folders()
        lost = [Finding("error", "missing_table", folder) for folder in self.way.folders if folder not in there]
        return lost + [
            Finding("error", "missing_column", table, column)
            for table, mapped in self.map.collections.items() for column in mapped.fields
            if column not in message.COLUMNS
        ]  # fmt: skip

    def columns(self, collection: str) -> tuple[str, ...]:
        if collection not in self.map.collections:
            raise ConnectorError("missing_table", True, collection, source=self.source)
        self._session.folders()  # a mailbox nobody can enter holds nothing: that must not look like "nothing found"
        return message.COLUMNS

    def key_columns(self, collection: str) -> tuple[str, ...]:
        return message.KEY

    def is_unique(self, collection: str, columns: Sequence[str]) -> bool:
        return set(message.KEY) <= set(columns)

    def normalised(self, kind: str, value: Any) -> str:
        return spelling.normalised(self._spelling.get(kind, "exact"), value)

    def find(self, identity: Identity, *, given: Mapping[str, Collection[Any]] | None = None) -> Iterator[Record]:
        return walk.alone(self, identity)

    def by_key(self, collection: str, keys: Collection[Key]) -> Iterator[Record]:
        wanted = {tuple(key.get(name) for name in message.KEY) for key in keys}
        for row in self.rows(collection, where=message.KEY, values=wanted, columns=message.COLUMNS):
            yield record(self, collection, row, path=("by key",))

    def counts(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]]
    ) -> dict[tuple[Any, ...], int]:
        self._not_able("counts")

    def rows(
        self, collection: str, *, where: Sequence[str], values: Collection[tuple[Any, ...]],
        columns: Sequence[str], kind: str = "",
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """By address, or by key. ConnectorError not_able for any other question."""
        if tuple(where) == (ADDRESSES,):
            places = self._of_people({str(value) for (value,) in values}, kind or "email")
        elif set(where) == set(message.KEY):
            places = self._of_keys([dict(zip(where, value, strict=True)) for value in values])
        else:
            self._not_able("search by other columns")
        whole = not set(columns) <= {*message.KEY, ADDRESSES}
        for folder, validity, uid, wanted in places:
            row = self._row(folder, validity, uid, whole=whole, wanted=wanted, kind=kind or "email")
            if row is not None:
                yield {name: row[name] for name in columns}

    def close(self) -> None:
        self._session.close()

    def _of_people(self, wanted: set[str], kind: str) -> Iterator[tuple[str, int, int, set[str]]]:
        """Where a message with one of these addresses may lie. What is no address finds nobody."""
        theirs = [one for one in wanted if ADDRESS.fullmatch(one) and not self._is_own(one)]
        texts = {text for one in theirs for text in self._asked(one, kind)}
        for folder in self._folders() if texts else ():
            validity, found = self._session.examine(folder), set[int]()
            for text in sorted(texts):
                found.update(
                    self._session.search(folder, headers=self.way.headers, text=text, since=self.way.since)
                )
            for uid in sorted(found):
                yield folder, validity, uid, wanted

    def _asked(self, address: str, kind: str) -> set[str]:
        """What the server is asked for: the address; its domains alone where other spellings of it are the same."""
        how = self._spelling.get(kind, "exact")
        if not isinstance(how, Spelling):
            return {address}
        domain = spelling.parts(address)[1]
        return {f"@{one}" for one in (domain, *(old for old, new in how.domains.items() if new == domain))}

    def _of_keys(self, keys: Sequence[Key]) -> Iterator[tuple[str, int, int, set[str]]]:
        for key in keys:
            folder, uid = str(key["folder"]), str(key["uid"])
            if folder in self._folders() and uid.isdigit():
                validity = self._session.examine(folder)
                if str(key["uidvalidity"]) == str(validity):  # else the numbers have been given out anew (RFC 3501)
                    yield folder, validity, int(uid), set()

    def _folders(self) -> list[str]:
        there = self._session.folders()
        return [one for one in there if one in self.way.folders] if self.way.folders else there

    def _row(
        self, folder: str, validity: int, uid: int, *, whole: bool, wanted: set[str], kind: str
    ) -> dict[str, Any] | None:
        """One message; None where it is gone, or where the server found the text inside another address."""
        fetched = self._session.fetch(folder, uid, most=self.way.largest * 1024 * 1024 if whole else 0)
        if fetched is None:
            return None
        parsed = message.parsed(fetched.data)
        counting = message.addresses(parsed, *(name.replace("_", "-") for name in self.way.headers))
        if wanted and not any(self.normalised(kind, one) in wanted for one in counting):
            return None
        row = dict(zip(message.KEY, (folder, validity, uid), strict=True))
        row |= message.fields(parsed, self.way, size=fetched.size, arrived=fetched.arrived) if whole else {}
        named = [one for one in message.addresses(parsed, *HEADER_NAMES) if not self._is_own(one)]
        return {name: plain(value) for name, value in (row | {ADDRESSES: named}).items()}

    def _is_own(self, address: str) -> bool:
        return address in self._own or f"@{spelling.parts(address)[1]}" in self._own
