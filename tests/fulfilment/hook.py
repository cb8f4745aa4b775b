"""A recipient's system on loopback: takes signed messages, or shows the manners a test chooses."""

import base64
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NAME = "DSAR_RECIPIENT_TEST"


class Hook:
    """`answers`: statuses to give, the last one for ever. `slow`: seconds before it answers. `taken`: by message id."""

    def __init__(self) -> None:
        self.key = secrets.token_bytes(32)
        self.secret = "whsec_" + base64.b64encode(self.key).decode()
        self.answers, self.slow = [204], 0.0
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.taken: dict[str, Any] = {}

    def call(self, headers: dict[str, str], body: bytes) -> int:
        self.calls.append((headers, body))
        time.sleep(self.slow)
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if 200 <= status < 300:
            assert self.is_signed(headers, body)
            self.taken[headers["webhook-id"]] = json.loads(body)
        return status

    def is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        mac = base64.b64encode(hmac.new(self.key, signed, sha256).digest()).decode()
        return hmac.compare_digest(f"v1,{mac}", headers["webhook-signature"])


@contextmanager
def listening(monkeypatch: Any) -> Iterator[Hook]:
    """The system listens, and the environment names it."""
    hook = Hook()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = hook.call({name.lower(): value for name, value in self.headers.items()}, body)
            try:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                if status in (301, 307):
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
            except ConnectionError:  # whoever called gave up waiting
                pass

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(NAME, f"http://127.0.0.1:{server.server_port}/hook?key=not-for-logs")
    monkeypatch.setenv(f"{NAME}_SECRET", hook.secret)
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
