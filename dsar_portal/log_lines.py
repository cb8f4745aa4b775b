"""One JSON line per event, with references and codes only: never a name, address, token, path or body.

Our own modules log a fixed sentence and `extra={"case": "…", "code": "…"}`. Other libraries put paths, values and
exception texts into their messages, so from them we keep the unfilled template and the type and place of an error.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

OURS = ("law", "policies", "connectors", "letters", "requests_app", "identity", "fulfilment", "desk", "dsar_portal")
FIELDS = ("case", "claim", "controller", "code", "source", "step", "letter", "count", "seconds", "status_code")


class JSONLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname, "logger": record.name, "event": _event(record)}
        line |= {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
        line |= _celery_task(record) | _view(record)
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "at": _places(record.exc_info[2])}
        return json.dumps(line, default=str, ensure_ascii=False)


def _event(record: logging.LogRecord) -> str:
    ours = record.name.split(".")[0] in OURS
    starting = record.name == "gunicorn.error" and record.levelno <= logging.INFO
    if ours or starting:
        return record.getMessage()
    if record.name == "django.request" and record.msg == "%s: %s" and isinstance(record.args, tuple):
        return str(record.args[0])  # the reason phrase; the second one is the path
    return str(record.msg)[:200]


def _celery_task(record: logging.LogRecord) -> dict[str, Any]:
    data = getattr(record, "data", None)
    if not isinstance(data, dict):
        return {}
    return {f"task_{name}": data[name] for name in ("name", "id", "runtime") if name in data}


def _view(record: logging.LogRecord) -> dict[str, str]:
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    return {"view": match.view_name} if match else {}


def _places(trace: Any) -> list[str]:
    frames = traceback.extract_tb(trace)[-6:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
