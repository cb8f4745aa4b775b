"""Secrets of a source, from the environment: a variable, or the file that `<NAME>_FILE` names."""

from collections.abc import Mapping
from pathlib import Path

from connectors.errors import ConnectorError


def read(environ: Mapping[str, str], name: str) -> str:
    """The value without white space around it; empty where there is none. OSError where the file cannot be read."""
    if file := environ.get(f"{name}_FILE"):
        return Path(file).read_text("utf-8").strip()
    return environ.get(name, "").strip()


def secret(environ: Mapping[str, str], name: str, *, source: str) -> str:
    """ConnectorError not_configured, with the name alone, where there is none."""
    try:
        value = read(environ, name)
    except OSError:
        raise ConnectorError("not_configured", True, f"{name}_FILE cannot be read", source=source) from None
    if not value:
        raise ConnectorError("not_configured", True, f"{name} is not set", source=source)
    return value
