"""What the demo's processes see: only its own folder, its own keys and loopback. Nothing of a real installation."""

import json
import os
import secrets
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[2]
# A demo that inherited one of these would write sample data into somebody's real database, or mail somebody.
REAL = ("DATABASE_URL", "BROKER_URL", "STORAGE_URL", "EMAIL_URL", "SECRET_KEY", "MASTER_KEYS", "LOOKUP_KEY",
        "SIGNING_KEYS", "ALLOWED_HOSTS", "PUBLIC_BASE_URL", "DEBUG", "DJANGO_SETTINGS_MODULE")
SOCKET_PATH_LIMIT = 100  # bytes a unix socket's path may have (sun_path)


@dataclass(frozen=True)
class Place:
    data: Path
    port: int
    mail_port: int
    broker: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


def place(data: Path, *, port: int) -> Place:
    for folder in ("broker", "log"):
        (data / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    broker = data / "broker" / "valkey.sock"
    if len(os.fsencode(broker)) > SOCKET_PATH_LIMIT:
        broker = Path(tempfile.mkdtemp(prefix="dsar-")) / "valkey.sock"
    return Place(data=data, port=port, mail_port=_free_port(), broker=broker)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def environment(where: Place, *, outside: bool) -> dict[str, str]:
    """`outside` keeps DATABASE_URL, BROKER_URL and STORAGE_URL of the environment: the demo on real servers."""
    kept = {"DATABASE_URL", "BROKER_URL", "STORAGE_URL"} if outside else set()
    dropped = {name + suffix for name in set(REAL) - kept for suffix in ("", "_FILE")}
    env = {name: value for name, value in os.environ.items() if name not in dropped}
    demo = {
        "DJANGO_SETTINGS_MODULE": "dsar_portal.settings", "DSAR_DEMO": "1", "DSAR_DATA_DIR": str(where.data),
        "PUBLIC_BASE_URL": where.address.rstrip("/"), "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "BROKER_URL": f"redis+socket://{where.broker}", "EMAIL_URL": f"smtp://127.0.0.1:{where.mail_port}",
        "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT),
    }
    given = {name for name in kept if name in env}
    return env | {name: value for name, value in demo.items() if name not in given} | _keys(where.data)


def _keys(data: Path) -> dict[str, str]:
    """Made once: with other keys the last run's cases could not be read. What a later version needs is added."""
    file = data / "keys.json"
    fresh = {"SECRET_KEY": secrets.token_urlsafe(50), "LOOKUP_KEY": secrets.token_urlsafe(40),
             "MASTER_KEYS": Fernet.generate_key().decode(), "SIGNING_KEYS": secrets.token_urlsafe(32)}
    kept = dict(json.loads(file.read_text())) if file.exists() else {}
    if kept.keys() != fresh.keys():
        file.touch(mode=0o600)
        file.write_text(json.dumps(fresh | kept))
    return fresh | kept


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
