"""One question to an HTTP server, and its answer: JSON of bounded size and depth, or a code.

Tried again (with growing, random pauses, or as long as the server asks) is only what may be repeated. No text of ours
holds an address: it may hold an e-mail address.
"""

import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from connectors.errors import ConnectorError
from connectors.http import safe

PATIENCE = 60.0  # seconds a worker waits for a busy server; what takes longer is for the next attempt of the step
BACK_OFF = wait_random_exponential(multiplier=0.5, max=20)
AGAIN = frozenset({408, 425, 500, 502, 503, 504})
Pause = Callable[[float], None]


class Busy(ConnectorError):
    """429, or 503 with a time: the server says when to come again. `after` in seconds."""

    def __init__(self, after: float | None, *, source: str) -> None:
        super().__init__("busy", source=source)
        self.after = after


@dataclass(frozen=True)
class Request:
    """What is sent. `repeatable`: that it arrives twice does no harm. `gone`: 404 says that there is nothing.

    Without `reads` only the status counts, and what stands in the answer is not looked at.
    """

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    gone: bool = False
    reads: bool = True


@dataclass(frozen=True)
class Answer:
    """What came back: the JSON, or None where there was none; and the address of the next page (RFC 8288)."""

    status: int
    value: Any = None
    next: str = ""


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes of one answer, how deep it may be nested, and how often one request is tried."""

    seconds: float = 30
    answer_bytes: int = 10_000_000
    depth: int = 32
    attempts: int = 4


class Exchange:
    """`url` is the base every request begins with; nothing is opened before the first. ConnectorError throughout."""

    def __init__(
        self, source: str, *, url: str, auth: httpx.Auth | None = None, headers: Mapping[str, str] | None = None,
        near: bool = False, limits: Limits | None = None, pause: Pause = time.sleep,
    ) -> None:  # fmt: skip
        self.source, self.url, self.limits = source, url.rstrip("/"), limits or Limits()
        self._auth, self._headers, self._near, self._pause = auth, dict(headers or {}), near, pause
        self._client: httpx.Client | None = None
        try:
            safe.look_at(url, plain=near)
            if urlsplit(url).query or urlsplit(url).fragment:
                raise ConnectorError("bad_url", True, "no query in the address")
        except (ConnectorError, ValueError) as error:
            raise ConnectorError("bad_url", True, getattr(error, "detail", ""), source=source) from None

    def __repr__(self) -> str:
        return f"Exchange({self.source!r})"

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def ask(self, request: Request) -> Answer:
        """The answer, after as many tries as are allowed."""
        trying = Retrying(
            stop=stop_after_attempt(self.limits.attempts if request.repeatable else 1),
            retry=retry_if_exception(_passes), wait=_wait, sleep=self._pause, reraise=True,
        )  # fmt: skip
        return trying(self._once, request)

    def _connect(self) -> httpx.Client:
        if self._client is None:
            self._client = safe.client(self.url, timeout=self.limits.seconds, near=self._near, plain=self._near)
        return self._client

    def _once(self, request: Request) -> Answer:
        began = time.monotonic()
        content = None if request.body is None else json.dumps(request.body).encode()  # ASCII, whatever stands in it
        kind = {} if content is None else {"content-type": "application/json"}
        headers = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "data-subject-portal",
                   **self._headers, **kind, **request.headers}  # fmt: skip
        try:
            built = self._connect().build_request(
                request.method, request.url, params=request.query or None, content=content, headers=headers
            )
            answer = self._connect().send(built, auth=self._auth, stream=True)
            try:
                return self._read(request, answer, began=began)
            finally:
                answer.close()
        except ConnectorError as error:
            error.source = self.source
            raise
        except httpx.TimeoutException:
            raise ConnectorError("timeout", source=self.source) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            code, permanent = ("tls", True) if _is_tls(error) else ("unreachable", False)
            raise ConnectorError(code, permanent, source=self.source) from None

    def _read(self, request: Request, answer: httpx.Response, *, began: float) -> Answer:
        status = answer.status_code
        if status == 404 and request.gone:
            return self._nothing(answer, began=began)
        if not 200 <= status < 300:
            raise self._refusal(answer)
        content = self._content(answer, began=began) if request.reads else b""
        if not content and (status != 200 or not request.reads):
            return Answer(status)
        return Answer(status, self._json(answer, content), str(answer.links.get("next", {}).get("url", "")))

    def _nothing(self, answer: httpx.Response, *, began: float) -> Answer:
        """404 of the API itself: empty or JSON. A gateway's page says that nobody is there who would know."""
        if not _is_json(answer) and self._content(answer, began=began):
            raise ConnectorError("unexpected_answer", True, "http 404")
        return Answer(answer.status_code)

    def _refusal(self, answer: httpx.Response) -> ConnectorError:
        status = answer.status_code
        if status == 429 or (status == 503 and "retry-after" in answer.headers):
            return Busy(_seconds(answer.headers.get("retry-after", "")), source=self.source)
        if status in AGAIN:
            return ConnectorError("unavailable", detail=f"http {status}", source=self.source)
        if status in (401, 403):
            return ConnectorError("permission", True, f"http {status}", source=self.source)
        code = "redirect" if 300 <= status < 400 else f"http_{status}"
        return ConnectorError(code, True, source=self.source)

    def _content(self, answer: httpx.Response, *, began: float) -> bytes:
        """The bytes as sent: what is packed could be small on the wire and anything in memory."""
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise ConnectorError("not_json", True, "content-encoding")
        content = bytearray()
        for part in answer.iter_raw():
            content += part
            if len(content) > self.limits.answer_bytes:
                raise ConnectorError("too_large", True, f"more than {self.limits.answer_bytes} bytes")
            if time.monotonic() - began > self.limits.seconds:
                raise ConnectorError("timeout")
        return bytes(content)

    def _json(self, answer: httpx.Response, content: bytes) -> Any:
        if not _is_json(answer):
            raise ConnectorError("not_json", True, "content-type")
        try:
            value = json.loads(content, parse_constant=_no_number)
        except RecursionError:
            raise ConnectorError("too_deep", True) from None
        except ValueError:
            raise ConnectorError("not_json", True) from None
        if not _is_flat(value, self.limits.depth):
            raise ConnectorError("too_deep", True, f"more than {self.limits.depth}")
        return value


def _is_json(answer: httpx.Response) -> bool:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return bool(kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")))


def _passes(error: BaseException) -> bool:
    """Whether it may pass by itself, and soon."""
    if isinstance(error, Busy):
        return error.after is None or error.after <= PATIENCE
    return isinstance(error, ConnectorError) and not error.permanent


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Busy) and error.after is not None:
        return error.after
    return BACK_OFF(state)


def _seconds(text: str) -> float | None:
    """Retry-After (RFC 9110, 10.2.3): seconds, or a date."""
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_flat(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return True
    return False


def _inside(value: Any) -> list[Any]:
    found = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in found if isinstance(one, dict | list)]


def _no_number(_: str) -> Any:
    raise ValueError
