"""A JSON API on loopback that serves the data set of the contract, and shows the manners a test chooses."""

import copy
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.connectors.contract import ROWS

TOKEN = "a-token-for-tests"
KEYS = {"customers": ("id",), "orders": ("id",), "order_lines": ("order_id", "line_no")}


@dataclass
class Said:
    """One answer: a status, a value for JSON (or bytes as they are), headers; `drip` bytes at a time, slowly."""

    status: int = 200
    value: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drip: int = 0


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: dict[str, str]
    raw: bytes = b""
    target: str = ""


class Api:
    """`answers` take the place of the next answers; `seen` is every request. `page` rows lie on one page."""

    def __init__(self) -> None:
        self.rows = copy.deepcopy(ROWS)
        self.answers: list[Said | Callable[[Asked], Said]] = []
        self.always: Callable[[Asked], Said] | None = None
        self.seen: list[Asked] = []
        self.page, self.url = 250, ""
        self.keys_used: dict[str, str] = {}

    def answer(self, asked: Asked) -> Said:
        self.seen.append(asked)
        said = self.answers.pop(0) if self.answers else self.always or self.usual
        return said(asked) if callable(said) else said

    def usual(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Said(401, {"error": "who are you?"})
        _, table, *key = asked.path.split("/")
        if table not in self.rows:
            return Said(404, {"error": "no such table"})
        if asked.method in ("PATCH", "DELETE"):
            return self._write(asked, table, [unquote(part) for part in key])
        return self._read(asked, table, [unquote(part) for part in key])

    def _read(self, asked: Asked, table: str, key: list[str]) -> Said:
        if table == "customers" and key:  # one by its id: the row itself
            found = [row for row in self.rows[table] if str(row["id"]) == key[0]]
            return Said(200, {"customer": found[0]}) if found else Said(404, {"error": "none"})
        if table == "customers":  # by e-mail or number; pages by a cursor
            found = self._matching(table, asked, ("email", "customer_no"))
            start = int(asked.query.get("cursor", ["0"])[0])
            more = start + self.page < len(found)
            cursor = str(start + self.page) if more else None
            return Said(200, {"data": {"items": found[start:start + self.page]}, "meta": {"next": cursor}})
        if table == "orders":  # many values in a body; pages by number
            wanted = {str(value) for value in (asked.body or {}).get("values", ())}
            found = [row for row in self.rows[table] if str(row[asked.body["by"]]) in wanted]
            start = (asked.body["page"] - 1) * self.page
            return Said(200, {"items": found[start:start + self.page]})
        wanted = set(asked.query.get("order_id", [""])[0].split(","))
        found = [row for row in self.rows[table] if str(row["order_id"]) in wanted]
        start = int(asked.query.get("offset", ["0"])[0])
        headers = {}
        if start + self.page < len(found):
            query = f"order_id={asked.query['order_id'][0]}&offset={start + self.page}"
            headers["Link"] = f'<{self.url}/order_lines?{query}>; rel="next"'
        return Said(200, found[start:start + self.page], headers)

    def _matching(self, table: str, asked: Asked, columns: tuple[str, ...]) -> list[dict[str, Any]]:
        wanted = {name: asked.query[name][0].strip().lower() for name in columns if name in asked.query}
        return [row for row in self.rows[table] if wanted
                and all(str(row[name] or "").lower() == value for name, value in wanted.items())]

    def _write(self, asked: Asked, table: str, key: list[str]) -> Said:
        mark = asked.headers.get("idempotency-key", "")
        if asked.method == "PATCH" and not mark:
            return Said(400, {"error": "no key"})
        self.keys_used[mark] = asked.path
        mine = [row for row in self.rows[table] if [str(row[name]) for name in KEYS[table]] == key]
        if not mine:
            return Said(404, {"error": "none"})
        if asked.method == "DELETE":
            self.rows[table].remove(mine[0])
        else:
            mine[0].update(asked.body["set"])
        return Said(204)


@contextmanager
def serving(api: Api, *, tls: ssl.SSLContext | None = None) -> Iterator[Api]:
    """The server listens at `api.url`."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits 0.04 s for an acknowledgement

        def _do(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, parse_qs(parts.query, keep_blank_values=True),
                          json.loads(raw) if raw else None, headers, raw, self.path)
            self._say(api.answer(asked))

        def _say(self, said: Said) -> None:
            content = said.value if isinstance(said.value, bytes) else json.dumps(said.value).encode()
            content = b"" if said.status == 204 else content
            try:
                self.send_response(said.status)
                for name, value in {"Content-Type": "application/json", **said.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                for start in range(0, len(content), said.drip or len(content) or 1):
                    time.sleep(0.05 if said.drip else 0)
                    self.wfile.write(content[start:start + (said.drip or len(content))])
            except (ConnectionError, ssl.SSLError):  # whoever asked gave up
                self.close_connection = True

        do_GET = do_POST = do_PATCH = do_DELETE = _do

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that does not trust us hangs up; that is what is tested."""

    server = Server(("127.0.0.1", 0), Door)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    api.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
